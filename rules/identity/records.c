/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is kept about who is who, as it is told to people and to a later run. */
#include "rules/identity/inside.h"
#include "rules/identity/station.h"

#include <string.h>

/* --- links ------------------------------------------------------------------------------------------------------ */

struct teller {
    const struct identity *identity;
    link_handler handler;
    void *context;
};

static void tell(const struct teller *t, const struct identity_link *link, struct sighting last, const char *against) {
    struct link_record record = {.link = *link, .last = last, .against = against};
    record.strength = identity_strength(t->identity, link);
    if (against == NULL)
        record.against = identity_refutes(t->identity, link, record.strength);
    t->handler(t->context, &record);
}

static void tell_told(const struct teller *t) {
    const struct servers *servers = &t->identity->servers;
    for (const struct known_link *known = t->identity->links.all; known != NULL; known = known->hh.next)
        tell(t, &known->link, known->last, link_against(servers, known));
}

static struct sighting later(const struct sighting *one, const struct sighting *other) {
    return one->time > other->time ? *one : *other;
}

static void tell_names(const struct teller *t, const struct mark *mark, enum link_kind kind, enum name_source source) {
    for (const struct bearer *one = mark->first; one != NULL && one->next != NULL; one = one->next) {
        const struct called *a = &one->server->called[source], *b = &one->next->server->called[source];
        tell(t,
             &(struct identity_link){.kind = kind,
                                     .one = one->server->address,
                                     .other = one->next->server->address,
                                     .one_seen = a->first,
                                     .other_seen = b->first},
             later(&a->seen, &b->seen), NULL);
    }
}

/* The addresses at a link-layer address, each by what shows it best: packets, then ARP. */
enum { MAX_LOOKS = 16 };
struct looks {
    const struct server *servers[MAX_LOOKS];
    struct look at[MAX_LOOKS];
    size_t count;
};

static void add_look(struct looks *looks, const struct server *server, const struct look *look) {
    size_t i = 0;
    while (i < looks->count && looks->servers[i] != server)
        i++;
    if (!look->sure || i == MAX_LOOKS || (i < looks->count && !looks->at[i].arp))
        return;
    looks->servers[i] = server;
    looks->at[i] = *look;
    looks->count += i == looks->count;
}

static void tell_station(const struct teller *t, const struct mark *station) {
    struct looks looks = {.count = 0};
    if (station->router || station_is_shared(station))
        return;
    for (const struct bearer *bearer = station->first; bearer != NULL; bearer = bearer->next) {
        struct look look = station_look(bearer);
        add_look(&looks, bearer->server, &look);
    }
    for (size_t i = 1; i < looks.count; i++) {
        size_t j = i;
        while (j > 0 && !station_is_one(&looks.at[j - 1], &looks.at[i]))
            j--;
        if (j == 0)
            continue;
        const struct look *one = &looks.at[j - 1], *other = &looks.at[i];
        tell(t,
             &(struct identity_link){.kind = one->arp || other->arp ? LINK_ARP : LINK_MAC,
                                     .one = looks.servers[j - 1]->address,
                                     .other = looks.servers[i]->address,
                                     .one_seen = one->seen,
                                     .other_seen = other->seen},
             later(&one->seen, &other->seen), NULL);
    }
}

static void tell_marks(const struct teller *t) {
    for (const struct mark *mark = t->identity->servers.marks.all; mark != NULL; mark = mark->hh.next)
        switch (mark->kind) {
        case MARK_NTLM:
            tell_names(t, mark, LINK_NTLM_NAME, NAME_NTLM_COMPUTER);
            break;
        case MARK_GUID:
            tell_names(t, mark, LINK_SMB_GUID, NAME_SMB_GUID);
            break;
        case MARK_START:
            tell_names(t, mark, LINK_SMB_START, NAME_SMB_START);
            break;
        case MARK_MAC:
            tell_station(t, mark);
            break;
        }
}

static void tell_cluster(const struct teller *t, const struct declared_cluster *cluster) {
    const struct servers *servers = &t->identity->servers;
    for (size_t i = 1; i < cluster->address_count; i++) {
        struct identity_link link = {.kind = LINK_INVENTORY,
                                     .one = cluster->addresses[i - 1],
                                     .other = cluster->addresses[i],
                                     .file = servers->inventory->file,
                                     .line = cluster->line};
        if (server_find(servers, &link.one) != NULL && server_find(servers, &link.other) != NULL)
            tell(t, &link, (struct sighting){.frame = 0}, NULL);
    }
}

