/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What addresses went by before: it is kept with its sightings, and links nothing. */
#include "tests/rules/who.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { ONE_CARD = 1, OTHER_CARD = 2 };

/* All names as lines: "10.0.0.1 0 NODE1 1-3", with " until 5" for history. */
static char told[65536];

static void write_down(void *context, const struct name_record *record) {
    size_t *only = context;
    char address[ADDRESS_TEXT_SIZE], until[32] = "";
    if (*only != KNOWN_SOURCES && record->source != *only)
        return;
    if (record->until.frame != 0)
        snprintf(until, sizeof until, " until %u", (unsigned)record->until.frame);
    size_t length = strlen(told);
    snprintf(told + length, sizeof told - length, "%s %u %s %u-%u%s\n", address_text(&record->address, address),
             record->source, record->name, (unsigned)record->first.frame, (unsigned)record->last.frame, until);
}

static const char *names_by(size_t source) {
    told[0] = '\0';
    identity_each_name(who, write_down, &source);
    return told;
}

static void a_name_that_moves_and_comes_back_is_kept(void) {
    who_begin();
    who_name("10.0.0.20", NAME_NTLM_COMPUTER, "EXVS1"); /* 1 */
    who_name("10.0.0.20", NAME_NTLM_COMPUTER, "EXVS1");
    who_name("10.0.0.21", NAME_NTLM_COMPUTER, "NODE2");
    who_name("10.0.0.21", NAME_NTLM_COMPUTER, "EXVS1"); /* 4: failover */
    who_name("10.0.0.20", NAME_NTLM_COMPUTER, "NODE1");
    CU_ASSERT_STRING_EQUAL(names_by(NAME_NTLM_COMPUTER), "10.0.0.20 0 EXVS1 1-2 until 5\n"
                                                         "10.0.0.20 0 NODE1 5-5\n"
                                                         "10.0.0.21 0 NODE2 3-3 until 4\n"
                                                         "10.0.0.21 0 EXVS1 4-4\n");
    who_is_alone("10.0.0.20");
    who_name("10.0.0.21", NAME_NTLM_COMPUTER, "NODE2"); /* and back */
    who_name("10.0.0.20", NAME_NTLM_COMPUTER, "EXVS1");
    CU_ASSERT_STRING_EQUAL(names_by(NAME_NTLM_COMPUTER), "10.0.0.20 0 EXVS1 1-2 until 5\n"
                                                         "10.0.0.20 0 NODE1 5-5 until 7\n"
                                                         "10.0.0.20 0 EXVS1 7-7\n"
                                                         "10.0.0.21 0 NODE2 3-3 until 4\n"
                                                         "10.0.0.21 0 EXVS1 4-4 until 6\n"
                                                         "10.0.0.21 0 NODE2 6-6\n");
    who_is_alone("10.0.0.20");
    who_end();
}

/* The same name, told again, is no history; nor are the many that others give. */
static void what_does_not_change_is_no_history(void) {
    who_begin();
    for (int i = 0; i < 3; i++) {
        who_name("10.0.0.20", NAME_NTLM_COMPUTER, "NODE1");
        who_name("10.0.0.20", NAME_DNS, i % 2 == 0 ? "mail.example" : "www.example");
        who_name("10.0.0.20", NAME_KERBEROS_SERVICE, i % 2 == 0 ? "cifs/mail" : "host/node1");
        who_arp("10.0.0.20", ONE_CARD);
    }
    CU_ASSERT_PTR_NULL(strstr(names_by(KNOWN_SOURCES), "until"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told, "10.0.0.20 0 NODE1 1-9\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told, " 02:00:00:00:00:01 4-12\n"));
    who_end();
}

static void where_it_was_is_kept(void) {
    who_begin();
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "EXVS1"); /* it matters */
    who_arp("10.0.0.30", ONE_CARD);
    who_arp("10.0.0.30", OTHER_CARD);
    who_seconds(61);
    who_arp("10.0.0.31", ONE_CARD); /* this one does not */
    who_arp("10.0.0.31", OTHER_CARD);
    CU_ASSERT_STRING_EQUAL(names_by(KNOWN_BY_ARP) + strlen("10.0.0.30 11"), " 02:00:00:00:00:01 2-2 until 3\n"
                                                                            "10.0.0.30 11 02:00:00:00:00:02 3-3\n");
    /* what it called itself there is another one's, until it says so again */
    CU_ASSERT_STRING_EQUAL(names_by(NAME_NTLM_COMPUTER), "10.0.0.30 0 EXVS1 1-1 until 3\n");
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "EXVS1");
    CU_ASSERT_STRING_EQUAL(names_by(NAME_NTLM_COMPUTER), "10.0.0.30 0 EXVS1 1-6\n");
    who_end();
}

