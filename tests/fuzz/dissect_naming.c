/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of name services, one by one: DNS, the NetBIOS name service, ARP. */
#include "dissect/who/arp.h"
#include "dissect/who/dns.h"
#include "dissect/who/nbns.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct namings *namings) {
    REQUIRE(namings->count <= NAMING_MAX);
    for (uint32_t i = 0; i < namings->count; i++) {
        const struct naming *naming = &namings->list[i];
        REQUIRE(naming->name[0] != '\0' && is_sound_text(naming->name, sizeof naming->name));
        REQUIRE(naming->address.family == ADDRESS_IPV4 || naming->address.family == ADDRESS_IPV6);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct namings namings;
    struct address from = address_ipv4((const uint8_t[4]){10, 0, 0, 9});
    struct bytes message = {data, size};
    struct arp arp;
    uint8_t kind = take_u8(&message);
    namings = (struct namings){0};
    if (kind % 3 == 0)
        (void)dns_read(message, &namings);
    else if (kind % 3 == 1)
        (void)nbns_read(message, &from, &namings);
    else if (arp_read(message, &arp) == READING_TOLD)
        REQUIRE(arp.sender.family == ADDRESS_IPV4 && arp.mac.known);
    check(&namings);
    return 0;
}
