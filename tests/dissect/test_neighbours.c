/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/neighbours.h"
#include "tests/dissect/build_names.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER = 0x8180, DNS = 53, NETBIOS = 137, MDNS = 5353, LLMNR = 5355, ASKER_PORT = 4000 };
enum { ROOM = 4096 }; /* addresses, and names, that are remembered */

static struct {
    struct neighbours *neighbours;
    struct tally tally;
    struct sighting seen;
    char text[4096];
    size_t len, facts;
} s;

static void hear(void *context, const struct fact *fact) {
    char server[ADDRESS_TEXT_SIZE], client[ENDPOINT_TEXT_SIZE];
    (void)context;
    s.facts++;
    CU_ASSERT_EQUAL(fact->flow, 0);
    CU_ASSERT_EQUAL(fact->transport, TRANSPORT_UNKNOWN);
    CU_ASSERT_EQUAL(fact->server.port, 0);
    CU_ASSERT_EQUAL(fact->seen.frame, s.seen.frame);
    if (s.len + 256 > sizeof s.text)
        return;
    s.len +=
        (size_t)snprintf(s.text + s.len, sizeof s.text - s.len, "%s ", address_text(&fact->server.address, server));
    if (fact->kind == FACT_LINK_ADDRESS)
        s.len += (size_t)snprintf(s.text + s.len, sizeof s.text - s.len, "mac %u%s", fact->link.mac.octets[5],
                                  fact->link.gratuitous ? "!" : "");
    else
        s.len +=
            (size_t)snprintf(s.text + s.len, sizeof s.text - s.len, "%d=%s", (int)fact->name.source, fact->name.name);
    if (fact->client.address.family != ADDRESS_NONE)
        s.len +=
            (size_t)snprintf(s.text + s.len, sizeof s.text - s.len, " to %s", endpoint_text(&fact->client, client));
    s.len += (size_t)snprintf(s.text + s.len, sizeof s.text - s.len, "\n");
}

static void begin(void) {
    memset(&s, 0, sizeof s);
    s.neighbours = neighbours_open(hear, NULL, &s.tally);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s.neighbours);
}

static void end(void) { neighbours_close(s.neighbours); }

/* What was told since it was asked last. */
static const char *told(void) {
    s.text[s.len] = '\0';
    s.len = 0;
    return s.text;
}

static bool take(struct datagram *datagram, struct bytes bytes) {
    datagram->bytes = bytes;
    datagram->seen = s.seen = (struct sighting){s.seen.frame + 1, 1, 0};
    return neighbours_datagram(s.neighbours, datagram);
}

static bool arp(const char *sender, unsigned mac, const char *target, unsigned operation) {
    struct octets o = {.order = ORDER_BIG};
    struct address address;
    struct datagram datagram = {.kind = DATAGRAM_ARP};
    put_hex(&o, "000108000604");
    put_u16(&o, operation);
    put_hex(&o, "0200000000");
    put_u8(&o, mac);
    address_parse(sender, &address);
    put_bytes(&o, address.octets, 4);
    put_zeros(&o, 6);
    address_parse(target, &address);
    put_bytes(&o, address.octets, 4);
    return take(&datagram, octets_bytes(&o));
}

/* From a name server to who asked, or where `to` says. */
static bool udp(uint16_t port, const char *to, uint16_t to_port, const struct octets *o) {
    struct datagram datagram = {.kind = DATAGRAM_UDP, .source.port = port, .destination.port = to_port};
    address_parse("10.0.0.53", &datagram.source.address);
    address_parse(to, &datagram.destination.address);
    return take(&datagram, octets_bytes(o));
}

static void put_answer(struct octets *o, const char *name, const char *address) {
    *o = (struct octets){.order = ORDER_BIG};
    put_names_head(o, ANSWER, 0, 1, 0);
    put_dns_address(o, name, address);
}

static void an_address_is_told_when_it_is_new_or_moves(void) {
    begin();
    CU_ASSERT_TRUE(arp("10.0.0.1", 1, "10.0.0.50", 2));
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.1 mac 1 to 10.0.0.50:0\n");
    arp("10.0.0.1", 1, "10.0.0.51", 1); /* no news */
    arp("10.0.0.1", 1, "10.0.0.1", 1);
    CU_ASSERT_STRING_EQUAL(told(), "");
    arp("10.0.0.1", 2, "10.0.0.1", 1); /* a failover */
    arp("10.0.0.1", 2, "10.0.0.1", 1); /* and its copy */
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.1 mac 2!\n");
    arp("10.0.0.2", 2, "10.0.0.50", 1);
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.2 mac 2\n");
    CU_ASSERT_TRUE(arp("0.0.0.0", 2, "10.0.0.3", 1)); /* a probe */
    CU_ASSERT_STRING_EQUAL(told(), "");
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_NEIGHBOURS], 0);
    end();
}

