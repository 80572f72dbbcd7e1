/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_TRACKER_H
#define CAPTURE_TRACKER_H

#include "capture/stream.h"

/* Follows every TCP connection from its SYN to its end and tells its segments. This is where it is decided what a
 * packet means for its connection; the bytes are stream's business. */
struct tracker;

struct tracker_limits {
    uint32_t flows;
    struct reassembly_limits reassembly;
};

struct tracker_limits tracker_limits_default(void);

/* handler and tally are borrowed. NULL and a line in error if it cannot be had. */
struct tracker *tracker_open(const struct tracker_limits *limits, segment_handler handler, void *context,
                             struct tally *tally, char *error, size_t error_size);
/* A DECODED_TCP packet, in steps: while the memory that it needs is on its way, others take theirs. The first gives the
 * hash of its flow, which the others take; the two in the middle may be left out. */
uint32_t tracker_expect(const struct tracker *tracker, const struct packet *packet);
void tracker_prepare(const struct tracker *tracker, uint32_t hash);
void tracker_prepare_receiver(const struct tracker *tracker, uint32_t hash);
void tracker_take(struct tracker *tracker, const struct packet *packet, uint32_t hash);
/* A DECODED_UNREACHABLE packet. */
void tracker_unreachable(struct tracker *tracker, const struct packet *packet);
/* Any frame: time goes on. */
void tracker_time(struct tracker *tracker, int64_t time);
/* The time that this makes, ns since the first frame; never runs backwards. */
int64_t tracker_now(const struct tracker *tracker);
/* Ends every flow, in the order in which they began, and frees all. */
void tracker_close(struct tracker *tracker);

#endif
