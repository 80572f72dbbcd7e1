/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What DCOM tells of where objects are: endpoints that are reached without a mapper. That a machine names all its
 * addresses is normal; only what a client then goes to and does not get is a failure. */
#include "rules/knowledge.h"

static const int64_t TOLD_IS_FRESH = 300 * SECOND; /* later it may be another process's endpoint */

void knowledge_bindings(struct knowledge *k, const struct fact *fact) {
    struct endpoint endpoints[FACT_MAX_BINDINGS];
    size_t count = oxid_endpoints(fact, endpoints);
    oxids_learn(k->oxids, fact);
    struct fact there = *fact;
    for (size_t i = 0; i < count; i++) {
        knowledge_prove(k, fact, &SYNTAX_REM_UNKNOWN, PROOF_OXID_BINDING, endpoints[i]);
        there.server.address = endpoints[i].address;
        knowledge_catch_up(k, &there, endpoints[i].port);
    }
}

/* The session goes behind the others of the same answer. */
static void chain(struct knowledge *k, struct tracked *t, uint64_t answer) {
    struct tracked **newest = oxids_newest(k->oxids, answer);
    if (newest == NULL)
        return;
    if (*newest != NULL)
        (*newest)->told_later = t;
    *newest = t;
}

struct tracked *bindings_session(struct knowledge *k, const struct fact *connect) {
    const struct told *told = oxids_find(k->oxids, &connect->client.address, &connect->server);
    struct tracked *t =
        told == NULL ? NULL
                     : track_session(k->track, &connect->client, &connect->server, &SYNTAX_REM_UNKNOWN, TRANSPORT_TCP);
    if (t == NULL)
        return NULL;
    t->own = true;
    t->guessed = connect->seen.time - told->seen.time > TOLD_IS_FRESH;
    t->session.exporter = true;
    t->session.towers[t->session.tower_count++] = connect->server;
    session_reach(&t->session, STAGE_MAPPED, told->seen);
    chain(k, t, told->answer);
    return t;
}
