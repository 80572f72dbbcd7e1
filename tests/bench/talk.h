/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_BENCH_TALK_H
#define TESTS_BENCH_TALK_H

#include "tests/bench/trace.h"

/* A conversation on one connection, written packet by packet so that many can go on at once. */

enum talk_kind {
    TALK_MAP,       /* bind to the mapper, one map call */
    TALK_CALLS,     /* bind, calls */
    TALK_REFUSED,   /* SYN and RST, three times */
    TALK_RESPONSES, /* bind, calls with large answers in fragments */
    TALK_STREAM,    /* octets that the client sends */
    TALK_TLS,
    TALK_HTTP,
    TALK_SMB,
};

enum { INTERFACES = 4 };

struct talk {
    enum talk_kind kind;
    uint32_t pair; /* which client and server */
    unsigned interface;
    struct line line;
    uint32_t messages; /* all that are to be written, from both sides by turns, … */
    uint64_t octets;   /* … or octets that a STREAM still has, or the answers of RESPONSES, each of which is whole */
    uint64_t due;      /* it says nothing before this time */
    /* How far it is; begins with zeros. */
    uint32_t step;     /* packets of the handshake, or of REFUSED */
    uint32_t said;     /* messages */
    uint32_t at;       /* octets of the answer that is being written */
    uint32_t segments; /* not acknowledged */
    uint32_t closing;  /* packets */
};

/* Writes the next packet. False if that was the last one. */
bool talk_step(struct talk *talk, struct trace *trace);

/* The port at which every server has an interface. */
uint16_t talk_port(unsigned interface);

#endif
