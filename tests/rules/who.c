/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/rules/who.h"

#include "tests/unit.h"

#include <string.h>

struct identity *who;
struct tally who_tally;
static const struct inventory nothing;
const struct inventory *who_inventory = &nothing;
struct relative who_found[IDENTITY_MAX_RELATIVES];
static uint64_t now;
static int64_t waited;

void who_begin(void) {
    memset(&who_tally, 0, sizeof who_tally);
    now = 0;
    waited = 0;
    who = identity_open(&who_tally, who_inventory);
}

void who_end(void) { identity_close(who); }

struct address who_at(const char *text) {
    struct address address;
    CU_ASSERT_TRUE_FATAL(address_parse(text, &address));
    return address;
}

struct sighting who_next(void) {
    now++;
    return (struct sighting){now, (int64_t)now * 1000 + waited, 0};
}

void who_seconds(int64_t seconds) { waited += seconds * 1000000000; }

struct mac who_card(uint8_t end_octet) {
    return (struct mac){{2, 0, 0, 0, 0, end_octet}, true};
}

void who_packet(const char *address, uint8_t card, uint8_t ttl) {
    struct address from = who_at(address);
    struct mac mac = who_card(card);
    identity_packet(who, &from, &mac, ttl, who_next(), true);
}

void who_arp_from(const char *address, struct mac mac, bool gratuitous) {
    struct address from = who_at(address);
    identity_arp(who, &from, &(struct fact_link){mac, gratuitous}, who_next());
}

void who_arp(const char *address, uint8_t card) { who_arp_from(address, who_card(card), false); }

void who_name(const char *address, enum name_source source, const char *name) {
    struct address from = who_at(address);
    identity_name(who, &from, source, name, who_next());
}

void who_link(enum link_kind kind, const char *one, const char *other) {
    struct sighting seen = who_next();
    identity_link(who, &(struct identity_link){kind, who_at(one), who_at(other), seen, seen, NULL, 0});
}

size_t who_relatives(const char *address) {
    struct address from = who_at(address);
    return identity_relatives(who, &from, who_found);
}

void who_is_one(const char *address, const char *other, enum link_kind kind) {
    struct address relative = who_at(other);
    CU_ASSERT_EQUAL(who_relatives(other), 1);
    CU_ASSERT_EQUAL(who_relatives(address), 1);
    CU_ASSERT_EQUAL(who_found[0].link.kind, kind);
    CU_ASSERT_TRUE(address_equal(&who_found[0].address, &relative));
}

void who_is_alone(const char *address) { CU_ASSERT_EQUAL(who_relatives(address), 0); }

struct wanted {
    enum link_kind kind;
    struct address one, other;
    struct link_record *record;
    bool found;
};

static void look_for(void *context, const struct link_record *record) {
    struct wanted *wanted = context;
    const struct identity_link *link = &record->link;
    bool straight = address_equal(&link->one, &wanted->one) && address_equal(&link->other, &wanted->other);
    bool turned = address_equal(&link->one, &wanted->other) && address_equal(&link->other, &wanted->one);
    if (link->kind != wanted->kind || !(straight || turned))
        return;
    CU_ASSERT_FALSE(wanted->found); /* each is told once */
    *wanted->record = *record;
    wanted->found = true;
}

bool who_finds(enum link_kind kind, const char *one, const char *other, struct link_record *record) {
    struct wanted wanted = {kind, who_at(one), who_at(other), record, false};
    identity_each_link(who, look_for, &wanted);
    return wanted.found;
}

const char *who_is_called(const char *address) {
    struct address from = who_at(address);
    return identity_server_name(who, &from);
}
