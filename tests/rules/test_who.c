/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the facts about addresses make of findings. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#define VIRTUAL "10.0.0.77"

enum { PORT = 49154 };

/* The next frame; the story has begun. */
static void tell(struct story *story, struct fact fact, const char *address) {
    story->now.frame++;
    story->now.time += 1000000;
    fact.seen = story->now;
    address_parse(address, &fact.server.address);
    judge_fact(story->judge, &fact);
}

static void tell_arp(struct story *story, const char *address, uint8_t card) {
    tell(story, (struct fact){.kind = FACT_LINK_ADDRESS, .link.mac = {{2, 0, 0, 0, 0, card}, true}}, address);
}

static void tell_name(struct story *story, const char *address, enum name_source source, const char *name) {
    struct fact fact = {.kind = FACT_SERVER_NAME, .name.source = source};
    snprintf(fact.name.name, sizeof fact.name.name, "%s", name);
    tell(story, fact, address);
}

static void tell_cluster(struct story *story, const char *teller, const char *address) {
    struct fact fact = {.kind = FACT_CLUSTER_ADDRESS};
    address_parse(address, &fact.resource.address);
    tell(story, fact, teller);
}

static void tell_bindings(struct story *story, const char *teller, const char *address) {
    struct fact fact = {.kind = FACT_BINDINGS_TOLD,
                        .transport = TRANSPORT_TCP,
                        .bindings = {.source = BINDINGS_SERVER_ALIVE, .offered = 1, .count = 1}};
    fact.bindings.bindings[0].transport = TRANSPORT_TCP;
    address_parse(address, &fact.bindings.bindings[0].endpoint.address);
    tell(story, fact, teller);
}

static bool says(const struct finding *finding, const char *words) { return strstr(finding->message, words) != NULL; }

static bool proves(const struct finding *finding, const char *words) {
    for (size_t i = 0; i < finding->evidence_count; i++)
        if (strstr(finding->evidence[i].what, words) != NULL)
            return true;
    return false;
}

/* --- an address whose mapper is silent -------------------------------------------------------------------------- */

static void silent_mapper(struct story *story) {
    struct line line = story_syn(story, CLIENT, VIRTUAL, 135);
    for (int i = 0; i < 4; i++) {
        story_wait(story, 1);
        story_syn_again(story, &line);
    }
    story_silent(story, &line, story->now);
    story_wait(story, 60);
    story_end(story);
    CU_ASSERT_STRING_EQUAL(story_only(story)->rule->id, "mapper-unreachable");
}

static void arp_tells_whose_silent_address_it_is(void) {
    struct story story = story_begin();
    story_served(&story, CLIENT, B, &LSA, PORT);
    tell_arp(&story, VIRTUAL, 1); /* B's card */
    silent_mapper(&story);
    story_check_bound_at(story_only(&story), B ":135");
    CU_ASSERT_TRUE(says(story_only(&story), "The same server's mapper works at " B));
    CU_ASSERT_TRUE(proves(story_only(&story), "by ARP"));
    story_close(&story);
}

static void another_card_is_another_server(void) {
    static const uint8_t cards[] = {0, 2}; /* ARP says nothing, or that it is elsewhere */
    for (size_t i = 0; i < sizeof cards; i++) {
        struct story story = story_begin();
        story_served(&story, CLIENT, B, &LSA, PORT);
        if (cards[i] != 0)
            tell_arp(&story, VIRTUAL, cards[i]);
        silent_mapper(&story);
        CU_ASSERT_EQUAL(story_only(&story)->bound_count, 0);
        story_close(&story);
    }
}

static void a_router_answers_for_others(void) {
    struct story story = story_begin();
    story_served(&story, CLIENT, B, &LSA, PORT);
    tell_arp(&story, VIRTUAL, 1);
    story.server_ttl = 63;
    struct line line = story_syn(&story, CLIENT, A, PORT); /* what comes from the same card was forwarded */
    story_accepts(&story, &line);
    silent_mapper(&story);
    CU_ASSERT_EQUAL(story_only(&story)->bound_count, 0);
    story_close(&story);
}

/* --- an interface that is bound at one address only ------------------------------------------------------------- */

static const struct finding *refused_here_served_there(struct story *story) {
    story_refused(story, CLIENT, STRANGER, &LSA, PORT);
    story_wait(story, 30);
    story_end(story);
    return story_only(story);
}

static void a_list_of_addresses_makes_them_one_server(void) {
    for (int told = 0; told < 2; told++) {
        struct story story = story_begin();
        story_served(&story, OTHER_CLIENT, VIRTUAL, &LSA, PORT);
        if (told)
            tell_bindings(&story, STRANGER, VIRTUAL);
        const struct finding *finding = refused_here_served_there(&story);
        CU_ASSERT_STRING_EQUAL(finding->rule->id, told ? "unbound-address" : "endpoint-refused");
        CU_ASSERT_EQUAL(says(finding, "The same server has it at " VIRTUAL), told == 1);
        story_close(&story);
    }
}

static void a_resource_makes_them_one_cluster(void) {
    for (int told = 0; told < 2; told++) {
        struct story story = story_begin();
        story_served(&story, OTHER_CLIENT, VIRTUAL, &LSA, PORT);
        if (told)
            tell_cluster(&story, STRANGER, VIRTUAL);
        const struct finding *finding = refused_here_served_there(&story);
        CU_ASSERT_STRING_EQUAL(finding->rule->id, told ? "unbound-address" : "endpoint-refused");
        CU_ASSERT_EQUAL(says(finding, "The same server or cluster has it at " VIRTUAL), told == 1);
        CU_ASSERT_EQUAL(proves(finding, "IP Address resource"), told == 1);
        story_close(&story);
    }
}

