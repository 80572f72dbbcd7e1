/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_SERVER_H
#define RULES_IDENTITY_SERVER_H

#include "dissect/fact.h"
#include "rules/identity/history.h"
#include "rules/identity/mark.h"
#include "rules/inventory.h"

/* The addresses that something is known of, each with what it is known by. Internal to rules/identity. */

enum { SERVER_MAX = 4096, SERVER_MAX_VIEWS = 4 }; /* capture points that an address is remembered from */

/* A server's packets as they look at one capture point: another one sees other link-layer addresses and TTLs. */
struct view {
    struct bearer mac;
    uint8_t ttl;
    bool moved; /* seen with several: says nothing about who it is */
    struct sighting seen;
};

/* Where ARP says that it is; the latest. */
struct arp_view {
    struct bearer mac;
    uint32_t moves;
    struct mark *from; /* where it was before its last move; NULL: it did not move, or that is not known */
    struct sighting first, seen;
};

struct called {
    char *name; /* owned; NULL: not known */
    struct sighting first, seen;
};

struct server {
    struct address address;
    bool matters;
    UT_hash_handle passing; /* while it does not */
    UT_hash_handle hh;
    const struct declared_cluster *cluster; /* NULL: of none */
    const char *declared_name;              /* NULL: none */
    struct bearer ntlm, guid, start;
    struct sighting changed; /* when server_changes was told last */
    int64_t listed;          /* when all addresses of its server were told last */
    struct link_end *links;  /* owned by the links */
    struct link_end *last_link;
    size_t link_count;
    struct arp_view arp;
    struct view views[SERVER_MAX_VIEWS];
    size_t view_count;
    struct called called[NAME_SOURCES];
    struct history history;
};

struct servers {
    struct server *all;
    struct server *passing; /* those that do not matter, the oldest first */
    struct marks marks;
    struct tally *tally;
    const struct inventory *inventory;
    bool changed; /* set whenever it may make a difference to who is one server with whom */
};

struct server *server_find(const struct servers *servers, const struct address *address);
/* Finds or makes it. One that `matters`, a mapper's or a service's, is remembered; any other only while there is room.
 * NULL: there is none, and LIMIT_SERVERS is counted. */
struct server *server_get(struct servers *servers, const struct address *address, bool matters);
void servers_free(struct servers *servers);

/* What of a name is the host's: "EXNODE1" of "EXNODE1<20>", "exnode1.example" of "cifs/exnode1.example". False: it
 * names no host. */
bool host_of_name(enum name_source source, const char *name, char host[static FACT_TEXT_SIZE]);
/* The name is copied. What was seen before the name that is known is no news. */
void server_is_called(struct servers *servers, struct server *server, enum name_source source, const char *name,
                      struct sighting seen);
/* From now on it is another one's address, or has another name: claims from before are history. */
void server_changes(struct servers *servers, struct server *server, struct sighting seen);
/* It went by this until then. The name is copied. */
void server_was(struct servers *servers, struct server *server, const struct past *past);
/* Whether its own word is current; what others say always is. */
bool server_is_valid(const struct server *server, enum name_source source);
/* "" if not known, or history. */
const char *server_called(const struct server *server, enum name_source source);
const char *server_best_name(const struct server *server);
/* Both say that they are, and they say different names: NTLM computer or domain. */
bool server_other_name(const struct server *one, const struct server *other);
/* Both say their GUIDs, and these differ; at one time: then they are two, even if they bear one name, as copies of one
 * machine do. A server makes a new one when it starts. */
bool server_other_guid(const struct server *one, const struct server *other, bool at_one_time);
/* They are declared to be of different clusters. */
bool server_other_cluster(const struct server *one, const struct server *other);

#endif
