/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_IDENTITY_H
#define RULES_IDENTITY_IDENTITY_H

#include "dissect/fact.h"

/* Which addresses are one server now, or of one cluster. Nothing but evidence links two addresses, and equal port
 * numbers are none: different servers hand out the same dynamic ports. Addresses and names move: the newest word
 * counts, and what was said of two that call themselves otherwise does not, unless they are of one cluster. DNS and
 * Kerberos names say what others call a server, and link nothing. Its tables are bounded (server.h, station.c, links.h,
 * identity.c); what does not fit is counted as LIMIT_SERVERS. */
struct identity;

enum link_kind {
    LINK_TOWER,       /* the endpoint mapper of one names the other */
    LINK_BINDINGS,    /* the DCOM object resolver of one lists the other */
    LINK_NTLM_NAME,   /* both call themselves by the same NTLM computer and domain name */
    LINK_SMB_GUID,    /* both give the same SMB server GUID */
    LINK_ASSOCIATION, /* an association group of one was accepted at the other */
    LINK_MAC,         /* same link-layer source, and the packets of neither were routed */
    LINK_ARP,         /* same link-layer address by what ARP says of one of them at least, and it is no router's */
    LINK_CLUSTER,     /* same cluster: one tells that the other is the address of a cluster resource */
    LINK_NETBIOS,     /* same cluster: one NetBIOS answer gives a unique name to both */
    LINK_KINDS
};

struct identity_link {
    enum link_kind kind;
    struct address one, other;
    struct sighting one_seen, other_seen;
};

struct identity *identity_open(struct tally *tally);
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
/* Addresses that many hosts share, such as loopback and link-local ones, link nothing. */
void identity_link(struct identity *identity, const struct identity_link *link);
/* What a DCOM server at this address lists as its own. */
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
    int parent;                /* from this relative; -1: from the address itself */
    struct address address;
    bool weak;    /* some link on the way may be a coincidence, or is only of a cluster */
    bool cluster; /* some link on the way is only of a cluster */
};

/* Writes the addresses that are one server with this one, itself not among them: those that are beyond doubt first,
 * those that are only of the same cluster last; of each kind the nearest first. Returns their number. */
size_t identity_relatives(struct identity *identity, const struct address *address,
                          struct relative relatives[static IDENTITY_MAX_RELATIVES]);

/* The addresses that anything is known of, one after the other; NULL begins, and ends. */
const struct address *identity_next(const struct identity *identity, const struct address *after);

/* "" if the capture does not tell it. The server's own word comes before what others call it; valid until anything is
 * told about the address. */
const char *identity_server_name(const struct identity *identity, const struct address *address);
/* One sentence: "10.0.0.1 and 10.0.0.2 send from the same link-layer address". Returns text. */
enum { LINK_TEXT_SIZE = 192 };
char *identity_link_text(const struct identity_link *link, char text[static LINK_TEXT_SIZE]);

#endif
