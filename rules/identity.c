/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity.h"

#include "rules/table.h"

#include <stdio.h>
#include <string.h>

/* More addresses than this behind one link-layer address: a router, a NAT gateway or a load balancer, not a server. */
enum { MAX_SERVERS = 4096, MAX_LINKS = 4096, MAX_ASSOCIATIONS = 65536, MAX_ADDRESSES_OF_MAC = 8 };

struct server {
    struct address address;
    struct mac mac;
    uint8_t ttl;
    bool moved; /* seen with different link-layer addresses or TTLs: says nothing about who it is */
    struct sighting mac_seen;
    char names[NAME_SOURCES][FACT_TEXT_SIZE];
    struct sighting name_seen;
    UT_hash_handle hh;
};

/* What is known of a link-layer address. */
struct station {
    uint8_t octets[6];
    bool router;
    size_t addresses;
    UT_hash_handle hh;
};

/* An association group as it was first granted to a client. */
struct association {
    struct {
        struct address client;
        uint8_t group[4];
    } key;
    struct address address;
    struct sighting seen;
    UT_hash_handle hh;
};

struct identity {
    struct server *servers;
    struct association *associations;
    struct station *stations;
    struct identity_link links[MAX_LINKS];
    size_t link_count;
    struct tally *tally;
};

struct identity *identity_open(struct tally *tally) {
    struct identity *identity = allocate(1, sizeof *identity);
    identity->tally = tally;
    return identity;
}

void identity_close(struct identity *identity) {
    struct server *servers = identity->servers;
    HASH_CLEAR(hh, identity->servers);
    table_free(servers, offsetof(struct server, hh));
    struct association *associations = identity->associations;
    HASH_CLEAR(hh, identity->associations);
    table_free(associations, offsetof(struct association, hh));
    struct station *stations = identity->stations;
    HASH_CLEAR(hh, identity->stations);
    table_free(stations, offsetof(struct station, hh));
    free(identity);
}

static struct server *find_server(const struct identity *identity, const struct address *address) {
    struct server *server;
    HASH_FIND(hh, identity->servers, address, sizeof *address, server);
    return server;
}

static struct server *get_server(struct identity *identity, const struct address *address) {
    struct server *server = find_server(identity, address);
    if (server != NULL)
        return server;
    if (HASH_COUNT(identity->servers) == MAX_SERVERS) {
        identity->tally->limits[LIMIT_EVIDENCE]++;
        return NULL;
    }
    server = allocate(1, sizeof *server);
    server->address = *address;
    HASH_ADD(hh, identity->servers, address, sizeof server->address, server);
    return server;
}

static struct station *find_station(const struct identity *identity, const struct mac *mac) {
    struct station *station;
    HASH_FIND(hh, identity->stations, mac->octets, sizeof mac->octets, station);
    return station;
}

static struct station *get_station(struct identity *identity, const struct mac *mac) {
    struct station *station = find_station(identity, mac);
    if (station == NULL) {
        station = allocate(1, sizeof *station);
        memcpy(station->octets, mac->octets, sizeof station->octets);
        HASH_ADD(hh, identity->stations, octets, sizeof station->octets, station);
    }
    return station;
}

/* Hosts send with one of these; any other value was counted down by a router on the way. */
static bool ttl_is_initial(uint8_t ttl) { return ttl == 32 || ttl == 64 || ttl == 128 || ttl == 255; }

/* Gateways of virtual networks that forward without counting down: Azure's, and VirtualBox's NAT (last octet varies).
 */
