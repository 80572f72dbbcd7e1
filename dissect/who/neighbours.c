/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/neighbours.h"

#include "dissect/who/arp.h"
#include "dissect/who/dns.h"
#include "dissect/who/nbns.h"

#include <stdlib.h>
#include <string.h>

enum { PORT_DNS = 53, PORT_NBNS = 137, PORT_MDNS = 5353, PORT_LLMNR = 5355 };

/* What was told, so that it is not told again: of each set the least recently seen gives way. */
enum { SETS = 1024, WAYS = 4 };
enum { MAX_MOVES = 16 }; /* of one address; one that moves more often has several cards, or two hosts fight for it */

struct known_link {
    struct address address;
    struct mac mac;
    uint8_t moves;
    uint32_t used; /* 0: free */
};

struct known_name {
    enum name_source source;
    struct naming naming;
    uint32_t used;
};

struct neighbours {
    fact_handler handler;
    void *context;
    struct tally *tally;
    uint32_t clock;
    struct known_link links[SETS][WAYS];
    struct known_name names[SETS][WAYS];
};

struct neighbours *neighbours_open(fact_handler handler, void *context, struct tally *tally) {
    struct neighbours *n = calloc(1, sizeof *n);
    if (n == NULL)
        return NULL;
    n->handler = handler;
    n->context = context;
    n->tally = tally;
    return n;
}

void neighbours_close(struct neighbours *n) { free(n); }

static uint32_t hash(uint32_t from, const void *bytes, size_t length) {
    const uint8_t *octets = bytes;
    for (size_t i = 0; i < length; i++)
        from = (from ^ octets[i]) * 16777619;
    return from;
}

static uint32_t set_of(const struct address *address, const char *name) {
    uint32_t mixed = hash(hash(2166136261, address, sizeof *address), name, strlen(name));
    return (mixed ^ mixed >> 16) % SETS;
}

static uint32_t tick(struct neighbours *n) { return ++n->clock == 0 ? ++n->clock : n->clock; }

static struct fact begin(enum fact_kind kind, const struct address *address, const struct sighting *seen) {
    struct fact fact;
    memset(&fact, 0, sizeof fact);
    fact.kind = kind;
    fact.seen = *seen;
    fact.server.address = *address;
    return fact;
}

/* --- ARP -------------------------------------------------------------------------------------------------------- */

static struct known_link *find_link(struct neighbours *n, const struct address *address) {
    struct known_link *set = n->links[set_of(address, "")];
    struct known_link *oldest = set;
    for (struct known_link *link = set; link < set + WAYS; link++) {
        if (link->used != 0 && address_equal(&link->address, address))
            return link;
        if (link->used < oldest->used)
            oldest = link;
    }
    n->tally->limits[LIMIT_NEIGHBOURS] += oldest->used != 0;
    *oldest = (struct known_link){.address = *address};
    return oldest;
}

/* Whether it is news that the address is there. */
static bool learn_link(struct neighbours *n, const struct arp *arp) {
    struct known_link *link = find_link(n, &arp->sender);
    bool is_new = link->used == 0;
    bool moves = !is_new && memcmp(link->mac.octets, arp->mac.octets, sizeof arp->mac.octets) != 0;
    link->used = tick(n);
    if (!is_new && !moves)
        return false;
    link->mac = arp->mac;
    if (link->moves == MAX_MOVES) {
        n->tally->limits[LIMIT_NEIGHBOURS]++;
        return false;
    }
    link->moves += moves;
    return true;
}

static enum reading take_arp(struct neighbours *n, const struct datagram *datagram) {
    struct arp arp;
    enum reading reading = arp_read(datagram->bytes, &arp);
    if (reading != READING_TOLD || !learn_link(n, &arp))
        return reading;
    struct fact fact = begin(FACT_LINK_ADDRESS, &arp.sender, &datagram->seen);
    fact.client.address = arp.asker;
    fact.link = (struct fact_link){arp.mac, arp.gratuitous};
    n->handler(n->context, &fact);
    return reading;
}

