/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/fragments.h"
#include "tests/unit.h"
#include "wire/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

enum { UNIT = 8, UNITS = 6, LENGTH = UNITS * UNIT - 3 }; /* the datagram below: its last unit is of five octets */

static const char TEXT[] = "The quick brown fox jumps over the lazy dog.!";

static struct tally tally;
static struct fragments *fragments;
static struct fragment whole; /* the latest */

static void open_with(uint32_t datagrams, size_t bytes) {
    struct fragment_limits limits = {datagrams, bytes};
    memset(&tally, 0, sizeof tally);
    fragments = fragments_open(&limits, &tally);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fragments);
}

static void open_plain(void) {
    struct fragment_limits limits = fragment_limits_default();
    open_with(limits.datagrams, limits.bytes);
}

static uint64_t lost(void) { return tally.lost[LOSS_IP_FRAGMENTS]; }

/* Octets from … to of TEXT, as a piece that ends the datagram if it ends TEXT. */
static struct fragment piece(bool v6, uint32_t from, uint32_t to) {
    static const uint8_t here[16] = {10, 0, 0, 1}, there[16] = {10, 0, 0, 2};
    struct fragment p = {.source = v6 ? address_ipv6(here) : address_ipv4(here),
                         .destination = v6 ? address_ipv6(there) : address_ipv4(there),
                         .id = 7,
                         .mac = {{2, 0, 0, 0, 0, (uint8_t)from}, true},
                         .ttl = (uint8_t)(64 + from),
                         .protocol = (uint8_t)(6 + (v6 ? from : 0))};
    p.offset = from;
    p.more = to < LENGTH;
    p.wire = (to < LENGTH ? to : LENGTH) - from;
    p.bytes = (struct bytes){(const uint8_t *)TEXT + from, p.wire};
    return p;
}

static struct fragment units(bool v6, uint32_t from, uint32_t to) { return piece(v6, from * UNIT, to * UNIT); }

/* Adds it from memory of its own, so that nothing of it can be kept or read past its end. */
static bool add_at(int64_t now, const struct fragment *p) {
    struct fragment copy = *p;
    uint8_t *bytes = malloc(p->bytes.len + 1);
    memcpy(bytes, p->bytes.at, p->bytes.len);
    copy.bytes.at = bytes;
    bool is_whole = fragments_add(fragments, now, &copy, &whole);
    free(bytes);
    return is_whole;
}

static bool add(struct fragment p) { return add_at(0, &p); }

/* One octet of it is another than in TEXT. */
static bool add_changed(struct fragment p, uint32_t at) {
    char changed[sizeof TEXT];
    memcpy(changed, TEXT, sizeof TEXT);
    changed[at] ^= 1;
    p.bytes.at = (const uint8_t *)changed + p.offset;
    return add_at(0, &p);
}

static void expect_whole(void) {
    CU_ASSERT_EQUAL(whole.wire, LENGTH);
    CU_ASSERT_EQUAL_FATAL(whole.bytes.len, LENGTH);
    CU_ASSERT_EQUAL(memcmp(whole.bytes.at, TEXT, LENGTH), 0);
    CU_ASSERT_EQUAL(whole.offset, 0);
    CU_ASSERT_FALSE(whole.more);
    CU_ASSERT_EQUAL(whole.ttl, 64); /* of the first piece */
    CU_ASSERT_EQUAL(whole.protocol, 6);
    CU_ASSERT_EQUAL(whole.mac.octets[5], 0);
    CU_ASSERT_EQUAL(whole.id, 7);
}

/* Calls back for every order of four pieces. */
static void each_order(void (*test)(bool v6, const struct fragment pieces[4])) {
    for (int order = 0; order < 256 * 2; order++) {
        int at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1 << at[0] | 1 << at[1] | 1 << at[2] | 1 << at[3]) != 15)
            continue;
        bool v6 = order >= 256;
        struct fragment all[4] = {units(v6, 0, 1), units(v6, 1, 3), units(v6, 3, 5), units(v6, 5, 6)};
        struct fragment ordered[4] = {all[at[0]], all[at[1]], all[at[2]], all[at[3]]};
        open_plain();
        test(v6, ordered);
        fragments_close(fragments);
    }
}

static void once(bool v6, const struct fragment pieces[4]) {
    (void)v6;
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(add(pieces[i]), i == 3);
    expect_whole();
    CU_ASSERT_EQUAL(lost(), 0);
}

static void in_every_order(void) { each_order(once); }

