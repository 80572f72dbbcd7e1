/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/links.h"

#include <assert.h>
#include <string.h>

enum { MAX_LINKS_OF_SERVER = 32 };

static_assert(sizeof(((struct known_link *)0)->key) == 2 * sizeof(struct address) + 1, "it has no padding");

/* Unspecified, loopback, link-local, multicast and broadcast: every host may list its own. */
static bool is_shared(const struct address *address) {
    const uint8_t *o = address->octets;
    if (address->family == ADDRESS_IPV6)
        return o[0] == 0xff || (o[0] == 0xfe && (o[1] & 0xc0) == 0x80) || address_is_unspecified(address) ||
               (o[15] == 1 && memcmp(o, (const uint8_t[15]){0}, 15) == 0);
    return o[0] == 0 || o[0] == 127 || o[0] >= 224 || (o[0] == 169 && o[1] == 254);
}

static void attach(struct server *server, struct known_link *link, struct link_end *end) {
    *end = (struct link_end){.link = link};
    *(server->last_link != NULL ? &server->last_link->next : &server->links) = end;
    server->last_link = end;
    server->link_count++;
}

static void detach(struct server *server, const struct link_end *end) {
    struct link_end *before = NULL, *at = server->links;
    for (; at != end; at = at->next)
        before = at;
    *(before != NULL ? &before->next : &server->links) = end->next;
    if (server->last_link == end)
        server->last_link = before;
    server->link_count--;
}

/* History gives way first, and is no loss; else the oldest. Searches follow all links of a server, again and again. */
static void make_room(struct links *links, struct servers *servers, const struct server *server) {
    if (server->links == NULL || server->link_count < MAX_LINKS_OF_SERVER)
        return;
    const struct link_end *end = server->links;
    while (end != NULL && link_against(servers, end->link) == NULL)
        end = end->next;
    servers->tally->limits[LIMIT_SERVERS] += end == NULL;
    struct known_link *known = end != NULL ? end->link : server->links->link;
    detach(server_find(servers, &known->link.one), &known->ends[0]);
    detach(server_find(servers, &known->link.other), &known->ends[1]);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a table that has an entry is not empty */
    HASH_DEL(links->all, known);
    free(known);
    servers->changed = true;
}

static struct known_link *find_link(const struct links *links, const struct identity_link *link) {
    struct known_link *known, probe = {.key = {link->one, link->other, (uint8_t)link->kind}};
    HASH_FIND(hh, links->all, &probe.key, sizeof probe.key, known);
    return known;
}

int64_t links_last(const struct links *links, const struct identity_link *link) {
    const struct known_link *known = find_link(links, link);
    return known == NULL ? INT64_MIN : known->last.time;
}

static struct known_link *get_link(struct links *links, struct servers *servers, const struct identity_link *link) {
    struct known_link *known = find_link(links, link);
    if (known != NULL)
        return known;
    struct server *one = server_get(servers, &link->one, true);
    struct server *other = server_get(servers, &link->other, true);
    if (one == NULL || other == NULL)
        return NULL;
    if (HASH_COUNT(links->all) == LINKS_MAX) {
        servers->tally->limits[LIMIT_SERVERS]++;
        return NULL;
    }
    make_room(links, servers, one);
    make_room(links, servers, other);
    known = allocate(1, sizeof *known);
    *known = (struct known_link){
        .key = {link->one, link->other, (uint8_t)link->kind}, .link = *link, .last = link->other_seen};
    attach(one, known, &known->ends[0]);
    attach(other, known, &known->ends[1]);
    HASH_ADD(hh, links->all, key, sizeof known->key, known);
    servers->changed = true;
    return known;
}

void links_add(struct links *links, struct servers *servers, const struct identity_link *link) {
    assert(link->kind != LINK_INVENTORY);
    if (is_shared(&link->one) || is_shared(&link->other) || address_equal(&link->one, &link->other))
        return;
    struct known_link *known = get_link(links, servers, link);
    if (known == NULL || known->last.time >= link->other_seen.time)
        return;
    known->last = link->other_seen;
    servers->changed = true;
}

static bool moved_after(const struct server *server, int64_t time) {
    return server->arp.from != NULL && server->arp.first.time > time;
}

static bool is_at_router(const struct server *server) {
    return server->arp.mac.mark != NULL && server->arp.mac.mark->router;
}

const char *link_against(const struct servers *servers, const struct known_link *link) {
    const struct server *one = server_find(servers, &link->link.one);
    const struct server *other = server_find(servers, &link->link.other);
    enum link_kind kind = link->link.kind;
    int64_t last = link->last.time;
    if (kind == LINK_CLUSTER || kind == LINK_NETBIOS)
        return NULL;
    if (kind == LINK_MOVED && (is_at_router(one) || is_at_router(other)))
        return "they are at a router's link-layer address";
    if (kind == LINK_MOVED)
        return moved_after(one, last) || moved_after(other, last) ? "one of them has moved alone since" : NULL;
    if (last < one->changed.time || last < other->changed.time)
        return "one of them has become another server's since";
    if (kind == LINK_BINDINGS && (last < one->listed || last < other->listed))
        return "a later list of all addresses does not have both";
    /* Group numbers are not unique: a client may join one that another server granted before the capture began. */
    if (kind == LINK_ASSOCIATION && server_other_name(one, other))
        return "they call themselves by different names";
    return NULL;
}

bool link_is_hearsay(enum link_kind kind) {
    return kind == LINK_TOWER || kind == LINK_BINDINGS || kind == LINK_SMB_INTERFACES;
}

void links_free(struct links *links) {
    struct known_link *first = links->all;
    HASH_CLEAR(hh, links->all);
    table_free(first, offsetof(struct known_link, hh));
}