static void hosts_that_fight_for_an_address_do_not_flood(void) {
    begin();
    for (unsigned i = 0; i < 1000; i++)
        arp("10.0.0.1", 1 + i % 2, "10.0.0.50", 2);
    CU_ASSERT_EQUAL(s.facts, 17);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_NEIGHBOURS], 1000 - 17);
    end();
}

static void the_address_not_seen_longest_is_forgotten(void) {
    begin();
    for (unsigned i = 0; i < 4 * ROOM; i++) {
        char text[ADDRESS_TEXT_SIZE];
        snprintf(text, sizeof text, "10.1.%u.%u", i >> 8, i & 0xff);
        arp(text, 1, "10.0.0.50", 2);
        arp("10.0.0.1", 1, "10.0.0.50", 2); /* is always there */
    }
    CU_ASSERT_EQUAL(s.facts, 4 * ROOM + 1);
    CU_ASSERT_TRUE(s.tally.limits[LIMIT_NEIGHBOURS] >= (uint64_t)3 * ROOM);
    end();
}

static void a_name_is_told_once_for_each_address(void) {
    static struct octets o;
    begin();
    put_answer(&o, "ex.example", "10.0.0.20");
    CU_ASSERT_TRUE(udp(DNS, "10.0.0.50", ASKER_PORT, &o));
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.20 8=ex.example to 10.0.0.50:4000\n");
    udp(DNS, "10.0.0.51", ASKER_PORT, &o);
    CU_ASSERT_STRING_EQUAL(told(), "");
    put_answer(&o, "ex.example", "10.0.0.21");
    udp(DNS, "10.0.0.50", ASKER_PORT, &o);
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.21 8=ex.example to 10.0.0.50:4000\n");
    put_answer(&o, "other.example", "10.0.0.20");
    udp(DNS, "10.0.0.50", ASKER_PORT, &o);
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.20 8=other.example to 10.0.0.50:4000\n");
    end();
}

static void names_beyond_the_room_push_others_out(void) {
    static struct octets o;
    begin();
    for (unsigned i = 0; i < 2 * ROOM; i++) {
        char name[32];
        snprintf(name, sizeof name, "host%u.example", i);
        put_answer(&o, name, "10.0.0.20");
        udp(DNS, "10.0.0.50", ASKER_PORT, &o);
    }
    CU_ASSERT_EQUAL(s.facts, (size_t)2 * ROOM);
    CU_ASSERT_TRUE(s.tally.limits[LIMIT_NEIGHBOURS] >= ROOM);
    end();
}

static void put_netbios(struct octets *o, unsigned flags, unsigned addresses) {
    static const char *const all[] = {"10.0.0.20", "10.0.1.20"};
    *o = (struct octets){.order = ORDER_BIG};
    put_names_head(o, flags, 0, 1, 0);
    put_netbios_record(o, "EXNODE1", 0x20, addresses);
    for (unsigned i = 0; i < addresses; i++)
        put_netbios_address(o, 0x6000, all[i]);
}

/* That they are one host's shows by one frame. */
static void the_addresses_of_a_netbios_name_are_told_together(void) {
    static struct octets o;
    begin();
    put_netbios(&o, 0x8500, 1);
    udp(NETBIOS, "10.0.0.50", NETBIOS, &o);
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.20 7=EXNODE1<20> to 10.0.0.50:137\n");
    put_netbios(&o, 0x8500, 2);
    udp(NETBIOS, "10.0.0.50", NETBIOS, &o);
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.20 7=EXNODE1<20> to 10.0.0.50:137\n"
                                   "10.0.1.20 7=EXNODE1<20> to 10.0.0.50:137\n");
    udp(NETBIOS, "10.0.0.50", NETBIOS, &o);
    CU_ASSERT_STRING_EQUAL(told(), "");
    end();
}

static void a_registration_answers_nobody(void) {
    static struct octets o;
    begin();
    put_netbios(&o, 5 << 11, 1);
    udp(NETBIOS, "10.0.0.255", NETBIOS, &o);
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.20 7=EXNODE1<20>\n");
    end();
}

