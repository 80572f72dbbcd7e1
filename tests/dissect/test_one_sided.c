/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Captures that hold one direction of a conversation: told is what this side proves, and what lacks is said. */
#include "tests/dissect/stories.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

static struct story story;

static void play_side(struct play *p, enum direction side, bool midstream) {
    play_start(p);
    play_again(p, 135, midstream);
    play_event(p, SEGMENT_SYN);
    p->flow.sides[side == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT].ttl = 0;
    play_event(p, SEGMENT_OPENED);
    play_forget(p);
    for (size_t i = 0; i < story.count; i++)
        if (story.messages[i].direction == side)
            play_octets(p, side, &story.messages[i].octets);
    play_close(p, CLOSE_END);
}

static size_t count_of(enum direction side) {
    size_t count = 0;
    for (size_t i = 0; i < story.count; i++)
        count += story.messages[i].direction == side;
    return count;
}

static void the_client_alone_proves_what_is_asked(void) {
    static const char *const answers[] = {"bind_answered", "bind_refused", "map_answered",
                                          "lookup_entry",  "first_answer", "fault call",
                                          "server_name",   "malformed",    "gap"};
    for (enum story_kind kind = 0; kind < STORY_KINDS; kind++) {
        struct play p;
        story_tell(&story, kind, kind % 2 == 0 ? ORDER_LITTLE : ORDER_BIG);
        play_side(&p, FROM_CLIENT, false);
        CU_ASSERT_TRUE(play_told(&p, "bind_asked"));
        CU_ASSERT_TRUE(play_told(&p, "unseen=server"));
        for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
            CU_ASSERT_FALSE(play_told(&p, answers[i]));
        CU_ASSERT_EQUAL(play_count(&p, "map_asked"), kind == STORY_MAP || kind == STORY_NDR64);
        play_stop(&p);
    }
}

static void the_server_alone_proves_what_is_answered(void) {
    static const char *const questions[] = {"bind_asked", "map_asked", "first_call", "malformed", "gap"};
    for (enum story_kind kind = 0; kind < STORY_KINDS; kind++) {
        struct play p;
        story_tell(&story, kind, kind % 2 == 0 ? ORDER_LITTLE : ORDER_BIG);
        CU_ASSERT_TRUE_FATAL(count_of(FROM_SERVER) > 0);
        play_side(&p, FROM_SERVER, false);
        CU_ASSERT_TRUE(play_told(&p, "bind_answered"));
        CU_ASSERT_TRUE(play_told(&p, "unseen=client"));
        for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
            CU_ASSERT_FALSE(play_told(&p, questions[i]));
        /* Which interface was accepted only the bind says. */
        CU_ASSERT_EQUAL(play_count(&p, "bind_answered"), play_count(&p, " unasked offered="));
        CU_ASSERT_FALSE(play_told(&p, "[0 a4f1db00:1.0 8a885d04:2.0 (0,0)]"));
        play_stop(&p);
    }
}

/* Where not even the beginning is there, calls are calls of an unknown interface. */
static void either_side_midstream_proves_calls_of_something(void) {
    for (int order = 0; order < 2; order++) {
        for (enum direction side = FROM_CLIENT; side <= FROM_SERVER; side++) {
            struct octets o = {.order = order == 0 ? ORDER_LITTLE : ORDER_BIG};
            struct play p;
            play_start(&p);
            play_again(&p, 49152, true);
            play_open(&p);
            play_forget(&p);
            for (uint32_t call = 7; call < 10; call++) {
                o.len = 0;
                if (side == FROM_CLIENT)
                    put_request(&o, call, 3, 5, "stub", 4);
                else
                    put_response(&o, call, 3, "stub", 4);
                play_octets(&p, side, &o);
            }
            play_close(&p, CLOSE_END);
            const char *expected = side == FROM_CLIENT ? "first_call call=7 context=3 nil opnum=5"
                                                       : "first_answer call=7 context=3 nil opnum=65535";
            CU_ASSERT_TRUE(play_told(&p, expected));
            CU_ASSERT_TRUE(play_told(&p, side == FROM_CLIENT ? "calls=3 answers=0" : "calls=0 answers=3"));
            CU_ASSERT_TRUE(play_told(&p, "midstream"));
            CU_ASSERT_EQUAL(p.facts, 2);
            play_stop(&p);
        }
    }
}

/* A hole in the one side that there is: the next PDU is found, and how much is missing is told. */
static void a_hole_in_the_one_side_is_passed(void) {
    static const struct offer offer[] = {{0, &STORE, &SYNTAX_NDR}};
    struct octets o = {.order = ORDER_LITTLE};
    struct play p;
    put_bind(&o, 11, 1, offer, 1);
    size_t bind = o.len;
    for (uint32_t call = 2; call < 6; call++)
        put_request(&o, call, 0, call, "stub", 4);
    for (size_t from = bind + 1; from < o.len - 28; from++) {
        char gap[32];
        size_t hole = from % 50 + 1;
        if (from + hole > o.len - 28)
            hole = o.len - 28 - from;
        play_start(&p);
        play_open(&p);
        play_forget(&p);
        play_bytes(&p, FROM_CLIENT, (struct bytes){o.at, from});
        play_gap(&p, FROM_CLIENT, hole);
        play_bytes(&p, FROM_CLIENT, (struct bytes){o.at + from + hole, o.len - from - hole});
        play_close(&p, CLOSE_END);
        snprintf(gap, sizeof gap, "gap client bytes=%zu\n", hole);
        CU_ASSERT_TRUE(play_told(&p, gap));
        CU_ASSERT_TRUE(play_told(&p, "first_call"));
        CU_ASSERT_TRUE(play_told(&p, "a4f1db00:1.0 opnum="));
        CU_ASSERT_FALSE(play_told(&p, "malformed"));
        play_stop(&p);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the client alone proves what is asked", the_client_alone_proves_what_is_asked},
        {"the server alone proves what is answered", the_server_alone_proves_what_is_answered},
        {"either side, midstream, proves calls of something", either_side_midstream_proves_calls_of_something},
        {"a hole in the one side is passed", a_hole_in_the_one_side_is_passed},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/one_sided", tests);
}
