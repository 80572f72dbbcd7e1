/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The look-ups of an inventory. */
#include "rules/inventory.h"
#include "tests/unit.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { STORE_LINE = 5, ANY_LINE = 8 };

static const struct syntax_id STORE = {{{0xa4, 0xf1, 0xdb, 0, 0xca, 0x47}}, 1, 0};
static const struct syntax_id DIRECTORY = {{{0xf5, 0xcc, 0x5a, 0x18, 0x42, 0x64}}, 56, 0};
static const struct syntax_id MANAGEMENT = {
    {{0xaf, 0xa8, 0xbd, 0x80, 0x7d, 0x8a, 0x11, 0xc9, 0xbe, 0xf4, 0x08, 0, 0x2b, 0x10, 0x29, 0x89}}, 1, 0};

static struct address at(const char *text) {
    struct address address;
    if (!address_parse(text, &address))
        abort();
    return address;
}

static struct network net(const char *text, unsigned prefix) { return (struct network){at(text), prefix}; }

/* A: the store and all else. B, an IPv6 address: nothing. */
static struct address addresses[2];
static struct declared_service services[2];
static struct declared_cluster clusters[2];

static struct inventory made(void) {
    addresses[0] = at("10.0.0.20");
    addresses[1] = at("fd00::20");
    services[0] = (struct declared_service){{{{0}}, 0, 0}, true, &addresses[0], 1, ANY_LINE};
    services[1] = (struct declared_service){STORE, false, &addresses[0], 1, STORE_LINE};
    clusters[0] = (struct declared_cluster){"EMPTY", NULL, 0, NULL, 0, 1};
    clusters[1] = (struct declared_cluster){"EXCLUSTER", addresses, COUNT(addresses), services, COUNT(services), 2};
    return (struct inventory){.clusters = clusters, .cluster_count = COUNT(clusters)};
}

static struct declaration says(const struct inventory *inventory, const char *address, const struct syntax_id *of) {
    struct address where = at(address);
    return inventory_says(inventory, &where, of);
}

static void a_service_is_bound_here_and_unbound_there(void) {
    struct inventory inventory = made();
    struct declaration here = says(&inventory, "10.0.0.20", &STORE), there = says(&inventory, "fd00::20", &STORE);
    CU_ASSERT_EQUAL(here.declared, DECLARED_BOUND);
    CU_ASSERT_EQUAL(there.declared, DECLARED_UNBOUND);
    CU_ASSERT_PTR_EQUAL(there.service, &services[1]);
    CU_ASSERT_PTR_EQUAL(there.cluster, &clusters[1]);
    struct declaration elsewhere = says(&inventory, "10.0.0.21", &STORE);
    CU_ASSERT_EQUAL(elsewhere.declared, DECLARED_NOT);
    CU_ASSERT_PTR_NULL(elsewhere.service);
}

static void the_version_counts_where_it_is_given(void) {
    struct inventory inventory = made();
    struct syntax_id minor = STORE, major = STORE;
    minor.minor = 7;
    major.major = 2;
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &minor).service->line, STORE_LINE);
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &major).service->line, ANY_LINE);
    services[1].any_version = true;
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &major).service->line, STORE_LINE);
}

static void any_is_what_nothing_else_is_said_of(void) {
    struct inventory inventory = made();
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &DIRECTORY).declared, DECLARED_UNBOUND);
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &DIRECTORY).service->line, ANY_LINE);
    clusters[1].services = &services[1];
    clusters[1].service_count = 1;
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &DIRECTORY).declared, DECLARED_NOT);
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &STORE).declared, DECLARED_UNBOUND);
}

static void any_is_not_what_every_host_has(void) {
    struct inventory inventory = made();
    CU_ASSERT_EQUAL(says(&inventory, "fd00::20", &SYNTAX_EPM).declared, DECLARED_NOT);
    CU_ASSERT_EQUAL(says(&inventory, "10.0.0.20", &MANAGEMENT).declared, DECLARED_NOT);
    services[1].interface = MANAGEMENT;
    CU_ASSERT_EQUAL(says(&inventory, "10.0.0.20", &MANAGEMENT).declared, DECLARED_BOUND);
}