static void where_its_packets_came_from_is_kept(void) {
    who_begin();
    who_packet("10.0.0.30", ONE_CARD, 64);
    who_arp_from("10.0.0.30", who_card(OTHER_CARD), true); /* the first that ARP says of it */
    who_packet("10.0.0.30", OTHER_CARD, 64);
    const char *names = names_by(KNOWN_SOURCES);
    CU_ASSERT_STRING_EQUAL(names, "10.0.0.30 11 02:00:00:00:00:02 2-2\n"
                                  "10.0.0.30 12 02:00:00:00:00:01 1-1 until 2\n"
                                  "10.0.0.30 12 02:00:00:00:00:02 3-3\n");
    who_end();
}

static void another_card_is_history_and_a_router_is_not(void) {
    who_begin();
    who_packet("10.0.0.30", ONE_CARD, 64);
    who_packet("10.0.0.30", OTHER_CARD, 64);
    who_packet("10.0.0.30", ONE_CARD, 64); /* nobody knows any more */
    CU_ASSERT_PTR_NOT_NULL(strstr(names_by(KNOWN_BY_PACKETS), " 02:00:00:00:00:01 1-1 until 2\n"));
    CU_ASSERT_PTR_NULL(strchr(told, '\n')[1] == '\0' ? NULL : told);
    who_packet("10.0.0.40", ONE_CARD, 64);
    who_packet("10.0.0.40", OTHER_CARD, 63); /* the same packets, routed */
    CU_ASSERT_PTR_NULL(strstr(names_by(KNOWN_BY_PACKETS), "10.0.0.40 12 02:00:00:00:00:01 4-4 until"));
    who_end();
}

static void what_contradicts_itself_is_kept_and_says_why(void) {
    struct link_record record;
    who_begin();
    who_link(LINK_TOWER, "10.0.0.1", "10.0.0.30");
    CU_ASSERT_TRUE(who_finds(LINK_TOWER, "10.0.0.1", "10.0.0.30", &record));
    CU_ASSERT_PTR_NULL(record.against);
    who_link(LINK_TOWER, "10.0.0.1", "10.0.0.30");
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "NODE2");
    CU_ASSERT_TRUE(who_finds(LINK_TOWER, "10.0.0.1", "10.0.0.30", &record));
    CU_ASSERT_TRUE(record.against != NULL && strstr(record.against, "different names") != NULL);
    CU_ASSERT_EQUAL(record.link.one_seen.frame, 1);
    CU_ASSERT_EQUAL(record.last.frame, 2);
    CU_ASSERT_EQUAL(record.strength, LINK_STRONG);
    who_name("10.0.0.30", NAME_NTLM_COMPUTER, "NODE1"); /* another server's now */
    CU_ASSERT_TRUE(who_finds(LINK_TOWER, "10.0.0.1", "10.0.0.30", &record));
    CU_ASSERT_TRUE(record.against != NULL && strstr(record.against, "since") != NULL);
    CU_ASSERT_TRUE(who_finds(LINK_NTLM_NAME, "10.0.0.1", "10.0.0.30", &record));
    CU_ASSERT_PTR_NULL(record.against);
    who_end();
}

static void count_kinds(void *context, const struct link_record *record) {
    size_t *counts = context;
    counts[record->link.kind]++;
}

