/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_HINTS_H
#define DISSECT_HINTS_H

#include "dissect/fact.h"

/* Endpoints that are likely to speak RPC: the mappers', and the latest that were named by mappers or by DCOM. A hint,
 * never a proof. */
enum { HINTS_MAX = 256, MAPPER_PORT = 135, HTTP_MAPPER_PORT = 593 };

struct hints {
    enum transport transport; /* TCP or UDP: their ports have nothing to do with each other */
    struct endpoint endpoints[HINTS_MAX];
    uint32_t count, next; /* a ring: the oldest gives way, LIMIT_HINTS */
    struct tally *tally;  /* borrowed */
};

void hints_learn(struct hints *hints, const struct fact *fact);
bool hints_are_mapper(const struct endpoint *endpoint);
bool hints_know(const struct hints *hints, const struct endpoint *endpoint);

#endif
