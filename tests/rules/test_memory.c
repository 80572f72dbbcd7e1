/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered between runs: how it is merged, ordered, limited, and what of it counts at a time. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

static const int64_t DAY = INT64_C(86400) * 1000000000;

static struct address address_of(const char *text) {
    struct address address;
    CU_ASSERT_TRUE_FATAL(address_parse(text, &address));
    return address;
}

static struct sighting at(int64_t day) { return (struct sighting){(uint64_t)day + 1, day * DAY, EARLIER_FILES}; }

static struct memory_item proof(enum binding_proof kind, int64_t first, int64_t last, uint64_t count) {
    struct memory_item item = {.kind = MEMORY_PROOF, .address = address_of(A), .first = at(first), .last = at(last)};
    item.is.proof.interface = LSA;
    item.is.proof.kind = kind;
    item.is.proof.transport = TRANSPORT_TCP;
    item.is.proof.endpoint = (struct endpoint){address_of(A), 1112};
    item.is.proof.count = count;
    return item;
}

static struct memory_item named(const char *name, int64_t first, int64_t last) {
    struct memory_item item = {.kind = MEMORY_NAME, .address = address_of(A), .first = at(first), .last = at(last)};
    item.is.name.source = NAME_NTLM_COMPUTER;
    snprintf(item.is.name.name, sizeof item.is.name.name, "%s", name);
    return item;
}

static struct memory_item station(uint8_t last_octet, int64_t first, int64_t last) {
    struct memory_item item = {.kind = MEMORY_STATION, .address = address_of(A), .first = at(first), .last = at(last)};
    item.is.station.mac = (struct mac){{2, 0, 0, 0, 0, last_octet}, true};
    item.is.station.ttl = 128;
    return item;
}

static size_t count_of(const struct memory *memory) {
    size_t count = 0;
    while (memory_at(memory, count) != NULL)
        count++;
    return count;
}

/* Adds some items in the order of the array, and then what memory_settle makes of them. */
static struct memory *memory_of(const struct memory_item *items, size_t count) {
    struct memory *memory = memory_open();
    for (size_t i = 0; i < count; i++)
        memory_add(memory, &items[i]);
    memory_settle(memory, 0, INT64_MAX);
    return memory;
}

static void what_follows_on_itself_is_one_entry(void) {
    const struct memory_item items[] = {proof(PROOF_REFUSED, 10, 11, 3), proof(PROOF_REFUSED, 12, 12, 2)};
    struct memory *memory = memory_of(items, 2);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), 1);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->first.time, 10 * DAY);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->last.time, 12 * DAY);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->is.proof.count, 5);
    memory_close(memory);
}

static void what_two_runs_saw_of_one_time_counts_once(void) {
    const struct memory_item items[] = {proof(PROOF_REFUSED, 10, 12, 3), proof(PROOF_REFUSED, 10, 12, 3),
                                        proof(PROOF_REFUSED, 12, 12, 1)};
    struct memory *memory = memory_of(items, 3);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), 1);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->is.proof.count, 3);
    memory_close(memory);
}

static void what_contradicts_itself_stays_a_history(void) {
    const struct memory_item items[] = {proof(PROOF_REFUSED, 10, 10, 1), proof(PROOF_ANSWERED, 11, 11, 1),
                                        proof(PROOF_REFUSED, 12, 12, 1)};
    struct memory *memory = memory_of(items, 3);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), 3);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(memory_at(memory, i)->last.time, (10 + (int64_t)i) * DAY);
    memory_close(memory);
}

/* Of two addresses, two ports, or TCP and UDP, they are no one entry. */
/* A datagram that rejects shows, too, that the endpoint answers: run after run it stays one entry for and one against.
 */
static void what_one_packet_proves_both_ways(void) {
    const struct memory_item items[] = {proof(PROOF_CONNECTED, 10, 10, 1), proof(PROOF_REJECTED, 10, 10, 1),
                                        proof(PROOF_CONNECTED, 10, 10, 1), proof(PROOF_REJECTED, 10, 10, 1),
                                        proof(PROOF_CONNECTED, 10, 10, 1), proof(PROOF_REJECTED, 10, 10, 1)};
    struct memory *memory = memory_of(items, 6);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), 2);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->is.proof.kind, PROOF_CONNECTED);
    CU_ASSERT_EQUAL(memory_at(memory, 1)->is.proof.kind, PROOF_REJECTED);
    memory_close(memory);
}

static void what_is_different_stays_apart(void) {
    struct memory_item items[] = {proof(PROOF_REFUSED, 10, 10, 1), proof(PROOF_REFUSED, 10, 10, 1),
                                  proof(PROOF_REFUSED, 10, 10, 1), proof(PROOF_REFUSED, 10, 10, 1)};
    items[1].address = address_of(B);
    items[2].is.proof.endpoint.port++;
    items[3].is.proof.transport = TRANSPORT_UDP;
    struct memory *memory = memory_of(items, 4);
    CU_ASSERT_EQUAL(count_of(memory), 4);
    memory_close(memory);
}

