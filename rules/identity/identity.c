/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/identity.h"

#include "rules/identity/links.h"
#include "rules/identity/station.h"

#include <stdio.h>
#include <string.h>

enum { MAX_ASSOCIATIONS = 65536, MAX_LOOK_AT = 256 };

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

/* A NetBIOS name as it was told last. */
struct netbios {
    char name[FACT_TEXT_SIZE];
    struct address address;
    struct sighting seen;
};

struct identity {
    struct servers servers;
    struct links links;
    struct association *associations;
    struct netbios netbios;
    /* The last answer of identity_relatives, good until servers.changed: sessions ask again and again. */
    struct address answer_for;
    struct relative answer[IDENTITY_MAX_RELATIVES];
    size_t answer_count;
};

struct identity *identity_open(struct tally *tally) {
    struct identity *identity = allocate(1, sizeof *identity);
    identity->servers.tally = tally;
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
    station_arp(&identity->servers, address, link, seen);
}

void identity_link(struct identity *identity, const struct identity_link *link) {
    links_add(&identity->links, &identity->servers, link);
}

/* The names of one answer are told one after the other. */
static void link_netbios(struct identity *identity, const struct address *address, const char *name,
                         struct sighting seen) {
    struct netbios *last = &identity->netbios;
    if (last->seen.frame == seen.frame && last->seen.file == seen.file && strcmp(last->name, name) == 0) {
        identity_link(identity, &(struct identity_link){LINK_NETBIOS, last->address, *address, seen, seen});
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
    if (bindings->source != BINDINGS_SERVER_ALIVE && bindings->source != BINDINGS_OXID)
        return;
    for (uint8_t i = 0; i < bindings->count; i++) {
        const struct address *listed = &bindings->bindings[i].endpoint.address;
        if (address_is_unspecified(listed))
            continue;
        identity_link(identity, &(struct identity_link){LINK_BINDINGS, *address, *listed, seen, seen});
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
        identity_link(identity, &(struct identity_link){LINK_ASSOCIATION, known->address, *address, known->seen, seen});
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

/* --- who is one with whom --------------------------------------------------------------------------------------- */

/* How much a link proves. */
enum strength { ONE_SERVER, PROBABLY_ONE, ONE_CLUSTER, STRENGTHS };

/* Samba makes the GUID of its NetBIOS name; many hosts may have been given the same. */
static bool guid_is_a_name(const struct server *server) {
    struct uuid guid;
    if (!uuid_parse(server_called(server, NAME_SMB_GUID), &guid))
        return true;
    for (size_t i = 0; i < sizeof guid.octets; i++)
        if (guid.octets[i] != 0 && (guid.octets[i] < ' ' || guid.octets[i] > '~'))
            return false;
    return true;
}

static enum strength strength_of(const struct identity *identity, const struct identity_link *link) {
    switch (link->kind) {
    case LINK_ASSOCIATION:
    case LINK_MAC:
    case LINK_ARP:
        return PROBABLY_ONE;
    case LINK_CLUSTER:
    case LINK_NETBIOS:
        return ONE_CLUSTER;
    case LINK_SMB_GUID:
        return guid_is_a_name(server_find(&identity->servers, &link->one)) ? PROBABLY_ONE : ONE_SERVER;
    case LINK_TOWER:
    case LINK_BINDINGS:
    case LINK_NTLM_NAME:
    case LINK_KINDS:
        break;
    }
    return ONE_SERVER;
}

static bool is_known(const struct identity *identity, const struct address *address) {
    if (address_equal(address, &identity->answer_for))
        return true;
    for (size_t i = 0; i < identity->answer_count; i++)
        if (address_equal(address, &identity->answer[i].address))
            return true;
    return false;
}

/* Where the search stands: at an address that was reached by this relative. */
struct search {
    struct identity *identity;
    const struct server *root, *from;
    int parent;             /* -1: from is the address itself */
    enum strength strength; /* of the most doubtful links to follow */
};

static bool is_full(const struct search *s) { return s->identity->answer_count == IDENTITY_MAX_RELATIVES; }

/* It calls itself otherwise than where the search comes from: then some word or sign on the way is another's, as where
 * private addresses are used many times over. Those of a cluster may do so. */
static bool is_another(const struct search *s, const struct address *address, enum strength strength) {
    const struct server *server = server_find(&s->identity->servers, address);
    bool by_cluster = s->parent >= 0 && s->identity->answer[s->parent].cluster;
    return strength != ONE_CLUSTER &&
           (server_other_name(s->from, server) || (!by_cluster && server_other_name(s->root, server)));
}

static void add(const struct search *s, const struct identity_link *link) {
    struct identity *identity = s->identity;
    const struct address *address = address_equal(&link->one, &s->from->address) ? &link->other : &link->one;
    enum strength strength = strength_of(identity, link);
    if (strength > s->strength || is_full(s) || is_known(identity, address) || is_another(s, address, strength))
        return;
    struct relative relative = {.link = *link,
                                .parent = s->parent,
                                .address = *address,
                                .weak = strength != ONE_SERVER,
                                .cluster = strength == ONE_CLUSTER};
    if (s->parent >= 0) {
        relative.weak = relative.weak || identity->answer[s->parent].weak;
        relative.cluster = relative.cluster || identity->answer[s->parent].cluster;
    }
    identity->answer[identity->answer_count++] = relative;
}

static bool is_hearsay(enum link_kind kind) { return kind == LINK_TOWER || kind == LINK_BINDINGS; }

/* The bare word of a mapper or resolver about an address leads to that address, and not on to another server that
 * claims it too: private addresses are used many times over. Nor are two addresses one server's because one mapper
 * names both, but in different answers: that may be a load balancer's. */
static bool leads_on(const struct search *s, const struct known_link *link) {
    if (s->parent < 0 || !is_hearsay(link->link.kind))
        return true;
    const struct identity_link *before = &s->identity->answer[s->parent].link;
    bool was_told = address_equal(&before->other, &s->from->address);
    bool is_told = address_equal(&link->link.other, &s->from->address);
    if (!is_hearsay(before->kind) || was_told != is_told)
        return true;
    return !is_told && links_last(&s->identity->links, before) == link->last;
}

static bool is_told_of(const struct search *s, const struct known_link *link) {
    return is_hearsay(link->link.kind) && address_equal(&link->link.other, &s->from->address);
}

/* Of those who claim the address, the latest may be right. */
static int64_t last_claim(const struct search *s) {
    int64_t last = INT64_MIN;
    for (const struct link_end *end = s->from->links; end != NULL; end = end->next)
        if (is_told_of(s, end->link) && end->link->last > last && link_is_current(&s->identity->servers, end->link))
            last = end->link->last;
    return last;
}

static void follow_links(const struct search *s) {
    int64_t last = last_claim(s);
    for (const struct link_end *end = s->from->links; end != NULL && !is_full(s); end = end->next) {
        const struct known_link *link = end->link;
        if ((!is_told_of(s, link) || link->last == last) && leads_on(s, link) &&
            link_is_current(&s->identity->servers, link))
            add(s, &link->link);
    }
}

/* Others of the same name, or with the same GUID. Of a GUID that many have only the first are looked at. */
static void follow_names(const struct search *s, const struct bearer *own, enum link_kind kind,
                         enum name_source source) {
    const struct bearer *bearer = own->mark == NULL ? NULL : own->mark->first;
    for (int i = 0; bearer != NULL && i < MAX_LOOK_AT && !is_full(s); i++, bearer = bearer->next)
        if (bearer->server != s->from)
            add(s, &(struct identity_link){kind, s->from->address, bearer->server->address,
                                           s->from->called[source].seen, bearer->server->called[source].seen});
}

static void follow_station(const struct search *s, const struct bearer *own, enum link_kind kind) {
    struct look here = station_look(own);
    const struct bearer *bearer = here.sure && !station_is_shared(own->mark) ? own->mark->first : NULL;
    for (; bearer != NULL && !is_full(s); bearer = bearer->next) {
        struct look there = station_look(bearer);
        bool by_arp = here.arp || there.arp;
        if (bearer->server != s->from && by_arp == (kind == LINK_ARP) && station_is_one(&here, &there))
            add(s, &(struct identity_link){kind, s->from->address, bearer->server->address, here.seen, there.seen});
    }
}

static void follow_stations(const struct search *s, enum link_kind kind) {
    for (size_t i = 0; i < s->from->view_count; i++)
        follow_station(s, &s->from->views[i].mac, kind);
    follow_station(s, &s->from->arp.mac, kind);
}

/* Packets before what ARP says of them. */
static void follow(const struct search *s) {
    follow_names(s, &s->from->ntlm, LINK_NTLM_NAME, NAME_NTLM_COMPUTER);
    follow_names(s, &s->from->guid, LINK_SMB_GUID, NAME_SMB_GUID);
    follow_links(s);
    follow_stations(s, LINK_MAC);
    follow_stations(s, LINK_ARP);
}

static void find_relatives(struct identity *identity, const struct address *address) {
    const struct server *root = server_find(&identity->servers, address);
    identity->answer_for = *address;
    identity->answer_count = 0;
    for (unsigned strength = ONE_SERVER; strength < STRENGTHS; strength++)
        for (int i = -1; i < (int)identity->answer_count; i++) {
            const struct address *from = i < 0 ? address : &identity->answer[i].address;
            struct search search = {identity, root, server_find(&identity->servers, from), i, (enum strength)strength};
            if (search.from != NULL)
                follow(&search);
        }
    identity->servers.changed = false;
}

size_t identity_relatives(struct identity *identity, const struct address *address,
                          struct relative relatives[static IDENTITY_MAX_RELATIVES]) {
    if (identity->servers.changed || !address_equal(address, &identity->answer_for))
        find_relatives(identity, address);
    memcpy(relatives, identity->answer, identity->answer_count * sizeof *relatives);
    return identity->answer_count;
}

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
