/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build_cl.h"

const struct syntax_id CALLBACK = {
    {{0x33, 0x3a, 0x22, 0x76, 0x00, 0x00, 0x00, 0x00, 0x0d, 0x00, 0x00, 0x80, 0x9c, 0x00, 0x00, 0x00}}, 3, 0};

void put_cl(struct octets *o, const struct cl *cl) {
    char interface[UUID_TEXT_SIZE];
    put_u8(o, 4);
    put_u8(o, cl->type);
    put_u8(o, cl->flags);
    put_u8(o, cl->flags2);
    put_u8(o, o->order == ORDER_LITTLE ? 0x10 : 0);
    put_zeros(o, 2);
    put_u8(o, cl->serial >> 8);
    put_zeros(o, 16); /* object */
    put_uuid(o, uuid_text(&cl->interface->uuid, interface));
    put_uuid(o, cl->activity != NULL ? cl->activity : "11112222-3333-4444-5555-666677778888");
    put_u32(o, cl->boot);
    put_u32(o, (uint32_t)cl->interface->minor << 16 | cl->interface->major);
    put_u32(o, cl->sequence);
    put_u16(o, cl->opnum);
    put_u16(o, 0xffff);
    put_u16(o, 0xffff);
    put_u16(o, (unsigned)cl->len);
    put_u16(o, cl->fragment);
    put_u8(o, cl->auth);
    put_u8(o, cl->serial & 0xff);
    put_bytes(o, cl->body, cl->len);
}

void put_cl_status(struct octets *o, const struct cl *cl, uint32_t status) {
    bool little = o->order == ORDER_LITTLE;
    uint8_t body[4];
    for (unsigned i = 0; i < 4; i++)
        body[i] = (uint8_t)(status >> 8 * (little ? i : 3 - i));
    struct cl with = *cl;
    with.body = body;
    with.len = sizeof body;
    put_cl(o, &with);
}

/* Floor 3 begins behind the count and two floors of 25 octets, and has 7 itself. */
void put_udp_tower(struct octets *o, const struct syntax_id *interface, unsigned port, const char *address) {
    size_t tower = o->len;
    put_tower(o, interface, port, address);
    size_t third = tower + 52;
    o->at[third + 2] = 0x0a;
    o->at[third + 7 + 2] = 0x08;
}
