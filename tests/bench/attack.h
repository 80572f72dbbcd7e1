/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_BENCH_ATTACK_H
#define TESTS_BENCH_ATTACK_H

#include "tests/bench/trace.h"
#include "tests/dissect/build.h"

/* Captures that are made to cost time: each writes frames of one kind until the trace has so many bytes. */
struct attack {
    const char *name;
    void (*write)(struct trace *trace, uint64_t bytes);
};

extern const struct attack ATTACKS_BY_RPC[], ATTACKS_BY_SMB[], ATTACKS_BY_TCP[], ATTACKS_BY_DATAGRAMS[],
    ATTACKS_ON_RULES[]; /* each ends with a NULL */

/* What they are compared with: sessions of well-behaved clients, each a question to the mapper and some calls. */
void write_ordinary(struct trace *trace, uint64_t bytes);

/* Another connection: number counts the clients, so that no two have the same. */
struct line attack_line(uint32_t number, uint16_t port);
void attack_open(struct trace *trace, struct line *line);
/* So many octets in each segment. */
void attack_say(struct trace *trace, struct line *line, enum direction from, struct bytes bytes, size_t segment);
/* Clears it. */
void attack_say_octets(struct trace *trace, struct line *line, enum direction from, struct octets *octets);
void attack_close(struct trace *trace, struct line *line);
/* bind and bind_ack of this interface on context 0. */
void attack_bind(struct trace *trace, struct line *line, const struct syntax_id *interface);
/* An interface of which no two with different numbers are the same. */
struct syntax_id attack_interface(uint32_t number);

#endif
