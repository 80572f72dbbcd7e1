/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_TOLD_H
#define TESTS_CAPTURE_TOLD_H

#include "wire/bytes.h"
#include "wire/segment.h"

/* The streams of many connections, as somebody told them: by their lengths and hashes, to be compared. */
struct told {
    struct endpoint sides[2]; /* by enum direction */
    uint64_t len[2], hash[2];
    bool gap;
};

enum { TOLD_MAX = 16384 };

struct told_list {
    uint32_t count;
    bool overflow;
    struct told items[TOLD_MAX];
};

/* NULL if there are too many. */
struct told *told_add(struct told_list *list, const struct endpoint *client, const struct endpoint *server);
void told_bytes(struct told *told, enum direction direction, struct bytes bytes);
/* The only one between these two; NULL if there is none, or more than one. */
const struct told *told_find(const struct told_list *list, const struct endpoint *client,
                             const struct endpoint *server);

/* What libnids by itself makes of the capture, its IPv4 packets that are plain_packet. In a process of its own, as it
 * can be had once in each. False if that process failed. */
bool told_by_libnids(const char *path, struct told_list *list);
/* The IPv4 packet with TCP of an Ethernet frame that has neither tags, fragments nor anything missing; else nothing. */
struct bytes plain_packet(int link, struct bytes captured, uint32_t wire);

#endif
