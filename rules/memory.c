/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/memory.h"

#include "rules/tables/table.h"

#include <string.h>

enum { MAX_DETAIL = sizeof(struct address) + FACT_TEXT_SIZE, KEY_SIZE = 1 + sizeof(struct address) + MAX_DETAIL };

/* All but proofs, of which a history is kept: the binding table does that. */
struct entry {
    uint8_t key[KEY_SIZE];
    UT_hash_handle hh;
    struct memory_item item;
};

struct memory {
    struct tally tally; /* of the binding tables; what does not fit there is more than MEMORY_MAX_ITEMS */
    struct binding_table *bindings, *over_udp;
    struct entry *entries;
    struct placed *order;
    size_t count, room;
};

struct placed {
    struct memory_item item;
    int64_t time;
    size_t place;
};

struct memory *memory_open(void) {
    struct memory *memory = allocate(1, sizeof *memory);
    memory->bindings = binding_table_open(&memory->tally);
    memory->over_udp = binding_table_open(&memory->tally);
    return memory;
}

void memory_close(struct memory *memory) {
    binding_table_close(memory->bindings);
    binding_table_close(memory->over_udp);
    TABLE_FREE(memory->entries, struct entry);
    free(memory->order);
    free(memory);
}

/* --- what is added ---------------------------------------------------------------------------------------------- */

static void add_proof(struct memory *memory, const struct memory_item *item) {
    const struct proof proof = memory_proof(item);
    bool udp = proof.transport == TRANSPORT_UDP;
    binding_recall(udp ? memory->over_udp : memory->bindings, &item->is.proof.interface, &item->address, &proof);
}

/* What tells two of a kind apart, besides the address. Returns its size. */
static size_t put_detail(const struct memory_item *item, uint8_t detail[static MAX_DETAIL]) {
    size_t size = 0;
    switch (item->kind) {
    case MEMORY_NAME:
        detail[0] = (uint8_t)item->is.name.source;
        size = strlen(item->is.name.name);
        memcpy(detail + 1, item->is.name.name, size);
        return size + 1;
    case MEMORY_LINK:
        detail[0] = (uint8_t)item->is.link.kind;
        memcpy(detail + 1, &item->is.link.other, sizeof item->is.link.other);
        return 1 + sizeof item->is.link.other;
    case MEMORY_ASKED:
        memcpy(detail, &item->is.asked.uuid, sizeof item->is.asked.uuid);
        size = sizeof item->is.asked.uuid;
        detail[size] = (uint8_t)(item->is.asked.major >> 8);
        detail[size + 1] = (uint8_t)item->is.asked.major;
        return size + 2;
    case MEMORY_STATION:
    case MEMORY_PROOF:
    case MEMORY_KINDS:
        break;
    }
    return 0;
}

static struct entry *get_entry(struct memory *memory, const struct memory_item *item) {
    uint8_t key[KEY_SIZE];
    key[0] = (uint8_t)item->kind;
    memcpy(key + 1, &item->address, sizeof item->address);
    unsigned size = (unsigned)(1 + sizeof item->address + put_detail(item, key + 1 + sizeof item->address));
    struct entry *entry;
    HASH_FIND(hh, memory->entries, key, size, entry);
    if (entry != NULL)
        return entry;
    entry = allocate(1, sizeof *entry);
    memcpy(entry->key, key, size);
    entry->item = *item;
    HASH_ADD_KEYPTR(hh, memory->entries, entry->key, size, entry);
    return entry;
}

static bool is_same_station(const struct memory_item *one, const struct memory_item *other) {
    return one->is.station.ttl == other->is.station.ttl &&
           memcmp(one->is.station.mac.octets, other->is.station.mac.octets, sizeof one->is.station.mac.octets) == 0;
}

static void merge(struct memory_item *into, const struct memory_item *more) {
    if (into->kind == MEMORY_STATION && !is_same_station(into, more)) {
        if (more->last.time > into->last.time)
            *into = *more;
        return;
    }
    if (more->first.time < into->first.time) {
        into->first = more->first;
        if (into->kind == MEMORY_LINK)
            into->is.link.one_seen = more->is.link.one_seen;
    }
    if (more->last.time > into->last.time)
        into->last = more->last;
    if (more->until.time > into->until.time)
        into->until = more->until;
}

