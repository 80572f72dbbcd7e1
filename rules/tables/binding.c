/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/binding.h"

#include "rules/tables/table.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_BINDINGS = 65536, KEY_SIZE = sizeof(struct address) + sizeof(struct uuid) + sizeof(uint16_t) + 1 };

struct row {
    uint8_t key[KEY_SIZE];
    UT_hash_handle hh;
    bool listed; /* else it is only recalled */
    struct binding binding;
};

struct binding_table {
    struct row *rows;
    struct row **order; /* of those that are listed, as first seen */
    size_t count, room;
    struct tally *tally;
};

static const struct {
    const char *text;
    int direction; /* 1 for, -1 against, 0 neither */
} KINDS[PROOF_KINDS] = {
    [PROOF_ANSWERED] = {"call answered", 1},
    [PROOF_BIND_ACCEPTED] = {"bind accepted", 1},
    [PROOF_CONNECTED] = {"endpoint accepts connections", 1},
    [PROOF_LOOKUP_ENTRY] = {"listed by the endpoint mapper", 1},
    [PROOF_TOWER_FROM_ELSEWHERE] = {"named by another address's endpoint mapper", 1},
    [PROOF_OXID_BINDING] = {"named by DCOM as an object's endpoint", 1},
    [PROOF_MAPPED] = {"mapped by this address's endpoint mapper", 0},
    [PROOF_REFUSED] = {"connection refused (RST)", -1},
    [PROOF_UNREACHABLE] = {"connection answered by an ICMP error", -1},
    [PROOF_UNANSWERED] = {"connection unanswered", -1},
    [PROOF_NOT_REGISTERED] = {"not registered at this address's endpoint mapper", -1},
    [PROOF_NAMED_ELSEWHERE] = {"its endpoint mapper names only other addresses", -1},
    [PROOF_REJECTED] = {"bind rejected", -1},
};

bool proof_is_for(enum binding_proof kind) { return KINDS[kind].direction > 0; }
bool proof_is_against(enum binding_proof kind) { return KINDS[kind].direction < 0; }
/* Datagrams have no connections, and no binds. */
static const char *const OVER_UDP[PROOF_KINDS] = {
    [PROOF_CONNECTED] = "endpoint answers",
    [PROOF_REFUSED] = "port refused (ICMP)",
    [PROOF_UNREACHABLE] = "call answered by an ICMP error",
    [PROOF_UNANSWERED] = "call unanswered",
    [PROOF_REJECTED] = "call rejected",
};

const char *proof_text(enum binding_proof kind, enum transport transport) {
    bool udp = transport == TRANSPORT_UDP && OVER_UDP[kind] != NULL;
    return udp ? OVER_UDP[kind] : KINDS[kind].text;
}

struct binding_table *binding_table_open(struct tally *tally) {
    struct binding_table *table = allocate(1, sizeof *table);
    table->tally = tally;
    return table;
}

void binding_table_close(struct binding_table *table) {
    for (const struct row *row = table->rows; row != NULL; row = row->hh.next)
        free(row->binding.proofs);
    TABLE_FREE(table->rows, struct row);
    free(table->order);
    free(table);
}

static void make_key(uint8_t key[static KEY_SIZE], const struct address *address, const struct syntax_id *interface,
                     enum transport transport) {
    memcpy(key, address, sizeof *address);
    memcpy(key + sizeof *address, &interface->uuid, sizeof interface->uuid);
    memcpy(key + sizeof *address + sizeof interface->uuid, &interface->major, sizeof interface->major);
    key[KEY_SIZE - 1] = transport == TRANSPORT_HTTP;
}

static struct row *find_row(const struct binding_table *table, const uint8_t key[static KEY_SIZE]) {
    struct row *row;
    HASH_FIND(hh, table->rows, key, KEY_SIZE, row);
    return row;
}

const struct binding *binding_find_over(const struct binding_table *table, const struct address *address,
                                        const struct syntax_id *interface, enum transport transport) {
    uint8_t key[KEY_SIZE];
    make_key(key, address, interface, transport);
    struct row *row = find_row(table, key);
    return row == NULL ? NULL : &row->binding;
}

const struct binding *binding_find(const struct binding_table *table, const struct address *address,
                                   const struct syntax_id *interface) {
    return binding_find_over(table, address, interface, TRANSPORT_UNKNOWN);
}

const struct binding *binding_at(const struct binding_table *table, size_t index) {
    return index < table->count ? &table->order[index]->binding : NULL;
}

size_t binding_count(const struct binding_table *table) { return table->count; }

static void list(struct binding_table *table, struct row *row) {
    if (row->listed)
        return;
    if (table->count == table->room) {
        size_t room = table->room == 0 ? 64 : table->room * 2;
        struct row **order = allocate(room, sizeof(struct row *));
        if (table->count != 0)
            memcpy(order, table->order, table->count * sizeof(struct row *));
        free(table->order);
        table->order = order;
        table->room = room;
    }
    table->order[table->count++] = row;
    row->listed = true;
}

void binding_list_recalled(struct binding_table *table) {
    for (struct row *row = table->rows; row != NULL; row = row->hh.next)
        list(table, row);
}

static struct row *add_row(struct binding_table *table, const uint8_t key[static KEY_SIZE]) {
    if (HASH_COUNT(table->rows) == MAX_BINDINGS) {
        table->tally->limits[LIMIT_BINDINGS]++;
        return NULL;
    }
    struct row *row = allocate(1, sizeof *row);
    memcpy(row->key, key, KEY_SIZE);
    HASH_ADD_KEYPTR(hh, table->rows, row->key, KEY_SIZE, row);
    return row;
}

