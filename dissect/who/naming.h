/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_NAMING_H
#define DISSECT_WHO_NAMING_H

#include "dissect/fact.h"
#include "wire/bytes.h"

/* What a message of a name service says: these addresses are called so. */

enum { NAMING_MAX = 32 }; /* of one message; a NetBIOS node of Windows has up to twenty names */

struct naming {
    struct address address;
    char name[FACT_TEXT_SIZE];
};

struct namings {
    uint32_t count;
    uint32_t passed_over; /* for want of room */
    struct naming list[NAMING_MAX];
};

enum reading {
    READING_NOTHING, /* sound as far as it matters, and says nothing about who is where */
    READING_TOLD,
    READING_MALFORMED /* what was read before is sound if only the capture cut the rest */
};

/* Passes over what names no address, and the root of all names, which is nobody's. Longer names are cut. */
void naming_add(struct namings *namings, const struct address *address, const char *name);

#endif
