/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames through intake: decoding, fragments, the flow table, streams and libnids. Each message is a frame: its kind
 * says how much later it comes and what its link type is. What is told must be sound. */
#include "capture/intake.h"
#include "tests/fuzz/fuzz.h"

enum { MOST_FRAMES = 2000 };

static struct {
    uint64_t frame; /* the latest */
    uint64_t closed;
} run;

/* What the receiver remembers of a flow. */
struct memory {
    uint64_t bytes[2];
    bool closed;
};

static bool hear(void *context, const struct segment *segment) {
    (void)context;
    struct memory *memory = segment->flow->conversation;
    if (memory == NULL)
        memory = segment->flow->conversation = calloc(1, sizeof *memory);
    REQUIRE(memory != NULL && !memory->closed);
    REQUIRE(segment->seen.frame > 0 && segment->seen.frame <= run.frame);
    REQUIRE(segment->kind != SEGMENT_BYTES || segment->bytes.len > 0);
    REQUIRE(segment->kind != SEGMENT_GAP || segment->gap > 0);
    for (size_t i = 0; segment->kind == SEGMENT_BYTES && i < segment->bytes.len; i++)
        memory->bytes[segment->direction] += segment->bytes.at[i] + 1U;
    if (segment->kind == SEGMENT_CLOSED) {
        free(memory);
        segment->flow->conversation = NULL;
        run.closed++;
        return true;
    }
    return memory->bytes[FROM_CLIENT] % 251 != 250; /* now and then it has lost interest */
}

static void hear_datagram(void *context, const struct datagram *datagram) {
    (void)context;
    REQUIRE(datagram->seen.frame > 0 && datagram->seen.frame <= run.frame);
    volatile uint8_t last = datagram->bytes.len > 0 ? datagram->bytes.at[datagram->bytes.len - 1] : 0;
    (void)last;
}

static void read_frames(struct intake *intake, struct bytes script) {
    static const int links[] = {1, 101, 113, 276};
    static uint8_t *copies[MOST_FRAMES];
    struct message message;
    int64_t time = 1;
    uint64_t first = run.frame;
    while (run.frame - first < MOST_FRAMES && script_next(&script, &message)) {
        static const int64_t later[] = {0, 1000, 1000000, 300000000, 3000000000, 40000000000, 200000000000, -2000000};
        time += later[message.kind & 7];
        copies[run.frame - first] = apart(message.bytes);
        struct frame frame = {.bytes = {copies[run.frame - first], message.bytes.len},
                              .wire = (uint32_t)message.bytes.len,
                              .link = links[message.kind >> 3 & 3],
                              .interface = message.kind >> 7,
                              .seen = {run.frame + 1, time < 0 ? 0 : time, 0}};
        run.frame++;
        intake_frame(intake, &frame, (message.kind & 64) == 0);
    }
    intake_flush(intake);
    for (uint64_t i = 0; i < run.frame - first; i++)
        free(copies[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct intake intake;
    struct bytes script = {data, size};
    struct tally tally = {0};
    char error[256];
    script_settings(&script);
    run.frame = run.closed = 0;
    REQUIRE(intake_open(&intake, hear, NULL, &tally, error, sizeof error));
    intake.datagrams = hear_datagram;
    read_frames(&intake, script);
    intake_close(&intake);
    REQUIRE(run.closed == tally.flows);
    REQUIRE(tally.frames == run.frame);
    return 0;
}
