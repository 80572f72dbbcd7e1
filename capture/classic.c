/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/classic.h"

enum { HEADER_SIZE = 24, RECORD_SIZE = 16, KUZNETZOV_RECORD_SIZE = 24 };

static const uint32_t MICROSECONDS = 0xa1b2c3d4;
static const uint32_t NANOSECONDS = 0xa1b23c4d;
static const uint32_t KUZNETZOV = 0xa1b2cd34;

static bool is_magic(uint32_t magic) { return magic == MICROSECONDS || magic == NANOSECONDS || magic == KUZNETZOV; }

static bool is_file(const uint8_t *at) { return is_magic(load32(ORDER_BIG, at)) || is_magic(load32(ORDER_LITTLE, at)); }

bool classic_is(const struct savefile *file) { return is_file(feed_at(&file->feed)); }

/* Before version 2.3 the lengths of a record were in the other order, and in 2.3 some programs had not learnt it. The
 * tcpdump of DG/UX calls itself 543.0. */
static bool read_version(struct savefile *file, uint16_t major, uint16_t minor) {
    if (!(major == 2 && minor <= 4) && !(major == 543 && minor == 0)) {
        savefile_broken(file, "unsupported pcap version %u.%u", major, minor);
        return false;
    }
    if (major != 2 || minor < 3)
        file->classic.lengths = LENGTHS_SWAPPED;
    else
        file->classic.lengths = minor == 3 ? LENGTHS_PERHAPS_SWAPPED : LENGTHS_IN_ORDER;
    return true;
}

enum source_state classic_begin(struct savefile *file) {
    if (!feed_need(&file->feed, HEADER_SIZE))
        return savefile_ended(file, false);
    const uint8_t *at = feed_at(&file->feed);
    file->order = is_magic(load32(ORDER_BIG, at)) ? ORDER_BIG : ORDER_LITTLE;
    uint32_t magic = load32(file->order, at);
    file->classic.header_size = magic == KUZNETZOV ? KUZNETZOV_RECORD_SIZE : RECORD_SIZE;
    file->classic.fraction = magic == NANOSECONDS ? 1 : 1000;
    if (!read_version(file, load16(file->order, at + 4), load16(file->order, at + 6)))
        return SOURCE_BROKEN;
    /* Above the link type stands the length of a frame check sequence, which no IP packet reaches into. */
    if (savefile_add(file, (uint16_t)load32(file->order, at + 20), load32(file->order, at + 16)) == NULL)
        return SOURCE_BROKEN;
    feed_take(&file->feed, HEADER_SIZE);
    return SOURCE_FRAME;
}

struct lengths {
    uint32_t captured, wire;
};

static inline struct lengths read_lengths(const struct savefile *file, const uint8_t *at) {
    struct lengths lengths = {load32(file->order, at + 8), load32(file->order, at + 12)};
    if (file->classic.lengths == LENGTHS_IN_ORDER)
        return lengths;
    if (file->classic.lengths == LENGTHS_SWAPPED || lengths.captured > lengths.wire)
        return (struct lengths){lengths.wire, lengths.captured};
    return lengths;
}

enum source_state classic_next(struct savefile *file, struct frame *frame) {
    struct feed *feed = &file->feed;
    const uint32_t header_size = file->classic.header_size;
    if (!feed_need(feed, header_size))
        return savefile_ended(file, true);
    struct lengths lengths = read_lengths(file, feed_at(feed));
    if (lengths.captured > MAX_FRAME)
        return savefile_broken(file, "the next is said to be of %u octets", lengths.captured);
    if (lengths.captured == 0 && lengths.wire == 0 && is_file(feed_at(feed)))
        return savefile_broken(file, "another file was appended to it; give each by itself");
    if (!feed_need(feed, header_size + lengths.captured))
        return savefile_ended(file, false);
    const uint8_t *at = feed_at(feed);
    savefile_frame(file, frame, 0, (struct bytes){at + header_size, lengths.captured}, lengths.wire);
    savefile_time(file, frame, load32(file->order, at), (uint64_t)load32(file->order, at + 4) * file->classic.fraction);
    feed_take(feed, header_size + lengths.captured);
    return SOURCE_FRAME;
}

bool classic_holds_next(const struct savefile *file) {
    size_t left = feed_left(&file->feed);
    const uint32_t header_size = file->classic.header_size;
    return left >= header_size && left - header_size >= read_lengths(file, feed_at(&file->feed)).captured;
}
