/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the captures that the benchmark reads.
 *
 * usage: make bulk|short|wide BYTES FILE
 *
 * Prints what is in it, a number and a name on each line. The same arguments make the same file. */
#include "tests/bench/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    SERVERS = 40,
    CLIENTS_OF_SERVER = 5,
    PAIRS = SERVERS * CLIENTS_OF_SERVER,
    FIRST_PORT = 33000, /* of the clients */
    LAST_PORT = 49151,
    STREAM_PORT = 10000,
    BULK_STREAMS = 4000,
    BULK_AT_ONCE = 600,
    STREAM_LEAST = 30000,
    SESSIONS_AT_ONCE = 10,
    SESSION_CALLS = 8,
    SESSIONS_PER_REFUSAL = 400,
    SHORT_AT_ONCE = 2000,
    SHORT_BYTES_EACH = 5000, /* as many as are open at once at the least */
    WIDE_AT_ONCE = 100000,
    WIDE_BYTES_EACH = 5000,
    WIDE_STAGGER = 32,
};

/* Conversations that go on at once. */
struct crowd {
    struct talk *talks; /* owned */
    uint32_t count;
};

struct maker {
    struct trace trace;
    uint64_t limit; /* bytes; nothing new begins beyond */
    uint32_t connections, maps, sessions, refused;
    uint32_t calls; /* of a session */
    uint32_t streams, streams_begun;
    uint64_t stream_octets; /* of each */
    uint16_t ports[PAIRS];  /* the client's latest */
};

static struct crowd new_crowd(uint32_t count) {
    struct crowd crowd = {calloc(count, sizeof(struct talk)), count};
    if (crowd.talks == NULL) {
        perror("make");
        exit(2);
    }
    return crowd;
}

/* Servers are 10.1.X.11, and 10.1.X.12 where nothing but the mapper is bound; clients are 10.2.X.Y. */
static struct line new_line(struct maker *m, uint32_t pair, uint16_t port) {
    uint32_t server = pair % SERVERS, client = pair / SERVERS;
    m->ports[pair] = m->ports[pair] < FIRST_PORT || m->ports[pair] == LAST_PORT ? FIRST_PORT : m->ports[pair] + 1;
    m->connections++;
    return (struct line){
        .addresses = {10U << 24 | 2U << 16 | server << 8 | (client + 1), 10U << 24 | 1U << 16 | server << 8 | 11},
        .ports = {m->ports[pair], port},
        .seqs = {trace_random(&m->trace, UINT32_MAX), trace_random(&m->trace, UINT32_MAX)},
    };
}

static struct talk new_talk(struct maker *m, enum talk_kind kind, uint16_t port) {
    uint32_t pair = m->connections % PAIRS;
    unsigned interface = trace_random(&m->trace, INTERFACES);
    return (struct talk){.kind = kind,
                         .pair = pair,
                         .interface = interface,
                         .messages = 2,
                         .line = new_line(m, pair, port != 0 ? port : talk_port(interface))};
}

static struct talk new_calls(struct maker *m) {
    struct talk talk = new_talk(m, TALK_CALLS, 0);
    talk.messages = 2 + 2 * m->calls;
    m->sessions++;
    return talk;
}

static struct talk new_map(struct maker *m) {
    struct talk talk = new_talk(m, TALK_MAP, 135);
    talk.messages = 4;
    m->maps++;
    return talk;
}

/* Where the mapper sent it: another connection of the same client. */
static struct talk follow_map(struct maker *m, const struct talk *map) {
    struct talk talk = new_calls(m);
    talk.pair = map->pair;
    talk.interface = map->interface;
    talk.line = new_line(m, map->pair, talk_port(map->interface));
    m->connections--; /* it took the place of what new_calls made */
    talk.line.addresses[FROM_SERVER] = map->line.addresses[FROM_SERVER];
    return talk;
}

/* One packet of any of them; where one ends, `after` puts the next one in its place or tells that there is none. */
static void crowd_step(struct maker *m, struct crowd *crowd, bool (*after)(struct maker *, struct talk *)) {
    struct talk *talk = &crowd->talks[trace_random(&m->trace, crowd->count)];
    if (talk->due > m->trace.time)
        m->trace.time++;
    else if (!talk_step(talk, &m->trace) && !after(m, talk))
        *talk = crowd->talks[--crowd->count];
}

/* Every tenth carries DCE/RPC. */
static bool next_stream(struct maker *m, struct talk *talk) {
    if (m->streams_begun == m->streams)
        return false;
    bool rpc = m->streams_begun++ % 10 == 9;
    *talk = new_talk(m, rpc ? TALK_RESPONSES : TALK_STREAM, rpc ? 0 : STREAM_PORT);
    talk->octets = m->stream_octets;
    m->sessions += rpc;
    return true;
}

/* Some few go to the address at which the server has only its mapper. */
static bool next_session(struct maker *m, struct talk *talk) {
    bool mapped = talk->kind == TALK_MAP && talk->step > 0;
    if (!mapped && m->trace.bytes >= m->limit)
        return false;
    *talk = mapped ? follow_map(m, talk) : new_map(m);
    if (!mapped && m->maps % SESSIONS_PER_REFUSAL == SESSIONS_PER_REFUSAL / 40)
        talk->line.addresses[FROM_SERVER]++;
    if (mapped && (talk->line.addresses[FROM_SERVER] & 0xff) != 11) {
        talk->kind = TALK_REFUSED;
        m->refused++;
    }
    return true;
}

