/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/play.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const KINDS[FACT_KINDS] = {
    "attempted",     "established",  "refused",         "unreachable",   "unanswered",   "map_asked",
    "map_answered",  "lookup_entry", "bind_asked",      "bind_answered", "bind_refused", "first_call",
    "first_answer",  "fault",        "authentication",  "server_name",   "pipe_opened",  "pipe_refused",
    "bindings_told", "link_address", "cluster_address", "unreadable",    "closed",       "malformed",
    "gap",           "capture_ended"};
static const char *const TRANSPORTS[TRANSPORT_KINDS] = {"unknown", "tcp", "udp", "pipe", "http", "local"};

__attribute__((format(printf, 2, 3))) static void write_down(struct play *p, const char *format, ...) {
    va_list arguments;
    if (p->capacity - p->len < 512) {
        p->capacity = p->capacity * 2 + 4096;
        p->text = realloc(p->text, p->capacity);
        assert(p->text != NULL);
    }
    va_start(arguments, format);
    int n = vsnprintf(p->text + p->len, p->capacity - p->len, format, arguments);
    va_end(arguments);
    assert(n >= 0 && (size_t)n < p->capacity - p->len);
    p->len += (size_t)n;
}

static void write_syntax(struct play *p, const struct syntax_id *syntax) {
    char text[UUID_TEXT_SIZE];
    if (uuid_is_nil(&syntax->uuid))
        write_down(p, " nil");
    else
        write_down(p, " %.8s:%u.%u", uuid_text(&syntax->uuid, text), syntax->major, syntax->minor);
}

static void write_tower(struct play *p, const struct fact_tower *tower) {
    char text[ENDPOINT_TEXT_SIZE];
    write_down(p, " [");
    write_syntax(p, &tower->interface);
    write_down(p, " %s %s %s]", TRANSPORTS[tower->transport], endpoint_text(&tower->endpoint, text), tower->name);
}

static void write_map(struct play *p, const struct fact_map *map, bool answered) {
    char text[UUID_TEXT_SIZE];
    write_down(p, " call=%" PRIu32, map->call_id);
    write_syntax(p, &map->interface);
    write_down(p, " %s", TRANSPORTS[map->transport]);
    if (!uuid_is_nil(&map->object))
        write_down(p, " object=%.8s", uuid_text(&map->object, text));
    if (!answered)
        return;
    write_down(p, " status=%" PRIx32 " offered=%" PRIu32 "%s", map->status, map->offered,
               map->question_seen ? "" : " unasked");
    for (size_t i = 0; i < map->count; i++)
        write_tower(p, &map->towers[i]);
}

static void write_bind(struct play *p, const struct fact_bind *bind, enum fact_kind kind) {
    write_down(p, "%s call=%" PRIu32 " group=%" PRIx32, bind->alter ? " alter" : "", bind->call_id, bind->assoc_group);
    if (kind == FACT_BIND_REFUSED)
        write_down(p, " reason=%u", bind->nak_reason);
    if (kind != FACT_BIND_ASKED)
        write_down(p, " secondary=%s%s", bind->secondary, bind->question_seen ? "" : " unasked");
    write_down(p, " offered=%u", bind->offered);
    for (size_t i = 0; i < bind->count; i++) {
        const struct fact_context *context = &bind->contexts[i];
        write_down(p, " [%u", context->id);
        write_syntax(p, &context->interface);
        write_syntax(p, &context->transfer);
        write_down(p, kind == FACT_BIND_ANSWERED ? " (%u,%u)]" : "]", context->result, context->reason);
    }
}

static void write_call(struct play *p, const struct fact_call *call) {
    write_down(p, " call=%" PRIu32 " context=%u", call->call_id, call->context);
    write_syntax(p, &call->interface);
    write_down(p, " opnum=%u status=%" PRIx32 "%s%s", call->opnum, call->status,
               call->did_not_execute ? " unexecuted" : "", call->maybe ? " maybe" : "");
}

static const char *side(enum direction direction) { return direction == FROM_CLIENT ? "client" : "server"; }