void identity_each_link(const struct identity *identity, link_handler handler, void *context) {
    const struct teller t = {identity, handler, context};
    const struct inventory *inventory = identity->servers.inventory;
    for (size_t i = 0; i < inventory->cluster_count; i++)
        tell_cluster(&t, &inventory->clusters[i]);
    tell_told(&t);
    tell_marks(&t);
}

/* --- names ------------------------------------------------------------------------------------------------------ */

static void tell_past(const struct server *server, unsigned source, name_handler handler, void *context) {
    for (size_t i = 0; i < server->history.count; i++) {
        const struct past *past = &server->history.at[i];
        if (past->source == source)
            handler(context,
                    &(struct name_record){server->address, source, past->name, past->first, past->last, past->until});
    }
}

static void tell_called(const struct server *server, unsigned source, name_handler handler, void *context) {
    const struct called *called = &server->called[source];
    struct name_record record = {server->address, source, called->name, called->first, called->seen, {.frame = 0}};
    if (!server_is_valid(server, (enum name_source)source))
        record.until = server->changed;
    if (called->name != NULL)
        handler(context, &record);
}

static void tell_place(const struct server *server, unsigned source, const struct mark *station, struct sighting first,
                       struct sighting last, name_handler handler, void *context) {
    char text[MAC_TEXT_SIZE];
    handler(context,
            &(struct name_record){server->address, source, station_text(station, text), first, last, {.frame = 0}});
}

static void tell_places(const struct server *server, name_handler handler, void *context) {
    tell_past(server, KNOWN_BY_ARP, handler, context);
    const struct arp_view *arp = &server->arp;
    if (arp->mac.mark != NULL)
        tell_place(server, KNOWN_BY_ARP, arp->mac.mark, arp->first, arp->seen, handler, context);
    tell_past(server, KNOWN_BY_PACKETS, handler, context);
    for (size_t i = 0; i < server->view_count; i++) {
        const struct view *view = &server->views[i];
        if (view->mac.mark != NULL && !view->moved)
            tell_place(server, KNOWN_BY_PACKETS, view->mac.mark, view->seen, view->seen, handler, context);
    }
}

void identity_each_name(const struct identity *identity, name_handler handler, void *context) {
    static const struct sighting none;
    for (const struct server *server = identity->servers.all; server != NULL; server = server->hh.next) {
        if (!server->matters)
            continue;
        if (server->declared_name != NULL)
            handler(context,
                    &(struct name_record){server->address, KNOWN_DECLARED, server->declared_name, none, none, none});
        for (unsigned source = 0; source < NAME_SOURCES; source++) {
            tell_past(server, source, handler, context);
            tell_called(server, source, handler, context);
        }
        tell_places(server, handler, context);
    }
}

const char *identity_resolved_name(const struct identity *identity, const struct address *address, int64_t before,
                                   struct sighting *seen) {
    static const enum name_source by_service[] = {NAME_DNS, NAME_NETBIOS};
    const struct server *server = server_find(&identity->servers, address);
    for (size_t i = 0; server != NULL && i < sizeof by_service / sizeof *by_service; i++) {
        const struct called *called = &server->called[by_service[i]];
        if (called->name != NULL && called->first.time < before) {
            *seen = called->first;
            return called->name;
        }
    }
    return NULL;
}

/* --- stations --------------------------------------------------------------------------------------------------- */

static void tell_views(const struct server *server, station_handler handler, void *context) {
    for (size_t i = 0; i < server->view_count; i++) {
        const struct view *view = &server->views[i];
        struct station_record record = {
            .address = server->address, .mac = {.known = true}, .ttl = view->ttl, .seen = view->seen};
        if (!station_look(&view->mac).sure || station_is_shared(view->mac.mark))
            continue;
        memcpy(record.mac.octets, view->mac.mark->content + 1, sizeof record.mac.octets);
        handler(context, &record);
    }
}

void identity_each_station(const struct identity *identity, station_handler handler, void *context) {
    for (const struct server *server = identity->servers.all; server != NULL; server = server->hh.next)
        if (server->matters)
            tell_views(server, handler, context);
}
