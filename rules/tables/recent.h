/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_RECENT_H
#define RULES_TABLES_RECENT_H

#include "dissect/fact.h"

/* The latest connects that nothing known was about. What a mapper answered may be told behind them, for it waited
 * behind a hole; then it is seen what they were about. Internal to rules/. */
struct recent;

/* tally is borrowed. */
struct recent *recent_open(struct tally *tally);
void recent_close(struct recent *recent);
/* One fact about a connect. The last 4,096 are kept: where nothing is late, none of them is ever wanted. If one that is
 * not kept any more may be wanted, that counts as LIMIT_EVIDENCE. */
void recent_add(struct recent *recent, const struct fact *fact);
/* How many were added so far. */
uint64_t recent_count(const struct recent *recent);
/* The next fact, from *at on and before `end`, both counted as they were added, about a connect of this client to this
 * endpoint that was seen after `answer`; it is forgotten, and *at stands behind it. False if there is none. */
bool recent_take(struct recent *recent, const struct fact *answer, uint16_t port, uint64_t *at, uint64_t end,
                 struct fact *fact);

#endif
