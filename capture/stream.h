/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_STREAM_H
#define CAPTURE_STREAM_H

#include "capture/holes.h"
#include "capture/position.h"
#include "wire/tally.h"

/* The bytes of one direction: told as they lie if they come in order, through reassembly if not, with a gap where they
 * are not in the capture. Remembers only where the direction stands. */

/* Where segments go. */
struct outlet {
    segment_handler handler;
    void *context;
    struct tally *tally;
    struct reassembly *reassembly;
    int64_t now; /* the tracker's clock, ns; pauses are short on it */
    struct holes holes;
};

/* For reassembly_open; its context is the struct outlet. */
void stream_piece(void *outlet, struct queue *queue, const struct piece *piece);

/* The payload of a packet; seq is that of its first byte. */
void stream_data(struct outlet *outlet, struct connection *c, enum direction direction, uint32_t seq,
                 const struct packet *packet);
/* Gives up a hole that is overdue. Called for every packet of the flow, and now and then without one. */
void stream_wait(struct outlet *outlet, struct connection *c, enum direction direction, bool packet);
/* All its bytes were told and acknowledged, and its FIN too. */
bool stream_complete(const struct connection *c, enum direction direction);
/* A packet of a flow whose end was told: counts what it brings too late. */
void stream_after_end(struct outlet *outlet, struct connection *c, enum direction direction,
                      const struct packet *packet);
/* The flow is over: tells what still waits, and what is missing before its FIN. */
void stream_finish(struct outlet *outlet, struct connection *c, enum direction direction);

#endif
