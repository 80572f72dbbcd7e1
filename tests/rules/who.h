/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_RULES_WHO_H
#define TESTS_RULES_WHO_H

#include "rules/identity/identity.h"
#include "rules/inventory.h"

/* What is told about addresses, each time by the next frame, and who is then one server with whom. */
extern struct identity *who;
extern struct tally who_tally;
extern const struct inventory *who_inventory;             /* set before who_begin; empty at first */
extern struct relative who_found[IDENTITY_MAX_RELATIVES]; /* by who_relatives and who_is_one */

void who_begin(void);
void who_end(void);
struct address who_at(const char *text);
struct sighting who_next(void);
void who_seconds(int64_t seconds); /* pass */

/* Cards end in this octet. */
struct mac who_card(uint8_t end_octet);
void who_packet(const char *address, uint8_t card, uint8_t ttl);
void who_arp(const char *address, uint8_t card);
void who_arp_from(const char *address, struct mac mac, bool gratuitous);
void who_name(const char *address, enum name_source source, const char *name);
void who_link(enum link_kind kind, const char *one, const char *other);

size_t who_relatives(const char *address);
/* These two are one server, each with nobody else. */
void who_is_one(const char *address, const char *other, enum link_kind kind);
void who_is_alone(const char *address);
/* Among all that are kept, in either direction; false: there is none. */
bool who_finds(enum link_kind kind, const char *one, const char *other, struct link_record *record);
const char *who_is_called(const char *address);

#endif
