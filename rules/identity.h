/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_H
#define RULES_IDENTITY_H

#include "dissect/fact.h"

/* Which addresses are one server. Nothing but evidence links two addresses, and equal port numbers are none:
 * different servers hand out the same dynamic ports. */
struct identity;

enum link_kind {
    LINK_TOWER,       /* the endpoint mapper of one names the other */
    LINK_NTLM_NAME,   /* both call themselves by the same NTLM computer and domain name */
    LINK_ASSOCIATION, /* an association group of one was accepted at the other */
    LINK_MAC,         /* same link-layer source, and the packets of neither were routed */
    LINK_KINDS
};

struct identity_link {
    enum link_kind kind;
    struct address one, other;
    struct sighting one_seen, other_seen;
};

struct identity *identity_open(struct tally *tally);
void identity_close(struct identity *identity);

/* A packet that the server at this address sent, with its link-layer source and TTL as captured. */
void identity_packet(struct identity *identity, const struct address *address, const struct mac *mac, uint8_t ttl,
                     struct sighting seen);
void identity_name(struct identity *identity, const struct address *address, enum name_source source, const char *name,
                   struct sighting seen);
void identity_link(struct identity *identity, const struct identity_link *link);

/* A bind_ack at `address` granted the association group `granted` to this client, which had asked for `wanted` (0: a
 * new one). Joining a group that another address granted shows that both are one server process. */
void identity_association(struct identity *identity, const struct address *client, const struct address *address,
                          uint32_t granted, uint32_t wanted, struct sighting seen);

/* The addresses that are one server with this one, itself not among them: at most max of them are written, each with
 * the link by which it was reached (from itself, or from one written before). Returns their number. */
struct relative {
    struct address address;
    struct identity_link link;
};
size_t identity_relatives(const struct identity *identity, const struct address *address, struct relative *relatives,
                          size_t max);

/* "" if the capture does not tell it. */
const char *identity_server_name(const struct identity *identity, const struct address *address);
/* One sentence: "10.0.0.1 and 10.0.0.2 send from the same link-layer address". Returns text. */
enum { LINK_TEXT_SIZE = 160 };
char *identity_link_text(const struct identity_link *link, char text[static LINK_TEXT_SIZE]);

#endif
