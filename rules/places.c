/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/places.h"

#include "rules/table.h"

#include <assert.h>

enum { MAX_ENDPOINTS = 65536, MAX_CLIENTS = 65536 };

struct endpoint_key {
    struct address address;
    uint8_t port[2];
};

static_assert(sizeof(struct endpoint_key) == 19, "keys are compared as bytes, so they have no padding");

struct known_endpoint {
    struct endpoint_key key;
    struct syntax_id interface;
    UT_hash_handle hh;
};

struct known_standing {
    struct standing standing;
    UT_hash_handle hh;
};

struct known_client {
    struct client client;
    UT_hash_handle hh;
};

struct places {
    struct known_endpoint *endpoints;
    struct known_standing *standings;
    struct known_client *clients;
    struct tally *tally;
};

struct places *places_open(struct tally *tally) {
    struct places *places = allocate(1, sizeof *places);
    places->tally = tally;
    return places;
}

void places_close(struct places *places) {
    struct known_endpoint *endpoints = places->endpoints;
    HASH_CLEAR(hh, places->endpoints);
    table_free(endpoints, offsetof(struct known_endpoint, hh));
    struct known_standing *standings = places->standings;
    HASH_CLEAR(hh, places->standings);
    table_free(standings, offsetof(struct known_standing, hh));
    struct known_client *clients = places->clients;
    HASH_CLEAR(hh, places->clients);
    table_free(clients, offsetof(struct known_client, hh));
    free(places);
}

static struct known_endpoint *find_endpoint(const struct places *places, const struct endpoint *endpoint) {
    struct endpoint_key key = {endpoint->address, {(uint8_t)(endpoint->port >> 8), (uint8_t)endpoint->port}};
    struct known_endpoint *known;
    HASH_FIND(hh, places->endpoints, &key, sizeof key, known);
    return known;
}

const struct syntax_id *places_interface_at(const struct places *places, const struct endpoint *endpoint) {
    struct known_endpoint *known = find_endpoint(places, endpoint);
    return known == NULL ? NULL : &known->interface;
}

void places_learn(struct places *places, const struct endpoint *endpoint, const struct syntax_id *interface) {
    struct known_endpoint *known = find_endpoint(places, endpoint);
    if (known == NULL) {
        if (HASH_COUNT(places->endpoints) == MAX_ENDPOINTS) {
            places->tally->limits[LIMIT_BINDINGS]++;
            return;
        }
        known = allocate(1, sizeof *known);
        known->key.address = endpoint->address;
        known->key.port[0] = (uint8_t)(endpoint->port >> 8);
        known->key.port[1] = (uint8_t)endpoint->port;
        HASH_ADD(hh, places->endpoints, key, sizeof known->key, known);
    }
    known->interface = *interface;
}

static struct known_standing *find_standing(const struct places *places, const struct address *address) {
    struct known_standing *known;
    HASH_FIND(hh, places->standings, address, sizeof *address, known);
    return known;
}

const struct standing *places_standing(const struct places *places, const struct address *address) {
    struct known_standing *known = find_standing(places, address);
    return known == NULL ? NULL : &known->standing;
}

static struct standing *get_standing(struct places *places, const struct address *address) {
    struct known_standing *known = find_standing(places, address);
    if (known == NULL) {
        if (HASH_COUNT(places->standings) == MAX_ENDPOINTS) {
            places->tally->limits[LIMIT_BINDINGS]++;
            return NULL;
        }
        known = allocate(1, sizeof *known);
        known->standing.address = *address;
        HASH_ADD(hh, places->standings, standing.address, sizeof known->standing.address, known);
    }
    return &known->standing;
}

void places_accepts(struct places *places, const struct endpoint *endpoint) {
    struct standing *standing = get_standing(places, &endpoint->address);
    if (standing == NULL)
        return;
    standing->accepts = true;
    if (standing->refused.port == endpoint->port)
        standing->refused = (struct endpoint){.port = 0};
}

void places_refuses(struct places *places, const struct endpoint *endpoint, const struct syntax_id *interface,
                    struct sighting seen) {
    struct standing *standing = get_standing(places, &endpoint->address);
    if (standing == NULL)
        return;
    standing->refused = *endpoint;
    standing->refused_interface = *interface;
    standing->refused_seen = seen;
}

struct client *places_client(struct places *places, const struct address *address) {
    struct known_client *known;
    HASH_FIND(hh, places->clients, address, sizeof *address, known);
    if (known == NULL && HASH_COUNT(places->clients) == MAX_CLIENTS) {
        places->tally->limits[LIMIT_SESSIONS]++;
        return NULL;
    }
    if (known == NULL) {
        known = allocate(1, sizeof *known);
        known->client.address = *address;
        HASH_ADD(hh, places->clients, client.address, sizeof known->client.address, known);
    }
    return &known->client;
}
