/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/attack.h"

#include "tests/bench/talk.h"

enum { CLIENTS = 250, FIRST_PORT = 1025, PORTS = 60000, CALLS = 1 };

static const uint32_t CLIENT = 10U << 24 | 2U << 16, SERVER = 10U << 24 | 1U << 16 | 11;

struct line attack_line(uint32_t number, uint16_t port) {
    return (struct line){.addresses = {CLIENT + number / PORTS % CLIENTS, SERVER},
                         .ports = {(uint16_t)(FIRST_PORT + number % PORTS), port},
                         .seqs = {number * 77777, number * 99991}};
}

void attack_open(struct trace *trace, struct line *line) {
    trace_packet(trace, line, FROM_CLIENT, FLAG_SYN, (struct bytes){0});
    trace_packet(trace, line, FROM_SERVER, FLAG_SYN | FLAG_ACK, (struct bytes){0});
    trace_packet(trace, line, FROM_CLIENT, FLAG_ACK, (struct bytes){0});
}

void attack_close(struct trace *trace, struct line *line) {
    trace_packet(trace, line, FROM_CLIENT, FLAG_FIN | FLAG_ACK, (struct bytes){0});
    trace_packet(trace, line, FROM_SERVER, FLAG_FIN | FLAG_ACK, (struct bytes){0});
    trace_packet(trace, line, FROM_CLIENT, FLAG_ACK, (struct bytes){0});
}

void attack_say(struct trace *trace, struct line *line, enum direction from, struct bytes bytes, size_t segment) {
    for (size_t at = 0; at < bytes.len; at += segment) {
        size_t len = bytes.len - at < segment ? bytes.len - at : segment;
        trace_packet(trace, line, from, FLAG_PSH | FLAG_ACK, (struct bytes){bytes.at + at, len});
    }
}

void attack_say_octets(struct trace *trace, struct line *line, enum direction from, struct octets *octets) {
    attack_say(trace, line, from, octets_bytes(octets), SEGMENT_SIZE);
    octets->len = 0;
}

struct syntax_id attack_interface(uint32_t number) {
    struct syntax_id interface = {{{0xbe, 0x4c, 0, 2, 0x27, 0x5d, 0x4a, 0x11, 0xb3, 0x1e}}, 1, 0};
    for (unsigned i = 0; i < 4; i++)
        interface.uuid.octets[12 + i] = (uint8_t)(number >> 8 * i);
    return interface;
}

void attack_bind(struct trace *trace, struct line *line, const struct syntax_id *interface) {
    static struct octets o;
    struct offer offer = {0, interface, &SYNTAX_NDR};
    struct verdict verdict = {0, 0, &SYNTAX_NDR};
    o.order = ORDER_LITTLE;
    put_bind(&o, 11, 1, &offer, 1);
    attack_say_octets(trace, line, FROM_CLIENT, &o);
    put_bind_ack(&o, 12, 1, "1112", &verdict, 1);
    attack_say_octets(trace, line, FROM_SERVER, &o);
}

static void write_talk(struct trace *trace, enum talk_kind kind, uint32_t number, uint32_t messages) {
    unsigned interface = number % INTERFACES;
    struct talk talk = {.kind = kind,
                        .pair = number,
                        .interface = interface,
                        .line = attack_line(number, kind == TALK_MAP ? 135 : talk_port(interface)),
                        .messages = messages};
    while (talk_step(&talk, trace))
        continue;
}

void write_ordinary(struct trace *trace, uint64_t bytes) {
    for (uint32_t number = 0; trace->bytes < bytes; number++) {
        write_talk(trace, TALK_MAP, number, 4);
        write_talk(trace, TALK_CALLS, number, 2 + 2 * CALLS);
        trace->time += 1000;
    }
}
