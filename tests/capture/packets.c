/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/packets.h"

#include <assert.h>
#include <string.h>

void put_u8(struct buffer *b, uint32_t value) {
    assert(b->len < PACKET_MAX);
    b->at[b->len++] = (uint8_t)value;
}

void put_u16(struct buffer *b, uint32_t value) {
    put_u8(b, value >> 8);
    put_u8(b, value);
}

void put_u32(struct buffer *b, uint32_t value) {
    put_u16(b, value >> 16);
    put_u16(b, value);
}

void put_bytes(struct buffer *b, const void *at, size_t len) {
    assert(len <= PACKET_MAX - b->len);
    if (len != 0)
        memcpy(b->at + b->len, at, len);
    b->len += len;
}

void put_ethernet(struct buffer *b, uint8_t source, const uint16_t *tag_types, const uint16_t *tags, size_t count,
                  uint16_t ethertype) {
    static const uint8_t destination[6] = {2, 0, 0, 0, 0, 0xff};
    put_bytes(b, destination, 6);
    put_u32(b, 0x02000000);
    put_u16(b, source);
    for (size_t i = 0; i < count; i++) {
        put_u16(b, tag_types[i]);
        put_u16(b, tags[i]);
    }
    put_u16(b, ethertype);
}

void put_ip(struct buffer *b, const struct address *source, const struct address *destination, uint8_t protocol,
            const struct buffer *payload) {
    if (source->family == ADDRESS_IPV4) {
        put_u16(b, 0x4500);
        put_u16(b, (uint32_t)(20 + payload->len));
        put_u32(b, 0);
        put_u8(b, 64);
        put_u8(b, protocol);
        put_u16(b, 0xdead); /* a wrong checksum, as an offloading card leaves it */
        put_bytes(b, source->octets, 4);
        put_bytes(b, destination->octets, 4);
    } else {
        put_u32(b, 0x60000000);
        put_u16(b, (uint32_t)payload->len);
        put_u8(b, protocol);
        put_u8(b, 64);
        put_bytes(b, source->octets, 16);
        put_bytes(b, destination->octets, 16);
    }
    put_bytes(b, payload->at, payload->len);
}

void put_tcp_packet(struct buffer *b, const struct tcp *tcp) {
    static struct buffer segment;
    segment.len = 0;
    put_u16(&segment, tcp->source.port);
    put_u16(&segment, tcp->destination.port);
    put_u32(&segment, tcp->seq);
    put_u32(&segment, tcp->ack);
    put_u8(&segment, 0x50);
    put_u8(&segment, tcp->flags);
    put_u16(&segment, tcp->window);
    put_u32(&segment, 0xdead0000);
    put_bytes(&segment, tcp->payload.at, tcp->payload.len);
    put_ip(b, &tcp->source.address, &tcp->destination.address, 6, &segment);
}

struct endpoint endpoint_of(const char *address, uint16_t port) {
    struct endpoint endpoint = {.port = port};
    bool sound = address_parse(address, &endpoint.address);
    assert(sound);
    (void)sound;
    return endpoint;
}
