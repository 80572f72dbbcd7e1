/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_STATION_H
#define RULES_IDENTITY_STATION_H

#include "rules/identity/identity.h"
#include "rules/identity/server.h"

/* What link-layer addresses tell: two addresses at one that is no router's are one server. Internal to rules/identity.
 */

/* A packet that the server sent, with its link-layer source and TTL as captured. */
void station_packet(struct servers *servers, const struct address *address, const struct mac *mac, uint8_t ttl,
                    struct sighting seen, bool matters);
/* ARP says that the address is there. The latest word counts. True: it moved there. */
bool station_arp(struct servers *servers, const struct address *address, const struct fact_link *link,
                 struct sighting seen);
/* Both moved, from and to the same link-layer addresses, which are no routers', at about the same time. */
bool station_moved_along(const struct server *one, const struct server *other);

enum { MAC_TEXT_SIZE = 18 };
char *station_text(const struct mark *station, char text[static MAC_TEXT_SIZE]);

/* Where an address was seen. */
struct look {
    bool sure; /* else it links nothing */
    bool arp;  /* by what ARP says of it; else by its packets */
    uint8_t ttl;
    struct sighting seen;
};
struct look station_look(const struct bearer *mac);
/* Hosts with different names are behind it, as in networks whose gateway does not count down the TTL: then nobody knows
 * whose the other addresses there are. */
bool station_is_shared(const struct mark *station);
/* Two looks at one link-layer address. */
bool station_is_one(const struct look *one, const struct look *other);

#endif
