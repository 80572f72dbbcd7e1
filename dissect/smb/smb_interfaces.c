/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb_interfaces.h"

#include "wire/reader.h"

#include <string.h>

/* SOCKADDR_STORAGE, MS-SMB2 2.2.32.5.1. */
enum { FAMILY_IPV4 = 0x0002, FAMILY_IPV6 = 0x0017 };

static bool read_address(struct reader *r, struct address *address) {
    *address = (struct address){.family = ADDRESS_NONE};
    uint16_t family = reader_u16(r);
    reader_skip(r, family == FAMILY_IPV6 ? 6 : 2); /* port; flow information */
    size_t size = family == FAMILY_IPV4 ? 4 : family == FAMILY_IPV6 ? 16 : 0;
    struct bytes octets = reader_take(r, size);
    if (r->failed || size == 0)
        return false;
    address->family = family == FAMILY_IPV4 ? ADDRESS_IPV4 : ADDRESS_IPV6;
    memcpy(address->octets, octets.at, size);
    return true;
}

bool smb_interfaces_read(struct bytes bytes, struct fact_bindings *told) {
    *told = (struct fact_bindings){.source = BINDINGS_SMB_INTERFACES};
    struct reader chain = reader_over(bytes, ORDER_LITTLE);
    for (uint32_t i = 0; i < SMB_MAX_INTERFACES && reader_left(&chain) >= SMB_INTERFACE_SIZE; i++) {
        struct address address;
        struct reader entry = reader_over((struct bytes){bytes.at + chain.at, SMB_INTERFACE_SIZE}, ORDER_LITTLE);
        uint32_t next = reader_u32(&entry);
        reader_skip(&entry, 20); /* index, capability, reserved, link speed */
        if (read_address(&entry, &address)) {
            told->offered++;
            if (told->count < FACT_MAX_BINDINGS)
                told->bindings[told->count++].endpoint.address = address;
        }
        if (next < SMB_INTERFACE_SIZE)
            break; /* the last one, or nonsense */
        reader_skip(&chain, next);
        if (chain.failed)
            break;
    }
    return told->count > 0;
}
