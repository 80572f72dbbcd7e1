/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TRACK_H
#define RULES_TRACK_H

#include "rules/binding.h"
#include "rules/identity.h"
#include "rules/session.h"

/* The sessions, and the connections that belong to them: only finding and keeping. What facts do to them is in
 * follow.c. Internal to rules/. */

enum { TRACK_MAX_SESSIONS_OF_FLOW = 8 };

/* What a prediction rests on. */
enum prediction {
    PREDICTED_NOT,
    PREDICTED_BY_TOWER,           /* the mapper's answer */
    PREDICTED_BY_EARLIER,         /* the same interface failed here before */
    PREDICTED_BY_OTHER_INTERFACE, /* another one was refused here, while the server has it elsewhere */
};

/* A session and what is needed to follow it. */
struct tracked {
    struct session session;
    uint64_t map_flow; /* connection that carried the question to the mapper */
    uint32_t map_call;
    uint64_t flow; /* latest connection to the service; 0 = none yet */
    struct sighting last_syn;
    int64_t syn_interval; /* between the last two SYNs of one attempt */
    int64_t served_time;
    int64_t done; /* when the connection to the mapper was closed; 0 = not seen */
    uint8_t client_ttl;
    bool guessed;             /* the interface is only known from who else used the endpoint */
    bool recovered_elsewhere; /* N5: the client walked on to the next address of the name, and was served there */
    enum prediction prediction;
    enum binding_proof omen; /* the earlier failure that a prediction rests on: what, of which interface, when */
    struct syntax_id omen_interface;
    struct endpoint omen_endpoint;
    struct sighting omen_seen;
    struct tracked *older; /* of the same client and server address */
    struct tracked *later; /* of the same client and interface */
};

/* A connection that matters: to a mapper, or with sessions on it. */
struct connection {
    uint64_t flow;
    bool to_mapper;
    bool established;
    uint32_t syns;
    struct sighting first_syn, second_syn, last_syn;
    int64_t syn_interval;
    uint8_t client_ttl;
    uint32_t association_wanted; /* assoc_group_id of the latest bind */
    struct tracked *sessions[TRACK_MAX_SESSIONS_OF_FLOW];
    size_t session_count;
};

struct track;

struct track *track_open(struct tally *tally);
void track_close(struct track *track);

/* NULL when the limit is reached; counted. */
struct tracked *track_session(struct track *track, const struct endpoint *client, const struct endpoint *server,
                              const struct syntax_id *interface);
/* Sessions in order; NULL past the end. */
struct tracked *track_at(const struct track *track, size_t index);
/* Newest session of this pair of addresses, then follow ->older; NULL if there is none. */
struct tracked *track_newest(const struct track *track, const struct address *client, const struct address *server);
/* A guessed session turns out to be for this interface. */
void track_rename(struct track *track, struct tracked *tracked, const struct syntax_id *interface);

/* NULL if the connection is not known; the second makes it known. */
struct connection *track_connection(const struct track *track, uint64_t flow);
struct connection *track_connect(struct track *track, uint64_t flow);
void track_attach(struct track *track, struct connection *connection, struct tracked *tracked);
void track_detach(struct connection *connection, const struct tracked *tracked);
void track_forget(struct track *track, uint64_t flow);

/* Which interface was last mapped to or bound at this endpoint; NULL if none was. */
const struct syntax_id *track_interface_at(const struct track *track, const struct endpoint *endpoint);
void track_learn_endpoint(struct track *track, const struct endpoint *endpoint, const struct syntax_id *interface);

/* How an address has behaved towards connects to mapped endpoints, whatever their interface. */
struct standing {
    struct address address;
    bool accepts;            /* some endpoint, the mapper's aside, accepted */
    struct endpoint refused; /* latest that refused, and has not accepted since; port 0 = none */
    struct syntax_id refused_interface;
    struct sighting refused_seen;
};

/* NULL if nothing is known. */
const struct standing *track_standing(const struct track *track, const struct address *address);
void track_accepts(struct track *track, const struct endpoint *endpoint);
void track_refuses(struct track *track, const struct endpoint *endpoint, const struct syntax_id *interface,
                   struct sighting seen);

#endif
