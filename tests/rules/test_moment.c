/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the application shows its error, by the client's schedule of retries. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };
static const int64_t MS = 1000000;

static void shows(const struct finding *f, enum shown how, int64_t time, const char *schedule) {
    CU_ASSERT_EQUAL(f->shown, how);
    CU_ASSERT_EQUAL(f->shown_time, time);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->schedule, schedule));
    if (f->shown != how || strstr(f->schedule, schedule) == NULL)
        printf("%d at %lld: %s\n", (int)f->shown, (long long)f->shown_time, f->schedule);
}

static void ends(struct story *s, double wait, enum shown how, int64_t time, const char *schedule) {
    story_wait(s, wait);
    story_end(s);
    shows(story_only(s), how, time, schedule);
    story_close(s);
}

/* --- refused ---------------------------------------------------------------------------------------------------- */

/* So many SYNs, half a second apart, each refused; the time of the last RST. */
static int64_t refused_times(struct story *s, uint8_t ttl, unsigned times) {
    s->client_ttl = ttl;
    struct line line = story_maps_and_connects(s, CLIENT, A, &LSA, PORT);
    story_refuses(s, &line);
    for (unsigned i = 1; i < times; i++) {
        story_wait(s, 0.5);
        story_syn_again(s, &line);
        story_refuses(s, &line);
    }
    return s->now.time;
}

static void windows_gives_up_at_the_third_refusal(void) {
    struct story s = story_begin();
    int64_t last = refused_times(&s, 128, 3);
    ends(&s, 0.1, SHOWN_SEEN, last, "");
    s = story_begin();
    last = refused_times(&s, 125, 4); /* NT 4, three routers away */
    ends(&s, 0.1, SHOWN_SEEN, last, "");
}

static void windows_would_try_again(void) {
    for (unsigned tries = 1; tries < 3; tries++) {
        struct story s = story_begin();
        int64_t last = refused_times(&s, 128, tries);
        ends(&s, 0.1, SHOWN_COMPUTED, last + (int64_t)(3 - tries) * 500 * MS, "Windows sends 3 SYNs");
        s = story_begin();
        last = refused_times(&s, 128, tries); /* and does not: the application gave up */
        ends(&s, 2, SHOWN_SEEN, last, "");
    }
}

static void linux_gives_up_at_once(void) {
    struct story s = story_begin();
    int64_t last = refused_times(&s, 64, 1);
    ends(&s, 0, SHOWN_SEEN, last, "");
}

static void another_system_is_not_known(void) {
    struct story s = story_begin();
    refused_times(&s, 250, 1);
    ends(&s, 1, SHOWN_UNKNOWN, 0, "client's system is not known");
    s = story_begin();
    int64_t last = refused_times(&s, 250, 1);
    ends(&s, 5, SHOWN_SEEN, last, "");
}

static void the_last_endpoint_counts(void) {
    struct story s = story_begin();
    refused_times(&s, 64, 1);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    int64_t last = s.now.time;
    ends(&s, 0, SHOWN_SEEN, last, "");
}

/* --- silent ----------------------------------------------------------------------------------------------------- */

/* Its SYNs come after these gaps, until one is 0; nobody answers. The time of the first; *last: of the last. */
static int64_t silence(struct story *s, uint8_t ttl, const double *gaps, struct sighting *last) {
    s->client_ttl = ttl;
    struct line line = story_maps_and_connects(s, CLIENT, A, &LSA, PORT);
    int64_t first = s->now.time;
    for (; *gaps != 0; gaps++) {
        story_wait(s, *gaps);
        story_syn_again(s, &line);
    }
    *last = s->now;
    story_silent(s, &line, *last);
    return first;
}