static void an_address_may_serve_nothing(void) {
    struct inventory inventory = made();
    struct address other = at("10.0.0.21");
    CU_ASSERT_PTR_NULL(inventory_serves_nothing(&inventory, &addresses[0]));
    CU_ASSERT_PTR_EQUAL(inventory_serves_nothing(&inventory, &addresses[1]), &clusters[1]);
    CU_ASSERT_PTR_NULL(inventory_serves_nothing(&inventory, &other));
    services[1].bound = &addresses[1];
    CU_ASSERT_PTR_NULL(inventory_serves_nothing(&inventory, &addresses[1]));
    clusters[1].service_count = 0;
    CU_ASSERT_PTR_NULL(inventory_serves_nothing(&inventory, &addresses[1]));
    CU_ASSERT_PTR_EQUAL(inventory_cluster(&inventory, &addresses[1]), &clusters[1]);
}

/* Among many, and where several differ in one octet only. */
static void addresses_in_order_are_found(void) {
    enum { MANY = 300 };
    static struct located located[MANY];
    struct inventory inventory = made();
    for (size_t i = 0; i < MANY; i++) {
        uint8_t octets[] = {10, (uint8_t)(i % 7), (uint8_t)(i / 256), (uint8_t)i};
        located[i] = (struct located){i % 2 == 0 ? address_ipv4(octets) : at("fd00::"), &clusters[i % 2]};
        located[i].address.octets[15] = i % 2 == 0 ? 0 : (uint8_t)(i / 2);
    }
    inventory.located = located;
    inventory.located_count = MANY;
    qsort(located, MANY, sizeof *located, located_order);
    for (size_t i = 0; i < MANY; i++)
        CU_ASSERT_PTR_EQUAL(inventory_cluster(&inventory, &located[i].address), located[i].cluster);
    struct address others[] = {at("10.0.0.1"), at("255.255.255.255"), at("::"), at("fd00::ffff"), {.family = 0}};
    for (size_t i = 0; i < COUNT(others); i++)
        CU_ASSERT_PTR_NULL(inventory_cluster(&inventory, &others[i]));
}

static bool ignores(const struct network *network, const char *address) {
    struct inventory inventory = {.ignored = network, .ignored_count = 1};
    struct address where = at(address);
    return inventory_ignores(&inventory, &where);
}

static void networks_hold_what_their_prefix_says(void) {
    struct network network = net("10.1.2.0", 24);
    CU_ASSERT_TRUE(ignores(&network, "10.1.2.0"));
    CU_ASSERT_TRUE(ignores(&network, "10.1.2.255"));
    CU_ASSERT_FALSE(ignores(&network, "10.1.3.0"));
    network = net("10.1.2.128", 25);
    CU_ASSERT_TRUE(ignores(&network, "10.1.2.128"));
    CU_ASSERT_FALSE(ignores(&network, "10.1.2.127"));
    network = net("10.1.2.3", 32);
    CU_ASSERT_TRUE(ignores(&network, "10.1.2.3"));
    CU_ASSERT_FALSE(ignores(&network, "10.1.2.2"));
    network = net("0.0.0.0", 0);
    CU_ASSERT_TRUE(ignores(&network, "255.255.255.255"));
    CU_ASSERT_FALSE(ignores(&network, "::"));
    network = net("fe80::", 10);
    CU_ASSERT_TRUE(ignores(&network, "fe80::1"));
    CU_ASSERT_TRUE(ignores(&network, "febf:ffff::1"));
    CU_ASSERT_FALSE(ignores(&network, "fec0::"));
    CU_ASSERT_FALSE(ignores(&network, "254.128.0.0"));
    network = net("fd00::1", 128);
    CU_ASSERT_TRUE(ignores(&network, "fd00::1"));
    CU_ASSERT_FALSE(ignores(&network, "fd00::"));
    network = net("::", 0);
    CU_ASSERT_TRUE(ignores(&network, "ffff::"));
    CU_ASSERT_FALSE(ignores(&network, "0.0.0.0"));
}

