/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/rules/story.h"

#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

const struct syntax_id LSA = {
    {{0x12, 0x34, 0x57, 0x78, 0x12, 0x34, 0xab, 0xcd, 0xef, 0, 1, 0x23, 0x45, 0x67, 0x89, 0xab}}, 0, 0};
const struct syntax_id SAM = {
    {{0x12, 0x34, 0x57, 0x78, 0x12, 0x34, 0xab, 0xcd, 0xef, 0, 1, 0x23, 0x45, 0x67, 0x89, 0xac}}, 1, 0};
const struct syntax_id JETBACK = {
    {{0xec, 0xec, 0x0d, 0x70, 0xa6, 0x03, 0x11, 0xd0, 0x96, 0xb1, 0, 0xa0, 0xc9, 0x1e, 0xce, 0x30}}, 1, 0};

enum { MAPPER = 135, MAP_OPNUM = 3 };

struct story story_begin(void) {
    struct story story = {
        .now = {0, 1000000000000000000, 0}, .client_ttl = 64, .server_ttl = 64, .asked_for = TRANSPORT_TCP};
    return story;
}

/* The tally must not move once the judge borrows it, so the judge is opened with the first fact. */
static void tell(struct story *story, struct fact *fact) {
    if (story->judge == NULL) {
        story->judge = judge_open(&story->tally, &story->inventory);
        if (story->memory != NULL)
            judge_recall(story->judge, story->memory);
    }
    story->now.frame++;
    story->now.time += 1000000;
    if (fact->seen.frame == 0)
        fact->seen = story->now;
    if (story->over == TRANSPORT_UDP && fact->kind != FACT_CAPTURE_ENDED) {
        fact->transport = TRANSPORT_UDP;
        fact->flow |= DATAGRAM_FLOWS;
    }
    if (story->over == TRANSPORT_HTTP && fact->kind >= FACT_MAP_ASKED && fact->kind != FACT_CAPTURE_ENDED)
        fact->transport = TRANSPORT_HTTP;
    judge_fact(story->judge, fact);
}

void story_wait(struct story *story, double seconds) { story->now.time += (int64_t)(seconds * 1e9); }

void story_end(struct story *story) {
    struct fact fact = {.kind = FACT_CAPTURE_ENDED, .tally = story->captured};
    tell(story, &fact);
    judge_finish(story->judge);
}

void story_close(struct story *story) { judge_close(story->judge); }

static struct fact begin(enum fact_kind kind, uint64_t flow, const char *client, const char *server, uint16_t port) {
    struct fact fact = {.kind = kind, .flow = flow, .transport = TRANSPORT_TCP};
    address_parse(client, &fact.client.address);
    address_parse(server, &fact.server.address);
    fact.client.port = (uint16_t)(40000 + flow);
    fact.server.port = port;
    return fact;
}

/* A and B send from one link-layer address, everybody else from one of their own. */
static struct mac mac_of(const char *server) {
    struct mac mac = {{2, 0, 0, 0, 0, 1}, true};
    if (strcmp(server, A) != 0 && strcmp(server, B) != 0)
        mac.octets[5] = (uint8_t)server[strlen(server) - 1];
    return mac;
}

static uint64_t connect_event(struct story *story, const struct line *line, enum fact_kind kind) {
    struct fact fact = begin(kind, line->flow, line->client, line->server, line->port);
    fact.connect.attempt = line->syns;
    fact.connect.client_ttl = story->client_ttl;
    fact.connect.server_ttl = story->server_ttl;
    fact.connect.server_mac = mac_of(line->server);
    tell(story, &fact);
    return story->now.frame;
}

struct line story_syn(struct story *story, const char *client, const char *server, uint16_t port) {
    struct line line = {++story->flows, client, server, port, 1, NULL};
    connect_event(story, &line, FACT_CONNECT_ATTEMPTED);
    return line;
}

uint64_t story_syn_again(struct story *story, struct line *line) {
    line->syns++;
    return connect_event(story, line, FACT_CONNECT_ATTEMPTED);
}

uint64_t story_accepts(struct story *story, const struct line *line) {
    return connect_event(story, line, FACT_CONNECT_ESTABLISHED);
}

uint64_t story_refuses(struct story *story, const struct line *line) {
    return connect_event(story, line, FACT_CONNECT_REFUSED);
}

uint64_t story_icmp(struct story *story, const struct line *line, uint8_t type, uint8_t code) {
    return story_icmp_from(story, line, type, code, line->server);
}

uint64_t story_icmp_from(struct story *story, const struct line *line, uint8_t type, uint8_t code,
                         const char *reporter) {
    struct fact fact = begin(FACT_CONNECT_UNREACHABLE, line->flow, line->client, line->server, line->port);
    fact.connect.attempt = line->syns;
    fact.connect.icmp_type = type;
    fact.connect.icmp_code = code;
    address_parse(reporter, &fact.connect.reporter);
    tell(story, &fact);
    return story->now.frame;
}

void story_silent(struct story *story, const struct line *line, struct sighting last_syn) {
    struct fact fact = begin(FACT_CONNECT_UNANSWERED, line->flow, line->client, line->server, line->port);
    fact.seen = last_syn;
    fact.connect.attempt = line->syns;
    tell(story, &fact);
}

