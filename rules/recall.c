/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run takes from earlier ones, and leaves to later ones. Items are taken through the same doors as facts, with
 * their old times, so that whatever is seen later outdoes them. What says how a capture lacks something, which sessions
 * there were, and which way a port is used is of one capture only, and not among them. */
#include "rules/knowledge.h"

#include <stdio.h>

/* --- recall ----------------------------------------------------------------------------------------------------- */

/* How the address treated connects, as far as its proofs tell. */
static void recall_standing(struct knowledge *k, const struct memory_item *item) {
    const struct endpoint *endpoint = &item->is.proof.endpoint;
    const struct syntax_id *interface = &item->is.proof.interface;
    bool of_exporter = syntax_compatible(interface, &SYNTAX_REM_UNKNOWN);
    if (endpoint->port == 0 || endpoint->port == MAPPER_PORT)
        return;
    if (item->is.proof.kind == PROOF_REFUSED) {
        places_connect(k->places, endpoint, true, item->last.time);
        if (!of_exporter)
            places_refuses(k->places, endpoint, interface, item->last);
    } else if (proof_is_of_serving(item->is.proof.kind)) {
        places_connect(k->places, endpoint, false, item->last.time);
        places_accepts(k->places, endpoint);
    }
}

static void recall_proof(struct knowledge *all, const struct memory_item *item) {
    struct knowledge *k = knowledge_of(all, item->is.proof.transport);
    const struct proof proof = memory_proof(item);
    binding_recall(k->bindings, &item->is.proof.interface, &item->address, &proof);
    recall_standing(k, item);
}

/* An address that became another server's without a word may call itself otherwise by now. */
static void recall_name(struct knowledge *k, const struct memory_item *item) {
    enum name_source source = item->is.name.source;
    identity_name(k->identity, &item->address, source, item->is.name.name, item->first);
    identity_name(k->identity, &item->address, source, item->is.name.name, item->last);
    bool tells_who = source == NAME_NTLM_COMPUTER || source == NAME_SMB_GUID;
    if (memory_is_history(item) && tells_who)
        identity_changes(k->identity, &item->address, item->until);
}

static void recall_link(struct knowledge *k, const struct memory_item *item) {
    struct identity_link link = {.kind = item->is.link.kind,
                                 .one = item->address,
                                 .other = item->is.link.other,
                                 .one_seen = item->is.link.one_seen,
                                 .other_seen = item->first};
    if (memory_is_history(item))
        return;
    identity_link(k->identity, &link);
    link.other_seen = item->last;
    identity_link(k->identity, &link);
}

static void recall_wish(struct knowledge *k, const struct memory_item *item) {
    struct client *client = places_client(k->places, &item->address);
    if (client != NULL)
        client_wishes(client, uuid_is_nil(&item->is.asked.uuid) ? NULL : &item->is.asked);
}

void knowledge_recall(struct knowledge *k, const struct memory_item *item) {
    switch (item->kind) {
    case MEMORY_PROOF:
        recall_proof(k, item);
        break;
    case MEMORY_NAME:
        if (identity_has_room(k->identity))
            recall_name(k, item);
        break;
    case MEMORY_LINK:
        if (identity_has_room(k->identity))
            recall_link(k, item);
        break;
    case MEMORY_STATION:
        if (identity_has_room(k->identity))
            identity_packet(k->identity, &item->address, &item->is.station.mac, item->is.station.ttl, item->last, true);
        break;
    case MEMORY_ASKED:
        recall_wish(k, item);
        break;
    case MEMORY_KINDS:
        break;
    }
}

/* --- remember --------------------------------------------------------------------------------------------------- */

struct teller {
    memory_handler *handler;
    void *context;
    int64_t end;
};

static void tell_proofs(const struct teller *teller, const struct binding_table *table) {
    const struct binding *binding;
    for (size_t i = 0; (binding = binding_at(table, i)) != NULL; i++)
        for (size_t j = 0; j < binding->count; j++) {
            struct memory_item item = memory_of_proof(binding, &binding->proofs[j]);
            if (!sighting_is_earlier(&item.last))
                teller->handler(teller->context, &item);
        }
}

static bool is_news(const struct sighting *seen) { return seen->frame != 0 && !sighting_is_earlier(seen); }

static void tell_name(void *context, const struct name_record *record) {
    const struct teller *teller = context;
    struct memory_item item = {
        .kind = MEMORY_NAME, .address = record->address, .first = record->first, .last = record->last};
    if (record->source >= NAME_SOURCES || (!is_news(&record->last) && !is_news(&record->until)))
        return;
    item.until = record->until;
    item.is.name.source = (enum name_source)record->source;
    snprintf(item.is.name.name, sizeof item.is.name.name, "%s", record->name);
    teller->handler(teller->context, &item);
}

bool memory_keeps_link(enum link_kind kind) {
    switch (kind) {
    case LINK_TOWER:
    case LINK_BINDINGS:
    case LINK_SMB_INTERFACES:
    case LINK_ASSOCIATION:
    case LINK_CLUSTER:
    case LINK_NETBIOS:
    case LINK_MOVED:
        return true;
    case LINK_NTLM_NAME: /* the names are kept, or the stations */
    case LINK_SMB_GUID:
    case LINK_SMB_START:
    case LINK_MAC:
    case LINK_ARP:
    case LINK_INVENTORY: /* nobody has seen it */
    case LINK_KINDS:
        break;
    }
    return false;
}

static void tell_link(void *context, const struct link_record *record) {
    const struct teller *teller = context;
    const struct identity_link *link = &record->link;
    struct memory_item item = {
        .kind = MEMORY_LINK, .address = link->one, .first = link->other_seen, .last = record->last};
    if (!memory_keeps_link(link->kind) || (!is_news(&record->last) && record->against == NULL))
        return;
    item.until.time = record->against != NULL ? teller->end : 0;
    item.is.link.kind = link->kind;
    item.is.link.other = link->other;
    item.is.link.one_seen = link->one_seen;
    teller->handler(teller->context, &item);
}

static void tell_station(void *context, const struct station_record *record) {
    const struct teller *teller = context;
    struct memory_item item = {
        .kind = MEMORY_STATION, .address = record->address, .first = record->seen, .last = record->seen};
    if (!is_news(&record->seen))
        return;
    item.is.station.mac = record->mac;
    item.is.station.ttl = record->ttl;
    teller->handler(teller->context, &item);
}

/* Of a wish no packet is kept: that the run saw it is enough. */
static void tell_wishes(const struct teller *teller, const struct knowledge *k) {
    const struct client *client = NULL;
    while ((client = places_next_client(k->places, client)) != NULL) {
        struct memory_item item = {.kind = MEMORY_ASKED, .address = client->address};
        if (!client->speaks_rpc || client->wishes == WISHES_NONE)
            continue;
        item.first.time = item.last.time = teller->end;
        if (client->wishes == WISHES_ONE)
            item.is.asked = client->wish;
        teller->handler(teller->context, &item);
    }
}

void knowledge_remember(const struct knowledge *k, memory_handler *handler, void *context) {
    struct teller teller = {handler, context, k->end};
    tell_proofs(&teller, k->bindings);
    tell_proofs(&teller, k->datagrams->bindings);
    identity_each_name(k->identity, tell_name, &teller);
    identity_each_link(k->identity, tell_link, &teller);
    identity_each_station(k->identity, tell_station, &teller);
    tell_wishes(&teller, k);
}
