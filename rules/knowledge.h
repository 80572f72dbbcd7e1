/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_KNOWLEDGE_H
#define RULES_KNOWLEDGE_H

#include "rules/binding.h"
#include "rules/identity.h"
#include "rules/track.h"

/* All that the facts have shown so far. Internal to rules/. */
struct knowledge {
    struct binding_table *bindings;
    struct identity *identity;
    struct track *track;
    struct tally *tally;
    int64_t end; /* time of the last frame; known after FACT_CAPTURE_ENDED, else the latest fact */
    bool ended;  /* FACT_CAPTURE_ENDED was seen */
};

enum { MAPPER_PORT = 135, KNOWLEDGE_MAX_RELATIVES = 32 };

static const int64_t SECOND = 1000000000;

/* Takes one fact in (follow.c). */
void knowledge_follow(struct knowledge *knowledge, const struct fact *fact);

/* The part of it that happens on a connection: binds, calls and faults (listen.c). */
void knowledge_listen(struct knowledge *knowledge, const struct fact *fact);

/* What both do to a session and to the binding table (follow.c). */
void knowledge_prove(struct knowledge *knowledge, const struct fact *fact, const struct syntax_id *interface,
                     enum binding_proof kind, struct endpoint where);
void session_reach(struct session *session, enum stage stage, struct sighting seen);
void session_fail(struct session *session, enum outcome outcome, struct sighting first, struct sighting last);
/* It works after all: what looked like a failure was none, unless it had been foretold. */
void session_unfail(struct session *session);

/* Flags a session that what is known already dooms (predict.c); called at the packet that could doom it. */
void predict_at_question(const struct knowledge *knowledge, struct tracked *tracked, struct sighting seen);
void predict_at_answer(const struct knowledge *knowledge, struct tracked *tracked, struct sighting seen);

/* After the last fact: what became of the sessions that are still open, and who got through another way (settle.c). */
void settle_sessions(const struct knowledge *knowledge);

/* Another place where the same server has an interface bound, as far as what was seen around a time shows: there is
 * a proof of serving, and no refusal there at that time. */
struct stand {
    struct endpoint endpoint;
    const struct proof *proof;
    struct identity_link link;
};

/* Whose interface is looked for elsewhere, and when. */
struct place {
    struct endpoint endpoint; /* port: what the mapper gave here, or what was tried here; 0 = unknown */
    struct syntax_id interface;
    int64_t time;
};

enum span {
    SPAN_BEFORE, /* only what was seen before `time` counts: for predictions */
    SPAN_ALL     /* what was seen later counts too */
};

/* The proofs that count for it: an endpoint that works, or that a mapper elsewhere vouches for; and against it. */
bool proof_is_of_serving(enum binding_proof kind);
bool proof_is_of_silence_or_refusal(enum binding_proof kind);

/* Writes at most max of them and returns their number. Two addresses that only share a link-layer address are not
 * taken for one server if their mappers give this interface different ports: one mapper would give one port. */
size_t knowledge_bound_elsewhere(const struct knowledge *knowledge, const struct place *place, enum span span,
                                 struct stand *stands, size_t max);

#endif
