/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_KNOWLEDGE_H
#define RULES_KNOWLEDGE_H

#include "rules/binding.h"
#include "rules/gap_times.h"
#include "rules/identity.h"
#include "rules/places.h"
#include "rules/recent.h"
#include "rules/track.h"

enum { KNOWLEDGE_CLOCKS = 16 }; /* of more files a clock may go back unnoticed */

/* All that the facts have shown so far. Internal to rules/. */
struct knowledge {
    struct binding_table *bindings;
    struct identity *identity;
    struct track *track;
    struct places *places;
    struct tally *tally;
    int64_t end; /* time of the last frame; known after FACT_CAPTURE_ENDED, else the latest fact */
    struct gap_times *gap_times;
    struct recent *recent;
    struct sighting latest[KNOWLEDGE_CLOCKS]; /* of the files, by their numbers */
    bool clock_went_back;                     /* in some file, by more than packets overtake each other */
    struct tally captured;                    /* what the captures lack, as FACT_CAPTURE_ENDED tells it */
    uint8_t ports[(UINT16_MAX + 1) / 8];      /* a bit each, see knowledge_of_port */
};

enum { MAPPER_PORT = 135 };

static const int64_t SECOND = 1000000000;

bool is_mapper_interface(const struct syntax_id *interface);

/* Takes one fact in (follow.c); the parts of it: what a mapper is asked and says (map.c), connections (connect.c),
 * and what is said on them (listen.c). */
void knowledge_follow(struct knowledge *knowledge, const struct fact *fact);
void knowledge_map(struct knowledge *knowledge, const struct fact *fact);
void knowledge_connect(struct knowledge *knowledge, const struct fact *fact);
void knowledge_listen(struct knowledge *knowledge, const struct fact *fact);

/* Whether anything is known that a connect to this port, wherever, could be about. Most connections are another
 * protocol's: this answer spares the look-ups. What is known of endpoints and of connections began with a port that
 * some fact other than a connect named. */
bool knowledge_of_port(const struct knowledge *knowledge, uint16_t port);
void knowledge_name_ports(struct knowledge *knowledge, const struct fact *fact);

/* Enters a proof into the binding table, seen with this fact. */
void knowledge_prove(struct knowledge *knowledge, const struct fact *fact, const struct syntax_id *interface,
                     enum binding_proof kind, struct endpoint where);

/* Flags a session that what is known already dooms (predict.c); called at the packet that could doom it. */
void predict_at_question(const struct knowledge *knowledge, struct tracked *tracked, struct sighting seen);
void predict_at_answer(const struct knowledge *knowledge, struct tracked *tracked, struct sighting seen);
void predict_nothing(struct tracked *tracked);

/* After the last fact: what became of the sessions that are still open, and who got through another way (settle.c). */
void settle_sessions(const struct knowledge *knowledge);

/* The proofs that an interface is served, as opposed to registered, and that nothing of it can be reached. */
bool proof_is_of_serving(enum binding_proof kind);
bool proof_is_of_silence_or_refusal(enum binding_proof kind);

/* Whose interface is looked for elsewhere, and when. */
struct place {
    struct address address;
    uint16_t ports[SESSION_MAX_TOWERS + 2]; /* what the mapper gave here, and what was tried */
    size_t port_count;                      /* 0: nothing is known */
    struct syntax_id interface;
    int64_t time;
};
struct place place_of_session(const struct session *session, int64_t time);

/* Another place where the same server has an interface bound, as far as what was seen around a time shows: there is
 * a proof of serving, and none to the contrary at that time. */
enum { STAND_MAX_PATH = 4 };
struct stand {
    struct endpoint endpoint;
    const struct proof *proof;
    struct identity_link path[STAND_MAX_PATH]; /* why it is the same server, link by link */
    size_t path_length;
};

enum span {
    SPAN_BEFORE, /* only what was seen before `time` counts: for predictions */
    SPAN_ALL     /* what was seen later counts too */
};

/* Writes at most max of them and returns their number. Two addresses that only share a link-layer address or
 * an association group are not taken for one server if their mappers give this interface different ports: one mapper
 * would give the same. */
size_t knowledge_bound_elsewhere(const struct knowledge *knowledge, const struct place *place, enum span span,
                                 struct stand *stands, size_t max);

#endif
