/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is one server, or of one cluster, by what is said of addresses. */
#include "tests/rules/who.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { OTHER_CARD = 2 };

/* By one frame. */
static void netbios(const char *first, const char *second, const char *text) {
    struct address addresses[] = {who_at(first), who_at(second)};
    struct sighting seen = who_next();
    for (size_t i = 0; i < 2; i++)
        identity_name(who, &addresses[i], NAME_NETBIOS, text, seen);
}

static void lists(const char *teller, enum bindings_source source, const char *one, const char *other) {
    struct fact_bindings bindings = {.source = source};
    const char *const all[] = {one, other};
    struct address from = who_at(teller);
    for (; bindings.count < 2 && all[bindings.count] != NULL; bindings.count++)
        bindings.bindings[bindings.count].endpoint.address = who_at(all[bindings.count]);
    bindings.offered = bindings.count;
    identity_bindings(who, &from, &bindings, who_next());
}

/* --- names and GUIDs -------------------------------------------------------------------------------------------- */

#define GUID "8c9f3c1e-7a51-4b0e-9d61-0123456789ab"
#define OTHER_GUID "8c9f3c1e-7a51-4b0e-9d61-0123456789ac"
#define NO_GUID "00000000-0000-0000-0000-000000000000"
#define GUID_OF_A_NAME "6f636c61-686c-736f-7400-000000000000" /* "localhost", as Samba makes it */

static void one_guid_is_one_server(void) {
    who_begin();
    who_name("10.0.0.1", NAME_SMB_GUID, GUID);
    who_name("10.0.0.2", NAME_SMB_GUID, GUID);
    who_name("10.0.0.3", NAME_SMB_GUID, OTHER_GUID);
    who_is_one("10.0.0.1", "10.0.0.2", LINK_SMB_GUID);
    CU_ASSERT_FALSE(who_found[0].weak);
    who_is_alone("10.0.0.3");
    who_name("10.0.0.2", NAME_SMB_GUID, OTHER_GUID); /* a new word */
    who_is_one("10.0.0.3", "10.0.0.2", LINK_SMB_GUID);
    who_is_alone("10.0.0.1");
    who_end();
}

static void a_guid_that_is_none_or_a_name_proves_less(void) {
    who_begin();
    who_name("10.0.0.1", NAME_SMB_GUID, NO_GUID);
    who_name("10.0.0.2", NAME_SMB_GUID, NO_GUID);
    who_is_alone("10.0.0.1");
    who_name("10.0.0.3", NAME_SMB_GUID, GUID_OF_A_NAME);
    who_name("10.0.0.4", NAME_SMB_GUID, GUID_OF_A_NAME);
    who_is_one("10.0.0.3", "10.0.0.4", LINK_SMB_GUID);
    CU_ASSERT_TRUE(who_found[0].weak);
    who_name("10.0.0.3", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.4", NAME_NTLM_COMPUTER, "NODE2"); /* copies of one machine */
    who_is_alone("10.0.0.3");
    who_end();
}

static void a_new_ntlm_name_makes_the_old_one_history(void) {
    who_begin();
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.1", NAME_NTLM_DOMAIN, "LAB");
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "NODE2");
    who_name("10.0.0.2", NAME_NTLM_DOMAIN, "LAB");
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.30", NAME_NTLM_DOMAIN, "LAB");
    who_link(LINK_TOWER, "10.0.0.1", "10.0.0.30");
    who_is_one("10.0.0.30", "10.0.0.1", LINK_NTLM_NAME);
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "NODE2");
    who_name("10.0.0.30", NAME_NTLM_DOMAIN, "LAB");
    who_is_one("10.0.0.30", "10.0.0.2", LINK_NTLM_NAME);
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.30"), "NODE2");
    struct address moved = who_at("10.0.0.30");
    identity_name(who, &moved, NAME_NTLM_COMPUTER, "NODE1", (struct sighting){1, 1, 0}); /* told late */
    who_is_one("10.0.0.30", "10.0.0.2", LINK_NTLM_NAME);
    who_end();
}

static void what_others_call_it_links_nothing(void) {
    static const enum name_source others[] = {NAME_DNS, NAME_KERBEROS_SERVICE, NAME_NETBIOS_SESSION, NAME_SMB_SERVER};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        who_begin();
        who_name("10.0.0.1", others[i], "ex.example");
        who_name("10.0.0.2", others[i], "ex.example");
        who_is_alone("10.0.0.1");
        CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "ex.example");
        who_end();
    }
}

