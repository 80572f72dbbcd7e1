/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/streams/story.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ORDINARY = 1460, OFFLOADED = 100000, PER_TALK = 12000 };

static const uint8_t ACK_PSH = FLAG_ACK | FLAG_PSH;

uint32_t story_random(struct story *story, uint32_t below) {
    story->random = story->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(story->random >> 33) % below;
}

bool story_chance(struct story *story, unsigned percent) { return story_random(story, 100) < percent; }

uint8_t sent_byte(const struct story *story, const struct sent *sent, int64_t position) {
    const struct talk *talk = &story->talks[sent->talk];
    bool known = position >= 0 && position < talk->len[sent->direction];
    uint8_t byte = known ? talk->bytes[sent->direction][position] : 0;
    return sent->garbage ? byte ^ 0x55 : byte;
}

bool story_open(struct story *story) {
    *story =
        (struct story){.sent = calloc(SENT_MAX, sizeof(struct sent)), .shots = calloc(SHOTS_MAX, sizeof(struct shot))};
    return story->sent != NULL && story->shots != NULL;
}

static void forget_talks(struct story *story) {
    for (int i = 0; i < story->talk_count; i++) {
        free(story->talks[i].bytes[0]);
        free(story->talks[i].bytes[1]);
    }
    story->talk_count = 0;
    story->sent_count = story->shot_count = 0;
}

void story_close(struct story *story) {
    forget_talks(story);
    free(story->sent);
    free(story->shots);
}

/* One conversation while it is written. */
struct script {
    struct story *story;
    const struct wishes *wishes;
    struct sent items[PER_TALK];
    size_t count;
    uint32_t at[2]; /* written so far */
};

static bool chance(struct script *s, unsigned percent) { return story_chance(s->story, percent); }
static uint32_t rnd(struct script *s, uint32_t below) { return story_random(s->story, below); }

static const struct talk *talk_of(const struct script *s) { return &s->story->talks[s->story->talk_count]; }

static struct sent *add(struct script *s, enum direction d, uint8_t flags, int64_t at, uint32_t len) {
    assert(s->count < PER_TALK);
    struct sent *item = &s->items[s->count++];
    *item = (struct sent){.talk = s->story->talk_count, .direction = d, .flags = flags, .at = at, .len = len};
    return item;
}

static uint32_t left(const struct script *s, enum direction d) { return talk_of(s)->len[d] - s->at[d]; }

/* RFC 7413: the SYN carries data, and the server takes it or has it sent again. */
static void fast_open(struct script *s) {
    uint32_t len = 1 + rnd(s, left(s, FROM_CLIENT) < 1000 ? left(s, FROM_CLIENT) : 1000);
    bool taken = chance(s, 50);
    struct sent *syn = add(s, FROM_CLIENT, FLAG_SYN, 0, len);
    syn->lost_on_the_wire = !taken;
    add(s, FROM_SERVER, FLAG_SYN | FLAG_ACK, 0, 0);
    add(s, FROM_CLIENT, FLAG_ACK, 0, 0);
    if (!taken)
        add(s, FROM_CLIENT, FLAG_ACK, 0, len);
    s->at[FROM_CLIENT] = len;
}

static void shake_hands(struct script *s) {
    if (chance(s, s->wishes->simultaneous)) { /* RFC 9293 3.5, figure 7 */
        add(s, FROM_CLIENT, FLAG_SYN, 0, 0);
        add(s, FROM_SERVER, FLAG_SYN, 0, 0);
        add(s, FROM_CLIENT, FLAG_SYN | FLAG_ACK, 0, 0);
        add(s, FROM_SERVER, FLAG_SYN | FLAG_ACK, 0, 0);
        return;
    }
    if (chance(s, s->wishes->fast_open) && left(s, FROM_CLIENT) != 0) {
        fast_open(s);
        return;
    }
    add(s, FROM_CLIENT, FLAG_SYN, 0, 0);
    add(s, FROM_SERVER, FLAG_SYN | FLAG_ACK, 0, 0);
    add(s, FROM_CLIENT, FLAG_ACK, 0, 0);
}

/* Sends again what ends here: the same bytes, or others, as some systems are tricked into taking. */
static void overlap(struct script *s, enum direction d, uint32_t start) {
    uint32_t span = s->at[d] - start < ORDINARY ? s->at[d] - start : ORDINARY;
    uint32_t back = 1 + rnd(s, span);
    uint32_t len = 1 + rnd(s, back);
    struct sent *item = add(s, d, FLAG_ACK, s->at[d] - back, len);
    item->garbage = chance(s, s->wishes->other_overlaps);
}

/* One byte, the next one: the window is closed, and the receiver takes it or does not. Or no byte, or one that is
 * none: is somebody there? (RFC 9293 3.8.4 and 3.8.6.1) */
