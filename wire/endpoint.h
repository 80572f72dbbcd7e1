/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_ENDPOINT_H
#define WIRE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

enum address_family { ADDRESS_NONE = 0, ADDRESS_IPV4 = 4, ADDRESS_IPV6 = 6 };

/* An IP address in network order. Octets past the family's length are zero, so that addresses compare as a whole. */
struct address {
    uint8_t family; /* enum address_family */
    uint8_t octets[16];
};

struct endpoint {
    struct address address;
    uint16_t port; /* host order */
};

enum { ADDRESS_TEXT_SIZE = 46, ENDPOINT_TEXT_SIZE = 56 };

struct address address_ipv4(const uint8_t octets[static 4]);
struct address address_ipv6(const uint8_t octets[static 16]);
bool address_equal(const struct address *a, const struct address *b);
/* No address at all, 0.0.0.0 or ::, by which a tower means "the address that you asked". */
bool address_is_unspecified(const struct address *address);
/* Of multicast or broadcast: no host sends from it. */
bool address_is_group(const struct address *address);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

/* "10.0.0.1", "fe80::1", "" for none; "10.0.0.1:135", "[fe80::1]:135". Both return text. */
char *address_text(const struct address *address, char text[static ADDRESS_TEXT_SIZE]);
char *endpoint_text(const struct endpoint *endpoint, char text[static ENDPOINT_TEXT_SIZE]);
/* The inverse of address_text; false, and no address, if it is none ("" is ADDRESS_NONE, and true). */
bool address_parse(const char *text, struct address *address);

#endif
