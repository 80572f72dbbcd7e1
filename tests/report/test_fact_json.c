/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/report/fact_lines.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

static void same_syntax(const struct syntax_id *a, const struct syntax_id *b) {
    CU_ASSERT_TRUE(uuid_equal(&a->uuid, &b->uuid));
    CU_ASSERT_EQUAL(a->major, b->major);
    CU_ASSERT_EQUAL(a->minor, b->minor);
}

static void same_frame_of_fact(const struct fact *a, const struct fact *b) {
    CU_ASSERT_EQUAL(a->kind, b->kind);
    CU_ASSERT_EQUAL(a->seen.frame, b->seen.frame);
    CU_ASSERT_EQUAL(a->seen.time, b->seen.time);
    CU_ASSERT_EQUAL(a->flow, b->flow);
    CU_ASSERT_EQUAL(a->transport, b->transport);
    CU_ASSERT_TRUE(endpoint_equal(&a->client, &b->client));
    CU_ASSERT_TRUE(endpoint_equal(&a->server, &b->server));
}

/* Writes the fact, reads it into back with a table of names of its own. */
static void round_trip(const struct fact *fact, struct fact *back) {
    struct file_names files = {0};
    struct file_names own = {0};
    char error[FACT_ERROR_SIZE] = "";
    CU_ASSERT_TRUE(file_names_add(&files, "captures/a b.pcap"));
    char *line = written(fact, &files);
    bool read = fact_read(line, strlen(line), &own, back, error);
    CU_ASSERT_TRUE(read);
    if (!read)
        printf("%s: %s", error, line);
    CU_ASSERT_STRING_EQUAL(file_names_at(&own, back->seen.file), "captures/a b.pcap");
    same_frame_of_fact(fact, back);
    free(line);
    file_names_free(&files);
    file_names_free(&own);
}

static void connects_survive(void) {
    for (unsigned kind = FACT_CONNECT_ATTEMPTED; kind <= FACT_CONNECT_UNANSWERED; kind++) {
        struct fact fact = fact_of((enum fact_kind)kind);
        struct fact back;
        fact.connect = (struct fact_connect){.attempt = UINT32_MAX,
                                             .server_mac = {{0x00, 0x1b, 0xff, 0x80, 0x7f, 0x01}, true},
                                             .client_ttl = 255,
                                             .server_ttl = 1,
                                             .midstream = true,
                                             .icmp_type = 3,
                                             .icmp_code = 13,
                                             .reporter = address_of("fe80::1")};
        round_trip(&fact, &back);
        CU_ASSERT_EQUAL(back.connect.attempt, UINT32_MAX);
        CU_ASSERT_TRUE(back.connect.server_mac.known);
        CU_ASSERT_EQUAL(memcmp(back.connect.server_mac.octets, fact.connect.server_mac.octets, 6), 0);
        CU_ASSERT_EQUAL(back.connect.client_ttl, 255);
        CU_ASSERT_EQUAL(back.connect.server_ttl, 1);
        CU_ASSERT_TRUE(back.connect.midstream);
        CU_ASSERT_EQUAL(back.connect.icmp_type, 3);
        CU_ASSERT_EQUAL(back.connect.icmp_code, 13);
        CU_ASSERT_TRUE(address_equal(&back.connect.reporter, &fact.connect.reporter));
    }
}

static void an_empty_connect_survives(void) {
    struct fact fact = {.kind = FACT_CONNECT_ATTEMPTED};
    struct fact back;
    round_trip(&fact, &back);
    CU_ASSERT_FALSE(back.connect.server_mac.known);
    CU_ASSERT_FALSE(back.connect.midstream);
    CU_ASSERT_EQUAL(back.connect.reporter.family, ADDRESS_NONE);
    CU_ASSERT_EQUAL(back.client.address.family, ADDRESS_NONE);
}

static void same_tower(const struct fact_tower *a, const struct fact_tower *b) {
    same_syntax(&a->interface, &b->interface);
    CU_ASSERT_EQUAL(a->transport, b->transport);
    CU_ASSERT_TRUE(endpoint_equal(&a->endpoint, &b->endpoint));
    CU_ASSERT_STRING_EQUAL(a->name, b->name);
}

