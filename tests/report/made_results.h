/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_REPORT_MADE_RESULTS_H
#define TESTS_REPORT_MADE_RESULTS_H

#include "report/results.h"

/* Results that no judge has found: as many findings, sessions and bindings as a test wants, by hand. It stands in for
 * rules/judge.h. */

enum { MADE_MAX = 1024, MADE_MAX_NAMES = 50 };

struct judge {
    struct finding findings[128];
    struct session sessions[MADE_MAX];
    struct binding bindings[MADE_MAX];
    struct proof proofs[MADE_MAX]; /* one each */
    size_t finding_count, session_count, binding_count;
    struct predictions predictions;
    struct inventory inventory;
    struct left_out left_out;
    uint64_t by_suppression[4];
    const char *name; /* of every server */
    struct name_record known[MADE_MAX_NAMES];
    size_t known_count;
    struct identity_link link; /* between the two addresses that are one server; none of ADDRESS_NONE */
};

struct made {
    struct judge judge;
    struct tally tally;
    struct file_names files;
};

struct endpoint made_end(const char *ip, uint16_t port);
struct sighting made_sighting(uint64_t frame);
struct syntax_id made_interface(void);

/* The case of the KB article: one failed session, one served elsewhere, the bindings and the finding. The caller lets
 * go of it with made_free. */
struct made *made_case(void);
/* One more of each; what they hold can be changed. */
struct finding *made_finding(struct made *made);
struct session *made_session(struct made *made, enum outcome outcome);
struct binding *made_binding(struct made *made, enum binding_state state);
/* An inventory: a cluster that declares everything bound at 10.0.1.10, where made_case has it served, and not at
 * 10.0.1.20; but the interface of made_interface bound there, where it refuses. With a suppression. */
void made_inventory(struct made *made);
struct results made_results(const struct made *made);
void made_free(struct made *made);

#endif
