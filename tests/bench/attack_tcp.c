/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/attack.h"

#include <string.h>

/* On the flow table, the streams and libnids. */

static const uint8_t noise[SEGMENT_SIZE] = {5, 0, 0, 3, 0x10, 0, 0, 0, 0xff, 0xff};

enum { AT_ONCE = 2000 };

static void syns(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(n, 135);
        trace_packet(trace, &line, FROM_CLIENT, FLAG_SYN, (struct bytes){0});
    }
}

static void refusals(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(n, 135);
        trace_packet(trace, &line, FROM_CLIENT, FLAG_SYN, (struct bytes){0});
        trace_packet(trace, &line, FROM_SERVER, FLAG_RST | FLAG_ACK, (struct bytes){0});
    }
}

static void handshakes(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(n, 135);
        attack_open(trace, &line);
    }
}

static void acks_of_nothing(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(n, 135);
        trace_packet(trace, &line, FROM_CLIENT, FLAG_ACK, (struct bytes){0});
    }
}

/* One 4-tuple, opened and closed again and again. */
static void one_tuple(struct trace *trace, uint64_t bytes) {
    struct line line = attack_line(1, 135);
    while (trace->bytes < bytes) {
        attack_open(trace, &line);
        attack_close(trace, &line);
        line.seqs[0] += 100000;
        line.seqs[1] += 100000;
    }
}

static void skip(struct line *line, uint32_t n) { line->seqs[FROM_CLIENT] += n; }

/* An octet here, an octet there; what is between never comes. */
static void holes(struct trace *trace, uint64_t bytes) {
    struct line line = attack_line(1, 1112);
    attack_open(trace, &line);
    attack_bind(trace, &line, &STORE);
    while (trace->bytes < bytes) {
        skip(&line, 1);
        trace_packet(trace, &line, FROM_CLIENT, FLAG_ACK, (struct bytes){noise, 1});
    }
}

/* The same on many connections in turn. */
static void holes_everywhere(struct trace *trace, uint64_t bytes) {
    static struct line lines[AT_ONCE];
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        lines[i] = attack_line(i, 1112);
        attack_open(trace, &lines[i]);
        attack_bind(trace, &lines[i], &STORE);
    }
    for (uint32_t i = 0; trace->bytes < bytes; i = (i + 1) % AT_ONCE) {
        skip(&lines[i], 1);
        trace_packet(trace, &lines[i], FROM_CLIENT, FLAG_ACK, (struct bytes){noise, 8});
    }
}

/* Windows of 64 KB that are sent from their end to their beginning, in segments of so many octets. */
static void backwards(struct trace *trace, uint64_t bytes, uint32_t segment) {
    struct line line = attack_line(1, 1112);
    attack_open(trace, &line);
    attack_bind(trace, &line, &STORE);
    while (trace->bytes < bytes) {
        uint32_t begin = line.seqs[FROM_CLIENT], count = 60000 / segment;
        for (uint32_t i = count; i > 0; i--) {
            line.seqs[FROM_CLIENT] = begin + (i - 1) * segment;
            trace_packet(trace, &line, FROM_CLIENT, FLAG_ACK, (struct bytes){noise, segment});
        }
        line.seqs[FROM_CLIENT] = begin + count * segment;
    }
}

static void large_backwards(struct trace *trace, uint64_t bytes) { backwards(trace, bytes, 1200); }
static void small_backwards(struct trace *trace, uint64_t bytes) { backwards(trace, bytes, 16); }

/* Each segment overlaps all that wait. */
static void overlaps(struct trace *trace, uint64_t bytes) {
    struct line line = attack_line(1, 1112);
    attack_open(trace, &line);
    attack_bind(trace, &line, &STORE);
    skip(&line, 1);
    uint32_t begin = line.seqs[FROM_CLIENT];
    while (trace->bytes < bytes) {
        line.seqs[FROM_CLIENT] = begin + trace_random(trace, 60000);
        trace_packet(trace, &line, FROM_CLIENT, FLAG_ACK, (struct bytes){noise, 1000});
    }
}

/* While as much waits behind a hole as may, it is filled octet by octet. */
static void filled_slowly(struct trace *trace, uint64_t bytes) {
    enum { WAITING = 4000 };
    struct line line = attack_line(1, 1112);
    attack_open(trace, &line);
    attack_bind(trace, &line, &STORE);
    uint32_t begin = line.seqs[FROM_CLIENT];
    line.seqs[FROM_CLIENT] = begin + 1000000;
    for (uint32_t i = 0; i < WAITING; i++) {
        trace_packet(trace, &line, FROM_CLIENT, FLAG_ACK, (struct bytes){noise, 1});
        skip(&line, 1);
    }
    line.seqs[FROM_CLIENT] = begin;
    while (trace->bytes < bytes)
        trace_packet(trace, &line, FROM_CLIENT, FLAG_ACK, (struct bytes){noise, 1});
}

static void sent_again(struct trace *trace, uint64_t bytes) {
    struct line line = attack_line(1, 1112);
    attack_open(trace, &line);
    attack_bind(trace, &line, &STORE);
    uint32_t begin = line.seqs[FROM_CLIENT];
    while (trace->bytes < bytes) {
        line.seqs[FROM_CLIENT] = begin;
        trace_packet(trace, &line, FROM_CLIENT, FLAG_ACK, (struct bytes){noise, 20});
    }
}

const struct attack ATTACKS_BY_TCP[] = {
    {"SYNs", syns},
    {"SYNs, refused", refusals},
    {"handshakes, and nothing more", handshakes},
    {"ACKs of nothing", acks_of_nothing},
    {"one 4-tuple, again and again", one_tuple},
    {"a hole between any two octets", holes},
    {"the same on 2,000 connections", holes_everywhere},
    {"large segments, backwards", large_backwards},
    {"small segments, backwards", small_backwards},
    {"a hole filled octet by octet", filled_slowly},
    {"segments that overlap", overlaps},
    {"one segment, again and again", sent_again},
    {NULL, NULL},
};
