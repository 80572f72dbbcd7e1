/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/talk.h"

#include "tests/dissect/build.h"
#include "tests/dissect/build_smb.h"

#include <assert.h>

enum { HANDSHAKE = 3, FAREWELL = 3, REFUSALS = 3, LARGE_FRAGMENTS = 11, FRAGMENT_SIZE = 5840, LARGE_CALL = 2 };
static const uint64_t RETRY = 500000; /* µs until Windows tries a refused port again */

/* No dissector knows them, so their stubs may hold anything. */
static struct syntax_id interface_of(const struct talk *talk) {
    if (talk->kind == TALK_MAP)
        return SYNTAX_EPM;
    return (struct syntax_id){
        {{0xbe, 0x4c, 0x00, 0x01, 0x27, 0x5d, 0x4a, 0x11, 0xb3, 0x1e, 0, 0, 0, 0, 0, (uint8_t)(talk->interface + 1)}},
        1,
        0};
}

uint16_t talk_port(unsigned interface) { return (uint16_t)(49152 + interface); }

static struct bytes noise(uint32_t at, size_t len) {
    static uint8_t octets[1 << 16];
    if (octets[0] == 0) {
        uint32_t random = 1;
        for (size_t i = 0; i < sizeof octets; i++) {
            random = random * 1664525 + 1013904223;
            octets[i] = (uint8_t)(random >> 24);
        }
        octets[0] = 'D'; /* not 5, with which every PDU begins */
    }
    assert(len <= SEGMENT_SIZE);
    return (struct bytes){octets + at % (sizeof octets - SEGMENT_SIZE), len};
}

static void put_noise(struct octets *o, uint32_t at, size_t len) {
    struct bytes bytes = noise(at, len);
    put_bytes(o, bytes.at, bytes.len);
}

static void put_map(struct octets *o, const struct talk *talk, bool answer) {
    struct talk service = *talk;
    service.kind = TALK_CALLS;
    struct syntax_id interface = interface_of(&service);
    struct octets tower = {.order = ORDER_LITTLE};
    put_tower(&tower, &interface, answer ? talk_port(talk->interface) : 0, "0.0.0.0");
    if (answer)
        put_response_head(o, 2, 3, 0);
    else
        put_request_head(o, 2, 3, 0, 3);
    if (answer)
        put_map_answer(o, false, &tower, 1, 0);
    else
        put_map_question(o, false, &tower, NULL);
    pdu_end(o);
}

static void put_rpc(struct octets *o, const struct talk *talk, struct trace *trace) {
    struct syntax_id interface = interface_of(talk);
    struct offer offer = {0, &interface, &SYNTAX_NDR};
    struct verdict verdict = {0, 0, &SYNTAX_NDR};
    char port[8];
    snprintf(port, sizeof port, "%u", talk->kind == TALK_MAP ? 135U : talk_port(talk->interface));
    uint32_t call_id = talk->kind == TALK_RESPONSES ? LARGE_CALL : 1 + talk->said / 2;
    if (talk->said == 0)
        put_bind(o, 11, call_id, &offer, 1);
    else if (talk->said == 1)
        put_bind_ack(o, 12, call_id, port, &verdict, 1);
    else if (talk->kind == TALK_MAP)
        put_map(o, talk, talk->said % 2 == 1);
    else if (talk->said % 2 == 0)
        put_request(o, call_id, 0, 7, noise(call_id, 0).at, 176 + 8 * trace_random(trace, 25));
    else
        put_response(o, call_id, 0, noise(call_id, 0).at, 176 + 8 * trace_random(trace, 25));
}

static void put_record(struct octets *o, unsigned type, size_t len) {
    put_u8(o, type);
    o->order = ORDER_BIG;
    put_u16(o, 0x0303);
    put_u16(o, (unsigned)len);
}

