/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is connectionless RPC, how it fails, and what bounds it. */
#include "tests/dissect/cl_talk.h"
#include "tests/unit.h"

#include <stdio.h>

static struct octets o;

/* --- what is RPC -------------------------------------------------------------------------------------------------- */

static void one_datagram_proves_nothing(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    for (int i = 0; i < 5; i++) {
        play_wait(&p, A_SECOND);
        cl_call(&p, SERVER, 0); /* the very same again */
    }
    play_icmp(&p, CLIENT, SERVER, "10.0.1.20");
    stop(&p);
    CU_ASSERT_EQUAL(p.facts, 0);
    CU_ASSERT(p.tally.pdus[REQUEST] == 0 && p.tally.calls == 0);
    stop_and_free(&p);
}

static void a_pair_proves_it(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 7);
    cl_answer(&p, SERVER, 7);
    stop(&p);
    CU_ASSERT_STRING_EQUAL(p.text,
                           "#1 first_call udp0 10.0.1.20:1112 call=1 context=0 a4f1db00:1.0 opnum=4 status=0\n"
                           "#2 established udp0 10.0.1.20:1112 attempt=1 ttl=64/64 mac=9 icmp=0/0\n"
                           "#2 first_answer udp0 10.0.1.20:1112 call=1 context=0 a4f1db00:1.0 opnum=4 status=0\n"
                           "#2 closed udp0 10.0.1.20:1112 reason=3 by=client bytes=80/80 calls=1 answers=1 faults=0\n");
    CU_ASSERT(p.tally.pdus[REQUEST] == 1 && p.tally.pdus[RESPONSE] == 1 && p.tally.calls == 1);
    stop_and_free(&p);
}

static void an_answer_must_fit(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 7);
    cl_send(&p, SERVER, CLIENT, (struct cl){.type = RESPONSE, .activity = OTHER_ACTIVITY, .sequence = 7});
    cl_send(&p, SERVER, CLIENT, (struct cl){.type = RESPONSE, .interface = &BTFN, .sequence = 7});
    cl_send(&p, SERVER, "10.0.0.50:1041", (struct cl){.type = RESPONSE, .sequence = 7});
    stop(&p);
    CU_ASSERT_EQUAL(p.facts, 0);
    stop_and_free(&p);
}

static void a_named_endpoint_is_likely(void) {
    struct play p;
    play_start(&p);
    cl_ask(&p, ORDER_LITTLE, 0);
    cl_map(&p, ORDER_LITTLE, 0);
    cl_call(&p, SERVER, 0);
    CU_ASSERT(play_told(&p, "#3 first_call udp1 10.0.1.20:1112"));
    cl_call(&p, "10.0.1.20:1113", 1);
    CU_ASSERT_EQUAL(play_count(&p, "first_call udp1"), 1);
    stop_and_free(&p);
}

static void a_ping_proves_the_call(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    play_wait(&p, A_SECOND);
    cl_send(&p, CLIENT, SERVER, (struct cl){.type = PING});
    play_wait(&p, A_SECOND);
    cl_send(&p, CLIENT, SERVER, (struct cl){.type = PING});
    stop(&p);
    CU_ASSERT(play_told(&p, "#1 first_call udp0"));
    CU_ASSERT(play_told(&p, "#2 attempted udp0 10.0.1.20:1112 attempt=2"));
    CU_ASSERT(play_told(&p, "#3 unanswered udp0 10.0.1.20:1112 attempt=3"));
    CU_ASSERT_FALSE(play_told(&p, "closed"));
    CU_ASSERT(p.tally.pdus[REQUEST] == 1 && p.tally.pdus[PING] == 2 && p.tally.calls == 1);
    stop_and_free(&p);
}

