/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protocols whose messages look like the beginning of a PDU, and servers that speak several at one port. */
#include "tests/dissect/stories.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

#include <string.h>

enum { DYNAMIC = 49152, MESSAGES = 6, ISCSI_HEADER = 48 };

static struct octets o;

static struct octets *fresh(void) {
    o.len = 0;
    o.order = ORDER_BIG;
    return &o;
}

static void begin(struct play *p, uint16_t port, bool midstream) {
    play_start(p);
    play_again(p, port, midstream);
    play_open(p);
    play_forget(p);
}

/* Of what is no RPC not even the end is told. */
static void ends_untold(struct play *p) {
    play_close(p, CLOSE_FIN);
    CU_ASSERT_EQUAL(p->facts, 0);
    CU_ASSERT_EQUAL(p->tally.lost[LOSS_MALFORMED_PDUS], 0);
    for (size_t i = 0; i < sizeof p->tally.pdus / sizeof p->tally.pdus[0]; i++)
        CU_ASSERT_EQUAL(p->tally.pdus[i], 0);
    play_stop(p);
}

struct line {
    enum direction direction;
    const char *hex;
};
struct exchange_of {
    const char *protocol;
    struct line lines[MESSAGES];
};

static const struct exchange_of STRANGERS[] = {
    {"SOCKS 5, the answer has no address, TLS follows (RFC 1928)",
     {{FROM_CLIENT, "050100"},
      {FROM_SERVER, "0500"},
      {FROM_CLIENT, "0501000310636f72702e6578616d706c652e6f726701bb"},
      {FROM_SERVER, "05000001000000000000"},
      {FROM_CLIENT, "1603010200010001fc0303"},
      {FROM_SERVER, "160303007a020000760303"}}},
    {"SOCKS 5, the answer goes on with what looks like a length, and a message of SMB",
     {{FROM_CLIENT, "050100"},
      {FROM_SERVER, "0500"},
      {FROM_CLIENT, "05010001000000000438"},
      {FROM_SERVER, "05000001000000000438000000850000000000000000"},
      {FROM_CLIENT, "0000008553524d42"},
      {FROM_SERVER, "00000085aa534d4272000000"}}},
    {"SOCKS 5, user name and password (RFC 1929)",
     {{FROM_CLIENT, "05020002"},
      {FROM_SERVER, "0502"},
      {FROM_CLIENT, "010461646d696e0473657373"},
      {FROM_SERVER, "0100"}}},
    {"Cassandra's protocol version 5: OPTIONS, STARTUP, READY",
     {{FROM_CLIENT, "050000000500000000"},
      {FROM_SERVER, "850000000600000002"},
      {FROM_CLIENT, "05000001010000001600010"
                    "00b43514c5f56455253494f4e0005332e302e30"},
      {FROM_SERVER, "850000010200000000"},
      {FROM_CLIENT, "0500000207000000170000000e53454c454354202a2046524f4d2074000100"}}},
    {"a length of five, or a count of 1280, in front of each message",
     {{FROM_CLIENT, "0500000048454c4c4f"}, {FROM_SERVER, "050000004f4b41595a"}, {FROM_CLIENT, "0500000051554954ff"}}},
    {"one message each way that looks like a whole request and the answer to another",
     {{FROM_CLIENT, "050000031000000018000000010000000000000000000000"},
      {FROM_SERVER, "050002031000000018000000020000000000000000000000"}}},
    {"the header of a request and nothing that agrees with it",
     {{FROM_CLIENT, "05000003100000000f00000001000000"}, {FROM_SERVER, "05000203100000000900000001000000"}}},
};

static void play_lines(struct play *p, const struct exchange_of *stranger) {
    for (size_t i = 0; i < MESSAGES && stranger->lines[i].hex != NULL; i++)
        play_hex(p, stranger->lines[i].direction, stranger->lines[i].hex);
}

static void messages_that_begin_as_pdus_do_are_no_rpc(void) {
    for (size_t i = 0; i < sizeof STRANGERS / sizeof STRANGERS[0]; i++) {
        for (int midstream = 0; midstream < 2; midstream++) {
            struct play p;
            begin(&p, DYNAMIC, midstream != 0);
            play_lines(&p, &STRANGERS[i]);
            ends_untold(&p);
        }
    }
}