static void many_that_share_one_thing_are_told_one_after_the_other(void) {
    static const char *const addresses[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"};
    size_t counts[LINK_KINDS] = {0};
    struct link_record record;
    who_begin();
    for (size_t i = 0; i < 4; i++) {
        who_name(addresses[i], NAME_NTLM_COMPUTER, "NODE1");
        who_packet(addresses[i], ONE_CARD, 64);
        who_arp(addresses[i], ONE_CARD); /* packets say it already */
    }
    who_arp("10.0.0.5", ONE_CARD);
    who_packet("10.0.0.6", ONE_CARD, 128); /* another system */
    identity_each_link(who, count_kinds, counts);
    CU_ASSERT_EQUAL(counts[LINK_NTLM_NAME], 3);
    CU_ASSERT_EQUAL(counts[LINK_MAC], 3);
    CU_ASSERT_EQUAL(counts[LINK_ARP], 2);
    CU_ASSERT_TRUE(who_finds(LINK_MAC, "10.0.0.2", "10.0.0.3", &record));
    who_packet("10.0.0.7", ONE_CARD, 63); /* a router */
    memset(counts, 0, sizeof counts);
    identity_each_link(who, count_kinds, counts);
    CU_ASSERT_EQUAL(counts[LINK_NTLM_NAME], 3);
    CU_ASSERT_EQUAL(counts[LINK_MAC] + counts[LINK_ARP], 0);
    who_end();
}

/* --- for a later run -------------------------------------------------------------------------------------------- */

struct later {
    struct identity *identity;
    size_t links;
};

static void take_name(void *context, const struct name_record *record) {
    struct later *later = context;
    if (record->source >= NAME_SOURCES)
        return;
    identity_name(later->identity, &record->address, (enum name_source)record->source, record->name, record->first);
    identity_name(later->identity, &record->address, (enum name_source)record->source, record->name, record->last);
}

static void take_link(void *context, const struct link_record *record) {
    struct later *later = context;
    if (record->against != NULL || record->link.kind == LINK_NTLM_NAME || record->link.kind == LINK_SMB_GUID)
        return;
    identity_link(later->identity, &record->link);
    later->links++;
}

static void what_is_kept_can_be_taken_back(void) {
    static char before[sizeof told];
    struct tally tally = {.files = 0};
    who_begin();
    who_name("10.0.0.20", NAME_NTLM_COMPUTER, "EXVS1");
    who_name("10.0.0.21", NAME_NTLM_COMPUTER, "EXVS1");
    who_name("10.0.0.20", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.20", NAME_SMB_GUID, "8c9f3c1e-7a51-4b0e-9d61-0123456789ab");
    who_link(LINK_TOWER, "10.0.0.20", "10.0.5.20");
    who_packet("10.0.0.20", ONE_CARD, 64);
    who_packet("10.0.6.20", ONE_CARD, 64);
    snprintf(before, sizeof before, "%s", names_by(NAME_NTLM_COMPUTER));
    CU_ASSERT_EQUAL(who_relatives("10.0.5.20"), 2);
    struct later later = {identity_open(&tally, who_inventory), 0};
    identity_each_name(who, take_name, &later);
    identity_each_link(who, take_link, &later);
    CU_ASSERT_EQUAL(later.links, 2);
    who_end();
    who = later.identity;
    CU_ASSERT_STRING_EQUAL(names_by(NAME_NTLM_COMPUTER), before);
    CU_ASSERT_EQUAL(who_relatives("10.0.5.20"), 2);
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.20"), "NODE1");
    who_end();
}

/* --- limits ----------------------------------------------------------------------------------------------------- */

static void history_is_bounded(void) {
    who_begin();
    char name[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "NODE%d", i);
        who_name("10.0.0.20", NAME_NTLM_COMPUTER, name);
    }
    size_t lines = 0;
    for (const char *at = names_by(NAME_NTLM_COMPUTER); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    CU_ASSERT_EQUAL(lines, 17);
    CU_ASSERT_PTR_NOT_NULL(strstr(told, "NODE999 1000-1000\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told, "NODE983 984-984 until 985\n")); /* the oldest give way */
    CU_ASSERT_EQUAL(who_tally.limits[LIMIT_EVIDENCE], 1000 - 17);
    who_end();
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a name that moves and comes back is kept", a_name_that_moves_and_comes_back_is_kept},
        {"what does not change is no history", what_does_not_change_is_no_history},
        {"where it was is kept", where_it_was_is_kept},
        {"where its packets came from is kept", where_its_packets_came_from_is_kept},
        {"another card is history, and a router is not", another_card_is_history_and_a_router_is_not},
        {"what contradicts itself is kept and says why", what_contradicts_itself_is_kept_and_says_why},
        {"many that share one thing are told one after the other",
         many_that_share_one_thing_are_told_one_after_the_other},
        {"what is kept can be taken back", what_is_kept_can_be_taken_back},
        {"history is bounded", history_is_bounded},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/history", tests);
}
