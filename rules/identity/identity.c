/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/inside.h"
#include "rules/identity/station.h"

#include <stdio.h>
#include <string.h>

enum { MAX_ASSOCIATIONS = 65536 };

/* An association group as it was first granted to a client. */
struct association {
    struct {
        struct address client;
        uint8_t group[4];
    } key;
    struct address address;
    struct sighting seen;
    bool ambiguous; /* granted by another address, too: group numbers are not unique among servers */
    UT_hash_handle hh;
};

/* What is declared needs no sighting. */
static void declare(struct servers *servers, const struct inventory *inventory) {
    for (size_t i = 0; i < inventory->cluster_count; i++) {
        const struct declared_cluster *cluster = &inventory->clusters[i];
        for (size_t j = 0; j < cluster->address_count; j++) {
            struct server *server = server_get(servers, &cluster->addresses[j], true);
            if (server != NULL)
                server->cluster = cluster;
        }
    }
    for (size_t i = 0; i < inventory->name_count; i++) {
        struct server *server = server_get(servers, &inventory->names[i].address, true);
        if (server != NULL)
            server->declared_name = inventory->names[i].name;
    }
}

struct identity *identity_open(struct tally *tally, const struct inventory *inventory) {
    struct identity *identity = allocate(1, sizeof *identity);
    identity->servers.tally = tally;
    identity->servers.inventory = inventory;
    declare(&identity->servers, inventory);
    identity->servers.changed = true;
    return identity;
}

void identity_close(struct identity *identity) {
    struct association *associations = identity->associations;
    HASH_CLEAR(hh, identity->associations);
    table_free(associations, offsetof(struct association, hh));
    servers_free(&identity->servers);
    links_free(&identity->links);
    free(identity);
}

/* --- what is told ----------------------------------------------------------------------------------------------- */

void identity_packet(struct identity *identity, const struct address *address, const struct mac *mac, uint8_t ttl,
                     struct sighting seen, bool matters) {
    station_packet(&identity->servers, address, mac, ttl, seen, matters);
}

void identity_arp(struct identity *identity, const struct address *address, const struct fact_link *link,
                  struct sighting seen) {
    if (!station_arp(&identity->servers, address, link, seen))
        return;
    const struct server *server = server_find(&identity->servers, address);
    const struct mark *station = server->arp.mac.mark;
    for (const struct bearer *other = station->router ? NULL : station->first; other != NULL; other = other->next)
        if (other == &other->server->arp.mac && station_moved_along(server, other->server))
            identity_link(identity, &(struct identity_link){.kind = LINK_MOVED,
                                                            .one = other->server->address,
                                                            .other = *address,
                                                            .one_seen = other->server->arp.first,
                                                            .other_seen = seen});
}

void identity_link(struct identity *identity, const struct identity_link *link) {
    links_add(&identity->links, &identity->servers, link);
}

/* The names of one answer are told one after the other. */
static void link_netbios(struct identity *identity, const struct address *address, const char *name,
                         struct sighting seen) {
    struct netbios *last = &identity->netbios;
    if (last->seen.frame == seen.frame && last->seen.file == seen.file && strcmp(last->name, name) == 0) {
        identity_link(identity, &(struct identity_link){LINK_NETBIOS, last->address, *address, seen, seen, NULL, 0});
        return;
    }
    *last = (struct netbios){.address = *address, .seen = seen};
    snprintf(last->name, sizeof last->name, "%s", name);
}

static bool is_nil_guid(const char *name) {
    struct uuid guid;
    return uuid_parse(name, &guid) && uuid_is_nil(&guid);
}

void identity_name(struct identity *identity, const struct address *address, enum name_source source, const char *name,
                   struct sighting seen) {
    bool matters = source != NAME_NETBIOS && source != NAME_DNS; /* name services speak of anybody */
    char shown[FACT_TEXT_SIZE];
    if (source == NAME_NETBIOS)
        link_netbios(identity, address, name, seen);
    if (!host_of_name(source, name, shown) || (source == NAME_SMB_GUID && is_nil_guid(name)))
        return;
    struct server *server = server_get(&identity->servers, address, matters);
    if (server != NULL)
        server_is_called(&identity->servers, server, source, shown, seen);
}

