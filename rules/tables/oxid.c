/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/oxid.h"

#include "rules/tables/table.h"

#include <assert.h>

enum { MAX_TOLD = 16384, MAX_ANSWERS = 4096 };

const struct syntax_id SYNTAX_REM_UNKNOWN = {
    {{0x00, 0x00, 0x01, 0x31, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46}}, 0, 0};

struct told_key {
    struct address client, server;
    uint8_t port[2];
};

static_assert(sizeof(struct told_key) == 36, "keys are compared as bytes, so they have no padding");

struct entry {
    struct told_key key;
    UT_hash_handle hh;
    struct told told;
};

/* Which session is the newest of an answer. */
struct answer {
    uint64_t number;
    struct tracked *newest;
};

struct oxids {
    struct entry *entries;
    struct answer answers[MAX_ANSWERS]; /* a ring, by their numbers */
    uint64_t count;                     /* of the answers */
    struct tally *tally;
};

struct oxids *oxids_open(struct tally *tally) {
    struct oxids *oxids = allocate(1, sizeof *oxids);
    oxids->tally = tally;
    return oxids;
}

void oxids_close(struct oxids *oxids) {
    struct entry *entries = oxids->entries;
    HASH_CLEAR(hh, oxids->entries);
    table_free(entries, offsetof(struct entry, hh));
    free(oxids);
}

/* Loopback and the unspecified address mean the machine that was asked. */
static bool is_here(const struct address *address) {
    return address_is_unspecified(address) || (address->family == ADDRESS_IPV4 && address->octets[0] == 127);
}

static bool is_among(const struct endpoint *endpoints, size_t count, const struct endpoint *endpoint) {
    for (size_t i = 0; i < count; i++)
        if (endpoint_equal(&endpoints[i], endpoint))
            return true;
    return false;
}

size_t oxid_endpoints(const struct fact *answer, struct endpoint endpoints[static FACT_MAX_BINDINGS]) {
    size_t count = 0;
    for (size_t i = 0; i < answer->bindings.count; i++) {
        const struct fact_binding *binding = &answer->bindings.bindings[i];
        struct endpoint endpoint = binding->endpoint;
        if (is_here(&endpoint.address))
            endpoint.address = answer->server.address;
        if (binding->transport == TRANSPORT_TCP && endpoint.port != 0 && !is_among(endpoints, count, &endpoint))
            endpoints[count++] = endpoint;
    }
    return count;
}

static struct told_key make_key(const struct address *client, const struct endpoint *server) {
    return (struct told_key){*client, server->address, {(uint8_t)(server->port >> 8), (uint8_t)(server->port & 0xff)}};
}

static struct entry *find(const struct oxids *oxids, const struct told_key *key) {
    struct entry *entry;
    HASH_FIND(hh, oxids->entries, key, sizeof *key, entry);
    return entry;
}

/* What is told again moves behind the others: the head is the one that was told longest ago. */
static struct entry *put(struct oxids *oxids, const struct told_key *key) {
    struct entry *entry = find(oxids, key);
    if (entry == NULL && HASH_COUNT(oxids->entries) == MAX_TOLD) {
        entry = oxids->entries;
        oxids->tally->limits[LIMIT_EVIDENCE]++;
    }
    if (entry != NULL)
        HASH_DEL(oxids->entries, entry);
    else
        entry = allocate(1, sizeof *entry);
    entry->key = *key;
    HASH_ADD(hh, oxids->entries, key, sizeof entry->key, entry);
    return entry;
}

void oxids_learn(struct oxids *oxids, const struct fact *answer) {
    struct endpoint endpoints[FACT_MAX_BINDINGS];
    size_t count = oxid_endpoints(answer, endpoints);
    if (count == 0)
        return;
    uint64_t number = ++oxids->count;
    oxids->answers[number % MAX_ANSWERS] = (struct answer){.number = number};
    for (size_t i = 0; i < count; i++) {
        struct told_key key = make_key(&answer->client.address, &endpoints[i]);
        put(oxids, &key)->told = (struct told){.seen = answer->seen, .answer = number};
    }
}

const struct told *oxids_find(const struct oxids *oxids, const struct address *client, const struct endpoint *server) {
    struct told_key key = make_key(client, server);
    struct entry *entry = find(oxids, &key);
    return entry == NULL ? NULL : &entry->told;
}

struct tracked **oxids_newest(struct oxids *oxids, uint64_t answer) {
    struct answer *kept = &oxids->answers[answer % MAX_ANSWERS];
    return kept->number == answer ? &kept->newest : NULL;
}
