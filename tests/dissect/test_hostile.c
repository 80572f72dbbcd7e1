/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/stories.h"
#include "tests/unit.h"

#include <string.h>
#include <time.h>

static struct story story, damaged;

/* xorshift64: the same bytes on every machine. */
static uint64_t state;
static uint32_t any(uint32_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

static void damage(struct octets *o) {
    static const uint8_t telling[] = {0, 1, 2, 3, 5, 0x10, 0x7f, 0x80, 0xff};
    for (uint32_t n = 1 + any(6); n > 0; n--) {
        size_t at = any(3) == 0 ? any(32) % o->len : any((uint32_t)o->len);
        o->at[at] = any(2) == 0 ? telling[any(sizeof telling)] : (uint8_t)any(256);
    }
}

static void play_damaged(struct play *p, size_t victim) {
    play_again(p, any(2) == 0 ? 135 : 1112, any(4) == 0);
    play_open(p);
    for (size_t i = 0; i < story.count; i++) {
        const struct octets *octets = &story.messages[i].octets;
        if (i == victim) {
            damaged.messages[0].octets.len = octets->len;
            memcpy(damaged.messages[0].octets.at, octets->at, octets->len);
            octets = &damaged.messages[0].octets;
            damage(&damaged.messages[0].octets);
        }
        if (any(20) == 0)
            play_gap(p, any(2) == 0 ? FROM_CLIENT : FROM_SERVER, 1 + any(100));
        size_t size = any(2) == 0 ? octets->len : 1 + any(60);
        play_pieces(p, story.messages[i].direction, octets_bytes(octets), size);
    }
    play_close(p, CLOSE_END);
    play_forget(p);
}

/* The sanitizers judge; here it only must come to its end and keep within its limits. */
static void damaged_pdus_do_no_harm(void) {
    struct play p;
    play_start(&p);
    state = 314588;
    size_t pdus = 0;
    for (unsigned round = 0; round < 3500; round++) {
        for (enum story_kind kind = 0; kind < STORY_KINDS; kind++) {
            story_tell(&story, kind, any(2) == 0 ? ORDER_LITTLE : ORDER_BIG);
            for (size_t victim = 0; victim < story.count; victim++, pdus++)
                play_damaged(&p, victim);
        }
    }
    CU_ASSERT_TRUE(pdus >= 100000);
    CU_ASSERT_TRUE(p.tally.lost[LOSS_MALFORMED_PDUS] > 1000);
    play_stop(&p);
}

/* Headers that are likely, and nothing else that is. */
static void headers_of_anything_do_no_harm(void) {
    static struct octets o;
    struct play p;
    play_start(&p);
    state = 1722;
    for (unsigned round = 0; round < 10000; round++) {
        play_again(&p, 135, any(2) == 0);
        play_open(&p);
        for (unsigned i = 0; i < 6; i++) {
            static const uint8_t types[] = {0, 2, 3, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
            o.len = 0;
            o.order = any(2) == 0 ? ORDER_LITTLE : ORDER_BIG;
            pdu_begin(&o, types[any(sizeof types)], any(256), any(4));
            for (uint32_t n = any(120); n > 0; n--)
                put_u8(&o, any(3) == 0 ? any(256) : any(4));
            pdu_end(&o);
            if (any(4) == 0)
                o.at[any(2) == 0 ? 8 : 10] = (uint8_t)any(256);
            play_pieces(&p, any(2) == 0 ? FROM_CLIENT : FROM_SERVER, octets_bytes(&o), 1 + any(200));
        }
        play_close(&p, CLOSE_END);
        play_forget(&p);
    }
    CU_ASSERT_TRUE(p.tally.pdus[0] > 1000);
    play_stop(&p);
}

static double seconds_since(clock_t start) { return (double)(clock() - start) / CLOCKS_PER_SEC; }

/* Were it quadratic, each of these would take minutes. */
enum { MUCH = 1024 * 1024, SECONDS = 20 };

static void feed_all(struct play *p, struct bytes bytes, size_t size, uint16_t port, bool midstream) {
    clock_t start = clock();
    play_again(p, port, midstream);
    play_open(p);
    for (size_t sent = 0; sent < MUCH; sent += bytes.len)
        play_pieces(p, FROM_CLIENT, bytes, size);
    play_close(p, CLOSE_END);
    CU_ASSERT_TRUE(seconds_since(start) < SECONDS);
}

static void time_is_linear_in_bytes(void) {
    static struct octets o;
    static const uint8_t zeros[65000];
    static const struct offer offer[] = {{0, &STORE, &SYNTAX_NDR}};
    struct play p;
    play_start(&p);
    put_bind(&o, 11, 1, offer, 1);
    put_request(&o, 1, 0, 0, zeros, sizeof zeros); /* skipped */
    feed_all(&p, octets_bytes(&o), 1, 1112, false);
    o.len = 0;
    pdu_begin(&o, 12, 3, 1); /* held */
    put_bytes(&o, zeros, sizeof zeros);
    pdu_end(&o);
    feed_all(&p, octets_bytes(&o), 1, 135, false);
    o.len = 0;
    while (o.len < 65000) { /* likely headers one after the other, none of which leads to another */
        size_t at = o.len;
        pdu_begin(&o, 11, 3, 1);
        o.at[at + 8] = 0xf1;
        o.at[at + 9] = 0xff;
    }
    feed_all(&p, octets_bytes(&o), 1, 135, true);
    feed_all(&p, octets_bytes(&o), 1400, 1112, true);
    memset(o.at, 5, o.len);
    feed_all(&p, octets_bytes(&o), 1, 135, true);
    play_stop(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"damaged PDUs do no harm", damaged_pdus_do_no_harm},
        {"headers of anything do no harm", headers_of_anything_do_no_harm},
        {"time is linear in bytes", time_is_linear_in_bytes},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/hostile", tests);
}
