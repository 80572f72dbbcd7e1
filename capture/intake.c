/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/intake.h"

bool intake_open(struct intake *intake, segment_handler handler, void *context, struct tally *tally, char *error,
                 size_t error_size) {
    struct tracker_limits limits = tracker_limits_default();
    *intake = (struct intake){.tally = tally};
    intake->tracker = tracker_open(&limits, handler, context, tally, error, error_size);
    return intake->tracker != NULL;
}

static void count_frame(struct tally *tally, const struct frame *frame) {
    int64_t time = frame->seen.time;
    if (tally->frames == 0 || time < tally->first)
        tally->first = time;
    if (tally->frames == 0 || time > tally->last)
        tally->last = time;
    tally->frames++;
    tally->bytes += frame->wire;
    tally->lost[LOSS_CUT_FRAMES] += frame->bytes.len < frame->wire;
    tally->lost[LOSS_BAD_TIMES] += frame->misdated;
}

void intake_frame(struct intake *intake, const struct frame *frame, bool wanted) {
    struct packet packet;
    uint64_t *lost = intake->tally->lost;
    count_frame(intake->tally, frame);
    if (!wanted)
        return;
    tracker_time(intake->tracker, frame->seen.time);
    switch (decode_frame(frame, &packet)) {
    case DECODED_TCP:
        tracker_tcp(intake->tracker, &packet);
        break;
    case DECODED_UNREACHABLE:
        tracker_unreachable(intake->tracker, &packet);
        break;
    case DECODED_FRAGMENT:
        lost[LOSS_IP_FRAGMENTS]++;
        break;
    case DECODED_MALFORMED:
        lost[LOSS_BAD_LINKS]++;
        break;
    case DECODED_OTHER_LINK:
        lost[LOSS_OTHER_LINK]++;
        break;
    case DECODED_CUT: /* count_frame counted it */
    case DECODED_OTHER:
        break;
    }
}

void intake_close(struct intake *intake) { tracker_close(intake->tracker); }
