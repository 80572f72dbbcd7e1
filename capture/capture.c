/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/capture.h"
#include "capture/filter.h"
#include "capture/intake.h"
#include "capture/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_FRAMES = 65536 }; /* between two calls of the progress handler */

struct capture {
    struct intake intake;
    struct tally *tally;
    char *filter;
    progress_handler progress;
    void *progress_context;
    go_on_handler go_on;
    void *go_on_context;
    bool follow;
};

/* One of the files that are merged, and its next frame. */
struct head {
    struct source *source; /* NULL: read to its end */
    struct frame frame;
    int64_t position, size;
};

/* The files of one capture_read. The first error is the one that is told. */
struct merge {
    struct capture *capture;
    struct head *heads;
    uint32_t count;
    char *error;
    bool failed;
};

struct capture *capture_open(segment_handler handler, void *context, struct tally *tally,
                             char error[static CAPTURE_ERROR_SIZE]) {
    struct capture *capture = calloc(1, sizeof *capture);
    if (capture == NULL) {
        snprintf(error, CAPTURE_ERROR_SIZE, "out of memory");
        return NULL;
    }
    capture->tally = tally;
    if (intake_open(&capture->intake, handler, context, tally, error, CAPTURE_ERROR_SIZE))
        return capture;
    free(capture);
    return NULL;
}

void capture_datagrams(struct capture *capture, datagram_handler handler, void *context) {
    capture->intake.datagrams = handler;
    capture->intake.context = context;
}

bool capture_filter(struct capture *capture, const char *expression, char error[static CAPTURE_ERROR_SIZE]) {
    if (!filter_check(expression, error, CAPTURE_ERROR_SIZE))
        return false;
    free(capture->filter);
    size_t size = strlen(expression) + 1;
    capture->filter = malloc(size);
    if (capture->filter == NULL) {
        snprintf(error, CAPTURE_ERROR_SIZE, "out of memory");
        return false;
    }
    memcpy(capture->filter, expression, size);
    return true;
}

void capture_progress(struct capture *capture, progress_handler handler, void *context) {
    capture->progress = handler;
    capture->progress_context = context;
}

void capture_go_on(struct capture *capture, go_on_handler handler, void *context) {
    capture->go_on = handler;
    capture->go_on_context = context;
}

void capture_follow(struct capture *capture) { capture->follow = true; }

static void note_error(struct merge *merge, const char *error) {
    if (!merge->failed)
        memcpy(merge->error, error, CAPTURE_ERROR_SIZE);
    merge->failed = true;
}

static void end_head(struct merge *merge, struct head *head) {
    char error[CAPTURE_ERROR_SIZE];
    if (!source_understood(head->source, error, sizeof error))
        note_error(merge, error);
    uint64_t *dropped = &merge->capture->tally->lost[LOSS_DROPPED_FRAMES];
    *dropped = count_add(*dropped, source_dropped(head->source));
    head->position = head->size;
    intake_flush(&merge->capture->intake); /* its frames end with the source */
    source_close(head->source);
    head->source = NULL;
}

static void advance(struct merge *merge, struct head *head) {
    char error[CAPTURE_ERROR_SIZE];
    if (!source_holds_next(head->source))
        intake_flush(&merge->capture->intake);
    enum source_state state = source_next(head->source, &head->frame, error, sizeof error);
    if (state == SOURCE_FRAME)
        return;
    if (state == SOURCE_BROKEN)
        note_error(merge, error);
    if (state == SOURCE_TRUNCATED)
        merge->capture->tally->lost[LOSS_FILE_TRUNCATED]++;
    end_head(merge, head);
}

static void open_head(struct merge *merge, struct head *head, const char *path, uint32_t file) {
    char error[CAPTURE_ERROR_SIZE];
    const struct capture *capture = merge->capture;
    struct reading reading = {capture->go_on, capture->go_on_context, capture->follow && file + 1 == merge->count};
    head->source = source_open(path, file, capture->filter, &reading, error, sizeof error);
    if (head->source == NULL) {
        note_error(merge, error);
        return;
    }
    merge->capture->tally->files++;
    head->size = source_size(head->source);
    advance(merge, head);
}

/* The file whose frame comes next, and until which time it stays the one; equal times follow the order of the files. */
static struct head *earliest(const struct merge *merge, int64_t *until) {
    struct head *first = NULL;
    *until = INT64_MAX;
    for (uint32_t i = 0; i < merge->count; i++) {
        struct head *head = &merge->heads[i];
        if (head->source == NULL)
            continue;
        if (first == NULL) {
            first = head;
        } else if (head->frame.seen.time < first->frame.seen.time) {
            *until = first->frame.seen.time;
            first = head;
        } else if (head->frame.seen.time < *until) {
            *until = head->frame.seen.time;
        }
    }
    return first;
}

static void tell_progress(const struct merge *merge) {
    double position = 0;
    double size = 0;
    for (uint32_t i = 0; i < merge->count; i++) {
        const struct head *head = &merge->heads[i];
        position += (double)(head->source != NULL ? source_position(head->source) : head->position);
        size += (double)head->size;
    }
    double share = size > 0 ? position / size : 0;
    merge->capture->progress(merge->capture->progress_context, share < 1 ? share : 1);
}

static void take_all(struct merge *merge) {
    struct capture *capture = merge->capture;
    int64_t until;
    struct head *head;
    while ((head = earliest(merge, &until)) != NULL) {
        do {
            bool wanted = source_wants(head->source);
            intake_frame(&capture->intake, &head->frame, wanted);
            if (capture->progress != NULL && capture->tally->frames % PROGRESS_FRAMES == 0)
                tell_progress(merge);
            advance(merge, head);
        } while (head->source != NULL && head->frame.seen.time < until);
    }
}

bool capture_read(struct capture *capture, const char *const *paths, uint32_t count,
                  char error[static CAPTURE_ERROR_SIZE]) {
    struct merge merge = {.capture = capture, .count = count, .error = error};
    merge.heads = calloc(count > 0 ? count : 1, sizeof *merge.heads);
    if (merge.heads == NULL) {
        snprintf(error, CAPTURE_ERROR_SIZE, "out of memory");
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        open_head(&merge, &merge.heads[i], paths[i], i);
    take_all(&merge);
    free(merge.heads);
    return !merge.failed;
}

void capture_close(struct capture *capture) {
    intake_close(&capture->intake);
    free(capture->filter);
    free(capture);
}
