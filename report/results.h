/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_RESULTS_H
#define REPORT_RESULTS_H

#include "report/file_names.h"
#include "rules/judge.h"

/* What a run found, as the reports tell it. Everything is borrowed. */
struct results {
    const struct judge *judge; /* finished */
    const struct tally *tally; /* of all stages, the judge's too */
    const struct file_names *files;
    bool several_files; /* a frame number alone does not say which frame */
    bool incomplete;    /* the work ended before the input did: a file failed, or an interrupt */
    uint64_t cut_off;   /* files of facts that end without saying that their capture ended */
    double elapsed;     /* seconds */
};

#endif
