/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/cutter.h"
#include "tests/dissect/build.h"
#include "tests/unit.h"

#include <string.h>

static const struct sighting NOW = {.frame = 1};
static struct octets stream;

/* Frames are numbered by feed. Bodies are kept. */
static enum cut feed(struct cutter *c, size_t from, size_t to, uint64_t frame, struct pdu *pdu) {
    struct bytes input = {stream.at + from, to - from};
    struct sighting seen = {.frame = frame};
    enum cut cut = cutter_next(c, &input, &seen, PROOF_END, pdu);
    return cut == CUT_HEAD ? cutter_next(c, &input, &seen, PROOF_END, pdu) : cut;
}

static void start(struct cutter *c, size_t stub) {
    static const uint8_t zeros[30000];
    stream.len = 0;
    put_request(&stream, 1, 0, 0, zeros, stub);
    put_request(&stream, 2, 0, 0, zeros, stub);
    *c = cutter_start(false);
}

static void whole_pdus_are_handed_on_as_they_lie(void) {
    struct cutter c;
    struct pdu pdu;
    start(&c, 100);
    struct bytes input = octets_bytes(&stream);
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_PDU);
    CU_ASSERT_PTR_EQUAL(pdu.bytes.at, stream.at);
    CU_ASSERT_EQUAL(pdu.bytes.len, 124);
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_PDU);
    CU_ASSERT_PTR_EQUAL(pdu.bytes.at, stream.at + 124);
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_NOTHING);
    CU_ASSERT_PTR_NULL(c.held);
    cutter_stop(&c);
}

static void a_pdu_across_segments_is_seen_where_it_ends(void) {
    struct cutter c;
    struct pdu pdu;
    start(&c, 100);
    CU_ASSERT_EQUAL(feed(&c, 0, 10, 1, &pdu), CUT_NOTHING);
    CU_ASSERT_EQUAL(feed(&c, 10, 60, 2, &pdu), CUT_NOTHING);
    CU_ASSERT_EQUAL(feed(&c, 60, 124, 3, &pdu), CUT_PDU);
    CU_ASSERT_EQUAL(pdu.seen.frame, 3);
    CU_ASSERT_EQUAL(memcmp(pdu.bytes.at, stream.at, 124), 0);
    cutter_stop(&c);
}

static void a_proof_that_comes_late_does_not_change_where_a_pdu_was_seen(void) {
    struct cutter c;
    struct pdu pdu;
    start(&c, 100);
    struct bytes input = {stream.at, 124};
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &(struct sighting){.frame = 7}, PROOF_NEXT, &pdu), CUT_NOTHING);
    CU_ASSERT_TRUE(cutter_waits(&c, &pdu));
    input = (struct bytes){stream.at + 124, 124};
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &(struct sighting){.frame = 8}, PROOF_NEXT, &pdu), CUT_PDU);
    CU_ASSERT_EQUAL(pdu.seen.frame, 7);
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &(struct sighting){.frame = 8}, PROOF_NEXT, &pdu), CUT_PDU);
    CU_ASSERT_EQUAL(pdu.seen.frame, 8);
    CU_ASSERT_EQUAL(pdu.call_id, 2);
    cutter_stop(&c);
}

/* Takes the first PDU so that the second is cut, not searched. */
static void settle(struct cutter *c, size_t stub) {
    struct pdu pdu;
    start(c, stub);
    CU_ASSERT_EQUAL(feed(c, 0, stream.len / 2, 1, &pdu), CUT_PDU);
}

static void of_a_body_that_nobody_reads_only_the_head_is_kept(void) {
    struct cutter c;
    struct pdu pdu;
    settle(&c, 30000);
    size_t second = stream.len / 2;
    struct bytes input = {stream.at + second, 1400};
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_HEAD);
    cutter_skip_body(&c);
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_NOTHING);
    CU_ASSERT_TRUE(c.capacity < 1024);
    input = (struct bytes){stream.at + second + 1400, 30024 - 1400};
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_PDU);
    CU_ASSERT_FALSE(pdu.whole);
    CU_ASSERT_EQUAL(pdu.bytes.len, PDU_HEAD_SIZE);
    CU_ASSERT_EQUAL(pdu.call_id, 2);
    cutter_stop(&c);
}

