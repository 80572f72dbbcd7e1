/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/binding.h"
#include "tests/rules/story.h"
#include "tests/unit.h"

static struct tally tally;

static void prove(struct binding_table *table, const char *address, enum binding_proof kind, int64_t time) {
    struct address where;
    address_parse(address, &where);
    struct proof proof = {.kind = kind, .seen = {(uint64_t)time, time, 0}, .endpoint = {where, 1112}};
    binding_prove(table, &LSA, &where, &proof);
}

static const struct binding *row(const struct binding_table *table, const char *address) {
    struct address where;
    address_parse(address, &where);
    return binding_find(table, &where, &LSA);
}

static void the_newer_proof_wins(void) {
    struct binding_table *table = binding_table_open(&tally);
    CU_ASSERT_PTR_NULL(row(table, A));
    prove(table, A, PROOF_MAPPED, 1);
    CU_ASSERT_EQUAL(row(table, A)->state, BOUND_UNKNOWN);
    prove(table, A, PROOF_BIND_ACCEPTED, 2);
    CU_ASSERT_EQUAL(row(table, A)->state, BOUND_HERE);
    prove(table, A, PROOF_REFUSED, 3);
    CU_ASSERT_EQUAL(row(table, A)->state, BOUND_NOT_HERE);
    prove(table, A, PROOF_MAPPED, 4);
    CU_ASSERT_EQUAL(row(table, A)->state, BOUND_NOT_HERE);
    prove(table, A, PROOF_ANSWERED, 5);
    CU_ASSERT_EQUAL(row(table, A)->state, BOUND_HERE);
    CU_ASSERT_PTR_NULL(row(table, B));
    binding_table_close(table);
}

static void repeated_proofs_are_one_entry(void) {
    struct binding_table *table = binding_table_open(&tally);
    for (int64_t time = 1; time <= 30; time += 3) {
        prove(table, A, PROOF_CONNECTED, time);
        prove(table, A, PROOF_BIND_ACCEPTED, time + 1);
        prove(table, A, PROOF_ANSWERED, time + 2);
    }
    CU_ASSERT_EQUAL_FATAL(row(table, A)->count, 3);
    CU_ASSERT_EQUAL(row(table, A)->proofs[0].count, 10);
    CU_ASSERT_EQUAL(row(table, A)->proofs[0].seen.time, 1);
    CU_ASSERT_EQUAL(row(table, A)->proofs[0].last.time, 28);
    prove(table, A, PROOF_REFUSED, 40);
    prove(table, A, PROOF_CONNECTED, 50);
    CU_ASSERT_EQUAL(row(table, A)->count, 5);
    binding_table_close(table);
}

static void after_a_time(void) {
    struct binding_table *table = binding_table_open(&tally);
    prove(table, A, PROOF_CONNECTED, 10);
    prove(table, A, PROOF_REFUSED, 20);
    prove(table, A, PROOF_CONNECTED, 30);
    const struct binding *binding = row(table, A);
    CU_ASSERT_EQUAL(binding_after(binding, proof_is_for, 11)->seen.time, 30);
    CU_ASSERT_EQUAL(binding_after(binding, proof_is_against, 20)->seen.time, 20);
    CU_ASSERT_PTR_NULL(binding_after(binding, proof_is_against, 21));
    CU_ASSERT_PTR_NULL(binding_after(NULL, proof_is_for, 0));
    CU_ASSERT_PTR_NULL(binding_verdict(NULL));
    binding_table_close(table);
}

static void a_late_proof_takes_its_place(void) {
    struct binding_table *table = binding_table_open(&tally);
    prove(table, A, PROOF_CONNECTED, 70);
    prove(table, A, PROOF_ANSWERED, 71);
    prove(table, A, PROOF_UNANSWERED, 9);
    const struct binding *binding = row(table, A);
    CU_ASSERT_EQUAL(binding->proofs[0].kind, PROOF_UNANSWERED);
    CU_ASSERT_EQUAL(binding->state, BOUND_HERE);
    CU_ASSERT_EQUAL(binding_verdict(binding)->kind, PROOF_ANSWERED);
    prove(table, A, PROOF_CONNECTED, 8); /* before the silence: an entry of its own */
    CU_ASSERT_EQUAL(binding->count, 4);
    CU_ASSERT_EQUAL(binding->proofs[0].kind, PROOF_CONNECTED);
    binding_table_close(table);
}

static void a_long_history_keeps_both_ends(void) {
    struct binding_table *table = binding_table_open(&tally);
    uint64_t reached = tally.limits[LIMIT_EVIDENCE];
    for (int64_t time = 1; time <= 1000; time++)
        prove(table, A, time % 2 == 0 ? PROOF_CONNECTED : PROOF_REFUSED, time);
    const struct binding *binding = row(table, A);
    CU_ASSERT_EQUAL_FATAL(binding->count, BINDING_MAX_PROOFS);
    CU_ASSERT_EQUAL(binding->omitted, 1000 - BINDING_MAX_PROOFS);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_EVIDENCE] - reached, binding->omitted);
    CU_ASSERT_EQUAL(binding->proofs[0].seen.time, 1);
    CU_ASSERT_EQUAL(binding->proofs[binding->count - 1].seen.time, 1000);
    binding_table_close(table);
}

static void rows_come_in_order(void) {
    struct binding_table *table = binding_table_open(&tally);
    prove(table, B, PROOF_CONNECTED, 1);
    prove(table, A, PROOF_CONNECTED, 2);
    CU_ASSERT_PTR_EQUAL(binding_at(table, 0), row(table, B));
    CU_ASSERT_PTR_EQUAL(binding_at(table, 1), row(table, A));
    CU_ASSERT_PTR_NULL(binding_at(table, 2));
    binding_table_close(table);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the newer proof wins", the_newer_proof_wins},
        {"repeated proofs are one entry", repeated_proofs_are_one_entry},
        {"after a time", after_a_time},
        {"a late proof takes its place", a_late_proof_takes_its_place},
        {"a long history keeps both ends", a_long_history_keeps_both_ends},
        {"rows come in order", rows_come_in_order},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/binding", tests);
}
