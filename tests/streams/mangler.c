/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/streams/story.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Makes a capture of a story: what it misses, in which order it has the rest, and when. */

enum { LATE = 2000 };
#define SECOND INT64_C(1000000000)

/* What the whole capture has in common. */
struct view {
    bool no_syns;
    size_t first;            /* packet that is in it */
    int one_side[TALKS_MAX]; /* the direction that is missing; -1: none */
};

static bool is_captured(struct story *story, const struct wishes *wishes, const struct view *view, size_t index) {
    const struct sent *sent = &story->sent[index];
    if (index < view->first || (view->no_syns && (sent->flags & FLAG_SYN) != 0))
        return false;
    return view->one_side[sent->talk] != (int)sent->direction && !story_chance(story, wishes->capture_loss);
}

/* The packets of a 4-tuple that is used again do not get in among those of its first use. */
static void find_barriers(const struct story *story, size_t barriers[TALKS_MAX]) {
    for (int i = 0; i < story->talk_count; i++)
        barriers[i] = 0;
    for (size_t i = 0; i < story->sent_count; i++)
        for (int t = story->sent[i].talk + 1; t < story->talk_count && story->talks[t].after == t - 1; t++)
            barriers[t] = i + 1;
}

static size_t displaced(struct story *story, const struct wishes *wishes, const struct sent *sent, size_t index) {
    size_t by = wishes->disorder != 0 ? story_random(story, wishes->disorder + 1) : 0;
    if (sent->len != 0 && story_chance(story, wishes->late))
        by = LATE;
    return index + by;
}

/* A packet of an earlier use of the 4-tuple comes before the first of the next at the latest. */
static size_t last_place(const struct story *story, const size_t barriers[TALKS_MAX], int talk) {
    bool used_again = talk + 1 < story->talk_count && story->talks[talk + 1].after == talk;
    return used_again ? barriers[talk + 1] - 1 : SIZE_MAX;
}

static uint64_t key_of(size_t place, size_t index) { return (uint64_t)place << 24 | index; }

static struct shot *shoot(struct story *story, const struct wishes *wishes, size_t index, size_t last) {
    size_t place = displaced(story, wishes, &story->sent[index], index);
    struct shot *shot = &story->shots[story->shot_count++];
    assert(story->shot_count <= SHOTS_MAX);
    *shot = (struct shot){
        .parts = 1, .sent = index, .len = story->sent[index].len, .key = key_of(place < last ? place : last, index)};
    shot->tagged = wishes->apart != 0 && story->sent[index].direction == FROM_SERVER;
    if (wishes->snaplen != 0 && shot->len > wishes->snaplen)
        shot->len = wishes->snaplen;
    return shot;
}

/* What a mirror port delivers for the second time, a little later. */
static void copy(struct story *story, const struct wishes *wishes, const struct shot *shot, size_t last) {
    size_t place = (size_t)(shot->key >> 24) + story_random(story, 4);
    struct shot *second = &story->shots[story->shot_count++];
    assert(story->shot_count <= SHOTS_MAX);
    *second = *shot;
    second->copy = true;
    second->key = key_of(place < last ? place : last, shot->sent);
    second->tagged = story_chance(story, wishes->mirrored_tagged) || shot->tagged ||
                     (wishes->one_side_tagged != 0 && story->sent[shot->sent].direction == FROM_SERVER);
}

/* Each fragment may be lost, and late. */
static void fragment(struct story *story, const struct wishes *wishes, size_t index, size_t last) {
    unsigned parts = 2 + story_random(story, 3);
    for (unsigned part = 0; part < parts; part++) {
        struct shot *shot = shoot(story, wishes, index, last);
        shot->part = part;
        shot->parts = parts;
        if (story_chance(story, wishes->capture_loss))
            story->shot_count--;
    }
}

static void capture(struct story *story, const struct wishes *wishes, size_t index, size_t last) {
    uint32_t len = story->sent[index].len;
    if (len >= 32 && len <= 60000 && story_chance(story, wishes->fragmented)) {
        fragment(story, wishes, index, last);
        return;
    }
    struct shot *shot = shoot(story, wishes, index, last);
    if (story->talks[story->sent[index].talk].victim && story_chance(story, 10))
        shot->damaged = 1 + story_random(story, 3);
    if (story_chance(story, wishes->mirrored))
        copy(story, wishes, shot, last);
}

static int by_key(const void *a, const void *b) {
    const struct shot *left = a;
    const struct shot *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return left->copy != right->copy ? left->copy - right->copy : (int)left->part - (int)right->part;
}

/* A fragmented packet is there with the last of its fragments. */
static void complete(struct story *story) {
    static uint8_t seen[SENT_MAX];
    memset(seen, 0, sizeof seen);
    for (struct shot *shot = story->shots; shot < story->shots + story->shot_count; shot++)
        shot->whole = shot->parts == 1 || ++seen[shot->sent] == shot->parts;
}

static int64_t step_of_the_clock(struct story *story) {
    static const int64_t steps[] = {SECOND / 20, 3 * SECOND, 7200 * SECOND, 5 * INT64_C(31536000) * SECOND};
    int64_t step = steps[story_random(story, 4)];
    return story_chance(story, 50) ? step : -step;
}

/* Some hundred microseconds between two frames; copies of a mirror port come at once. */
static void date(struct story *story, const struct wishes *wishes) {
    int64_t time = 1500000000 * SECOND;
    unsigned steps = wishes->clock_steps;
    for (size_t i = 0; i < story->shot_count; i++) {
        time += wishes->mirrored != 0 ? 2000 : 1000 + story_random(story, 200000);
        if (steps != 0 && story_random(story, (uint32_t)story->shot_count) < 4 * steps) {
            time += step_of_the_clock(story);
            steps--;
        }
        if (time < 0 || time > LATEST_TIME)
            time = 1000000000 * SECOND;
        story->shots[i].time = time;
    }
}

void story_capture(struct story *story, const struct wishes *wishes) {
    struct view view = {.no_syns = story_chance(story, wishes->no_syns)};
    size_t barriers[TALKS_MAX];
    story->shot_count = 0;
    if (story_chance(story, wishes->no_first_half))
        view.first = story->sent_count * 4 / 10;
    for (int i = 0; i < story->talk_count; i++)
        view.one_side[i] = story_chance(story, wishes->one_sided) ? (int)story_random(story, 2) : -1;
    find_barriers(story, barriers);
    for (size_t i = 0; i < story->sent_count; i++) {
        const struct sent *sent = &story->sent[i];
        if (!is_captured(story, wishes, &view, i))
            continue;
        capture(story, wishes, i, last_place(story, barriers, sent->talk));
    }
    qsort(story->shots, story->shot_count, sizeof *story->shots, by_key);
    complete(story);
    date(story, wishes);
}
