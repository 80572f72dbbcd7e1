/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity.h"

#include "rules/table.h"

#include <stdio.h>
#include <string.h>

/* More addresses than MAX_ADDRESSES_OF_MAC behind one link-layer address: a router, a NAT gateway or a load balancer,
 * not a server. */
enum { MAX_SERVERS = 4096, MAX_STATIONS = 4096, MAX_LINKS = 4096, MAX_ASSOCIATIONS = 65536, MAX_ADDRESSES_OF_MAC = 8 };
enum { MAX_VIEWS = 4 }; /* capture points that an address is remembered from */

/* A server's packets as they look at one capture point: another one sees other link-layer addresses and TTLs. */
struct view {
    struct mac mac;
    uint8_t ttl;
    bool moved; /* seen with several: says nothing about who it is */
    struct sighting seen;
};

struct server {
    struct address address;
    bool matters;
    UT_hash_handle hh;
    struct view views[MAX_VIEWS];
    size_t view_count;
    char names[NAME_SOURCES][FACT_TEXT_SIZE];
    struct sighting name_seen;
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
    /* The last answer of identity_relatives, good until anything changes: sessions ask again and again. */
    bool answer_is_good;
    struct address answer_for;
    struct relative answer[IDENTITY_MAX_RELATIVES];
    size_t answer_count;
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

/* Any server that was only seen in passing gives way, the oldest first; only a few are looked at. */
static bool make_room(struct identity *identity) {
    enum { LOOK_AT = 64 };
    struct server *server = identity->servers;
    for (int i = 0; server != NULL && i < LOOK_AT; i++, server = server->hh.next)
        if (!server->matters) {
            HASH_DEL(identity->servers, server);
            free(server);
            return true;
        }
    identity->tally->limits[LIMIT_SERVERS]++;
    return false;
}

static struct server *get_server(struct identity *identity, const struct address *address, bool matters) {
    struct server *server = find_server(identity, address);
    if (server == NULL) {
        if (HASH_COUNT(identity->servers) == MAX_SERVERS && !make_room(identity))
            return NULL;
        server = allocate(1, sizeof *server);
        server->address = *address;
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that HASH_DEL moves the head on */
        HASH_ADD(hh, identity->servers, address, sizeof server->address, server);
    }
    server->matters = server->matters || matters;
    return server;
}

static struct station *find_station(const struct identity *identity, const struct mac *mac) {
    struct station *station;
    HASH_FIND(hh, identity->stations, mac->octets, sizeof mac->octets, station);
    return station;
}

static struct station *get_station(struct identity *identity, const struct mac *mac) {
    struct station *station = find_station(identity, mac);
    if (station != NULL)
        return station;
    if (HASH_COUNT(identity->stations) == MAX_STATIONS) {
        identity->tally->limits[LIMIT_SERVERS]++;
        return NULL;
    }
    station = allocate(1, sizeof *station);
    memcpy(station->octets, mac->octets, sizeof station->octets);
    HASH_ADD(hh, identity->stations, octets, sizeof station->octets, station);
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

static bool is_same_mac(const struct mac *a, const struct mac *b) {
    return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

static void make_router(struct identity *identity, struct station *station) {
    identity->answer_is_good = identity->answer_is_good && station->router;
    station->router = true;
}

static struct view *find_view(struct server *server, uint32_t file) {
    for (size_t i = 0; i < server->view_count; i++)
        if (server->views[i].seen.file == file)
            return &server->views[i];
    return NULL;
}

/* There is no news in it: what it shows was taken in before. */
static bool looks_the_same(struct server *server, const struct mac *mac, uint8_t ttl, uint32_t file) {
    const struct view *known = find_view(server, file);
    return known != NULL && known->ttl == ttl && is_same_mac(&known->mac, mac);
}

static void look_at(struct identity *identity, struct server *server, const struct view *look,
                    struct station *station) {
    struct view *known = find_view(server, look->seen.file);
    if (known != NULL) {
        if (!known->moved && (!is_same_mac(&known->mac, &look->mac) || known->ttl != look->ttl)) {
            known->moved = true;
            identity->answer_is_good = false;
        }
        return;
    }
    if (server->view_count == MAX_VIEWS)
        return;
    server->views[server->view_count++] = *look;
    identity->answer_is_good = false;
    if (++station->addresses > MAX_ADDRESSES_OF_MAC)
        make_router(identity, station);
}

void identity_packet(struct identity *identity, const struct address *address, const struct mac *mac, uint8_t ttl,
                     struct sighting seen, bool matters) {
    static const uint8_t loopback[6];
    if (!mac->known || ttl == 0 || memcmp(mac->octets, loopback, sizeof loopback) == 0)
        return;
    struct server *known = find_server(identity, address);
    if (known != NULL && (known->matters || !matters) && looks_the_same(known, mac, ttl, seen.file))
        return;
    struct station *station = get_station(identity, mac);
    if (station == NULL)
        return;
    if (!ttl_is_initial(ttl) || is_virtual_gateway(mac))
        make_router(identity, station);
    struct server *server = get_server(identity, address, matters);
    if (server != NULL)
        look_at(identity, server, &(struct view){*mac, ttl, false, seen}, station);
}

void identity_name(struct identity *identity, const struct address *address, enum name_source source, const char *name,
                   struct sighting seen) {
    struct server *server = get_server(identity, address, true);
    if (server == NULL)
        return;
    if (strcmp(server->names[source], name) != 0)
        identity->answer_is_good = false;
    snprintf(server->names[source], sizeof server->names[source], "%s", name);
    server->name_seen = seen;
}

/* Loopback, link-local, multicast and broadcast: every host may list its own. */
static bool is_shared(const struct address *address) {
    const uint8_t *o = address->octets;
    if (address->family == ADDRESS_IPV6)
        return o[0] == 0xff || (o[0] == 0xfe && (o[1] & 0xc0) == 0x80) || address_is_unspecified(address) ||
               (o[15] == 1 && memcmp(o, (const uint8_t[15]){0}, 15) == 0);
    return o[0] == 127 || o[0] >= 224 || (o[0] == 169 && o[1] == 254);
}

void identity_link(struct identity *identity, const struct identity_link *link) {
    if (is_shared(&link->one) || is_shared(&link->other))
        return;
    for (size_t i = 0; i < identity->link_count; i++) {
        const struct identity_link *old = &identity->links[i];
        if (old->kind == link->kind && address_equal(&old->one, &link->one) && address_equal(&old->other, &link->other))
            return;
    }
    if (identity->link_count == MAX_LINKS) {
        identity->tally->limits[LIMIT_SERVERS]++;
        return;
    }
    identity->links[identity->link_count++] = *link;
    identity->answer_is_good = false;
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
    } else if (wanted == 0 && HASH_COUNT(identity->associations) == MAX_ASSOCIATIONS) {
        identity->tally->limits[LIMIT_SERVERS]++;
    } else if (wanted == 0) {
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

static bool same_station(const struct identity *identity, const struct view *a, const struct view *b) {
    return !a->moved && !b->moved && a->ttl == b->ttl && is_same_mac(&a->mac, &b->mac) &&
           !find_station(identity, &a->mac)->router;
}

/* What two servers show of themselves, names before link-layer addresses. */
static bool alike(const struct identity *identity, const struct server *a, const struct server *b,
                  struct identity_link *link) {
    *link = (struct identity_link){LINK_NTLM_NAME, a->address, b->address, a->name_seen, b->name_seen};
    if (same_name(a, b))
        return true;
    link->kind = LINK_MAC;
    for (size_t i = 0; i < a->view_count && !other_name(a, b); i++)
        for (size_t j = 0; j < b->view_count; j++)
            if (same_station(identity, &a->views[i], &b->views[j])) {
                link->one_seen = a->views[i].seen;
                link->other_seen = b->views[j].seen;
                return true;
            }
    return false;
}

static bool is_known(const struct identity *identity, const struct address *address) {
    if (address_equal(address, &identity->answer_for))
        return true;
    for (size_t i = 0; i < identity->answer_count; i++)
        if (address_equal(address, &identity->answer[i].address))
            return true;
    return false;
}

static void add_relative(struct identity *identity, const struct address *address, const struct identity_link *link,
                         int parent) {
    if (identity->answer_count == IDENTITY_MAX_RELATIVES || is_known(identity, address))
        return;
    bool weak =
        link->kind == LINK_MAC || link->kind == LINK_ASSOCIATION || (parent >= 0 && identity->answer[parent].weak);
    identity->answer[identity->answer_count++] = (struct relative){*link, parent, *address, weak};
}

/* A bare word of a mapper about an address that was never seen leads to that address, and not on to other servers
 * whose mappers name it too: private addresses are used many times over. */
static bool leads_on(const struct identity *identity, const struct address *from, int parent) {
    return parent < 0 || identity->answer[parent].link.kind != LINK_TOWER || find_server(identity, from) != NULL;
}

/* Group numbers are not unique: a client may join one that another server granted before the capture began. */
static bool is_belied(const struct identity *identity, const struct identity_link *link) {
    const struct server *a = find_server(identity, &link->one);
    const struct server *b = find_server(identity, &link->other);
    return link->kind == LINK_ASSOCIATION && a != NULL && b != NULL && other_name(a, b);
}

static void add_relatives_of(struct identity *identity, const struct address *from, int parent) {
    for (size_t i = 0; i < identity->link_count; i++) {
        const struct identity_link *link = &identity->links[i];
        if ((link->kind == LINK_TOWER && !leads_on(identity, from, parent)) || is_belied(identity, link))
            continue;
        if (address_equal(&link->one, from))
            add_relative(identity, &link->other, link, parent);
        else if (address_equal(&link->other, from))
            add_relative(identity, &link->one, link, parent);
    }
    const struct server *self = find_server(identity, from);
    struct identity_link link;
    struct server *server, *next;
    if (self == NULL)
        return;
    HASH_ITER(hh, identity->servers, server, next) {
        if (server != self && alike(identity, self, server, &link))
            add_relative(identity, &server->address, &link, parent);
    }
}

size_t identity_relatives(struct identity *identity, const struct address *address,
                          struct relative relatives[static IDENTITY_MAX_RELATIVES]) {
    if (!identity->answer_is_good || !address_equal(address, &identity->answer_for)) {
        identity->answer_for = *address;
        identity->answer_count = 0;
        add_relatives_of(identity, address, -1);
        for (size_t i = 0; i < identity->answer_count; i++) {
            struct address from = identity->answer[i].address;
            add_relatives_of(identity, &from, (int)i);
        }
        identity->answer_is_good = true;
    }
    memcpy(relatives, identity->answer, identity->answer_count * sizeof *relatives);
    return identity->answer_count;
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
