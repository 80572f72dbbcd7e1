/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_INVENTORY_H
#define RULES_INVENTORY_H

#include "rules/tables/binding.h"
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
    /* nil: every service of the cluster that no other entry is about, and that a host does not have at all addresses
     * anyway, as it has the endpoint mapper */
    struct syntax_id interface;
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

/* Where an address is among those of the clusters. */
struct located {
    struct address address;
    const struct declared_cluster *cluster;
};
/* For qsort: by the address. */
int located_order(const void *a, const void *b);

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
    const struct located *located; /* all their addresses, in order; NULL: they are looked for one by one */
    size_t located_count;
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
bool declared_service_is_at(const struct declared_service *service, const struct address *address);
/* The cluster that has this address while no service is declared bound at it, and all are declared: there is an entry
 * about every service. NULL: none. */
const struct declared_cluster *inventory_serves_nothing(const struct inventory *inventory,
                                                        const struct address *address);
/* NULL: of none. */
const struct declared_cluster *inventory_cluster(const struct inventory *inventory, const struct address *address);
/* NULL: not declared. */
const char *inventory_name(const struct inventory *inventory, const struct address *address);
bool inventory_ignores(const struct inventory *inventory, const struct address *address);
bool inventory_is_router(const struct inventory *inventory, const struct mac *mac);
/* The severity of a finding for which the rule itself says `lowered`: where that is the rule's own, the declared one
 * stands for it; what the rule lowered from its own is never raised by a declaration, only lowered further. */
enum severity inventory_severity(const struct inventory *inventory, const struct rule *rule, enum severity lowered);
/* The latest proof of this row, if what is declared of it cannot be so at that time: served where it is declared
 * unbound, refused where it is declared bound. Silence contradicts nothing: a filter may have caused it. NULL: none. */
const struct proof *inventory_contradicted(const struct inventory *inventory, const struct binding *binding);
/* The first that matches and has not expired; NULL: it is to be told. */
const struct suppression *inventory_suppresses(const struct inventory *inventory, const struct finding *finding);

#endif
