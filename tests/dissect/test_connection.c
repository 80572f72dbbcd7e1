/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/play.h"
#include "tests/unit.h"

static void check(struct play *p, const char *expected) {
    CU_ASSERT_STRING_EQUAL(p->text, expected);
    play_stop(p);
}

static void a_connection_is_asked_for_and_opened(void) {
    struct play p;
    play_start(&p);
    play_open(&p);
    play_close(&p, CLOSE_RESET);
    check(&p, "#1 attempted attempt=1 ttl=128/64 mac=9 icmp=0/0\n"
              "#2 established attempt=1 ttl=128/64 mac=9 icmp=0/0\n"
              "#3 closed reason=1 by=client bytes=0/0 calls=0 answers=0 faults=0\n");
}

static void a_connection_without_an_answer_is_told_at_its_last_syn(void) {
    struct play p;
    play_start(&p);
    play_event(&p, SEGMENT_SYN);
    play_event(&p, SEGMENT_SYN_AGAIN);
    play_event(&p, SEGMENT_SYN_AGAIN);
    play_close(&p, CLOSE_TIMEOUT);
    check(&p, "#1 attempted attempt=1 ttl=128/64 mac=9 icmp=0/0\n"
              "#2 attempted attempt=2 ttl=128/64 mac=9 icmp=0/0\n"
              "#3 attempted attempt=3 ttl=128/64 mac=9 icmp=0/0\n"
              "#3 unanswered attempt=3 ttl=128/64 mac=9 icmp=0/0\n");
}

static void a_refusal_is_an_answer(void) {
    struct play p;
    play_start(&p);
    play_event(&p, SEGMENT_SYN);
    play_event(&p, SEGMENT_REFUSED);
    play_event(&p, SEGMENT_SYN_AGAIN);
    play_event(&p, SEGMENT_REFUSED);
    play_close(&p, CLOSE_RESET);
    check(&p, "#1 attempted attempt=1 ttl=128/64 mac=9 icmp=0/0\n"
              "#2 refused attempt=1 ttl=128/64 mac=9 icmp=0/0\n"
              "#3 attempted attempt=2 ttl=128/64 mac=9 icmp=0/0\n"
              "#4 refused attempt=2 ttl=128/64 mac=9 icmp=0/0\n");
}

static void an_icmp_error_is_an_answer(void) {
    struct play p;
    play_start(&p);
    play_event(&p, SEGMENT_SYN);
    play_event(&p, SEGMENT_UNREACHABLE);
    play_close(&p, CLOSE_TIMEOUT);
    check(&p, "#1 attempted attempt=1 ttl=128/64 mac=9 icmp=0/0\n"
              "#2 unreachable attempt=1 ttl=128/64 mac=9 icmp=3/13\n");
}

static void nothing_is_known_of_a_connection_seen_too_late(void) {
    struct play p;
    play_start(&p);
    play_again(&p, 135, true);
    play_open(&p);
    play_close(&p, CLOSE_END);
    check(&p, "#1 established attempt=0 ttl=128/64 mac=9 midstream icmp=0/0\n");
}

/* Where RPC is likely, what is missing may be what would have shown it. */
static void what_a_likely_connection_lacks_is_told(void) {
    struct play p;
    play_start(&p);
    play_open(&p);
    play_gap(&p, FROM_CLIENT, 72);
    play_gap(&p, FROM_SERVER, 60);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_TRUE(play_told(&p, "closed reason=0 by=client bytes=0/0 calls=0 answers=0 faults=0 missing=72/60\n"));
    play_forget(&p);
    play_again(&p, 49152, false); /* nothing says that it is RPC */
    play_open(&p);
    play_gap(&p, FROM_CLIENT, 72);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_FALSE(play_told(&p, "closed"));
    play_stop(&p);
}

