/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_INVENTORY_H
#define RULES_INVENTORY_H

#include "rules/verdict/finding.h"
#include "wire/segment.h"

/* What the user declares beforehand: which addresses are of one cluster, where its services are bound, and what is not
 * to be told. It is a claim, and no sighting: what packets show later outdoes it. */

struct network {
    struct address address;
    unsigned prefix; /* bits of it that count */
};

/* Where a service of a cluster is bound; at every other address of the cluster it is declared unbound. */
struct declared_service {
    struct syntax_id interface; /* nil: every service of the cluster that no other entry is about */
    bool any_version;
    const struct address *bound;
    size_t bound_count;
    unsigned line; /* in the file */
};

struct declared_cluster {
    const char *name;
    const struct address *addresses;
    size_t address_count;
    const struct declared_service *services;
    size_t service_count;
    unsigned line;
};

struct declared_name {
    struct address address;
    const char *name;
};

/* Findings that match all that is given are not told, only counted. */
struct suppression {
    const struct rule *rule;       /* NULL: any */
    struct network client, server; /* ADDRESS_NONE: any */
    struct syntax_id interface;    /* nil: any */
    bool any_version;
    const char *reason;
    int64_t until; /* of what was flagged from then on nothing is suppressed; INT64_MAX: for ever */
    unsigned line;
};

/* All of it is borrowed. No address is of two clusters, and no interface of one cluster is declared twice. */
struct inventory {
    const char *file;
    const struct declared_cluster *clusters;
    size_t cluster_count;
    const struct declared_name *names;
    size_t name_count;
    const struct network *ignored; /* sessions to or from them are not judged */
    size_t ignored_count;
    const struct suppression *suppressions;
    size_t suppression_count;
    const struct mac *routers; /* link nothing */
    size_t router_count;
    struct {
        bool given;
        enum severity severity;
    } severities[RULE_COUNT]; /* in the order of RULES */
};

enum declared { DECLARED_NOT, DECLARED_BOUND, DECLARED_UNBOUND };

/* What is declared of an interface at an address; with the service where that is something, and its cluster. */
struct declaration {
    enum declared declared;
    const struct declared_cluster *cluster;
    const struct declared_service *service;
};
struct declaration inventory_says(const struct inventory *inventory, const struct address *address,
                                  const struct syntax_id *interface);
/* The cluster that has this address while no service is declared bound at it, and some is elsewhere; NULL: none. */
const struct declared_cluster *inventory_serves_nothing(const struct inventory *inventory,
                                                        const struct address *address);
/* NULL: of none. */
const struct declared_cluster *inventory_cluster(const struct inventory *inventory, const struct address *address);
/* NULL: not declared. */
const char *inventory_name(const struct inventory *inventory, const struct address *address);
bool inventory_ignores(const struct inventory *inventory, const struct address *address);
bool inventory_is_router(const struct inventory *inventory, const struct mac *mac);
/* The first that matches and has not expired; NULL: it is to be told. */
const struct suppression *inventory_suppresses(const struct inventory *inventory, const struct finding *finding);

#endif
