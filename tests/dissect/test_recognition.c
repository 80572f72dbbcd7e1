/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/stories.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

static const struct offer OFFER[] = {{0, &STORE, &SYNTAX_NDR}};
static const struct verdict ACCEPTED[] = {{0, 0, &SYNTAX_NDR}};
static struct octets o;

static void begin(struct play *p, uint16_t port, bool midstream) {
    play_start(p);
    play_again(p, port, midstream);
    play_open(p);
    play_forget(p);
    o = (struct octets){.order = ORDER_LITTLE};
}

static void end(struct play *p) {
    play_close(p, CLOSE_END);
    play_stop(p);
}

static void other_protocols_are_let_go(void) {
    static const struct {
        enum direction direction;
        const char *hex;
    } others[] = {{FROM_CLIENT, "474554202f20485454502f312e31"}, /* HTTP */
                  {FROM_SERVER, "5353482d322e302d"},             /* SSH */
                  {FROM_CLIENT, "160301020001"},                 /* TLS */
                  {FROM_CLIENT, "05020002"},                     /* SOCKS5, two methods */
                  {FROM_CLIENT, "0501000501000"
                                "10a000001"
                                "01bb"}, /* SOCKS5, both at once */
                  {FROM_CLIENT, "0400280010000000"
                                "00000000"}}; /* DCE/RPC version 4 */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct play p;
        begin(&p, 135, false);
        play_hex(&p, others[i].direction, others[i].hex);
        CU_ASSERT_FALSE(p.interested);
        end(&p);
    }
}

static void socks_is_let_go_when_it_shows(void) {
    struct play p;
    begin(&p, 1080, false);
    play_hex(&p, FROM_CLIENT, "050100");
    CU_ASSERT_TRUE(p.interested);
    play_hex(&p, FROM_SERVER, "0500");
    play_hex(&p, FROM_CLIENT, "050100010a00000101bb");
    CU_ASSERT_FALSE(p.interested);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_EQUAL(p.facts, 0);
    play_stop(&p);
}

static void a_bind_proves_itself_on_any_port(void) {
    struct play p;
    begin(&p, 49152, false);
    put_bind(&o, 11, 1, OFFER, 1);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_TRUE(p.interested);
    CU_ASSERT_TRUE(play_told(&p, "#3 bind_asked"));
    end(&p);
}

static void a_lone_request_proves_nothing(void) {
    struct play p;
    begin(&p, 49152, false);
    put_request(&o, 1, 0, 0, "stub", 4);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_TRUE(p.interested);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_EQUAL(p.facts, 0);
    play_stop(&p);
}

static void a_second_request_proves_the_first(void) {
    struct play p;
    begin(&p, 49152, true);
    put_request(&o, 1, 4, 0, "stub", 4);
    play_octets(&p, FROM_CLIENT, &o);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_TRUE(play_told(&p, "#2 first_call call=1 context=4"));
    CU_ASSERT_EQUAL(p.tally.pdus[0], 2);
    end(&p);
}

static void a_request_and_its_answer_prove_each_other(void) {
    struct play p;
    begin(&p, 49152, true);
    put_request(&o, 1, 4, 0, "stub", 4);
    play_octets(&p, FROM_CLIENT, &o);
    o.len = 0;
    put_response(&o, 1, 4, "stub", 4);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_STRING_EQUAL(p.text, "#2 first_call call=1 context=4 nil opnum=0 status=0\n"
                                   "#3 first_answer call=1 context=4 nil opnum=0 status=0\n");
    end(&p);
}

static void a_request_and_another_answer_do_not(void) {
    struct play p;
    begin(&p, 49152, true);
    put_request(&o, 1, 4, 0, "stub", 4);
    play_octets(&p, FROM_CLIENT, &o);
    o.len = 0;
    put_response(&o, 2, 4, "stub", 4);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_EQUAL(p.facts, 0);
    end(&p);
}

static void the_mapper_s_port_is_a_hint(void) {
    struct play p;
    begin(&p, 135, true);
    put_request(&o, 1, 4, 0, "stub", 4);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_TRUE(play_told(&p, "#2 first_call"));
    end(&p);
}

static void an_endpoint_that_the_mapper_named_is_a_hint(void) {
    static struct story story;
    struct play p;
    begin(&p, 135, false);
    story_tell(&story, STORY_MAP, ORDER_LITTLE);
    for (size_t i = 0; i < story.count; i++)
        play_octets(&p, story.messages[i].direction, &story.messages[i].octets);
    play_close(&p, CLOSE_FIN);
    for (uint16_t port = 1112; port < 1114; port++) {
        play_again(&p, port, true);
        play_open(&p);
        play_forget(&p);
        o.len = 0;
        put_request(&o, 1, 4, 0, "stub", 4);
        play_octets(&p, FROM_CLIENT, &o);
        CU_ASSERT_EQUAL(play_told(&p, "#2 first_call"), port == 1112);
        play_close(&p, CLOSE_FIN);
    }
    play_stop(&p);
}

