/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/attack.h"
#include "tests/dissect/build_smb.h"

/* Named pipes over SMB 2: many at once, unended, unanswered. */

enum { MANY = 60000, FILES = 250 };

static struct octets o, pdu;

static struct line smb_line(struct trace *trace) {
    struct line line = attack_line(1, 445);
    o.order = pdu.order = ORDER_LITTLE;
    o.len = pdu.len = 0;
    attack_open(trace, &line);
    return line;
}

static void say_if_much(struct trace *trace, struct line *line, enum direction from) {
    if (o.len > MANY)
        attack_say_octets(trace, line, from, &o);
}

static void write_pdu(uint32_t n, unsigned file) {
    frame_begin(&o);
    put_smb_write(&o, n, file, pdu.at, pdu.len);
    frame_end(&o);
}

/* A request each, with a bind first. */
static void pipes_in_turn(struct trace *trace, uint64_t bytes) {
    struct line line = smb_line(trace);
    struct offer offer = {0, &STORE, &SYNTAX_NDR};
    put_bind(&pdu, 11, 1, &offer, 1);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        if (n == FILES) {
            pdu.len = 0;
            put_request(&pdu, 2, 0, 3, "12345678", 8);
        }
        write_pdu(n, n % FILES);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

/* The bind alone, on a pipe that is closed again. */
static void pipes_one_by_one(struct trace *trace, uint64_t bytes) {
    struct line line = smb_line(trace);
    struct offer offer = {0, &STORE, &SYNTAX_NDR};
    put_bind(&pdu, 11, 1, &offer, 1);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        write_pdu(2 * n, n % FILES);
        frame_begin(&o);
        put_smb_close(&o, 2 * n + 1, n % FILES);
        frame_end(&o);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

/* A PDU comes octet by octet, a WRITE each. */
static void one_octet_writes(struct trace *trace, uint64_t bytes) {
    struct line line = smb_line(trace);
    put_request(&pdu, 2, 0, 3, "12345678", 8);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        frame_begin(&o);
        put_smb_write(&o, n, 7, pdu.at + n % pdu.len, 1);
        frame_end(&o);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

static void reads_without_answer(struct trace *trace, uint64_t bytes) {
    struct line line = smb_line(trace);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        frame_begin(&o);
        put_smb_read(&o, n, n % FILES);
        frame_end(&o);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

/* While as many READs as are kept wait. */
static void unasked_answers(struct trace *trace, uint64_t bytes) {
    struct line line = smb_line(trace);
    for (uint32_t n = 0; n < 1000; n++) {
        frame_begin(&o);
        put_smb_read(&o, n, n % FILES);
        frame_end(&o);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        frame_begin(&o);
        put_smb_read_answer(&o, n + 5000, SMB_OK, "5", 1);
        frame_end(&o);
        say_if_much(trace, &line, FROM_SERVER);
    }
    attack_say_octets(trace, &line, FROM_SERVER, &o);
}

/* Chains of many messages in a frame, each related to the one before. */
static void chains(struct trace *trace, uint64_t bytes) {
    struct line line = smb_line(trace);
    put_request(&pdu, 2, 0, 3, "12345678", 8);
    for (uint32_t n = 0; trace->bytes < bytes;) {
        frame_begin(&o);
        put_smb_write(&o, n++, 7, pdu.at, pdu.len);
        for (unsigned i = 0; i < 200; i++) {
            frame_chain(&o, true);
            put_smb_write(&o, n++, THE_SAME_FILE, pdu.at, pdu.len);
        }
        frame_end(&o);
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
    }
}

static void keep_alives(struct trace *trace, uint64_t bytes) {
    struct line line = smb_line(trace);
    write_pdu(1, 7);
    while (trace->bytes + o.len < bytes) {
        put_hex(&o, "85000000");
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

/* Pipes of ever other names, which are there or are not. */
static void open_pipes(struct trace *trace, uint64_t bytes, int status) {
    struct line line = smb_line(trace);
    frame_begin(&o);
    put_smb_connect_answer(&o, 0, 2);
    frame_end(&o);
    attack_say_octets(trace, &line, FROM_SERVER, &o);
    for (uint32_t n = 1; trace->bytes < bytes; n++) {
        char name[16];
        snprintf(name, sizeof name, "pipe%u", (unsigned)n);
        frame_begin(&o);
        put_smb_create(&o, n, name);
        frame_end(&o);
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
        frame_begin(&o);
        if (status == SMB_OK)
            put_smb_create_answer(&o, n, n % FILES, status);
        else
            put_smb_error(&o, 5, n, status);
        frame_end(&o);
        attack_say_octets(trace, &line, FROM_SERVER, &o);
    }
}

static void opened_pipes(struct trace *trace, uint64_t bytes) { open_pipes(trace, bytes, SMB_OK); }
static void missing_pipes(struct trace *trace, uint64_t bytes) { open_pipes(trace, bytes, SMB_IS_NOT_FOUND); }

/* Session set-ups of whose token every octet may begin an NTLM message. */
static void long_tokens(struct trace *trace, uint64_t bytes) {
    static char token[4000];
    struct line line = smb_line(trace);
    for (size_t i = 0; i < sizeof token; i++)
        token[i] = "NTLMSSPN"[i % 8];
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        frame_begin(&o);
        put_smb_setup_answer(&o, n, SMB_GOES_ON, token, sizeof token);
        frame_end(&o);
        say_if_much(trace, &line, FROM_SERVER);
    }
    attack_say_octets(trace, &line, FROM_SERVER, &o);
}

const struct attack ATTACKS_BY_SMB[] = {
    {"250 pipes in turn", pipes_in_turn},
    {"pipes one after the other", pipes_one_by_one},
    {"WRITEs of one octet", one_octet_writes},
    {"READs that nobody answers", reads_without_answer},
    {"answers, 1,000 READs wait", unasked_answers},
    {"chains of 200 messages", chains},
    {"keep-alives of SMB", keep_alives},
    {"pipes opened, no two names alike", opened_pipes},
    {"pipes that are not there", missing_pipes},
    {"tokens that are nearly NTLM's", long_tokens},
    {NULL, NULL},
};
