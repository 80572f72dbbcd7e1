/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build_names.h"

#include "wire/endpoint.h"

#include <assert.h>
#include <string.h>

void put_names_head(struct octets *o, unsigned flags, unsigned questions, unsigned answers, unsigned additionals) {
    o->order = ORDER_BIG;
    put_u16(o, 0x1234);
    put_u16(o, flags);
    put_u16(o, questions);
    put_u16(o, answers);
    put_u16(o, 0);
    put_u16(o, additionals);
}

void put_dns_name(struct octets *o, const char *name) {
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        put_u8(o, (unsigned)length);
        put_bytes(o, name, length);
        name += length + (name[length] == '.');
    }
    put_u8(o, 0);
}

void put_dns_record(struct octets *o, const char *owner, unsigned type, unsigned length) {
    put_dns_name(o, owner);
    put_u16(o, type);
    put_u16(o, 1);
    put_u32(o, 300);
    put_u16(o, length);
}

void put_dns_address(struct octets *o, const char *owner, const char *address) {
    struct address read;
    bool sound = address_parse(address, &read);
    assert(sound);
    unsigned length = sound && read.family == ADDRESS_IPV6 ? 16 : 4;
    put_dns_record(o, owner, length == 16 ? 28 : 1, length);
    put_bytes(o, read.octets, length);
}

void put_dns_alias(struct octets *o, const char *owner, const char *target) {
    put_dns_record(o, owner, 5, (unsigned)strlen(target) + 2);
    put_dns_name(o, target);
}

void put_netbios_name(struct octets *o, const char *name, unsigned suffix) {
    size_t length = strlen(name);
    put_u8(o, 32);
    for (size_t i = 0; i < 16; i++) {
        unsigned octet = i == 15 ? suffix : i < length ? (uint8_t)name[i] : ' ';
        put_u8(o, 'A' + (octet >> 4));
        put_u8(o, 'A' + (octet & 0xf));
    }
    put_u8(o, 0);
}

void put_netbios_record(struct octets *o, const char *name, unsigned suffix, unsigned addresses) {
    put_netbios_name(o, name, suffix);
    put_u16(o, 0x20);
    put_u16(o, 1);
    put_u32(o, 300000);
    put_u16(o, 6 * addresses);
}

void put_netbios_address(struct octets *o, unsigned flags, const char *address) {
    struct address read;
    bool sound = address_parse(address, &read);
    assert(sound);
    put_u16(o, flags);
    put_bytes(o, read.octets, sound ? 4 : 0);
}
