/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datagrams through dissect: connectionless DCE/RPC, ARP, NetBIOS names, DNS, ICMP errors. Each message is a datagram:
 * its kind says between which endpoints, and how much later it comes. */
#include "dissect/dissect.h"
#include "tests/fuzz/fuzz.h"

static uint64_t facts;

static void hear(void *context, const struct fact *fact) {
    (void)context;
    facts++;
    REQUIRE(fact->kind < FACT_KINDS && fact->seen.frame != 0);
    REQUIRE(fact->kind != FACT_SERVER_NAME || is_sound_text(fact->name.name, sizeof fact->name.name));
}

static struct endpoint side(uint8_t host, uint16_t port) {
    return (struct endpoint){address_ipv4((const uint8_t[4]){10, 0, 0, host}), port};
}

/* Kinds: 1 the server speaks; 2 and 4 which service; 8 an ICMP error; 16 ARP; 32 another client; 192 how much later. */
static struct datagram read_datagram(const struct message *message) {
    static const uint16_t ports[] = {135, 53, 137, 1025};
    static const uint8_t quiet[4] = {10, 0, 0, 254};
    struct endpoint client = side((message->kind & 32) != 0 ? 2 : 1, 1040);
    struct endpoint server = side(9, ports[message->kind >> 1 & 3]);
    bool back = (message->kind & 1) != 0;
    struct datagram datagram = {.kind = DATAGRAM_UDP, .mac = {{2, 0, 0, 0, 0, 1}, true}, .ttl = 64};
    if ((message->kind & 16) != 0) {
        datagram.kind = DATAGRAM_ARP;
    } else {
        datagram.source = back ? server : client;
        datagram.destination = back ? client : server;
    }
    if ((message->kind & 24) == 8) {
        datagram.kind = DATAGRAM_UNREACHABLE;
        datagram.reporter = address_ipv4(quiet);
        datagram.icmp_type = 3;
        datagram.icmp_code = message->bytes.len > 0 ? message->bytes.at[0] : 0;
    } else {
        datagram.bytes = message->bytes;
    }
    return datagram;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int64_t later[] = {1000, 100000000, 3000000000, 90000000000};
    struct bytes script = {data, size};
    struct message message;
    struct tally tally = {0};
    struct sighting seen = {0, 1, 0};
    struct dissect *dissect = dissect_open(hear, NULL, &tally);
    REQUIRE(dissect != NULL);
    script_settings(&script);
    while (script_next(&script, &message)) {
        struct datagram datagram = read_datagram(&message);
        seen.frame++;
        seen.time += later[message.kind >> 6];
        datagram.seen = seen;
        uint8_t *bytes = apart(datagram.bytes);
        datagram.bytes.at = bytes;
        dissect_datagram(dissect, &datagram);
        free(bytes);
    }
    dissect_close(dissect);
    return 0;
}
