/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RPC over HTTP: version 1 is a banner and PDUs, of version 2 it is only said that it is there. */
#include "tests/dissect/play.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

#include <string.h>

static void begin(struct play *p, uint16_t port) {
    play_start(p);
    play_again(p, port, false);
    play_open(p);
    play_forget(p);
}

static void end(struct play *p) {
    play_close(p, CLOSE_FIN);
    play_stop(p);
}

static void say(struct play *p, enum direction direction, const char *text, size_t piece) {
    play_pieces(p, direction, (struct bytes){(const uint8_t *)text, strlen(text)}, piece);
}

static void tell_map(struct play *p) {
    play_hex(p, FROM_CLIENT, VECTOR_BIND_EPM);
    play_hex(p, FROM_SERVER, VECTOR_BIND_ACK_EPM);
    play_hex(p, FROM_CLIENT, VECTOR_EPT_MAP_REQ);
    play_hex(p, FROM_SERVER, VECTOR_EPT_MAP_RESP_1TOWER);
}

/* On any port, and however the banner comes. */
static void behind_the_banner_are_plain_pdus(void) {
    static const uint16_t ports[] = {593, 6001};
    for (size_t i = 0; i < 2; i++)
        for (size_t piece = 1; piece <= 14; piece++) {
            struct play p;
            begin(&p, ports[i]);
            say(&p, FROM_SERVER, "ncacn_http/1.0", piece);
            CU_ASSERT_EQUAL(p.facts, 0);
            tell_map(&p);
            CU_ASSERT_EQUAL(play_count(&p, "map_answered"), 1);
            CU_ASSERT_EQUAL(play_count(&p, " over_http"), p.facts);
            CU_ASSERT_EQUAL(p.tally.lost[LOSS_MALFORMED_PDUS], 0);
            end(&p);
        }
}

static void the_banner_may_come_with_the_first_answer(void) {
    struct play p;
    begin(&p, 6001);
    play_hex(&p, FROM_CLIENT, VECTOR_BIND_EPM);
    static struct octets o;
    o = (struct octets){.len = 0};
    put_text(&o, "ncacn_http/1.0");
    put_hex(&o, VECTOR_BIND_ACK_EPM);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_EQUAL(play_count(&p, "bind_answered"), 1);
    CU_ASSERT_EQUAL(play_count(&p, " over_http"), 1); /* the bind was told before anybody could know */
    end(&p);
}

static void without_the_banner_it_is_tcp(void) {
    static const char *const others[] = {"ncacn_http/1.1", "ncacn_httq/1.0", "HTTP/1.1 200 OK\r\n\r\n"};
    struct play p;
    begin(&p, 6001);
    tell_map(&p);
    CU_ASSERT_EQUAL(play_count(&p, " over_http"), 0);
    CU_ASSERT_EQUAL(play_count(&p, "map_answered"), 1);
    end(&p);
    for (size_t i = 0; i < 3; i++) {
        begin(&p, 6001);
        say(&p, FROM_SERVER, others[i], 100);
        CU_ASSERT_EQUAL(play_count(&p, " over_http"), 0);
        CU_ASSERT_FALSE(p.interested);
        end(&p);
    }
}

/* Without the bind the mapper is known by its port, 593 as well as 135. */
static void the_mapper_over_http_is_known_by_its_port(void) {
    static const uint16_t ports[] = {593, 6001};
    for (size_t i = 0; i < 2; i++) {
        struct play p;
        play_start(&p);
        play_again(&p, ports[i], true);
        play_open(&p);
        play_hex(&p, FROM_CLIENT, VECTOR_EPT_MAP_REQ);
        play_hex(&p, FROM_SERVER, VECTOR_EPT_MAP_RESP_1TOWER);
        CU_ASSERT_EQUAL(play_count(&p, "map_answered"), i == 0);
        end(&p);
    }
}

static void a_tunnel_is_named_and_left_alone(void) {
    static const char *const requests[] = {
        "RPC_IN_DATA /rpc/rpcproxy.dll?EX:6001 HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n",
        "RPC_OUT_DATA /rpc/rpcproxy.dll?EX:6001 HTTP/1.1\r\nContent-Length: 76\r\n\r\n",
        "RPC_CONNECT EX:593 HTTP/1.1\r\n\r\n",
    };
    for (size_t i = 0; i < 3; i++)
        for (size_t piece = 1; piece < 60; piece += 7) {
            struct play p;
            begin(&p, 80);
            say(&p, FROM_CLIENT, requests[i], piece);
            CU_ASSERT_EQUAL(play_count(&p, "unreadable over_http what=1\n"), 1);
            CU_ASSERT_EQUAL(p.facts, 1);
            CU_ASSERT_FALSE(p.interested);
            tell_map(&p);
            CU_ASSERT_EQUAL(p.facts, 1);
            end(&p);
        }
}

static void other_requests_are_no_tunnels(void) {
    static const char *const requests[] = {"GET / HTTP/1.1\r\n\r\n", "RPC_IN_DATE /x", "RPC_CONNECTED x", "RPC_I"};
    for (size_t i = 0; i < 4; i++) {
        struct play p;
        begin(&p, 80);
        say(&p, FROM_CLIENT, requests[i], 100);
        CU_ASSERT_EQUAL(play_count(&p, "unreadable"), 0);
        end(&p);
    }
    struct play p; /* a server that says so is none */
    begin(&p, 80);
    say(&p, FROM_SERVER, "RPC_IN_DATA / HTTP/1.1\r\n", 100);
    CU_ASSERT_EQUAL(p.facts, 0);
    CU_ASSERT_FALSE(p.interested);
    end(&p);
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"behind the banner are plain PDUs", behind_the_banner_are_plain_pdus},
        {"the banner may come with the first answer", the_banner_may_come_with_the_first_answer},
        {"without the banner it is TCP", without_the_banner_it_is_tcp},
        {"the mapper over HTTP is known by its port", the_mapper_over_http_is_known_by_its_port},
        {"a tunnel is named and left alone", a_tunnel_is_named_and_left_alone},
        {"other requests are no tunnels", other_requests_are_no_tunnels},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect http", tests);
}