/* A mirror port shows every piece twice, at once or after all of the others. */
static void twice(bool v6, const struct fragment pieces[4]) {
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(add(pieces[i]), i == 3);
        if (i == 3)
            expect_whole();
        CU_ASSERT_FALSE(add(pieces[i]));
        CU_ASSERT_FALSE(add(pieces[0]));
    }
    for (int i = 0; i < 4; i++)
        CU_ASSERT_FALSE(add(pieces[i]));
    struct fragment part = units(v6, 2, 3); /* says nothing new, and contradicts nothing */
    CU_ASSERT_FALSE(add(part));
    CU_ASSERT_EQUAL(lost() + tally.lost[LOSS_OVERLAPS], 0);
}

static void copies_do_no_harm(void) { each_order(twice); }

/* All pairs of pieces that can be, and then what is missing. */
static void expect_pair(bool v6, const uint32_t a[2], const uint32_t b[2], bool same) {
    uint32_t from = a[0] > b[0] ? a[0] : b[0], to = a[1] < b[1] ? a[1] : b[1]; /* what is in both */
    bool within = a[0] <= b[0] && b[1] <= a[1];
    bool refused = from < to && (!same || (v6 && !within));
    struct fragment second = units(v6, b[0], b[1]);
    bool done = add(units(v6, a[0], a[1]));
    if (from < to && !same && within && done) { /* whole already: this is another datagram with the same number */
        CU_ASSERT_EQUAL(add_changed(second, from * UNIT), b[0] == 0 && b[1] == UNITS);
        CU_ASSERT_EQUAL(tally.lost[LOSS_OVERLAPS], 0);
        return;
    }
    done |= from < to && !same ? add_changed(second, from * UNIT) : add(second);
    for (uint32_t unit = 0; unit < UNITS; unit++)
        if ((unit < a[0] || unit >= a[1]) && (unit < b[0] || unit >= b[1]))
            done |= add(units(v6, unit, unit + 1));
    CU_ASSERT_EQUAL(done, !refused);
    CU_ASSERT_EQUAL(tally.lost[LOSS_OVERLAPS], refused);
    CU_ASSERT_EQUAL(lost() > 0, refused);
    if (done)
        expect_whole();
}

static void every_overlap_is_judged(void) {
    for (uint32_t a0 = 0; a0 < UNITS; a0++)
        for (uint32_t a1 = a0 + 1; a1 <= UNITS; a1++)
            for (uint32_t b0 = 0; b0 < UNITS; b0++)
                for (uint32_t b1 = b0 + 1; b1 <= UNITS; b1++)
                    for (int kind = 0; kind < 4; kind++) {
                        open_plain();
                        expect_pair(kind % 2 != 0, (uint32_t[]){a0, a1}, (uint32_t[]){b0, b1}, kind < 2);
                        fragments_close(fragments);
                    }
}

static void ends_may_not_contradict_each_other(void) {
    for (int v6 = 0; v6 < 2; v6++) {
        struct fragment shorter = units(v6 != 0, 3, 4), longer = units(v6 != 0, 3, 5), last = units(v6 != 0, 5, 6);
        shorter.more = false;
        const struct fragment pairs[][2] = {{shorter, last}, {last, shorter}, {shorter, longer}, {longer, shorter}};
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            open_plain();
            add(pairs[i][0]);
            add(pairs[i][1]);
            CU_ASSERT_EQUAL(tally.lost[LOSS_OVERLAPS], 1);
            CU_ASSERT_EQUAL(lost(), 2);
            CU_ASSERT_FALSE(add(units(v6 != 0, 0, 5))); /* what more comes of it */
            CU_ASSERT_FALSE(add(last));
            CU_ASSERT_EQUAL(lost(), 4);
            fragments_close(fragments);
            CU_ASSERT_EQUAL(lost(), 4);
        }
    }
}

/* All its octets were there already, but not that it ends. */
static void a_last_piece_may_tell_the_end_only(void) {
    struct fragment all = units(false, 0, 6), last = units(false, 3, 6);
    all.more = true;
    all.wire = last.wire = 24;
    last.offset = 0;
    last.bytes = all.bytes;
    all.bytes.len = last.bytes.len = 24;
    open_plain();
    CU_ASSERT_FALSE(add(all));
    CU_ASSERT_TRUE(add(last));
    CU_ASSERT_EQUAL(whole.wire, 24);
    fragments_close(fragments);
    CU_ASSERT_EQUAL(lost(), 0);
}