static void a_side_without_a_packet_is_told(void) {
    struct play p;
    play_start(&p);
    play_event(&p, SEGMENT_SYN);
    p.flow.sides[FROM_SERVER].ttl = 0;
    play_event(&p, SEGMENT_OPENED);
    play_close(&p, CLOSE_END);
    CU_ASSERT_TRUE(play_told(&p, "faults=0 unseen=server\n"));
    play_forget(&p);
    play_again(&p, 135, true);
    p.flow.sides[FROM_CLIENT].ttl = 0;
    play_open(&p);
    play_gap(&p, FROM_SERVER, 1);
    play_close(&p, CLOSE_END);
    CU_ASSERT_TRUE(play_told(&p, "faults=0 midstream missing=0/1 unseen=client\n"));
    play_stop(&p);
}

/* The SYN-ACK is not in the capture; the server's link-layer address and TTL are told with its first bytes. */
static void a_server_is_told_when_it_is_first_seen(void) {
    enum { SEEN_BY_SYN_ACK, SEEN_LATER, SPEAKS_FIRST, NEVER_SPEAKS, CASES };
    static const size_t established[CASES] = {1, 2, 2, 1};
    static const struct offer offer[] = {{0, &STORE, &SYNTAX_NDR}};
    static const struct verdict accepted[] = {{0, 0, &SYNTAX_NDR}};
    for (unsigned i = 0; i < CASES; i++) {
        struct play p;
        struct octets o = {.order = ORDER_LITTLE};
        play_start(&p);
        play_event(&p, SEGMENT_SYN);
        uint8_t ttl = p.flow.sides[FROM_SERVER].ttl;
        if (i != SEEN_BY_SYN_ACK)
            p.flow.sides[FROM_SERVER].ttl = 0;
        play_event(&p, SEGMENT_OPENED);
        if (i != SPEAKS_FIRST) {
            put_bind(&o, 11, 1, offer, 1);
            play_octets(&p, FROM_CLIENT, &o);
        }
        p.flow.sides[FROM_SERVER].ttl = ttl;
        CU_ASSERT_EQUAL(play_count(&p, "established"), 1);
        for (unsigned times = 0; i != NEVER_SPEAKS && times < 2; times++) {
            o = (struct octets){.order = ORDER_LITTLE};
            put_bind_ack(&o, 12, 1, "1112", accepted, 1);
            play_octets(&p, FROM_SERVER, &o);
        }
        CU_ASSERT_EQUAL(play_count(&p, "established"), established[i]);
        if (i == SEEN_LATER)
            CU_ASSERT_TRUE(play_told(&p, "#4 established attempt=1 ttl=128/64 mac=9 icmp=0/0\n"));
        play_close(&p, CLOSE_END);
        play_stop(&p);
    }
}

static void the_end_of_a_connection_that_carried_something_else_is_not_told(void) {
    struct play p;
    play_start(&p);
    play_open(&p);
    play_hex(&p, FROM_CLIENT, "47455420");
    CU_ASSERT_FALSE(p.interested);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_FALSE(play_told(&p, "closed"));
    CU_ASSERT_PTR_NULL(p.flow.conversation);
    play_stop(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a connection is asked for and opened", a_connection_is_asked_for_and_opened},
        {"a connection without an answer is told at its last SYN",
         a_connection_without_an_answer_is_told_at_its_last_syn},
        {"a refusal is an answer", a_refusal_is_an_answer},
        {"an ICMP error is an answer", an_icmp_error_is_an_answer},
        {"nothing is known of a connection seen too late", nothing_is_known_of_a_connection_seen_too_late},
        {"what a likely connection lacks is told", what_a_likely_connection_lacks_is_told},
        {"a side without a packet is told", a_side_without_a_packet_is_told},
        {"a server is told when it is first seen", a_server_is_told_when_it_is_first_seen},
        {"the end of a connection that carried something else is not told",
         the_end_of_a_connection_that_carried_something_else_is_not_told},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/connection", tests);
}
