/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_OXID_H
#define RULES_TABLES_OXID_H

#include "dissect/fact.h"

/* The endpoints that DCOM told which client: how objects' exporters are reached without a mapper. A client is told all
 * addresses of the machine, and tries them one after another; so what fails at one of them is no failure if another
 * one serves. Bounded; internal to rules/. */
struct oxids;
struct tracked;

/* The interface that every object exporter serves: IRemUnknown, 00000131-0000-0000-c000-000000000046 0.0. */
extern const struct syntax_id SYNTAX_REM_UNKNOWN;

/* One endpoint, as it was told one client last. */
struct told {
    struct sighting seen;
    uint64_t answer; /* which: those of one answer are one choice */
};

/* tally is borrowed. The latest 16,384 endpoints are kept; that an older one gives way counts as LIMIT_EVIDENCE. */
struct oxids *oxids_open(struct tally *tally);
void oxids_close(struct oxids *oxids);

/* The endpoints of an answer, as its client understands them: where a binding names a host, that is taken for the
 * address that was asked. Returns how many there are. */
size_t oxid_endpoints(const struct fact *answer, struct endpoint endpoints[static FACT_MAX_BINDINGS]);
void oxids_learn(struct oxids *oxids, const struct fact *answer);
/* NULL: this client was not told. */
const struct told *oxids_find(const struct oxids *oxids, const struct address *client, const struct endpoint *server);
/* The newest session of an answer, to be replaced by a newer one; NULL where the answer is not kept any more. */
struct tracked **oxids_newest(struct oxids *oxids, uint64_t answer);

#endif