static void a_missing_piece_is_told_after_a_minute(void) {
    struct fragment first = units(false, 0, 2), last = units(false, 2, 6), other = units(true, 0, 1);
    open_plain();
    CU_ASSERT_FALSE(add_at(0, &first));
    CU_ASSERT_TRUE(add_at(60 * SECOND, &last));
    expect_whole();
    fragments_close(fragments);
    open_plain();
    CU_ASSERT_FALSE(add_at(0, &first));
    CU_ASSERT_FALSE(add_at(60 * SECOND, &other));
    CU_ASSERT_EQUAL(lost(), 0);
    CU_ASSERT_FALSE(add_at(60 * SECOND + 1, &last)); /* too late: it waits for another first one */
    CU_ASSERT_EQUAL(lost(), 1);
    CU_ASSERT_TRUE(add_at(61 * SECOND, &first));
    fragments_close(fragments);
    CU_ASSERT_EQUAL(lost(), 2); /* and at the end, what is left */
}

static void numbers_are_used_again(void) {
    struct fragment first = units(false, 0, 3), last = units(false, 3, 6), changed = first;
    const uint8_t zeros[LENGTH] = {0};
    changed.bytes.at = zeros;
    open_plain();
    for (int i = 0; i < 3; i++) { /* with other content at once, with the same one after a while */
        CU_ASSERT_FALSE(add_at(3 * SECOND * i, &first));
        CU_ASSERT_TRUE(add_at(3 * SECOND * i, &last));
        expect_whole();
        CU_ASSERT_FALSE(add_at(3 * SECOND * i, &changed));
        CU_ASSERT_TRUE(add_at(3 * SECOND * i, &last));
        CU_ASSERT_EQUAL(memcmp(whole.bytes.at, zeros, first.wire), 0);
    }
    CU_ASSERT_EQUAL(lost() + tally.lost[LOSS_OVERLAPS], 0);
    CU_ASSERT_FALSE(add_at(20 * SECOND, &changed)); /* its other half is lost */
    CU_ASSERT_FALSE(add_at(23 * SECOND, &first));
    CU_ASSERT_EQUAL(lost(), 1);
    CU_ASSERT_TRUE(add_at(23 * SECOND, &last));
    expect_whole();
    CU_ASSERT_EQUAL(tally.lost[LOSS_OVERLAPS], 0);
    fragments_close(fragments);
}

static void what_differs_is_not_mixed(void) {
    for (int v6 = 0; v6 < 2; v6++)
        for (int what = 0; what < 6; what++) {
            struct fragment first = units(v6 != 0, 0, 3), last = units(v6 != 0, 3, 6);
            open_plain();
            CU_ASSERT_FALSE(add(first));
            last.source.octets[3] ^= what == 0;
            last.destination.octets[3] ^= what == 1;
            last.id ^= what == 2 ? 0x10000 : 0;
            last.lane ^= what == 3;
            last.depth ^= what == 4;
            last.protocol ^= what == 5; /* of which only the first piece knows in IPv6 */
            CU_ASSERT_EQUAL(add(last), what == 5 && v6);
            fragments_close(fragments);
            CU_ASSERT_EQUAL(lost(), what == 5 && v6 ? 0 : 2);
        }
}

static void limits_hold_and_are_counted(void) {
    struct fragment p = units(false, 0, 1);
    open_with(4, 1 << 20);
    for (p.id = 0; p.id < 10; p.id++)
        add(p);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_DATAGRAMS], 6);
    CU_ASSERT_EQUAL(lost(), 6);
    for (p = units(false, 1, 6), p.id = 6; p.id < 10; p.id++)
        CU_ASSERT_TRUE(add(p)); /* the oldest ones went */
    p.id = 5;
    CU_ASSERT_FALSE(add(p));
    fragments_close(fragments);

    static uint8_t bytes[65512];
    open_with(1024, FRAGMENTS_LEAST_BYTES);
    p = (struct fragment){.source = p.source, .destination = p.destination, .more = true};
    for (p.id = 0; p.id < 50; p.id++)
        for (p.offset = 0; p.offset + 9000 < sizeof bytes; p.offset += 9000) {
            p.bytes = (struct bytes){bytes, p.wire = 9000};
            CU_ASSERT_FALSE(add(p));
        }
    CU_ASSERT_TRUE(tally.limits[LIMIT_DATAGRAMS] > 40);
    p.id--; /* the latest is there still */
    p.more = false;
    p.bytes.len = p.wire = sizeof bytes - p.offset;
    CU_ASSERT_TRUE(add(p));
    CU_ASSERT_EQUAL(whole.wire, sizeof bytes);
    fragments_close(fragments);
}

