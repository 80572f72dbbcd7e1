/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/tower.h"

#include "dissect/text.h"
#include "wire/reader.h"

enum {
    MAX_FLOORS = 6,       /* MS-RPCE 2.2.1.2.1 */
    MAX_TOWER_SIZE = 2000 /* MS-RPCE 2.2.1.2.2 */
};

/* C706 appendix I, MS-RPCE 2.1. */
enum protocol {
    PROTOCOL_TCP = 0x07,
    PROTOCOL_UDP = 0x08,
    PROTOCOL_IP = 0x09,
    PROTOCOL_LOCAL = 0x0c,
    PROTOCOL_UUID = 0x0d,
    PROTOCOL_PIPE = 0x0f,
    PROTOCOL_LOCAL_NAME = 0x10,
    PROTOCOL_HTTP = 0x1f,
    PROTOCOL_UNIX = 0x20, /* Exchange 2003 writes IPv4 addresses under it */
};

struct floor {
    struct bytes left; /* the protocol identifier and what belongs to it */
    struct bytes right;
};

static bool floor_read(struct reader *r, struct floor *floor) {
    uint16_t left = reader_u16(r);
    floor->left = reader_take(r, left);
    uint16_t right = reader_u16(r);
    floor->right = reader_take(r, right);
    return !r->failed && left > 0;
}

/* Floor 1: protocol 0x0d, uuid, u16 major; u16 minor. */
static bool interface_read(const struct floor *floor, struct syntax_id *interface) {
    struct reader left = reader_over(floor->left, ORDER_LITTLE);
    struct reader right = reader_over(floor->right, ORDER_LITTLE);
    uint8_t protocol = reader_u8(&left);
    interface->uuid = reader_uuid(&left);
    interface->major = reader_u16(&left);
    interface->minor = reader_u16(&right);
    return protocol == PROTOCOL_UUID && !left.failed && !right.failed;
}

/* A port is big endian; the question may leave it out. */
static bool port_read(const struct floor *floor, enum transport transport, struct fact_tower *tower) {
    tower->transport = transport;
    if (floor->right.len == 0)
        return true;
    struct reader r = reader_over(floor->right, ORDER_BIG);
    tower->endpoint.port = reader_u16(&r);
    return !r.failed && reader_left(&r) == 0;
}

static bool name_read(const struct floor *floor, enum transport transport, struct fact_tower *tower) {
    tower->transport = transport;
    text_from_ascii(tower->name, floor->right);
    return true;
}

static bool address_read(const struct floor *floor, struct fact_tower *tower) {
    if (floor->right.len == 4)
        tower->endpoint.address = address_ipv4(floor->right.at);
    return floor->right.len == 4 || floor->right.len == 0;
}

/* Floors 3 and up: RPC protocol, transport, host. */
static bool upper_floor_read(uint16_t index, const struct floor *floor, struct fact_tower *tower) {
    switch (floor->left.at[0]) {
    case PROTOCOL_TCP:
        return port_read(floor, TRANSPORT_TCP, tower);
    case PROTOCOL_UDP:
        return port_read(floor, TRANSPORT_UDP, tower);
    case PROTOCOL_HTTP:
        return port_read(floor, TRANSPORT_HTTP, tower);
    case PROTOCOL_PIPE:
        return name_read(floor, TRANSPORT_PIPE, tower);
    case PROTOCOL_LOCAL_NAME:
        return name_read(floor, TRANSPORT_LOCAL, tower);
    case PROTOCOL_IP:
        return address_read(floor, tower);
    case PROTOCOL_UNIX: /* four octets are an address, else it is a path */
        return floor->right.len != 4 || address_read(floor, tower);
    case PROTOCOL_LOCAL: /* on floor 4 the same number means SPX */
        if (index == 2)
            tower->transport = TRANSPORT_LOCAL;
        return true;
    default:
        return true;
    }
}

/* C706 appendix L, MS-RPCE 2.2.1.2: little endian, whatever the byte order of the call. */
bool tower_read(struct bytes octets, struct fact_tower *tower) {
    *tower = (struct fact_tower){0};
    struct reader r = reader_over(octets, ORDER_LITTLE);
    uint16_t floors = reader_u16(&r);
    if (floors == 0 || floors > MAX_FLOORS || octets.len > MAX_TOWER_SIZE)
        return false;
    for (uint16_t i = 0; i < floors; i++) {
        struct floor floor;
        if (!floor_read(&r, &floor))
            return false;
        if (i == 0 && !interface_read(&floor, &tower->interface))
            return false;
        if (i >= 2 && !upper_floor_read(i, &floor, tower))
            return false;
    }
    return true;
}
