/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is one server with whom: the links between addresses are followed, those that prove most first. */
#include "rules/identity/inside.h"
#include "rules/identity/station.h"

#include <string.h>

enum { MAX_LOOK_AT = 256 };

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

/* Of those who bear one name each may be a server that was set up as a copy of the other. */
enum link_strength identity_strength(const struct identity *identity, const struct identity_link *link) {
    const struct server *one = server_find(&identity->servers, &link->one);
    const struct server *other = server_find(&identity->servers, &link->other);
    bool doubtful = (link->kind == LINK_SMB_GUID && guid_is_a_name(one)) ||
                    (link->kind == LINK_NTLM_NAME && server_other_guid(one, other, false));
    return doubtful ? LINK_WEAK : LINK_SORTS[link->kind].strength;
}

const char *identity_refutes(const struct identity *identity, const struct identity_link *link,
                             enum link_strength strength) {
    const struct server *one = server_find(&identity->servers, &link->one);
    const struct server *other = server_find(&identity->servers, &link->other);
    if (strength <= LINK_WEAK && server_other_name(one, other))
        return "they call themselves by different names";
    if (link->kind == LINK_NTLM_NAME && server_other_guid(one, other, true))
        return "their SMB servers have different GUIDs at one time, as copies of one machine do";
    if ((strength == LINK_WEAK || strength == LINK_LOOSE) && server_other_cluster(one, other))
        return "they are declared to be of different clusters";
    return NULL;
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
    int parent;                  /* -1: from is the address itself */
    enum link_strength strength; /* of the most doubtful links to follow */
};

static bool is_full(const struct search *s) { return s->identity->answer_count == IDENTITY_MAX_RELATIVES; }

/* The link is refuted, or the address calls itself otherwise than where the search began: then some word or sign on the
 * way is another's, as where private addresses are used many times over. Those of a cluster may do so. */
static bool is_another(const struct search *s, const struct identity_link *link, const struct server *server,
                       enum link_strength strength) {
    bool by_cluster = s->parent >= 0 && s->identity->answer[s->parent].cluster;
    return identity_refutes(s->identity, link, strength) != NULL ||
           (strength <= LINK_WEAK && !by_cluster && server_other_name(s->root, server)) ||
           (strength != LINK_STRONG && server_other_cluster(s->root, server));
}

static void add(const struct search *s, const struct identity_link *link) {
    struct identity *identity = s->identity;
    const struct address *address = address_equal(&link->one, &s->from->address) ? &link->other : &link->one;
    if (is_full(s) || is_known(identity, address))
        return;
    const struct server *server = server_find(&identity->servers, address);
    enum link_strength strength = identity_strength(identity, link);
    if (strength > s->strength || is_another(s, link, server, strength))
        return;
    struct relative relative = {.link = *link,
                                .strength = strength,
                                .parent = s->parent,
                                .address = *address,
                                .weak = strength == LINK_WEAK || strength == LINK_LOOSE,
                                .cluster = strength >= LINK_DECLARED};
    if (s->parent >= 0) {
        relative.weak = relative.weak || identity->answer[s->parent].weak;
        relative.cluster = relative.cluster || identity->answer[s->parent].cluster;
    }
    if (server->cluster != NULL && server->cluster == s->root->cluster)
        relative.weak = false;
    identity->answer[identity->answer_count++] = relative;
}

/* The bare word of a mapper or resolver about an address leads to that address, and not on to another server that
 * claims it too: private addresses are used many times over. Nor are two addresses one server's because one mapper
 * names both, but in different answers: that may be a load balancer's. */
static bool leads_on(const struct search *s, const struct known_link *link) {
    if (s->parent < 0 || !link_is_hearsay(link->link.kind))
        return true;
    const struct identity_link *before = &s->identity->answer[s->parent].link;
    bool was_told = address_equal(&before->other, &s->from->address);
    bool is_told = address_equal(&link->link.other, &s->from->address);
    if (!link_is_hearsay(before->kind) || was_told != is_told)
        return true;
    return !is_told && links_last(&s->identity->links, before) == link->last.time;
}