/* Another protocol's datagrams, among them some that begin as RPC does. */
static void other_protocols_are_passed_over(void) {
    static const char *const starts[] = {
        "800090", "302602010104067075626c6963", "c000000001", "04000000", "0403010510", "0400280010000000"};
    struct play p;
    play_start(&p);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        for (unsigned fill = 0; fill < 256; fill += 51) {
            put_hex(fresh(&o, ORDER_LITTLE), starts[i]);
            while (o.len < 300)
                put_u8(&o, fill);
            play_datagram(&p, CLIENT, SERVER, octets_bytes(&o));
            play_datagram(&p, SERVER, CLIENT, octets_bytes(&o));
        }
    stop(&p);
    CU_ASSERT_EQUAL(p.facts, 0);
    stop_and_free(&p);
}

/* --- how it fails ------------------------------------------------------------------------------------------------- */

static void an_icmp_error_is_told_of_what_waits(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, MAPPER, 0);
    play_icmp(&p, CLIENT, "10.0.1.21:135", "10.0.1.20");
    play_icmp(&p, CLIENT, "10.0.1.20:136", "10.0.1.20");
    play_icmp(&p, MAPPER, CLIENT, "10.0.0.50"); /* about what a server sent */
    CU_ASSERT_FALSE(play_told(&p, "unreachable"));
    play_icmp(&p, CLIENT, MAPPER, "10.0.1.20");
    CU_ASSERT(play_told(&p, "#5 unreachable udp0 10.0.1.20:135 attempt=1 ttl=64/64"));
    CU_ASSERT(play_told(&p, "icmp=3/3"));
    stop(&p);
    CU_ASSERT_FALSE(play_told(&p, "unanswered"));
    stop_and_free(&p);
}

static void an_icmp_error_after_the_answer_is_another_matter(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    cl_answer(&p, SERVER, 0);
    play_icmp(&p, CLIENT, SERVER, "10.0.1.20");
    CU_ASSERT_FALSE(play_told(&p, "unreachable"));
    cl_call(&p, SERVER, 1);
    play_icmp(&p, CLIENT, SERVER, "10.0.9.9"); /* a router's: its packets show nothing of the server */
    CU_ASSERT(play_told(&p, "#5 unreachable udp0 10.0.1.20:1112 attempt=1 ttl=64/0"));
    stop_and_free(&p);
}

static void silence_is_told_in_time(void) {
    struct play p;
    play_start(&p);
    for (unsigned i = 0; i < 20; i++) {
        cl_ask(&p, ORDER_LITTLE, i);
        play_wait(&p, A_SECOND);
    }
    CU_ASSERT_EQUAL(play_count(&p, "attempted"), 8);
    play_wait(&p, 298 * A_SECOND);
    cl_send(&p, "10.9.9.9:1", "10.9.9.8:2", (struct cl){.type = REQUEST});
    CU_ASSERT_FALSE(play_told(&p, "unanswered"));
    play_wait(&p, 2 * A_SECOND);
    cl_send(&p, "10.9.9.9:1", "10.9.9.8:2", (struct cl){.type = REQUEST});
    CU_ASSERT(play_told(&p, "#20 unanswered udp0 10.0.1.20:135 attempt=20"));
    stop_and_free(&p);
}

/* One direction alone: calls follow each other, each sent once. */
static void calls_that_go_on_are_not_repeated(void) {
    struct play p;
    play_start(&p);
    for (uint32_t i = 0; i < 10; i++) {
        cl_call(&p, MAPPER, i);
        play_wait(&p, A_SECOND);
    }
    stop(&p);
    CU_ASSERT_FALSE(play_told(&p, "attempted"));
    CU_ASSERT(play_told(&p, "#10 unanswered udp0 10.0.1.20:135 attempt=1 "));
    stop_and_free(&p);
}