static void check_schedule(uint8_t ttl, const double *gaps, int64_t seconds, const char *name) {
    struct sighting last;
    struct story s = story_begin();
    int64_t first = silence(&s, ttl, gaps, &last);
    ends(&s, 0.5, SHOWN_COMPUTED, first + seconds * 1000 * MS, name);
    s = story_begin(); /* the capture goes on, and does not show that it gave up */
    first = silence(&s, ttl, gaps, &last);
    ends(&s, 300, SHOWN_COMPUTED, first + seconds * 1000 * MS, name);
}

static void each_system_has_its_schedule(void) {
    check_schedule(128, (double[9]){3, 0}, 21, "Windows 2000 to 2012");
    check_schedule(128, (double[9]){2.95, 6.01, 0}, 21, "Windows 2000 to 2012");
    check_schedule(126, (double[9]){3, 6, 12, 0}, 45, "Windows NT 4");
    check_schedule(128, (double[9]){1, 0}, 31, "Windows 10");
    check_schedule(128, (double[9]){1, 2, 4, 8, 0}, 31, "Windows 10");
    check_schedule(64, (double[9]){1.02, 0}, 127, "Linux,");
    check_schedule(64, (double[9]){1.02, 2.05, 4.1, 0}, 127, "Linux,");
    check_schedule(60, (double[9]){1.02, 1.02, 1.02, 0}, 131, "Linux since 6.5");
    check_schedule(64, (double[9]){1, 1, 1, 1, 1, 2, 4, 0}, 131, "Linux since 6.5");
}

static void what_fits_no_schedule_is_unknown(void) {
    static const double others[][4] = {{2}, {3, 3}, {1, 2, 2}, {0.5, 0.5}};
    struct sighting last;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct story s = story_begin();
        silence(&s, 128, others[i], &last);
        ends(&s, 300, SHOWN_UNKNOWN, 0, "no schedule that is known");
    }
    struct story s = story_begin(); /* Linux does not wait for 3 s */
    silence(&s, 64, (double[9]){3, 6, 0}, &last);
    ends(&s, 300, SHOWN_UNKNOWN, 0, "no schedule");
    s = story_begin(); /* nor is another system known */
    silence(&s, 255, (double[9]){3, 6, 0}, &last);
    ends(&s, 300, SHOWN_UNKNOWN, 0, "no schedule");
}

static void who_turns_away_has_given_up(void) {
    struct sighting last;
    struct story s = story_begin();
    silence(&s, 128, (double[9]){3, 6, 0}, &last);
    story_wait(&s, 12);
    story_asks(&s, CLIENT, A, &SAM);
    int64_t asked = s.now.time;
    story_maps(&s, CLIENT, A, &SAM, NULL, PORT + 1);
    ends(&s, 1, SHOWN_SEEN, asked, "");
    s = story_begin(); /* long after the schedule has ended it says nothing */
    int64_t first = silence(&s, 128, (double[9]){3, 6, 0}, &last);
    story_wait(&s, 60);
    story_asks(&s, CLIENT, A, &SAM);
    story_maps(&s, CLIENT, A, &SAM, NULL, PORT + 1);
    ends(&s, 1, SHOWN_COMPUTED, first + 21000 * MS, "Windows 2000");
}

/* Beside a mapper that closed its connection before, one that is closed while the client waits. */
static void who_closes_its_mapper_has_given_up(void) {
    struct sighting last;
    struct story s = story_begin();
    s.client_ttl = 64;
    story_asks(&s, CLIENT, A, &LSA);
    struct line mapper = story_line_to_mapper(&s, CLIENT, A);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_wait(&s, 1.02);
    story_syn_again(&s, &line);
    last = s.now;
    story_wait(&s, 9);
    story_closes(&s, &mapper);
    int64_t closed = s.now.time;
    story_silent(&s, &line, last);
    ends(&s, 1, SHOWN_SEEN, closed, "");
}

/* --- answers, and other ways ------------------------------------------------------------------------------------ */

