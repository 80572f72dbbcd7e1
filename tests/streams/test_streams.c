/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/intake.h"
#include "tests/streams/frames.h"
#include "tests/streams/judge.h"
#include "tests/unit.h"

#include <stdlib.h>

/* Whole captures of conversations made by a seed, each kind of damage alone and all of them at once. What is told must
 * be the streams that were sent: every captured byte once, in order; every other one in a gap. */

static struct story story;
static uint64_t first_seed = 1;
static uint64_t seeds = 40;

static unsigned run(const struct wishes *wishes, uint64_t seed, char *what, size_t size) {
    static uint8_t bytes[FRAME_MAX];
    struct tally tally = {0};
    struct intake intake;
    story_write(&story, wishes, seed);
    story_capture(&story, wishes);
    struct judge *judge = judge_open(&story, wishes);
    if (judge == NULL || !intake_open(&intake, judge_segment, judge, &tally, what, size))
        return 1;
    for (size_t i = 0; i < story.shot_count; i++) {
        struct frame frame = frame_of(&story, &story.shots[i], i + 1, bytes);
        intake_frame(&intake, &frame, true);
        intake_flush(&intake);
    }
    intake_close(&intake);
    return judge_close(judge, &tally, what, size);
}

static void judge_all(struct wishes wishes) {
    wishes.talks = wishes.talks != 0 ? wishes.talks : 8;
    wishes.longest = wishes.longest != 0 ? wishes.longest : 40000;
    for (uint64_t seed = first_seed; seed < first_seed + seeds; seed++) {
        char what[256] = "";
        unsigned wrong = run(&wishes, seed, what, sizeof what);
        CU_ASSERT_EQUAL(wrong, 0);
        if (wrong != 0)
            printf("\n      seed %llu, %u wrong: %s ", (unsigned long long)seed, wrong, what);
    }
}

#define TEST(name, ...)                                                                                                \
    static void name(void) { judge_all((struct wishes){__VA_ARGS__}); }

TEST(sound, .talks = 8)
TEST(overlaps, .overlaps = 15)
TEST(other_overlaps, .overlaps = 15, .other_overlaps = 50)
TEST(keep_alives, .keep_alives = 20, .probes = 20)
TEST(tiny, .tiny = 100)
TEST(offload, .offload = 50, .longest = 300000)
TEST(urgent, .urgent = 20)
TEST(wire_loss, .wire_loss = 5)
TEST(fast_open, .fast_open = 100)
TEST(simultaneous, .simultaneous = 100)
TEST(resets, .resets = 100)
TEST(resets_out_of_order, .resets = 100, .disorder = 20)
TEST(early_resets, .early_resets = 60)
TEST(half_close, .half_close = 100)
TEST(reused, .reused = 60)
TEST(reused_unclosed, .reused = 60, .unclosed = 100)
TEST(wraps, .wraps = 100, .wire_loss = 3, .capture_loss = 3)
TEST(ipv6_and_tags, .ipv6 = 50, .tagged = 70)
TEST(fragmented, .fragmented = 60, .ipv6 = 50, .disorder = 10)
TEST(fragments_lost, .fragmented = 60, .ipv6 = 50, .capture_loss = 2)
TEST(capture_loss, .capture_loss = 4)
TEST(no_syns, .no_syns = 100)
TEST(no_first_half, .no_first_half = 100)
TEST(one_sided, .one_sided = 60)
TEST(disorder, .disorder = 30)
TEST(late, .late = 1, .longest = 200000)
TEST(snaplen, .snaplen = 200)
TEST(snaplen_to_the_end, .snaplen = 200, .unclosed = 100, .disorder = 10)
TEST(mirrored, .mirrored = 100)
TEST(mirrored_tagged, .mirrored = 100, .mirrored_tagged = 100)
TEST(one_side_tagged, .mirrored = 100, .one_side_tagged = 1)
TEST(apart, .apart = 1, .reused = 30, .resets = 30, .capture_loss = 2)
TEST(apart_out_of_order, .apart = 1, .disorder = 20, .wire_loss = 3)
TEST(clock_steps, .clock_steps = 3, .disorder = 10)
TEST(damaged, .victims = 3)

#define ON_THE_WIRE                                                                                                    \
    .wire_loss = 3, .overlaps = 5, .other_overlaps = 20, .keep_alives = 3, .probes = 3, .urgent = 5, .tiny = 5,        \
    .offload = 2, .fast_open = 10, .simultaneous = 10, .resets = 20, .half_close = 20, .early_resets = 5,              \
    .unclosed = 20, .reused = 20, .wraps = 30, .ipv6 = 40, .tagged = 40
TEST(all_on_the_wire, ON_THE_WIRE)
TEST(all, ON_THE_WIRE, .capture_loss = 3, .no_syns = 20, .no_first_half = 20, .one_sided = 10, .mirrored = 30,
     .fragmented = 5, .disorder = 20, .clock_steps = 1, .victims = 1)

int main(int count, char **arguments) {
    CU_TestInfo tests[] = {
        {"sound", sound},
        {"overlaps", overlaps},
        {"overlaps with other bytes", other_overlaps},
        {"keep-alives and window probes", keep_alives},
        {"segments of one to three bytes", tiny},
        {"segments longer than a packet", offload},
        {"urgent data", urgent},
        {"lost on the wire", wire_loss},
        {"data in the SYN", fast_open},
        {"simultaneous open", simultaneous},
        {"resets", resets},
        {"resets out of order", resets_out_of_order},
        {"resets before the handshake ends", early_resets},
        {"half close", half_close},
        {"4-tuples used again", reused},
        {"4-tuples used again without close", reused_unclosed},
        {"sequence numbers wrap", wraps},
        {"IPv6, VLANs and QinQ", ipv6_and_tags},
        {"fragments", fragmented},
        {"fragments missing", fragments_lost},
        {"missing from the capture", capture_loss},
        {"no SYNs", no_syns},
        {"the first part missing", no_first_half},
        {"one side missing", one_sided},
        {"out of order", disorder},
        {"late by 2,000 frames", late},
        {"cut by the snap length", snaplen},
        {"cut to the end", snaplen_to_the_end},
        {"every frame twice", mirrored},
        {"every frame twice, one tagged", mirrored_tagged},
        {"one side's frames twice, one tagged", one_side_tagged},
        {"each direction in a VLAN of its own", apart},
        {"and out of order", apart_out_of_order},
        {"the clock is set", clock_steps},
        {"damaged headers", damaged},
        {"all that happens on the wire", all_on_the_wire},
        {"all at once", all},
        CU_TEST_INFO_NULL,
    };
    if (count == 3) { /* by hand: the first seed, and how many */
        first_seed = strtoull(arguments[1], NULL, 10);
        seeds = strtoull(arguments[2], NULL, 10);
    }
    if (!story_open(&story))
        return 1;
    int status = unit_run("streams", tests);
    story_close(&story);
    return status;
}