void story_closes_as(struct story *story, const struct line *line, const struct fact_closing *closing) {
    struct fact fact = begin(FACT_CLOSED, line->flow, line->client, line->server, line->port);
    fact.closing = *closing;
    tell(story, &fact);
}

void story_closes(struct story *story, const struct line *line) {
    story_closes_as(story, line, &(struct fact_closing){.reason = CLOSE_FIN});
}

static void lacks(struct story *story, const struct line *line, enum direction from, bool cut) {
    struct fact fact = begin(FACT_GAP, line->flow, line->client, line->server, line->port);
    fact.gap.direction = from;
    fact.gap.bytes = 100;
    fact.gap.cut = cut;
    tell(story, &fact);
}

void story_loses(struct story *story, const struct line *line, enum direction from) { lacks(story, line, from, false); }

void story_cuts(struct story *story, const struct line *line, enum direction from) { lacks(story, line, from, true); }

struct line story_line_to_mapper(const struct story *story, const char *client, const char *server) {
    return (struct line){.flow = story->flows, .client = client, .server = server, .port = MAPPER, .syns = 1};
}

uint64_t story_asks(struct story *story, const char *client, const char *server, const struct syntax_id *interface) {
    struct line line = story_syn(story, client, server, MAPPER);
    story_accepts(story, &line);
    struct fact fact = begin(FACT_MAP_ASKED, line.flow, client, server, MAPPER);
    fact.map.call_id = 1;
    fact.map.interface = *interface;
    fact.map.transport = story->asked_for;
    tell(story, &fact);
    return story->now.frame;
}

static struct fact map_answer(const struct story *story, const char *client, const char *server,
                              const struct syntax_id *interface) {
    struct fact fact = begin(FACT_MAP_ANSWERED, story->flows, client, server, MAPPER);
    fact.map.call_id = 1;
    fact.map.interface = *interface;
    fact.map.transport = story->asked_for;
    fact.map.question_seen = true;
    return fact;
}

uint64_t story_maps(struct story *story, const char *client, const char *server, const struct syntax_id *interface,
                    const char *tower, uint16_t port) {
    struct fact fact = map_answer(story, client, server, interface);
    fact.map.count = 1;
    fact.map.offered = 1 + story->towers_cut;
    fact.map.towers[0].interface = *interface;
    bool tcp = story->asked_for != TRANSPORT_UDP && story->asked_for != TRANSPORT_HTTP;
    fact.map.towers[0].transport = tcp ? TRANSPORT_TCP : story->asked_for;
    fact.map.towers[0].endpoint.port = port;
    address_parse(tower == NULL ? "0.0.0.0" : tower, &fact.map.towers[0].endpoint.address);
    tell(story, &fact);
    return story->now.frame;
}

uint64_t story_maps_to_pipe(struct story *story, const char *client, const char *server,
                            const struct syntax_id *interface, const char *name) {
    struct fact fact = map_answer(story, client, server, interface);
    fact.map.offered = fact.map.count = 1;
    fact.map.towers[0].interface = *interface;
    fact.map.towers[0].transport = TRANSPORT_PIPE;
    snprintf(fact.map.towers[0].name, sizeof fact.map.towers[0].name, "%s", name);
    tell(story, &fact);
    return story->now.frame;
}

uint64_t story_fails_to_map(struct story *story, const char *client, const char *server,
                            const struct syntax_id *interface, uint32_t status) {
    struct fact fact = map_answer(story, client, server, interface);
    fact.map.status = status;
    tell(story, &fact);
    return story->now.frame;
}

uint64_t story_does_not_know(struct story *story, const char *client, const char *server,
                             const struct syntax_id *interface) {
    return story_fails_to_map(story, client, server, interface, 0x16c9a0d6);
}

uint64_t story_names(struct story *story, const char *client, const char *address, enum name_source source,
                     const char *name) {
    struct fact fact = begin(FACT_SERVER_NAME, 0, client, address, 0);
    fact.name.source = source;
    snprintf(fact.name.name, sizeof fact.name.name, "%s", name);
    tell(story, &fact);
    return story->now.frame;
}

uint64_t story_tells_bindings(struct story *story, const char *client, const char *server, uint16_t port,
                              const char *const *hosts) {
    struct fact fact = begin(FACT_BINDINGS_TOLD, ++story->flows, client, server, MAPPER);
    fact.bindings.source = BINDINGS_OXID;
    for (; hosts[fact.bindings.count] != NULL; fact.bindings.count++) {
        struct fact_binding *binding = &fact.bindings.bindings[fact.bindings.count];
        const char *host = hosts[fact.bindings.count];
        binding->transport = TRANSPORT_TCP;
        binding->endpoint.port = port;
        if (!address_parse(host, &binding->endpoint.address))
            snprintf(binding->name, sizeof binding->name, "%s", host);
    }
    fact.bindings.offered = fact.bindings.count;
    tell(story, &fact);
    return story->now.frame;
}