/* --- names ------------------------------------------------------------------------------------------------------ */

static bool learn_name(struct neighbours *n, enum name_source source, const struct naming *naming) {
    struct known_name *set = n->names[set_of(&naming->address, naming->name)];
    struct known_name *oldest = set;
    for (struct known_name *known = set; known < set + WAYS; known++) {
        if (known->used != 0 && known->source == source && address_equal(&known->naming.address, &naming->address) &&
            strcmp(known->naming.name, naming->name) == 0) {
            known->used = tick(n);
            return false;
        }
        if (known->used < oldest->used)
            oldest = known;
    }
    n->tally->limits[LIMIT_NEIGHBOURS] += oldest->used != 0;
    *oldest = (struct known_name){source, *naming, tick(n)};
    return true;
}

static void tell_name(struct neighbours *n, const struct datagram *datagram, const struct endpoint *asker,
                      enum name_source source, const struct naming *naming) {
    struct fact fact = begin(FACT_SERVER_NAME, &naming->address, &datagram->seen);
    fact.client = *asker;
    fact.name.source = source;
    memcpy(fact.name.name, naming->name, sizeof fact.name.name);
    n->handler(n->context, &fact);
}

/* That several addresses have one NetBIOS name shows by one message: all of it is told again if some of it is new. */
static void tell_names(struct neighbours *n, const struct datagram *datagram, const struct endpoint *asker,
                       enum name_source source, const struct namings *namings) {
    bool is_new[NAMING_MAX] = {false};
    bool any = false;
    n->tally->limits[LIMIT_NEIGHBOURS] += namings->passed_over;
    for (uint32_t i = 0; i < namings->count; i++) {
        is_new[i] = learn_name(n, source, &namings->list[i]);
        any = any || is_new[i];
    }
    for (uint32_t i = 0; i < namings->count; i++)
        if (is_new[i] || (any && source == NAME_NETBIOS))
            tell_name(n, datagram, asker, source, &namings->list[i]);
}

static enum reading take_names(struct neighbours *n, const struct datagram *datagram, enum name_source source) {
    struct namings namings;
    static const struct endpoint nobody;
    bool answers = source == NAME_DNS || nbns_is_answer(datagram->bytes);
    enum reading reading = source == NAME_DNS ? dns_read(datagram->bytes, &namings)
                                              : nbns_read(datagram->bytes, &datagram->source.address, &namings);
    bool sound = reading == READING_TOLD || (reading == READING_MALFORMED && datagram->cut > 0);
    if (sound)
        tell_names(n, datagram,
                   answers && !address_is_group(&datagram->destination.address) ? &datagram->destination : &nobody,
                   source, &namings);
    return reading;
}

/* --- datagrams -------------------------------------------------------------------------------------------------- */

static bool between(const struct datagram *datagram, uint16_t port) {
    return datagram->source.port == port || datagram->destination.port == port;
}

static bool counted(struct neighbours *n, const struct datagram *datagram, enum reading reading) {
    n->tally->lost[LOSS_BAD_NEIGHBOURS] += reading == READING_MALFORMED && datagram->cut == 0;
    return true;
}

bool neighbours_datagram(struct neighbours *n, const struct datagram *datagram) {
    if (datagram->kind == DATAGRAM_ARP)
        return counted(n, datagram, take_arp(n, datagram));
    if (datagram->kind != DATAGRAM_UDP)
        return false;
    if (between(datagram, PORT_NBNS))
        return counted(n, datagram, take_names(n, datagram, NAME_NETBIOS));
    if (datagram->source.port == PORT_DNS)
        return counted(n, datagram, take_names(n, datagram, NAME_DNS));
    /* Other programs may use these. */
    if (datagram->source.port == PORT_MDNS || datagram->source.port == PORT_LLMNR)
        return take_names(n, datagram, NAME_DNS) == READING_TOLD;
    return false;
}
