/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_ANALYSIS_H
#define CLI_ANALYSIS_H

#include "cli/progress.h"
#include "dissect/fact.h"
#include "report/results.h"

#include <stdio.h>

/* The pipeline, spelled out:
 *
 *   captures ──▶ capture ──▶ dissect ──▶ facts ──┬──▶ writer of facts
 *   files of facts ────────▶ merge ──────▶ facts ─┴──▶ judge ──▶ results
 *
 * Complains itself of what goes wrong; what was found before that stays. */
struct analysis {
    struct judge *judge;   /* or */
    struct memory *memory; /* what it recalls; NULL: there is no state */
    FILE *writer;          /* facts go to one of them */
    bool written;          /* writer: so far */
    bool follow;           /* an interrupt is the usual end of the reading, and facts are written at once */
    struct dissect *dissect;
    struct file_names names;
    struct tally tally;  /* of capture and dissect, in this run or in the one that wrote the facts */
    struct tally limits; /* of the judge */
    struct tally summed; /* both; what the results point to */
    uint64_t cut_off;    /* files of facts without an end */
    bool failed;         /* not all of the work could be done */
    struct progress progress;
    int64_t began;
};

/* With a judge, which borrows the inventory, or with a writer of facts. False: no memory. */
bool analysis_open_judge(struct analysis *analysis, const struct inventory *inventory);
bool analysis_open_writer(struct analysis *analysis, FILE *writer);
/* Before the reading, with a judge: what earlier runs left in a file of state; with `update`, it is to be written too.
 * False: it cannot be used. */
bool analysis_recall(struct analysis *analysis, const char *path, bool update);
/* After all else: leaves there what this run saw, unless it could not do all of its work. False: it cannot be written.
 */
bool analysis_remember(struct analysis *analysis, const char *path);
/* Reads captures; filter may be NULL. With follow, the last of them is waited for as it grows. */
void analysis_captures(struct analysis *analysis, const char *const *paths, uint32_t count, const char *filter,
                       bool follow);
/* Reads files of facts. */
void analysis_facts(struct analysis *analysis, const char *const *paths, uint32_t count);
/* After the reading, with a judge: what was found. Borrowed from the analysis. */
struct results analysis_results(struct analysis *analysis);
void analysis_close(struct analysis *analysis);

#endif
