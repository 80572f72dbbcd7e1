/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_SEQUENCE_H
#define CAPTURE_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

/* TCP sequence numbers wrap; which of two comes first is a matter of the shorter way (RFC 9293 3.4). */
static inline bool seq_after(uint32_t a, uint32_t b) { return a != b && a - b < UINT32_C(0x80000000); }

static inline uint32_t seq_later(uint32_t a, uint32_t b) { return seq_after(a, b) ? a : b; }

/* How far a lies ahead of b; 0 if it does not. */
static inline uint32_t seq_ahead(uint32_t a, uint32_t b) { return seq_after(a, b) ? a - b : 0; }

#endif
