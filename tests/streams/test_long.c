/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/intake.h"
#include "capture/link.h"
#include "tests/unit.h"

#include <string.h>

/* More than 4 GB in one direction: the sequence numbers wrap, and behind that all goes on as before. Every segment has
 * the same bytes, so that their position in the stream tells what they must be. */

enum { SEGMENT = 65000, HEADERS = 40, SEGMENTS = 68000 };

static const uint32_t FIRST = 101;

static struct {
    struct intake intake;
    struct tally tally;
    uint64_t frame;
    uint64_t told, gaps;
    unsigned wrong, closed;
    uint8_t bytes[HEADERS + SEGMENT]; /* the frame */
    uint8_t sent[SEGMENT];
} t;

static void put32(uint8_t *at, uint32_t value) {
    for (int i = 3; i >= 0; i--, value >>= 8)
        at[i] = (uint8_t)value;
}

static bool check(void *context, const struct segment *s) {
    (void)context;
    if (s->kind == SEGMENT_BYTES && s->direction == FROM_CLIENT) {
        for (size_t i = 0; i < s->bytes.len;) {
            size_t at = (t.told + i) % SEGMENT;
            size_t n = s->bytes.len - i < SEGMENT - at ? s->bytes.len - i : SEGMENT - at;
            t.wrong += memcmp(s->bytes.at + i, t.sent + at, n) != 0;
            i += n;
        }
        t.told += s->bytes.len;
    } else if (s->kind == SEGMENT_GAP) {
        t.told += s->gap;
        t.gaps += s->gap;
    }
    t.closed += s->kind == SEGMENT_CLOSED;
    return true;
}

/* From the client, or from the server; positions are in the client's stream. */
static void send(enum direction d, uint8_t flags, uint64_t position, uint32_t len) {
    static const uint8_t ip[] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0};
    uint32_t number = FIRST + (uint32_t)position;
    bool client = d == FROM_CLIENT;
    memcpy(t.bytes, ip, sizeof ip);
    put32(t.bytes + 12, client ? 0x0a000001 : 0x0a000002);
    put32(t.bytes + 16, client ? 0x0a000002 : 0x0a000001);
    put32(t.bytes + 20, client ? 0xc35001bd : 0x01bdc350);
    put32(t.bytes + 24, client ? number : 501);
    put32(t.bytes + 28, client ? 501 : number);
    put32(t.bytes + 32, 0x50000400 | (uint32_t)flags << 16);
    t.bytes[2] = (uint8_t)((HEADERS + len) >> 8);
    t.bytes[3] = (uint8_t)(HEADERS + len);
    struct frame frame = {.bytes = {t.bytes, HEADERS + len},
                          .wire = HEADERS + len,
                          .link = LINKTYPE_RAW,
                          .seen = {++t.frame, (int64_t)t.frame * 20000, 0}};
    intake_frame(&t.intake, &frame, true);
    intake_flush(&t.intake);
}

static void send_segment(uint64_t i) { send(FROM_CLIENT, 0x10, i * SEGMENT, SEGMENT); }

static void more_than_four_gigabytes(void) {
    char error[256];
    for (uint32_t i = 0; i < SEGMENT; i++)
        t.bytes[HEADERS + i] = t.sent[i] = (uint8_t)(i * 2654435761U >> 24);
    CU_ASSERT_TRUE_FATAL(intake_open(&t.intake, check, NULL, &t.tally, error, sizeof error));
    send(FROM_CLIENT, 0x10, 0, 0);
    uint64_t missing = 0;
    for (uint64_t i = 0; i + 1 < SEGMENTS; i += 2) {
        bool late = i > UINT64_C(0xffffffff) / SEGMENT || i % 1000 == 2;
        bool lost = i % 10000 == 5002 || i == SEGMENTS - 100;
        if (!late)
            send_segment(i);
        send_segment(i + 1);
        if (late && !lost)
            send_segment(i);
        missing += lost ? SEGMENT : 0;
        send(FROM_SERVER, 0x10, (i + 2) * SEGMENT, 0);
    }
    send(FROM_CLIENT, 0x11, (uint64_t)SEGMENTS * SEGMENT, 0);
    send(FROM_SERVER, 0x11, (uint64_t)SEGMENTS * SEGMENT + 1, 0);
    intake_close(&t.intake);
    CU_ASSERT_EQUAL(t.wrong, 0);
    CU_ASSERT_EQUAL(t.told, (uint64_t)SEGMENTS * SEGMENT);
    CU_ASSERT_EQUAL(t.gaps, missing);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAP_BYTES], missing);
    CU_ASSERT_EQUAL(t.tally.flows, 1);
    CU_ASSERT_EQUAL(t.closed, 1);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"more than four gigabytes", more_than_four_gigabytes},
        CU_TEST_INFO_NULL,
    };
    return unit_run("streams/long", tests);
}
