/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

#include <string.h>

static struct trace t;

static void told(const char *expected) { trace_expect(&t, expected); }

static void client(uint32_t seq, const char *payload) { trace_from_client(&t, ACK, seq, 501, payload); }

/* The limits: one queue at once, or few bytes in it. The stream goes on behind a gap. */
static void a_full_queue_gives_up_its_hole(void) {
    struct tracker_limits limits = tracker_limits_default();
    limits.reassembly.queue_size = 500;
    trace_open_limited(&t, &limits);
    trace_handshake(&t, 100, 500);
    (void)trace_told(&t);
    client(104, "def");
    client(107, "ghi");
    told("");
    client(110, "jkl");
    told(">gap3#4 >def#4 >ghi#5 >jkl#6");
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_QUEUE_BYTES], 1);
    trace_close(&t);
}

static void the_oldest_queue_makes_room(void) {
    struct tracker_limits limits = tracker_limits_default();
    limits.reassembly.queues = 1;
    trace_open_limited(&t, &limits);
    trace_handshake(&t, 100, 500);
    client(104, "def");
    t.client.port++;
    trace_handshake(&t, 100, 500);
    (void)trace_told(&t);
    client(104, "DEF");
    told(">gap3#4 >def#4");
    client(101, "ABC");
    told("2:>ABC#9 2:>DEF#8");
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_ENGINE_FLOWS], 1);
    trace_close(&t);
}

static void all_queues_together_are_bounded(void) {
    struct tracker_limits limits = tracker_limits_default();
    limits.reassembly.total_size = 20000;
    trace_open_limited(&t, &limits);
    for (int i = 0; i < 20; i++) {
        t.client.port++;
        trace_handshake(&t, 100, 500);
        client(104, "def");
    }
    CU_ASSERT_TRUE(t.tally.limits[LIMIT_QUEUE_BYTES] > 10);
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_QUEUE_BYTES], t.tally.lost[LOSS_GAPS]);
    trace_close(&t);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAPS], 20);
}

/* So many octets, a segment each, from the last to the first, which fills the hole. */
static void send_backwards(uint32_t count) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    (void)trace_told(&t);
    for (uint32_t i = count; i > 0; i--)
        client(100 + i, "x");
}

/* Each walks over all that wait: of a few hundred that costs nothing, of thousands time for every octet. */
static void who_sends_backwards_is_waited_for_a_while(void) {
    send_backwards(300);
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_QUEUE_BYTES], 0);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAPS], 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(trace_told(&t), ">x#303 >x#302 >x#301 "));
    trace_close(&t);
    send_backwards(900);
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_QUEUE_BYTES], 1);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAPS], 1);
    CU_ASSERT_TRUE(t.tally.lost[LOSS_GAP_BYTES] > 100);
    trace_close(&t);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a full queue gives up its hole", a_full_queue_gives_up_its_hole},
        {"the oldest queue makes room", the_oldest_queue_makes_room},
        {"all queues together are bounded", all_queues_together_are_bounded},
        {"who sends backwards is waited for a while", who_sends_backwards_is_waited_for_a_while},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/queues", tests);
}