/* SCSI Data-Out of iSCSI (RFC 7143 11.7) begins with 05 00 00 00 too; the LUN lies where a PDU has its lengths. What a
 * backup network carries most is such bulk. */
static void bulk_of_iscsi_is_no_rpc(void) {
    static const uint16_t luns[] = {0, 1, 0x10, 0x4001, 0x7fff};
    static const uint32_t sizes[] = {512, 8192, 65536};
    static uint8_t data[65536];
    memset(data, 5, sizeof data / 2);
    for (size_t lun = 0; lun < sizeof luns / sizeof luns[0]; lun++) {
        for (size_t size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
            struct play p;
            begin(&p, 3260, true);
            for (uint32_t n = 0; n < 20; n++) {
                put_u32(fresh(), 0x05000000);
                put_u32(&o, sizes[size]); /* TotalAHSLength, DataSegmentLength */
                put_u16(&o, luns[lun]);
                put_zeros(&o, 6);
                put_u32(&o, n + 1); /* task tag */
                put_zeros(&o, ISCSI_HEADER - 20);
                put_bytes(&o, data, sizes[size] > 16000 ? 16000 : sizes[size]);
                play_pieces(&p, FROM_CLIENT, octets_bytes(&o), 1460);
            }
            ends_untold(&p);
        }
    }
}

/* xorshift64: the same bytes on every machine. */
static uint64_t state;
static uint8_t any(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint8_t)(state >> 32);
}

static void put_noise(size_t n) {
    for (size_t i = 0; i < n; i++)
        put_u8(&o, any());
}

/* Both sides begin each message with the first octets of a PDU, or with a likely header; all else is noise. */
static void noise_behind_likely_beginnings_is_no_rpc(void) {
    static const char *const beginnings[] = {
        "05", "0500", "050000", "05000003", "0500000310000000", "0500000300000000"};
    state = 1753;
    for (unsigned round = 0; round < 600; round++) {
        struct play p;
        begin(&p, DYNAMIC, round % 2 != 0);
        for (unsigned message = 0; message < 12; message++) {
            put_hex(fresh(), beginnings[round / 2 % (sizeof beginnings / sizeof beginnings[0])]);
            put_noise(20 + any());
            play_octets(&p, message % 2 == 0 ? FROM_CLIENT : FROM_SERVER, &o);
        }
        ends_untold(&p);
    }
}

static void tell_map(struct play *p) {
    static struct story story;
    story_tell(&story, STORY_MAP, ORDER_LITTLE);
    for (size_t i = 0; i < story.count; i++)
        play_octets(p, story.messages[i].direction, &story.messages[i].octets);
    play_close(p, CLOSE_FIN);
}

static void tell_calls(struct play *p) {
    static struct story story;
    story_tell(&story, STORY_CALLS, ORDER_BIG);
    for (size_t i = 0; i < story.count; i++)
        play_octets(p, story.messages[i].direction, &story.messages[i].octets);
    play_close(p, CLOSE_FIN);
}

/* The mapper named port 1112, and RPC was seen at it: what else comes there is judged by its own bytes. */
static void one_port_serves_rpc_and_something_else(void) {
    static const char *const others[] = {"474554202f20485454502f312e310d0a0d0a", "16030100a5010000a10303", "050100",
                                         "00000018ff534d4275000000"};
    struct play p;
    play_start(&p);
    play_open(&p);
    tell_map(&p);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        play_again(&p, 1112, false);
        play_open(&p);
        tell_calls(&p);
        CU_ASSERT_TRUE(play_told(&p, "first_answer"));
        play_again(&p, 1112, false);
        play_open(&p);
        play_forget(&p);
        play_hex(&p, FROM_CLIENT, others[i]);
        play_hex(&p, FROM_SERVER, "485454502f312e3120343030");
        play_close(&p, CLOSE_FIN);
        CU_ASSERT_EQUAL(p.facts, 0);
    }
    play_stop(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"messages that begin as PDUs do are no RPC", messages_that_begin_as_pdus_do_are_no_rpc},
        {"bulk of iSCSI is no RPC", bulk_of_iscsi_is_no_rpc},
        {"noise behind likely beginnings is no RPC", noise_behind_likely_beginnings_is_no_rpc},
        {"one port serves RPC and something else", one_port_serves_rpc_and_something_else},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/strangers", tests);
}
