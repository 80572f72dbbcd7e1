/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/arp.h"
#include "tests/dissect/build.h"
#include "tests/unit.h"

#include <string.h>

enum { REQUEST = 1, REPLY = 2, REVERSE_REPLY = 4, SIZE = 28 };

/* Card 02:00:00:00:00:07 has the address `sender`. */
static struct octets packet(unsigned operation, const char *sender, const char *target) {
    struct octets o = {.order = ORDER_BIG};
    struct address address;
    put_hex(&o, "000108000604");
    put_u16(&o, operation);
    put_hex(&o, "020000000007");
    CU_ASSERT_TRUE_FATAL(address_parse(sender, &address));
    put_bytes(&o, address.octets, 4);
    put_hex(&o, "020000000009");
    CU_ASSERT_TRUE_FATAL(address_parse(target, &address));
    put_bytes(&o, address.octets, 4);
    return o;
}

static void who_sends_says_where_it_is(void) {
    static const uint8_t card[] = {2, 0, 0, 0, 0, 7};
    struct arp arp;
    char text[ADDRESS_TEXT_SIZE];
    struct octets o = packet(REPLY, "10.0.0.1", "10.0.0.50");
    CU_ASSERT_EQUAL_FATAL(arp_read(octets_bytes(&o), &arp), READING_TOLD);
    CU_ASSERT_STRING_EQUAL(address_text(&arp.sender, text), "10.0.0.1");
    CU_ASSERT_EQUAL(memcmp(arp.mac.octets, card, sizeof card), 0);
    CU_ASSERT_TRUE(arp.mac.known);
    CU_ASSERT_STRING_EQUAL(address_text(&arp.asker, text), "10.0.0.50");
    CU_ASSERT_FALSE(arp.gratuitous);
    o = packet(REQUEST, "10.0.0.1", "10.0.0.50");
    put_zeros(&o, 18); /* as Ethernet pads it */
    CU_ASSERT_EQUAL_FATAL(arp_read(octets_bytes(&o), &arp), READING_TOLD);
    CU_ASSERT_STRING_EQUAL(address_text(&arp.sender, text), "10.0.0.1");
    CU_ASSERT_EQUAL(arp.asker.family, ADDRESS_NONE);
    CU_ASSERT_FALSE(arp.gratuitous);
}

static void a_host_may_announce_itself(void) {
    for (unsigned operation = REQUEST; operation <= REPLY; operation++) {
        struct arp arp;
        struct octets o = packet(operation, "10.0.0.1", "10.0.0.1");
        CU_ASSERT_EQUAL_FATAL(arp_read(octets_bytes(&o), &arp), READING_TOLD);
        CU_ASSERT_TRUE(arp.gratuitous);
        CU_ASSERT_EQUAL(arp.asker.family, ADDRESS_NONE);
    }
}

static void others_say_nothing(void) {
    struct arp arp;
    struct octets o = packet(REQUEST, "0.0.0.0", "10.0.0.1"); /* a probe */
    CU_ASSERT_EQUAL(arp_read(octets_bytes(&o), &arp), READING_NOTHING);
    o = packet(REVERSE_REPLY, "10.0.0.1", "10.0.0.2");
    CU_ASSERT_EQUAL(arp_read(octets_bytes(&o), &arp), READING_NOTHING);
    static const struct {
        size_t at;
        uint8_t octet;
    } others[] = {{1, 15}, {2, 0x86}, {8, 3}}; /* Frame Relay, IPv6, a group's card */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        o = packet(REPLY, "10.0.0.1", "10.0.0.2");
        o.at[others[i].at] = others[i].octet;
        CU_ASSERT_EQUAL(arp_read(octets_bytes(&o), &arp), READING_NOTHING);
    }
    o = packet(REPLY, "10.0.0.1", "10.0.0.2");
    memset(o.at + 8, 0, 6); /* no card */
    CU_ASSERT_EQUAL(arp_read(octets_bytes(&o), &arp), READING_NOTHING);
}

static void lengths_must_be_those_of_the_protocols(void) {
    for (size_t at = 4; at < 6; at++) {
        struct arp arp;
        struct octets o = packet(REPLY, "10.0.0.1", "10.0.0.2");
        o.at[at]++;
        CU_ASSERT_EQUAL(arp_read(octets_bytes(&o), &arp), READING_MALFORMED);
    }
}

static void every_prefix_is_malformed(void) {
    struct octets o = packet(REPLY, "10.0.0.1", "10.0.0.2");
    struct arp arp;
    CU_ASSERT_EQUAL(o.len, SIZE);
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_EQUAL(arp_read((struct bytes){o.at, n}, &arp), READING_MALFORMED);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"who sends says where it is", who_sends_says_where_it_is},
        {"a host may announce itself", a_host_may_announce_itself},
        {"others say nothing", others_say_nothing},
        {"lengths must be those of the protocols", lengths_must_be_those_of_the_protocols},
        {"every prefix is malformed", every_prefix_is_malformed},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/arp", tests);
}