static void probe(struct script *s, enum direction d) {
    if (chance(s, s->wishes->keep_alives)) {
        uint32_t len = rnd(s, 2);
        struct sent *item = add(s, d, FLAG_ACK, (int64_t)s->at[d] - 1, len);
        item->garbage = true;
        item->lost_on_the_wire = true;
        add(s, !d, FLAG_ACK, 0, 0);
    }
    if (left(s, d) > 1 && chance(s, s->wishes->probes)) {
        bool taken = chance(s, 50);
        struct sent *item = add(s, d, FLAG_ACK, s->at[d], 1);
        item->lost_on_the_wire = !taken;
        add(s, !d, FLAG_ACK, 0, 0);
        s->at[d] += taken;
    }
}

static uint32_t segment_size(struct script *s) {
    if (chance(s, s->wishes->tiny))
        return 1 + rnd(s, 3);
    if (chance(s, s->wishes->offload))
        return 1 + rnd(s, OFFLOADED);
    return chance(s, 50) ? ORDINARY : 1 + rnd(s, ORDINARY);
}

static void burst(struct script *s, enum direction d) {
    uint32_t start = s->at[d];
    probe(s, d);
    for (uint32_t n = 1 + rnd(s, 6); n > 0 && left(s, d) != 0; n--) {
        uint32_t size = segment_size(s);
        uint32_t len = size < left(s, d) ? size : left(s, d);
        add(s, d, chance(s, s->wishes->urgent) ? ACK_PSH | FLAG_URG : FLAG_ACK, s->at[d], len);
        s->at[d] += len;
        if (chance(s, s->wishes->overlaps) && s->at[d] != start)
            overlap(s, d, start);
        if (chance(s, 30))
            add(s, !d, FLAG_ACK, 0, 0);
    }
}

static void speak(struct script *s) {
    while (left(s, FROM_CLIENT) != 0 || left(s, FROM_SERVER) != 0)
        burst(s, chance(s, 50) ? FROM_CLIENT : FROM_SERVER);
}

static void fin(struct script *s, enum direction d) {
    uint32_t len = left(s, d);
    add(s, d, FLAG_ACK | FLAG_FIN, s->at[d], len);
    s->at[d] += len;
    add(s, !d, FLAG_ACK, 0, 0);
}

/* An RST may carry text for people; it is no part of the stream (RFC 9293 3.5.2). */
static void reset(struct script *s) {
    enum direction d = chance(s, 50) ? FROM_CLIENT : FROM_SERVER;
    add(s, d, FLAG_RST | FLAG_ACK, s->at[d], chance(s, 30) ? 20 : 0)->garbage = true;
}

static void write_talk(struct script *s) {
    enum direction first = chance(s, 70) ? FROM_CLIENT : FROM_SERVER;
    s->count = 0;
    s->at[0] = s->at[1] = 0;
    if (chance(s, s->wishes->early_resets)) {
        shake_hands(s);
        s->count = 1 + rnd(s, 2);
        s->items[0].len = 0;
        add(s, FROM_CLIENT, FLAG_RST, 0, 0);
        return;
    }
    shake_hands(s);
    if (chance(s, s->wishes->half_close)) {
        while (left(s, first) > 1000)
            burst(s, first);
        fin(s, first);
    }
    speak(s);
    if (chance(s, s->wishes->resets)) {
        reset(s);
    } else if (!chance(s, s->wishes->unclosed)) {
        if (s->items[s->count - 1].flags != FLAG_FIN)
            fin(s, first);
        fin(s, !first);
    }
}

/* Nothing that is sent twice is moved: what reached the receiver the first time has been acknowledged. */
static bool sent_twice(const struct script *s, const struct sent *item) {
    for (const struct sent *i = s->items; i < s->items + s->count; i++)
        if (i != item && i->direction == item->direction && i->at < item->at + item->len && item->at < i->at + i->len)
            return true;
    return false;
}

/* Lost on the wire: it comes again some packets later, and until then nothing behind it is acknowledged. The first
 * one may have been captured before it was lost. */
static void lose_on_the_wire(struct script *s) {
    size_t count = s->count;
    for (size_t i = 3; i + 2 < count; i++) {
        struct sent item = s->items[i];
        if (item.len == 0 || item.flags != FLAG_ACK || !chance(s, s->wishes->wire_loss) || sent_twice(s, &item))
            continue;
        size_t later = i + 1 + rnd(s, 30);
        later = later < count - 2 ? later : count - 2;
        memmove(&s->items[i], &s->items[i + 1], (later - i) * sizeof item);
        s->items[later] = item;
    }
}

