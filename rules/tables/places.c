/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/places.h"

#include "rules/tables/table.h"

#include <assert.h>

enum { MAX_ENDPOINTS = 65536, MAX_CLIENTS = 65536 };

struct endpoint_key {
    struct address address;
    uint8_t port[2];
};

static_assert(sizeof(struct endpoint_key) == 19, "keys are compared as bytes, so they have no padding");

struct known_endpoint {
    struct endpoint_key key;
    UT_hash_handle hh;
    bool known_for; /* the interface is set */
    bool http;      /* it speaks ncacn_http */
    bool lacked;    /* of a connection to it something is not in the capture */
    struct syntax_id interface;
    bool others;                      /* it was known for another one before */
    int64_t tried, refused, accepted; /* when last; INT64_MIN: never */
};

struct known_standing {
    UT_hash_handle hh;
    struct standing standing;
};

struct known_client {
    UT_hash_handle hh;
    struct client client;
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
    return known == NULL || !known->known_for ? NULL : &known->interface;
}

bool places_has_others_at(const struct places *places, const struct endpoint *endpoint) {
    const struct known_endpoint *known = find_endpoint(places, endpoint);
    return known != NULL && known->others;
}

static struct known_endpoint *get_endpoint(struct places *places, const struct endpoint *endpoint) {
    struct known_endpoint *known = find_endpoint(places, endpoint);
    if (known != NULL)
        return known;
    if (HASH_COUNT(places->endpoints) == MAX_ENDPOINTS) {
        places->tally->limits[LIMIT_BINDINGS]++;
        return NULL;
    }
    known = allocate(1, sizeof *known);
    known->tried = known->refused = known->accepted = INT64_MIN;
    known->key.address = endpoint->address;
    known->key.port[0] = (uint8_t)(endpoint->port >> 8);
    known->key.port[1] = (uint8_t)endpoint->port;
    HASH_ADD(hh, places->endpoints, key, sizeof known->key, known);
    return known;
}

/* The interface mgmt, afa8bd80-7d8a-11c9-bef4-08002b102989. */
static bool is_management(const struct syntax_id *interface) {
    static const struct uuid mgmt = {
        {0xaf, 0xa8, 0xbd, 0x80, 0x7d, 0x8a, 0x11, 0xc9, 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89}};
    return uuid_equal(&interface->uuid, &mgmt);
}

void places_learn(struct places *places, const struct endpoint *endpoint, const struct syntax_id *interface) {
    struct known_endpoint *known = is_management(interface) ? NULL : get_endpoint(places, endpoint);
    if (known == NULL)
        return;
    known->others = known->others || (known->known_for && !syntax_compatible(&known->interface, interface));
    known->known_for = true;
    known->interface = *interface;
}

void places_speaks_http(struct places *places, const struct endpoint *endpoint) {
    struct known_endpoint *known = get_endpoint(places, endpoint);
    if (known != NULL)
        known->http = true;
}

bool places_is_http(const struct places *places, const struct endpoint *endpoint) {
    const struct known_endpoint *known = find_endpoint(places, endpoint);
    return known != NULL && known->http;
}

void places_connect(struct places *places, const struct endpoint *endpoint, bool refused, int64_t time) {
    /* Any server accepts connections: only of an endpoint that is known already is that worth remembering. */
    struct known_endpoint *known = refused ? get_endpoint(places, endpoint) : find_endpoint(places, endpoint);
    if (known == NULL)
        return;
    int64_t *last = refused ? &known->refused : &known->accepted;
    if (time > *last)
        *last = time;
}

void places_tries(struct places *places, const struct endpoint *endpoint, int64_t time) {
    struct known_endpoint *known = find_endpoint(places, endpoint);
    if (known != NULL && time > known->tried)
        known->tried = time;
}

bool places_is_untold(const struct places *places, const struct endpoint *endpoint) {
    const struct known_endpoint *known = find_endpoint(places, endpoint);
    return known != NULL && known->tried > known->refused && known->tried > known->accepted;
}

bool places_is_down(const struct places *places, const struct endpoint *endpoint) {
    struct known_endpoint *known = find_endpoint(places, endpoint);
    return known != NULL && known->refused > known->accepted;
}

bool places_was_down(const struct places *places, const struct endpoint *endpoint, int64_t time, int64_t until) {
    struct known_endpoint *known = find_endpoint(places, endpoint);
    return known != NULL && known->refused > known->accepted && known->refused < until && known->accepted <= time;
}

void places_lacks(struct places *places, const struct endpoint *endpoint) {
    struct known_endpoint *known = find_endpoint(places, endpoint);
    if (known != NULL)
        known->lacked = true;
}

bool places_lacked(const struct places *places, const struct endpoint *endpoint) {
    const struct known_endpoint *known = find_endpoint(places, endpoint);
    return known != NULL && known->lacked;
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

void places_sees(struct places *places, const struct address *address, bool packet) {
    struct standing *standing = get_standing(places, address);
    if (standing == NULL)
        return;
    standing->seen = standing->seen || packet;
    standing->unseen = standing->unseen || !packet;
}

void places_never_saw(struct places *places, const struct address *address) {
    struct standing *standing = get_standing(places, address);
    if (standing != NULL)
        standing->one_sided = true;
}

void places_shakes_hands(struct places *places, const struct address *address, int64_t duration) {
    struct standing *standing = get_standing(places, address);
    if (standing == NULL || duration < 0)
        return;
    standing->handshakes++;
    if (duration > standing->longest_handshake)
        standing->longest_handshake = duration;
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

const struct client *places_find_client(const struct places *places, const struct address *address) {
    const struct known_client *known;
    HASH_FIND(hh, places->clients, address, sizeof *address, known);
    return known == NULL ? NULL : &known->client;
}

const struct client *places_next_client(const struct places *places, const struct client *after) {
    const struct known_client *known = places->clients;
    if (after != NULL) {
        HASH_FIND(hh, places->clients, &after->address, sizeof after->address, known);
        known = known == NULL ? NULL : known->hh.next;
    }
    return known == NULL ? NULL : &known->client;
}

void client_wishes(struct client *client, const struct syntax_id *interface) {
    if (client->wishes == WISHES_NONE && interface != NULL) {
        client->wishes = WISHES_ONE;
        client->wish = *interface;
    } else if (interface == NULL || !syntax_compatible(&client->wish, interface)) {
        client->wishes = WISHES_SEVERAL;
    }
}

void client_strays(struct client *client, const struct endpoint *endpoint) {
    for (uint32_t i = 0; i < client->strays; i++)
        if (endpoint_equal(&client->stray[i], endpoint))
            return;
    if (client->strays < CLIENT_MANY)
        client->stray[client->strays++] = *endpoint;
}

void client_misses_mapper(struct client *client, const struct address *mapper) {
    for (uint32_t i = 0; i < client->dead_mappers; i++)
        if (address_equal(&client->dead_mapper[i], mapper))
            return;
    if (client->dead_mappers < CLIENT_MANY)
        client->dead_mapper[client->dead_mappers++] = *mapper;
}
