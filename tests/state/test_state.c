/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file between runs: what goes in comes out. */
#include "tests/state/kept.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double DAY = 86400;

static bool same_sighting(const struct sighting *a, const struct sighting *b) {
    return a->frame == b->frame && a->time == b->time && (a->frame == 0 || a->file == b->file);
}

/* All but the union, whose unused octets are anything. */
static void check_same(const struct memory_item *a, const struct memory_item *b) {
    CU_ASSERT_EQUAL_FATAL(a->kind, b->kind);
    CU_ASSERT_TRUE(address_equal(&a->address, &b->address));
    CU_ASSERT_TRUE(same_sighting(&a->first, &b->first));
    CU_ASSERT_TRUE(same_sighting(&a->last, &b->last));
    CU_ASSERT_EQUAL(a->until.time, b->until.time);
    if (a->kind == MEMORY_PROOF) {
        CU_ASSERT_TRUE(syntax_compatible(&a->is.proof.interface, &b->is.proof.interface));
        CU_ASSERT_EQUAL(a->is.proof.kind, b->is.proof.kind);
        CU_ASSERT_EQUAL(a->is.proof.transport, b->is.proof.transport);
        CU_ASSERT_TRUE(endpoint_equal(&a->is.proof.endpoint, &b->is.proof.endpoint));
        CU_ASSERT_TRUE(address_equal(&a->is.proof.client, &b->is.proof.client));
        CU_ASSERT_EQUAL(a->is.proof.count, b->is.proof.count);
    } else if (a->kind == MEMORY_NAME) {
        CU_ASSERT_EQUAL(a->is.name.source, b->is.name.source);
        CU_ASSERT_STRING_EQUAL(a->is.name.name, b->is.name.name);
    } else if (a->kind == MEMORY_LINK) {
        CU_ASSERT_EQUAL(a->is.link.kind, b->is.link.kind);
        CU_ASSERT_TRUE(address_equal(&a->is.link.other, &b->is.link.other));
        CU_ASSERT_TRUE(same_sighting(&a->is.link.one_seen, &b->is.link.one_seen));
    } else if (a->kind == MEMORY_STATION) {
        CU_ASSERT_EQUAL(memcmp(a->is.station.mac.octets, b->is.station.mac.octets, 6), 0);
        CU_ASSERT_EQUAL(a->is.station.ttl, b->is.station.ttl);
    } else {
        CU_ASSERT_TRUE(uuid_equal(&a->is.asked.uuid, &b->is.asked.uuid));
    }
}

static void each_kind_comes_back_as_it_was(void) {
    unsigned kinds = 0;
    bool ended = false, over_udp = false;
    struct memory *told = memory_open();
    struct story s;
    monday(&s);
    story_remember(&s, told);
    story_close(&s);
    keep_monday();
    struct kept k = kept();
    size_t i = 0;
    for (const struct memory_item *item; (item = memory_at(told, i)) != NULL; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(memory_at(k.memory, i));
        check_same(item, memory_at(k.memory, i));
        kinds |= 1U << item->kind;
        ended = ended || memory_is_history(item);
        over_udp = over_udp || (item->kind == MEMORY_PROOF && item->is.proof.transport == TRANSPORT_UDP);
    }
    CU_ASSERT_PTR_NULL(memory_at(k.memory, i));
    CU_ASSERT_EQUAL(kinds, (1U << MEMORY_KINDS) - 1);
    CU_ASSERT_TRUE(ended && over_udp);
    CU_ASSERT_STRING_EQUAL(file_names_at(&k.names, EARLIER_FILES), "monday.pcap");
    memory_close(told);
    forget(&k);
}

static size_t count_of(const struct memory *memory) {
    size_t count = 0;
    while (memory_at(memory, count) != NULL)
        count++;
    return count;
}