static bool contradicts(enum binding_proof one, enum binding_proof other) {
    return KINDS[one].direction != 0 && KINDS[one].direction == -KINDS[other].direction;
}

/* Where in the history this proof belongs: behind all that was first seen before it. */
static size_t place_of(const struct binding *binding, const struct proof *proof) {
    size_t at = binding->count;
    while (at > 0 && binding->proofs[at - 1].seen.time > proof->seen.time)
        at--;
    return at;
}

static bool is_alike(const struct proof *one, const struct proof *other) {
    return one->kind == other->kind && endpoint_equal(&one->endpoint, &other->endpoint) &&
           sighting_is_earlier(&one->seen) == sighting_is_earlier(&other->seen);
}

/* The entry that this proof continues: same kind and endpoint, and nothing to the contrary in between. One packet may
 * prove both: of what is recalled, the contrary of the same time is not in between. */
static struct proof *continued(struct binding *binding, const struct proof *proof, size_t place, bool recalled) {
    for (size_t i = place; i-- > 0;) {
        struct proof *old = &binding->proofs[i];
        if (is_alike(old, proof))
            return old;
        if (contradicts(old->kind, proof->kind) && !(recalled && old->seen.time == proof->seen.time))
            return NULL;
    }
    return NULL;
}

/* Most rows have one proof or two, and there may be many rows. */
static void grow(struct binding *binding) {
    size_t room = binding->room == 0 ? 2 : binding->room * 2;
    struct proof *proofs = allocate(room, sizeof *proofs);
    if (binding->count != 0)
        memcpy(proofs, binding->proofs, binding->count * sizeof *proofs);
    free(binding->proofs);
    binding->proofs = proofs;
    binding->room = room;
}

/* Keeps the beginning of the history, by which it is known what was first, and its end, which counts. */
static void make_room(struct binding_table *table, struct binding *binding) {
    size_t middle = BINDING_MAX_PROOFS / 2;
    memmove(&binding->proofs[middle], &binding->proofs[middle + 1],
            (BINDING_MAX_PROOFS - middle - 1) * sizeof binding->proofs[0]);
    binding->count--;
    binding->omitted++;
    table->tally->limits[LIMIT_EVIDENCE]++;
}

static void insert(struct binding_table *table, struct binding *binding, const struct proof *proof) {
    if (binding->count == BINDING_MAX_PROOFS)
        make_room(table, binding);
    if (binding->count == binding->room)
        grow(binding);
    size_t place = place_of(binding, proof);
    memmove(&binding->proofs[place + 1], &binding->proofs[place], (binding->count - place) * sizeof binding->proofs[0]);
    binding->count++;
    binding->proofs[place] = *proof;
}

static void judge_state(struct binding *binding) {
    const struct proof *verdict = binding_verdict(binding);
    if (verdict != NULL)
        binding->state = proof_is_for(verdict->kind) ? BOUND_HERE : BOUND_NOT_HERE;
}

static struct row *get_row(struct binding_table *table, const struct syntax_id *interface,
                           const struct address *address, enum transport transport) {
    uint8_t key[KEY_SIZE];
    make_key(key, address, interface, transport);
    struct row *row = find_row(table, key);
    if (row != NULL)
        return row;
    row = add_row(table, key);
    if (row == NULL)
        return NULL;
    row->binding.address = *address;
    row->binding.interface = *interface;
    row->binding.transport = transport;
    return row;
}

static uint64_t larger(uint64_t one, uint64_t other) { return one > other ? one : other; }

/* What is recalled of one time from two runs may be the same packets. */
static void enter(struct binding_table *table, struct binding *binding, const struct proof *proof, bool recalled) {
    struct proof *entry = continued(binding, proof, place_of(binding, proof), recalled);
    if (entry == NULL) {
        insert(table, binding, proof);
    } else {
        bool may_be_same = recalled && proof->seen.time <= entry->last.time;
        entry->count = may_be_same ? larger(entry->count, proof->count) : entry->count + proof->count;
        if (proof->last.time >= entry->last.time)
            entry->last = proof->last;
    }
    judge_state(binding);
    if (proof->endpoint.port != 0)
        binding->endpoint = proof->endpoint;
}

void binding_prove(struct binding_table *table, const struct syntax_id *interface, const struct address *address,
                   const struct proof *proof) {
    struct row *row = get_row(table, interface, address, proof->transport);
    if (row == NULL)
        return;
    struct proof once = *proof;
    once.last = proof->seen;
    once.count = 1;
    enter(table, &row->binding, &once, false);
    list(table, row);
}

void binding_recall(struct binding_table *table, const struct syntax_id *interface, const struct address *address,
                    const struct proof *proof) {
    struct row *row = get_row(table, interface, address, proof->transport);
    if (row != NULL)
        enter(table, &row->binding, proof, true);
}

const struct proof *binding_verdict(const struct binding *binding) {
    const struct proof *latest = NULL;
    for (size_t i = 0; binding != NULL && i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        if (KINDS[proof->kind].direction != 0 && (latest == NULL || proof->last.time >= latest->last.time))
            latest = proof;
    }
    return latest;
}

const struct proof *binding_after(const struct binding *binding, bool (*wanted)(enum binding_proof), int64_t time) {
    for (size_t i = 0; binding != NULL && i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        if (wanted(proof->kind) && proof->last.time >= time)
            return proof;
    }
    return NULL;
}
