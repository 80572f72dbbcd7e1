/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/station.h"

#include <stdio.h>
#include <string.h>

/* More addresses than MAX_ADDRESSES at one link-layer address: a router, a NAT gateway, a load balancer, or who answers
 * ARP in the place of others; no server. */
enum { MAX_STATIONS = 4096, MAX_ADDRESSES = 8 };
enum { MAX_MOVES = 4 }; /* of an address, by ARP; one that moves on has several cards, or two hosts fight for it */
static const int64_t SETTLING = 1000000000;  /* ns: so long what an address sent before it moved may be on its way */
static const int64_t TOGETHER = 60000000000; /* ns: so soon after each other do the addresses of one group move */

/* Hosts send with one of these; any other value was counted down by a router on the way. */
static bool ttl_is_initial(uint8_t ttl) { return ttl == 32 || ttl == 64 || ttl == 128 || ttl == 255; }

/* A group's, or one that is known to be no single host's by how it begins. */
static bool is_of_many(const struct mac *mac) {
    static const struct {
        size_t length;
        uint8_t octets[6];
    } known[] = {
        /* Gateways of virtual networks that forward without counting down: Azure's, Google's, which ends in its IPv4
         * address, Alibaba's, and VirtualBox's NAT. */
        {5, {0x12, 0x34, 0x56, 0x78, 0x9a}},
        {2, {0x42, 0x01}},
        {6, {0xee, 0xff, 0xff, 0xff, 0xff, 0xff}},
        {5, {0x52, 0x54, 0x00, 0x12, 0x35}},
        /* Switches of Arista, who makes nothing else: Azure's hosts get their packets from these, not counted down. */
        {3, {0x00, 0x1c, 0x73}},
        {3, {0x28, 0x99, 0x3a}},
        {3, {0x44, 0x4c, 0xa8}},
        {3, {0x74, 0x83, 0xef}},
        {3, {0x98, 0x5d, 0x82}},
        /* All hosts of a network load balancing cluster; routers that stand in for each other, by VRRP (RFC 9568 7.3)
         * and HSRP (RFC 2281 5.1). */
        {2, {0x02, 0xbf}},
        {4, {0x00, 0x00, 0x5e, 0x00}},
        {5, {0x00, 0x00, 0x0c, 0x07, 0xac}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (memcmp(mac->octets, known[i].octets, known[i].length) == 0)
            return true;
    return (mac->octets[0] & 1) != 0;
}

/* NULL: there is no room for another one. */
static struct mark *get_station(struct servers *servers, const struct mac *mac) {
    struct mark *station = mark_find(&servers->marks, MARK_MAC, mac->octets, sizeof mac->octets);
    if (station != NULL)
        return station;
    if (servers->marks.macs == MAX_STATIONS) {
        servers->tally->limits[LIMIT_SERVERS]++;
        return NULL;
    }
    station = mark_get(&servers->marks, MARK_MAC, mac->octets, sizeof mac->octets);
    station->router = is_of_many(mac) || inventory_is_router(servers->inventory, mac);
    return station;
}

static bool is_usable(const struct mac *mac) {
    static const uint8_t loopback[6];
    return mac->known && memcmp(mac->octets, loopback, sizeof loopback) != 0;
}

static bool is_at(const struct bearer *bearer, const struct mac *mac) {
    return bearer->mark != NULL && memcmp(bearer->mark->content + 1, mac->octets, sizeof mac->octets) == 0;
}

static void make_router(struct servers *servers, struct mark *station) {
    servers->changed = servers->changed || !station->router;
    station->router = true;
}

/* An address counts once, from wherever it is seen. */
static bool bears(const struct server *server, const struct mark *station) {
    for (size_t i = 0; i < server->view_count; i++)
        if (server->views[i].mac.mark == station)
            return true;
    return server->arp.mac.mark == station;
}

static void settle_at(struct servers *servers, struct server *server, struct bearer *bearer, struct mark *station) {
    if (!bears(server, station) && ++station->addresses > MAX_ADDRESSES)
        make_router(servers, station);
    mark_take(&servers->marks, bearer, server, station);
    servers->changed = true;
}

static void leave(struct servers *servers, struct server *server, struct bearer *bearer) {
    struct mark *station = bearer->mark;
    mark_drop(&servers->marks, bearer);
    if (station != NULL && !bears(server, station))
        station->addresses--;
}

/* Its packets came from there, or ARP said that it is there, until then. */
static void was_at(struct servers *servers, struct server *server, unsigned source, const struct mark *station,
                   struct sighting first, struct sighting last, struct sighting until) {
    char text[MAC_TEXT_SIZE];
    server_was(servers, server, &(struct past){source, station_text(station, text), first, last, until});
}

/* --- packets ---------------------------------------------------------------------------------------------------- */

static struct view *find_view(struct server *server, uint32_t file) {
    for (size_t i = 0; i < server->view_count; i++)
        if (server->views[i].seen.file == file && server->views[i].mac.mark != NULL)
            return &server->views[i];
    return NULL;
}

/* There is no news in it: what it shows was taken in before. */
static bool looks_the_same(struct server *server, const struct mac *mac, uint8_t ttl, uint32_t file) {
    const struct view *known = find_view(server, file);
    return known != NULL && known->ttl == ttl && is_at(&known->mac, mac);
}

/* A place that was left is free again. */
static struct view *new_view(struct server *server) {
    for (size_t i = 0; i < server->view_count; i++)
        if (server->views[i].mac.mark == NULL)
            return &server->views[i];
    return server->view_count == SERVER_MAX_VIEWS ? NULL : &server->views[server->view_count++];
}

/* It is at another place now than an earlier run saw it at. */
static void forget_earlier(struct servers *servers, struct server *server, const struct mark *station) {
    for (size_t i = 0; i < server->view_count; i++) {
        struct view *view = &server->views[i];
        if (sighting_is_earlier(&view->seen) && view->mac.mark != NULL && view->mac.mark != station)
            leave(servers, server, &view->mac);
    }
}

static void look_at(struct servers *servers, struct server *server, struct mark *station, uint8_t ttl,
                    struct sighting seen) {
    struct view *view = find_view(server, seen.file);
    if (view != NULL) {
        bool elsewhere = view->mac.mark != station && !view->mac.mark->router && !station->router;
        if (elsewhere && !view->moved)
            was_at(servers, server, KNOWN_BY_PACKETS, view->mac.mark, view->seen, view->seen, seen);
        servers->changed = servers->changed || !view->moved;
        view->moved = true;
        return;
    }
    view = new_view(server);
    if (view == NULL)
        return;
    *view = (struct view){.ttl = ttl, .seen = seen};
    settle_at(servers, server, &view->mac, station);
    if (!sighting_is_earlier(&seen) && !station->router)
        forget_earlier(servers, server, station);
}

/* ARP said that it is at one place, it has not said since that it moved, and it sends from another place: somebody
 * answers ARP for it, who may do so for others. */
static void find_proxy(struct servers *servers, const struct server *server, const struct mac *mac, uint8_t ttl,
                       const struct sighting *seen) {
    const struct arp_view *arp = &server->arp;
    if (ttl_is_initial(ttl) && arp->seen.file == seen->file && seen->time - arp->seen.time > SETTLING &&
        !is_at(&arp->mac, mac))
        make_router(servers, arp->mac.mark);
}

void station_packet(struct servers *servers, const struct address *address, const struct mac *mac, uint8_t ttl,
                    struct sighting seen, bool matters) {
    if (!is_usable(mac) || ttl == 0)
        return;
    struct server *known = server_find(servers, address);
    if (known != NULL && known->arp.mac.mark != NULL)
        find_proxy(servers, known, mac, ttl, &seen);
    if (known != NULL && (known->matters || !matters) && looks_the_same(known, mac, ttl, seen.file))
        return;
    struct mark *station = get_station(servers, mac);
    if (station == NULL)
        return;
    if (!ttl_is_initial(ttl))
        make_router(servers, station);
    struct server *server = server_get(servers, address, matters);
    if (server != NULL && !looks_the_same(server, mac, ttl, seen.file))
        look_at(servers, server, station, ttl, seen);
}

/* --- ARP -------------------------------------------------------------------------------------------------------- */

/* Its packets come from elsewhere. */
static bool is_contradicted(const struct server *server) {
    const struct arp_view *arp = &server->arp;
    for (size_t i = 0; i < server->view_count; i++) {
        const struct view *view = &server->views[i];
        if (view->mac.mark != NULL && view->mac.mark != arp->mac.mark && view->seen.file == arp->seen.file)
            return true;
    }
    return false;
}

/* Another host has it now: how its packets looked there, and what was said of it, is history. Where it was, by ARP;
 * NULL: only its packets tell. */
static void move(struct servers *servers, struct server *server, struct mark *from, const struct sighting *seen) {
    struct view *view = find_view(server, seen->file);
    if (from == NULL && view != NULL) {
        from = view->mac.mark;
        if (!from->router)
            was_at(servers, server, KNOWN_BY_PACKETS, from, view->seen, view->seen, *seen);
    }
    if (view != NULL)
        leave(servers, server, &view->mac);
    server->arp.moves++;
    server->arp.from = from;
    server->arp.first = *seen;
    server_changes(servers, server, *seen);
}

bool station_arp(struct servers *servers, const struct address *address, const struct fact_link *link,
                 struct sighting seen) {
    if (!is_usable(&link->mac))
        return false;
    struct mark *station = get_station(servers, &link->mac);
    struct server *server = server_get(servers, address, false);
    if (station == NULL || server == NULL)
        return false;
    struct arp_view *arp = &server->arp;
    bool was_elsewhere = arp->mac.mark != NULL && arp->mac.mark != station;
    struct mark *from = was_elsewhere ? arp->mac.mark : NULL;
    if (was_elsewhere && seen.time < arp->seen.time)
        return false;
    if (was_elsewhere) {
        was_at(servers, server, KNOWN_BY_ARP, arp->mac.mark, arp->first, arp->seen, seen);
        leave(servers, server, &arp->mac);
    }
    if (arp->mac.mark == NULL)
        arp->first = seen;
    arp->seen = seen;
    settle_at(servers, server, &arp->mac, station);
    bool moves = was_elsewhere || (link->gratuitous && is_contradicted(server));
    if (moves)
        move(servers, server, from, &seen);
    return moves;
}

/* --- what they show --------------------------------------------------------------------------------------------- */

char *station_text(const struct mark *station, char text[static MAC_TEXT_SIZE]) {
    const uint8_t *o = station->content + 1;
    snprintf(text, MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5]);
    return text;
}

bool station_moved_along(const struct server *one, const struct server *other) {
    const struct arp_view *a = &one->arp, *b = &other->arp;
    if (one == other || a->from == NULL || a->from != b->from || a->mac.mark == NULL || a->mac.mark != b->mac.mark)
        return false;
    bool of_many = a->from->router || a->mac.mark->router || a->moves > MAX_MOVES || b->moves > MAX_MOVES;
    int64_t between = a->first.time - b->first.time;
    return !of_many && between <= TOGETHER && -between <= TOGETHER;
}

bool station_is_shared(const struct mark *station) {
    const struct server *named = NULL;
    for (const struct bearer *bearer = station->first; bearer != NULL; bearer = bearer->next) {
        if (named != NULL && server_other_name(named, bearer->server))
            return true;
        if (bearer->server->ntlm.mark != NULL)
            named = bearer->server;
    }
    return false;
}

struct look station_look(const struct bearer *mac) {
    const struct server *server = mac->server;
    bool sure = mac->mark != NULL && !mac->mark->router;
    if (sure && mac == &server->arp.mac)
        return (struct look){
            .sure = server->arp.moves <= MAX_MOVES && !is_contradicted(server), .arp = true, .seen = server->arp.seen};
    for (size_t i = 0; sure && i < server->view_count; i++)
        if (mac == &server->views[i].mac)
            return (struct look){
                .sure = !server->views[i].moved, .ttl = server->views[i].ttl, .seen = server->views[i].seen};
    return (struct look){.sure = false};
}

/* Different initial TTLs are different systems. */
bool station_is_one(const struct look *one, const struct look *other) {
    return one->sure && other->sure && (one->arp || other->arp || one->ttl == other->ttl);
}