static void the_same_run_twice_changes_nothing(void) {
    keep_monday();
    struct kept once = kept();
    keep_monday_again();
    struct kept twice = kept();
    CU_ASSERT_EQUAL_FATAL(count_of(once.memory), count_of(twice.memory));
    for (size_t i = 0; i < count_of(once.memory); i++)
        check_same(memory_at(once.memory, i), memory_at(twice.memory, i));
    forget(&once);
    forget(&twice);
}

/* Each had read the file before the other wrote it. */
static void what_two_processes_saw_is_both_kept(void) {
    char error[STATE_ERROR_SIZE] = "";
    unlink(path);
    struct story one = story_begin(), other = story_begin();
    story_served(&one, CLIENT, B, &LSA, PORT);
    story_end(&one);
    story_wait(&other, DAY);
    story_served(&other, CLIENT, STRANGER, &SAM, PORT);
    story_end(&other);
    CU_ASSERT_TRUE(update(&other, "later.pcap", error));
    CU_ASSERT_TRUE(update(&one, "sooner.pcap", error));
    struct kept k = kept();
    unsigned found = 0;
    for (size_t i = 0; memory_at(k.memory, i) != NULL; i++) {
        char text[ADDRESS_TEXT_SIZE];
        const struct memory_item *item = memory_at(k.memory, i);
        address_text(&item->address, text);
        if (item->kind == MEMORY_PROOF && strcmp(text, B) == 0)
            found |= 1U << !strcmp(file_names_at(&k.names, item->last.file), "sooner.pcap");
        if (item->kind == MEMORY_PROOF && strcmp(text, STRANGER) == 0)
            found |= 4U << !strcmp(file_names_at(&k.names, item->last.file), "later.pcap");
    }
    CU_ASSERT_EQUAL(found, 2U | 8U);
    forget(&k);
    story_close(&one);
    story_close(&other);
}

static void what_was_not_seen_for_long_goes(void) {
    keep_monday();
    struct story s = story_begin();
    story_wait(&s, 91 * DAY);
    story_served(&s, CLIENT, STRANGER, &SAM, PORT);
    story_end(&s);
    keep(&s, "much-later.pcap");
    struct kept k = kept();
    CU_ASSERT_TRUE(count_of(k.memory) > 0);
    for (size_t i = 0; memory_at(k.memory, i) != NULL; i++)
        CU_ASSERT_STRING_EQUAL(file_names_at(&k.names, memory_at(k.memory, i)->first.file),
                               memory_at(k.memory, i)->kind == MEMORY_ASKED ? "" : "much-later.pcap");
    forget(&k);
}

/* --- refused ---------------------------------------------------------------------------------------------------- */

/* Refused by reading and by writing, and left alone; the error has this in it. */
static void names_of_many_captures_are_bounded(void) {
    struct file_names names = {.latest = 0};
    char error[STATE_ERROR_SIZE] = "", name[16];
    unlink(path);
    for (unsigned i = 0; i < FILE_NAMES_MAX; i++) {
        uint32_t number;
        snprintf(name, sizeof name, "%u", i);
        CU_ASSERT_TRUE(file_names_recall(&names, name, &number));
    }
    CU_ASSERT_TRUE(file_names_add(&names, "one more"));
    struct story s;
    monday(&s);
    CU_ASSERT_TRUE(state_update(path, s.judge, &names, INT64_MAX, error));
    struct kept k = kept();
    CU_ASSERT_STRING_EQUAL(file_names_at(&k.names, memory_at(k.memory, 0)->first.file), "");
    forget(&k);
    story_close(&s);
    file_names_free(&names);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"each kind comes back as it was", each_kind_comes_back_as_it_was},
        {"the same run twice changes nothing", the_same_run_twice_changes_nothing},
        {"what two processes saw is both kept", what_two_processes_saw_is_both_kept},
        {"what was not seen for long goes", what_was_not_seen_for_long_goes},
        {"names of many captures are bounded", names_of_many_captures_are_bounded},
        CU_TEST_INFO_NULL,
    };
    return kept_run("state/state", tests);
}
