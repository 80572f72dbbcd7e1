/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_INTAKE_H
#define CAPTURE_INTAKE_H

#include "capture/fragments.h"
#include "capture/tracker.h"
#include "wire/datagram.h"

#include <stddef.h>

/* Where the frames of all sources go: counted, decoded, put together if they are fragments, and on to
 * the tracker. */
struct arrival {
    struct sighting seen;
    enum decoded decoded;
    uint32_t hash; /* of the flow; DECODED_TCP */
    struct packet packet;
};

/* Frames wait until there are as many: then what the tracker needs for them can be fetched from memory all at once. */
enum { INTAKE_AHEAD = 32 };

struct intake {
    struct tracker *tracker;
    struct fragments *fragments;
    struct tally *tally;
    datagram_handler datagrams; /* NULL: nobody takes them */
    void *context;              /* theirs */
    struct arrival arrivals[INTAKE_AHEAD];
    size_t count;
};

/* handler and tally are borrowed. False and a line in error if it cannot be had. */
bool intake_open(struct intake *intake, segment_handler handler, void *context, struct tally *tally, char *error,
                 size_t error_size);
/* The next frame by time; its bytes are borrowed until intake_flush. One that is not wanted (the filter says no) is
 * counted only. */
void intake_frame(struct intake *intake, const struct frame *frame, bool wanted);
/* Tells all that the frames so far mean. */
void intake_flush(struct intake *intake);
/* Ends every flow, and frees all. */
void intake_close(struct intake *intake);

#endif
