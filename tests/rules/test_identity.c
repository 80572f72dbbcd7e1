/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/identity.h"
#include "rules/inventory.h"
#include "tests/unit.h"

#include <string.h>

static struct tally tally;
static const struct inventory nothing;

static struct address at(const char *text) {
    struct address address;
    CU_ASSERT_TRUE_FATAL(address_parse(text, &address));
    return address;
}

static struct sighting frame(uint64_t number) { return (struct sighting){number, (int64_t)number, 0}; }

static void packet(struct identity *identity, const char *address, uint8_t mac_end, uint8_t ttl, uint64_t number) {
    struct address from = at(address);
    struct mac mac = {{2, 0, 0, 0, 0, mac_end}, true};
    identity_packet(identity, &from, &mac, ttl, frame(number), true);
}

static size_t relatives_of(struct identity *identity, const char *address,
                           struct relative found[IDENTITY_MAX_RELATIVES]) {
    struct address from = at(address);
    return identity_relatives(identity, &from, found);
}

static void one_link_layer_address_is_one_server(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    packet(identity, "10.0.0.1", 1, 64, 10);
    packet(identity, "10.0.0.2", 1, 64, 20);
    packet(identity, "10.0.0.3", 3, 64, 30);
    CU_ASSERT_EQUAL_FATAL(relatives_of(identity, "10.0.0.2", found), 1);
    struct address first = at("10.0.0.1");
    CU_ASSERT_TRUE(address_equal(&found[0].address, &first));
    CU_ASSERT_EQUAL(found[0].link.kind, LINK_MAC);
    CU_ASSERT_EQUAL(found[0].link.one_seen.frame, 20);
    CU_ASSERT_EQUAL(found[0].link.other_seen.frame, 10);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.3", found), 0);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.77", found), 0);
    identity_close(identity);
}

static void both_families_count_alike(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    packet(identity, "10.0.0.1", 1, 64, 10);
    packet(identity, "fd00::1", 1, 64, 20);
    CU_ASSERT_EQUAL(relatives_of(identity, "fd00::1", found), 1);
    identity_close(identity);
}

static void a_router_links_nothing(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    packet(identity, "10.0.0.1", 1, 63, 10);
    packet(identity, "10.0.0.2", 1, 63, 20);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    struct mac azure = {{0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}, true}; /* forwards without counting down */
    struct address five = at("10.0.0.5"), six = at("10.0.0.6");
    identity_packet(identity, &five, &azure, 128, frame(60), true);
    identity_packet(identity, &six, &azure, 128, frame(61), true);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.5", found), 0);
    /* nor does one that was found out by another packet only */
    packet(identity, "10.0.0.3", 2, 64, 30);
    packet(identity, "10.0.0.4", 2, 64, 40);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.3", found), 1);
    packet(identity, "10.0.9.9", 2, 127, 50);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.3", found), 0);
    identity_close(identity);
}

static void too_many_addresses_make_a_router(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    char text[] = "10.0.0.0";
    for (int i = 1; i <= 8; i++) {
        text[sizeof text - 2] = (char)('0' + i);
        packet(identity, text, 1, 64, 1);
    }
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 7);
    packet(identity, "10.0.0.9", 1, 64, 1);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    identity_close(identity);
}

static void another_stack_or_place_links_nothing(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    packet(identity, "10.0.0.1", 1, 64, 10);
    packet(identity, "10.0.0.2", 1, 128, 20);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    packet(identity, "10.0.0.3", 3, 64, 30);
    packet(identity, "10.0.0.4", 3, 64, 40);
    packet(identity, "10.0.0.4", 4, 64, 50); /* failover: it has moved */
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.3", found), 0);
    identity_close(identity);
}

static void what_is_not_known_links_nothing(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    struct mac unknown = {{0}, false}, loopback = {{0}, true}, real = {{2, 0, 0, 0, 0, 9}, true};
    struct address one = at("10.0.0.1"), two = at("10.0.0.2");
    identity_packet(identity, &one, &unknown, 64, frame(1), true);
    identity_packet(identity, &two, &unknown, 64, frame(2), true);
    identity_packet(identity, &one, &loopback, 64, frame(3), true);
    identity_packet(identity, &two, &loopback, 64, frame(4), true);
    identity_packet(identity, &one, &real, 0, frame(5), true);
    identity_packet(identity, &two, &real, 0, frame(6), true);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    identity_close(identity);
}

static void name(struct identity *identity, const char *address, const char *computer, const char *domain) {
    struct address from = at(address);
    identity_name(identity, &from, NAME_NTLM_COMPUTER, computer, frame(1));
    identity_name(identity, &from, NAME_NTLM_DOMAIN, domain, frame(1));
}

static void equal_ntlm_names_are_one_server(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    name(identity, "10.0.0.1", "NODE1", "LAB");
    name(identity, "10.0.0.2", "NODE1", "LAB");
    name(identity, "10.0.0.3", "NODE1", "OTHER");
    name(identity, "10.0.0.4", "", "LAB");
    name(identity, "10.0.0.5", "", "LAB");
    CU_ASSERT_EQUAL_FATAL(relatives_of(identity, "10.0.0.1", found), 1);
    CU_ASSERT_EQUAL(found[0].link.kind, LINK_NTLM_NAME);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.3", found), 0);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.4", found), 0);
    struct address one = at("10.0.0.1");
    CU_ASSERT_STRING_EQUAL(identity_server_name(identity, &one), "NODE1");
    identity_name(identity, &one, NAME_NTLM_DNS_COMPUTER, "node1.lab.example", frame(2));
    CU_ASSERT_STRING_EQUAL(identity_server_name(identity, &one), "node1.lab.example");
    struct address nobody = at("10.0.0.9");
    CU_ASSERT_STRING_EQUAL(identity_server_name(identity, &nobody), "");
    identity_close(identity);
}