static bool is_virtual_gateway(const struct mac *mac) {
    static const uint8_t known[][5] = {{0x12, 0x34, 0x56, 0x78, 0x9a}, {0x52, 0x54, 0x00, 0x12, 0x35}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (memcmp(mac->octets, known[i], sizeof known[i]) == 0)
            return true;
    return false;
}

void identity_packet(struct identity *identity, const struct address *address, const struct mac *mac, uint8_t ttl,
                     struct sighting seen) {
    static const uint8_t loopback[6];
    if (!mac->known || ttl == 0 || memcmp(mac->octets, loopback, sizeof loopback) == 0)
        return;
    struct server *server = get_server(identity, address);
    if (server == NULL)
        return;
    struct station *station = get_station(identity, mac);
    if (!ttl_is_initial(ttl) || is_virtual_gateway(mac))
        station->router = true;
    if (!server->mac.known) {
        server->mac = *mac;
        server->ttl = ttl;
        server->mac_seen = seen;
        if (++station->addresses > MAX_ADDRESSES_OF_MAC)
            station->router = true;
    } else if (memcmp(server->mac.octets, mac->octets, sizeof mac->octets) != 0 || server->ttl != ttl) {
        server->moved = true;
    }
}

void identity_name(struct identity *identity, const struct address *address, enum name_source source, const char *name,
                   struct sighting seen) {
    struct server *server = get_server(identity, address);
    if (server == NULL)
        return;
    snprintf(server->names[source], sizeof server->names[source], "%s", name);
    server->name_seen = seen;
}

void identity_link(struct identity *identity, const struct identity_link *link) {
    for (size_t i = 0; i < identity->link_count; i++) {
        const struct identity_link *old = &identity->links[i];
        if (old->kind == link->kind && address_equal(&old->one, &link->one) && address_equal(&old->other, &link->other))
            return;
    }
    if (identity->link_count == MAX_LINKS) {
        identity->tally->limits[LIMIT_EVIDENCE]++;
        return;
    }
    identity->links[identity->link_count++] = *link;
}

void identity_association(struct identity *identity, const struct address *client, const struct address *address,
                          uint32_t granted, uint32_t wanted, struct sighting seen) {
    if (granted == 0)
        return;
    struct association probe = {.key = {*client, {0}}};
    memcpy(probe.key.group, &granted, sizeof granted);
    struct association *known;
    HASH_FIND(hh, identity->associations, &probe.key, sizeof probe.key, known);
    if (wanted == granted && known != NULL && !address_equal(&known->address, address)) {
        identity_link(identity, &(struct identity_link){LINK_ASSOCIATION, known->address, *address, known->seen, seen});
    } else if (wanted == 0 && known != NULL) {
        /* Granted anew, perhaps by another server: group numbers are not unique among servers. */
        known->address = *address;
        known->seen = seen;
    } else if (wanted == 0 && HASH_COUNT(identity->associations) < MAX_ASSOCIATIONS) {
        known = allocate(1, sizeof *known);
        *known = (struct association){.key = probe.key, .address = *address, .seen = seen};
        HASH_ADD(hh, identity->associations, key, sizeof known->key, known);
    }
}

static bool same_name(const struct server *a, const struct server *b) {
    return a->names[NAME_NTLM_COMPUTER][0] != '\0' &&
           strcmp(a->names[NAME_NTLM_COMPUTER], b->names[NAME_NTLM_COMPUTER]) == 0 &&
           strcmp(a->names[NAME_NTLM_DOMAIN], b->names[NAME_NTLM_DOMAIN]) == 0;
}

/* Two hosts behind one link-layer address, as in networks whose gateway does not count down the TTL. */
static bool other_name(const struct server *a, const struct server *b) {
    return a->names[NAME_NTLM_COMPUTER][0] != '\0' && b->names[NAME_NTLM_COMPUTER][0] != '\0' && !same_name(a, b);
}

static bool same_station(const struct identity *identity, const struct server *a, const struct server *b) {
    if (other_name(a, b) || !a->mac.known || !b->mac.known || a->moved || b->moved || a->ttl != b->ttl ||
        memcmp(a->mac.octets, b->mac.octets, sizeof a->mac.octets) != 0)
        return false;
    return !find_station(identity, &a->mac)->router;
}

/* The strongest link that two addresses share directly. */
static bool find_link(const struct identity *identity, const struct address *one, const struct address *other,
                      struct identity_link *link) {
    for (size_t i = 0; i < identity->link_count; i++) {
        const struct identity_link *known = &identity->links[i];
        if ((address_equal(&known->one, one) && address_equal(&known->other, other)) ||
            (address_equal(&known->one, other) && address_equal(&known->other, one))) {
            *link = *known;
            return true;
        }
    }
    const struct server *a = find_server(identity, one);
    const struct server *b = find_server(identity, other);
    if (a == NULL || b == NULL)
        return false;
    *link = (struct identity_link){.one = *one, .other = *other};
    if (same_name(a, b)) {
        link->kind = LINK_NTLM_NAME;
        link->one_seen = a->name_seen;
        link->other_seen = b->name_seen;
        return true;
    }
    link->kind = LINK_MAC;
    link->one_seen = a->mac_seen;
    link->other_seen = b->mac_seen;
    return same_station(identity, a, b);
}

static bool is_among(const struct address *address, const struct relative *relatives, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (address_equal(address, &relatives[i].address))
            return true;
    return false;
}

static void try_relative(const struct identity *identity, const struct address *from, const struct address *candidate,
                         const struct address *self, struct relative *relatives, size_t max, size_t *count) {
    struct identity_link link;
    if (*count < max && !address_equal(candidate, self) && !is_among(candidate, relatives, *count) &&
        find_link(identity, from, candidate, &link))
        relatives[(*count)++] = (struct relative){*candidate, link};
}

size_t identity_relatives(const struct identity *identity, const struct address *address, struct relative *relatives,
                          size_t max) {
    size_t count = 0;
    /* Breadth first: `from` is the address itself, then each relative in the order in which it was found. */
    for (size_t next = 0; next <= count && count < max; next++) {
        struct address from = next == 0 ? *address : relatives[next - 1].address;
        struct server *server, *after;
        HASH_ITER(hh, identity->servers, server, after)
        try_relative(identity, &from, &server->address, address, relatives, max, &count);
        for (size_t i = 0; i < identity->link_count; i++) {
            try_relative(identity, &from, &identity->links[i].one, address, relatives, max, &count);
            try_relative(identity, &from, &identity->links[i].other, address, relatives, max, &count);
        }
    }
    return count;
}

const char *identity_server_name(const struct identity *identity, const struct address *address) {
    static const enum name_source best_first[] = {NAME_NTLM_DNS_COMPUTER, NAME_NTLM_COMPUTER};
    const struct server *server = find_server(identity, address);
    for (size_t i = 0; server != NULL && i < sizeof best_first / sizeof *best_first; i++)
        if (server->names[best_first[i]][0] != '\0')
            return server->names[best_first[i]];
    return "";
}

char *identity_link_text(const struct identity_link *link, char text[static LINK_TEXT_SIZE]) {
    static const char *const texts[LINK_KINDS] = {
        [LINK_TOWER] = "has an endpoint mapper that names",
        [LINK_NTLM_NAME] = "has the same NTLM computer and domain name as",
        [LINK_ASSOCIATION] = "shares an association group with",
        [LINK_MAC] = "sends from the same link-layer address, unrouted, as",
    };
    char one[ADDRESS_TEXT_SIZE], other[ADDRESS_TEXT_SIZE];
    address_text(&link->one, one);
    address_text(&link->other, other);
    snprintf(text, LINK_TEXT_SIZE, "same server: %s %s %s", one, texts[link->kind], other);
    return text;
}
