/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_CALLBACK_H
#define RULES_TABLES_CALLBACK_H

#include "dissect/fact.h"
#include "rules/session.h"

/* The second leg of backups: the server of a backup's calls sends the data over plain TCP connections of its own, back
 * to the client, to an address and a port that the client told it. Kept here are the backups, and those connects of a
 * backup's server, or to a backup's client, that failed; which belong together is told at the end (second_leg.c), when
 * it is known which addresses are one host. While no backup is open this costs nothing. Internal to rules/. */
struct callbacks;

/* A connection on which a backup's interface was called. */
struct backup {
    uint64_t flow;
    struct endpoint client, server;
    struct syntax_id interface;
    struct sighting called; /* the first call */
    int64_t latest;         /* the last time that its calls were told of */
    int64_t closed;         /* INT64_MAX: not seen */
    bool store;             /* the interface is the Exchange store's */
    bool presumed;          /* that it is a backup's is not known from its uuid */
};

/* A connect that failed and may be a second leg. */
struct leg {
    uint64_t flow;
    struct endpoint from, to;
    enum outcome outcome; /* refused, unanswered or unreachable */
    uint32_t syns;
    struct sighting first_syn, second_syn, last_syn; /* frame 0 = not seen */
    int64_t syn_interval;                            /* between the last two SYNs */
    uint8_t ttl;                                     /* of the SYNs, as captured */
    struct sighting failing, failed;
    uint8_t icmp_type, icmp_code;
    struct address reporter;
    struct sighting accepted; /* soon after it one between the same hosts was accepted; frame 0 = none */
    struct sighting earlier;  /* before it one was, the latest, while a backup ran; likewise */
    const struct backup *backup;
};

/* tally is borrowed. 1,024 backups, 4,096 connects under way and as many that failed are kept; beyond that the oldest
 * backup and connect give way, and failed connects are passed over: LIMIT_SESSIONS. */
struct callbacks *callbacks_open(struct tally *tally);
void callbacks_close(struct callbacks *callbacks);

/* Whether connects are of interest at all. */
bool callbacks_wait(const struct callbacks *callbacks);
/* A backup's calls: the first, and any later sign of them. `store` and `presumed` as above. */
void callbacks_call(struct callbacks *callbacks, const struct fact *fact, bool store, bool presumed);
bool callbacks_know(const struct callbacks *callbacks, uint64_t flow);
void callbacks_connect(struct callbacks *callbacks, const struct fact *fact);
void callbacks_closed(struct callbacks *callbacks, uint64_t flow, int64_t time);

/* In the order in which they were first told, then ->…; NULL past the end. Index counts from 0. */
const struct backup *callbacks_next_backup(const struct callbacks *callbacks, const struct backup *backup);
struct leg *callbacks_next_leg(const struct callbacks *callbacks, const struct leg *leg);

#endif