static bool is_told_of(const struct search *s, const struct known_link *link) {
    return link_is_hearsay(link->link.kind) && address_equal(&link->link.other, &s->from->address);
}

/* Of those who claim the address, the latest may be right. */
static int64_t last_claim(const struct search *s) {
    int64_t last = INT64_MIN;
    for (const struct link_end *end = s->from->links; end != NULL; end = end->next)
        if (is_told_of(s, end->link) && end->link->last.time > last &&
            link_against(&s->identity->servers, end->link) == NULL)
            last = end->link->last.time;
    return last;
}

static void follow_links(const struct search *s) {
    int64_t last = last_claim(s);
    for (const struct link_end *end = s->from->links; end != NULL && !is_full(s); end = end->next) {
        const struct known_link *link = end->link;
        if ((!is_told_of(s, link) || link->last.time == last) && leads_on(s, link) &&
            link_against(&s->identity->servers, link) == NULL)
            add(s, &link->link);
    }
}

/* Others of the same name, or with the same GUID. Of a GUID that many have only the first are looked at. */
static void follow_names(const struct search *s, const struct bearer *own, enum link_kind kind,
                         enum name_source source) {
    const struct bearer *bearer = own->mark == NULL ? NULL : own->mark->first;
    for (int i = 0; bearer != NULL && i < MAX_LOOK_AT && !is_full(s); i++, bearer = bearer->next)
        if (bearer->server != s->from)
            add(s, &(struct identity_link){.kind = kind,
                                           .one = s->from->address,
                                           .other = bearer->server->address,
                                           .one_seen = s->from->called[source].seen,
                                           .other_seen = bearer->server->called[source].seen});
}

/* All of a cluster are found from any of them: who was found by that needs not look again. */
static void follow_inventory(const struct search *s) {
    const struct declared_cluster *cluster = s->from->cluster;
    bool looked = s->parent >= 0 && s->from->cluster == s->root->cluster;
    if (looked || s->strength < LINK_DECLARED)
        return;
    for (size_t i = 0; cluster != NULL && i < cluster->address_count && !is_full(s); i++)
        if (server_find(&s->identity->servers, &cluster->addresses[i]) != NULL)
            add(s, &(struct identity_link){.kind = LINK_INVENTORY,
                                           .one = s->from->address,
                                           .other = cluster->addresses[i],
                                           .file = s->identity->servers.inventory->file,
                                           .line = cluster->line});
}

static void follow_station(const struct search *s, const struct bearer *own, enum link_kind kind) {
    struct look here = station_look(own);
    const struct bearer *bearer = here.sure && !station_is_shared(own->mark) ? own->mark->first : NULL;
    for (; bearer != NULL && !is_full(s); bearer = bearer->next) {
        struct look there = station_look(bearer);
        bool by_arp = here.arp || there.arp;
        if (bearer->server != s->from && by_arp == (kind == LINK_ARP) && station_is_one(&here, &there))
            add(s, &(struct identity_link){.kind = kind,
                                           .one = s->from->address,
                                           .other = bearer->server->address,
                                           .one_seen = here.seen,
                                           .other_seen = there.seen});
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
    follow_names(s, &s->from->start, LINK_SMB_START, NAME_SMB_START);
    follow_links(s);
    follow_inventory(s);
    follow_stations(s, LINK_MAC);
    follow_stations(s, LINK_ARP);
}

static void find_relatives(struct identity *identity, const struct address *address) {
    const struct server *root = server_find(&identity->servers, address);
    identity->answer_for = *address;
    identity->answer_count = 0;
    for (unsigned strength = LINK_STRONG; strength < LINK_STRENGTHS; strength++)
        for (int i = -1; i < (int)identity->answer_count; i++) {
            const struct address *from = i < 0 ? address : &identity->answer[i].address;
            struct search search = {identity, root, server_find(&identity->servers, from), i,
                                    (enum link_strength)strength};
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
