/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/attack.h"
#include "tests/dissect/build_dcom.h"

#include <string.h>

/* On one connection each, or on few that are large. */

static struct octets o;
static const uint8_t zeros[4096];

enum { FRAGMENT_FIRST = 1, FRAGMENT_MIDDLE = 0, MANY = 60000 };

static struct line mapper_line(struct trace *trace, uint32_t number) {
    struct line line = attack_line(number, 135);
    attack_open(trace, &line);
    attack_bind(trace, &line, &SYNTAX_EPM);
    return line;
}

static void say_if_much(struct trace *trace, struct line *line, enum direction from) {
    if (o.len > MANY)
        attack_say_octets(trace, line, from, &o);
}

static void one_octet_segments(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    put_request(&o, 2, 0, 3, zeros, 300);
    while (trace->bytes < bytes)
        attack_say(trace, &line, FROM_CLIENT, octets_bytes(&o), 1);
    o.len = 0;
}

/* A call of which each fragment has an octet, begun again when it has as many as are kept. */
static void tiny_fragments(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        put_request_head(&o, 2 + n / 100000, n % 100000 == 0 ? FRAGMENT_FIRST : FRAGMENT_MIDDLE, 0, 3);
        put_u8(&o, n);
        pdu_end(&o);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

/* First fragments only, each of another call. */
static void calls_without_end(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        put_request_head(&o, n, FRAGMENT_FIRST, 0, 3);
        put_bytes(&o, zeros, 40);
        pdu_end(&o);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

/* The answer of many calls in turn, a fragment each. */
static void interleaved_answers(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    for (uint32_t n = 0; n < 2000; n++)
        put_request(&o, n, 0, 2, zeros, 8);
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        put_response_head(&o, n % 2000, n < 2000 ? FRAGMENT_FIRST : FRAGMENT_MIDDLE, 0);
        put_bytes(&o, zeros, 16);
        pdu_end(&o);
        say_if_much(trace, &line, FROM_SERVER);
    }
    attack_say_octets(trace, &line, FROM_SERVER, &o);
}

static void calls_without_answer(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        put_request(&o, n, 0, 3, zeros, 0);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

static void answers_without_call(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        put_response(&o, n, n % 256, zeros, 0);
        say_if_much(trace, &line, FROM_SERVER);
    }
    attack_say_octets(trace, &line, FROM_SERVER, &o);
}

/* Each of them is asked for, accepted, and called. */
static void many_contexts(struct trace *trace, uint64_t bytes) {
    static struct offer offers[200];
    static struct verdict verdicts[200];
    static struct syntax_id interfaces[200];
    struct line line = mapper_line(trace, 1);
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        for (uint32_t i = 0; i < 200; i++) {
            interfaces[i] = attack_interface(n * 200 + i);
            offers[i] = (struct offer){(n * 200 + i) & 0xffff, &interfaces[i], &SYNTAX_NDR};
            verdicts[i] = (struct verdict){0, 0, &SYNTAX_NDR};
        }
        put_bind(&o, 14, n, offers, 200);
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
        put_bind_ack(&o, 15, n, "", verdicts, 200);
        attack_say_octets(trace, &line, FROM_SERVER, &o);
        for (uint32_t i = 0; i < 200; i++)
            put_request(&o, n * 200 + i, (n * 200 + i) & 0xffff, 0, zeros, 0);
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
    }
}

static void binds_without_answer(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    struct offer offer = {0, &STORE, &SYNTAX_NDR};
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        offer.id = n & 0xffff;
        put_bind(&o, 14, n, &offer, 1);
        say_if_much(trace, &line, FROM_CLIENT);
    }
    attack_say_octets(trace, &line, FROM_CLIENT, &o);
}

static void faults_of_all_kinds(struct trace *trace, uint64_t bytes) {
    struct line line = mapper_line(trace, 1);
    for (uint32_t n = 0; trace->bytes + o.len < bytes; n++) {
        put_fault(&o, n, n & 0xffff, n);
        say_if_much(trace, &line, FROM_SERVER);
    }
    attack_say_octets(trace, &line, FROM_SERVER, &o);
}

