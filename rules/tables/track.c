/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/track.h"

#include "rules/tables/table.h"

#include <assert.h>
#include <string.h>

enum { MAX_SESSIONS = 100000, MAX_CONNECTIONS = 200000 };

/* Keys are compared as bytes, so they have no padding: addresses and uuids are octets. */
struct pair_key {
    struct address client, server;
    uint8_t datagrams; /* sessions over UDP are apart: their ports are others */
};

struct wish_key {
    struct address client;
    struct uuid interface;
    uint8_t major[2];
};

struct question_key {
    uint8_t flow[8];
    uint8_t call_id[4];
};

static_assert(sizeof(struct pair_key) == 35 && sizeof(struct wish_key) == 35 && sizeof(struct question_key) == 12,
              "keys have no padding");

struct pair {
    struct pair_key key;
    struct tracked *newest;
    struct tracked *newest_open;
    UT_hash_handle hh;
};

struct use_key {
    uint8_t pair[sizeof(void *)], port[2];
};

static_assert(sizeof(struct use_key) == sizeof(void *) + 2, "keys have no padding");

struct use {
    struct use_key key;
    struct tracked *newest;
    UT_hash_handle hh;
};

struct wish {
    struct wish_key key;
    struct tracked *last;
    UT_hash_handle hh;
};

struct question {
    struct question_key key;
    struct tracked *tracked;
    UT_hash_handle hh;
};

struct link {
    UT_hash_handle hh;
    struct connection connection;
};

struct track {
    struct question *questions;
    struct tracked **sessions;
    size_t count, room;
    struct pair *pairs;
    struct use *uses;
    struct wish *wishes;
    struct link *links;
    struct link *latest; /* that was looked for, as a fact asks for one again and again; NULL: look it up */
    uint64_t highest;    /* flow of all links: what is above it is new */
    struct tally *tally;
};

struct track *track_open(struct tally *tally) {
    struct track *track = allocate(1, sizeof *track);
    track->tally = tally;
    return track;
}

void track_close(struct track *track) {
    TABLE_FREE(track->questions, struct question);
    TABLE_FREE(track->pairs, struct pair);
    TABLE_FREE(track->uses, struct use);
    TABLE_FREE(track->wishes, struct wish);
    TABLE_FREE(track->links, struct link);
    for (size_t i = 0; i < track->count; i++) {
        free(track->sessions[i]->session.pipe);
        free(track->sessions[i]->forecast);
        free(track->sessions[i]);
    }
    free(track->sessions);
    free(track);
}

struct tracked *track_at(const struct track *track, size_t index) {
    return index < track->count ? track->sessions[index] : NULL;
}

static struct pair *find_pair(const struct track *track, const struct address *client, const struct address *server,
                              bool datagrams) {
    struct pair_key key = {*client, *server, datagrams};
    struct pair *pair;
    HASH_FIND(hh, track->pairs, &key, sizeof key, pair);
    return pair;
}

struct tracked *track_newest(const struct track *track, const struct address *client, const struct address *server) {
    struct pair *pair = find_pair(track, client, server, false);
    return pair == NULL ? NULL : pair->newest;
}

struct tracked *track_newest_open(const struct track *track, const struct address *client,
                                  const struct address *server) {
    struct pair *pair = find_pair(track, client, server, false);
    return pair == NULL ? NULL : pair->newest_open;
}

struct tracked *track_newest_datagrams(const struct track *track, const struct address *client,
                                       const struct address *server) {
    struct pair *pair = find_pair(track, client, server, true);
    return pair == NULL ? NULL : pair->newest_open;
}

const struct tracked *track_newest_beside(const struct tracked *t) { return t->pair == NULL ? NULL : t->pair->newest; }

void track_served(struct tracked *t) {
    bool open = t->pair != NULL && (t->open_newer != NULL || t->pair->newest_open == t);
    if (!open)
        return;
    if (t->open_older != NULL)
        t->open_older->open_newer = t->open_newer;
    *(t->open_newer != NULL ? &t->open_newer->open_older : &t->pair->newest_open) = t->open_older;
    t->open_older = t->open_newer = NULL;
}

static struct use_key make_use_key(const struct pair *pair, uint16_t port) {
    struct use_key key;
    memcpy(key.pair, &pair, sizeof key.pair);
    memcpy(key.port, &port, sizeof key.port);
    return key;
}

static struct use *find_use(const struct track *track, const struct use_key *key) {
    struct use *use;
    HASH_FIND(hh, track->uses, key, sizeof *key, use);
    return use;
}

