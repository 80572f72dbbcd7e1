/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/mapper.h"

/* twr_t: max_count (the conformance, moved to the front), tower_length, octets. tower_length has 4 octets in both
 * encodings. */
static struct bytes twr_read(struct reader *r, enum encoding encoding) {
    uint64_t max = ndr_size(r, encoding);
    uint32_t length = ndr_number(r);
    if (length > max)
        r->failed = true;
    return reader_take(r, length);
}

/* ept_lookup_handle_t, a context handle: attributes and uuid. */
static void handle_read(struct reader *r) {
    reader_align(r, 4);
    reader_skip(r, 20);
}

/* ept_map, in: object, map_tower, entry_handle, max_towers. */
bool map_question_read(struct reader *r, enum encoding encoding, struct map_question *question) {
    *question = (struct map_question){0};
    if (ndr_size(r, encoding) != 0)
        question->object = ndr_uuid(r);
    if (ndr_size(r, encoding) != 0)
        question->tower = twr_read(r, encoding);
    handle_read(r);
    (void)ndr_number(r); /* max_towers */
    return !r->failed;
}

/* ept_map, out: entry_handle, num_towers, towers (first all referents, then what they refer to), status. */
bool map_answer_read(struct reader *r, enum encoding encoding, struct map_answer *answer) {
    *answer = (struct map_answer){.encoding = encoding};
    handle_read(r);
    (void)ndr_number(r); /* num_towers: actual_count is what counts */
    answer->count = ndr_array(r, encoding);
    answer->referents = *r;
    for (uint32_t i = 0; i < answer->count && !r->failed; i++)
        (void)ndr_size(r, encoding);
    answer->towers = *r;
    struct map_answer walk = *answer;
    for (uint32_t i = 0; i < answer->count && !walk.towers.failed; i++)
        (void)map_answer_next(&walk);
    *r = walk.towers;
    answer->status = ndr_number(r);
    return !r->failed;
}

struct bytes map_answer_next(struct map_answer *answer) {
    bool there = ndr_size(&answer->referents, answer->encoding) != 0;
    return there ? twr_read(&answer->towers, answer->encoding) : (struct bytes){0};
}

/* ept_lookup, in: inquiry_type, object, interface_id, vers_option, entry_handle, max_ents. */
bool lookup_question_read(struct reader *r, enum encoding encoding) {
    uint32_t inquiry = ndr_number(r);
    if (ndr_size(r, encoding) != 0)
        (void)ndr_uuid(r);
    if (ndr_size(r, encoding) != 0) {
        (void)ndr_uuid(r); /* the interface: uuid, vers_major, vers_minor */
        reader_skip(r, 4);
    }
    (void)ndr_number(r); /* vers_option */
    handle_read(r);
    (void)ndr_number(r); /* max_ents */
    return inquiry <= 3 && !r->failed;
}

/* ept_entry_t: object, tower, annotation (a varying string: offset, actual_count, characters). Structures with a
 * pointer are aligned to its size. */
static bool entry_read(struct reader *r, enum encoding encoding, struct lookup_entry *entry) {
    *entry = (struct lookup_entry){0};
    reader_align(r, encoding == NDR64 ? 8 : 4);
    entry->object = reader_uuid(r);
    bool there = ndr_size(r, encoding) != 0;
    (void)ndr_size(r, encoding); /* offset */
    uint64_t length = ndr_size(r, encoding);
    if (length > reader_left(r))
        r->failed = true;
    entry->annotation = reader_take(r, (size_t)length);
    return there;
}

/* ept_lookup, out: entry_handle, num_ents, entries (first all of them, then their towers), status. */
bool lookup_answer_read(struct reader *r, enum encoding encoding, struct lookup_answer *answer) {
    *answer = (struct lookup_answer){.encoding = encoding};
    handle_read(r);
    (void)ndr_number(r); /* num_ents */
    answer->count = ndr_array(r, encoding);
    answer->entries = *r;
    struct lookup_entry entry;
    for (uint32_t i = 0; i < answer->count && !r->failed; i++)
        (void)entry_read(r, encoding, &entry);
    answer->towers = *r;
    struct lookup_answer walk = *answer;
    for (uint32_t i = 0; i < answer->count && !walk.towers.failed; i++)
        (void)lookup_answer_next(&walk);
    *r = walk.towers;
    answer->status = ndr_number(r);
    return !r->failed;
}

struct lookup_entry lookup_answer_next(struct lookup_answer *answer) {
    struct lookup_entry entry;
    if (entry_read(&answer->entries, answer->encoding, &entry))
        entry.tower = twr_read(&answer->towers, answer->encoding);
    return entry;
}