static struct fact begin_on(const struct line *line, enum fact_kind kind) {
    struct fact fact = begin(kind, line->flow, line->client, line->server, line->port);
    if (line->pipe != NULL) {
        fact.transport = TRANSPORT_PIPE;
        snprintf(fact.pipe_name, sizeof fact.pipe_name, "%s", line->pipe);
    }
    return fact;
}

static uint64_t pipe_event(struct story *story, const struct line *line, enum fact_kind kind, uint32_t status) {
    struct fact fact = begin_on(line, kind);
    fact.pipe.status = status;
    tell(story, &fact);
    return story->now.frame;
}

uint64_t story_opens(struct story *story, const struct line *line) {
    return pipe_event(story, line, FACT_PIPE_OPENED, 0);
}

uint64_t story_does_not_open(struct story *story, const struct line *line, uint32_t status) {
    return pipe_event(story, line, FACT_PIPE_REFUSED, status);
}

static uint64_t bind_event(struct story *story, const struct line *line, enum fact_kind kind,
                           const struct syntax_id *interface, uint16_t result, uint16_t reason) {
    struct fact fact = begin_on(line, kind);
    fact.bind.question_seen = true;
    fact.bind.offered = fact.bind.count = 1;
    fact.bind.contexts[0] = (struct fact_context){0, *interface, SYNTAX_NDR, result, reason};
    fact.bind.nak_reason = reason;
    tell(story, &fact);
    return story->now.frame;
}

uint64_t story_binds(struct story *story, const struct line *line, const struct syntax_id *interface) {
    return bind_event(story, line, FACT_BIND_ASKED, interface, 0, 0);
}

uint64_t story_accepts_bind(struct story *story, const struct line *line, const struct syntax_id *interface) {
    return bind_event(story, line, FACT_BIND_ANSWERED, interface, 0, 0);
}

uint64_t story_rejects_bind(struct story *story, const struct line *line, const struct syntax_id *interface) {
    return bind_event(story, line, FACT_BIND_ANSWERED, interface, 2, 1);
}

uint64_t story_naks(struct story *story, const struct line *line, const struct syntax_id *interface, uint16_t reason) {
    return bind_event(story, line, FACT_BIND_REFUSED, interface, 0, reason);
}

static uint64_t call_event(struct story *story, const struct line *line, enum fact_kind kind,
                           const struct syntax_id *interface, uint32_t status) {
    struct fact fact = begin_on(line, kind);
    fact.call.interface = *interface;
    fact.call.call_id = 2;
    fact.call.opnum = story->opnum;
    fact.call.maybe = story->maybe;
    fact.call.status = status;
    tell(story, &fact);
    return story->now.frame;
}

uint64_t story_calls(struct story *story, const struct line *line, const struct syntax_id *interface) {
    return call_event(story, line, FACT_FIRST_CALL, interface, 0);
}

uint64_t story_answers(struct story *story, const struct line *line, const struct syntax_id *interface) {
    return call_event(story, line, FACT_FIRST_ANSWER, interface, 0);
}

uint64_t story_faults(struct story *story, const struct line *line, const struct syntax_id *interface,
                      uint32_t status) {
    return call_event(story, line, FACT_FAULT, interface, status);
}

struct line story_maps_and_connects(struct story *story, const char *client, const char *server,
                                    const struct syntax_id *interface, uint16_t port) {
    story_asks(story, client, server, interface);
    story_maps(story, client, server, interface, NULL, port);
    return story_syn(story, client, server, port);
}

struct line story_served(struct story *story, const char *client, const char *server, const struct syntax_id *interface,
                         uint16_t port) {
    struct line line = story_maps_and_connects(story, client, server, interface, port);
    story_accepts(story, &line);
    story_binds(story, &line, interface);
    story_accepts_bind(story, &line, interface);
    story_calls(story, &line, interface);
    story_answers(story, &line, interface);
    return line;
}

uint64_t story_refused(struct story *story, const char *client, const char *server, const struct syntax_id *interface,
                       uint16_t port) {
    struct line line = story_maps_and_connects(story, client, server, interface, port);
    return story_refuses(story, &line);
}

void story_meets_shut(struct story *story, const char *client, const char *server, uint16_t port) {
    struct line line = story_syn(story, client, server, port);
    story_refuses(story, &line);
}

void story_tells_resource(struct story *story, const char *server, const char *address) {
    struct fact fact = begin(FACT_CLUSTER_ADDRESS, ++story->flows, CLIENT, server, 49155);
    address_parse(address, &fact.resource.address);
    tell(story, &fact);
}

static void remember(void *context, const struct memory_item *item) {
    struct memory_item earlier = *item;
    earlier.first.file |= EARLIER_FILES;
    earlier.last.file |= EARLIER_FILES;
    earlier.until.file |= EARLIER_FILES;
    if (item->kind == MEMORY_LINK)
        earlier.is.link.one_seen.file |= EARLIER_FILES;
    memory_add(context, &earlier);
}

void story_remember(const struct story *story, struct memory *memory) {
    judge_remember(story->judge, remember, memory);
    memory_settle(memory, 0, INT64_MAX);
}
