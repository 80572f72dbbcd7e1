/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_FRAGMENTS_H
#define CAPTURE_FRAGMENTS_H

#include "capture/decode.h"
#include "wire/tally.h"

/* Puts the pieces of IP datagrams together (RFC 791 3.2, RFC 8200 4.5). One that is not whole 60 seconds after its
 * first piece came, as long as Windows waits, is given up; so is the oldest when a limit is reached. The pieces of all
 * that never became whole are counted in LOSS_IP_FRAGMENTS.
 *
 * Pieces that overlap: Windows has taken no datagram with such since Vista, in IPv4 (by the measurement of Baggett and
 * Williams, 2020) as in IPv6, where RFC 5722 forbids it. So the datagram is discarded, with what more comes of it, and
 * counted in LOSS_OVERLAPS. A piece that says nothing new is a copy, by a mirror port or on the way, and overlaps
 * nothing. Neither do, in IPv4, pieces of other lengths with the same content: two routers cut the two copies. A
 * contradiction more than two seconds after the first piece is no overlap, but another datagram with the same
 * identification (RFC 4963): it takes the place of the old one.
 *
 * Of a piece that the snap length cut, only the beginning is there; the whole datagram then ends, as far as it was
 * captured, where the first such hole begins. */
struct fragments;

struct fragment_limits {
    uint32_t datagrams; /* at once, at least 2 */
    size_t bytes;       /* of memory for all of them, at least FRAGMENTS_LEAST_BYTES */
};

enum { FRAGMENTS_LEAST_BYTES = 150000 }; /* two of the longest: one may be read while the other grows */

struct fragment_limits fragment_limits_default(void);

/* tally is borrowed. NULL: out of memory. */
struct fragments *fragments_open(const struct fragment_limits *limits, struct tally *tally);
/* One more piece, at this time of a clock that never runs backwards (ns). True if its datagram is whole now;
 * whole->bytes are valid until the call after the next, so that the piece may lie in the previous whole one. */
bool fragments_add(struct fragments *fragments, int64_t now, const struct fragment *piece, struct fragment *whole);
/* Counts what is left. */
void fragments_close(struct fragments *fragments);

#endif
