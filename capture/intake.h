/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_INTAKE_H
#define CAPTURE_INTAKE_H

#include "capture/tracker.h"

#include <stddef.h>

/* Where the frames of all sources go: counted, decoded, and on to the tracker. */
struct intake {
    struct tracker *tracker;
    struct tally *tally;
};

/* handler and tally are borrowed. False and a line in error if it cannot be had. */
bool intake_open(struct intake *intake, segment_handler handler, void *context, struct tally *tally, char *error,
                 size_t error_size);
/* The next frame by time. One that is not wanted (the filter says no) is counted only. */
void intake_frame(struct intake *intake, const struct frame *frame, bool wanted);
/* Ends every flow, and frees all. */
void intake_close(struct intake *intake);

#endif
