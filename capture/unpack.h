/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_UNPACK_H
#define CAPTURE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

/* gzip (RFC 1952) and zstd (RFC 8878), as streams: any number of members or frames one after the other, and zeros
 * behind them. */
enum packing { PACKING_GZIP, PACKING_ZSTD };

struct codec;

/* Gives packed octets, at most size of them; 0 at their end. */
typedef size_t (*packed_reader)(void *context, void *to, size_t size);

/* NULL: out of memory. */
struct codec *codec_open(enum packing packing);
/* Unpacks some octets, at most size of them; 0 at the end, or at damage. */
size_t codec_read(struct codec *codec, packed_reader reader, void *context, void *to, size_t size);
/* After the end: whether it came in the middle of packed data, and what is wrong with the data (NULL: nothing). */
bool codec_is_within(const struct codec *codec);
const char *codec_damage(const struct codec *codec);
void codec_close(struct codec *codec);

#endif