static void maps_survive(void) {
    for (unsigned kind = FACT_MAP_ASKED; kind <= FACT_MAP_ANSWERED; kind++) {
        struct fact fact = fact_of((enum fact_kind)kind);
        struct fact back;
        fact.map = (struct fact_map){.call_id = UINT32_MAX,
                                     .interface = SYNTAX_NDR64,
                                     .transport = TRANSPORT_HTTP,
                                     .object = SYNTAX_EPM.uuid,
                                     .status = 0x16c9a0d6,
                                     .offered = UINT32_MAX,
                                     .count = FACT_MAX_TOWERS,
                                     .question_seen = true};
        for (unsigned i = 0; i < FACT_MAX_TOWERS; i++)
            fact.map.towers[i] = tower_of(i);
        round_trip(&fact, &back);
        CU_ASSERT_EQUAL(back.map.call_id, UINT32_MAX);
        same_syntax(&back.map.interface, &SYNTAX_NDR64);
        CU_ASSERT_EQUAL(back.map.transport, TRANSPORT_HTTP);
        CU_ASSERT_TRUE(uuid_equal(&back.map.object, &SYNTAX_EPM.uuid));
        CU_ASSERT_EQUAL(back.map.status, 0x16c9a0d6);
        CU_ASSERT_EQUAL(back.map.offered, UINT32_MAX);
        CU_ASSERT_TRUE(back.map.question_seen);
        CU_ASSERT_EQUAL(back.map.count, FACT_MAX_TOWERS);
        for (unsigned i = 0; i < FACT_MAX_TOWERS; i++)
            same_tower(&back.map.towers[i], &fact.map.towers[i]);
    }
}

static void a_lookup_survives_with_any_bytes(void) {
    struct fact fact = fact_of(FACT_LOOKUP_ENTRY);
    struct fact back;
    fact.lookup.object = SYNTAX_NDR.uuid;
    fact.lookup.tower = tower_of(3);
    for (size_t i = 0; i < sizeof fact.lookup.annotation - 1; i++)
        fact.lookup.annotation[i] = (char)(0xff - i);
    strcpy(fact.lookup.tower.name, "\\PIPE\\\"\x1b\x7f S\xc3\xa4ule");
    round_trip(&fact, &back);
    CU_ASSERT_TRUE(uuid_equal(&back.lookup.object, &SYNTAX_NDR.uuid));
    same_tower(&back.lookup.tower, &fact.lookup.tower);
    CU_ASSERT_STRING_EQUAL(back.lookup.annotation, fact.lookup.annotation);
}

static void binds_survive(void) {
    for (unsigned kind = FACT_BIND_ASKED; kind <= FACT_BIND_REFUSED; kind++) {
        struct fact fact = fact_of((enum fact_kind)kind);
        struct fact back;
        fact.bind = (struct fact_bind){.alter = true,
                                       .call_id = 0x54004e,
                                       .assoc_group = UINT32_MAX,
                                       .nak_reason = UINT16_MAX,
                                       .question_seen = true,
                                       .offered = UINT16_MAX,
                                       .count = FACT_MAX_CONTEXTS,
                                       .secondary = "\\PIPE\\srvsvc"};
        for (unsigned i = 0; i < FACT_MAX_CONTEXTS; i++)
            fact.bind.contexts[i] =
                (struct fact_context){(uint16_t)(65535 - i), SYNTAX_EPM, SYNTAX_NDR, (uint16_t)i, UINT16_MAX};
        fact.bind.contexts[1].interface = (struct syntax_id){.major = 65535, .minor = 65535};
        round_trip(&fact, &back);
        CU_ASSERT_TRUE(back.bind.alter);
        CU_ASSERT_EQUAL(back.bind.call_id, 0x54004e);
        CU_ASSERT_EQUAL(back.bind.assoc_group, UINT32_MAX);
        CU_ASSERT_EQUAL(back.bind.nak_reason, UINT16_MAX);
        CU_ASSERT_TRUE(back.bind.question_seen);
        CU_ASSERT_EQUAL(back.bind.offered, UINT16_MAX);
        CU_ASSERT_EQUAL(back.bind.count, FACT_MAX_CONTEXTS);
        CU_ASSERT_STRING_EQUAL(back.bind.secondary, "\\PIPE\\srvsvc");
        for (unsigned i = 0; i < FACT_MAX_CONTEXTS; i++) {
            CU_ASSERT_EQUAL(back.bind.contexts[i].id, 65535 - i);
            same_syntax(&back.bind.contexts[i].interface, &fact.bind.contexts[i].interface);
            same_syntax(&back.bind.contexts[i].transfer, &SYNTAX_NDR);
            CU_ASSERT_EQUAL(back.bind.contexts[i].result, i);
            CU_ASSERT_EQUAL(back.bind.contexts[i].reason, UINT16_MAX);
        }
    }
}

