/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "cli/analysis.h"

#include "capture/capture.h"
#include "cli/complaint.h"
#include "cli/facts_merge.h"
#include "cli/interrupt.h"
#include "dissect/dissect.h"
#include "report/fact_json.h"
#include "state/state.h"

#include <time.h>

static void begin(struct analysis *analysis) {
    *analysis = (struct analysis){.written = true, .began = progress_clock(), .progress = progress_begin()};
}

bool analysis_open_judge(struct analysis *analysis, const struct inventory *inventory) {
    begin(analysis);
    analysis->judge = judge_open(&analysis->limits, inventory);
    if (analysis->judge == NULL)
        complain(NULL, "no memory");
    return analysis->judge != NULL;
}

bool analysis_open_writer(struct analysis *analysis, FILE *writer) {
    begin(analysis);
    analysis->writer = writer;
    return true;
}

bool analysis_recall(struct analysis *a, const char *path, bool update) {
    char error[STATE_ERROR_SIZE];
    a->memory = memory_open();
    if (!state_read(path, update ? STATE_UPDATE : STATE_SHOW, a->memory, &a->names, error)) {
        complain(path, error);
        return false;
    }
    judge_recall(a->judge, a->memory);
    return true;
}

bool analysis_remember(struct analysis *a, const char *path) {
    char error[STATE_ERROR_SIZE];
    struct timespec now = {.tv_sec = 0};
    if (a->failed)
        return true;
    clock_gettime(CLOCK_REALTIME, &now);
    if (state_update(path, a->judge, &a->names, (int64_t)now.tv_sec * 1000000000, error))
        return true;
    complain(path, error);
    return false;
}

/* Where all facts go, wherever they come from. */
static void tell(void *context, const struct fact *fact) {
    struct analysis *a = context;
    if (a->judge != NULL)
        judge_fact(a->judge, fact);
    else
        a->written = a->written && fact_write(a->writer, fact, &a->names) && (!a->follow || fflush(a->writer) == 0);
}

/* The work is to end before it is done: an interrupt that is not its usual end, or nobody takes what is written. */
static bool is_over(const struct analysis *a) { return (interrupt_came() && !a->follow) || !a->written; }

static bool reads_on(void *context) {
    const struct analysis *a = context;
    return !interrupt_came() && a->written;
}

/* What was read and not yet looked at is left alone then: only what dissect has open is closed. */
static bool dissect_until_over(void *context, const struct segment *segment) {
    struct analysis *a = context;
    if (is_over(a) && (segment->kind != SEGMENT_CLOSED || segment->flow->conversation == NULL))
        return false;
    return dissect_segment(a->dissect, segment);
}

static void dissect_datagram_until_over(void *context, const struct datagram *datagram) {
    struct analysis *a = context;
    if (!is_over(a))
        dissect_datagram(a->dissect, datagram);
}

static bool name_files(struct analysis *a, const char *const *paths, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!file_names_add(&a->names, paths[i])) {
            complain(paths[i], "more files than can be told apart: give fewer");
            return false;
        }
    }
    return true;
}

static bool read_captures(struct analysis *a, const char *const *paths, uint32_t count, const char *filter) {
    char error[CAPTURE_ERROR_SIZE];
    struct capture *capture = capture_open(dissect_until_over, a, &a->tally, error);
    bool sound = capture != NULL && (filter == NULL || capture_filter(capture, filter, error));
    if (sound) {
        capture_datagrams(capture, dissect_datagram_until_over, a);
        capture_go_on(capture, reads_on, a);
        if (a->follow)
            capture_follow(capture);
        else
            capture_progress(capture, progress_show, &a->progress);
        sound = capture_read(capture, paths, count, error);
    }
    if (capture != NULL)
        capture_close(capture);
    progress_end(&a->progress);
    if (!sound)
        complain(NULL, error);
    return sound;
}

static void tell_end(struct analysis *a) {
    struct fact end = {.kind = FACT_CAPTURE_ENDED, .seen.time = a->tally.last, .tally = a->tally};
    tell(a, &end);
}

/* An interrupted run, and one whose facts nobody took, did not do all of its work. */
static void settle(struct analysis *a, bool sound) {
    if (interrupt_came() && !a->follow)
        complain(NULL, "interrupted: this is what was found until then");
    a->failed = !sound || is_over(a);
    if (a->judge != NULL)
        judge_finish(a->judge);
}

void analysis_captures(struct analysis *a, const char *const *paths, uint32_t count, const char *filter, bool follow) {
    a->follow = follow;
    bool sound = name_files(a, paths, count);
    a->dissect = dissect_open(tell, a, &a->tally);
    if (a->dissect == NULL)
        complain(NULL, "no memory");
    if (sound && a->dissect != NULL) {
        sound = read_captures(a, paths, count, filter);
        dissect_close(a->dissect);
        if (!is_over(a) && (sound || a->tally.frames > 0))
            tell_end(a);
    }
    settle(a, sound && a->dissect != NULL);
}

void analysis_facts(struct analysis *a, const char *const *paths, uint32_t count) {
    struct facts_merge_end end = facts_merge(paths, count, &a->names, tell, a);
    a->tally = end.tally;
    a->cut_off = end.cut_off;
    settle(a, !end.failed);
}

struct results analysis_results(struct analysis *a) {
    a->summed = a->tally;
    tally_add(&a->summed, &a->limits);
    /* A file of facts that was cut off does not say how many captures it came from; its names do. */
    bool several_files = a->tally.files > 1 || (a->cut_off > 0 && a->names.now.count > 1);
    return (struct results){
        .judge = a->judge,
        .tally = &a->summed,
        .files = &a->names,
        .several_files = several_files,
        .incomplete = a->failed,
        .cut_off = a->cut_off,
        .elapsed = (double)(progress_clock() - a->began) / 1e9,
    };
}

void analysis_close(struct analysis *a) {
    if (a->judge != NULL)
        judge_close(a->judge);
    if (a->memory != NULL)
        memory_close(a->memory);
    file_names_free(&a->names);
}