/* What each side has received when it sends. */
static void acknowledge(struct script *s) {
    const struct talk *talk = talk_of(s);
    uint8_t *received[2] = {calloc(talk->len[0] + 1, 1), calloc(talk->len[1] + 1, 1)};
    int64_t have[2] = {0, 0};
    int64_t sent[2] = {0, 0};
    bool ended[2] = {false, false};
    for (struct sent *item = s->items; item < s->items + s->count; item++) {
        enum direction d = item->direction;
        if (item->flags == FLAG_ACK && item->len == 0 && item->at == 0)
            item->at = sent[d];
        item->ack = have[!d];
        if (item->at + item->len > sent[d] && (item->flags & FLAG_RST) == 0)
            sent[d] = item->at + item->len;
        if ((item->flags & FLAG_FIN) != 0) {
            sent[d]++;
            ended[d] = true;
        }
        if (!item->lost_on_the_wire && item->len != 0 && item->at >= 0 && (item->flags & FLAG_RST) == 0)
            memset(received[d] + item->at, 1, item->len);
        while (have[d] < talk->len[d] && received[d][have[d]])
            have[d]++;
        if (have[d] == talk->len[d] && ended[d])
            have[d]++;
    }
    free(received[0]);
    free(received[1]);
}

static struct endpoint random_end(struct story *story, bool v6, uint16_t port) {
    uint8_t octets[16];
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)story_random(story, 256);
    octets[0] = v6 ? 0x20 : 10;
    return (struct endpoint){v6 ? address_ipv6(octets) : address_ipv4(octets), port};
}

static void cast(struct story *story, const struct wishes *wishes) {
    struct talk *talk = &story->talks[story->talk_count];
    bool v6 = story_chance(story, wishes->ipv6);
    *talk = (struct talk){.after = -1, .victim = story->talk_count < (int)wishes->victims};
    talk->ends[FROM_CLIENT] = random_end(story, v6, (uint16_t)(50000 + story_random(story, 10000)));
    talk->ends[FROM_SERVER] = random_end(story, v6, (uint16_t)(1024 + story_random(story, 40000)));
    talk->tag_count = story_chance(story, wishes->tagged) ? 1 + story_random(story, 2) : 0;
    for (int i = 0; i < 2; i++)
        talk->tags[i] = (uint16_t)(1 + story_random(story, 4000));
    if (story->talk_count > (int)wishes->victims && story_chance(story, wishes->reused)) {
        const struct talk *before = talk - 1;
        memcpy(talk->ends, before->ends, sizeof talk->ends);
        memcpy(talk->tags, before->tags, sizeof talk->tags);
        talk->tag_count = before->tag_count;
        talk->after = story->talk_count - 1;
    }
    for (int d = 0; d < 2; d++) {
        bool tiny = wishes->tiny == 100;
        uint32_t longest = tiny ? 800 : story_chance(story, 50) ? 3000 : wishes->longest;
        talk->len[d] = 1 + story_random(story, longest);
        bool wraps = story_chance(story, wishes->wraps);
        talk->isn[d] =
            wraps ? 0U - story_random(story, talk->len[d] + 2) : story_random(story, UINT32_C(0x7fffffff)) * 2;
        if (talk->after >= 0) /* far off: one in a hundred random numbers would be near */
            talk->isn[d] = talk[-1].isn[d] + UINT32_C(0x40000000) + story_random(story, UINT32_C(0x7fffffff));
        talk->bytes[d] = malloc(talk->len[d]);
        for (uint32_t i = 0; i < talk->len[d]; i++)
            talk->bytes[d][i] = (uint8_t)story_random(story, 256);
    }
}

/* All talks go on at once, but who uses a 4-tuple again comes after who used it before. */
static void interleave(struct story *story, const struct sent *items, const size_t *begin, const size_t *end) {
    size_t at[TALKS_MAX] = {0};
    size_t total = 0;
    for (int i = 0; i < story->talk_count; i++) {
        at[i] = begin[i];
        total += end[i] - begin[i];
    }
    assert(total <= SENT_MAX);
    while (story->sent_count < total) {
        int i = (int)story_random(story, (uint32_t)story->talk_count);
        int after = story->talks[i].after;
        if (at[i] == end[i] || (after >= 0 && at[after] != end[after]))
            continue;
        for (uint32_t run = 1 + story_random(story, 4); run > 0 && at[i] < end[i]; run--)
            story->sent[story->sent_count++] = items[at[i]++];
    }
}

void story_write(struct story *story, const struct wishes *wishes, uint64_t seed) {
    static struct script script;
    static struct sent items[TALKS_MAX * PER_TALK];
    size_t begin[TALKS_MAX] = {0};
    size_t end[TALKS_MAX] = {0};
    size_t count = 0;
    forget_talks(story);
    story->random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    script.story = story;
    script.wishes = wishes;
    for (; story->talk_count < wishes->talks; story->talk_count++) {
        cast(story, wishes);
        write_talk(&script);
        lose_on_the_wire(&script);
        acknowledge(&script);
        memcpy(items + count, script.items, script.count * sizeof *items);
        begin[story->talk_count] = count;
        end[story->talk_count] = count += script.count;
    }
    interleave(story, items, begin, end);
}
