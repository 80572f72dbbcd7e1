/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_IDENTITY_H
#define RULES_IDENTITY_IDENTITY_H

#include "dissect/fact.h"

struct inventory;

/* Which addresses are one server now, or of one cluster. Nothing but evidence links two addresses, and equal port
 * numbers are none: different servers hand out the same dynamic ports. Addresses and names move: the newest word
 * counts, what was said before is history, which is kept and links nothing; and what was said of two that call
 * themselves otherwise does not count, unless they are of one cluster. DNS and Kerberos names say what others call a
 * server, and link nothing. Its tables are bounded (server.h, station.c, links.h, identity.c); what does not fit is
 * counted as LIMIT_SERVERS. */
struct identity;

enum link_kind {
    LINK_TOWER,          /* the endpoint mapper of one names the other */
    LINK_BINDINGS,       /* the DCOM object resolver of one lists the other */
    LINK_SMB_INTERFACES, /* the SMB server of one lists the other among its network interfaces */
    LINK_NTLM_NAME,      /* both call themselves by the same NTLM computer and domain name */
    LINK_SMB_GUID,       /* both give the same SMB server GUID */
    LINK_SMB_START,      /* the SMB servers of both started at the same time, to 100 ns */
    LINK_ASSOCIATION,    /* an association group of one was accepted at the other */
    LINK_MAC,            /* same link-layer source, and the packets of neither were routed */
    LINK_ARP,            /* same link-layer address by what ARP says of one of them at least, and it is no router's */
    LINK_INVENTORY,      /* same cluster: declared so; nobody has seen it */
    LINK_CLUSTER,        /* same cluster: one tells that the other is the address of a cluster resource */
    LINK_NETBIOS,        /* same cluster: one NetBIOS answer gives a unique name to both */
    LINK_MOVED,          /* same cluster: by ARP both moved from one link-layer address to another, at the same time */
    LINK_KINDS
};

/* How much a link proves, the most first. */
enum link_strength {
    LINK_STRONG,   /* they are one server */
    LINK_WEAK,     /* one server, unless it is a coincidence: it counts only where both have the same ports */
    LINK_DECLARED, /* one cluster, whatever their ports */
    LINK_LOOSE,    /* one cluster, maybe two nodes of it: it counts only where both have the same ports */
    LINK_STRENGTHS
};
extern const char *const LINK_STRENGTH_NAMES[LINK_STRENGTHS];

/* The table of kinds. Deliberately none are, for they are true of different servers as well: names that others give
 * (DNS, Kerberos, the name that a NetBIOS session is opened to), a server name of SMB 1, for it comes without its
 * domain, equal ports of several interfaces, secondary addresses, IP identifications, certificates and banners. */
struct link_sort {
    const char *name; /* in JSON, and in a file that outlasts the run */
    enum link_strength strength;
    const char *words; /* between the addresses */
};
extern const struct link_sort LINK_SORTS[LINK_KINDS];

struct identity_link {
    enum link_kind kind;
    struct address one, other;
    struct sighting one_seen, other_seen; /* frame 0: INVENTORY */
    const char *file;                     /* INVENTORY: where it is declared */
    unsigned line;
};

/* The inventory is borrowed. */
struct identity *identity_open(struct tally *tally, const struct inventory *inventory);
void identity_close(struct identity *identity);

/* A packet that a server sent, with its link-layer source and TTL as captured. An address that `matters`, a mapper's or
 * a service's, is remembered; any other only while there is room. */
void identity_packet(struct identity *identity, const struct address *address, const struct mac *mac, uint8_t ttl,
                     struct sighting seen, bool matters);
/* ARP says that an address is there. */
void identity_arp(struct identity *identity, const struct address *address, const struct fact_link *link,
                  struct sighting seen);
/* The name is copied. */
void identity_name(struct identity *identity, const struct address *address, enum name_source source, const char *name,
                   struct sighting seen);
/* From now on it is another server's: what was said of it before is history. */
void identity_changes(struct identity *identity, const struct address *address, struct sighting seen);
/* Half of the room is for what is seen in this run. */
bool identity_has_room(const struct identity *identity);
/* Addresses that many hosts share, such as loopback and link-local ones, link nothing. Not of kind LINK_INVENTORY. */
void identity_link(struct identity *identity, const struct identity_link *link);
/* What a DCOM or SMB server at this address lists as its own. */
void identity_bindings(struct identity *identity, const struct address *address, const struct fact_bindings *bindings,
                       struct sighting seen);
