/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

#include <assert.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const REASONS[] = {"fin", "reset", "timeout", "end"};

static void write_text(struct trace *t, const char *text, size_t len) {
    assert(t->len + len < sizeof t->text);
    memcpy(t->text + t->len, text, len);
    t->len += len;
    t->text[t->len] = '\0';
}

static void write_what(struct trace *t, const struct segment *s) {
    char text[64] = "";
    const char *arrow = s->direction == FROM_CLIENT ? ">" : "<";
    switch (s->kind) {
    case SEGMENT_SYN:
        snprintf(text, sizeof text, "syn");
        break;
    case SEGMENT_SYN_AGAIN:
        snprintf(text, sizeof text, "again");
        break;
    case SEGMENT_OPENED:
        snprintf(text, sizeof text, "opened");
        break;
    case SEGMENT_REFUSED:
        snprintf(text, sizeof text, "refused");
        break;
    case SEGMENT_UNREACHABLE:
        snprintf(text, sizeof text, "unreach%d/%d", s->icmp_type, s->icmp_code);
        break;
    case SEGMENT_BYTES:
        write_text(t, arrow, 1);
        write_text(t, (const char *)s->bytes.at, s->bytes.len);
        break;
    case SEGMENT_GAP:
        snprintf(text, sizeof text, "%sgap%llu", arrow, (unsigned long long)s->gap);
        break;
    case SEGMENT_CLOSED:
        snprintf(text, sizeof text, "closed:%s", REASONS[s->reason]);
        break;
    }
    write_text(t, text, strlen(text));
}

static bool record(void *context, const struct segment *segment) {
    struct trace *t = context;
    char number[32];
    t->flow = *segment->flow;
    if (t->len != 0)
        write_text(t, " ", 1);
    if (segment->flow->id != 1) {
        snprintf(number, sizeof number, "%llu:", (unsigned long long)segment->flow->id);
        write_text(t, number, strlen(number));
    }
    write_what(t, segment);
    snprintf(number, sizeof number, "#%llu", (unsigned long long)segment->seen.frame);
    write_text(t, number, strlen(number));
    return !t->uninterested;
}

void trace_open_limited(struct trace *trace, const struct tracker_limits *limits) {
    char error[256];
    *trace = (struct trace){.time = 1000 * MS, .step = MS};
    trace->client = endpoint_of("10.0.0.1", 50000);
    trace->server = endpoint_of("10.0.0.2", 49152);
    trace->tracker = tracker_open(limits, record, trace, &trace->tally, error, sizeof error);
    if (trace->tracker == NULL) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
}

void trace_open(struct trace *trace) {
    struct tracker_limits limits = tracker_limits_default();
    trace_open_limited(trace, &limits);
}

void trace_frame(struct trace *trace, int link, const struct buffer *frame) {
    size_t captured = trace->snaplen != 0 && frame->len > trace->snaplen ? trace->snaplen : frame->len;
    struct frame f = {.bytes = {frame->at, captured},
                      .wire = (uint32_t)frame->len,
                      .link = link,
                      .seen = {++trace->frame, trace->time, 0}};
    struct packet packet;
    tracker_time(trace->tracker, trace->time);
    trace->time += trace->step;
    enum decoded decoded = decode_frame(&f, &packet);
    if (decoded == DECODED_TCP)
        tracker_take(trace->tracker, &packet, tracker_expect(trace->tracker, &packet));
    else if (decoded == DECODED_UNREACHABLE)
        tracker_unreachable(trace->tracker, &packet);
}

static void start_frame(const struct trace *trace, struct buffer *b, uint8_t source, int family) {
    static const uint16_t type[1] = {0x8100};
    b->len = 0;
    put_ethernet(b, source, type, &trace->vlan, trace->vlan != 0, family == ADDRESS_IPV4 ? 0x0800 : 0x86dd);
}

void trace_tcp(struct trace *trace, enum direction direction, uint8_t flags, uint32_t seq, uint32_t ack,
               struct bytes payload) {
    static struct buffer b;
    bool client = direction == FROM_CLIENT;
    struct tcp tcp = {.source = client ? trace->client : trace->server,
                      .destination = client ? trace->server : trace->client,
                      .seq = seq,
                      .ack = ack,
                      .flags = flags,
                      .window = (flags & RST) != 0 ? 0 : 1024,
                      .payload = payload};
    start_frame(trace, &b, client ? 1 : 2, tcp.source.address.family);
    put_tcp_packet(&b, &tcp);
    trace_frame(trace, DLT_EN10MB, &b);
}

static struct bytes bytes_of(const char *text) { return (struct bytes){(const uint8_t *)text, strlen(text)}; }

void trace_from_client(struct trace *trace, uint8_t flags, uint32_t seq, uint32_t ack, const char *payload) {
    trace_tcp(trace, FROM_CLIENT, flags, seq, ack, bytes_of(payload));
}

void trace_from_server(struct trace *trace, uint8_t flags, uint32_t seq, uint32_t ack, const char *payload) {
    trace_tcp(trace, FROM_SERVER, flags, seq, ack, bytes_of(payload));
}

void trace_handshake(struct trace *trace, uint32_t client_isn, uint32_t server_isn) {
    trace_from_client(trace, SYN, client_isn, 0, "");
    trace_from_server(trace, SYN | ACK, server_isn, client_isn + 1, "");
    trace_from_client(trace, ACK, client_isn + 1, server_isn + 1, "");
}

/* The quote ends eight octets into the TCP header: that much every router sends. */
void trace_unreachable(struct trace *trace, const char *reporter, uint8_t type, uint8_t code, uint32_t seq) {
    static struct buffer quoted, icmp, b;
    struct address from = endpoint_of(reporter, 0).address;
    struct tcp tcp = {.source = trace->client, .destination = trace->server, .seq = seq, .flags = SYN};
    bool v4 = trace->client.address.family == ADDRESS_IPV4;
    quoted.len = icmp.len = 0;
    put_tcp_packet(&quoted, &tcp);
    put_u8(&icmp, type);
    put_u8(&icmp, code);
    put_u16(&icmp, 0);
    put_u32(&icmp, 0);
    put_bytes(&icmp, quoted.at, (v4 ? 20 : 40) + 8);
    start_frame(trace, &b, 9, trace->client.address.family);
    put_ip(&b, &from, &trace->client.address, v4 ? 1 : 58, &icmp);
    trace_frame(trace, DLT_EN10MB, &b);
}

void trace_close(struct trace *trace) { tracker_close(trace->tracker); }

const char *trace_told(struct trace *trace) {
    trace->len = 0;
    return trace->text;
}

void trace_expect(struct trace *trace, const char *expected) {
    const char *text = trace->len == 0 ? "" : trace_told(trace); /* the buffer keeps what was told before */
    if (strcmp(text, expected) != 0)
        printf("\n      told     %s\n      expected %s\n", text, expected);
    CU_ASSERT_STRING_EQUAL(text, expected);
}