static void a_length_beyond_the_datagram_is_told_of_what_is_known(void) {
    struct play p;
    play_start(&p);
    put_cl(fresh(&o, ORDER_LITTLE), &(struct cl){.interface = &STORE, .body = "stub", .len = 4});
    play_datagram(&p, CLIENT, SERVER, (struct bytes){o.at, o.len - 1});
    CU_ASSERT_EQUAL(p.facts, 0);
    cl_call(&p, SERVER, 0);
    cl_answer(&p, SERVER, 0);
    put_cl(fresh(&o, ORDER_LITTLE), &(struct cl){.interface = &STORE, .sequence = 1, .body = "stub", .len = 4});
    play_datagram(&p, CLIENT, SERVER, (struct bytes){o.at, o.len - 1});
    CU_ASSERT(play_told(&p, "#4 malformed udp0 10.0.1.20:1112 why=1 client"));
    stop_and_free(&p);
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

static void a_flood_of_candidates_drops_no_conversation(void) {
    struct play p;
    char client[ENDPOINT_TEXT_SIZE];
    play_start(&p);
    cl_call(&p, SERVER, 0);
    cl_answer(&p, SERVER, 0);
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(client, sizeof client, "10.7.%u.%u:1040", i >> 8, i & 0xff);
        cl_send(&p, client, SERVER, (struct cl){.type = REQUEST});
    }
    cl_call(&p, SERVER, 1);
    cl_answer(&p, SERVER, 1);
    stop(&p);
    CU_ASSERT(play_told(&p, "calls=2 answers=2"));
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONVERSATIONS], 20001 - 8192);
    CU_ASSERT_EQUAL(p.facts, 4);
    stop_and_free(&p);
}

static void many_of_one_pair_and_many_activities_are_bounded(void) {
    struct play p;
    play_start(&p);
    for (unsigned i = 0; i < 5000; i++) {
        struct syntax_id interface = STORE;
        interface.major = (uint16_t)i;
        cl_send(&p, CLIENT, MAPPER, (struct cl){.interface = &interface});
    }
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONVERSATIONS], 5000 - 64);
    for (unsigned i = 0; i < 5000; i++) {
        char activity[UUID_TEXT_SIZE];
        snprintf(activity, sizeof activity, "%08x-3333-4444-5555-666677778888", i + 1);
        cl_send(&p, "10.0.0.51:1040", MAPPER, (struct cl){.activity = activity});
    }
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CALLS], 5000 - 64);
    stop_and_free(&p);
}

static void calls_of(struct play *p, unsigned client, unsigned from, unsigned activities) {
    char source[ENDPOINT_TEXT_SIZE], activity[UUID_TEXT_SIZE];
    snprintf(source, sizeof source, "10.7.%u.%u:1040", client >> 8, client & 0xff);
    for (unsigned i = from; i < from + activities; i++) {
        snprintf(activity, sizeof activity, "%08x-3333-4444-5555-666677778888", i + 1);
        cl_send(p, source, SERVER, (struct cl){.activity = activity});
    }
}

/* The conversation that has been silent for longest, too, may begin one more. */
static void the_activities_of_all_are_bounded(void) {
    struct play p;
    play_start(&p);
    calls_of(&p, 0, 0, 63);
    for (unsigned client = 1; client <= 255; client++)
        calls_of(&p, client, 0, 64);
    calls_of(&p, 256, 0, 1);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONVERSATIONS], 0);
    calls_of(&p, 0, 63, 1);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONVERSATIONS], 1);
    for (unsigned client = 300; client < 400; client++)
        calls_of(&p, client, 0, 64);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONVERSATIONS], 101);
    stop_and_free(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"one datagram proves nothing", one_datagram_proves_nothing},
        {"a pair proves it", a_pair_proves_it},
        {"an answer must fit", an_answer_must_fit},
        {"a named endpoint is likely", a_named_endpoint_is_likely},
        {"a ping proves the call", a_ping_proves_the_call},
        {"other protocols are passed over", other_protocols_are_passed_over},
        {"an ICMP error is told of what waits", an_icmp_error_is_told_of_what_waits},
        {"an ICMP error after the answer is another matter", an_icmp_error_after_the_answer_is_another_matter},
        {"silence is told in time", silence_is_told_in_time},
        {"calls that go on are not repeated", calls_that_go_on_are_not_repeated},
        {"a length beyond the datagram is told of what is known",
         a_length_beyond_the_datagram_is_told_of_what_is_known},
        {"a flood of candidates drops no conversation", a_flood_of_candidates_drops_no_conversation},
        {"many of one pair and many activities are bounded", many_of_one_pair_and_many_activities_are_bounded},
        {"the activities of all are bounded", the_activities_of_all_are_bounded},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/connectionless", tests);
}
