/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_FOLD_H
#define REPORT_FOLD_H

#include "rules/judge.h"

/* Findings that differ in one thing only are told in one paragraph of the text: FOLD_FROM and more of them that have
 * the rule, severity, cause, server's address, and whether they were averted, in common, and
 *
 *   by clients:     the interface and the server's port as well; only the client differs
 *   by interfaces:  the client as well; only the interface and its port differ
 *
 * Each finding is told once: by clients before by interfaces. The first of a fold, most severe and earliest, is what is
 * told in detail; folds come in the order of their firsts. JSON tells every finding by itself. */
enum { FOLD_FROM = 3 };

enum fold_kind { FOLD_NONE, FOLD_CLIENTS, FOLD_INTERFACES };

struct fold {
    enum fold_kind kind;
    const struct finding **members; /* in the order of the findings */
    size_t count;
};

struct folds {
    struct fold *folds;
    size_t count;
    const struct finding **members; /* of all folds */
};

/* The caller frees them. False: no memory. */
bool fold_findings(const struct judge *judge, struct folds *folds);
void folds_free(struct folds *folds);

#endif