static void names_keep_first_and_last(void) {
    const struct memory_item items[] = {named("X", 12, 12), named("X", 10, 11), named("Y", 11, 11)};
    struct memory *memory = memory_of(items, 3);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), 2);
    CU_ASSERT_STRING_EQUAL(memory_at(memory, 0)->is.name.name, "Y");
    CU_ASSERT_EQUAL(memory_at(memory, 1)->first.time, 10 * DAY);
    CU_ASSERT_EQUAL(memory_at(memory, 1)->last.time, 12 * DAY);
    memory_close(memory);
}

static void of_stations_the_latest_counts(void) {
    const struct memory_item items[] = {station(1, 10, 10), station(2, 12, 12), station(1, 11, 11)};
    struct memory *memory = memory_of(items, 3);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), 1);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->is.station.mac.octets[5], 2);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->first.time, 12 * DAY);
    memory_close(memory);
}

static void what_was_not_seen_for_long_is_forgotten(void) {
    struct memory *memory = memory_open();
    const struct memory_item items[] = {named("X", 10, 10), named("Y", 20, 20)};
    memory_add(memory, &items[0]);
    memory_add(memory, &items[1]);
    memory_settle(memory, 100 * DAY, 200 * DAY);
    CU_ASSERT_EQUAL(count_of(memory), 2); /* to the day */
    memory_settle(memory, 101 * DAY, 200 * DAY);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), 1);
    CU_ASSERT_STRING_EQUAL(memory_at(memory, 0)->is.name.name, "Y");
    memory_settle(memory, 1000 * DAY, 100 * DAY); /* the clock of that capture is far ahead */
    CU_ASSERT_EQUAL(count_of(memory), 2);
    memory_close(memory);
}

static void the_oldest_give_way(void) {
    struct memory *memory = memory_open();
    struct memory_item item = named("X", 10, 10);
    for (unsigned i = 0; i < MEMORY_MAX_ITEMS + 2; i++) {
        item.address.octets[1] = (uint8_t)(i >> 16);
        item.address.octets[2] = (uint8_t)(i >> 8);
        item.address.octets[3] = (uint8_t)i;
        item.last.time = 10 * DAY + i;
        memory_add(memory, &item);
    }
    memory_settle(memory, 0, INT64_MAX);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), MEMORY_MAX_ITEMS);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->last.time, 10 * DAY + 2);
    /* Of a clock that was wrong they are the first to go. */
    memory_settle(memory, 0, 10 * DAY + MEMORY_MAX_ITEMS - 1);
    CU_ASSERT_EQUAL_FATAL(count_of(memory), MEMORY_MAX_ITEMS);
    CU_ASSERT_EQUAL(memory_at(memory, 0)->last.time, 10 * DAY);
    CU_ASSERT_EQUAL(memory_at(memory, MEMORY_MAX_ITEMS - 1)->last.time, 10 * DAY + MEMORY_MAX_ITEMS - 1);
    memory_close(memory);
}

static void what_came_later_does_not_count(void) {
    struct memory_item before, item = proof(PROOF_REFUSED, 10, 12, 4);
    CU_ASSERT_TRUE(memory_before(&item, 13 * DAY, &before));
    CU_ASSERT_EQUAL(before.last.time, 12 * DAY);
    CU_ASSERT_EQUAL(before.is.proof.count, 4);
    CU_ASSERT_TRUE(memory_before(&item, 12 * DAY, &before)); /* the first sighting does */
    CU_ASSERT_EQUAL(before.last.time, 10 * DAY);
    CU_ASSERT_EQUAL(before.last.frame, item.first.frame);
    CU_ASSERT_EQUAL(before.is.proof.count, 1);
    CU_ASSERT_FALSE(memory_before(&item, 10 * DAY, &before));
    CU_ASSERT_TRUE(memory_before(&item, 102 * DAY, &before));
    CU_ASSERT_FALSE(memory_before(&item, 102 * DAY + 1, &before));
    CU_ASSERT_TRUE(memory_before(&item, INT64_MAX, &before));
}

static void what_ended_later_had_not_ended(void) {
    struct memory_item before, item = named("X", 10, 11);
    item.until = at(12);
    CU_ASSERT_TRUE(memory_is_history(&item));
    CU_ASSERT_TRUE(memory_before(&item, 13 * DAY, &before));
    CU_ASSERT_TRUE(memory_is_history(&before));
    CU_ASSERT_TRUE(memory_before(&item, 12 * DAY, &before));
    CU_ASSERT_FALSE(memory_is_history(&before));
    item.last = at(14); /* and came back */
    CU_ASSERT_FALSE(memory_is_history(&item));
}

int main(void) {
    CU_TestInfo tests[] = {{"what follows on itself is one entry", what_follows_on_itself_is_one_entry},
                           {"what two runs saw of one time counts once", what_two_runs_saw_of_one_time_counts_once},
                           {"what contradicts itself stays a history", what_contradicts_itself_stays_a_history},
                           {"what one packet proves both ways", what_one_packet_proves_both_ways},
                           {"what is different stays apart", what_is_different_stays_apart},
                           {"names keep first and last", names_keep_first_and_last},
                           {"of stations the latest counts", of_stations_the_latest_counts},
                           {"what was not seen for long is forgotten", what_was_not_seen_for_long_is_forgotten},
                           {"the oldest give way", the_oldest_give_way},
                           {"what came later does not count", what_came_later_does_not_count},
                           {"what ended later had not ended", what_ended_later_had_not_ended},
                           CU_TEST_INFO_NULL};
    return unit_run("rules/memory", tests);
}
