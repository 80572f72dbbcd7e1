/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/arp.h"

#include "wire/reader.h"

#include <string.h>

enum { HARDWARE_ETHERNET = 1, HARDWARE_IEEE_802 = 6, PROTOCOL_IPV4 = 0x0800, REQUEST = 1, REPLY = 2 };
enum { MAC_SIZE = 6, IPV4_SIZE = 4 };

static struct mac mac_read(struct reader *r) {
    struct mac mac = {.known = true};
    struct bytes octets = reader_take(r, sizeof mac.octets);
    memcpy(mac.octets, octets.at, octets.len);
    return mac;
}

static struct address address_read(struct reader *r) {
    uint8_t octets[IPV4_SIZE] = {0};
    struct bytes bytes = reader_take(r, sizeof octets);
    memcpy(octets, bytes.at, bytes.len);
    return address_ipv4(octets);
}

/* No network card is called so: groups have the lowest bit of the first octet set. */
static bool is_a_card(const struct mac *mac) {
    static const uint8_t nobody[MAC_SIZE];
    return (mac->octets[0] & 1) == 0 && memcmp(mac->octets, nobody, sizeof nobody) != 0;
}

enum reading arp_read(struct bytes packet, struct arp *arp) {
    struct reader r = reader_over(packet, ORDER_BIG);
    uint16_t hardware = reader_u16(&r);
    uint16_t protocol = reader_u16(&r);
    uint8_t mac_size = reader_u8(&r);
    uint8_t address_size = reader_u8(&r);
    uint16_t operation = reader_u16(&r);
    bool ours = (hardware == HARDWARE_ETHERNET || hardware == HARDWARE_IEEE_802) && protocol == PROTOCOL_IPV4;
    if (r.failed)
        return READING_MALFORMED;
    if (!ours || (operation != REQUEST && operation != REPLY))
        return READING_NOTHING;
    if (mac_size != MAC_SIZE || address_size != IPV4_SIZE)
        return READING_MALFORMED;
    struct arp read = {.mac = mac_read(&r)};
    read.sender = address_read(&r);
    reader_skip(&r, MAC_SIZE);
    struct address target = address_read(&r);
    if (r.failed)
        return READING_MALFORMED;
    if (address_is_unspecified(&read.sender) || !is_a_card(&read.mac))
        return READING_NOTHING;
    read.gratuitous = address_equal(&read.sender, &target);
    if (operation == REPLY && !read.gratuitous)
        read.asker = target;
    *arp = read;
    return READING_TOLD;
}
