/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of evidence that test_links.c and test_station.c do not have, each with what looks like it and is none. */
#include "tests/rules/who.h"
#include "tests/unit.h"

#include <string.h>

enum { ONE_CARD = 1, OTHER_CARD = 2, THIRD_CARD = 3, PROXY = 9 };

#define GUID "8c9f3c1e-7a51-4b0e-9d61-0123456789ab"
#define OTHER_GUID "8c9f3c1e-7a51-4b0e-9d61-0123456789ac"

/* --- SMB -------------------------------------------------------------------------------------------------------- */

static void lists_interfaces(const char *teller, const char *one) {
    struct fact_bindings bindings = {.source = BINDINGS_SMB_INTERFACES, .offered = 1, .count = 1};
    struct address from = who_at(teller);
    bindings.bindings[0].endpoint.address = who_at(one);
    identity_bindings(who, &from, &bindings, who_next());
}

static void network_interfaces_are_one_servers(void) {
    who_begin();
    lists_interfaces("10.0.0.1", "10.0.1.1");
    lists_interfaces("10.0.0.1", "169.254.1.1"); /* each host has its own */
    who_is_one("10.0.0.1", "10.0.1.1", LINK_SMB_INTERFACES);
    CU_ASSERT_FALSE(who_found[0].weak);
    CU_ASSERT_FALSE(who_found[0].cluster);
    lists_interfaces("10.0.0.2", "10.0.0.2"); /* it does not list all that it has */
    who_is_alone("10.0.0.2");
    lists_interfaces("10.0.0.1", "10.0.0.1");
    who_is_one("10.0.0.1", "10.0.1.1", LINK_SMB_INTERFACES);
    lists_interfaces("10.0.0.3", "10.0.1.1"); /* another one claims it */
    who_is_one("10.0.1.1", "10.0.0.3", LINK_SMB_INTERFACES);
    who_end();
}

static void one_start_is_probably_one_server(void) {
    who_begin();
    who_name("10.0.0.1", NAME_SMB_START, "01d85fd21a2b3c4d");
    who_name("10.0.0.2", NAME_SMB_START, "01d85fd21a2b3c4d");
    who_name("10.0.0.3", NAME_SMB_START, "01d85fd21a2b3c4e");
    who_is_one("10.0.0.1", "10.0.0.2", LINK_SMB_START);
    CU_ASSERT_TRUE(who_found[0].weak);
    who_is_alone("10.0.0.3");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "");
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "NODE2");
    who_is_alone("10.0.0.1");
    who_end();
}

/* --- copies of one machine -------------------------------------------------------------------------------------- */

static void clone(const char *address, const char *guid) {
    who_name(address, NAME_NTLM_COMPUTER, "NODE1");
    who_name(address, NAME_NTLM_DOMAIN, "LAB");
    if (guid != NULL)
        who_name(address, NAME_SMB_GUID, guid);
}

static void copies_of_one_machine_are_two_servers(void) {
    who_begin();
    clone("10.0.0.1", GUID);
    clone("10.0.0.2", GUID);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    CU_ASSERT_FALSE(who_found[0].weak);
    who_end();
    who_begin(); /* it may have been started anew in between */
    clone("10.0.0.1", GUID);
    clone("10.0.0.2", OTHER_GUID);
    who_is_one("10.0.0.1", "10.0.0.2", LINK_NTLM_NAME);
    CU_ASSERT_TRUE(who_found[0].weak);
    who_name("10.0.0.1", NAME_SMB_GUID, GUID); /* no */
    who_is_alone("10.0.0.1");
    who_is_alone("10.0.0.2");
    who_name("10.0.0.1", NAME_SMB_GUID, OTHER_GUID); /* but now it is */
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.1", NAME_NTLM_DOMAIN, "LAB");
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    CU_ASSERT_FALSE(who_found[0].weak);
    who_end();
    who_begin(); /* one of them tells none */
    clone("10.0.0.1", GUID);
    clone("10.0.0.2", NULL);
    clone("10.0.0.1", GUID);
    who_is_one("10.0.0.1", "10.0.0.2", LINK_NTLM_NAME);
    CU_ASSERT_FALSE(who_found[0].weak);
    who_end();
}

/* A server of several networks has a card in each. */
static void one_name_at_two_cards_is_one_server(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 128);
    who_packet("10.0.1.1", OTHER_CARD, 128);
    clone("10.0.0.1", GUID);
    clone("10.0.1.1", GUID);
    who_is_one("10.0.0.1", "10.0.1.1", LINK_NTLM_NAME);
    who_end();
}

/* --- ARP -------------------------------------------------------------------------------------------------------- */

/* Proxy ARP for a few addresses shows when one of them sends. */
static void who_answers_for_others_is_no_server(void) {
    for (int sends = 0; sends < 2; sends++) {
        who_begin();
        who_packet("10.0.0.1", PROXY, 64); /* its own */
        who_arp("10.0.0.2", PROXY);
        who_arp("10.0.0.3", PROXY);
        who_packet("10.0.0.3", PROXY, 64);
        CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 2);
        who_seconds(2);
        if (sends)
            who_packet("10.0.0.2", OTHER_CARD, 64); /* behind it, and in front of it as well */
        CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), sends ? 0 : 2);
        who_end();
    }
}