static void calls_survive(void) {
    for (unsigned kind = FACT_FIRST_CALL; kind <= FACT_FAULT; kind++) {
        struct fact fact = fact_of((enum fact_kind)kind);
        struct fact back;
        fact.call = (struct fact_call){1, 2, SYNTAX_EPM, 0xffff, 0x1c010003, true, true};
        round_trip(&fact, &back);
        CU_ASSERT_EQUAL(back.call.call_id, 1);
        CU_ASSERT_EQUAL(back.call.context, 2);
        same_syntax(&back.call.interface, &SYNTAX_EPM);
        CU_ASSERT_EQUAL(back.call.opnum, 0xffff);
        CU_ASSERT_EQUAL(back.call.status, 0x1c010003);
        CU_ASSERT_TRUE(back.call.did_not_execute && back.call.maybe);
    }
}

static void authentication_and_names_survive(void) {
    struct fact fact = fact_of(FACT_AUTHENTICATION);
    struct fact back;
    fact.authentication = (struct fact_authentication){16, 6};
    round_trip(&fact, &back);
    CU_ASSERT_EQUAL(back.authentication.type, 16);
    CU_ASSERT_EQUAL(back.authentication.level, 6);
    for (unsigned source = 0; source < NAME_SOURCES; source++) {
        fact = fact_of(FACT_SERVER_NAME);
        fact.name.source = (enum name_source)source;
        strcpy(fact.name.name, "EXNODE1");
        round_trip(&fact, &back);
        CU_ASSERT_EQUAL(back.name.source, source);
        CU_ASSERT_STRING_EQUAL(back.name.name, "EXNODE1");
    }
}

static void closings_survive(void) {
    for (unsigned reason = CLOSE_FIN; reason <= CLOSE_END; reason++) {
        struct fact fact = fact_of(FACT_CLOSED);
        struct fact back;
        fact.seen.time = 0;
        fact.seen.frame = INT64_MAX;
        fact.flow = INT64_MAX;
        fact.closing = (struct fact_closing){
            (enum close_reason)reason, FROM_SERVER, {INT64_MAX, 1}, 2, 3, 4, true, {5, INT64_MAX}, {false, true}};
        round_trip(&fact, &back);
        CU_ASSERT_EQUAL(back.closing.reason, reason);
        CU_ASSERT_EQUAL(back.closing.by, FROM_SERVER);
        CU_ASSERT_EQUAL(back.closing.bytes[FROM_CLIENT], INT64_MAX);
        CU_ASSERT_EQUAL(back.closing.bytes[FROM_SERVER], 1);
        CU_ASSERT_EQUAL(back.closing.calls, 2);
        CU_ASSERT_EQUAL(back.closing.answers, 3);
        CU_ASSERT_EQUAL(back.closing.faults, 4);
        CU_ASSERT_TRUE(back.closing.midstream);
        CU_ASSERT_EQUAL(back.closing.missing[FROM_CLIENT], 5);
        CU_ASSERT_EQUAL(back.closing.missing[FROM_SERVER], INT64_MAX);
        CU_ASSERT_FALSE(back.closing.unseen[FROM_CLIENT]);
        CU_ASSERT_TRUE(back.closing.unseen[FROM_SERVER]);
    }
}