static void the_servers_own_word_is_its_name(void) {
    who_begin();
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "");
    who_name("10.0.0.1", NAME_DNS, "mail.example");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "mail.example");
    who_name("10.0.0.1", NAME_KERBEROS_SERVICE, "cifs/ex.example/dom.example");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "ex.example");
    who_name("10.0.0.1", NAME_KERBEROS_SERVICE, "node1$");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "node1");
    who_name("10.0.0.1", NAME_NETBIOS, "EXNODE1<20>");
    who_name("10.0.0.1", NAME_NETBIOS, "ADMIN<03>"); /* who is logged on there */
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "EXNODE1");
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "NODE1");
    who_name("10.0.0.1", NAME_DNS, "later.example");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "NODE1");
    who_name("10.0.0.2", NAME_NETBIOS_SESSION, "*SMBSERVER");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.2"), "");
    who_end();
}

static void one_netbios_answer_is_one_cluster(void) {
    who_begin();
    netbios("10.0.0.1", "10.0.1.1", "EXNODE1<20>");
    who_is_one("10.0.0.1", "10.0.1.1", LINK_NETBIOS);
    CU_ASSERT_TRUE(who_found[0].cluster && who_found[0].weak);
    who_name("10.0.0.2", NAME_NETBIOS, "EXNODE1<20>"); /* by another frame: it may have moved */
    who_is_alone("10.0.0.2");
    who_end();
}

/* --- DCOM and the cluster --------------------------------------------------------------------------------------- */

static void a_resolver_lists_its_own_addresses(void) {
    static const enum bindings_source sources[] = {BINDINGS_SERVER_ALIVE, BINDINGS_OXID, BINDINGS_ACTIVATION,
                                                   BINDINGS_CREATE_INSTANCE};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        who_begin();
        lists("10.0.0.1", sources[i], "10.0.0.1", "10.0.1.1");
        if (i < 2) {
            who_is_one("10.0.0.1", "10.0.1.1", LINK_BINDINGS);
            CU_ASSERT_FALSE(who_found[0].weak);
        } else {
            who_is_alone("10.0.0.1"); /* an object may live elsewhere */
        }
        who_end();
    }
}

static void addresses_that_all_have_are_not_listed(void) {
    who_begin();
    lists("10.0.0.1", BINDINGS_SERVER_ALIVE, "127.0.0.1", "169.254.3.4");
    lists("10.0.0.2", BINDINGS_SERVER_ALIVE, "127.0.0.1", "0.0.0.0");
    netbios("10.0.0.1", "0.0.0.0", "EXNODE1<20>");
    who_is_alone("10.0.0.1");
    lists("10.0.0.1", BINDINGS_SERVER_ALIVE, "192.168.122.1", NULL); /* never seen: leads to nobody else */
    lists("10.0.0.2", BINDINGS_OXID, "192.168.122.1", NULL);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    who_end();
}

static void the_newest_list_counts(void) {
    who_begin();
    who_packet("10.0.0.30", OTHER_CARD, 64);
    lists("10.0.0.1", BINDINGS_SERVER_ALIVE, "10.0.0.1", "10.0.0.30");
    who_is_one("10.0.0.30", "10.0.0.1", LINK_BINDINGS);
    lists("10.0.0.2", BINDINGS_SERVER_ALIVE, "10.0.0.2", "10.0.0.30");
    who_is_one("10.0.0.30", "10.0.0.2", LINK_BINDINGS);
    who_is_alone("10.0.0.1");
    lists("10.0.0.30", BINDINGS_SERVER_ALIVE, "10.0.0.30", "10.0.0.1"); /* and back, by its own word */
    who_is_one("10.0.0.30", "10.0.0.1", LINK_BINDINGS);
    who_is_alone("10.0.0.2");
    who_end();
}

/* What is said of an address is another's, if that calls itself otherwise. */
static void another_name_refutes_what_is_said(void) {
    static const enum link_kind said[] = {LINK_TOWER, LINK_BINDINGS, LINK_ASSOCIATION, LINK_SMB_GUID};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        who_begin();
        who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
        who_link(said[i], "10.0.0.1", "192.168.122.1");
        who_is_one("10.0.0.1", "192.168.122.1", said[i]);
        who_name("192.168.122.1", NAME_NTLM_COMPUTER, "OTHER");
        who_is_alone("10.0.0.1");
        who_end();
    }
    who_begin(); /* nor by way of one that has no name */
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_link(LINK_TOWER, "10.0.0.1", "192.168.122.1");
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "OTHER");
    who_link(LINK_ASSOCIATION, "192.168.122.1", "10.0.0.2");
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    who_end();
    who_begin(); /* nor where the search began at that one */
    who_link(LINK_TOWER, "10.0.0.1", "192.168.122.1");
    who_link(LINK_SMB_GUID, "10.0.0.1", "10.0.0.2");
    CU_ASSERT_EQUAL(who_relatives("192.168.122.1"), 2);
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "OTHER");
    CU_ASSERT_EQUAL(who_relatives("192.168.122.1"), 1);
    who_end();
    who_begin(); /* two nodes of a cluster */
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "NODE2");
    who_link(LINK_CLUSTER, "10.0.0.1", "10.0.0.2");
    who_is_one("10.0.0.1", "10.0.0.2", LINK_CLUSTER);
    who_end();
}

