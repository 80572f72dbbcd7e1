/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb_cutter.h"
#include "tests/dissect/build_smb.h"
#include "tests/unit.h"

#include <string.h>
#include <time.h>

enum { FILE_ONE = 1, CREATE = 5, READ = 8, ROUNDS = 20000 };

static struct octets o;

static void fresh(void) {
    o.len = 0;
    o.order = ORDER_LITTLE;
}

static enum smb_likeness likeness(const char *hex) {
    fresh();
    put_hex(&o, hex);
    return smb_likeness(octets_bytes(&o));
}

static void the_beginning_is_known_by_its_bytes(void) {
    CU_ASSERT_EQUAL(likeness(""), SMB_POSSIBLE);
    CU_ASSERT_EQUAL(likeness("00"), SMB_POSSIBLE);
    CU_ASSERT_EQUAL(likeness("00123456fe534d42"), SMB_POSSIBLE);
    CU_ASSERT_EQUAL(likeness("00123456fe534d424000"), SMB_LIKELY);
    CU_ASSERT_EQUAL(likeness("00123456ff534d4272"), SMB_LIKELY);
    CU_ASSERT_EQUAL(likeness("00123456ff534d"), SMB_POSSIBLE);
    CU_ASSERT_EQUAL(likeness("00123456ff534d42"), SMB_LIKELY);
    CU_ASSERT_EQUAL(likeness("00123456fd534d42"), SMB_LIKELY);
    CU_ASSERT_EQUAL(likeness("00123456fb534d42"), SMB_IMPOSSIBLE);
    CU_ASSERT_EQUAL(likeness("00123456fe534d424100"), SMB_IMPOSSIBLE);
    CU_ASSERT_EQUAL(likeness("81000044"), SMB_POSSIBLE);
    CU_ASSERT_EQUAL(likeness("8102004420"), SMB_IMPOSSIBLE);
    CU_ASSERT_EQUAL(likeness("8100004421"), SMB_IMPOSSIBLE);
    CU_ASSERT_EQUAL(likeness("8100004420"
                             "464545464341"),
                    SMB_POSSIBLE);
    CU_ASSERT_EQUAL(likeness("8100004420"
                             "464545464351"),
                    SMB_IMPOSSIBLE);
    CU_ASSERT_EQUAL(likeness("05000b03"), SMB_IMPOSSIBLE);
}

/* How the bytes are cut, in pieces of one size: messages, bytes that they carry, and what else happened. */
struct outcome {
    unsigned messages, lost, encrypted, compressed, called, accepted, refused;
    size_t carried;
    struct smb_message last;
};

static struct outcome cut_from(struct smb_cutter *cutter, size_t size) {
    struct outcome outcome = {.messages = 0};
    for (size_t at = 0; at < o.len; at += size) {
        struct bytes piece, input = {o.at + at, o.len - at < size ? o.len - at : size};
        for (enum smb_cut cut; (cut = smb_cutter_next(cutter, &input, &piece)) != SMB_CUT_NOTHING;) {
            outcome.messages += cut == SMB_CUT_MESSAGE;
            outcome.lost += cut == SMB_CUT_LOST;
            outcome.encrypted += cut == SMB_CUT_ENCRYPTED;
            outcome.compressed += cut == SMB_CUT_COMPRESSED;
            outcome.called += cut == SMB_CUT_CALLED;
            outcome.accepted += cut == SMB_CUT_ACCEPTED;
            outcome.refused += cut == SMB_CUT_REFUSED;
            if (cut == SMB_CUT_PAYLOAD)
                outcome.carried += piece.len;
            if (cut == SMB_CUT_MESSAGE)
                outcome.last = cutter->head;
        }
        CU_ASSERT_EQUAL(input.len, 0);
    }
    return outcome;
}

static struct outcome cut(size_t size) {
    struct smb_cutter cutter = smb_cutter_start(false);
    return cut_from(&cutter, size);
}