static void what_was_on_its_way_when_it_moved_shows_nothing(void) {
    who_begin();
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_packet("10.0.0.30", OTHER_CARD, 64);
    who_arp_from("10.0.0.30", who_card(ONE_CARD), true); /* failover */
    who_packet("10.0.0.30", OTHER_CARD, 64);             /* within a second */
    who_packet("10.0.0.31", ONE_CARD, 64);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    who_end();
    who_begin(); /* what was routed says nothing about who answers ARP */
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_arp("10.0.0.2", ONE_CARD);
    who_seconds(2);
    who_packet("10.0.0.2", OTHER_CARD, 63);
    who_packet("10.0.0.4", ONE_CARD, 64);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    who_end();
}

static void moves(const char *address, uint8_t card) { who_arp_from(address, who_card(card), true); }

static bool moved_along(const char *one, const char *other) {
    struct link_record record;
    return who_finds(LINK_MOVED, one, other, &record) && record.against == NULL;
}

static void addresses_that_move_together_are_one_group(void) {
    who_begin();
    static const char *const group[] = {"10.0.0.30", "10.0.0.31", "10.0.0.32"};
    for (size_t i = 0; i < 3; i++)
        moves(group[i], ONE_CARD);
    moves("10.0.0.33", THIRD_CARD);
    moves("10.0.0.30", OTHER_CARD);
    moves("10.0.0.31", OTHER_CARD);
    moves("10.0.0.33", OTHER_CARD); /* from elsewhere */
    who_seconds(61);
    moves("10.0.0.32", OTHER_CARD); /* later, by itself */
    CU_ASSERT_TRUE(moved_along("10.0.0.30", "10.0.0.31"));
    CU_ASSERT_FALSE(moved_along("10.0.0.30", "10.0.0.32"));
    CU_ASSERT_FALSE(moved_along("10.0.0.30", "10.0.0.33"));
    moves("10.0.0.30", ONE_CARD);
    CU_ASSERT_FALSE(moved_along("10.0.0.30", "10.0.0.31")); /* alone, for now */
    moves("10.0.0.31", ONE_CARD);
    CU_ASSERT_TRUE(moved_along("10.0.0.30", "10.0.0.31"));
    who_end();
}

/* Whatever else links them is gone; two nodes of one cluster may call themselves otherwise. */
static void a_group_is_of_one_cluster(void) {
    who_begin();
    for (unsigned card = ONE_CARD; card <= OTHER_CARD; card++) {
        moves("10.0.0.30", (uint8_t)card);
        moves("10.0.0.31", (uint8_t)card);
    }
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "EXVS1");
    who_name("10.0.0.31", NAME_NTLM_COMPUTER, "NODE2");
    who_is_one("10.0.0.30", "10.0.0.31", LINK_MOVED);
    CU_ASSERT_TRUE(who_found[0].cluster && who_found[0].weak);
    who_end();
}

static void who_moves_to_a_router_or_too_often_is_of_no_group(void) {
    who_begin(); /* routers that stand in for each other */
    for (int i = 0; i < 2; i++) {
        moves("10.0.0.30", i == 0 ? ONE_CARD : PROXY);
        moves("10.0.0.31", i == 0 ? ONE_CARD : PROXY);
    }
    CU_ASSERT_TRUE(moved_along("10.0.0.30", "10.0.0.31"));
    who_packet("10.9.9.9", PROXY, 63);
    CU_ASSERT_FALSE(moved_along("10.0.0.30", "10.0.0.31"));
    who_end();
    who_begin();
    for (uint8_t i = 0; i < 6; i++)
        moves("10.0.0.30", i % 2 == 0 ? ONE_CARD : OTHER_CARD);
    moves("10.0.0.31", ONE_CARD);
    moves("10.0.0.31", OTHER_CARD);
    CU_ASSERT_FALSE(moved_along("10.0.0.30", "10.0.0.31"));
    who_end();
}

int main(void) {
    CU_TestInfo tests[] = {
        {"network interfaces are one server's", network_interfaces_are_one_servers},
        {"one start is probably one server", one_start_is_probably_one_server},
        {"copies of one machine are two servers", copies_of_one_machine_are_two_servers},
        {"one name at two cards is one server", one_name_at_two_cards_is_one_server},
        {"who answers for others is no server", who_answers_for_others_is_no_server},
        {"what was on its way when it moved shows nothing", what_was_on_its_way_when_it_moved_shows_nothing},
        {"addresses that move together are one group", addresses_that_move_together_are_one_group},
        {"a group is of one cluster", a_group_is_of_one_cluster},
        {"who moves to a router, or too often, is of no group", who_moves_to_a_router_or_too_often_is_of_no_group},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/kinds", tests);
}
