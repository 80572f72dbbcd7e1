/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/pcapng.h"

/* Block types (section 10.1). */
enum {
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_JOURNAL = 9,
    BLOCK_CUSTOM = 0xbad,
    BLOCK_CUSTOM_UNCOPIED = 0x40000bad,
    BLOCK_SECTION = 0x0a0d0d0a
};

enum {
    OPTION_END = 0,
    OPTION_RESOLUTION = 9, /* of an interface */
    OPTION_OFFSET = 14,
    OPTION_IF_DROP = 5, /* of statistics */
    OPTION_OS_DROP = 7,
    OPTION_DROP_COUNT = 4 /* of a packet */
};

static const uint32_t ORDER_MAGIC = 0x1a2b3c4d;

enum { HEADER_SIZE = 8, TRAILER_SIZE = 4, LEAST_SIZE = HEADER_SIZE + TRAILER_SIZE, SECTION_SIZE = 28 };

bool pcapng_is(const struct savefile *file) { return load32(ORDER_BIG, feed_at(&file->feed)) == BLOCK_SECTION; }

/* --- options (section 3.5) -------------------------------------------------------------------------------------- */

struct option {
    uint16_t code;
    struct bytes value;
};

/* False at their end, or at what is none. */
static bool next_option(struct reader *r, struct option *option) {
    option->code = reader_u16(r);
    uint16_t length = reader_u16(r);
    option->value = reader_take(r, length);
    bool sound = !r->failed && option->code != OPTION_END;
    reader_align(r, 4);
    return sound;
}

static uint64_t number_of(const struct reader *r, const struct option *option) {
    struct reader value = reader_over(option->value, r->order);
    return reader_u64(&value);
}

/* --- time --------------------------------------------------------------------------------------------------------*/

/* if_tsresol: the exponent of a power of 10, or with the highest bit of a power of 2. */
static struct resolution resolution_of(uint8_t option) {
    struct resolution resolution = {.base = option & 0x80 ? 2 : 10, .exponent = option & 0x7f, .units = 1};
    for (unsigned i = 0; i < resolution.exponent; i++)
        resolution.units = resolution.units > UINT64_MAX / resolution.base ? 0 : resolution.units * resolution.base;
    return resolution;
}

