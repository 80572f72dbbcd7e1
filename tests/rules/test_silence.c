/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The caveats about silence: a story in which answers may be missing, and a twin in which they may not. */
#include "tests/rules/story.h"
#include "tests/unit.h"

enum { PORT = 1112 };

/* Three SYNs that nobody answers; the client gives up. */
static void stays_silent(struct story *story, struct line *line) {
    story_wait(story, 3);
    story_syn_again(story, line);
    story_wait(story, 6);
    story_syn_again(story, line);
    struct sighting last = story->now;
    story_wait(story, 60);
    story_silent(story, line, last);
}

static void finds_silence(struct story *story) {
    struct line line = story_maps_and_connects(story, CLIENT, A, &LSA, PORT);
    stays_silent(story, &line);
}

#define MAY_BE_AMONG_THEM "answers may be among them."

static void silence_where_frames_were_lost(void) {
    static const struct {
        enum loss kind;
        uint64_t frames;
        const char *caveat;
    } cases[] = {
        {LOSS_DROPPED_FRAMES, 3,
         "3 frames were dropped by the capturing program or could not be read: " MAY_BE_AMONG_THEM},
        {LOSS_DROPPED_FRAMES, 2, NULL}, /* too few to hide three answers */
        {LOSS_BAD_IPS, 7, "7 frames were dropped by the capturing program or could not be read: " MAY_BE_AMONG_THEM},
        {LOSS_IPSEC_FRAMES, 7, NULL}, /* the client's are not encrypted either */
        {LOSS_CUT_FRAMES, 7, NULL},
        {LOSS_MALFORMED_PDUS, 7, NULL},
        {LOSS_GAPS, 7, NULL},            /* not at that time, else their facts would be there */
        {LOSS_ONE_SIDED_FLOWS, 7, NULL}, /* not to this server */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct story story = story_begin();
        story.captured.lost[cases[i].kind] = cases[i].frames;
        finds_silence(&story);
        story_ends_with_caveat(&story, "endpoint-filtered", cases[i].caveat);
    }
}

static void loses(struct story *story, unsigned holes) {
    struct line line = story_syn(story, OTHER_CLIENT, STRANGER, 445);
    for (unsigned i = 0; i < holes; i++)
        story_loses(story, &line, FROM_SERVER);
}

