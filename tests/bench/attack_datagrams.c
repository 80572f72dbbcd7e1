/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/attack.h"

#include <string.h>

/* What belongs to no connection: fragments of IP, tunnels, UDP, ARP. All of it is big endian. */

static struct octets o;

static const uint32_t CLIENT = 10U << 24 | 2U << 16, SERVER = 10U << 24 | 1U << 16 | 11;

static void begin(unsigned ethertype) {
    o.len = 0;
    o.order = ORDER_BIG;
    put_hex(&o, "020000000001020000000002");
    put_u16(&o, ethertype);
}

/* place: the flag that more fragments follow, and the offset in eight octets. */
static void begin_ip(uint32_t source, unsigned protocol, size_t len, uint32_t id, unsigned place) {
    begin(0x0800);
    put_u16(&o, 0x4500);
    put_u16(&o, (unsigned)(20 + len));
    put_u16(&o, id & 0xffff);
    put_u16(&o, place);
    put_u16(&o, 64U << 8 | protocol);
    put_u16(&o, 0);
    put_u32(&o, source);
    put_u32(&o, SERVER);
}

static void write(struct trace *trace) { trace_frame(trace, octets_bytes(&o)); }

enum { MORE = 0x2000 };

static void write_fragment(struct trace *trace, uint32_t id, unsigned place, size_t len) {
    begin_ip(CLIENT + (id >> 16), 6, len, id, place);
    put_zeros(&o, len);
    write(trace);
}

static void first_fragments(struct trace *trace, uint64_t bytes) {
    for (uint32_t id = 0; trace->bytes < bytes; id++)
        write_fragment(trace, id, MORE, 8);
}

/* Datagrams of 8,191 fragments, from the last to the first. */
static void tiny_fragments(struct trace *trace, uint64_t bytes) {
    for (uint32_t id = 0; trace->bytes < bytes; id++)
        for (unsigned n = 8100; n > 0 && trace->bytes < bytes; n--)
            write_fragment(trace, id, (n - 1) | (n == 8100 ? 0U : MORE), 8);
}

/* Every second one of them, so that none becomes whole. */
static void fragments_with_holes(struct trace *trace, uint64_t bytes) {
    for (uint32_t id = 0; trace->bytes < bytes; id++)
        for (unsigned n = 8100; n > 0 && trace->bytes < bytes; n -= 2)
            write_fragment(trace, id, n | MORE, 8);
}

static void begin_udp(uint32_t source, unsigned source_port, unsigned port, size_t len) {
    begin_ip(source, 17, 8 + len, 1, 0);
    put_u16(&o, source_port);
    put_u16(&o, port);
    put_u16(&o, (unsigned)(8 + len));
    put_u16(&o, 0);
}

/* IP in IP in IP … */
static void tunnels(struct trace *trace, uint64_t bytes) {
    enum { DEPTH = 60, HEADER = 20 };
    while (trace->bytes < bytes) {
        begin(0x0800);
        for (unsigned depth = DEPTH; depth > 0; depth--) {
            put_u16(&o, 0x4500);
            put_u16(&o, depth * HEADER);
            put_hex(&o, "000100004004000"
                        "00a0200010a01000b");
        }
        write(trace);
    }
}

static void pings(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        begin_udp(CLIENT + n / 60000, 1025 + n % 60000, 1112, 0);
        write(trace);
    }
}

/* The header of version 4 (C706 12.4.1). */
static void begin_connectionless(uint32_t n, unsigned type, unsigned flags, uint32_t fragment, size_t len) {
    begin_udp(CLIENT + n % 200, 1025, 135, 80 + len);
    put_u8(&o, 4);
    put_u8(&o, type);
    put_u8(&o, flags);
    put_u8(&o, 0);
    put_u32(&o, 0); /* drep: big endian; serial_hi */
    put_zeros(&o, 16);
    put_hex(&o, "e1af83085d1f11c991a408002b14a0fa"); /* the mapper */
    put_u32(&o, n);                                  /* activity */
    put_zeros(&o, 12);
    put_u32(&o, 0); /* boot time */
    put_u32(&o, 3); /* version of the interface */
    put_u32(&o, n); /* sequence */
    put_u16(&o, 3); /* opnum */
    put_u16(&o, 0xffff);
    put_u16(&o, 0xffff);
    put_u16(&o, (unsigned)len);
    put_u16(&o, fragment);
    put_u16(&o, 0);
    put_zeros(&o, len);
}

