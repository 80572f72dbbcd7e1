/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_JUDGE_H
#define RULES_JUDGE_H

#include "rules/identity/identity.h"
#include "rules/inventory.h"
#include "rules/memory.h"
#include "rules/prediction.h"
#include "rules/session.h"
#include "rules/tables/binding.h"
#include "rules/verdict/finding.h"

/* Facts in, knowledge and findings out. Gives the same findings for the same facts in the same order, whether they
 * come from packets or from a file of facts. */
struct judge;

/* Both are borrowed. The limits that the judge reaches are counted in the tally; an inventory may say nothing, but is
 * there. NULL: no memory. */
struct judge *judge_open(struct tally *tally, const struct inventory *inventory);
/* Before the first fact: what earlier runs remembered, settled. It is borrowed. Of it counts what was seen before the
 * first fact; without any, all. */
void judge_recall(struct judge *judge, const struct memory *memory);
/* A fact_handler; its context is the struct judge. */
void judge_fact(void *judge, const struct fact *fact);
/* After the last fact: settles what is still open. Only then the following can be asked for. */
void judge_finish(struct judge *judge);

/* All return NULL past the end; index counts from 0. What they return lives as long as the judge. */
const struct session *judge_session(const struct judge *judge, size_t index);
const struct finding *judge_finding(const struct judge *judge, size_t index); /* most severe first, then by time */
const struct binding *judge_binding(const struct judge *judge, size_t index); /* recalled ones are not among them */
/* Before this puts them there. */
void judge_list_recalled(struct judge *judge);
/* Tells what this run saw and a later one can use. Its sightings may be in files of earlier runs, too. */
void judge_remember(const struct judge *judge, memory_handler *handler, void *context);

/* What became of the predictions. */
const struct predictions *judge_predictions(const struct judge *judge);
/* What is not among the findings because the inventory says so. */
struct left_out {
    uint64_t ignored;                /* sessions from or to networks that are not judged */
    uint64_t suppressed[RULE_COUNT]; /* findings, in the order of RULES */
    uint64_t *by_suppression;        /* the same, in the order of the inventory's suppressions */
};
const struct left_out *judge_left_out(const struct judge *judge);
const struct inventory *judge_inventory(const struct judge *judge);

/* What the server at this address calls itself; "" if unknown. */
const char *judge_server_name(const struct judge *judge, const struct address *address);
/* The addresses that anything is known of, as identity_next gives them, and who is one server with them. */
const struct address *judge_address(const struct judge *judge, const struct address *after);
size_t judge_relatives(const struct judge *judge, const struct address *address,
                       struct relative relatives[static IDENTITY_MAX_RELATIVES]);
/* All links and names, as identity_each_link and identity_each_name tell them. */
void judge_each_link(const struct judge *judge, link_handler handler, void *context);
void judge_each_name(const struct judge *judge, name_handler handler, void *context);

void judge_close(struct judge *judge);

#endif