void memory_add(struct memory *memory, const struct memory_item *item) {
    if (item->kind == MEMORY_PROOF)
        add_proof(memory, item);
    else
        merge(&get_entry(memory, item)->item, item);
}

/* --- in order --------------------------------------------------------------------------------------------------- */

struct moment {
    int64_t oldest, clock;
};

static void place(struct memory *memory, const struct memory_item *item, const struct moment *now) {
    if (item->last.time < now->oldest)
        return;
    if (memory->count == memory->room) {
        size_t room = memory->room == 0 ? 256 : memory->room * 2;
        struct placed *order = allocate(room, sizeof *order);
        if (memory->count != 0)
            memcpy(order, memory->order, memory->count * sizeof *order);
        free(memory->order);
        memory->order = order;
        memory->room = room;
    }
    int64_t time = item->last.time > now->clock ? 0 : item->last.time;
    memory->order[memory->count] = (struct placed){.item = *item, .time = time, .place = memory->count};
    memory->count++;
}

static void place_proofs(struct memory *memory, struct binding_table *table, const struct moment *now) {
    const struct binding *binding;
    binding_list_recalled(table);
    for (size_t i = 0; (binding = binding_at(table, i)) != NULL; i++)
        for (size_t j = 0; j < binding->count; j++) {
            struct memory_item item = memory_of_proof(binding, &binding->proofs[j]);
            place(memory, &item, now);
        }
}

static int by_weight(const void *one, const void *other) {
    const struct placed *a = one, *b = other;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->place < b->place ? -1 : 1;
}

static int by_time(const void *one, const void *other) {
    const struct placed *a = one, *b = other;
    if (a->item.last.time != b->item.last.time)
        return a->item.last.time < b->item.last.time ? -1 : 1;
    return a->place < b->place ? -1 : 1;
}

void memory_settle(struct memory *memory, int64_t end, int64_t clock) {
    const struct moment now = {(end < clock ? end : clock) - MEMORY_LASTS, clock};
    memory->count = 0;
    place_proofs(memory, memory->bindings, &now);
    place_proofs(memory, memory->over_udp, &now);
    for (const struct entry *entry = memory->entries; entry != NULL; entry = entry->hh.next)
        place(memory, &entry->item, &now);
    if (memory->count > MEMORY_MAX_ITEMS) {
        qsort(memory->order, memory->count, sizeof *memory->order, by_weight);
        memmove(memory->order, memory->order + memory->count - MEMORY_MAX_ITEMS,
                MEMORY_MAX_ITEMS * sizeof *memory->order);
        memory->count = MEMORY_MAX_ITEMS;
    }
    if (memory->count != 0)
        qsort(memory->order, memory->count, sizeof *memory->order, by_time);
}

const struct memory_item *memory_at(const struct memory *memory, size_t index) {
    return index < memory->count ? &memory->order[index].item : NULL;
}

/* --- what is made of it ----------------------------------------------------------------------------------------- */

struct memory_item memory_of_proof(const struct binding *binding, const struct proof *proof) {
    struct memory_item item = {
        .kind = MEMORY_PROOF, .address = binding->address, .first = proof->seen, .last = proof->last};
    item.is.proof.interface = binding->interface;
    item.is.proof.kind = proof->kind;
    item.is.proof.transport = proof->transport;
    item.is.proof.endpoint = proof->endpoint;
    item.is.proof.client = proof->client;
    item.is.proof.count = proof->count;
    return item;
}

struct proof memory_proof(const struct memory_item *item) {
    return (struct proof){.kind = item->is.proof.kind,
                          .seen = item->first,
                          .last = item->last,
                          .count = item->is.proof.count,
                          .endpoint = item->is.proof.endpoint,
                          .transport = item->is.proof.transport,
                          .client = item->is.proof.client};
}

bool memory_is_history(const struct memory_item *item) { return item->until.time > item->last.time; }

bool memory_before(const struct memory_item *item, int64_t start, struct memory_item *before) {
    *before = *item;
    if (item->first.time >= start || (item->kind == MEMORY_LINK && item->is.link.one_seen.time >= start))
        return false;
    if (item->last.time >= start) {
        before->last = item->first;
        if (item->kind == MEMORY_PROOF)
            before->is.proof.count = 1;
    }
    if (before->until.time >= start)
        before->until = (struct sighting){0};
    return start == INT64_MAX || start - before->last.time <= MEMORY_LASTS;
}
