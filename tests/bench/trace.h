/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_BENCH_TRACE_H
#define TESTS_BENCH_TRACE_H

#include "wire/bytes.h"
#include "wire/segment.h"

#include <stdio.h>

/* Writes a capture of TCP over IPv4 over Ethernet: the same one whenever it is asked to. */
struct trace {
    FILE *file;
    uint64_t frames, bytes; /* bytes of the file */
    uint64_t time;          /* of the next frame, µs since 1970 */
    uint64_t random;        /* never 0 */
};

/* A connection as far as it has been written. */
struct line {
    uint32_t addresses[2]; /* by enum direction */
    uint16_t ports[2];
    uint32_t seqs[2]; /* of the next octet */
};

enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_PSH = 8, FLAG_ACK = 16 };
enum { FRAME_SIZE = 1518 };
enum { SEGMENT_SIZE = 1448 }; /* what is left of 1500 with the time stamps that every segment has */

/* False, and errno, if the file cannot be written. */
bool trace_open(struct trace *trace, const char *path);
bool trace_close(struct trace *trace);

/* One frame; at most SEGMENT_SIZE octets of payload. The numbers of the line go on. */
void trace_packet(struct trace *trace, struct line *line, enum direction from, unsigned flags, struct bytes payload);

/* Any frame, from the Ethernet header on; at most FRAME_SIZE octets. */
void trace_frame(struct trace *trace, struct bytes frame);

/* A number below `end`. */
uint32_t trace_random(struct trace *trace, uint32_t end);

#endif
