/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/stories.h"
#include "tests/unit.h"

#include <string.h>

/* However a conversation is cut into segments, the same facts come out, proven by the same frames. */

static struct story story;

struct setting {
    uint16_t port;
    bool midstream;
};
static const struct setting SETTINGS[] = {{135, false}, {1112, false}, {1112, true}};
enum { SETTING_COUNT = 3 };

static void begin(struct play *p, const struct setting *setting) {
    play_start(p);
    play_again(p, setting->port, setting->midstream);
    play_open(p);
}

/* Message `split` in two pieces, the others whole. */
static void tell(struct play *p, size_t split, size_t at) {
    for (size_t i = 0; i < story.count; i++) {
        struct bytes bytes = octets_bytes(&story.messages[i].octets);
        if (i != split) {
            play_bytes(p, story.messages[i].direction, bytes);
            continue;
        }
        play_bytes(p, story.messages[i].direction, (struct bytes){bytes.at, at});
        p->seen.frame--;
        play_bytes(p, story.messages[i].direction, (struct bytes){bytes.at + at, bytes.len - at});
    }
    play_close(p, CLOSE_FIN);
}

static void tell_in_pieces(struct play *p, size_t size) {
    for (size_t i = 0; i < story.count; i++)
        play_pieces(p, story.messages[i].direction, octets_bytes(&story.messages[i].octets), size);
    play_close(p, CLOSE_FIN);
}

static bool same(const struct play *a, const struct play *b) {
    return strcmp(a->text, b->text) == 0 && memcmp(&a->tally, &b->tally, sizeof a->tally) == 0;
}

typedef void (*checker)(const struct setting *setting, const struct play *whole);

static void for_every_story(checker check) {
    for (enum story_kind kind = 0; kind < STORY_KINDS; kind++) {
        for (size_t order = 0; order < 2; order++) {
            story_tell(&story, kind, order == 0 ? ORDER_LITTLE : ORDER_BIG);
            for (size_t i = 0; i < SETTING_COUNT; i++) {
                struct play whole;
                begin(&whole, &SETTINGS[i]);
                tell(&whole, SIZE_MAX, 0);
                CU_ASSERT_TRUE(play_told(&whole, "bind_answered") && play_told(&whole, "closed"));
                check(&SETTINGS[i], &whole);
                play_stop(&whole);
            }
        }
    }
}

static void check_splits(const struct setting *setting, const struct play *whole) {
    size_t different = 0;
    for (size_t split = 0; split < story.count; split++) {
        for (size_t at = 1; at < story.messages[split].octets.len; at++) {
            struct play p;
            begin(&p, setting);
            tell(&p, split, at);
            different += !same(&p, whole);
            play_stop(&p);
        }
    }
    CU_ASSERT_EQUAL(different, 0);
}

static void a_message_may_be_split_anywhere(void) { for_every_story(check_splits); }

static void check_sizes(const struct setting *setting, const struct play *whole) {
    static const size_t sizes[] = {1, 2, 3, 5, 8, 15, 16, 17, 23, 24, 25, 64, 100};
    size_t different = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct play p;
        begin(&p, setting);
        tell_in_pieces(&p, sizes[i]);
        different += !same(&p, whole);
        play_stop(&p);
    }
    CU_ASSERT_EQUAL(different, 0);
}

static void all_segments_may_be_small(void) { for_every_story(check_sizes); }

/* What is told after n bytes is how the whole is told begins. */
static void check_prefixes(const struct setting *setting, const struct play *whole) {
    size_t beyond = 0;
    for (size_t last = 0; last < story.count; last++) {
        for (size_t n = 0; n < story.messages[last].octets.len; n++) {
            struct play p;
            begin(&p, setting);
            for (size_t i = 0; i < last; i++)
                play_octets(&p, story.messages[i].direction, &story.messages[i].octets);
            play_bytes(&p, story.messages[last].direction, (struct bytes){story.messages[last].octets.at, n});
            beyond += strncmp(p.text, whole->text, p.len) != 0;
            play_close(&p, CLOSE_END);
            play_stop(&p);
        }
    }
    CU_ASSERT_EQUAL(beyond, 0);
}

static void every_prefix_tells_no_more_than_it_proves(void) { for_every_story(check_prefixes); }

/* With bytes missing less is told, or what is told says so; nothing is made up. */
static size_t told_beyond(const struct play *p, const struct play *whole) {
    static const char *const words[] = {"bind_asked",   "bind_answered", "map_asked",
                                        "map_answered", "lookup_entry",  "authentication"};
    size_t beyond = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        beyond += play_count(p, words[i]) > play_count(whole, words[i]);
    return beyond;
}

static void check_holes(const struct setting *setting, const struct play *whole) {
    static const size_t sizes[] = {1, 7, 24, 60, 1000};
    size_t beyond = 0;
    for (size_t hit = 0; hit < story.count; hit++) {
        struct bytes bytes = octets_bytes(&story.messages[hit].octets);
        for (size_t from = 0; from<bytes.len; from += bytes.len> 200 ? 7 : 1) {
            for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
                size_t hole = sizes[k] < bytes.len - from ? sizes[k] : bytes.len - from;
                struct play p;
                begin(&p, setting);
                for (size_t i = 0; i < story.count; i++) {
                    if (i != hit) {
                        play_octets(&p, story.messages[i].direction, &story.messages[i].octets);
                        continue;
                    }
                    play_bytes(&p, story.messages[i].direction, (struct bytes){bytes.at, from});
                    play_gap(&p, story.messages[i].direction, hole);
                    play_bytes(&p, story.messages[i].direction,
                               (struct bytes){bytes.at + from + hole, bytes.len - from - hole});
                }
                play_close(&p, CLOSE_FIN);
                beyond += told_beyond(&p, whole) + play_count(&p, "malformed");
                play_stop(&p);
            }
        }
    }
    CU_ASSERT_EQUAL(beyond, 0);
}

static void a_hole_anywhere_makes_nothing_up(void) { for_every_story(check_holes); }

int main(void) {
    CU_TestInfo tests[] = {
        {"a message may be split anywhere", a_message_may_be_split_anywhere},
        {"all segments may be small", all_segments_may_be_small},
        {"every prefix tells no more than it proves", every_prefix_tells_no_more_than_it_proves},
        {"a hole anywhere makes nothing up", a_hole_anywhere_makes_nothing_up},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/pieces", tests);
}