static void write_closing(struct play *p, const struct fact_closing *closing) {
    write_down(p,
               " reason=%d by=%s bytes=%" PRIu64 "/%" PRIu64 " calls=%" PRIu64 " answers=%" PRIu64 " faults=%" PRIu64,
               (int)closing->reason, side(closing->by), closing->bytes[FROM_CLIENT], closing->bytes[FROM_SERVER],
               closing->calls, closing->answers, closing->faults);
    if (closing->midstream)
        write_down(p, " midstream");
    if (closing->missing[FROM_CLIENT] != 0 || closing->missing[FROM_SERVER] != 0)
        write_down(p, " missing=%" PRIu64 "/%" PRIu64, closing->missing[FROM_CLIENT], closing->missing[FROM_SERVER]);
    if (closing->unseen[FROM_CLIENT] || closing->unseen[FROM_SERVER])
        write_down(p, " unseen=%s%s", closing->unseen[FROM_CLIENT] ? "client" : "",
                   closing->unseen[FROM_SERVER] ? "server" : "");
}

static void write_bindings(struct play *p, const struct fact_bindings *bindings) {
    char text[ENDPOINT_TEXT_SIZE];
    write_down(p, " source=%d call=%" PRIu32 " offered=%" PRIu32, (int)bindings->source, bindings->call_id,
               bindings->offered);
    for (size_t i = 0; i < bindings->count; i++)
        write_down(p, " [%s %s %s]", TRANSPORTS[bindings->bindings[i].transport],
                   endpoint_text(&bindings->bindings[i].endpoint, text), bindings->bindings[i].name);
}

static void write_resource(struct play *p, const struct fact_resource *resource) {
    char text[ENDPOINT_TEXT_SIZE];
    write_down(p, " %s \"%s\" \"%s\"", endpoint_text(&(struct endpoint){.address = resource->address}, text),
               resource->name, resource->network);
}

static void write_body(struct play *p, const struct fact *fact) {
    switch (fact->kind) {
    case FACT_CONNECT_ATTEMPTED:
    case FACT_CONNECT_ESTABLISHED:
    case FACT_CONNECT_REFUSED:
    case FACT_CONNECT_UNREACHABLE:
    case FACT_CONNECT_UNANSWERED:
        write_down(p, " attempt=%" PRIu32 " ttl=%u/%u mac=%u%s icmp=%u/%u", fact->connect.attempt,
                   fact->connect.client_ttl, fact->connect.server_ttl, fact->connect.server_mac.octets[5],
                   fact->connect.midstream ? " midstream" : "", fact->connect.icmp_type, fact->connect.icmp_code);
        break;
    case FACT_MAP_ASKED:
    case FACT_MAP_ANSWERED:
        write_map(p, &fact->map, fact->kind == FACT_MAP_ANSWERED);
        break;
    case FACT_LOOKUP_ENTRY:
        write_down(p, " \"%s\"", fact->lookup.annotation);
        write_tower(p, &fact->lookup.tower);
        break;
    case FACT_BIND_ASKED:
    case FACT_BIND_ANSWERED:
    case FACT_BIND_REFUSED:
        write_bind(p, &fact->bind, fact->kind);
        break;
    case FACT_FIRST_CALL:
    case FACT_FIRST_ANSWER:
    case FACT_FAULT:
        write_call(p, &fact->call);
        break;
    case FACT_AUTHENTICATION:
        write_down(p, " type=%u level=%u", fact->authentication.type, fact->authentication.level);
        break;
    case FACT_SERVER_NAME:
        write_down(p, " %d=%s", (int)fact->name.source, fact->name.name);
        break;
    case FACT_PIPE_OPENED:
        break;
    case FACT_PIPE_REFUSED:
        write_down(p, " status=%" PRIx32, fact->pipe.status);
        break;
    case FACT_BINDINGS_TOLD:
        write_bindings(p, &fact->bindings);
        break;
    case FACT_LINK_ADDRESS:
        write_down(p, " mac=%u%s", fact->link.mac.octets[5], fact->link.gratuitous ? " gratuitous" : "");
        break;
    case FACT_CLUSTER_ADDRESS:
        write_resource(p, &fact->resource);
        break;
    case FACT_UNREADABLE:
        write_down(p, " what=%d", (int)fact->unreadable);
        break;
    case FACT_CLOSED:
        write_closing(p, &fact->closing);
        break;
    case FACT_MALFORMED:
        write_down(p, " why=%d %s", (int)fact->malformed.why, side(fact->malformed.direction));
        break;
    case FACT_GAP:
        write_down(p, " %s bytes=%" PRIu64 "%s", side(fact->gap.direction), fact->gap.bytes,
                   fact->gap.cut ? " cut" : "");
        break;
    case FACT_CAPTURE_ENDED:
    case FACT_KINDS:
        break;
    }
}

