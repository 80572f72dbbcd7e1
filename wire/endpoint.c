/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* inet_ntop, inet_pton */
#include "wire/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct address address_ipv4(const uint8_t octets[static 4]) {
    struct address address = {.family = ADDRESS_IPV4};
    memcpy(address.octets, octets, 4);
    return address;
}

struct address address_ipv6(const uint8_t octets[static 16]) {
    struct address address = {.family = ADDRESS_IPV6};
    memcpy(address.octets, octets, 16);
    return address;
}

bool address_equal(const struct address *a, const struct address *b) {
    return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

bool address_is_unspecified(const struct address *address) {
    static const uint8_t zero[16];
    return memcmp(address->octets, zero, sizeof zero) == 0;
}

bool address_is_group(const struct address *address) {
    return address->octets[0] == 0xff || (address->family == ADDRESS_IPV4 && address->octets[0] >= 224);
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b) {
    return a->port == b->port && address_equal(&a->address, &b->address);
}

char *address_text(const struct address *address, char text[static ADDRESS_TEXT_SIZE]) {
    text[0] = '\0';
    if (address->family != ADDRESS_NONE)
        inet_ntop(address->family == ADDRESS_IPV4 ? AF_INET : AF_INET6, address->octets, text, ADDRESS_TEXT_SIZE);
    return text;
}

char *endpoint_text(const struct endpoint *endpoint, char text[static ENDPOINT_TEXT_SIZE]) {
    char host[ADDRESS_TEXT_SIZE];
    address_text(&endpoint->address, host);
    bool v6 = endpoint->address.family == ADDRESS_IPV6;
    snprintf(text, ENDPOINT_TEXT_SIZE, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", (unsigned)endpoint->port);
    return text;
}

bool address_parse(const char *text, struct address *address) {
    *address = (struct address){0};
    if (text[0] == '\0')
        return true;
    struct address read = {0};
    if (inet_pton(AF_INET, text, read.octets) == 1)
        read.family = ADDRESS_IPV4;
    else if (inet_pton(AF_INET6, text, read.octets) == 1)
        read.family = ADDRESS_IPV6;
    else
        return false;
    *address = read;
    return true;
}
