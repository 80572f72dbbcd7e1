/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_RULES_PLAN_H
#define TESTS_RULES_PLAN_H

#include "tests/rules/story.h"

/* An inventory of one cluster, "EXCH", which has A and B, and its services at B; all of it in corp.yaml from line 10.
 */
struct plan {
    struct address addresses[2];
    struct declared_service service;
    struct declared_cluster cluster;
};
/* Of this interface, NULL: of every service. The plan must live as long as the story. */
void declare_at_b(struct story *story, struct plan *plan, const struct syntax_id *interface);

/* The predictions of a story that has ended. */
void check_predictions(const struct story *story, uint64_t came_true, uint64_t averted, uint64_t open);
/* The finding of this client and interface at this address; the test fails if there is none. */
const struct finding *finding_of(const struct story *story, const char *client, const char *server,
                                 const struct syntax_id *interface);

#endif
