/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_TRACK_H
#define RULES_TABLES_TRACK_H

#include "rules/identity/identity.h"
#include "rules/session.h"
#include "rules/tables/binding.h"
#include "rules/tables/forecast.h"

/* The sessions, and the connections that belong to them: only finding and keeping. What facts do to them is in
 * follow.c. Internal to rules/. */

enum { TRACK_MAX_SESSIONS_OF_FLOW = 8 };

/* What the capture lacks of a connection, as far as it matters to what is said on it. */
enum lack {
    LACKS_BEGINNING = 1 << 0, /* it was joined midway */
    LACKS_BYTES = 1 << 1,     /* bytes of the server are missing */
    LACKS_ANSWERS = 1 << 2,   /* the capture of it ends before some calls are answered */
};

/* The latest connect of a session, SYN by SYN: its client's schedule of retries shows in it. 0: not seen. */
struct pace {
    int64_t first, second;
    uint32_t syns;
};

/* A session and what is needed to follow it. */
struct tracked {
    struct session session;
    const struct leg *leg;              /* the second leg of a backup; NULL: an RPC session, as all others are */
    const struct tracked *way;          /* got through: over this session; NULL: not through a session */
    const struct pipe_refusal *refusal; /* of a pipe that its client fell back to, or that it is about; NULL: none */
    const struct pipe_use *pipe_use;    /* what speaks for that pipe; NULL: nothing */
    uint64_t map_flow;                  /* connection that carried the question to the mapper; 0 = there was none */
    bool named_here;                    /* some tower names the very address that was asked */
    uint64_t flow;                      /* latest connection to the service; 0 = none yet */
    struct sighting last_syn;
    int64_t syn_interval; /* between the last two SYNs of one attempt */
    struct pace pace;
    int64_t served_time;
    int64_t broken_off; /* when the server reset its connection; 0 = it did not */
    int64_t done;       /* when the connection to the mapper was closed; 0 = not seen */
    uint8_t client_ttl;
    bool late;                 /* its connection was joined midway, and may be another one's */
    bool condemned;            /* it was not tried: another connection of the client to its endpoint was refused */
    bool guessed;              /* the interface is only known from who else used the endpoint */
    bool own;                  /* guessed from what this very client asked for before */
    bool maybe, heard;         /* over UDP: no answer to its call was wanted; the server has sent something */
    bool by_mapper;            /* the status of a fault is the mapper's */
    bool bind_asked;           /* a bind to it is in the capture */
    bool from_bind, after_gap; /* of the connection to the mapper its bind was seen; or bytes before the answer not */
    uint8_t lacks, map_lacks;  /* enum lack, of the connections to the service and of the one to the mapper */
    bool recovered_elsewhere;  /* N5: the client walked on to the next address of the name, and was served there */
    struct endpoint recovered_at;
    struct forecast *forecast;               /* the prediction about it, that stands or not; owned. NULL: none */
    struct patience patience;                /* how long its silent SYN waited */
    struct pair *pair;                       /* of client, server address, and UDP or not; NULL: a pipe has none */
    struct tracked *older;                   /* of the same pair */
    struct tracked *open_older, *open_newer; /* of those in the same pair that were not served */
    struct tracked *asked_before;            /* on the same connection to the mapper */
    struct tracked *earlier, *later;         /* of the same client and interface */
    struct tracked *told_later;              /* the next to an endpoint of the same DCOM answer */
};

/* A connection that matters: to a mapper, or with sessions on it. */
struct connection {
    uint64_t flow;
    bool to_mapper;
    bool established;
    bool spoken;    /* something was said on it: so it was established, whatever of its handshake is captured later */
    bool from_bind; /* its bind to a mapper is in the capture */
    int64_t mapper_bound; /* when the latest was asked for: over SMB each pipe to the mapper begins with one */
    bool has_gap;         /* bytes of it, behind that, are missing */
    uint32_t syns;
    struct sighting first_syn, second_syn, last_syn;
    int64_t syn_interval;
    uint8_t client_ttl;
    uint32_t association_wanted; /* assoc_group_id of the latest bind */
    struct tracked *asked;       /* on it, the newest first, then ->asked_before */
    struct tracked *foretold;    /* to a mapper: predicted at its SYN, until something is asked on it; NULL: not */
    struct tracked *sessions[TRACK_MAX_SESSIONS_OF_FLOW];
    size_t session_count;
};

struct track;

struct track *track_open(struct tally *tally);
void track_close(struct track *track);

/* NULL when the limit is reached; counted. */
struct tracked *track_session(struct track *track, const struct endpoint *client, const struct endpoint *server,
                              const struct syntax_id *interface, enum transport transport);
/* A session that stands alone: no later connect, question or session has to do with it. NULL likewise. */
struct tracked *track_apart(struct track *track, const struct endpoint *client, const struct endpoint *server,
                            const struct syntax_id *interface, enum transport transport);
/* One that stood alone becomes one like those of track_session. */
void track_join(struct track *track, struct tracked *tracked);
/* Sessions in order; NULL past the end. */
struct tracked *track_at(const struct track *track, size_t index);
/* Newest session of this pair of addresses, then follow ->older; NULL if there is none. Who looks for one of several
 * looks at no more than this many: a connect means one of the latest questions. */
enum { TRACK_LOOK_BACK = 64, TRACK_LOOK_BACK_ASKED = 16 }; /* the second on one connection, ->asked_before */
struct tracked *track_newest(const struct track *track, const struct address *client, const struct address *server);
/* The same of those that were not served yet, then ->open_older: only they can be what a new connect is about. */
struct tracked *track_newest_open(const struct track *track, const struct address *client,
                                  const struct address *server);
/* The same of sessions over UDP, which none of these finds. */
struct tracked *track_newest_datagrams(const struct track *track, const struct address *client,
                                       const struct address *server);
/* The newest of those with the same pair of addresses and over UDP, or over TCP, like this one; NULL: it is of none. */
const struct tracked *track_newest_beside(const struct tracked *tracked);
void track_served(struct tracked *tracked);
/* The newest session of this client for this interface, then ->earlier; NULL: none. */
struct tracked *track_wanted(const struct track *track, const struct address *client,
                             const struct syntax_id *interface);
/* The session's client goes to this port, or may: its tower names it. */
void track_may_use(struct track *track, struct tracked *tracked, uint16_t port);
/* It goes there now. */
void track_goes_to(struct track *track, struct tracked *tracked, uint16_t port);
/* The newest session of this client that did, or might have. NULL: none. */
struct tracked *track_user(const struct track *track, const struct address *client, const struct endpoint *server);
/* A guessed session turns out to be for this interface. */
void track_rename(struct track *track, struct tracked *tracked, const struct syntax_id *interface);

/* The question to a mapper that this call on this connection is; NULL if it was not seen. */
struct tracked *track_question(const struct track *track, uint64_t flow, uint32_t call_id);
void track_ask(struct track *track, uint64_t flow, uint32_t call_id, struct tracked *tracked);
/* The newest session that was asked for on this connection to a mapper, then ->asked_before; NULL: none. */
struct tracked *track_asked(const struct track *track, uint64_t flow);

/* NULL if the connection is not known; the second makes it known. */
struct connection *track_connection(const struct track *track, uint64_t flow);
struct connection *track_connection_or_new(struct track *track, uint64_t flow);
void track_attach(struct track *track, struct connection *connection, struct tracked *tracked);
void track_detach(struct connection *connection, const struct tracked *tracked);
void track_forget(struct track *track, uint64_t flow);

#endif