/* Where the search for a PDU finds one at every step, and each is none. */
static void headers_that_lead_nowhere(struct trace *trace, uint64_t bytes) {
    for (uint32_t n = 1; trace->bytes < bytes; n++) {
        struct line line = attack_line(n, 1112);
        for (size_t len = 0; len < 400000 && trace->bytes < bytes; len += o.len) {
            o.len = 0;
            while (o.len < MANY) {
                size_t at = o.len;
                pdu_begin(&o, 11, 3, 1);
                o.at[at + 8] = 0xf1;
                o.at[at + 9] = 0xff;
            }
            attack_say(trace, &line, FROM_CLIENT, octets_bytes(&o), SEGMENT_SIZE);
        }
    }
    o.len = 0;
}

/* Many towers in each answer. */
static void mapper_answers(struct trace *trace, uint64_t bytes, bool lookup) {
    static struct octets towers[400];
    static const char *annotations[400];
    struct line line = mapper_line(trace, 1);
    for (uint32_t i = 0; i < 400; i++) {
        struct syntax_id interface = attack_interface(i);
        put_tower(&towers[i], &interface, 49152 + i, "10.1.0.12");
        annotations[i] = "a service";
    }
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        put_request(&o, n, 0, lookup ? 2 : 3, zeros, 44);
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
        put_response_head(&o, n, 3, 0);
        if (lookup)
            put_lookup_answer(&o, false, towers, annotations, 400, 0);
        else
            put_map_answer(&o, false, towers, 400, 0);
        pdu_end(&o);
        attack_say_octets(trace, &line, FROM_SERVER, &o);
    }
    memset(towers, 0, sizeof towers);
}

static void towers(struct trace *trace, uint64_t bytes) { mapper_answers(trace, bytes, false); }
static void entries(struct trace *trace, uint64_t bytes) { mapper_answers(trace, bytes, true); }

/* The last octets of the only PDU never come, on connection after connection. */
static void unended_pdus(struct trace *trace, uint64_t bytes) {
    static const uint8_t stub[MANY];
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        struct line line = mapper_line(trace, n);
        put_request(&o, 2, 0, 3, stub, sizeof stub);
        o.len -= 8;
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
    }
}

/* DCOM's answers, each of 200 string bindings that are all others. */
static void string_bindings(struct trace *trace, uint64_t bytes) {
    enum { BINDINGS = 200 };
    static struct string_binding bindings[BINDINGS + 1];
    static char texts[BINDINGS][24];
    static struct octets answer;
    struct line line = attack_line(1, 135);
    attack_open(trace, &line);
    attack_bind(trace, &line, &SYNTAX_OBJECT_EXPORTER);
    for (uint32_t n = 0; trace->bytes < bytes; n++) {
        for (uint32_t i = 0; i < BINDINGS; i++) {
            snprintf(texts[i], sizeof texts[i], "10.%u.%u.%u[1112]", n >> 8 & 255U, n & 255U, i);
            bindings[i] = (struct string_binding){7, texts[i]};
        }
        answer = (struct octets){.order = ORDER_LITTLE};
        put_dcom_answer(&answer, false, DCOM_SERVER_ALIVE2, bindings);
        put_request(&o, n, 0, 5, zeros, 0);
        attack_say_octets(trace, &line, FROM_CLIENT, &o);
        put_response_head(&o, n, 3, 0);
        put_bytes(&o, answer.at, answer.len);
        pdu_end(&o);
        attack_say_octets(trace, &line, FROM_SERVER, &o);
    }
}

const struct attack ATTACKS_BY_RPC[] = {
    {"segments of one octet", one_octet_segments},
    {"fragments of one octet", tiny_fragments},
    {"calls that never end", calls_without_end},
    {"2,000 answers, interleaved", interleaved_answers},
    {"calls that nobody answers", calls_without_answer},
    {"answers that nobody asked for", answers_without_call},
    {"65,536 presentation contexts", many_contexts},
    {"binds that nobody answers", binds_without_answer},
    {"faults, no two alike", faults_of_all_kinds},
    {"PDUs that never end", unended_pdus},
    {"headers that lead nowhere", headers_that_lead_nowhere},
    {"400 towers in each answer", towers},
    {"400 entries in each answer", entries},
    {"200 string bindings in each answer", string_bindings},
    {NULL, NULL},
};
