/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_JUDGE_H
#define RULES_JUDGE_H

#include "rules/identity/identity.h"
#include "rules/inventory.h"
#include "rules/session.h"
#include "rules/tables/binding.h"
#include "rules/verdict/finding.h"

/* Facts in, knowledge and findings out. Gives the same findings for the same facts in the same order, whether they
 * come from packets or from a file of facts. */
struct judge;

/* Both are borrowed. The limits that the judge reaches are counted in the tally; an inventory may say nothing, but is
 * there. NULL: no memory. */
struct judge *judge_open(struct tally *tally, const struct inventory *inventory);
/* A fact_handler; its context is the struct judge. */
void judge_fact(void *judge, const struct fact *fact);
/* After the last fact: settles what is still open. Only then the following can be asked for. */
void judge_finish(struct judge *judge);

/* All return NULL past the end; index counts from 0. What they return lives as long as the judge. */
const struct session *judge_session(const struct judge *judge, size_t index);
const struct finding *judge_finding(const struct judge *judge, size_t index); /* most severe first, then by time */
const struct binding *judge_binding(const struct judge *judge, size_t index);
/* What the server at this address calls itself; "" if unknown. */
const char *judge_server_name(const struct judge *judge, const struct address *address);
/* The addresses that anything is known of, as identity_next gives them, and who is one server with them. */
const struct address *judge_address(const struct judge *judge, const struct address *after);
size_t judge_relatives(const struct judge *judge, const struct address *address,
                       struct relative relatives[static IDENTITY_MAX_RELATIVES]);

void judge_close(struct judge *judge);

#endif
