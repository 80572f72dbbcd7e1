/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

#include <string.h>

/* Beginnings and ends of connections as captures have them: out of order, at once from both sides, or not at all. */

static struct trace t;

static void told(const char *expected) { trace_expect(&t, expected); }

static void client(uint32_t seq, const char *payload) { trace_from_client(&t, ACK, seq, 501, payload); }

static void both_may_begin_at_once(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, SYN, 500, 0, "");
    trace_from_client(&t, SYN | ACK, 100, 501, "");
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    client(101, "ask");
    trace_from_server(&t, ACK, 501, 104, "reply");
    trace_close(&t);
    told("syn#1 opened#3 >ask#5 <reply#6 closed:end#6");
    CU_ASSERT_EQUAL(t.tally.flows, 1);
}

static void who_was_refused_may_be_called_back(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, RST | ACK, 0, 101, "");
    trace_from_server(&t, SYN, 500, 0, "");
    trace_close(&t);
    told("syn#1 refused#2 closed:reset#2 2:syn#3 2:closed:end#3");
}

static void a_syn_may_come_behind_data(void) {
    trace_open(&t);
    client(101, "ask");
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    trace_from_server(&t, ACK, 501, 104, "reply");
    trace_close(&t);
    told("opened#1 >ask#1 syn#2 <reply#4 closed:end#4");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_MIDSTREAM_FLOWS], 0);
}

static void a_syn_shows_where_the_bytes_begin(void) {
    trace_open(&t);
    client(101, "");
    trace_from_client(&t, SYN, 100, 0, "");
    client(104, "def");
    client(101, "abc");
    trace_close(&t);
    told("opened#1 syn#2 >abc#4 >def#3 closed:end#4");
}

static void a_syn_ack_of_data_may_come_before_its_syn(void) {
    trace_open(&t);
    trace_from_server(&t, SYN | ACK, 500, 105, "");
    trace_from_client(&t, SYN, 100, 0, "fast");
    client(105, "er");
    trace_close(&t);
    told("opened#1 syn#2 >fast#2 >er#3 closed:end#3");
}

static void a_fin_may_come_before_all_bytes(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, ACK | FIN, 506, 104, "");
    client(101, "ask");
    trace_from_server(&t, ACK, 501, 104, "reply");
    trace_from_client(&t, ACK | FIN, 104, 507, "");
    trace_from_server(&t, ACK, 507, 105, "");
    trace_close(&t);
    told("syn#1 opened#3 >ask#3 <reply#4 closed:fin#6");
}

static void another_connection_without_its_syn_is_another_flow(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    client(101, "old");
    trace_from_server(&t, ACK, 501, 104, "");
    trace_from_client(&t, ACK, 0x40000000, 0x50000000, "new");
    trace_from_server(&t, ACK, 0x50000000, 0x40000003, "yes");
    trace_close(&t);
    told("syn#1 opened#2 >old#4 closed:timeout#5 2:opened#6 2:>new#6 2:<yes#7 2:closed:end#7");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_BAD_TCPS], 0);
}

static void it_is_so_behind_an_end_too(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    trace_from_client(&t, RST, 101, 0, "");
    client(101, "late");
    trace_from_client(&t, ACK, 0x40000000, 0x50000000, "new");
    trace_close(&t);
    told("syn#1 opened#2 closed:reset#4 2:opened#6 2:>new#6 2:closed:end#6");
}

static void a_syn_ack_may_be_all_that_shows_it(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    trace_from_server(&t, ACK, 501, 101, "old");
    trace_from_server(&t, SYN | ACK, 0x50000000, 0x40000000, "");
    trace_from_client(&t, ACK, 0x40000000, 0x50000001, "new");
    trace_close(&t);
    told("syn#1 opened#2 <old#4 closed:timeout#4 2:opened#5 2:>new#6 2:closed:end#6");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"both may begin at once", both_may_begin_at_once},
        {"who was refused may be called back", who_was_refused_may_be_called_back},
        {"a SYN may come behind data", a_syn_may_come_behind_data},
        {"a SYN shows where the bytes begin", a_syn_shows_where_the_bytes_begin},
        {"a SYN-ACK of data may come before its SYN", a_syn_ack_of_data_may_come_before_its_syn},
        {"a FIN may come before all bytes", a_fin_may_come_before_all_bytes},
        {"another connection without its SYN is another flow", another_connection_without_its_syn_is_another_flow},
        {"it is so behind an end, too", it_is_so_behind_an_end_too},
        {"a SYN-ACK may be all that shows it", a_syn_ack_may_be_all_that_shows_it},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/disorder", tests);
}