static void hear(void *context, const struct fact *fact) {
    struct play *p = context;
    p->facts++;
    write_down(p, "#%" PRIu64 " %s", fact->seen.frame, KINDS[fact->kind]);
    if (fact->client.port == p->flow.sides[FROM_SERVER].endpoint.port)
        write_down(p, " swapped");
    if (fact->transport == TRANSPORT_UDP) {
        char text[ENDPOINT_TEXT_SIZE];
        write_down(p, " udp%u", (unsigned)(fact->flow - DATAGRAM_FLOWS));
        write_down(p, " %s", endpoint_text(&fact->server, text));
    }
    if (fact->transport == TRANSPORT_HTTP)
        write_down(p, " over_http");
    if (fact->transport == TRANSPORT_PIPE && fact->pipe_name[0] != '\0')
        write_down(p, " pipe=%s", fact->pipe_name);
    write_body(p, fact);
    write_down(p, "\n");
}

void play_start(struct play *p) {
    *p = (struct play){0};
    p->text = calloc(1, 1);
    p->dissect = dissect_open(hear, p, &p->tally);
    play_again(p, 135, false);
}

void play_ports(struct play *p, uint16_t client, uint16_t server) {
    p->flow.sides[FROM_CLIENT].endpoint.port = client;
    p->flow.sides[FROM_SERVER].endpoint.port = server;
}

void play_again(struct play *p, uint16_t server_port, bool midstream) {
    static const uint8_t client[4] = {10, 0, 0, 50}, server[4] = {10, 0, 1, 20};
    p->flow = (struct flow){.id = p->flow.id + 1, .midstream = midstream};
    p->flow.sides[FROM_CLIENT].endpoint.address = address_ipv4(client);
    p->flow.sides[FROM_CLIENT].ttl = 128;
    p->flow.sides[FROM_SERVER].endpoint.address = address_ipv4(server);
    p->flow.sides[FROM_SERVER].ttl = 64;
    p->flow.sides[FROM_SERVER].mac = (struct mac){.octets = {2, 0, 0, 0, 0, 9}, .known = true};
    play_ports(p, 1040, server_port);
    p->seen.frame = 0;
    p->interested = true;
}

void play_stop(struct play *p) {
    dissect_close(p->dissect);
    free(p->text);
}

static void send_segment(struct play *p, struct segment segment) {
    segment.flow = &p->flow;
    segment.seen = p->seen;
    bool interested = dissect_segment(p->dissect, &segment);
    if (segment.kind == SEGMENT_BYTES || segment.kind == SEGMENT_GAP)
        p->interested = interested;
}

static void next_frame(struct play *p) {
    p->seen.frame++;
    p->seen.time = (int64_t)p->seen.frame * 1000 + p->late;
}

/* "10.0.0.1:135", "[fe80::1]:135" */
static struct endpoint endpoint_of(const char *text) {
    struct endpoint endpoint = {.port = (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10)};
    char address[ENDPOINT_TEXT_SIZE];
    snprintf(address, sizeof address, "%.*s", (int)(strrchr(text, ':') - text), text);
    char *end = strchr(address, ']');
    if (end != NULL)
        *end = '\0';
    bool sound = address_parse(address[0] == '[' ? address + 1 : address, &endpoint.address);
    assert(sound);
    return endpoint;
}