static void silence_while_streams_have_holes(void) {
    static const struct {
        unsigned before, during, after;
        const char *caveat;
    } cases[] = {
        {0, 3, 0, "3 holes in streams at that time show that packets are missing: " MAY_BE_AMONG_THEM},
        {9, 2, 9, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct story story = story_begin();
        loses(&story, cases[i].before);
        struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
        loses(&story, cases[i].during);
        stays_silent(&story, &line);
        loses(&story, cases[i].after);
        story_ends_with_caveat(&story, "endpoint-filtered", cases[i].caveat);
    }
}

/* Of a packet that the snap length cut, the rest is missing, and no other packet. */
static void silence_while_packets_are_cut(void) {
    struct story story = story_begin();
    struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
    struct line other = story_syn(&story, OTHER_CLIENT, STRANGER, 445);
    for (unsigned i = 0; i < 9; i++)
        story_cuts(&story, &other, FROM_SERVER);
    stays_silent(&story, &line);
    story_ends_with_caveat(&story, "endpoint-filtered", NULL);
}

/* Of another client's connection to the server, and of none. */
static void silence_of_a_server_that_is_seen_from_one_side(void) {
    for (unsigned unseen = 0; unseen < 2; unseen++) {
        struct story story = story_begin();
        struct line other = story_served(&story, OTHER_CLIENT, A, &SAM, 2222);
        story_closes_as(&story, &other, &(struct fact_closing){.bytes = {100, 100}, .unseen = {false, unseen != 0}});
        finds_silence(&story);
        story_ends_with_caveat(&story, "endpoint-filtered",
                               unseen == 0 ? NULL
                                           : "Of other connections to " A
                                             " only the client's packets are in the capture: answers to this "
                                             "one may be missing likewise.");
    }
}

/* A SYN-ACK that is lost makes no capture one-sided: the server's other packets are there. */
static void silence_of_a_server_that_lost_one_packet(void) {
    for (uint64_t bytes = 0; bytes <= 100; bytes += 100) {
        struct story story = story_begin();
        story.server_ttl = 0;
        struct line other = story_served(&story, OTHER_CLIENT, A, &SAM, 2222);
        story_closes_as(&story, &other, &(struct fact_closing){.bytes = {100, bytes}, .unseen = {false, bytes == 0}});
        finds_silence(&story);
        if (bytes != 0) {
            story_ends_with_caveat(&story, "endpoint-filtered", NULL);
            continue;
        }
        story_end(&story);
        CU_ASSERT_EQUAL(story_findings(&story), 0);
        CU_ASSERT_STRING_EQUAL(judge_session(story.judge, 1)->unclear, "the server's packets are not in the capture");
        story_close(&story);
    }
}

static void silence_of_a_server_that_is_never_seen(void) {
    for (unsigned others = 0; others < 3; others++) {
        struct story story = story_begin();
        story.captured.lost[LOSS_ONE_SIDED_FLOWS] = others;
        struct line line = story_syn(&story, CLIENT, A, 135);
        stays_silent(&story, &line);
        static const char *const caveats[] = {
            NULL,
            "No packet of " A " is in the capture, which lacks one direction of 1 other connection: its answers may be "
            "missing likewise.",
            "No packet of " A " is in the capture, which lacks one direction of 2 other connections: its answers may "
            "be missing likewise."};
        story_ends_with_caveat(&story, "mapper-unreachable", caveats[others]);
    }
}

static void silence_where_a_file_breaks_off(void) {
    for (uint64_t files = 1; files <= 2; files++) {
        struct story story = story_begin();
        story.captured.files = files;
        story.captured.lost[LOSS_FILE_TRUNCATED] = 1;
        finds_silence(&story);
        story_ends_with_caveat(&story, "endpoint-filtered",
                               files == 1 ? NULL
                                          : "A capture file breaks off: answers may be in what is missing of it.");
    }
}

static void silence_and_limits(void) {
    struct story story = story_begin();
    story.captured.limits[LIMIT_FLOWS] = 1;
    finds_silence(&story);
    story_ends_with_caveat(&story, "endpoint-filtered",
                           "The limit of flows was reached: an answer may not have been recognised as one.");
    story = story_begin();
    story.captured.limits[LIMIT_ENGINE_FLOWS] = story.captured.limits[LIMIT_TOWERS] = 1;
    finds_silence(&story);
    story_ends_with_caveat(&story, "endpoint-filtered", NULL);
    story = story_begin();
    story.captured.limits[LIMIT_CONVERSATIONS] = 1; /* of UDP */
    finds_silence(&story);
    story_ends_with_caveat(&story, "endpoint-filtered", NULL);
    story = story_begin();
    story.captured.limits[LIMIT_CONVERSATIONS] = 1;
    story.over = story.asked_for = TRANSPORT_UDP;
    story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
    struct line line = {.flow = 99, .client = CLIENT, .server = A, .port = PORT};
    story_calls(&story, &line, &LSA);
    stays_silent(&story, &line);
    story_ends_with_caveat(
        &story, "endpoint-filtered",
        "The limit of datagram_conversations was reached: an answer may not have been recognised as one.");
}

static void silence_until_the_capture_ends(void) {
    struct story story = story_begin();
    struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
    story_wait(&story, 3);
    story_syn_again(&story, &line);
    story_wait(&story, 2);
    story_ends_with_caveat(&story, "endpoint-filtered", "The capture ends while the client may still be retrying.");
}

/* Two sessions fold: what is beyond doubt in the second is not doubted in the first. */
static void silence_that_is_beyond_doubt_once(void) {
    for (unsigned both = 0; both < 2; both++) {
        struct story story = story_begin();
        for (unsigned i = 0; i < 2; i++) {
            struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
            loses(&story, i == 0 || both ? 3 : 0);
            stays_silent(&story, &line);
        }
        story_ends_with_caveat(
            &story, "endpoint-filtered",
            both == 0 ? NULL : "3 holes in streams at that time show that packets are missing: " MAY_BE_AMONG_THEM);
    }
}

static const struct finding *predicted(const struct story *story) {
    const struct finding *finding;
    for (size_t i = 0; (finding = judge_finding(story->judge, i)) != NULL; i++)
        if (finding->state == FINDING_PREDICTED)
            return finding;
    return NULL;
}

/* What is foretold from silence is no surer than the silence; what is foretold from a refusal is. */
static void predictions_are_as_sure_as_what_they_rest_on(void) {
    for (unsigned silent = 0; silent < 2; silent++) {
        struct story story = story_begin();
        story.captured.lost[LOSS_DROPPED_FRAMES] = 1000;
        story_closes(&story, &(struct line){story.flows, CLIENT, A, 135, 1, NULL});
        story_served(&story, OTHER_CLIENT, B, &LSA, PORT);
        if (silent != 0)
            finds_silence(&story);
        else
            story_refused(&story, CLIENT, A, &LSA, PORT);
        story_wait(&story, 10);
        story_asks(&story, OTHER_CLIENT, A, &LSA);
        story_end(&story);
        const struct finding *finding = predicted(&story);
        CU_ASSERT_PTR_NOT_NULL(finding);
        if (finding != NULL)
            CU_ASSERT_EQUAL(finding->caveat_count, silent);
        story_close(&story);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"silence where frames were lost", silence_where_frames_were_lost},
        {"silence while streams have holes", silence_while_streams_have_holes},
        {"silence while packets are cut", silence_while_packets_are_cut},
        {"silence of a server seen from one side", silence_of_a_server_that_is_seen_from_one_side},
        {"silence of a server that lost one packet", silence_of_a_server_that_lost_one_packet},
        {"silence of a server never seen", silence_of_a_server_that_is_never_seen},
        {"silence where a file breaks off", silence_where_a_file_breaks_off},
        {"silence and limits", silence_and_limits},
        {"silence until the capture ends", silence_until_the_capture_ends},
        {"silence that is beyond doubt once", silence_that_is_beyond_doubt_once},
        {"predictions are as sure as what they rest on", predictions_are_as_sure_as_what_they_rest_on},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/silence", tests);
}