static void an_answer_that_says_no_shows_it(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    int64_t time = s.now.time;
    ends(&s, 5, SHOWN_SEEN, time, "");
    s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_naks(&s, &line, &LSA, 2);
    time = s.now.time;
    ends(&s, 5, SHOWN_SEEN, time, "");
    s = story_begin();
    line = story_served(&s, CLIENT, B, &LSA, PORT);
    line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_calls(&s, &line, &LSA);
    story_faults(&s, &line, &LSA, 5);
    time = s.now.time;
    story_faults(&s, &line, &LSA, 5);
    ends(&s, 5, SHOWN_SEEN, time, "");
}

static void an_icmp_error_may_be_waited_out(void) {
    struct story s = story_begin();
    s.client_ttl = 128;
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_icmp(&s, &line, 3, 1);
    ends(&s, 1, SHOWN_UNKNOWN, 0, "ICMP error is not known");
    s = story_begin();
    s.client_ttl = 128;
    line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    int64_t first = s.now.time;
    story_icmp(&s, &line, 3, 1);
    story_wait(&s, 3);
    story_syn_again(&s, &line);
    story_icmp(&s, &line, 3, 1);
    ends(&s, 1, SHOWN_COMPUTED, first + 21000 * MS, "Windows 2000");
    s = story_begin();
    line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_icmp(&s, &line, 3, 1);
    int64_t icmp = s.now.time;
    ends(&s, 5, SHOWN_SEEN, icmp, ""); /* it sent no other SYN */
}

static void who_walks_on_never_shows_it(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, B, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    ends(&s, 5, SHOWN_NEVER, 0, "0.005 s after its first SYN");
}

static void who_comes_back_much_later_has_shown_it(void) {
    struct story s = story_begin();
    int64_t last = refused_times(&s, 64, 1);
    story_wait(&s, 60);
    story_served(&s, CLIENT, B, &LSA, PORT);
    ends(&s, 5, SHOWN_SEEN, last, "");
    s = story_begin();
    refused_times(&s, 64, 1);
    story_wait(&s, 0.5);
    story_served(&s, CLIENT, B, &LSA, PORT); /* a program did that */
    ends(&s, 5, SHOWN_UNKNOWN, 0, "another attempt got through 0.5");
}

static void a_prediction_tells_it_too(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    s.client_ttl = 128;
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 10);
    struct line line = story_maps_and_connects(&s, OTHER_CLIENT, A, &LSA, PORT);
    int64_t syn = s.now.time;
    (void)line;
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->state, FINDING_PREDICTED);
    shows(judge_finding(s.judge, 1), SHOWN_COMPUTED, syn + 1000 * MS, "Windows sends 3 SYNs");
    story_close(&s);
}

static void what_was_averted_is_never_shown(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 10);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    const struct finding *averted = judge_finding(s.judge, story_findings(&s) - 1);
    CU_ASSERT_EQUAL_FATAL(averted->state, FINDING_AVERTED);
    shows(averted, SHOWN_NEVER, 0, "it was served");
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"refused: Windows gives up at the third", windows_gives_up_at_the_third_refusal},
        {"refused: Windows would try again", windows_would_try_again},
        {"refused: Linux gives up at once", linux_gives_up_at_once},
        {"refused: another system is not known", another_system_is_not_known},
        {"refused: the last endpoint counts", the_last_endpoint_counts},
        {"silent: each system has its schedule", each_system_has_its_schedule},
        {"silent: what fits none is unknown", what_fits_no_schedule_is_unknown},
        {"silent: who turns away has given up", who_turns_away_has_given_up},
        {"silent: who closes its mapper has given up", who_closes_its_mapper_has_given_up},
        {"an answer that says no shows it", an_answer_that_says_no_shows_it},
        {"an ICMP error may be waited out", an_icmp_error_may_be_waited_out},
        {"never: who walks on", who_walks_on_never_shows_it},
        {"who comes back much later has shown it", who_comes_back_much_later_has_shown_it},
        {"a prediction tells it too", a_prediction_tells_it_too},
        {"never: averted", what_was_averted_is_never_shown},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/moment", tests);
}
