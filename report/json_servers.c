/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What links addresses, and what they go and went by, as objects. */
#include "report/fact_fields.h"
#include "report/field_text.h"
#include "report/json.h"

struct writing {
    FILE *out;
    const struct results *results;
    bool written;
};

static bool is_same(const struct sighting *one, const struct sighting *other) {
    return one->frame == other->frame && one->file == other->file;
}

/* Of one address, of the other, and when it was seen last: each that is another one. */
enum { SIGHTINGS = 3 };
static json_t *sightings_array(const struct link_record *record, const struct results *results) {
    const struct sighting *const all[SIGHTINGS] = {&record->link.one_seen, &record->link.other_seen, &record->last};
    json_t *array = json_array();
    for (size_t i = 0; i < SIGHTINGS; i++) {
        if (all[i]->frame == 0 || (i > 0 && is_same(all[i], all[i - 1])))
            continue;
        if (json_array_append_new(array, sighting_value(all[i], results)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *link_declared(const struct identity_link *link) {
    if (link->kind != LINK_INVENTORY)
        return json_null();
    return json_pack("{s:o, s:i}", "file", words_value(link->file), "line", (int)link->line);
}

json_t *link_object(const struct link_record *record, const struct results *results) {
    char words[LINK_TEXT_SIZE];
    const struct identity_link *link = &record->link;
    return json_pack("{s:s, s:s, s:s, s:[o, o], s:o, s:b, s:o, s:o, s:o}", "type", "link", "kind",
                     LINK_SORTS[link->kind].name, "strength", LINK_STRENGTH_NAMES[record->strength], "addresses",
                     address_value(&link->one), address_value(&link->other), "sightings",
                     sightings_array(record, results), "current", record->against == NULL ? 1 : 0, "against",
                     words_value(record->against), "declared", link_declared(link), "what",
                     words_value(identity_link_words(link, words)));
}

static const char *source_name(unsigned source) {
    switch (source) {
    case KNOWN_BY_ARP:
        return "arp";
    case KNOWN_BY_PACKETS:
        return "packets";
    case KNOWN_DECLARED:
        return "declared";
    default:
        return NAME_SOURCE_NAMES[source];
    }
}

json_t *name_object(const struct name_record *record, const struct results *results) {
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:b}", "type", "name", "ip", address_value(&record->address),
                     "source", source_name(record->source), "name", words_value(record->name), "first",
                     sighting_value(&record->first, results), "last", sighting_value(&record->last, results), "until",
                     sighting_value(&record->until, results), "current", record->until.frame == 0 ? 1 : 0);
}

static void write_link(void *context, const struct link_record *record) {
    struct writing *w = context;
    w->written = w->written && json_line(w->out, link_object(record, w->results));
}

static void write_name(void *context, const struct name_record *record) {
    struct writing *w = context;
    w->written = w->written && json_line(w->out, name_object(record, w->results));
}

bool json_servers(FILE *out, const struct results *results) {
    struct writing writing = {out, results, true};
    judge_each_link(results->judge, write_link, &writing);
    judge_each_name(results->judge, write_name, &writing);
    return writing.written;
}
