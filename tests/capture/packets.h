/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_PACKETS_H
#define TESTS_CAPTURE_PACKETS_H

#include "wire/bytes.h"
#include "wire/segment.h"

/* Builds frames as they lie in a capture file. */

enum { PACKET_MAX = 20000 };

struct buffer {
    uint8_t at[PACKET_MAX];
    size_t len;
};

struct tcp {
    struct endpoint source, destination;
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t window;
    struct bytes payload;
};

void put_u8(struct buffer *b, uint32_t value);
void put_u16(struct buffer *b, uint32_t value);
void put_u32(struct buffer *b, uint32_t value);
void put_bytes(struct buffer *b, const void *at, size_t len);

/* Ethernet from 02:00:00:00:00:XX with the tags; ends behind the last ethertype. */
void put_ethernet(struct buffer *b, uint8_t source, const uint16_t *tag_types, const uint16_t *tags, size_t count,
                  uint16_t ethertype);
/* IPv4 or IPv6 by the family of the addresses, and what it carries; TTL 64. */
void put_tcp_packet(struct buffer *b, const struct tcp *tcp);
void put_ip(struct buffer *b, const struct address *source, const struct address *destination, uint8_t protocol,
            const struct buffer *payload);

struct endpoint endpoint_of(const char *address, uint16_t port);

#endif