void play_event(struct play *p, enum segment_kind kind) {
    next_frame(p);
    if (kind == SEGMENT_SYN || kind == SEGMENT_SYN_AGAIN) {
        p->flow.syns++;
        p->flow.last_syn = p->seen;
    } else {
        p->flow.answered = true;
    }
    send_segment(p, (struct segment){.kind = kind, .icmp_type = 3, .icmp_code = 13});
}

void play_open(struct play *p) {
    if (!p->flow.midstream)
        play_event(p, SEGMENT_SYN);
    play_event(p, SEGMENT_OPENED);
}

/* Each piece lies in memory of its own, so that a read beyond it shows. */
static void send_piece(struct play *p, enum direction direction, struct bytes bytes) {
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    assert(copy != NULL);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    send_segment(p, (struct segment){.kind = SEGMENT_BYTES, .direction = direction, .bytes = {copy, bytes.len}});
    free(copy);
}

void play_pieces(struct play *p, enum direction direction, struct bytes bytes, size_t n) {
    next_frame(p);
    for (size_t at = 0; at < bytes.len; at += n) {
        size_t len = bytes.len - at < n ? bytes.len - at : n;
        send_piece(p, direction, (struct bytes){bytes.at + at, len});
    }
}

void play_bytes(struct play *p, enum direction direction, struct bytes bytes) {
    play_pieces(p, direction, bytes, bytes.len > 0 ? bytes.len : 1);
}

void play_octets(struct play *p, enum direction direction, const struct octets *octets) {
    play_bytes(p, direction, octets_bytes(octets));
}

void play_hex(struct play *p, enum direction direction, const char *hex) {
    struct octets octets = {.len = 0};
    put_hex(&octets, hex);
    play_octets(p, direction, &octets);
}

void play_gap(struct play *p, enum direction direction, uint64_t n) {
    next_frame(p);
    send_segment(p, (struct segment){.kind = SEGMENT_GAP, .direction = direction, .gap = n});
}

void play_cut(struct play *p, enum direction direction, uint64_t n) {
    next_frame(p);
    send_segment(p, (struct segment){.kind = SEGMENT_GAP, .direction = direction, .gap = n, .cut = true});
}

void play_close(struct play *p, enum close_reason reason) {
    next_frame(p);
    send_segment(p, (struct segment){.kind = SEGMENT_CLOSED, .direction = FROM_CLIENT, .reason = reason});
}

static void send_datagram(struct play *p, struct datagram datagram, const char *source, const char *destination) {
    datagram.source = endpoint_of(source);
    datagram.destination = endpoint_of(destination);
    datagram.seen = p->seen;
    dissect_datagram(p->dissect, &datagram);
}

void play_datagram(struct play *p, const char *source, const char *destination, struct bytes bytes) {
    next_frame(p);
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    assert(copy != NULL);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    struct datagram datagram = {.kind = DATAGRAM_UDP,
                                .mac = {.octets = {2, 0, 0, 0, 0, 9}, .known = true},
                                .ttl = 64,
                                .bytes = {copy, bytes.len}};
    send_datagram(p, datagram, source, destination);
    free(copy);
}

void play_icmp(struct play *p, const char *source, const char *destination, const char *reporter) {
    next_frame(p);
    struct datagram datagram = {.kind = DATAGRAM_UNREACHABLE, .ttl = 64, .icmp_type = 3, .icmp_code = 3};
    address_parse(reporter, &datagram.reporter);
    send_datagram(p, datagram, source, destination);
}

void play_wait(struct play *p, int64_t time) { p->late += time; }

size_t play_count(const struct play *p, const char *words) {
    size_t n = 0;
    for (const char *at = strstr(p->text, words); at != NULL; at = strstr(at + 1, words))
        n++;
    return n;
}

bool play_told(const struct play *p, const char *words) { return play_count(p, words) > 0; }

void play_forget(struct play *p) {
    p->len = 0;
    p->text[0] = '\0';
    p->facts = 0;
}