static uint64_t power_of_ten(unsigned exponent) {
    uint64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* rest * 10^9 / 2^exponent, by halves of rest, as the product may take more than 64 bits. */
static uint64_t binary_nanoseconds(uint64_t rest, unsigned exponent) {
    const uint64_t billion = 1000000000;
    if (exponent <= 32)
        return rest * billion >> exponent;
    uint64_t product = (rest >> 32) * billion + ((rest & UINT32_MAX) * billion >> 32); /* / 2^32 */
    return exponent - 32 < 64 ? product >> (exponent - 32) : 0;
}

/* What is left of a timestamp without its seconds. */
static uint64_t nanoseconds_of(const struct resolution *resolution, uint64_t rest) {
    if (resolution->base == 2)
        return binary_nanoseconds(rest, resolution->exponent);
    if (resolution->exponent <= 9)
        return rest * power_of_ten(9U - resolution->exponent);
    unsigned excess = resolution->exponent - 9U;
    return excess <= 19 ? rest / power_of_ten(excess) : 0;
}

/* Seconds beyond all times. The sum of two that are no further from 1970 does not overflow. */
static const int64_t FAR = INT64_MAX / 2;

static int64_t not_beyond(int64_t second) {
    if (second < -FAR)
        return -FAR;
    return second > FAR ? FAR : second;
}

static void set_time(struct savefile *file, struct frame *frame, const struct interface *in, uint64_t stamp) {
    uint64_t seconds = in->resolution.units != 0 ? stamp / in->resolution.units : 0;
    uint64_t rest = in->resolution.units != 0 ? stamp % in->resolution.units : stamp;
    if (seconds > (uint64_t)FAR)
        seconds = (uint64_t)FAR;
    savefile_time(file, frame, (int64_t)seconds + in->offset, nanoseconds_of(&in->resolution, rest));
}

/* --- blocks ------------------------------------------------------------------------------------------------------*/

/* Section 4.1. Gives the size of the block, too: until here its byte order was not known. */
static enum source_state read_section(struct savefile *file, uint32_t *size) {
    if (!feed_need(&file->feed, SECTION_SIZE))
        return savefile_ended(file, false);
    const uint8_t *at = feed_at(&file->feed);
    if (load32(ORDER_BIG, at + 8) == ORDER_MAGIC)
        file->order = ORDER_BIG;
    else if (load32(ORDER_LITTLE, at + 8) == ORDER_MAGIC)
        file->order = ORDER_LITTLE;
    else
        return savefile_broken(file, "a section without a byte order");
    uint16_t major = load16(file->order, at + 12);
    uint16_t minor = load16(file->order, at + 14);
    if (major != 1 || (minor != 0 && minor != 2))
        return savefile_broken(file, "unsupported pcapng version %u.%u", major, minor);
    *size = load32(file->order, at + 4);
    if (*size < SECTION_SIZE)
        return savefile_broken(file, "a section header of %u octets", *size);
    file->section = file->count;
    return SOURCE_FRAME;
}

/* Section 4.2. */
static enum source_state read_interface(struct savefile *file, struct reader body) {
    uint16_t link = reader_u16(&body);
    reader_skip(&body, 2);
    uint32_t snaplen = reader_u32(&body);
    if (body.failed)
        return savefile_broken(file, "an interface without a link type");
    struct interface *in = savefile_add(file, link, snaplen);
    if (in == NULL)
        return SOURCE_BROKEN;
    for (struct option option; next_option(&body, &option);) {
        if (option.code == OPTION_RESOLUTION && option.value.len == 1)
            in->resolution = resolution_of(option.value.at[0]);
        else if (option.code == OPTION_OFFSET && option.value.len == 8)
            in->offset = not_beyond((int64_t)number_of(&body, &option));
    }
    return SOURCE_FRAME;
}

/* Of the section. */
static bool has_interface(const struct savefile *file, uint32_t id) { return id < file->count - file->section; }

/* Section 4.6. Statistics of an interface that is not there are nobody's. */
static enum source_state read_statistics(struct savefile *file, struct reader body) {
    uint32_t id = reader_u32(&body);
    reader_skip(&body, 8);
    if (body.failed || !has_interface(file, id))
        return SOURCE_FRAME;
    struct interface *in = &file->interfaces[file->section + id];
    for (struct option option; next_option(&body, &option);) {
        if (option.value.len != 8 || (option.code != OPTION_IF_DROP && option.code != OPTION_OS_DROP))
            continue;
        *(option.code == OPTION_IF_DROP ? &in->if_drop : &in->os_drop) = number_of(&body, &option);
        in->drops_told = true;
    }
    return SOURCE_FRAME;
}

/* What the three kinds of packet blocks say. */
struct packet_block {
    uint32_t interface;
    uint32_t captured, wire;
    size_t header; /* octets before the packet */
    uint64_t stamp;
    bool stamped;
    uint64_t missing;
};

/* Sections 4.3, 4.4 and B.1. False: it is too short. */
static bool read_packet_header(const struct savefile *file, uint32_t type, const uint8_t *at, uint32_t size,
                               struct packet_block *block) {
    const enum byte_order order = file->order;
    *block = (struct packet_block){.header = type == BLOCK_SIMPLE_PACKET ? 12 : 28, .stamped = true};
    if (size < block->header + TRAILER_SIZE)
        return false;
    if (type == BLOCK_SIMPLE_PACKET) {
        block->stamped = false;
        block->wire = block->captured = load32(order, at + 8);
        return true;
    }
    block->interface = type == BLOCK_PACKET ? load32(order, at + 8) : load16(order, at + 8);
    if (type == BLOCK_OLD_PACKET && load16(order, at + 10) != UINT16_MAX)
        block->missing = load16(order, at + 10);
    block->stamp = (uint64_t)load32(order, at + 12) << 32 | load32(order, at + 16);
    block->captured = load32(order, at + 20);
    block->wire = load32(order, at + 24);
    return true;
}

static uint64_t read_drop_count(struct reader options) {
    uint64_t missing = 0;
    for (struct option option; next_option(&options, &option);)
        if (option.code == OPTION_DROP_COUNT && option.value.len == 8)
            missing = number_of(&options, &option);
    return missing;
}

static enum source_state read_packet(struct savefile *file, uint32_t type, uint32_t size, struct frame *frame) {
    const uint8_t *at = feed_at(&file->feed);
    struct packet_block block;
    if (!read_packet_header(file, type, at, size, &block))
        return savefile_broken(file, "a packet block of %u octets", size);
    if (!has_interface(file, block.interface))
        return savefile_broken(file, "the next is of interface %u, which is not described", block.interface);
    struct interface *in = &file->interfaces[file->section + block.interface];
    if (type == BLOCK_SIMPLE_PACKET && in->snaplen != 0 && block.captured > in->snaplen)
        block.captured = in->snaplen;
    size_t space = size - block.header - TRAILER_SIZE;
    if (block.captured > space || block.captured > MAX_FRAME)
        return savefile_broken(file, "the next is said to be of %u octets", block.captured);
    size_t padded = (block.captured + 3U) & ~(size_t)3;
    if (type == BLOCK_PACKET && space > padded)
        block.missing =
            read_drop_count(reader_over((struct bytes){at + block.header + padded, space - padded}, file->order));
    in->missing = count_add(in->missing, block.missing);
    savefile_frame(file, frame, file->section + block.interface, (struct bytes){at + block.header, block.captured},
                   block.wire);
    if (block.stamped) {
        set_time(file, frame, in, block.stamp);
    } else {
        frame->seen.time = file->time; /* of the frame before it: it has none of its own */
        frame->misdated = true;
    }
    return SOURCE_FRAME;
}

/* What Wireshark gives a frame number, though no network carried it: entries of systemd's journal, custom blocks, and
 * sysdig's events. */
static bool is_numbered(uint32_t type) {
    switch (type) {
    case BLOCK_JOURNAL:
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_UNCOPIED:
    case 0x204:
    case 0x208:
    case 0x216:
    case 0x217:
    case 0x221:
    case 0x222:
        return true;
    default:
        return false;
    }
}

static bool is_packet(uint32_t type) {
    return type == BLOCK_PACKET || type == BLOCK_SIMPLE_PACKET || type == BLOCK_OLD_PACKET;
}

/* A block that is of no interest is taken without being looked at, all but its trailer. */
static enum source_state pass_over(struct savefile *file, uint32_t type, uint32_t size) {
    if (!feed_skip(&file->feed, size - TRAILER_SIZE) || !feed_need(&file->feed, TRAILER_SIZE))
        return savefile_ended(file, false);
    if (load32(file->order, feed_at(&file->feed)) != size)
        return savefile_broken(file, "the two lengths of a block differ");
    feed_take(&file->feed, TRAILER_SIZE);
    file->frames += is_numbered(type);
    return SOURCE_FRAME;
}

static enum source_state read_whole(struct savefile *file, uint32_t type, uint32_t size, struct frame *frame) {
    if (size > MAX_RECORD)
        return savefile_broken(file, "a block of %u octets", size);
    if (!feed_need(&file->feed, size))
        return savefile_ended(file, false);
    const uint8_t *at = feed_at(&file->feed);
    if (load32(file->order, at + size - TRAILER_SIZE) != size)
        return savefile_broken(file, "the two lengths of a block differ");
    enum source_state state;
    struct bytes body = {at + HEADER_SIZE, size - LEAST_SIZE};
    if (type == BLOCK_INTERFACE)
        state = read_interface(file, reader_over(body, file->order));
    else if (type == BLOCK_STATISTICS)
        state = read_statistics(file, reader_over(body, file->order));
    else
        state = read_packet(file, type, size, frame);
    if (state == SOURCE_FRAME)
        feed_take(&file->feed, size);
    return state;
}

/* One block; of which type it was. frame is filled if it was a packet. */
static enum source_state next_block(struct savefile *file, uint32_t *type, struct frame *frame) {
    if (!feed_need(&file->feed, LEAST_SIZE))
        return savefile_ended(file, true);
    const uint8_t *at = feed_at(&file->feed);
    *type = load32(file->order, at);
    uint32_t size = load32(file->order, at + 4);
    enum source_state state = *type == BLOCK_SECTION ? read_section(file, &size) : SOURCE_FRAME;
    if (state != SOURCE_FRAME)
        return state;
    if (size < LEAST_SIZE || size % 4 != 0)
        return savefile_broken(file, "a block of %u octets", size);
    if (is_packet(*type) || *type == BLOCK_INTERFACE || *type == BLOCK_STATISTICS)
        return read_whole(file, *type, size, frame);
    return pass_over(file, *type, size);
}

enum source_state pcapng_begin(struct savefile *file) {
    uint32_t type;
    struct frame none;
    return next_block(file, &type, &none);
}

enum source_state pcapng_next(struct savefile *file, struct frame *frame) {
    enum source_state state;
    uint32_t type = 0;
    do
        state = next_block(file, &type, frame);
    while (state == SOURCE_FRAME && !is_packet(type));
    return state;
}

bool pcapng_holds_next(const struct savefile *file) {
    const uint8_t *at = feed_at(&file->feed);
    size_t left = feed_left(&file->feed);
    return left >= LEAST_SIZE && is_packet(load32(file->order, at)) && load32(file->order, at + 4) <= left;
}