static void a_hole_within_a_pdu_does_not_lose_the_next(void) {
    for (size_t head = 16; head < 124; head++) {
        for (size_t hole = 1; head + hole <= 124; hole++) {
            struct cutter c;
            struct pdu pdu;
            settle(&c, 100);
            (void)feed(&c, 124, 124 + head, 2, &pdu);
            cutter_gap(&c, hole);
            CU_ASSERT_EQUAL(c.state, CUTTER_SKIPPING);
            CU_ASSERT_EQUAL(feed(&c, 124 + head + hole, 248, 3, &pdu), CUT_PDU);
            CU_ASSERT_FALSE(pdu.whole);
            CU_ASSERT_EQUAL(feed(&c, 0, 124, 4, &pdu), CUT_PDU);
            CU_ASSERT_TRUE(pdu.whole);
            cutter_stop(&c);
        }
    }
}

static void a_hole_over_the_end_of_a_pdu_starts_a_search(void) {
    struct cutter c;
    struct pdu pdu;
    settle(&c, 100);
    (void)feed(&c, 124, 160, 2, &pdu);
    cutter_gap(&c, 100);
    CU_ASSERT_EQUAL(c.state, CUTTER_SEARCHING);
    CU_ASSERT_EQUAL(feed(&c, 50, 248, 3, &pdu), CUT_PDU);
    CU_ASSERT_EQUAL(pdu.call_id, 2);
    cutter_stop(&c);
}

static void a_bad_header_is_told_once_and_the_search_is_on(void) {
    struct cutter c;
    struct pdu pdu;
    settle(&c, 100);
    uint8_t junk[200];
    memset(junk, 5, sizeof junk);
    struct bytes input = {junk, sizeof junk};
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_BAD_HEADER);
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_NOTHING);
    CU_ASSERT_EQUAL(feed(&c, 0, 124, 3, &pdu), CUT_PDU);
    stream.at[8] = 15;
    CU_ASSERT_EQUAL(feed(&c, 0, 124, 4, &pdu), CUT_BAD_LENGTH);
    cutter_stop(&c);
}

static void a_search_ends(void) {
    static uint8_t junk[64 * 1024];
    struct cutter c = cutter_start(true);
    struct pdu pdu;
    for (size_t i = 0; i < 4; i++) {
        struct bytes input = {junk, sizeof junk};
        CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_NOTHING);
    }
    struct bytes input = {junk, sizeof junk};
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_LOST);
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_NOTHING);
    CU_ASSERT_EQUAL(input.len, 0);
    cutter_stop(&c);
}

static void a_hole_in_a_direction_that_is_lost_changes_nothing(void) {
    struct cutter c = cutter_start(false);
    struct pdu pdu;
    struct bytes input = {(const uint8_t *)"GET / HTTP/1.1", 14};
    CU_ASSERT_EQUAL(cutter_next(&c, &input, &NOW, PROOF_END, &pdu), CUT_LOST);
    cutter_gap(&c, 100);
    CU_ASSERT_EQUAL(c.state, CUTTER_LOST);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"whole PDUs are handed on as they lie", whole_pdus_are_handed_on_as_they_lie},
        {"a PDU across segments is seen where it ends", a_pdu_across_segments_is_seen_where_it_ends},
        {"a proof that comes late does not change where a PDU was seen",
         a_proof_that_comes_late_does_not_change_where_a_pdu_was_seen},
        {"of a body that nobody reads only the head is kept", of_a_body_that_nobody_reads_only_the_head_is_kept},
        {"a hole within a PDU does not lose the next", a_hole_within_a_pdu_does_not_lose_the_next},
        {"a hole over the end of a PDU starts a search", a_hole_over_the_end_of_a_pdu_starts_a_search},
        {"a bad header is told once and the search is on", a_bad_header_is_told_once_and_the_search_is_on},
        {"a search ends", a_search_ends},
        {"a hole in a direction that is lost changes nothing", a_hole_in_a_direction_that_is_lost_changes_nothing},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/cutter", tests);
}
