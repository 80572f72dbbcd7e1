/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_BINDING_H
#define RULES_TABLES_BINDING_H

#include "dissect/fact.h"
#include "rules/evidence.h"
#include "wire/syntax.h"
#include "wire/tally.h"

#include <stdbool.h>
#include <stddef.h>

/* The binding table: which interface is bound at which address, and by what evidence. A row is (address, interface
 * uuid + major version). A newer sighting beats an older one; the history stays, up to a limit. */

enum binding_proof {
    /* for, the strongest first */
    PROOF_ANSWERED,             /* a call on it was answered here */
    PROOF_BIND_ACCEPTED,        /* a bind to it was accepted here */
    PROOF_CONNECTED,            /* its mapped endpoint accepted a connection here */
    PROOF_LOOKUP_ENTRY,         /* an ept_lookup entry names this very address */
    PROOF_TOWER_FROM_ELSEWHERE, /* the mapper of another address named this address */
    PROOF_OXID_BINDING,         /* DCOM named this address as one of an object's exporter */
    /* neither: the mapper of this address names it, but a mapper answers alike on addresses that serve nothing */
    PROOF_MAPPED,
    /* against */
    PROOF_REFUSED,         /* its mapped endpoint refused here */
    PROOF_UNREACHABLE,     /* ICMP said so of its mapped endpoint */
    PROOF_UNANSWERED,      /* its mapped endpoint stayed silent here */
    PROOF_NOT_REGISTERED,  /* the mapper of this address does not know it */
    PROOF_NAMED_ELSEWHERE, /* the mapper of this address names only other addresses */
    PROOF_REJECTED,        /* a bind to it was rejected here */
    PROOF_KINDS
};

enum { BINDING_MAX_PROOFS = 32 }; /* kept per row; beyond it the middle of the history is dropped, and counted */

/* Proofs of one kind that follow each other, with none to the contrary between them, are one entry of the history. */
struct proof {
    enum binding_proof kind;
    struct sighting seen;     /* the first */
    struct sighting last;     /* the latest; binding_prove sets it */
    uint64_t count;           /* binding_prove sets it */
    struct endpoint endpoint; /* port 0 where none was involved */
    enum transport transport; /* UDP, HTTP, or anything else for TCP */
    struct address client;
};

enum binding_state { BOUND_UNKNOWN, BOUND_HERE, BOUND_NOT_HERE };

struct binding {
    struct address address;
    struct syntax_id interface;
    enum transport transport; /* of its proofs, which are of one */
    struct endpoint endpoint; /* latest known; port 0 = unknown */
    enum binding_state state; /* by the latest proof for or against */
    struct proof *proofs;     /* owned; by the time of the first sighting, BINDING_MAX_PROOFS at most */
    size_t count, room;
    uint64_t omitted; /* proofs not kept */
};

struct binding_table;

struct binding_table *binding_table_open(struct tally *tally);
void binding_table_close(struct binding_table *table);
/* NULL if there is no such row. */
const struct binding *binding_find(const struct binding_table *table, const struct address *address,
                                   const struct syntax_id *interface);
/* The same of the row for HTTP, if that is the transport. */
const struct binding *binding_find_over(const struct binding_table *table, const struct address *address,
                                        const struct syntax_id *interface, enum transport transport);
/* Proofs may come out of the order of time: that a connect stayed unanswered is known long after its last SYN. */
void binding_prove(struct binding_table *table, const struct syntax_id *interface, const struct address *address,
                   const struct proof *proof);
/* Enters a proof as an earlier run remembered it, its `last` and `count` too. What was seen in this run does not
 * continue it: the history keeps both. Sightings that may be the same ones are not counted twice. */
void binding_recall(struct binding_table *table, const struct syntax_id *interface, const struct address *address,
                    const struct proof *proof);
/* Rows in the order in which they were first seen; index counts from 0, NULL past the end. Those that are only recalled
 * are not among them, */
const struct binding *binding_at(const struct binding_table *table, size_t index);
size_t binding_count(const struct binding_table *table);
/* before this puts them behind the others. */
void binding_list_recalled(struct binding_table *table);

bool proof_is_for(enum binding_proof kind);
bool proof_is_against(enum binding_proof kind);
/* The words for a person: "bind accepted", "refused (RST)" … */
const char *proof_text(enum binding_proof kind, enum transport transport);
/* The proof for or against that was seen latest; NULL if there is none, or if binding is NULL. */
const struct proof *binding_verdict(const struct binding *binding);
/* The first proof of a wanted kind that was last seen at this time or later; NULL if none, or if binding is NULL. */
const struct proof *binding_after(const struct binding *binding, bool (*wanted)(enum binding_proof), int64_t time);

#endif
