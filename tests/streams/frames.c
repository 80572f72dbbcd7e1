/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/streams/frames.h"
#include "capture/link.h"

#include <assert.h>
#include <string.h>

enum { MIRROR_VLAN = 4090, OPTIONS = 12, HEADERS = 80 };

static uint8_t *put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value) { return put16(put16(at, value >> 16), value); }

static uint8_t *put(uint8_t *at, const uint8_t *bytes, size_t n) {
    memcpy(at, bytes, n);
    return at + n;
}

static uint8_t *put_link(uint8_t *at, const struct talk *talk, const struct shot *shot, enum direction d) {
    at = put32(put16(at, 0x0200), 0xff);
    at = put32(put16(at, 0x0200), d);
    if (shot->tagged)
        at = put16(put16(at, 0x8100), MIRROR_VLAN);
    for (unsigned i = 0; i < talk->tag_count; i++)
        at = put16(put16(at, i + 1 < talk->tag_count ? 0x88a8 : 0x8100), talk->tags[i]);
    return put16(at, talk->ends[0].address.family == ADDRESS_IPV4 ? 0x0800 : 0x86dd);
}

/* Too long for its length field: as the network card gets it that is to cut it up. */
static uint32_t length_field(uint32_t n) { return n > 65535 ? 0 : n; }

static uint8_t *put_ip(uint8_t *at, const struct talk *talk, enum direction d, uint32_t payload) {
    const struct address *source = &talk->ends[d].address;
    const struct address *destination = &talk->ends[!d].address;
    if (source->family == ADDRESS_IPV4) {
        at = put16(put16(at, 0x4500), length_field(20 + payload));
        at = put32(at, 0x00004000);
        at = put32(at, 0x4006dead); /* the checksum is wrong, as an offloading card leaves it */
        return put(put(at, source->octets, 4), destination->octets, 4);
    }
    at = put16(put32(at, 0x60000000), length_field(payload));
    at = put16(at, 0x0640);
    return put(put(at, source->octets, 16), destination->octets, 16);
}

/* The SYN has a sequence number too, and it lies before its data. */
static uint8_t *put_tcp(uint8_t *at, const struct talk *talk, const struct sent *sent) {
    enum direction d = sent->direction;
    bool syn = (sent->flags & FLAG_SYN) != 0;
    bool options = sent->at % 2 == 0;
    at = put16(put16(at, talk->ends[d].port), talk->ends[!d].port);
    at = put32(at, talk->isn[d] + 1 + (uint32_t)sent->at - syn);
    at = put32(at, (sent->flags & FLAG_ACK) != 0 ? talk->isn[!d] + 1 + (uint32_t)sent->ack : 0);
    at = put16(at, (options ? 0x8000U : 0x5000U) | sent->flags);
    at = put16(at, (sent->flags & FLAG_RST) != 0 ? 0 : 1024);
    at = put32(at, 0xbad00001);
    memset(at, 1, OPTIONS);
    return at + (options ? OPTIONS : 0);
}

/* Leaves of the datagram at ip only one fragment (RFC 791 3.2, RFC 8200 4.5); n octets lie behind its header. Returns
 * its end. */
static uint8_t *cut_up(uint8_t *ip, bool v6, const struct shot *shot, uint32_t n) {
    uint32_t each = n / shot->parts & ~7U;
    uint32_t from = each * shot->part;
    bool more = shot->part + 1 < shot->parts;
    uint32_t len = more ? each : n - from;
    uint8_t *payload = ip + (v6 ? 40 : 20);
    if (!v6) {
        put16(ip + 2, 20 + len);
        put16(put16(ip + 4, (uint32_t)shot->sent), from / 8 | (more ? 0x2000U : 0));
        memmove(payload, payload + from, len);
        return payload + len;
    }
    put16(ip + 4, 8 + len);
    ip[6] = 44;
    memmove(payload + 8, payload + from, len);
    put32(put16(put16(payload, 0x0600), from | more), (uint32_t)shot->sent);
    return payload + 8 + len;
}

struct frame frame_of(struct story *story, const struct shot *shot, uint64_t number, uint8_t *at) {
    const struct sent *sent = &story->sent[shot->sent];
    const struct talk *talk = &story->talks[sent->talk];
    uint32_t tcp = 20 + (sent->at % 2 == 0 ? OPTIONS : 0);
    uint8_t *ip = put_link(at, talk, shot, sent->direction);
    uint8_t *end = put_tcp(put_ip(ip, talk, sent->direction, tcp + sent->len), talk, sent);
    assert((size_t)(end - at) + shot->len <= FRAME_MAX);
    uint32_t wire = (uint32_t)(end - at) + sent->len;
    for (uint32_t i = 0; i < shot->len; i++)
        *end++ = sent_byte(story, sent, sent->at + i);
    if (shot->parts > 1) {
        end = cut_up(ip, talk->ends[0].address.family == ADDRESS_IPV6, shot, tcp + sent->len);
        wire = (uint32_t)(end - at);
    }
    for (uint32_t i = 0; i < shot->damaged; i++)
        at[story_random(story, (uint32_t)(end - at) < HEADERS ? (uint32_t)(end - at) : HEADERS)] =
            (uint8_t)story_random(story, 256);
    return (struct frame){.bytes = {at, (size_t)(end - at)},
                          .wire = wire,
                          .link = LINKTYPE_ETHERNET,
                          .seen = {.frame = number, .time = shot->time}};
}