static void activities(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        begin_connectionless(n, 0, 0, 0, 44);
        write(trace);
    }
}

static void unended_requests(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        begin_connectionless(n / 60000, 0, 4, n % 60000, 8);
        write(trace);
    }
}

static void backward_requests(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        begin_connectionless(n / 1000, 0, 4, 1000 - n % 1000, 1);
        write(trace);
    }
}

static void unasked_responses(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        begin_connectionless(n, 2, 0, 0, 44);
        write(trace);
    }
}

static void write_udp(struct trace *trace, unsigned port, const struct octets *answer) {
    begin_udp(CLIENT, port, 1025, answer->len);
    put_bytes(&o, answer->at, answer->len);
    write(trace);
}

/* An answer of many records (RFC 1035 4.1), whose names are pointers to pointers. */
static void dns_pointers(struct trace *trace, uint64_t bytes) {
    static struct octets answer;
    answer = (struct octets){.order = ORDER_BIG};
    put_hex(&answer, "000181800000005a00000000");
    for (unsigned i = 0; i < 90; i++) {
        put_u16(&answer, 0xc000 | (unsigned)(answer.len > 28 ? answer.len - 16 : 12));
        put_hex(&answer, "00010001000000000004");
        put_u32(&answer, CLIENT + i);
    }
    while (trace->bytes < bytes)
        write_udp(trace, 53, &answer);
}

/* Names of many labels, no two alike, all of which end in the same ones. */
static void dns_names(struct trace *trace, uint64_t bytes) {
    static struct octets answer;
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        answer = (struct octets){.order = ORDER_BIG};
        put_hex(&answer, "000181800000001400000000");
        for (uint32_t i = 0; i < 20; i++) {
            char label[16];
            snprintf(label, sizeof label, "%08x", (unsigned)(n * 20 + i));
            put_u8(&answer, 8);
            put_text(&answer, label);
            if (i == 0)
                put_hex(&answer, "0161016201630164016501660167016801690161016201630164016500");
            else
                put_u16(&answer, 0xc015);
            put_hex(&answer, "00010001000000000004");
            put_u32(&answer, CLIENT + n * 20 + i);
        }
        write_udp(trace, 53, &answer);
    }
}

/* Positive answers of the NetBIOS name service (RFC 1002 4.2.13), each of another name and address. */
static void netbios_names(struct trace *trace, uint64_t bytes) {
    static struct octets answer;
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        answer = (struct octets){.order = ORDER_BIG};
        put_hex(&answer, "00018580000000010000000020");
        for (unsigned i = 0; i < 32; i++)
            put_u8(&answer, 'A' + (i < 16 ? n >> 2 * i & 3 : 2));
        put_hex(&answer, "0000200001000000000006"
                         "0000");
        put_u32(&answer, CLIENT + n);
        write_udp(trace, 137, &answer);
    }
}

/* Each says that another address is at another card, or all that they are at the same one. */
static void write_arp(struct trace *trace, uint32_t address, uint32_t card) {
    begin(0x0806);
    put_hex(&o, "00010800060400020200");
    put_u32(&o, card);
    put_u32(&o, address);
    put_zeros(&o, 6);
    put_u32(&o, CLIENT);
    write(trace);
}

static void arp_flood(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++)
        write_arp(trace, CLIENT + n % 0xfffff, n);
}

static void one_card(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 0; trace->bytes < bytes; n++)
        write_arp(trace, CLIENT + n % 0xfffff, 7);
}

const struct attack ATTACKS_BY_DATAGRAMS[] = {
    {"first fragments of IP", first_fragments},
    {"8,100 fragments of IP, backwards", tiny_fragments},
    {"fragments of IP with holes", fragments_with_holes},
    {"IP in IP, 60 times", tunnels},
    {"UDP between many", pings},
    {"UDP activities, no two alike", activities},
    {"UDP requests that never end", unended_requests},
    {"1,000 UDP fragments, backwards", backward_requests},
    {"UDP responses, unasked for", unasked_responses},
    {"DNS, pointers to pointers", dns_pointers},
    {"DNS, no two names alike", dns_names},
    {"NetBIOS names, no two alike", netbios_names},
    {"ARP, no two cards alike", arp_flood},
    {"ARP, all at one card", one_card},
    {NULL, NULL},
};
