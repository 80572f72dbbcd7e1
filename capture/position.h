/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_POSITION_H
#define CAPTURE_POSITION_H

#include "capture/flow.h"
#include "capture/reassembly.h"

/* Where one direction of a connection stands, by the sequence numbers and acknowledgements of both. */

/* A sequence number that lies further ahead of where its direction stands is not believed before a second one agrees:
 * no usual receive window is larger, and damaged headers must not make gaps of gigabytes. */
enum { MAX_AHEAD = 16 << 20 };

/* Its first byte has this sequence number. */
void stream_place(struct stream *stream, uint32_t seq);
/* The other side acknowledges up to here. */
void stream_ack(struct stream *stream, uint32_t ack);
/* A packet without data may be a keep-alive, so it tells about where its side stands, no more. */
void stream_note(struct stream *stream, uint32_t seq);
/* Its last byte lies before this sequence number, that of its FIN or RST. */
void stream_fin(struct stream *stream, uint32_t seq);
/* Bytes of it wait behind a hole, or are missing before its FIN or what was acknowledged. */
bool stream_misses(const struct stream *stream);
/* How many bytes from where the direction stands on are known to have been sent; 0 if it is not known where that is. */
uint32_t stream_known_ahead(const struct stream *stream);

#endif