void identity_changes(struct identity *identity, const struct address *address, struct sighting seen) {
    struct server *server = server_find(&identity->servers, address);
    if (server != NULL && seen.time > server->changed.time)
        server_changes(&identity->servers, server, seen);
}

bool identity_has_room(const struct identity *identity) {
    return HASH_COUNT(identity->servers.all) < SERVER_MAX / 2 && HASH_COUNT(identity->links.all) < LINKS_MAX / 2;
}

static void is_listed(struct identity *identity, const struct address *address, int64_t time) {
    struct server *server = server_find(&identity->servers, address);
    if (server == NULL || server->listed >= time)
        return;
    server->listed = time;
    identity->servers.changed = true;
}

/* An object may be activated elsewhere, but a resolver lists the addresses of its own machine; when it is asked for
 * all of them, others are not its own any more. */
void identity_bindings(struct identity *identity, const struct address *address, const struct fact_bindings *bindings,
                       struct sighting seen) {
    bool all = bindings->source == BINDINGS_SERVER_ALIVE && bindings->offered == bindings->count;
    bool smb = bindings->source == BINDINGS_SMB_INTERFACES;
    if (bindings->source != BINDINGS_SERVER_ALIVE && bindings->source != BINDINGS_OXID && !smb)
        return;
    for (uint8_t i = 0; i < bindings->count; i++) {
        const struct address *listed = &bindings->bindings[i].endpoint.address;
        if (address_is_unspecified(listed))
            continue;
        identity_link(identity, &(struct identity_link){.kind = smb ? LINK_SMB_INTERFACES : LINK_BINDINGS,
                                                        .one = *address,
                                                        .other = *listed,
                                                        .one_seen = seen,
                                                        .other_seen = seen});
        if (all)
            is_listed(identity, listed, seen.time);
    }
    if (all)
        is_listed(identity, address, seen.time);
}

void identity_association(struct identity *identity, const struct address *client, const struct address *address,
                          uint32_t granted, uint32_t wanted, struct sighting seen) {
    if (granted == 0)
        return;
    struct association probe = {.key = {*client, {0}}};
    memcpy(probe.key.group, &granted, sizeof granted);
    struct association *known;
    HASH_FIND(hh, identity->associations, &probe.key, sizeof probe.key, known);
    bool here = known != NULL && address_equal(&known->address, address);
    if (wanted == granted && known != NULL && !here && !known->ambiguous) {
        identity_link(identity, &(struct identity_link){.kind = LINK_ASSOCIATION,
                                                        .one = known->address,
                                                        .other = *address,
                                                        .one_seen = known->seen,
                                                        .other_seen = seen});
    } else if (wanted == 0 && known != NULL) {
        known->ambiguous = known->ambiguous || !here;
        known->address = *address;
        known->seen = seen;
    } else if (wanted == 0 && HASH_COUNT(identity->associations) == MAX_ASSOCIATIONS) {
        identity->servers.tally->limits[LIMIT_SERVERS]++;
    } else if (wanted == 0) {
        known = allocate(1, sizeof *known);
        *known = (struct association){.key = probe.key, .address = *address, .seen = seen};
        HASH_ADD(hh, identity->associations, key, sizeof known->key, known);
    }
}

/* --- what is asked --------------------------------------------------------------------------------------------- */

const struct address *identity_next(const struct identity *identity, const struct address *after) {
    const struct server *next = identity->servers.all;
    if (after != NULL) {
        const struct server *server = server_find(&identity->servers, after);
        next = server == NULL ? NULL : server->hh.next;
    }
    return next == NULL ? NULL : &next->address;
}

const char *identity_server_name(const struct identity *identity, const struct address *address) {
    const struct server *server = server_find(&identity->servers, address);
    return server == NULL ? "" : server_best_name(server);
}

bool identity_moved(const struct identity *identity, const struct address *address, struct sighting *seen) {
    const struct server *server = server_find(&identity->servers, address);
    if (server == NULL || server->arp.from == NULL)
        return false;
    *seen = server->arp.first;
    return true;
}

bool identity_renamed_since(const struct identity *identity, const struct address *address, int64_t time) {
    const struct server *server = server_find(&identity->servers, address);
    for (size_t i = 0; server != NULL && i < server->history.count; i++)
        if (server->history.at[i].source == NAME_NTLM_COMPUTER && server->history.at[i].until.time > time)
            return true;
    return false;
}
