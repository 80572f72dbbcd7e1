/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is one server by ARP; by packets see test_identity.c. */
#include "tests/rules/who.h"
#include "tests/unit.h"

#include <string.h>

enum { ONE_CARD = 1, OTHER_CARD = 2, ROUTER = 9 };

static void arp_places_an_address_that_never_sends(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_arp("10.0.0.2", ONE_CARD);
    who_arp("10.0.0.3", OTHER_CARD);
    who_is_one("10.0.0.1", "10.0.0.2", LINK_ARP);
    CU_ASSERT_TRUE(who_found[0].weak);
    CU_ASSERT_FALSE(who_found[0].cluster);
    who_is_alone("10.0.0.3");
    who_packet("10.0.0.2", ONE_CARD, 64); /* it sends, after all: that says more */
    who_is_one("10.0.0.1", "10.0.0.2", LINK_MAC);
    who_end();
}

static void a_routers_arp_links_nothing(void) {
    who_begin();
    who_arp("10.0.0.254", ROUTER);
    who_arp("10.0.0.2", ROUTER); /* proxy ARP */
    who_packet("10.9.9.9", ROUTER, 63);
    who_is_alone("10.0.0.2");
    who_arp("10.0.0.3", ROUTER);
    who_is_alone("10.0.0.3");
    who_end();
    who_begin();
    for (int i = 1; i <= 9; i++) { /* proxy ARP for a whole network */
        char text[] = "10.0.0.0";
        text[sizeof text - 2] = (char)('0' + i);
        who_arp(text, ROUTER);
        CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), i < 9 ? (size_t)i - 1 : 0);
    }
    who_end();
    who_begin();
    struct mac balanced = {{2, 0xbf, 10, 0, 0, 1}, true}, gateway = {{0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}, true};
    who_arp_from("10.0.0.1", balanced, false); /* all hosts of a load balancing cluster answer so */
    who_arp_from("10.0.0.2", balanced, false);
    who_arp_from("10.0.0.3", gateway, false);
    who_arp_from("10.0.0.4", gateway, false);
    who_is_alone("10.0.0.1");
    who_is_alone("10.0.0.3");
    who_end();
}

static void one_address_counts_once_however_often_it_is_seen(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 64);
    for (uint32_t file = 1; file < 12; file++) {
        struct address one = who_at("10.0.0.1");
        struct mac mac = who_card(ONE_CARD);
        identity_packet(who, &one, &mac, 64, (struct sighting){1, 1, file}, true);
        who_arp("10.0.0.1", ONE_CARD);
    }
    who_arp("10.0.0.2", ONE_CARD);
    who_is_one("10.0.0.1", "10.0.0.2", LINK_ARP);
    who_end();
}

static void an_address_whose_packets_come_from_elsewhere_is_not_where_arp_says(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_packet("10.0.0.2", OTHER_CARD, 64);
    who_arp("10.0.0.2", ONE_CARD);
    who_is_alone("10.0.0.1");
    who_end();
}

static void an_address_that_moves_is_the_new_ones(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_packet("10.0.0.2", OTHER_CARD, 64);
    who_packet("10.0.0.30", ONE_CARD, 64);
    who_arp("10.0.0.30", ONE_CARD);
    who_link(LINK_TOWER, "10.0.0.1", "10.0.0.30");
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    CU_ASSERT_EQUAL(who_relatives("10.0.0.30"), 1);
    who_arp_from("10.0.0.30", who_card(OTHER_CARD), true); /* failover */
    who_is_one("10.0.0.30", "10.0.0.2", LINK_ARP);
    who_is_alone("10.0.0.1");
    who_packet("10.0.0.30", OTHER_CARD, 64);
    who_is_one("10.0.0.30", "10.0.0.2", LINK_MAC);
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "NODE2");
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "NODE2");
    who_is_one("10.0.0.30", "10.0.0.2", LINK_NTLM_NAME);
    who_arp_from("10.0.0.30", who_card(ONE_CARD), true); /* and back */
    who_is_one("10.0.0.30", "10.0.0.1", LINK_ARP);
    who_end();
    who_begin(); /* where it was is only known by its packets */
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_packet("10.0.0.2", OTHER_CARD, 64);
    who_packet("10.0.0.30", ONE_CARD, 64);
    who_arp_from("10.0.0.30", who_card(OTHER_CARD), true);
    who_is_one("10.0.0.30", "10.0.0.2", LINK_ARP);
    who_end();
}

static void an_address_that_two_hosts_fight_for_is_nobodys(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 64);
    for (int i = 0; i < 3; i++) {
        who_arp("10.0.0.30", OTHER_CARD);
        who_arp("10.0.0.30", ONE_CARD);
    }
    who_is_alone("10.0.0.30");
    who_end();
}

static void two_names_behind_one_card_are_two_servers(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_arp("10.0.0.2", ONE_CARD);
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "NODE2");
    who_is_alone("10.0.0.1");
    who_packet("10.0.0.3", ONE_CARD, 64); /* whose is this? */
    who_is_alone("10.0.0.3");
    who_end();
}

static void known_cards_of_many_are_no_servers(void) {
    static const uint8_t cards[][6] = {
        {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}, {0x42, 0x01, 0x0a, 0x00, 0x00, 0x01},
        {0xee, 0xff, 0xff, 0xff, 0xff, 0xff}, {0x52, 0x54, 0x00, 0x12, 0x35, 0x02},
        {0x02, 0xbf, 0x0a, 0x00, 0x00, 0x63}, {0x00, 0x00, 0x5e, 0x00, 0x01, 0x07},
        {0x00, 0x00, 0x0c, 0x07, 0xac, 0x01}, {0x03, 0xbf, 0x0a, 0x00, 0x00, 0x63},
        {0x74, 0x83, 0xef, 0x32, 0xb3, 0x6f},
    };
    for (size_t i = 0; i < sizeof cards / sizeof *cards; i++) {
        struct mac card = {.known = true};
        struct address one = who_at("10.0.0.1"), other = who_at("10.0.0.2");
        memcpy(card.octets, cards[i], sizeof card.octets);
        who_begin();
        identity_packet(who, &one, &card, 128, who_next(), true);
        identity_packet(who, &other, &card, 128, who_next(), true);
        who_is_alone("10.0.0.1");
        who_end();
        who_begin();
        who_arp_from("10.0.0.1", card, false);
        who_arp_from("10.0.0.2", card, false);
        who_is_alone("10.0.0.1");
        who_end();
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"ARP places an address that never sends", arp_places_an_address_that_never_sends},
        {"a router's ARP links nothing", a_routers_arp_links_nothing},
        {"one address counts once, however often it is seen", one_address_counts_once_however_often_it_is_seen},
        {"an address whose packets come from elsewhere is not where ARP says",
         an_address_whose_packets_come_from_elsewhere_is_not_where_arp_says},
        {"an address that moves is the new one's", an_address_that_moves_is_the_new_ones},
        {"an address that two hosts fight for is nobody's", an_address_that_two_hosts_fight_for_is_nobodys},
        {"two names behind one card are two servers", two_names_behind_one_card_are_two_servers},
        {"known cards of many are no server's", known_cards_of_many_are_no_servers},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/station", tests);
}
