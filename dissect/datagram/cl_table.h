/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_DATAGRAM_CL_TABLE_H
#define DISSECT_DATAGRAM_CL_TABLE_H

#include "dissect/datagram/cl_fragments.h"
#include "dissect/rpc/association.h"
#include "dissect/teller.h"

/* What is remembered of connectionless RPC: conversations, which are a client's endpoint, the server address that it
 * calls and the interface; and activities, in which a client's calls are numbered (C706 9.5.2). Only finding and
 * keeping; what the datagrams mean is in connectionless.c. */

struct cl_told_fault {
    uint16_t opnum;
    uint32_t status;
};

/* The latest call of an activity, as far as only a mapper's calls need it. */
struct cl_map_call {
    struct call call;
    uint32_t sequence;
    bool question_read, answer_read;
    struct cl_fragments asked, answered;
};

struct cl_activity {
    struct cl_activity *chain;         /* of the hash bucket */
    struct cl_activity *older, *newer; /* in its conversation */
    uint64_t hash;
    struct cl_conversation *conversation;
    struct uuid id;
    struct endpoint client;
    bool called, answered;   /* a call, or an answer, has been seen */
    uint32_t latest;         /* sequence number of the latest call, */
    uint32_t call_id;        /* by which facts tell it; 0: its request is not in the capture */
    uint64_t calls, answers; /* bit n: of number latest − n a request, or an answer, was seen */
    uint32_t sent;           /* datagrams by which the client asked for the latest call */
    uint8_t sent_type;       /* of the latest of them: */
    uint16_t fragment, serial;
    int64_t sent_time;
    struct cl_map_call *map; /* owned; NULL: its latest call is no mapper's */
};

struct cl_conversation {
    struct cl_conversation *chain;
    struct cl_conversation *older, *newer; /* by when it was used, among those that are sure, or are not */
    uint64_t hash;
    struct address asked; /* the server, by the address that the client calls; many may hear it if it is a group's */
    struct syntax_id interface;
    struct cl_activity *oldest, *newest;
    uint32_t activity_count;
    bool sure;         /* it is RPC beyond doubt */
    bool to_many;      /* sent to a broadcast or multicast address */
    bool heard;        /* some datagram of the server was seen */
    bool acknowledged; /* the client says that an answer has come */
    bool call_told, answer_told;
    bool waits;           /* the latest datagram is the client's */
    struct teller teller; /* its server is the one of the latest datagram: another port may answer than was asked */
    struct sighting first_call; /* frame 0: none */
    uint16_t first_opnum;
    bool first_maybe;
    struct sighting last, last_sent; /* the latest datagram, and the client's latest request or ping */
    uint32_t attempts;               /* most datagrams by which it asked for one call */
    uint32_t numbers;                /* call_ids given */
    uint64_t calls, answers, faults, bytes[2];
    uint32_t unsure_pdus[CL_TYPES]; /* not counted yet */
    uint8_t client_ttl, attempts_told, unreachable_told, fault_count;
    struct cl_told_fault *told_faults; /* owned; NULL until there is one */
};

struct cl_table;

/* Tells the end of a conversation, before it is forgotten. */
typedef void (*cl_ending)(void *context, struct cl_conversation *conversation, enum close_reason reason);

/* teller is what every conversation's begins as. NULL: no memory. */
struct cl_table *cl_table_open(const struct teller *teller, cl_ending ending, void *context);
/* Ends all conversations, in the order in which they fell silent. */
void cl_table_close(struct cl_table *table);
/* Ends those that have been silent for long before this time, ns. */
void cl_table_age(struct cl_table *table, int64_t now);

/* NULL: not known. */
struct cl_activity *cl_table_activity(const struct cl_table *table, const struct uuid *id,
                                      const struct endpoint *client);
struct cl_conversation *cl_table_conversation(const struct cl_table *table, const struct endpoint *client,
                                              const struct address *server, const struct syntax_id *interface);
/* The first conversation of this client's endpoint with this address, whatever the interface, then the next. */
struct cl_conversation *cl_table_pair(const struct cl_table *table, const struct endpoint *client,
                                      const struct address *server, const struct cl_conversation *after);
/* What was used longest ago makes room, and is counted. An activity that is known moves into the conversation. NULL: no
 * memory. */
struct cl_conversation *cl_table_begin(struct cl_table *table, const struct endpoint *client,
                                       const struct endpoint *server, const struct syntax_id *interface);
struct cl_activity *cl_table_activity_or_new(struct cl_table *table, const struct uuid *id,
                                             struct cl_conversation *conversation);

/* The latest of all now; activity may be NULL. */
void cl_table_used(struct cl_table *table, struct cl_conversation *conversation, struct cl_activity *activity);
void cl_table_sure(struct cl_table *table, struct cl_conversation *conversation);
/* The mapper's call of an activity; NULL: no memory. */
struct cl_map_call *cl_table_map_call(struct cl_table *table, struct cl_activity *activity);
size_t *cl_table_fragment_bytes(struct cl_table *table);

/* Whether the call with this number is new in its activity, and enters it; the same of its answer. */
bool cl_activity_calls(struct cl_activity *activity, uint32_t sequence);
bool cl_activity_answers(struct cl_activity *activity, uint32_t sequence);

#endif