static void a_joined_association_group_is_one_server(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    struct address client = at("10.0.0.50"), other = at("10.0.0.51"), one = at("10.0.0.1"), two = at("10.0.0.2");
    identity_association(identity, &client, &one, 7, 0, frame(1));
    identity_association(identity, &client, &two, 7, 0, frame(2)); /* the same number, granted anew */
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    identity_association(identity, &other, &one, 7, 7, frame(3)); /* another client's group */
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    identity_association(identity, &client, &one, 8, 0, frame(4));
    identity_association(identity, &client, &two, 9, 8, frame(5)); /* wanted, not granted */
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    identity_association(identity, &client, &two, 8, 8, frame(6));
    CU_ASSERT_EQUAL_FATAL(relatives_of(identity, "10.0.0.1", found), 1);
    CU_ASSERT_EQUAL(found[0].link.kind, LINK_ASSOCIATION);
    identity_close(identity);
}

/* Two servers may count alike. */
static void a_group_that_two_have_granted_links_nothing(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    struct address client = at("10.0.0.50"), one = at("10.0.0.1"), two = at("10.0.0.2");
    identity_association(identity, &client, &one, 7, 0, frame(1));
    identity_association(identity, &client, &two, 7, 0, frame(2));
    identity_association(identity, &client, &one, 7, 7, frame(3)); /* its own */
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 0);
    identity_close(identity);
}

static void relatives_of_relatives_count(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    packet(identity, "10.0.0.1", 1, 64, 10);
    packet(identity, "10.0.0.2", 1, 64, 20);
    struct identity_link tower = {LINK_TOWER, at("10.0.0.2"), at("10.0.7.7"), frame(5), frame(5), NULL, 0};
    identity_link(identity, &tower);
    identity_link(identity, &tower);
    CU_ASSERT_EQUAL_FATAL(relatives_of(identity, "10.0.0.1", found), 2);
    CU_ASSERT_EQUAL(found[1].link.kind, LINK_TOWER);
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.7.7", found), 2);
    CU_ASSERT_TRUE(found[1].weak); /* by way of a link-layer address */
    CU_ASSERT_EQUAL(found[1].parent, 0);
    identity_close(identity);
}

static void tower(struct identity *identity, const char *mapper, const char *named) {
    struct identity_link link = {LINK_TOWER, at(mapper), at(named), frame(1), frame(1), NULL, 0};
    identity_link(identity, &link);
}

static void private_addresses_that_two_mappers_name_link_nothing(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    tower(identity, "10.0.0.1", "192.168.122.1");
    tower(identity, "10.0.0.2", "192.168.122.1");
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 1);
    tower(identity, "10.0.0.1", "127.0.0.1");
    tower(identity, "10.0.0.1", "169.254.7.7");
    tower(identity, "10.0.0.1", "fe80::1");
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 1);
    packet(identity, "192.168.122.1", 7, 64, 1); /* somebody's is really there */
    CU_ASSERT_EQUAL(relatives_of(identity, "10.0.0.1", found), 1);
    CU_ASSERT_EQUAL(relatives_of(identity, "192.168.122.1", found), 2);
    identity_close(identity);
}

static void each_capture_point_has_its_own_view(void) {
    struct identity *identity = identity_open(&tally, &nothing);
    struct relative found[IDENTITY_MAX_RELATIVES];
    struct mac far = {{2, 0, 0, 0, 9, 9}, true};
    struct address one = at("10.0.0.1"), two = at("10.0.0.2");
    struct sighting elsewhere = {5, 5, 1};
    packet(identity, "10.0.0.1", 1, 64, 1);
    identity_packet(identity, &one, &far, 63, elsewhere, true); /* the same packets behind a router */
    identity_packet(identity, &two, &far, 63, elsewhere, true);
    packet(identity, "10.0.0.2", 1, 64, 2);
    CU_ASSERT_EQUAL_FATAL(relatives_of(identity, "10.0.0.1", found), 1);
    CU_ASSERT_EQUAL(found[0].link.one_seen.file, 0);
    identity_close(identity);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"one link-layer address is one server", one_link_layer_address_is_one_server},
        {"both families count alike", both_families_count_alike},
        {"a router links nothing", a_router_links_nothing},
        {"too many addresses make a router", too_many_addresses_make_a_router},
        {"another stack or place links nothing", another_stack_or_place_links_nothing},
        {"what is not known links nothing", what_is_not_known_links_nothing},
        {"equal NTLM names are one server", equal_ntlm_names_are_one_server},
        {"a joined association group is one server", a_joined_association_group_is_one_server},
        {"a group that two have granted links nothing", a_group_that_two_have_granted_links_nothing},
        {"relatives of relatives count", relatives_of_relatives_count},
        {"private addresses that two mappers name link nothing", private_addresses_that_two_mappers_name_link_nothing},
        {"each capture point has its own view", each_capture_point_has_its_own_view},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/identity", tests);
}