static void malformed_and_gaps_survive(void) {
    struct fact back;
    for (unsigned why = 0; why < MALFORMATIONS; why++) {
        struct fact fact = fact_of(FACT_MALFORMED);
        fact.malformed.why = (enum malformation)why;
        fact.malformed.direction = FROM_SERVER;
        round_trip(&fact, &back);
        CU_ASSERT_EQUAL(back.malformed.why, why);
        CU_ASSERT_EQUAL(back.malformed.direction, FROM_SERVER);
    }
    struct fact fact = fact_of(FACT_GAP);
    fact.seen.time = LATEST_TIME;
    fact.gap.bytes = INT64_MAX;
    fact.gap.cut = true;
    round_trip(&fact, &back);
    CU_ASSERT_EQUAL(back.gap.direction, FROM_CLIENT);
    CU_ASSERT_EQUAL(back.gap.bytes, INT64_MAX);
    CU_ASSERT_TRUE(back.gap.cut);
}

static void same_counts(const uint64_t *a, const uint64_t *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(a[i], b[i]);
}

static void the_whole_tally_survives(void) {
    struct fact fact = fact_of(FACT_CAPTURE_ENDED);
    struct fact back;
    fact.tally = (struct tally){
        .files = 1, .frames = 2, .bytes = 3, .first = 4, .last = LATEST_TIME, .flows = 6, .calls = 7, .maps = 8};
    for (uint64_t i = 0; i < PDU_TYPES; i++)
        fact.tally.pdus[i] = i;
    for (uint64_t i = 0; i < LOSS_KINDS; i++)
        fact.tally.lost[i] = INT64_MAX - i;
    for (uint64_t i = 0; i < LIMIT_KINDS; i++)
        fact.tally.limits[i] = i * i;
    round_trip(&fact, &back);
    CU_ASSERT_EQUAL(back.tally.files, 1);
    CU_ASSERT_EQUAL(back.tally.frames, 2);
    CU_ASSERT_EQUAL(back.tally.bytes, 3);
    CU_ASSERT_EQUAL(back.tally.first, 4);
    CU_ASSERT_EQUAL(back.tally.last, LATEST_TIME);
    CU_ASSERT_EQUAL(back.tally.flows, 6);
    CU_ASSERT_EQUAL(back.tally.calls, 7);
    CU_ASSERT_EQUAL(back.tally.maps, 8);
    same_counts(back.tally.pdus, fact.tally.pdus, PDU_TYPES);
    same_counts(back.tally.lost, fact.tally.lost, LOSS_KINDS);
    same_counts(back.tally.limits, fact.tally.limits, LIMIT_KINDS);
}

static void a_line_reads_as_it_should(void) {
    struct file_names files = {0};
    file_names_add(&files, "a.pcap");
    struct fact fact = fact_of(FACT_AUTHENTICATION);
    char *line = written(&fact, &files);
    CU_ASSERT_STRING_EQUAL(line, "{\"type\":\"fact\",\"kind\":\"authentication\",\"frame\":12,"
                                 "\"time\":\"2026-11-22T12:00:00.000000001Z\",\"file\":\"a.pcap\",\"flow\":7,"
                                 "\"transport\":\"ncacn_ip_tcp\",\"client\":{\"ip\":\"10.0.2.1\",\"port\":1025},"
                                 "\"server\":{\"ip\":\"2001:db8::10:2\",\"port\":135},"
                                 "\"auth_type\":0,\"auth_level\":0}\n");
    free(line);
    file_names_free(&files);
}

int main(void) {
    CU_TestInfo tests[] = {{"connects survive", connects_survive},
                           {"an empty connect survives", an_empty_connect_survives},
                           {"maps survive", maps_survive},
                           {"a lookup survives with any bytes", a_lookup_survives_with_any_bytes},
                           {"binds survive", binds_survive},
                           {"calls survive", calls_survive},
                           {"authentication and names survive", authentication_and_names_survive},
                           {"closings survive", closings_survive},
                           {"malformed and gaps survive", malformed_and_gaps_survive},
                           {"the whole tally survives", the_whole_tally_survives},
                           {"a line reads as it should", a_line_reads_as_it_should},
                           CU_TEST_INFO_NULL};
    return unit_run("report_fact_json", tests);
}