void track_may_use(struct track *track, struct tracked *t, uint16_t port) {
    if (t->pair == NULL)
        return;
    struct use_key key = make_use_key(t->pair, port);
    struct use *use = find_use(track, &key);
    if (use == NULL) {
        use = allocate(1, sizeof *use);
        use->key = key;
        use->newest = t;
        HASH_ADD(hh, track->uses, key, sizeof use->key, use);
    } else if (use->newest->session.id < t->session.id) {
        use->newest = t;
    }
}

void track_goes_to(struct track *track, struct tracked *t, uint16_t port) {
    t->session.server.port = port;
    track_may_use(track, t, port);
}

struct tracked *track_user(const struct track *track, const struct address *client, const struct endpoint *server) {
    const struct pair *pair = find_pair(track, client, &server->address, false);
    if (pair == NULL)
        return NULL;
    struct use_key key = make_use_key(pair, server->port);
    struct use *use = find_use(track, &key);
    return use == NULL ? NULL : use->newest;
}

static struct wish_key make_wish_key(const struct address *client, const struct syntax_id *interface) {
    return (struct wish_key){*client, interface->uuid, {(uint8_t)(interface->major >> 8), (uint8_t)interface->major}};
}

static struct wish *find_wish(const struct track *track, const struct wish_key *key) {
    struct wish *wish;
    HASH_FIND(hh, track->wishes, key, sizeof *key, wish);
    return wish;
}

struct tracked *track_wanted(const struct track *track, const struct address *client,
                             const struct syntax_id *interface) {
    struct wish_key key = make_wish_key(client, interface);
    const struct wish *wish = find_wish(track, &key);
    return wish == NULL ? NULL : wish->last;
}

static void add_to_pair(struct track *track, struct tracked *tracked) {
    const struct session *s = &tracked->session;
    bool datagrams = s->transport == TRANSPORT_UDP;
    struct pair *pair = find_pair(track, &s->client.address, &s->server.address, datagrams);
    if (pair == NULL) {
        pair = allocate(1, sizeof *pair);
        pair->key = (struct pair_key){s->client.address, s->server.address, datagrams};
        HASH_ADD(hh, track->pairs, key, sizeof pair->key, pair);
    }
    tracked->pair = pair;
    tracked->older = pair->newest;
    pair->newest = tracked;
    tracked->open_older = pair->newest_open;
    if (pair->newest_open != NULL)
        pair->newest_open->open_newer = tracked;
    pair->newest_open = tracked;
}

static void add_to_wish(struct track *track, struct tracked *tracked) {
    struct wish_key key = make_wish_key(&tracked->session.client.address, &tracked->session.interface);
    struct wish *wish = find_wish(track, &key);
    if (wish == NULL) {
        wish = allocate(1, sizeof *wish);
        wish->key = key;
        HASH_ADD(hh, track->wishes, key, sizeof wish->key, wish);
    }
    tracked->earlier = wish->last;
    if (wish->last != NULL)
        wish->last->later = tracked;
    wish->last = tracked;
}

static void remove_from_wish(struct track *track, struct tracked *tracked) {
    struct wish_key key = make_wish_key(&tracked->session.client.address, &tracked->session.interface);
    struct wish *wish = find_wish(track, &key);
    if (tracked->earlier != NULL)
        tracked->earlier->later = tracked->later;
    if (tracked->later != NULL)
        tracked->later->earlier = tracked->earlier;
    else
        wish->last = tracked->earlier;
    tracked->earlier = tracked->later = NULL;
}

static void keep(struct track *track, struct tracked *tracked) {
    if (track->count == track->room) {
        size_t room = track->room == 0 ? 64 : track->room * 2;
        struct tracked **sessions = allocate(room, sizeof(struct tracked *));
        if (track->count != 0)
            memcpy(sessions, track->sessions, track->count * sizeof(struct tracked *));
        free(track->sessions);
        track->sessions = sessions;
        track->room = room;
    }
    track->sessions[track->count++] = tracked;
}

struct tracked *track_apart(struct track *track, const struct endpoint *client, const struct endpoint *server,
                            const struct syntax_id *interface, enum transport transport) {
    if (track->count == MAX_SESSIONS) {
        track->tally->limits[LIMIT_SESSIONS]++;
        return NULL;
    }
    struct tracked *tracked = allocate(1, sizeof *tracked);
    tracked->session = (struct session){
        .id = track->count + 1, .client = *client, .server = *server, .interface = *interface, .transport = transport};
    keep(track, tracked);
    return tracked;
}