static void names_and_routers_are_found(void) {
    struct declared_name names[] = {{at("10.0.0.1"), "ONE"}, {at("fd00::2"), "TWO"}};
    struct mac routers[] = {{{1, 2, 3, 4, 5, 6}, true}}, mac = routers[0];
    struct inventory inventory = {
        .names = names, .name_count = COUNT(names), .routers = routers, .router_count = COUNT(routers)};
    struct address nobody = at("fd00::1");
    CU_ASSERT_STRING_EQUAL(inventory_name(&inventory, &names[1].address), "TWO");
    CU_ASSERT_PTR_NULL(inventory_name(&inventory, &nobody));
    CU_ASSERT_TRUE(inventory_is_router(&inventory, &mac));
    mac.octets[5] = 7;
    CU_ASSERT_FALSE(inventory_is_router(&inventory, &mac));
}

static void an_empty_inventory_says_nothing(void) {
    struct inventory inventory = {0};
    struct finding finding = {.rule = RULES[0]};
    struct address where = at("10.0.0.1");
    CU_ASSERT_EQUAL(says(&inventory, "10.0.0.1", &STORE).declared, DECLARED_NOT);
    CU_ASSERT_PTR_NULL(inventory_serves_nothing(&inventory, &where));
    CU_ASSERT_FALSE(inventory_ignores(&inventory, &where));
    CU_ASSERT_PTR_NULL(inventory_suppresses(&inventory, &finding));
    for (size_t i = 0; i < RULE_COUNT; i++)
        CU_ASSERT_EQUAL(inventory_severity(&inventory, RULES[i], RULES[i]->severity), RULES[i]->severity);
}

static struct finding a_finding(void) {
    return (struct finding){.rule = &RULE_UNBOUND_ADDRESS,
                            .client = at("10.0.2.1"),
                            .server = {at("10.0.0.20"), 1112},
                            .interface = STORE,
                            .flagged = {1, 1000, 0}};
}

static bool suppresses(const struct suppression *suppression) {
    struct finding finding = a_finding();
    struct inventory inventory = {.suppressions = suppression, .suppression_count = 1};
    const struct suppression *found = inventory_suppresses(&inventory, &finding);
    CU_ASSERT_TRUE(found == NULL || found == suppression);
    return found != NULL;
}

/* Each field alone decides: as it fits, and as it does not. */
static void every_field_of_a_suppression_counts(void) {
    const struct suppression all = {.any_version = true, .until = INT64_MAX};
    CU_ASSERT_TRUE(suppresses(&all));
    struct suppression s = all;
    s.rule = &RULE_UNBOUND_ADDRESS;
    CU_ASSERT_TRUE(suppresses(&s));
    s.rule = &RULE_STALE_ENDPOINT;
    CU_ASSERT_FALSE(suppresses(&s));
    s = all;
    s.client = net("10.0.2.0", 24);
    CU_ASSERT_TRUE(suppresses(&s));
    s.client = net("10.0.0.20", 32);
    CU_ASSERT_FALSE(suppresses(&s));
    s.client = net("::", 0);
    CU_ASSERT_FALSE(suppresses(&s));
    s = all;
    s.server = net("10.0.0.20", 32);
    CU_ASSERT_TRUE(suppresses(&s));
    s.server = net("10.0.2.1", 32);
    CU_ASSERT_FALSE(suppresses(&s));
    s = all;
    s.interface = STORE;
    CU_ASSERT_TRUE(suppresses(&s));
    s.interface.major = 2;
    CU_ASSERT_TRUE(suppresses(&s));
    s.any_version = false;
    CU_ASSERT_FALSE(suppresses(&s));
    s.interface = DIRECTORY;
    s.any_version = true;
    CU_ASSERT_FALSE(suppresses(&s));
}

static void a_suppression_ends_at_its_end(void) {
    struct suppression s = {.any_version = true, .until = 1001};
    CU_ASSERT_TRUE(suppresses(&s));
    s.until = 1000;
    CU_ASSERT_FALSE(suppresses(&s));
}

