/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/teller.h"

#include <stddef.h>
#include <string.h>

enum {
    MAX_MALFORMATIONS = 16,
    MAX_GAPS = 8, /* of one second */
};

enum direction teller_direction(const struct teller *t, enum direction direction) {
    bool from_client = (direction == FROM_CLIENT) != t->swapped;
    return from_client ? FROM_CLIENT : FROM_SERVER;
}

/* Connects are the many: of them only the part that they use is cleared. */
static size_t cleared_size(enum fact_kind kind) {
    bool connect = kind <= FACT_CONNECT_UNANSWERED;
    return connect ? offsetof(struct fact, connect) + sizeof(struct fact_connect) : sizeof(struct fact);
}

void teller_begin(const struct teller *t, struct fact *fact, enum fact_kind kind, const struct sighting *seen) {
    memset(fact, 0, cleared_size(kind));
    fact->kind = kind;
    fact->seen = *seen;
    fact->flow = t->origin.flow;
    fact->transport = t->origin.transport;
    fact->client = t->swapped ? t->origin.server : t->origin.client;
    fact->server = t->swapped ? t->origin.client : t->origin.server;
    if (t->origin.pipe_name != NULL)
        strncpy(fact->pipe_name, t->origin.pipe_name, sizeof fact->pipe_name - 1);
}

void teller_tell(const struct teller *t, const struct fact *fact) { t->handler(t->context, fact); }

void teller_malformed(struct teller *t, enum malformation why, enum direction direction, const struct sighting *seen) {
    t->tally->lost[LOSS_MALFORMED_PDUS]++;
    if (t->malformations == MAX_MALFORMATIONS)
        return;
    t->malformations++;
    struct fact fact;
    teller_begin(t, &fact, FACT_MALFORMED, seen);
    fact.malformed.why = why;
    fact.malformed.direction = direction;
    teller_tell(t, &fact);
}

void teller_gap(struct teller *t, enum direction direction, struct hole hole, const struct sighting *seen) {
    static const int64_t SECOND = 1000000000;
    uint32_t second = (uint32_t)(seen->time / SECOND);
    if (second != t->gap_second)
        t->gaps = 0;
    t->gap_second = second;
    if (t->gaps == MAX_GAPS)
        return;
    t->gaps++;
    struct fact fact;
    teller_begin(t, &fact, FACT_GAP, seen);
    fact.gap.direction = direction;
    fact.gap.bytes = hole.bytes;
    fact.gap.cut = hole.cut;
    teller_tell(t, &fact);
}
