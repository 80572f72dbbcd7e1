/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/facts_merge.h"

#include "cli/complaint.h"
#include "cli/interrupt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 65536 }; /* the longest fact, a bind with 16 contexts, takes a twentieth of it */

struct source {
    const char *path; /* "standard input" for "-" */
    FILE *file;       /* NULL when nothing more is to be had */
    uint64_t line;
    bool has_next, ended, failed;
    struct fact next;
    struct fact end; /* FACT_CAPTURE_ENDED, once it was read */
};

struct merge {
    struct source *sources;
    uint32_t count;
    struct file_names *files;
    char line[LINE_LIMIT];
};

static void source_finish(struct source *source) {
    if (source->file != NULL && source->file != stdin)
        fclose(source->file);
    source->file = NULL;
    source->has_next = false;
}

static void source_fail(struct source *source, const char *why) {
    char where[FILENAME_MAX + 24];
    snprintf(where, sizeof where, "%s:%llu", source->path, (unsigned long long)source->line);
    complain(where, why);
    source->failed = true;
    source_finish(source);
}

static void source_open(struct source *source, const char *path) {
    bool standard = strcmp(path, "-") == 0;
    source->path = standard ? "standard input" : path;
    source->file = standard ? stdin : fopen(path, "r");
    if (source->file != NULL)
        return;
    source->failed = true;
    complain_errno(path);
}

enum line_end { LINE_WHOLE, LINE_LAST, LINE_LONG };

/* The next line without its newline. LINE_LAST: the file ends without one. */
static enum line_end read_line(FILE *file, char line[static LINE_LIMIT], size_t *length) {
    *length = 0;
    for (int c; (c = getc(file)) != EOF; line[(*length)++] = (char)c) {
        if (c == '\n')
            return LINE_WHOLE;
        if (*length == LINE_LIMIT)
            return LINE_LONG;
    }
    return LINE_LAST;
}

/* Flow numbers of all files, each in a residue class of its own. */
static bool renumber(uint64_t *flow, uint32_t index, uint32_t count) {
    if (*flow == 0)
        return true;
    if ((*flow - 1) > (UINT64_MAX - count) / count)
        return false;
    *flow = (*flow - 1) * count + index + 1;
    return true;
}

static void take(struct merge *merge, struct source *source, const struct fact *fact) {
    uint32_t index = (uint32_t)(source - merge->sources);
    if (source->ended) {
        source_fail(source, "facts behind the end of their capture: give each run of 'bindsight facts' its own file");
        return;
    }
    if (fact->kind == FACT_CAPTURE_ENDED) {
        source->end = *fact;
        source->ended = true;
        return;
    }
    source->next = *fact;
    source->has_next = renumber(&source->next.flow, index, merge->count);
    if (!source->has_next)
        source_fail(source, "\"flow\" is too large");
}

static void end_of_file(struct source *source) {
    if (ferror(source->file))
        source_fail(source, errno == 0 ? "cannot be read" : strerror(errno));
    else
        source_finish(source);
}

/* Reads on until the source has a next fact, or nothing more. */
static void source_advance(struct merge *merge, struct source *source) {
    source->has_next = false;
    while (source->file != NULL && !source->has_next) {
        struct fact fact;
        char why[FACT_ERROR_SIZE];
        size_t length;
        errno = 0;
        enum line_end end = read_line(source->file, merge->line, &length);
        if (end == LINE_LAST && (length == 0 || ferror(source->file))) {
            end_of_file(source);
            return;
        }
        source->line++;
        if (end == LINE_LONG)
            source_fail(source, "the line is too long to be a fact");
        else if (fact_read(merge->line, length, merge->files, &fact, why))
            take(merge, source, &fact);
        else if (end == LINE_LAST)
            source_finish(source); /* its writer was cut off in the middle of a line */
        else
            source_fail(source, why);
    }
}

/* The source whose next fact is the earliest; of equals the first. NULL when all are at their end. */
static struct source *earliest(struct merge *merge) {
    struct source *found = NULL;
    for (uint32_t i = 0; i < merge->count; i++) {
        struct source *source = &merge->sources[i];
        if (source->has_next && (found == NULL || source->next.seen.time < found->next.seen.time))
            found = source;
    }
    return found;
}

/* A file that ends without its end was cut off, unless that was us. */
static bool was_cut_off(const struct source *source) {
    if (source->ended || source->failed || interrupt_came())
        return false;
    complain(source->path, "cut off: its facts end before their capture does");
    return true;
}

/* One end for all, at the latest time of any; no fact if there is none. */
static struct facts_merge_end merge_ends(const struct merge *merge, struct fact *fact) {
    struct facts_merge_end end = {0};
    for (uint32_t i = 0; i < merge->count; i++) {
        const struct source *source = &merge->sources[i];
        end.failed = end.failed || source->failed;
        end.cut_off += was_cut_off(source);
        if (!source->ended)
            continue;
        if (fact->kind != FACT_CAPTURE_ENDED || source->end.seen.time > fact->seen.time)
            *fact = source->end;
        tally_add(&end.tally, &source->end.tally);
    }
    fact->tally = end.tally;
    return end;
}

static struct facts_merge_end merge_all(struct merge *merge, const char *const *paths, fact_handler handler,
                                        void *context) {
    for (uint32_t i = 0; i < merge->count; i++)
        source_open(&merge->sources[i], paths[i]);
    for (uint32_t i = 0; i < merge->count; i++)
        source_advance(merge, &merge->sources[i]);
    for (struct source *source; !interrupt_came() && (source = earliest(merge)) != NULL;) {
        handler(context, &source->next);
        source_advance(merge, source);
    }
    struct fact last = {0};
    struct facts_merge_end end = merge_ends(merge, &last);
    if (last.kind == FACT_CAPTURE_ENDED)
        handler(context, &last);
    for (uint32_t i = 0; i < merge->count; i++)
        source_finish(&merge->sources[i]);
    return end;
}

struct facts_merge_end facts_merge(const char *const *paths, uint32_t count, struct file_names *files,
                                   fact_handler handler, void *context) {
    struct facts_merge_end end = {.failed = true};
    struct source *sources = calloc(count, sizeof *sources);
    struct merge *merge = calloc(1, sizeof *merge);
    if (merge == NULL || sources == NULL) {
        complain(NULL, "no memory");
    } else {
        merge->sources = sources;
        merge->count = count;
        merge->files = files;
        end = merge_all(merge, paths, handler, context);
    }
    free(merge);
    free(sources);
    return end;
}