static void the_first_that_holds_suppresses(void) {
    struct suppression s[] = {{.any_version = true, .until = 1000}, {.any_version = true, .until = 1001}, {.until = 1}};
    struct inventory inventory = {.suppressions = s, .suppression_count = COUNT(s)};
    struct finding finding = a_finding();
    CU_ASSERT_PTR_EQUAL(inventory_suppresses(&inventory, &finding), &s[1]);
}

static void a_declared_severity_stands_for_the_rules_own(void) {
    struct inventory inventory = {0};
    const struct rule *rule = RULES[1];
    CU_ASSERT_EQUAL_FATAL(rule->severity, SEVERITY_CRITICAL);
    inventory.severities[1].given = true;
    inventory.severities[1].severity = SEVERITY_WARNING;
    CU_ASSERT_EQUAL(inventory_severity(&inventory, rule, SEVERITY_CRITICAL), SEVERITY_WARNING);
    CU_ASSERT_EQUAL(inventory_severity(&inventory, RULES[2], RULES[2]->severity), RULES[2]->severity);
}

static void what_a_rule_lowered_is_not_raised(void) {
    struct inventory inventory = {0};
    const struct rule *rule = RULES[1];
    inventory.severities[1].given = true;
    inventory.severities[1].severity = SEVERITY_CRITICAL;
    CU_ASSERT_EQUAL(inventory_severity(&inventory, rule, SEVERITY_WARNING), SEVERITY_WARNING);
    inventory.severities[1].severity = SEVERITY_INFO;
    CU_ASSERT_EQUAL(inventory_severity(&inventory, rule, SEVERITY_WARNING), SEVERITY_INFO);
}

static enum binding_proof contradiction(const struct inventory *inventory, const char *where, enum binding_proof kind) {
    struct proof proof = {.kind = kind};
    struct binding binding = {.address = at(where), .interface = STORE, .proofs = &proof, .count = 1, .room = 1};
    const struct proof *found = inventory_contradicted(inventory, &binding);
    return found == NULL ? PROOF_KINDS : found->kind;
}

static void packets_contradict_by_serving_or_by_refusing(void) {
    struct inventory inventory = made();
    for (enum binding_proof kind = 0; kind < PROOF_KINDS; kind++) {
        bool serves = kind == PROOF_ANSWERED || kind == PROOF_BIND_ACCEPTED || kind == PROOF_CONNECTED;
        bool refuses = kind == PROOF_REFUSED || kind == PROOF_NOT_REGISTERED || kind == PROOF_NAMED_ELSEWHERE ||
                       kind == PROOF_REJECTED;
        CU_ASSERT_EQUAL(contradiction(&inventory, "fd00::20", kind), serves ? kind : PROOF_KINDS);
        CU_ASSERT_EQUAL(contradiction(&inventory, "10.0.0.20", kind), refuses ? kind : PROOF_KINDS);
        CU_ASSERT_EQUAL(contradiction(&inventory, "10.0.0.21", kind), PROOF_KINDS);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a service is bound here and unbound there", a_service_is_bound_here_and_unbound_there},
        {"the version counts where it is given", the_version_counts_where_it_is_given},
        {"any is what nothing else is said of", any_is_what_nothing_else_is_said_of},
        {"any is not what every host has", any_is_not_what_every_host_has},
        {"an address may serve nothing", an_address_may_serve_nothing},
        {"addresses in order are found", addresses_in_order_are_found},
        {"networks hold what their prefix says", networks_hold_what_their_prefix_says},
        {"names and routers are found", names_and_routers_are_found},
        {"an empty inventory says nothing", an_empty_inventory_says_nothing},
        {"every field of a suppression counts", every_field_of_a_suppression_counts},
        {"a suppression ends at its end", a_suppression_ends_at_its_end},
        {"the first that holds suppresses", the_first_that_holds_suppresses},
        {"a declared severity stands for the rule's own", a_declared_severity_stands_for_the_rules_own},
        {"what a rule lowered is not raised", what_a_rule_lowered_is_not_raised},
        {"packets contradict by serving or by refusing", packets_contradict_by_serving_or_by_refusing},
        CU_TEST_INFO_NULL};
    return unit_run("rules_inventory", tests);
}
