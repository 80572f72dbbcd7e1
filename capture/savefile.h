/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_SAVEFILE_H
#define CAPTURE_SAVEFILE_H

#include "capture/decode.h"
#include "capture/feed.h"
#include "capture/window.h"
#include "wire/reader.h"

/* What the formats of capture files have in common; classic.h and pcapng.h read one each. */

enum { MAX_INTERFACES = 4096 }; /* of one file, all sections of it together */

enum source_state {
    SOURCE_FRAME,
    SOURCE_END,
    SOURCE_TRUNCATED, /* the end, in the middle of a record */
    SOURCE_BROKEN,    /* cannot be read on */
    SOURCE_STOPPED    /* was not to be read on */
};

/* What a timestamp counts: base^-exponent seconds. */
struct resolution {
    uint8_t base; /* 2 or 10 */
    uint8_t exponent;
    uint64_t units; /* in a second; 0: more than fit, no timestamp makes a second */
};

/* One interface on which frames of a file were captured. */
struct interface {
    uint16_t link;    /* LINKTYPE_… */
    uint32_t snaplen; /* 0 = none */
    struct resolution resolution;
    int64_t offset;   /* seconds from 1970 to where its timestamps begin */
    uint64_t missing; /* frames that the packets say were lost before them */
    uint64_t if_drop; /* running totals of the interface and of the system */
    uint64_t os_drop;
    bool drops_told; /* there are such totals; then they count, and not `missing` */
};

struct savefile {
    struct feed feed;
    enum byte_order order; /* pcapng: of the section */
    struct interface *interfaces;
    uint32_t count;   /* of them */
    uint32_t room;    /* for them */
    uint32_t section; /* the first of this section */
    uint64_t frames;  /* records that Wireshark gives a number */
    int64_t time;     /* of the latest frame */
    struct classic {
        uint32_t header_size; /* of a record */
        uint32_t fraction;    /* the second part of a timestamp counts so many nanoseconds */
        enum { LENGTHS_IN_ORDER, LENGTHS_SWAPPED, LENGTHS_PERHAPS_SWAPPED } lengths;
    } classic;
    char why[128]; /* SOURCE_BROKEN: what is wrong */
};

/* These few reads run for every frame, so they stay inline. */
static inline uint16_t load16(enum byte_order order, const uint8_t *at) {
    return (uint16_t)(order == ORDER_BIG ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}
static inline uint32_t load32(enum byte_order order, const uint8_t *at) {
    return order == ORDER_BIG ? big32(at) : little32(at);
}

/* Counts that a file tells may be anything: their sum stays at the largest. */
static inline uint64_t count_add(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

/* Says why. */
enum source_state savefile_broken(struct savefile *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The input is at its end where a record may begin (whole), or within one. */
enum source_state savefile_ended(struct savefile *file, bool whole);
/* NULL: damaged. The resolution is that of microseconds. */
struct interface *savefile_add(struct savefile *file, uint16_t link, uint32_t snaplen);
/* The next frame, captured on interface `index`, of which `wire` octets were on the wire; gives it its number. */
void savefile_frame(struct savefile *file, struct frame *frame, uint32_t index, struct bytes bytes, uint32_t wire);
/* Its time, since 1970. Hostile files hold any number: one out of 0 … LATEST_TIME is moved to the nearest that is not.
 * Where only the part of a second is none, the second is believed. */
void savefile_time(struct savefile *file, struct frame *frame, int64_t second, uint64_t nanoseconds);

#endif