static void what_was_not_captured_is_a_hole(void) {
    for (uint32_t captured = 0; captured <= 2 * UNIT; captured++)
        for (int first = 0; first < 3; first++) {
            struct fragment p[3] = {units(false, 0, 2), units(false, 2, 4), units(false, 4, 6)};
            p[1].bytes.len = captured;
            open_plain();
            CU_ASSERT_FALSE(add(p[first]));
            CU_ASSERT_FALSE(add(p[first])); /* a copy, by a mirror port */
            CU_ASSERT_FALSE(add(p[(first + 1) % 3]));
            CU_ASSERT_TRUE(add(p[(first + 2) % 3]));
            CU_ASSERT_EQUAL(whole.wire, LENGTH);
            CU_ASSERT_EQUAL(whole.bytes.len, captured == 2 * UNIT ? LENGTH : 2 * UNIT + captured);
            CU_ASSERT_EQUAL(memcmp(whole.bytes.at, TEXT, whole.bytes.len), 0);
            CU_ASSERT_EQUAL(lost(), 0);
            fragments_close(fragments);
        }
}

/* Seconds that so many of the smallest pieces take: of as many datagrams, of a few from their ends, or all one. */
static double flood(int kind, uint32_t count) {
    clock_t began = clock();
    open_plain();
    struct fragment p = units(false, 0, 1);
    for (uint32_t i = 0; i < count; i++) {
        p.id = kind == 0 ? i : kind == 1 ? i / 8000 : 0;
        p.offset = kind == 1 ? (8000 - i % 8000) * UNIT : 0;
        fragments_add(fragments, i, &p, &whole);
    }
    fragments_close(fragments);
    return (double)(clock() - began) / CLOCKS_PER_SEC;
}

static void a_flood_takes_linear_time(void) {
    enum { FEW = 20000, TIMES = 8 };
    for (int kind = 0; kind < 3; kind++) {
        double few = flood(kind, FEW), many = flood(kind, FEW * TIMES);
        for (int again = 0; again < 3 && many >= 4 * TIMES * few; again++) { /* the machine may have been busy */
            few = flood(kind, FEW);
            many = flood(kind, FEW * TIMES);
        }
        CU_ASSERT_TRUE(many < 4 * TIMES * few); /* were it quadratic: TIMES * TIMES */
    }
}

/* A piece may lie in the whole datagram that was told before, even where there is no room for both. */
static void the_latest_whole_one_may_be_read(void) {
    static const struct fragment_limits tight[] = {{2, 8 << 20}, {1024, FRAGMENTS_LEAST_BYTES}};
    static const uint8_t bytes[65000];
    for (size_t i = 0; i < 2; i++) {
        open_with(tight[i].datagrams, tight[i].bytes);
        for (uint32_t round = 0; round < 10; round++) {
            struct fragment p = units(false, 0, 1);
            p.id = 100 + round; /* waits in vain */
            CU_ASSERT_FALSE(add_at(0, &p));
            for (uint8_t depth = 0; depth < 4; depth++) {
                const uint8_t *at = depth == 0 ? bytes : whole.bytes.at;
                p = (struct fragment){.source = p.source, .destination = p.destination, .id = round, .depth = depth};
                p.more = true;
                p.wire = 8;
                p.bytes = (struct bytes){at, 8};
                CU_ASSERT_FALSE(fragments_add(fragments, 0, &p, &whole));
                p.more = false;
                p.offset = 8;
                p.wire = 64000;
                p.bytes = (struct bytes){at, 64000};
                CU_ASSERT_TRUE_FATAL(fragments_add(fragments, 0, &p, &whole));
            }
        }
        fragments_close(fragments);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"in every order", in_every_order},
        {"copies do no harm", copies_do_no_harm},
        {"every overlap is judged", every_overlap_is_judged},
        {"ends may not contradict each other", ends_may_not_contradict_each_other},
        {"a last piece may tell the end only", a_last_piece_may_tell_the_end_only},
        {"a missing piece is told after a minute", a_missing_piece_is_told_after_a_minute},
        {"numbers are used again", numbers_are_used_again},
        {"what differs is not mixed", what_differs_is_not_mixed},
        {"limits hold and are counted", limits_hold_and_are_counted},
        {"what was not captured is a hole", what_was_not_captured_is_a_hole},
        {"the latest whole one may be read", the_latest_whole_one_may_be_read},
        {"a flood takes linear time", a_flood_takes_linear_time},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/fragments", tests);
}