static void messages_are_cut(void) {
    fresh();
    put_hex(&o, "85000000");                         /* keep-alive */
    put_hex(&o, "0000000cfc534d420000000000000000"); /* compressed */
    put_hex(&o, "0000000cfd534d420000000000000000"); /* encrypted */
    put_hex(&o, "82000000"
                "830000018f"
                "840000060a0000010089");
    frame_begin(&o);
    put_smb_other(&o, CREATE, false, 1);
    frame_chain(&o, false);
    put_smb_transceive(&o, 2, FILE_ONE, "0123456789abcdefghij", 20);
    frame_chain(&o, true);
    put_smb_write(&o, 3, THE_SAME_FILE, "xyz", 3);
    frame_end(&o);
    for (size_t size = 1; size <= o.len; size++) {
        struct outcome outcome = cut(size);
        CU_ASSERT_EQUAL(outcome.messages, 3);
        CU_ASSERT_EQUAL(outcome.encrypted, 1);
        CU_ASSERT_EQUAL(outcome.compressed, 1);
        CU_ASSERT_EQUAL(outcome.accepted, 1);
        CU_ASSERT_EQUAL(outcome.refused, 2);
        CU_ASSERT_EQUAL(outcome.lost + outcome.called, 0);
        CU_ASSERT_EQUAL(outcome.carried, 23);
        CU_ASSERT_EQUAL(outcome.last.id, 3);
        CU_ASSERT_TRUE(outcome.last.related);
        CU_ASSERT_EQUAL(outcome.last.file.octets[15], 0xff);
    }
}

static void put_u32_at(size_t at, uint32_t value) {
    size_t len = o.len;
    o.len = at;
    put_u32(&o, value);
    o.len = len;
}

/* A message that lies about what it carries is a message; the next frame is found all the same. */
static void lies_carry_nothing(void) {
    static const struct {
        size_t at;
        uint32_t value;
    } lies[] = {{4 + 64 + 2, 0x00000000}, /* offset 0, in the header */
                {4 + 64 + 2, 0x0003006f}, /* within the body */
                {4 + 64 + 2, 0x0003ffff}, /* beyond the frame */
                {4 + 64 + 2, 0x00040070}, /* a byte more than there is */
                {4 + 64 + 4, 0xffffffff}, /* length, */
                {4 + 20, 8},
                {4 + 20, 65}, /* NextCommand: into itself, misaligned, */
                {4 + 20, 0x1000},
                {4 + 20, 1000}, /* beyond the frame */
                {4 + 20, 0xfffffff8}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        for (size_t size = 1; size < 200; size += 33) {
            fresh();
            frame_begin(&o);
            put_smb_write(&o, 1, FILE_ONE, "xyz", 3);
            frame_end(&o);
            put_u32_at(lies[i].at, lies[i].value);
            if (i == 3)
                put_u32_at(4 + 64 + 4, 4);
            frame_begin(&o);
            put_smb_write(&o, 2, FILE_ONE, "xyz", 3);
            frame_end(&o);
            struct outcome outcome = cut(size);
            CU_ASSERT_EQUAL(outcome.lost, 0);
            CU_ASSERT_EQUAL(outcome.last.id, 2);
            CU_ASSERT_EQUAL(outcome.carried, 3);
        }
    }
}

static void errors_carry_nothing(void) {
    fresh();
    frame_begin(&o);
    put_smb_read_answer(&o, 1, SMB_IS_DENIED, "xyz", 3);
    frame_chain(&o, false);
    put_smb_read_answer(&o, 1, SMB_IS_OVERFLOWN, "x", 1);
    frame_chain(&o, false);
    put_smb_error(&o, READ, 1, SMB_IS_PENDING);
    frame_end(&o);
    struct outcome outcome = cut(o.len);
    CU_ASSERT_EQUAL(outcome.messages, 3);
    CU_ASSERT_EQUAL(outcome.carried, 1);
    CU_ASSERT_TRUE(outcome.last.pending && outcome.last.failed);
}

static void short_frames_are_passed_over(void) {
    fresh();
    put_hex(&o, "00000000");
    put_hex(&o, "00000010fe534d42400000000000000000000000");
    frame_begin(&o);
    put_smb_read(&o, 9, FILE_ONE);
    frame_end(&o);
    for (size_t size = 1; size <= o.len; size++)
        CU_ASSERT_EQUAL(cut(size).last.id, 9);
}

static void a_search_ends_where_a_segment_begins(void) {
    struct smb_cutter cutter = smb_cutter_start(false);
    fresh();
    put_text(&o, "this is no frame");
    CU_ASSERT_EQUAL(cut_from(&cutter, o.len).lost, 1);
    CU_ASSERT_EQUAL(cut_from(&cutter, o.len).lost, 0);
    frame_begin(&o);
    put_smb_read(&o, 9, FILE_ONE);
    frame_end(&o);
    CU_ASSERT_EQUAL(cut_from(&cutter, o.len).messages, 0);
    CU_ASSERT_EQUAL(cut_from(&cutter, 16).messages, 1);
}