static void make_bulk(struct maker *m) {
    uint64_t share = m->limit / 100 * 95 / 108 * 100; /* without their headers */
    uint64_t count = share / STREAM_LEAST;
    m->calls = SESSION_CALLS;
    m->streams = count < BULK_STREAMS ? (uint32_t)count + 1 : BULK_STREAMS;
    m->stream_octets = share / m->streams;
    struct crowd streams = new_crowd(m->streams < BULK_AT_ONCE ? m->streams : BULK_AT_ONCE);
    struct crowd sessions = new_crowd(SESSIONS_AT_ONCE);
    for (uint32_t i = 0; i < streams.count; i++)
        next_stream(m, &streams.talks[i]);
    for (uint32_t i = 0; i < sessions.count; i++)
        next_session(m, &sessions.talks[i]);
    uint64_t of_sessions = 0;
    while (streams.count + sessions.count > 0) {
        uint64_t before = m->trace.bytes;
        bool session = sessions.count > 0 && (of_sessions * 20 < before || streams.count == 0);
        if (session)
            crowd_step(m, &sessions, next_session);
        else
            crowd_step(m, &streams, next_stream);
        of_sessions += session ? m->trace.bytes - before : 0;
    }
    free(streams.talks);
    free(sessions.talks);
}

static struct talk new_other(struct maker *m, unsigned choice) {
    if (choice < 4)
        return new_talk(m, TALK_TLS, 443);
    return choice < 7 ? new_talk(m, TALK_HTTP, 80) : new_talk(m, TALK_SMB, 445);
}

/* Of ten connections one asks the mapper, the next one of that client is bound and calls, eight are others. */
static bool next_short(struct maker *m, struct talk *talk) {
    bool mapped = talk->kind == TALK_MAP && talk->step > 0;
    if (!mapped && m->trace.bytes >= m->limit)
        return false;
    if (mapped)
        *talk = follow_map(m, talk);
    else if (trace_random(&m->trace, 9) == 0)
        *talk = new_map(m);
    else
        *talk = new_other(m, trace_random(&m->trace, 8));
    return true;
}

static void make_short(struct maker *m) {
    uint64_t most = m->limit / SHORT_BYTES_EACH + 1;
    struct crowd crowd = new_crowd(most < SHORT_AT_ONCE ? (uint32_t)most : SHORT_AT_ONCE);
    m->calls = 1;
    for (uint32_t i = 0; i < crowd.count; i++)
        next_short(m, &crowd.talks[i]);
    while (crowd.count > 0)
        crowd_step(m, &crowd, next_short);
    free(crowd.talks);
}

static bool next_wide(struct maker *m, struct talk *talk) {
    unsigned choice = trace_random(&m->trace, 4);
    *talk = choice == 0 ? new_calls(m) : new_other(m, choice * 2);
    talk->messages = UINT32_MAX;
    return true;
}

/* A quarter is bound and calls. All stay open. */
static void make_wide(struct maker *m) {
    uint64_t most = m->limit / WIDE_BYTES_EACH + 1;
    struct crowd crowd = new_crowd(most < WIDE_AT_ONCE ? (uint32_t)most : WIDE_AT_ONCE);
    for (uint32_t i = 0; i < crowd.count; i++)
        next_wide(m, &crowd.talks[i]);
    for (uint32_t i = 0; i < crowd.count + 2 * WIDE_STAGGER; i++)
        for (uint32_t late = 0; late <= 2 * WIDE_STAGGER; late += WIDE_STAGGER)
            if (i >= late && i - late < crowd.count)
                talk_step(&crowd.talks[i - late], &m->trace);
    while (m->trace.bytes < m->limit)
        crowd_step(m, &crowd, next_wide);
    for (uint32_t i = 0; i < crowd.count; i++) /* every call is answered, and there is one on each */
        while (crowd.talks[i].said < 4 || crowd.talks[i].said % 2 != 0)
            talk_step(&crowd.talks[i], &m->trace);
    free(crowd.talks);
}

static const struct {
    const char *name;
    void (*make)(struct maker *);
} KINDS[] = {{"bulk", make_bulk}, {"short", make_short}, {"wide", make_wide}};

static int fail(const char *path) {
    fprintf(stderr, "make: %s: %s\n", path, strerror(errno));
    return 2;
}

int main(int argc, char **argv) {
    static struct maker m;
    size_t kind = 0;
    while (argc == 4 && kind < 3 && strcmp(argv[1], KINDS[kind].name) != 0)
        kind++;
    m.limit = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    if (m.limit == 0 || kind == 3) {
        fputs("usage: make bulk|short|wide BYTES FILE\n", stderr);
        return 2;
    }
    if (!trace_open(&m.trace, argv[3]))
        return fail(argv[3]);
    KINDS[kind].make(&m);
    if (!trace_close(&m.trace))
        return fail(argv[3]);
    printf("%llu frames\n%llu bytes\n%u flows\n%u maps\n%u served\n%u refused\n", (unsigned long long)m.trace.frames,
           (unsigned long long)m.trace.bytes, m.connections, m.maps, m.sessions - m.refused, m.refused);
    return 0;
}