/* Hellos without extensions, then records of data (RFC 5246). */
static void put_tls(struct octets *o, const struct talk *talk, struct trace *trace) {
    bool answer = talk->said % 2 == 1;
    size_t len = 100 + trace_random(trace, 200) + (answer ? 100 : 0);
    if (talk->said < 2) {
        put_record(o, 22, answer ? 74 : 77);
        put_u32(o, answer ? 2U << 24 | 70 : 1U << 24 | 73);
        put_u16(o, 0x0303);
        put_noise(o, talk->line.seqs[0], 32);
        put_u8(o, 32);
        put_noise(o, talk->line.seqs[1], 32);
        put_hex(o, answer ? "c02f00" : "0002c02f0100");
    }
    put_record(o, 23, len);
    put_noise(o, talk->line.seqs[answer], len);
}

static void put_http(struct octets *o, const struct talk *talk, struct trace *trace) {
    char cookie[512];
    bool answer = talk->said % 2 == 1;
    size_t len = 100 + trace_random(trace, 200) + (answer ? 100 : 0);
    for (size_t i = 0; i < len; i++)
        cookie[i] = (char)('a' + (i + talk->line.ports[0]) % 26);
    put_text(o, answer ? "HTTP/1.1 204 No Content\r\nServer: bench\r\nX-Filler: "
                       : "GET /backup/status HTTP/1.1\r\nHost: server.example\r\nCookie: id=");
    put_bytes(o, cookie, len);
    put_text(o, "\r\n\r\n");
}

static void put_smb(struct octets *o, const struct talk *talk, struct trace *trace) {
    size_t len = 100 + trace_random(trace, 300);
    uint64_t id = talk->said / 2;
    frame_begin(o);
    if (talk->said % 2 == 0)
        put_smb_read(o, id, 7);
    else
        put_smb_read_answer(o, id, SMB_OK, noise(talk->line.seqs[1], len).at, len);
    frame_end(o);
}

static void put_message(struct octets *o, const struct talk *talk, struct trace *trace) {
    o->len = 0;
    o->order = ORDER_LITTLE;
    if (talk->kind == TALK_TLS)
        put_tls(o, talk, trace);
    else if (talk->kind == TALK_HTTP)
        put_http(o, talk, trace);
    else if (talk->kind == TALK_SMB)
        put_smb(o, talk, trace);
    else
        put_rpc(o, talk, trace);
}

static void packet(struct talk *talk, struct trace *trace, enum direction from, unsigned flags) {
    trace_packet(trace, &talk->line, from, flags, (struct bytes){NULL, 0});
}

static void say_message(struct talk *talk, struct trace *trace) {
    static struct octets message;
    put_message(&message, talk, trace);
    enum direction from = talk->said % 2 == 0 ? FROM_CLIENT : FROM_SERVER;
    trace_packet(trace, &talk->line, from, FLAG_PSH | FLAG_ACK, octets_bytes(&message));
    talk->said++;
    talk->segments = 1;
}

/* RPC carries its acknowledgements with its PDUs. The others send them alone if they are short: that makes ten packets
 * of two messages of theirs, or of four of RPC. */
static bool go_on_with_messages(struct talk *talk, struct trace *trace) {
    bool rpc = talk->kind == TALK_MAP || talk->kind == TALK_CALLS;
    if (!rpc && talk->messages == 2 && talk->segments > 0) {
        talk->segments = 0;
        packet(talk, trace, talk->said % 2 == 0 ? FROM_CLIENT : FROM_SERVER, FLAG_ACK);
        return true;
    }
    if (talk->said == talk->messages)
        return false;
    say_message(talk, trace);
    return true;
}

/* Every second segment is acknowledged. False: it is not the other side's turn. */
static bool acknowledge(struct talk *talk, struct trace *trace, enum direction from) {
    if (talk->segments < 2)
        return false;
    talk->segments = 0;
    packet(talk, trace, from, FLAG_ACK);
    return true;
}