static void holes_are_told_by_what_is_missing(void) {
    static uint8_t data[1000];
    uint32_t missing;
    fresh();
    frame_begin(&o);
    put_smb_write(&o, 1, FILE_ONE, data, sizeof data);
    frame_end(&o);
    size_t whole = o.len;
    struct smb_cutter cutter = smb_cutter_start(false);
    o.len = whole - 500;
    CU_ASSERT_EQUAL(cut_from(&cutter, o.len).carried, 500);
    CU_ASSERT_EQUAL(smb_cutter_gap(&cutter, 0, &missing), SMB_HOLE_HARMLESS);
    CU_ASSERT_EQUAL(smb_cutter_gap(&cutter, 200, &missing), SMB_HOLE_IN_PAYLOAD);
    CU_ASSERT_EQUAL(missing, 200);
    CU_ASSERT_EQUAL(smb_cutter_gap(&cutter, 300, &missing), SMB_HOLE_IN_PAYLOAD);
    CU_ASSERT_EQUAL(missing, 300);
    o.len = whole;
    CU_ASSERT_EQUAL(cut_from(&cutter, o.len).carried, 1000);
    CU_ASSERT_EQUAL(smb_cutter_gap(&cutter, 1, &missing), SMB_HOLE_LOST);
    CU_ASSERT_EQUAL(smb_cutter_gap(&cutter, 1, &missing), SMB_HOLE_HARMLESS);
    CU_ASSERT_EQUAL(cut_from(&cutter, o.len).messages, 1);
    o.len = 80;
    cut_from(&cutter, o.len);
    CU_ASSERT_EQUAL(smb_cutter_gap(&cutter, 1, &missing), SMB_HOLE_LOST);
}

/* xorshift64: the same bytes on every machine. */
static uint64_t state = 445;
static uint32_t any(uint32_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

/* The sanitizers judge. */
static void damaged_messages_do_no_harm(void) {
    static const uint8_t telling[] = {0, 1, 3, 8, 64, 0x7f, 0x80, 0xfe, 0xff};
    size_t messages = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        fresh();
        frame_begin(&o);
        put_smb_transceive(&o, 2, FILE_ONE, "0123456789abcdefghij", 20);
        frame_chain(&o, true);
        put_smb_read_answer(&o, 3, SMB_OK, "0123456789abcdefghij", 20);
        frame_chain(&o, true);
        put_smb_setup_answer(&o, 4, SMB_OK, "0123456789abcdefghij", 20);
        frame_end(&o);
        for (uint32_t n = 1 + any(5); n > 0; n--)
            o.at[any((uint32_t)o.len)] = any(2) == 0 ? telling[any(sizeof telling)] : (uint8_t)any(256);
        struct smb_cutter cutter = smb_cutter_start(any(2) == 0);
        messages += cut_from(&cutter, 1 + any(300)).messages;
        uint32_t missing;
        smb_cutter_gap(&cutter, any(50), &missing);
        cut_from(&cutter, o.len);
    }
    CU_ASSERT_TRUE(messages > ROUNDS);
}

/* Twice the bytes, one by one, cost about twice the time: never four times. */
static void small_segments_cost_no_more(void) {
    static uint8_t data[60000];
    double seconds[2];
    for (int i = 0; i < 2; i++) {
        fresh();
        frame_begin(&o);
        put_smb_write(&o, 1, FILE_ONE, data, i == 0 ? sizeof data / 2 : sizeof data);
        frame_end(&o);
        clock_t start = clock();
        for (int round = 0; round < 20; round++)
            CU_ASSERT_EQUAL(cut(1).messages, 1);
        seconds[i] = (double)(clock() - start) / CLOCKS_PER_SEC;
    }
    CU_ASSERT_TRUE(seconds[1] < 4 * seconds[0] + 0.05);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the beginning is known by its bytes", the_beginning_is_known_by_its_bytes},
        {"messages are cut", messages_are_cut},
        {"lies carry nothing", lies_carry_nothing},
        {"errors carry nothing", errors_carry_nothing},
        {"short frames are passed over", short_frames_are_passed_over},
        {"a search ends where a segment begins", a_search_ends_where_a_segment_begins},
        {"holes are told by what is missing", holes_are_told_by_what_is_missing},
        {"damaged messages do no harm", damaged_messages_do_no_harm},
        {"small segments cost no more", small_segments_cost_no_more},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/smb", tests);
}
