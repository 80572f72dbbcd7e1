/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_ASSOCIATION_H
#define DISSECT_RPC_ASSOCIATION_H

#include "dissect/fact.h"
#include "dissect/stub/mapper.h"

/* What both ends of a connection know of each other: the presentation contexts, and the binds and calls that wait for
 * their answer. Memory only, it tells no facts. Its tables start empty and grow up to named limits; what does not fit
 * is counted in the tally, which is borrowed. */

struct context {
    uint16_t id;
    bool called, answered;      /* since it means this interface */
    struct syntax_id interface; /* nil: its bind is not in the capture */
    struct syntax_id transfer;
};

/* A bind, or an alter_context. */
struct question {
    uint32_t call_id;
    bool alter;
    uint16_t offered;
    uint8_t count;
    struct fact_context contexts[FACT_MAX_CONTEXTS];
};

struct fragments {
    uint8_t *at; /* owned */
    size_t len, capacity;
};

enum call_kind { CALL_OTHER, CALL_MAP, CALL_LOOKUP, CALL_OPEN_RESOURCE, CALL_RESOURCE_PROPERTIES };

struct call {
    uint32_t call_id;
    uint16_t context;
    uint16_t opnum;
    bool requested; /* the request is in the capture */
    struct syntax_id interface;
    enum call_kind kind;
    enum encoding encoding;
    bool asked; /* MAP: what was asked for is known, */
    struct syntax_id wanted;
    struct uuid object; /* RESOURCE_PROPERTIES: the handle */
    enum transport transport;
    enum joining { JOINING_NOTHING, JOINING_REQUEST, JOINING_ANSWER } joining;
    struct fragments fragments; /* of what is being put together */
};

struct association {
    struct context *contexts;
    struct call *calls; /* the oldest first, as in questions */
    uint32_t context_count, context_capacity;
    uint32_t call_count, call_capacity;
    size_t fragment_bytes;
    /* The tables, as long as they have one entry only: so it mostly stays. */
    struct context only_context;
    struct call only_call;
    struct question *questions; /* NULL: none waits */
    uint32_t question_count, question_capacity;
    struct tally *tally;
};

/* It stays where it is from then on. */
void association_start(struct association *association, struct tally *tally);
void association_stop(struct association *association);

/* NULL: not known. Pointers are valid until the next call that adds. */
struct context *association_context(const struct association *association, uint16_t id);
/* The same, but an unknown one is entered: with the interface that a bind without an answer offers for it, else with a
 * nil one. NULL: the table is full. */
struct context *association_context_or_new(struct association *association, uint16_t id);
/* The last interface accepted for an id is what the id means. */
void association_accept(struct association *association, const struct fact_context *accepted);

void association_ask(struct association *association, const struct fact_bind *bind);
/* Finds and forgets the bind that an answer belongs to: that of the same call_id, else the oldest. */
bool association_answered(struct association *association, uint32_t call_id, struct question *question);

/* A new call; one of the same call_id is forgotten. NULL: no memory. */
struct call *association_call(struct association *association, uint32_t call_id);
struct call *association_find_call(const struct association *association, uint32_t call_id);
void association_end_call(struct association *association, struct call *call);

/* Appends a fragment's stub. False: too much; what was put together is released. */
bool association_join(struct association *association, struct call *call, struct bytes stub);
void association_release(struct association *association, struct call *call);
/* Bytes are missing: of that kind nothing can be put together any more. */
void association_break(struct association *association, enum joining joining);

#endif