/* Each cluster has a network of its own for its heartbeat, and many have taken the same addresses. */
static void of_two_who_claim_it_the_latest_counts(void) {
    who_begin();
    lists("10.0.0.1", BINDINGS_OXID, "10.0.0.1", "10.10.10.1");
    who_is_one("10.10.10.1", "10.0.0.1", LINK_BINDINGS);
    lists("10.0.0.2", BINDINGS_OXID, "10.0.0.2", "10.10.10.1");
    who_is_one("10.10.10.1", "10.0.0.2", LINK_BINDINGS);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    lists("10.0.0.2", BINDINGS_SERVER_ALIVE, "10.0.0.2", NULL); /* it has it no more */
    who_is_one("10.10.10.1", "10.0.0.1", LINK_BINDINGS);
    lists("10.0.0.2", BINDINGS_OXID, "10.10.10.1", NULL);
    lists("10.0.0.1", BINDINGS_OXID, "10.0.0.1", "10.10.10.1");
    who_is_one("10.10.10.1", "10.0.0.1", LINK_BINDINGS);
    who_end();
}

/* What an object resolver or a mapper at one address tells in different answers may be said by different servers. */
static void a_load_balancer_links_nothing(void) {
    who_begin();
    who_link(LINK_TOWER, "10.0.0.99", "10.0.0.1");
    who_link(LINK_TOWER, "10.0.0.99", "10.0.0.2");
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 1);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.99"), 2);
    who_end();
    who_begin();
    lists("10.0.0.99", BINDINGS_OXID, "10.0.0.1", "10.0.1.1");
    lists("10.0.0.99", BINDINGS_OXID, "10.0.0.2", NULL);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), 2);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.2"), 1);
    lists("10.0.0.99", BINDINGS_OXID, "10.0.0.1", "10.0.0.2"); /* in one answer */
    CU_ASSERT_EQUAL(who_relatives("10.0.0.2"), 2);
    who_end();
}

static void the_addresses_of_a_cluster_are_of_one_cluster(void) {
    who_begin();
    who_link(LINK_CLUSTER, "10.0.0.1", "10.0.0.30");
    who_link(LINK_CLUSTER, "10.0.0.1", "10.0.0.31");
    CU_ASSERT_EQUAL_FATAL(who_relatives("10.0.0.31"), 2);
    CU_ASSERT_TRUE(who_found[0].cluster && who_found[0].weak);
    CU_ASSERT_TRUE(who_found[1].cluster);
    CU_ASSERT_EQUAL(who_found[1].parent, 0);
    who_name("10.0.0.31", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.7", NAME_NTLM_COMPUTER, "NODE1");
    CU_ASSERT_EQUAL_FATAL(who_relatives("10.0.0.31"), 3);
    CU_ASSERT_FALSE(who_found[0].cluster); /* what is beyond doubt comes first */
    CU_ASSERT_EQUAL(who_relatives("10.0.0.30"), 3);
    CU_ASSERT_TRUE(who_found[2].cluster); /* by way of the cluster */
    who_is_alone("10.0.0.2");
    who_end();
}

static void every_kind_has_its_words(void) {
    for (unsigned kind = 0; kind < LINK_KINDS; kind++) {
        char text[LINK_TEXT_SIZE];
        struct identity_link one = {
            (enum link_kind)kind, who_at("10.0.0.1"), who_at("10.0.0.2"), {0}, {0}, "a.yaml", 7};
        identity_link_text(&one, text);
        bool cluster = LINK_SORTS[kind].strength >= LINK_DECLARED;
        const char *start = cluster ? "same server or cluster: 10.0.0.1 " : "same server: 10.0.0.1 ";
        CU_ASSERT_EQUAL(strncmp(text, start, strlen(start)), 0);
        const char *ending = kind == LINK_INVENTORY ? " 10.0.0.2 (a.yaml:7)" : " 10.0.0.2";
        CU_ASSERT_STRING_EQUAL(text + strlen(text) - strlen(ending), ending);
        CU_ASSERT_PTR_NULL(strstr(text, "null"));
    }
}

/* --- limits ----------------------------------------------------------------------------------------------------- */

static const char *numbered(unsigned number) {
    static char text[ADDRESS_TEXT_SIZE];
    snprintf(text, sizeof text, "10.%u.%u.%u", 1 + (number >> 16), number >> 8 & 0xff, number & 0xff);
    return text;
}

static void a_crowd_is_bounded(void) {
    who_begin();
    for (unsigned i = 0; i < 10000; i++) {
        who_name(numbered(i), NAME_NTLM_COMPUTER, "CLONE");
        who_link(LINK_TOWER, "10.0.0.1", numbered(i));
        who_arp(numbered(i), (uint8_t)i);
    }
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), IDENTITY_MAX_RELATIVES);
    CU_ASSERT_TRUE(who_tally.limits[LIMIT_SERVERS] > 0);
    who_end();
}