static bool go_on_with_stream(struct talk *talk, struct trace *trace) {
    if (acknowledge(talk, trace, FROM_SERVER))
        return true;
    if (talk->octets == 0)
        return false;
    size_t len = talk->octets < SEGMENT_SIZE ? (size_t)talk->octets : SEGMENT_SIZE;
    uint32_t at = talk->said++ == 0 ? 0 : trace_random(trace, 1 << 15);
    trace_packet(trace, &talk->line, FROM_CLIENT, FLAG_ACK, noise(at, len));
    talk->segments++;
    talk->octets -= len;
    return true;
}

/* One answer, in fragments that end where no segment does. */
static struct bytes large_response(void) {
    static struct octets o;
    for (unsigned i = 0; o.len < (size_t)LARGE_FRAGMENTS * FRAGMENT_SIZE; i++) {
        o.order = ORDER_LITTLE;
        put_response_head(&o, LARGE_CALL, (i == 0 ? 1U : 0U) | (i == LARGE_FRAGMENTS - 1 ? 2U : 0U), 0);
        while (o.len - o.pdu < FRAGMENT_SIZE) {
            size_t left = FRAGMENT_SIZE - (o.len - o.pdu);
            put_noise(&o, (uint32_t)o.len, left < SEGMENT_SIZE ? left : SEGMENT_SIZE);
        }
        pdu_end(&o);
    }
    return octets_bytes(&o);
}

static bool go_on_with_responses(struct talk *talk, struct trace *trace) {
    if (acknowledge(talk, trace, FROM_CLIENT))
        return true;
    if (talk->said < 3 || talk->said % 2 == 0) {
        if (talk->said >= 2 && talk->octets == 0)
            return false;
        say_message(talk, trace);
        return true;
    }
    struct bytes all = large_response();
    size_t left = all.len - talk->at;
    struct bytes part = {all.at + talk->at, left < SEGMENT_SIZE ? left : SEGMENT_SIZE};
    trace_packet(trace, &talk->line, FROM_SERVER, FLAG_ACK, part);
    talk->segments++;
    talk->at += (uint32_t)part.len;
    if (part.len == left) {
        talk->at = 0;
        talk->said++;
        talk->octets -= talk->octets < all.len ? talk->octets : all.len;
    }
    return true;
}

static void say_refusal(struct talk *talk, struct trace *trace) {
    bool answer = talk->step % 2 == 1;
    if (!answer && talk->step > 0)
        talk->line.seqs[FROM_CLIENT]--; /* the same SYN again */
    packet(talk, trace, answer ? FROM_SERVER : FROM_CLIENT, answer ? FLAG_RST | FLAG_ACK : FLAG_SYN);
    if (answer)
        talk->due = trace->time + RETRY;
}

static void shake_hands(struct talk *talk, struct trace *trace) {
    static const unsigned flags[HANDSHAKE] = {FLAG_SYN, FLAG_SYN | FLAG_ACK, FLAG_ACK};
    packet(talk, trace, talk->step == 1 ? FROM_SERVER : FROM_CLIENT, flags[talk->step]);
}

static bool go_on(struct talk *talk, struct trace *trace) {
    if (talk->kind == TALK_STREAM)
        return go_on_with_stream(talk, trace);
    if (talk->kind == TALK_RESPONSES)
        return go_on_with_responses(talk, trace);
    return go_on_with_messages(talk, trace);
}

bool talk_step(struct talk *talk, struct trace *trace) {
    static const unsigned flags[FAREWELL] = {FLAG_FIN | FLAG_ACK, FLAG_FIN | FLAG_ACK, FLAG_ACK};
    if (talk->kind == TALK_REFUSED) {
        say_refusal(talk, trace);
        return ++talk->step < 2 * REFUSALS;
    }
    if (talk->step < HANDSHAKE) {
        shake_hands(talk, trace);
        talk->step++;
    } else if (talk->closing > 0 || !go_on(talk, trace)) {
        packet(talk, trace, talk->closing == 1 ? FROM_SERVER : FROM_CLIENT, flags[talk->closing]);
        talk->closing++;
    }
    return talk->closing < FAREWELL;
}