void track_join(struct track *track, struct tracked *tracked) {
    if (tracked->session.transport != TRANSPORT_PIPE)
        add_to_pair(track, tracked);
    if (tracked->session.server.port != 0)
        track_may_use(track, tracked, tracked->session.server.port);
    add_to_wish(track, tracked);
}

struct tracked *track_session(struct track *track, const struct endpoint *client, const struct endpoint *server,
                              const struct syntax_id *interface, enum transport transport) {
    struct tracked *tracked = track_apart(track, client, server, interface, transport);
    if (tracked != NULL)
        track_join(track, tracked);
    return tracked;
}

void track_rename(struct track *track, struct tracked *tracked, const struct syntax_id *interface) {
    remove_from_wish(track, tracked);
    tracked->session.interface = *interface;
    tracked->guessed = false;
    add_to_wish(track, tracked);
}

static struct question_key make_question_key(uint64_t flow, uint32_t call_id) {
    struct question_key key;
    memcpy(key.flow, &flow, sizeof key.flow);
    memcpy(key.call_id, &call_id, sizeof key.call_id);
    return key;
}

static struct question *find_question(const struct track *track, const struct question_key *key) {
    struct question *question;
    HASH_FIND(hh, track->questions, key, sizeof *key, question);
    return question;
}

struct tracked *track_question(const struct track *track, uint64_t flow, uint32_t call_id) {
    struct question_key key = make_question_key(flow, call_id);
    struct question *question = find_question(track, &key);
    return question == NULL ? NULL : question->tracked;
}

/* As many as there are sessions at most, but for those that ask on: then the oldest question gives way. */
void track_ask(struct track *track, uint64_t flow, uint32_t call_id, struct tracked *tracked) {
    struct question_key key = make_question_key(flow, call_id);
    struct question *question = find_question(track, &key);
    if (question == NULL && HASH_COUNT(track->questions) == MAX_SESSIONS) {
        track->tally->limits[LIMIT_SESSIONS]++;
        question = track->questions;
        HASH_DEL(track->questions, question);
        question->key = key;
        HASH_ADD(hh, track->questions, key, sizeof question->key, question);
    } else if (question == NULL) {
        question = allocate(1, sizeof *question);
        question->key = key;
        HASH_ADD(hh, track->questions, key, sizeof question->key, question);
    }
    question->tracked = tracked;
}

static struct link *find_link(const struct track *track, uint64_t flow) {
    struct link *link = track->latest;
    if (flow > track->highest)
        return NULL;
    if (link == NULL || link->connection.flow != flow)
        HASH_FIND(hh, track->links, &flow, sizeof flow, link);
    return link;
}

struct connection *track_connection(const struct track *track, uint64_t flow) {
    struct link *link = find_link(track, flow);
    return link == NULL ? NULL : &link->connection;
}

struct tracked *track_asked(const struct track *track, uint64_t flow) {
    struct connection *connection = track_connection(track, flow);
    return connection == NULL ? NULL : connection->asked;
}

static void drop_link(struct track *track, struct link *link) {
    if (link == track->latest)
        track->latest = NULL;
    HASH_DEL(track->links, link);
    free(link);
}

struct connection *track_connection_or_new(struct track *track, uint64_t flow) {
    struct link *link = find_link(track, flow);
    if (link != NULL) {
        track->latest = link;
        return &link->connection;
    }
    if (HASH_COUNT(track->links) == MAX_CONNECTIONS) {
        drop_link(track, track->links); /* the oldest: uthash keeps the order of insertion */
        track->tally->limits[LIMIT_SESSIONS]++;
    }
    link = allocate(1, sizeof *link);
    link->connection.flow = flow;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that HASH_DEL moves the head on */
    HASH_ADD(hh, track->links, connection.flow, sizeof flow, link);
    track->latest = link;
    if (flow > track->highest)
        track->highest = flow;
    return &link->connection;
}

void track_attach(struct track *track, struct connection *connection, struct tracked *tracked) {
    for (size_t i = 0; i < connection->session_count; i++)
        if (connection->sessions[i] == tracked)
            return;
    if (connection->session_count == TRACK_MAX_SESSIONS_OF_FLOW) {
        track->tally->limits[LIMIT_CONTEXTS]++;
        return;
    }
    connection->sessions[connection->session_count++] = tracked;
    tracked->flow = connection->flow;
}

void track_detach(struct connection *connection, const struct tracked *tracked) {
    for (size_t i = 0; i < connection->session_count; i++)
        if (connection->sessions[i] == tracked)
            connection->sessions[i] = connection->sessions[--connection->session_count];
}

void track_forget(struct track *track, uint64_t flow) {
    struct link *link = find_link(track, flow);
    if (link != NULL)
        drop_link(track, link);
}