/* Of one server's links the oldest give way; unless there is history, which is no loss. */
static void the_links_of_one_server_are_bounded(void) {
    enum { MOST = 32 };
    who_begin();
    for (unsigned i = 0; i < 2 * MOST; i++)
        lists("10.0.0.1", BINDINGS_OXID, numbered(i), NULL);
    CU_ASSERT_EQUAL(who_tally.limits[LIMIT_SERVERS], MOST);
    who_is_alone(numbered(MOST - 1));
    CU_ASSERT_EQUAL(who_relatives(numbered(MOST)), 1);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), MOST);
    lists("10.0.0.1", BINDINGS_SERVER_ALIVE, "10.0.0.1", NULL); /* now all of them are history */
    for (unsigned i = 0; i < MOST; i++)
        lists("10.0.0.1", BINDINGS_OXID, numbered(i), NULL);
    CU_ASSERT_EQUAL(who_tally.limits[LIMIT_SERVERS], MOST);
    CU_ASSERT_EQUAL(who_relatives("10.0.0.1"), MOST);
    who_end();
}

/* Those that only went by give way, and take their marks with them. */
static void who_only_goes_by_is_forgotten(void) {
    who_begin();
    for (unsigned i = 0; i < 10000; i++) {
        who_name(numbered(i), NAME_DNS, "host.example");
        who_arp_from(numbered(i),
                     (struct mac){{2, 0, 0, (uint8_t)(i >> 16), (uint8_t)(i >> 11), (uint8_t)(i >> 3)}, true}, false);
    }
    CU_ASSERT_STRING_EQUAL(who_is_called(numbered(0)), "");
    CU_ASSERT_STRING_EQUAL(who_is_called(numbered(9999)), "host.example");
    CU_ASSERT_EQUAL(who_relatives(numbered(9999)), 7);
    who_end();
}

/* However many matter, and were there first. */
static void those_that_matter_find_room(void) {
    enum { FIRST = 1000 };
    who_begin();
    for (unsigned i = 0; i < 10000; i++)
        who_name(numbered(i), i < FIRST ? NAME_NTLM_COMPUTER : NAME_DNS, "host");
    for (unsigned i = 0; i < FIRST; i++)
        who_name(numbered(20000 + i), NAME_NTLM_COMPUTER, "host");
    CU_ASSERT_EQUAL(who_tally.limits[LIMIT_SERVERS], 0);
    CU_ASSERT_STRING_EQUAL(who_is_called(numbered(20000 + FIRST - 1)), "host");
    CU_ASSERT_STRING_EQUAL(who_is_called(numbered(0)), "host");
    CU_ASSERT_STRING_EQUAL(who_is_called(numbered(9999)), "host");
    CU_ASSERT_STRING_EQUAL(who_is_called(numbered(FIRST)), "");
    who_end();
}

int main(void) {
    CU_TestInfo tests[] = {
        {"one GUID is one server", one_guid_is_one_server},
        {"a GUID that is none or a name proves less", a_guid_that_is_none_or_a_name_proves_less},
        {"a new NTLM name makes the old one history", a_new_ntlm_name_makes_the_old_one_history},
        {"what others call it links nothing", what_others_call_it_links_nothing},
        {"the server's own word is its name", the_servers_own_word_is_its_name},
        {"one NetBIOS answer is one cluster", one_netbios_answer_is_one_cluster},
        {"a resolver lists its own addresses", a_resolver_lists_its_own_addresses},
        {"addresses that all have are not listed", addresses_that_all_have_are_not_listed},
        {"the newest list counts", the_newest_list_counts},
        {"of two who claim it, the latest counts", of_two_who_claim_it_the_latest_counts},
        {"a load balancer links nothing", a_load_balancer_links_nothing},
        {"another name refutes what is said", another_name_refutes_what_is_said},
        {"the addresses of a cluster are of one cluster", the_addresses_of_a_cluster_are_of_one_cluster},
        {"every kind has its words", every_kind_has_its_words},
        {"a crowd is bounded", a_crowd_is_bounded},
        {"the links of one server are bounded", the_links_of_one_server_are_bounded},
        {"who only goes by is forgotten", who_only_goes_by_is_forgotten},
        {"those that matter find room", those_that_matter_find_room},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/links", tests);
}
