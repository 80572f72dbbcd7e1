/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/attack.h"

/* Sound conversations, of which there are many more than any network has: the tables of the rules fill up. */

static struct octets o;

static void say_map(struct trace *trace, struct line *line, const struct syntax_id *interface, const char *address,
                    uint32_t status) {
    static struct octets tower;
    tower = (struct octets){.len = 0};
    put_tower(&tower, interface, 0, "0.0.0.0");
    put_request_head(&o, 2, 3, 0, 3);
    put_map_question(&o, false, &tower, NULL);
    pdu_end(&o);
    attack_say_octets(trace, line, FROM_CLIENT, &o);
    tower.len = 0;
    put_tower(&tower, interface, 1112, address);
    put_response_head(&o, 2, 3, 0);
    put_map_answer(&o, false, &tower, status == 0, status);
    pdu_end(&o);
    attack_say_octets(trace, line, FROM_SERVER, &o);
}

/* One connection of one client that asks for interface after interface. */
static void maps(struct trace *trace, uint64_t bytes) {
    struct line line = attack_line(1, 135);
    attack_open(trace, &line);
    attack_bind(trace, &line, &SYNTAX_EPM);
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct syntax_id interface = attack_interface(n);
        say_map(trace, &line, &interface, "0.0.0.0", 0);
    }
}

static void not_registered(struct trace *trace, uint64_t bytes) {
    struct line line = attack_line(1, 135);
    attack_open(trace, &line);
    attack_bind(trace, &line, &SYNTAX_EPM);
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct syntax_id interface = attack_interface(n);
        say_map(trace, &line, &interface, "0.0.0.0", 0x16c9a0d6);
    }
}

/* The mapper names address after address as the server's own. */
static void towers_elsewhere(struct trace *trace, uint64_t bytes) {
    struct line line = attack_line(1, 135);
    attack_open(trace, &line);
    attack_bind(trace, &line, &SYNTAX_EPM);
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        char text[ADDRESS_TEXT_SIZE];
        struct address address =
            address_ipv4((const uint8_t[4]){10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n});
        say_map(trace, &line, &STORE, address_text(&address, text), 0);
    }
}

/* Client after client is told where to go, goes there, and is refused. */
static void refused_sessions(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(2 * n, 135);
        line.addresses[FROM_CLIENT] += n & 0xffff;
        struct syntax_id interface = attack_interface(n % 50);
        attack_open(trace, &line);
        attack_bind(trace, &line, &SYNTAX_EPM);
        say_map(trace, &line, &interface, "0.0.0.0", 0);
        struct line other = attack_line(2 * n + 1, 1112);
        other.addresses[FROM_CLIENT] = line.addresses[FROM_CLIENT];
        for (unsigned i = 0; i < 3; i++) {
            trace_packet(trace, &other, FROM_CLIENT, FLAG_SYN, (struct bytes){0});
            trace_packet(trace, &other, FROM_SERVER, FLAG_RST | FLAG_ACK, (struct bytes){0});
        }
    }
}

/* Client after client goes to a port that it was not told, while it has asked for more than it can remember. */
static void connects_among_many(struct trace *trace, uint64_t bytes) {
    enum { CLIENTS = 100, ASKED = 100 };
    static struct octets tower;
    for (uint32_t n = 0; n < CLIENTS && trace->bytes < bytes / 2; n++) {
        struct line line = attack_line(n, 135);
        line.addresses[FROM_CLIENT] += n;
        attack_open(trace, &line);
        attack_bind(trace, &line, &SYNTAX_EPM);
        for (uint32_t i = 0; i < ASKED; i++) {
            struct syntax_id interface = attack_interface(i);
            tower.len = 0;
            put_tower(&tower, &interface, 0, "0.0.0.0");
            put_request_head(&o, 2 + i, 3, 0, 3);
            put_map_question(&o, false, &tower, NULL);
            pdu_end(&o);
        }
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
    }
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(CLIENTS + n, 1112);
        line.addresses[FROM_CLIENT] = attack_line(n % CLIENTS, 0).addresses[FROM_CLIENT] + n % CLIENTS;
        trace_packet(trace, &line, FROM_CLIENT, FLAG_SYN, (struct bytes){0});
    }
}

/* The same endpoints and interfaces, on server after server. */
static void many_servers(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(n, 135);
        struct syntax_id interface = attack_interface(n % 50);
        line.addresses[FROM_SERVER] += n & 0xfffff;
        attack_open(trace, &line);
        attack_bind(trace, &line, &SYNTAX_EPM);
        say_map(trace, &line, &interface, "0.0.0.0", 0);
        attack_close(trace, &line);
    }
}

/* An NTLM CHALLENGE in a bind_ack: the server's name (MS-NLMP 2.2.1.2), which is every server's, or another each time.
 */
static void put_named_ack(uint32_t name) {
    static struct octets token;
    char text[9];
    snprintf(text, sizeof text, "%08x", (unsigned)name);
    token = (struct octets){.order = ORDER_LITTLE};
    put_text(&token, "NTLMSSP");
    put_hex(&token, "0002000000"
                    "1000100030000000"
                    "01000200"
                    "0000000000000000"
                    "0000000000000000"
                    "0000000030000000");
    for (unsigned i = 0; i < 8; i++)
        put_u16(&token, (unsigned)text[i]);
    put_hex(&o, "0500"
                "0c"
                "03"
                "10000000"
                "00000000"
                "01000000"
                "d016d016"
                "36440000"
                "0000"
                "0000"
                "01000000"
                "00000000"
                "045d888aeb1cc9119fe808002b104860"
                "02000000");
    o.pdu = 0;
    put_verifier(&o, 10, 2, 0, token.at, token.len);
    pdu_end(&o);
}

static void named(struct trace *trace, uint64_t bytes, bool alike) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = attack_line(n, 1112);
        struct offer offer = {0, &STORE, &SYNTAX_NDR};
        line.addresses[FROM_SERVER] += n & 0xfffff;
        attack_open(trace, &line);
        o.order = ORDER_LITTLE;
        put_bind(&o, 11, 1, &offer, 1);
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
        put_named_ack(alike ? 7 : n);
        attack_say_octets(trace, &line, FROM_SERVER, &o);
        attack_close(trace, &line);
    }
}

static void one_name(struct trace *trace, uint64_t bytes) { named(trace, bytes, true); }
static void many_names(struct trace *trace, uint64_t bytes) { named(trace, bytes, false); }

const struct attack ATTACKS_ON_RULES[] = {
    {"maps, no two interfaces alike", maps},
    {"interfaces that are not there", not_registered},
    {"towers, no two addresses alike", towers_elsewhere},
    {"sessions that are all refused", refused_sessions},
    {"SYNs of clients that ask a lot", connects_among_many},
    {"servers, no two alike", many_servers},
    {"servers of one name", one_name},
    {"servers, no two names alike", many_names},
    {NULL, NULL},
};
