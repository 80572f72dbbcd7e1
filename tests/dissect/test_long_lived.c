/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that carry hundreds of thousands of calls: few facts, the same memory and the same time to the end. */
#include "tests/dissect/play.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <time.h>

#if defined __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* its header is not with every compiler */
static size_t allocated(void) { return __sanitizer_get_current_allocated_bytes(); }
#else
#include <malloc.h>
static size_t allocated(void) { return mallinfo2().uordblks; }
#endif

enum { ROUNDS = 12, CALLS_OF_A_ROUND = 25000, CONTEXTS = 4, STUB = 100 };

static struct octets o;

static struct octets *fresh(uint32_t call) {
    o.len = 0;
    o.order = call % 1000 == 0 ? ORDER_BIG : ORDER_LITTLE;
    return &o;
}

static void bind(struct play *p) {
    static const struct offer offers[CONTEXTS] = {
        {0, &STORE, &SYNTAX_NDR}, {1, &SYNTAX_EPM, &SYNTAX_NDR}, {2, &STORE, &SYNTAX_NDR64}, {3, &STORE, &SYNTAX_NDR}};
    static const struct verdict accepted[CONTEXTS] = {
        {0, 0, &SYNTAX_NDR}, {0, 0, &SYNTAX_NDR}, {0, 0, &SYNTAX_NDR64}, {0, 0, &SYNTAX_NDR}};
    put_bind(fresh(1), 11, 1, offers, CONTEXTS);
    play_octets(p, FROM_CLIENT, &o);
    put_bind_ack(fresh(1), 12, 1, "1112", accepted, CONTEXTS);
    play_octets(p, FROM_SERVER, &o);
}

/* Of the contexts that are no mapper's. Now and then a fault, a call without an answer, a hole, a fragment. */
static void call(struct play *p, uint32_t number) {
    static const uint8_t stub[STUB];
    unsigned context = number % 3 == 1 ? 3 : number % 3;
    put_request(fresh(number), number, context, number % 50, stub, STUB);
    play_pieces(p, FROM_CLIENT, octets_bytes(&o), number % 7 == 0 ? 60 : 2000);
    if (number % 101 == 0)
        return;
    if (number % 997 == 0)
        play_gap(p, FROM_SERVER, 50);
    if (number % 11 == 0)
        put_fault(fresh(number), number, context, 5);
    else
        put_response(fresh(number), number, context, stub, STUB);
    play_octets(p, FROM_SERVER, &o);
}

/* How many facts it told. */
static size_t play_round(struct play *p, uint32_t round) {
    for (uint32_t i = 0; i < CALLS_OF_A_ROUND; i++)
        call(p, 2 + round * CALLS_OF_A_ROUND + i);
    size_t facts = p->facts;
    play_forget(p);
    return facts;
}

static void hundreds_of_thousands_of_calls(void) {
    struct play p;
    size_t memory[ROUNDS];
    double seconds[ROUNDS];
    play_start(&p);
    play_again(&p, 1112, false);
    play_open(&p);
    bind(&p);
    size_t facts = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        clock_t start = clock();
        facts += play_round(&p, round);
        seconds[round] = (double)(clock() - start) / CLOCKS_PER_SEC;
        memory[round] = allocated();
    }
    for (size_t round = 1; round < ROUNDS; round++) {
        CU_ASSERT_TRUE(memory[round] < memory[0] + 4096);
        CU_ASSERT_TRUE(seconds[round] < 4 * seconds[0] + 0.1);
    }
    CU_ASSERT_TRUE(facts < 100);
    CU_ASSERT_EQUAL(p.tally.pdus[0], (uint64_t)ROUNDS * CALLS_OF_A_ROUND);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_TRUE(play_told(&p, "calls=300000 "));
    play_stop(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"hundreds of thousands of calls", hundreds_of_thousands_of_calls},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/long_lived", tests);
}
