/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_READER_H
#define WIRE_READER_H

#include "wire/bytes.h"
#include "wire/syntax.h"

#include <stdbool.h>

/* A bounds-checked cursor over borrowed bytes. A read that does not fit marks the reader failed, yields zero and
 * leaves the cursor where it was; every later read fails too. So a parser reads straight down and asks once. */
enum byte_order { ORDER_LITTLE, ORDER_BIG };

struct reader {
    struct bytes bytes;
    size_t at;
    enum byte_order order;
    bool failed;
};

struct reader reader_over(struct bytes bytes, enum byte_order order);
size_t reader_left(const struct reader *r);
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
/* The first three groups follow the reader's byte order (C706 appendix A). */
struct uuid reader_uuid(struct reader *r);
/* A borrowed view of the next n bytes; empty (but not NULL) after a failure. */
struct bytes reader_take(struct reader *r, size_t n);
void reader_skip(struct reader *r, size_t n);
/* Moves to the next multiple of n, measured from the start of the bytes. n is a power of two. */
void reader_align(struct reader *r, size_t n);

#endif
