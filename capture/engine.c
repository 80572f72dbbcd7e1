/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* pcap.h and nids.h use u_int and u_char */
#include "capture/engine.h"

#include <assert.h>
#include <nids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The only file that knows libnids. It keeps its state in globals, so what is needed to get from its callback back to
 * us is global here too; and it cannot safely be initialised twice, so it is initialised once and never ended.
 * Measured with libnids 1.26; what rests on its inner workings is checked at every start by self_test. */

enum { IP_SIZE = 20, HEADER_SIZE = 40, WSCALE_SIZE = 4 };

/* libnids drops the whole queue of a stream when the packets in it count for more than 65,535 octets; each counts for
 * its size plus this. Less than nothing keeps it from ever dropping one: reassembly.c bounds the queues instead. */
enum { UNCOUNTED = -200000 };

static struct {
    bool started;
    struct engine_stream *stream; /* that is being fed */
    engine_handler handler;
    void *owner;
    bool told; /* a warning that should be impossible */
} now;

/* libnids is silent about what it cannot do, and loud about packets; all of them are made here. */
static void heard(int type, int number, struct ip *header, void *data) {
    (void)type, (void)number, (void)header, (void)data;
    now.told = true;
}

/* libnids does not survive the return of this hook. */
static void no_memory(char *where) {
    fprintf(stderr, "bindsight: out of memory in libnids (%s)\n", where);
    exit(2);
}

static void established(struct tcp_stream *nids) {
    nids->server.collect = 1;
    now.stream->nids = nids;
}

static void arrived(struct tcp_stream *nids) {
    const struct half_stream *half = &nids->server;
    if (half->count_new <= 0)
        return;
    size_t len = (size_t)half->count_new;
    size_t old = (size_t)(half->count - half->offset) - len;
    struct engine_stream *stream = now.stream;
    if (!stream->filling)
        now.handler(now.owner, stream, (struct bytes){(const uint8_t *)half->data + old, len});
    stream->filling = false;
    stream->next += (uint32_t)len;
}

static void nids_callback(struct tcp_stream *nids, void **unused) {
    (void)unused;
    if (nids->nids_state == NIDS_JUST_EST)
        established(nids);
    else if (nids->nids_state == NIDS_DATA)
        arrived(nids);
}

static void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* The slot makes the synthetic connection unique: client 1.0.0.0 + slot, server 2.0.0.0, ports 1 and 2. */
enum sender { CLIENT, SERVER };

static void feed(uint32_t slot, enum sender sender, uint8_t flags, uint32_t seq, uint32_t ack, struct bytes payload) {
    static _Alignas(8) uint8_t packet[HEADER_SIZE + WSCALE_SIZE + ENGINE_PIECE_MAX]; /* libnids wants it writable */
    bool syn = (flags & TH_SYN) != 0;
    size_t header = HEADER_SIZE + (syn ? WSCALE_SIZE : 0);
    size_t size = header + payload.len;
    assert(payload.len <= ENGINE_PIECE_MAX);
    memset(packet, 0, header);
    packet[0] = 0x45;
    put16(packet + 2, (uint32_t)size);
    packet[8] = 64;
    packet[9] = IPPROTO_TCP;
    uint32_t client = UINT32_C(0x01000000) + slot;
    uint32_t server = UINT32_C(0x02000000);
    put32(packet + 12, sender == CLIENT ? client : server);
    put32(packet + 16, sender == CLIENT ? server : client);
    uint8_t *tcp = packet + IP_SIZE;
    put16(tcp, sender == CLIENT ? 1 : 2);
    put16(tcp + 2, sender == CLIENT ? 2 : 1);
    put32(tcp + 4, seq);
    put32(tcp + 8, ack);
    tcp[12] = syn ? 0x60 : 0x50;
    tcp[13] = flags;
    put16(tcp + 14, 65535);
    if (syn)
        put32(tcp + 20, 0x03030e01); /* window scale 14, so that nothing is ever beyond the window; no-operation */
    if (payload.len != 0)
        memcpy(packet + header, payload.at, payload.len);
    struct pcap_pkthdr frame = {.caplen = (bpf_u_int32)size, .len = (bpf_u_int32)size};
    nids_pcap_handler(NULL, &frame, packet);
}

bool engine_open(struct engine_stream *stream, uint32_t slot, uint32_t next) {
    static const struct bytes nothing;
    *stream = (struct engine_stream){.slot = slot, .next = next};
    now.stream = stream;
    feed(slot, CLIENT, TH_SYN, next - 1, 0, nothing);
    feed(slot, SERVER, TH_SYN | TH_ACK, 0, next, nothing);
    feed(slot, CLIENT, TH_ACK, next, 1, nothing);
    return stream->nids != NULL;
}