/* Each node's mapper gives ports of its own. */
static void other_ports_of_a_cluster_are_another_nodes(void) {
    struct story story = story_begin();
    story_served(&story, OTHER_CLIENT, VIRTUAL, &LSA, PORT + 1);
    tell_cluster(&story, STRANGER, VIRTUAL);
    CU_ASSERT_STRING_EQUAL(refused_here_served_there(&story)->rule->id, "endpoint-refused");
    story_close(&story);
}

/* What is declared holds whatever the ports are; it is told as declared, and no packet proves it. */
static void a_declared_cluster_has_it_at_any_port(void) {
    for (int declared = 0; declared < 2; declared++) {
        struct story story = story_begin();
        struct address addresses[2];
        struct declared_name name = {.name = "exvs1"};
        struct declared_cluster cluster = {.name = "EX", .addresses = addresses, .address_count = 2, .line = 3};
        address_parse(STRANGER, &addresses[0]);
        address_parse(VIRTUAL, &addresses[1]);
        name.address = addresses[0];
        story.inventory = (struct inventory){.file = "site.yaml",
                                             .clusters = &cluster,
                                             .cluster_count = declared ? 1 : 0,
                                             .names = &name,
                                             .name_count = declared ? 1 : 0};
        story_served(&story, OTHER_CLIENT, VIRTUAL, &LSA, PORT + 1);
        tell_name(&story, STRANGER, NAME_NTLM_COMPUTER, "NODE1");
        tell_name(&story, VIRTUAL, NAME_NTLM_COMPUTER, "NODE2"); /* nodes of it */
        const struct finding *finding = refused_here_served_there(&story);
        CU_ASSERT_STRING_EQUAL(finding->rule->id, declared ? "unbound-address" : "endpoint-refused");
        CU_ASSERT_EQUAL(says(finding, "The same cluster (declared in site.yaml:3) has it at " VIRTUAL), declared == 1);
        CU_ASSERT_STRING_EQUAL(finding->server_name, declared ? "exvs1" : "NODE1");
        for (size_t i = 0; i < finding->evidence_count; i++)
            CU_ASSERT_NOT_EQUAL(finding->evidence[i].seen.frame, 0);
        CU_ASSERT_FALSE(proves(finding, "declared"));
        story_close(&story);
    }
}

/* A failover that ARP shows is told with what it made stale. */
static void a_move_is_told_of_what_it_made_stale(void) {
    for (int moves = 0; moves < 2; moves++) {
        struct story story = story_begin();
        story_served(&story, CLIENT, STRANGER, &LSA, PORT);
        tell_arp(&story, STRANGER, 1);
        if (moves)
            tell_arp(&story, STRANGER, 2);
        const struct finding *finding = refused_here_served_there(&story);
        CU_ASSERT_STRING_EQUAL(finding->rule->id, "stale-endpoint");
        CU_ASSERT_EQUAL(proves(finding, "moves to another link-layer address"), moves == 1);
        story_close(&story);
    }
}

static void the_server_itself_comes_before_its_cluster(void) {
    struct story story = story_begin();
    story_served(&story, OTHER_CLIENT, VIRTUAL, &LSA, PORT);
    story_served(&story, OTHER_CLIENT, B, &LSA, PORT);
    tell_cluster(&story, STRANGER, VIRTUAL);
    tell_bindings(&story, STRANGER, B);
    const struct finding *finding = refused_here_served_there(&story);
    CU_ASSERT_TRUE(says(finding, "The same server has it at " B));
    story_check_bound_at(finding, B ":49154");
    story_close(&story);
}

static void names_that_others_give_link_nothing(void) {
    struct story story = story_begin();
    story_served(&story, OTHER_CLIENT, VIRTUAL, &LSA, PORT);
    tell_name(&story, STRANGER, NAME_DNS, "ex.example");
    tell_name(&story, VIRTUAL, NAME_DNS, "ex.example");
    tell_name(&story, STRANGER, NAME_KERBEROS_SERVICE, "cifs/ex.example");
    tell_name(&story, VIRTUAL, NAME_KERBEROS_SERVICE, "cifs/ex.example");
    const struct finding *finding = refused_here_served_there(&story);
    CU_ASSERT_STRING_EQUAL(finding->rule->id, "endpoint-refused");
    CU_ASSERT_STRING_EQUAL(finding->server_name, "ex.example");
    story_close(&story);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"ARP tells whose silent address it is", arp_tells_whose_silent_address_it_is},
        {"another card is another server", another_card_is_another_server},
        {"a router answers for others", a_router_answers_for_others},
        {"a list of addresses makes them one server", a_list_of_addresses_makes_them_one_server},
        {"a resource makes them one cluster", a_resource_makes_them_one_cluster},
        {"other ports of a cluster are another node's", other_ports_of_a_cluster_are_another_nodes},
        {"a declared cluster has it at any port", a_declared_cluster_has_it_at_any_port},
        {"a move is told of what it made stale", a_move_is_told_of_what_it_made_stale},
        {"the server itself comes before its cluster", the_server_itself_comes_before_its_cluster},
        {"names that others give link nothing", names_that_others_give_link_nothing},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/who", tests);
}
