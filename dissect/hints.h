/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_HINTS_H
#define DISSECT_HINTS_H

#include "dissect/fact.h"

/* Endpoints that are likely to speak RPC: the mapper's, and the latest that mappers named. A hint, never a proof. */
enum { HINTS_MAX = 256, MAPPER_PORT = 135 };

struct hints {
    struct endpoint endpoints[HINTS_MAX];
    uint32_t count, next; /* a ring */
};

void hints_learn(struct hints *hints, const struct fact *fact);
bool hints_know(const struct hints *hints, const struct endpoint *endpoint);

#endif
