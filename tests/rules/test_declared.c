/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the inventory declares of who is who. */
#include "tests/rules/who.h"
#include "tests/unit.h"

#include <string.h>

enum { ONE_CARD = 1, ROUTER = 9 };

static struct address ours[3], theirs[2];
static struct declared_cluster clusters[2];
static struct declared_name names[1];
static struct mac routers[1];
static struct inventory inventory;

/* EXVS1 with three addresses, EXVS2 with two. */
static void declare(void) {
    static const char *const texts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
    for (size_t i = 0; i < 3; i++)
        ours[i] = who_at(texts[i]);
    theirs[0] = who_at("10.0.9.1");
    theirs[1] = who_at("10.0.9.2");
    clusters[0] = (struct declared_cluster){.name = "EXVS1", .addresses = ours, .address_count = 3, .line = 3};
    clusters[1] = (struct declared_cluster){.name = "EXVS2", .addresses = theirs, .address_count = 2, .line = 8};
    names[0] = (struct declared_name){who_at("10.0.0.1"), "mail"};
    routers[0] = who_card(ROUTER);
    inventory = (struct inventory){.file = "site.yaml",
                                   .clusters = clusters,
                                   .cluster_count = 2,
                                   .names = names,
                                   .name_count = 1,
                                   .routers = routers,
                                   .router_count = 1};
    who_inventory = &inventory;
    who_begin();
}

static const struct relative *relative_of(const char *address, const char *other) {
    struct address wanted = who_at(other);
    size_t count = who_relatives(address);
    for (size_t i = 0; i < count; i++)
        if (address_equal(&who_found[i].address, &wanted))
            return &who_found[i];
    return NULL;
}

static void a_declared_cluster_is_one_without_a_packet(void) {
    declare();
    CU_ASSERT_EQUAL_FATAL(who_relatives("10.0.0.1"), 2);
    for (size_t i = 0; i < 2; i++) {
        char text[LINK_TEXT_SIZE];
        CU_ASSERT_EQUAL(who_found[i].link.kind, LINK_INVENTORY);
        CU_ASSERT_EQUAL(who_found[i].strength, LINK_DECLARED);
        CU_ASSERT_TRUE(who_found[i].cluster);
        CU_ASSERT_FALSE(who_found[i].weak);
        CU_ASSERT_EQUAL(who_found[i].link.one_seen.frame, 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(identity_link_text(&who_found[i].link, text), "(site.yaml:3)"));
    }
    CU_ASSERT_PTR_NULL(relative_of("10.0.0.1", "10.0.9.1"));
    CU_ASSERT_PTR_NOT_NULL(relative_of("10.0.9.2", "10.0.9.1"));
    who_is_alone("10.0.0.4");
    who_end();
}

static void nodes_of_it_may_have_different_names(void) {
    declare();
    who_name("10.0.0.1", NAME_NTLM_COMPUTER, "NODE1");
    who_name("10.0.0.2", NAME_NTLM_COMPUTER, "NODE2");
    CU_ASSERT_PTR_NOT_NULL(relative_of("10.0.0.1", "10.0.0.2"));
    who_end();
}

/* What packets prove says more than what is declared; a coincidence is one no more. */
static void packets_and_declarations_confirm_each_other(void) {
    declare();
    who_link(LINK_TOWER, "10.0.0.1", "10.0.0.2");
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_packet("10.0.0.3", ONE_CARD, 64);
    who_packet("10.0.0.4", ONE_CARD, 64); /* is not declared */
    const struct relative *by_tower = relative_of("10.0.0.1", "10.0.0.2");
    CU_ASSERT_PTR_NOT_NULL_FATAL(by_tower);
    CU_ASSERT_EQUAL(by_tower->link.kind, LINK_TOWER);
    CU_ASSERT_FALSE(by_tower->cluster);
    const struct relative *by_card = relative_of("10.0.0.1", "10.0.0.3");
    CU_ASSERT_PTR_NOT_NULL_FATAL(by_card);
    CU_ASSERT_EQUAL(by_card->link.kind, LINK_MAC);
    CU_ASSERT_FALSE(by_card->weak || by_card->cluster);
    const struct relative *stranger = relative_of("10.0.0.1", "10.0.0.4");
    CU_ASSERT_TRUE(stranger != NULL && stranger->weak);
    const struct relative *back = relative_of("10.0.0.4", "10.0.0.2"); /* by way of that one */
    CU_ASSERT_TRUE(back != NULL && back->weak);
    who_end();
}

static void what_is_declared_apart_needs_proof_to_be_one(void) {
    struct link_record record;
    declare();
    who_packet("10.0.0.1", ONE_CARD, 64);
    who_packet("10.0.9.1", ONE_CARD, 64);
    who_link(LINK_CLUSTER, "10.0.0.1", "10.0.9.1");
    CU_ASSERT_PTR_NULL(relative_of("10.0.0.1", "10.0.9.1"));
    CU_ASSERT_TRUE(who_finds(LINK_MAC, "10.0.0.1", "10.0.9.1", &record));
    CU_ASSERT_TRUE(record.against != NULL && strstr(record.against, "declared") != NULL); /* why it does not count */
    who_link(LINK_TOWER, "10.0.0.1", "10.0.9.1"); /* packets prove it: both groups are on one node */
    const struct relative *proven = relative_of("10.0.0.1", "10.0.9.1");
    CU_ASSERT_TRUE(proven != NULL && !proven->weak);
    CU_ASSERT_PTR_NULL(relative_of("10.0.0.1", "10.0.9.2")); /* but what is of another cluster stays so */
    who_end();
}

static void a_declared_name_comes_first(void) {
    declare();
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "mail");
    who_name("10.0.0.1", NAME_NTLM_DNS_COMPUTER, "node1.example");
    who_name("10.0.0.2", NAME_NTLM_DNS_COMPUTER, "node2.example");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.1"), "mail");
    CU_ASSERT_STRING_EQUAL(who_is_called("10.0.0.2"), "node2.example");
    who_end();
}

static void a_declared_routers_card_links_nothing(void) {
    declare();
    who_packet("10.0.0.7", ROUTER, 64);
    who_packet("10.0.0.8", ROUTER, 64);
    who_arp("10.0.0.9", ROUTER);
    who_is_alone("10.0.0.7");
    who_is_alone("10.0.0.9");
    who_packet("10.0.0.17", ONE_CARD, 64);
    who_packet("10.0.0.18", ONE_CARD, 64);
    who_is_one("10.0.0.17", "10.0.0.18", LINK_MAC);
    who_end();
}

static void count(void *context, const struct link_record *record) {
    *(size_t *)context += record->link.kind == LINK_INVENTORY;
}

static void declarations_are_told_as_such(void) {
    size_t links = 0;
    declare();
    identity_each_link(who, count, &links);
    CU_ASSERT_EQUAL(links, 3); /* two for three addresses, and one for two */
    who_end();
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a declared cluster is one without a packet", a_declared_cluster_is_one_without_a_packet},
        {"nodes of it may have different names", nodes_of_it_may_have_different_names},
        {"packets and declarations confirm each other", packets_and_declarations_confirm_each_other},
        {"what is declared apart needs proof to be one", what_is_declared_apart_needs_proof_to_be_one},
        {"a declared name comes first", a_declared_name_comes_first},
        {"a declared router's card links nothing", a_declared_routers_card_links_nothing},
        {"declarations are told as such", declarations_are_told_as_such},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/declared", tests);
}
