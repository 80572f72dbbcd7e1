/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_KNOWLEDGE_H
#define RULES_KNOWLEDGE_H

#include "rules/identity/identity.h"
#include "rules/inventory.h"
#include "rules/memory.h"
#include "rules/tables/binding.h"
#include "rules/tables/callback.h"
#include "rules/tables/gap_times.h"
#include "rules/tables/named_pipes.h"
#include "rules/tables/oxid.h"
#include "rules/tables/places.h"
#include "rules/tables/recent.h"
#include "rules/tables/track.h"

enum { KNOWLEDGE_CLOCKS = 16 }; /* of more files a clock may go back unnoticed */

/* What the table of interfaces says of one that is called: it is searched once for many calls. */
enum calling { CALLING_NOT_KNOWN_YET, CALLING_BACKUP, CALLING_NAMELESS, CALLING_ANOTHER };
enum { KNOWLEDGE_CALLINGS = 64 };
struct called {
    struct syntax_id interface;
    enum calling calling;
};

/* All that the facts have shown so far. Internal to rules/. */
struct knowledge {
    /* The same for sessions over UDP. What is known of endpoints is apart there, for a UDP port has nothing to do with
     * the TCP port of its number; the other parts are shared. NULL in itself. */
    struct knowledge *datagrams;
    struct knowledge *connections; /* in that: the one that it is apart from; else NULL */
    struct binding_table *bindings;
    struct identity *identity;
    struct track *track;
    struct places *places;
    const struct inventory *inventory;
    struct tally *tally;
    int64_t end; /* time of the last frame; known after FACT_CAPTURE_ENDED, else the latest fact */
    struct gap_times *gap_times;
    struct recent *recent;
    struct oxids *oxids;
    struct callbacks *callbacks;
    struct called called[KNOWLEDGE_CALLINGS]; /* of those whose fourth octet is alike, the latest */
    struct named_pipes *pipes;
    struct sighting latest[KNOWLEDGE_CLOCKS]; /* of the files, by their numbers */
    bool clock_went_back;                     /* in some file, by more than packets overtake each other */
    struct tally captured;                    /* what the captures lack, as FACT_CAPTURE_ENDED tells it */
    uint8_t ports[(UINT16_MAX + 1) / 8];      /* a bit each, see knowledge_of_port */
};

enum { MAPPER_PORT = 135, EPT_MAP = 3 }; /* the second is an opnum */

static const int64_t SECOND = 1000000000;

bool is_mapper_interface(const struct syntax_id *interface);

/* Takes one fact in (follow.c); the parts of it: what a mapper is asked and says (map.c), connections (connect.c),
 * and what is said on them (listen.c). */
void knowledge_follow(struct knowledge *knowledge, const struct fact *fact);
void knowledge_map(struct knowledge *knowledge, const struct fact *fact);
void knowledge_connect(struct knowledge *knowledge, const struct fact *fact);
void knowledge_listen(struct knowledge *knowledge, const struct fact *fact);
/* The same of conversations over UDP (datagram.c). */
void knowledge_datagram(struct knowledge *knowledge, const struct fact *fact);
/* What is known of sessions of this transport. */
struct knowledge *knowledge_of(struct knowledge *knowledge, enum transport transport);
const struct knowledge *knowledge_about(const struct knowledge *knowledge, const struct session *session);
/* What DCOM tells (bindings.c), and the session of a connect to what it told; NULL: it told this client no such
 * thing. */
void knowledge_bindings(struct knowledge *knowledge, const struct fact *fact);
struct tracked *bindings_session(struct knowledge *knowledge, const struct fact *connect);
/* An answer that names a port at fact->server is told late: connects that followed on it have been told already. */
void knowledge_catch_up(struct knowledge *knowledge, const struct fact *answer, uint16_t port);

/* Whether anything is known that a connect to this port, wherever, could be about. Most connections are another
 * protocol's: this answer spares the look-ups. What is known of endpoints and of connections began with a port that
 * some fact other than a connect named. */
bool knowledge_of_port(const struct knowledge *knowledge, uint16_t port);
void knowledge_name_ports(struct knowledge *knowledge, const struct fact *fact);

/* Takes in what an earlier run remembered, before the first fact; and tells what this one saw, after the last
 * (recall.c).
 */
void knowledge_recall(struct knowledge *knowledge, const struct memory_item *item);
void knowledge_remember(const struct knowledge *knowledge, memory_handler *handler, void *context);

/* Enters a proof into the binding table, seen with this fact. */
void knowledge_prove(struct knowledge *knowledge, const struct fact *fact, const struct syntax_id *interface,
                     enum binding_proof kind, struct endpoint where);