static void who_reads_a_group_did_not_ask(void) {
    static struct octets o;
    begin();
    put_answer(&o, "ex.local", "10.0.0.20");
    CU_ASSERT_TRUE(udp(MDNS, "224.0.0.251", MDNS, &o));
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.20 8=ex.local\n");
    put_answer(&o, "ex", "fe80::1");
    CU_ASSERT_TRUE(udp(LLMNR, "10.0.0.50", ASKER_PORT, &o));
    CU_ASSERT_STRING_EQUAL(told(), "fe80::1 8=ex to 10.0.0.50:4000\n");
    put_answer(&o, "ex6.local", "fd00::1");
    CU_ASSERT_TRUE(udp(MDNS, "ff02::fb", MDNS, &o));
    CU_ASSERT_STRING_EQUAL(told(), "fd00::1 8=ex6.local\n");
    end();
}

static void other_ports_are_others(void) {
    static struct octets o;
    begin();
    put_answer(&o, "ex.example", "10.0.0.20");
    CU_ASSERT_FALSE(udp(ASKER_PORT, "10.0.0.50", DNS, &o)); /* a question */
    CU_ASSERT_FALSE(udp(ASKER_PORT, "10.0.0.50", 1024, &o));
    o.len -= 2;
    CU_ASSERT_FALSE(udp(MDNS, "10.0.0.50", 1024, &o)); /* whatever uses its port */
    struct datagram unreachable = {.kind = DATAGRAM_UNREACHABLE, .source.port = DNS};
    CU_ASSERT_FALSE(take(&unreachable, (struct bytes){NULL, 0}));
    CU_ASSERT_STRING_EQUAL(told(), "");
    CU_ASSERT_EQUAL(s.tally.lost[LOSS_BAD_NEIGHBOURS], 0);
    end();
}

static void what_is_malformed_is_counted(void) {
    static struct octets o;
    begin();
    put_answer(&o, "ex.example", "10.0.0.20");
    o.len--;
    CU_ASSERT_TRUE(udp(DNS, "10.0.0.50", ASKER_PORT, &o));
    o.len = 0;
    CU_ASSERT_TRUE(udp(NETBIOS, "10.0.0.50", NETBIOS, &o));
    struct datagram datagram = {.kind = DATAGRAM_ARP};
    CU_ASSERT_TRUE(take(&datagram, (struct bytes){NULL, 0}));
    CU_ASSERT_EQUAL(s.tally.lost[LOSS_BAD_NEIGHBOURS], 3);
    CU_ASSERT_STRING_EQUAL(told(), "");
    end();
}

/* The snap length cut it: what was there before is sound. */
static void what_is_cut_is_read_as_far_as_it_goes(void) {
    static struct octets o;
    begin();
    o = (struct octets){.order = ORDER_BIG};
    put_names_head(&o, ANSWER, 0, 3, 0);
    put_dns_alias(&o, "mail.example", "ex.example");
    put_dns_address(&o, "ex.example", "10.0.0.20");
    put_dns_address(&o, "ex.example", "10.0.0.21");
    struct datagram datagram = {.kind = DATAGRAM_UDP, .source.port = DNS, .cut = 1};
    take(&datagram, (struct bytes){o.at, o.len - 1});
    CU_ASSERT_STRING_EQUAL(told(), "10.0.0.20 8=mail.example\n10.0.0.20 8=ex.example\n");
    CU_ASSERT_EQUAL(s.tally.lost[LOSS_BAD_NEIGHBOURS], 0);
    end();
}

int main(void) {
    CU_TestInfo tests[] = {
        {"an address is told when it is new or moves", an_address_is_told_when_it_is_new_or_moves},
        {"hosts that fight for an address do not flood", hosts_that_fight_for_an_address_do_not_flood},
        {"the address not seen longest is forgotten", the_address_not_seen_longest_is_forgotten},
        {"a name is told once for each address", a_name_is_told_once_for_each_address},
        {"names beyond the room push others out", names_beyond_the_room_push_others_out},
        {"the addresses of a NetBIOS name are told together", the_addresses_of_a_netbios_name_are_told_together},
        {"a registration answers nobody", a_registration_answers_nobody},
        {"who reads a group did not ask", who_reads_a_group_did_not_ask},
        {"other ports are others", other_ports_are_others},
        {"what is malformed is counted", what_is_malformed_is_counted},
        {"what is cut is read as far as it goes", what_is_cut_is_read_as_far_as_it_goes},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/neighbours", tests);
}