static void the_banner_of_rpc_over_http_is_passed_over(void) {
    struct play p;
    for (size_t cut = 1; cut < 70; cut += 3) {
        begin(&p, 593, false);
        put_text(&o, "ncacn_http/1.0");
        put_bind_ack(&o, 12, 1, "593", ACCEPTED, 1);
        play_pieces(&p, FROM_SERVER, octets_bytes(&o), cut);
        CU_ASSERT_TRUE(p.interested);
        CU_ASSERT_TRUE(play_told(&p, "bind_answered"));
        end(&p);
    }
    begin(&p, 593, false);
    play_hex(&p, FROM_SERVER, "6e6361636e5f687474702f312e3158"); /* 1.1 */
    CU_ASSERT_FALSE(p.interested);
    end(&p);
}

/* What carries a PDU is not RPC. */
static void pdus_within_other_messages_are_not_taken(void) {
    struct play p;
    begin(&p, 49152, true);
    put_zeros(&o, 64);
    put_bind(&o, 11, 1, OFFER, 1);
    play_octets(&p, FROM_CLIENT, &o);
    o.len = 0;
    put_zeros(&o, 64);
    put_bind_ack(&o, 12, 1, "", ACCEPTED, 1);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_EQUAL(p.facts, 0);
    CU_ASSERT_TRUE(p.interested);
    play_hex(&p, FROM_CLIENT, "00000045fe534d424100"); /* as SMB, but no header of it */
    CU_ASSERT_FALSE(p.interested);
    end(&p);
}

static void a_stream_seen_late_is_joined_at_the_next_pdu(void) {
    static struct story story;
    for (size_t order = 0; order < 2; order++) {
        story_tell(&story, STORY_CALLS, order == 0 ? ORDER_LITTLE : ORDER_BIG);
        for (size_t from = 0; from < story.messages[0].octets.len; from++) {
            struct play p;
            begin(&p, 49152, true);
            struct bytes first = octets_bytes(&story.messages[0].octets);
            play_bytes(&p, FROM_CLIENT, (struct bytes){first.at + from, first.len - from});
            for (size_t i = 1; i < story.count; i++)
                play_octets(&p, story.messages[i].direction, &story.messages[i].octets);
            CU_ASSERT_TRUE(play_told(&p, "fault"));
            CU_ASSERT_TRUE(play_told(&p, from == 0 ? "context=0 a4f1db00:1.0" : "context=0 nil"));
            CU_ASSERT_FALSE(play_told(&p, "malformed"));
            end(&p);
        }
    }
}

static void a_wrong_guess_of_who_is_the_client_is_corrected(void) {
    struct play p;
    begin(&p, 49152, true);
    put_bind(&o, 11, 1, OFFER, 1);
    play_octets(&p, FROM_SERVER, &o);
    o.len = 0;
    put_bind_ack(&o, 12, 1, "1040", ACCEPTED, 1);
    play_octets(&p, FROM_CLIENT, &o);
    play_gap(&p, FROM_CLIENT, 9);
    play_close(&p, CLOSE_RESET);
    CU_ASSERT_TRUE(play_told(&p, "#2 bind_asked swapped"));
    CU_ASSERT_TRUE(play_told(&p, "#3 bind_answered swapped"));
    CU_ASSERT_TRUE(play_told(&p, "#4 gap swapped server bytes=9"));
    CU_ASSERT_TRUE(play_told(&p, "#5 closed swapped reason=1 by=server bytes=72/60"));
    CU_ASSERT_TRUE(play_told(&p, "faults=0 midstream missing=0/9\n"));
    play_stop(&p);
}

static void noise_is_let_go(void) {
    static uint8_t noise[1400];
    struct play p;
    uint32_t state = 314588;
    begin(&p, 49152, true);
    for (size_t n = 0; p.interested; n++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            state = state * 1664525 + 1013904223;
            noise[i] = (uint8_t)(state >> 24);
        }
        play_bytes(&p, FROM_SERVER, (struct bytes){noise, sizeof noise});
        CU_ASSERT_TRUE_FATAL(n < 300);
    }
    CU_ASSERT_EQUAL(p.facts, 0);
    end(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"other protocols are let go", other_protocols_are_let_go},
        {"SOCKS is let go when it shows", socks_is_let_go_when_it_shows},
        {"a bind proves itself on any port", a_bind_proves_itself_on_any_port},
        {"a lone request proves nothing", a_lone_request_proves_nothing},
        {"a second request proves the first", a_second_request_proves_the_first},
        {"a request and its answer prove each other", a_request_and_its_answer_prove_each_other},
        {"a request and another answer do not", a_request_and_another_answer_do_not},
        {"the mapper's port is a hint", the_mapper_s_port_is_a_hint},
        {"an endpoint that the mapper named is a hint", an_endpoint_that_the_mapper_named_is_a_hint},
        {"the banner of RPC over HTTP is passed over", the_banner_of_rpc_over_http_is_passed_over},
        {"PDUs within other messages are not taken", pdus_within_other_messages_are_not_taken},
        {"a stream seen late is joined at the next PDU", a_stream_seen_late_is_joined_at_the_next_pdu},
        {"a wrong guess of who is the client is corrected", a_wrong_guess_of_who_is_the_client_is_corrected},
        {"noise is let go", noise_is_let_go},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/recognition", tests);
}