/* Flags a session that what is known already dooms (predict.c); called at the packet that could doom it. */
void predict_at_question(const struct knowledge *knowledge, struct tracked *tracked, struct sighting seen);
void predict_at_answer(const struct knowledge *knowledge, struct tracked *tracked, struct sighting seen);
/* The first SYN to a mapper: if whatever this client may ask for there is doomed, its session begins here. */
void predict_at_syn(struct knowledge *knowledge, const struct fact *fact, struct connection *connection);
/* That session (foretold.c): what is asked on the connection makes it its own, over this transport; NULL: there is none
 * that is free. And what else may come: the connection stands, fails, or is closed. */
struct tracked *foretold_asks(struct knowledge *knowledge, const struct fact *fact, const struct syntax_id *interface,
                              enum transport carrier);
void foretold_connects(struct connection *connection, struct sighting seen);
struct tracked *foretold_fails(struct knowledge *knowledge, struct connection *connection);
void foretold_closes(struct connection *connection, bool whole);
/* After the last fact: how its connect ended cannot be told. */
void foretold_untold(struct tracked *tracked);
/* The same client was served there after all. */
void foretold_outdone(const struct knowledge *knowledge, struct tracked *tracked);
/* Whether a prediction is about this interface too. */
bool forecast_covers(const struct knowledge *knowledge, const struct tracked *tracked,
                     const struct syntax_id *interface);
/* It was wrong, or rests on nothing any more; it is told as averted unless the session fails all the same. */
void forecast_withdraw(struct tracked *tracked, enum withdrawal why);
/* What was expected to be out of reach has accepted a connection, or sent a datagram. */
void forecast_refuted(struct tracked *tracked);
/* It was none: nobody waits for what was predicted. */
void forecast_forget(struct tracked *tracked);

/* The second leg of backups (second_leg.c): the calls that precede it; after the last fact, a session for each data
 * connection that failed. */
void second_leg_call(struct knowledge *knowledge, const struct fact *fact);
void settle_second_legs(const struct knowledge *knowledge);

/* A refused pipe that a failed session's client fell back to; and those that were refused by themselves (fallback.c).
 */
void settle_fallback(const struct knowledge *knowledge, struct tracked *failed);
void settle_refused_pipes(const struct knowledge *knowledge);

/* Of a session whose end cannot be told: what is missing; a constant string (unclear.c). */
const char *unclear_because(const struct knowledge *knowledge, const struct tracked *tracked);

/* After the last fact: what became of the sessions that are still open, and who got through another way (settle.c). */
void settle_sessions(const struct knowledge *knowledge);

/* It was served there, by whatever proof, before this time. */
bool binding_served(const struct binding *binding, int64_t before);
/* The proofs that an interface is served, as opposed to registered, and that nothing of it can be reached. */
bool proof_is_of_serving(enum binding_proof kind);
bool proof_is_of_silence_or_refusal(enum binding_proof kind);

/* Whether this is, or was, an endpoint of the interface, by whatever proof. */
bool knowledge_is_at(const struct knowledge *knowledge, const struct endpoint *endpoint,
                     const struct syntax_id *interface);
/* Whether two addresses are one, or of one server. */
bool knowledge_same_server(const struct knowledge *knowledge, const struct address *one, const struct address *other);

/* Whose interface is looked for elsewhere, and when. */
struct place {
    struct address address;
    uint16_t ports[SESSION_MAX_TOWERS + 2]; /* what the mapper gave here, and what was tried */
    size_t port_count;                      /* 0: nothing is known */
    bool only_ports;                        /* at other ports the interface is another process's */
    enum transport transport;               /* the way there: what is bound for HTTP is apart */
    struct syntax_id interface;
    int64_t time;
};
struct place place_of_session(const struct session *session, int64_t time);
bool place_knows(const struct place *place, uint16_t port); /* true of any where none is known */

/* Another place where the same server has an interface bound, as far as what was seen around a time shows: there is
 * a proof of serving, and none to the contrary at that time. */
enum { STAND_MAX_PATH = 4 };
struct stand {
    struct endpoint endpoint;  /* port 0: it is not known */
    bool cluster;              /* all that is known is that it is of the same cluster; then all stands are so */
    const struct proof *proof; /* NULL: it is only declared, */
    const struct declared_cluster *cluster_declared; /* of this cluster, */
    const struct declared_service *declared;         /* by this entry; then all stands are so */
    struct identity_link path[STAND_MAX_PATH];       /* why it is the same server, link by link */
    size_t path_length;
};

enum span {
    SPAN_BEFORE, /* only what was seen before `time` counts: for predictions */
    SPAN_ALL     /* what was seen later counts too */
};

/* Writes at most max of them and returns their number. Two addresses that only share a link-layer address or
 * an association group, or a cluster, are not taken for one server if their mappers give this interface different
 * ports: one mapper would give the same. What is only declared counts where nothing was seen. */
size_t knowledge_bound_elsewhere(const struct knowledge *knowledge, const struct place *place, enum span span,
                                 struct stand *stands, size_t max);

#endif