/* A bind_ack at `address` granted the association group `granted` to this client, which had asked for `wanted` (0: a
 * new one). Joining a group that another address granted shows that both are one server process. */
void identity_association(struct identity *identity, const struct address *client, const struct address *address,
                          uint32_t granted, uint32_t wanted, struct sighting seen);

enum { IDENTITY_MAX_RELATIVES = 32 };

/* An address that is one server with another one. */
struct relative {
    struct identity_link link; /* by which it was reached, */
    enum link_strength strength;
    int parent; /* from this relative; -1: from the address itself */
    struct address address;
    bool weak;    /* some link on the way may be a coincidence, or is only of a cluster; and it is not declared */
    bool cluster; /* some link on the way is only of a cluster */
};

/* Writes the addresses that are one server with this one, itself not among them: those that are beyond doubt first,
 * those that are only of the same cluster last; of each kind the nearest first. Returns their number. */
size_t identity_relatives(struct identity *identity, const struct address *address,
                          struct relative relatives[static IDENTITY_MAX_RELATIVES]);

/* The addresses that anything is known of, one after the other; NULL begins, and ends. */
const struct address *identity_next(const struct identity *identity, const struct address *after);

/* "" if nothing tells it. As it is declared; else the server's own word, before what others call it. Valid until
 * anything is told about the address. */
const char *identity_server_name(const struct identity *identity, const struct address *address);

/* A name by which DNS or NetBIOS name service led to this address before a time, and the first answer that said so;
 * NULL: none was seen. Valid until anything is told about the address. */
const char *identity_resolved_name(const struct identity *identity, const struct address *address, int64_t before,
                                   struct sighting *seen);

/* When ARP first said that the address is at another link-layer address than before, last; false: it never did. */
bool identity_moved(const struct identity *identity, const struct address *address, struct sighting *seen);

/* Whether the computer at this address has come to call itself by another name since: it may be another one. */
bool identity_renamed_since(const struct identity *identity, const struct address *address, int64_t time);

/* A link by itself, without what others say about it. */
struct link_record {
    struct identity_link link; /* as it was first seen */
    enum link_strength strength;
    struct sighting last; /* when it was said, or seen, last */
    const char *against;  /* why it does not count, or not any more; NULL: it does */
};
typedef void (*link_handler)(void *context, const struct link_record *record);
/* Tells all links, also those that are history; of those by a common name, GUID, time or link-layer address each
 * address is told with the one before it, so that n of them have n - 1 links. */
void identity_each_link(const struct identity *identity, link_handler handler, void *context);

/* What an address goes, or went, by: a name, or one of these. */
enum { KNOWN_BY_ARP = NAME_SOURCES, KNOWN_BY_PACKETS, KNOWN_DECLARED, KNOWN_SOURCES };
struct name_record {
    struct address address;
    unsigned source;  /* enum name_source, or KNOWN_… */
    const char *name; /* ARP, PACKETS: a link-layer address, as "02:00:00:00:00:01" */
    struct sighting first, last;
    struct sighting until; /* when it was known to go by another one, or to be another's; frame 0: it is current */
};
typedef void (*name_handler)(void *context, const struct name_record *record);
/* Tells all that the addresses of mappers and services go and went by; of one address and source the oldest first. */
void identity_each_name(const struct identity *identity, name_handler handler, void *context);

/* Where the packets of an address come from, unrouted, if that tells who it is. */
struct station_record {
    struct address address;
    struct mac mac;
    uint8_t ttl;
    struct sighting seen;
};
typedef void (*station_handler)(void *context, const struct station_record *record);
void identity_each_station(const struct identity *identity, station_handler handler, void *context);

/* Who keeps all this for a later run keeps each link that was told, each name and station with its sightings, but for
 * those that are declared (frame 0) and what ARP says, which is stale soon. In that run, before any fact, identity_link
 * and identity_name take them back with their old times: names oldest first, each with its first and then its last
 * sighting; links whose `against` is NULL, with their first and then their last one. Names and lists that are told
 * later outdo them. */

/* Why two addresses are one: "10.0.0.1 sends from the same link-layer address, unrouted, as 10.0.0.2". Returns text. */
enum { LINK_TEXT_SIZE = 256 };
char *identity_link_words(const struct identity_link *link, char text[static LINK_TEXT_SIZE]);
/* The same after what it makes them: "same server: …", "same server or cluster: …". Returns text. */
char *identity_link_text(const struct identity_link *link, char text[static LINK_TEXT_SIZE]);

#endif