void engine_close(struct engine_stream *stream) {
    nids_free_tcp_stream(stream->nids);
    stream->nids = NULL;
}

static void put(struct engine_stream *stream, uint32_t seq, struct bytes bytes, engine_handler handler, void *owner) {
    now.stream = stream;
    now.handler = handler;
    now.owner = owner;
    /* What the server has acknowledged: libnids drops what is older, or 1 GB ahead. */
    stream->nids->server.ack_seq = stream->next;
    feed(stream->slot, CLIENT, TH_ACK, seq, 1, bytes);
}

void engine_put(struct engine_stream *stream, uint32_t seq, struct bytes bytes, engine_handler handler, void *owner) {
    if (bytes.len != 0)
        put(stream, seq, bytes, handler, owner);
}

/* libnids expects the byte first_data_seq + count. So count moves on, all but one, and one byte that is none makes it
 * look at what it has queued. offset, the part of count that is no longer in the buffer, moves with it. */
void engine_skip(struct engine_stream *stream, uint32_t n, engine_handler handler, void *owner) {
    static const uint8_t filler[1];
    struct half_stream *half = &stream->nids->server;
    half->count = (int)((unsigned)half->count + (n - 1));
    half->offset = (int)((unsigned)half->offset + (n - 1));
    stream->next += n - 1;
    stream->filling = true;
    put(stream, stream->next, (struct bytes){filler, 1}, handler, owner);
}

enum { TEST_PIECES = 64, TEST_PIECE = 1400 };

struct test {
    size_t len;
    bool wrong;
};

/* The stream that the self-test sends: octet i is i modulo 251. */
static void compare(void *owner, const struct engine_stream *stream, struct bytes bytes) {
    (void)stream;
    struct test *test = owner;
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.at[i] != (test->len + i) % 251)
            test->wrong = true;
    test->len += bytes.len;
}

/* Across the wrap of the sequence numbers: more than 65,535 octets in reverse order, the first piece last and
 * overlapping; then a hole that is given up. */
static bool self_test(void) {
    static uint8_t sent[TEST_PIECES * TEST_PIECE + 1];
    const uint32_t begin = UINT32_C(0xffff8000);
    struct engine_stream stream;
    struct test test = {0};
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (uint8_t)(i % 251);
    if (!engine_open(&stream, 0, begin))
        return false;
    for (size_t i = TEST_PIECES - 1; i > 0; i--)
        engine_put(&stream, begin + (uint32_t)(i * TEST_PIECE), (struct bytes){sent + i * TEST_PIECE, TEST_PIECE},
                   compare, &test);
    bool waits = test.len == 0;
    engine_put(&stream, begin, (struct bytes){sent, TEST_PIECE + 1}, compare, &test);
    bool ordered = test.len == sizeof sent - 1 && stream.next == begin + (uint32_t)test.len;
    engine_put(&stream, stream.next + 1000, (struct bytes){sent + test.len, 1}, compare, &test);
    engine_skip(&stream, 1000, compare, &test);
    bool skipped = test.len == sizeof sent && stream.next == begin + (uint32_t)test.len + 1000;
    engine_close(&stream);
    return waits && ordered && skipped && !test.wrong && !now.told;
}

/* nids_register_tcp takes the function as a void *, which ISO C does not know. */
static void register_callback(void) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
    nids_register_tcp((void *)nids_callback);
#pragma GCC diagnostic pop
}

bool engine_start(char *error, size_t error_size) {
    static struct nids_chksum_ctl any_checksum = {.action = NIDS_DONT_CHKSUM}; /* libnids keeps the pointer */
    if (now.started)
        return true;
    nids_params.pcap_desc = pcap_open_dead(DLT_RAW, 65535);
    nids_params.n_tcp_streams = ENGINE_STREAMS / 3 * 4 + 16; /* it uses three quarters of them */
    nids_params.sk_buff_size = UNCOUNTED;
    nids_params.scan_num_hosts = 0;
    nids_params.multiproc = 0;
    nids_params.tcp_workarounds = 0;
    nids_params.one_loop_less = 0;
    nids_params.syslog = heard;
    nids_params.no_mem = no_memory;
    if (nids_params.pcap_desc == NULL || !nids_init()) {
        snprintf(error, error_size, "libnids cannot be initialised: %s", nids_errbuf);
        return false;
    }
    nids_register_chksum_ctl(&any_checksum, 1);
    register_callback();
    if (!self_test()) {
        snprintf(error, error_size, "libnids does not reassemble as its version 1.26 does; install that version");
        return false;
    }
    now.started = true;
    return true;
}
