/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/page.h"

/* Results as text for people: the verdict first, then what limits it, then each finding in one paragraph, then the
 * sessions and bindings as tables. Nothing is wider than PAGE_WIDTH columns. False: no memory. */
bool text_report(struct page *page, const struct results *results);
/* The binding table, whose addresses are one server, and what limits it. */
bool text_bindings_report(struct page *page, const struct results *results);

/* The parts of it. */
void text_verdict(struct page *page, const struct results *results);
void text_limits(struct page *page, const struct results *results);
/* A paragraph each, folded (report/fold.h); verbose: each by itself, with all of its evidence; quiet: a line each. */
bool text_findings(struct page *page, const struct results *results);
/* At most so many rows of the table, and how many more there are. Sessions of one client, server, interface and
 * outcome share a row. */
bool text_sessions(struct page *page, const struct results *results, size_t rows);
bool text_bindings(struct page *page, const struct results *results, size_t rows);
/* What the inventory keeps from being told: findings that are suppressed, sessions that are not judged. */
void text_left_out(struct page *page, const struct results *results);
/* What an inventory declares of clusters; and where packets contradict it. */
bool text_declared(struct page *page, const struct inventory *inventory);
void text_contradictions(struct page *page, const struct results *results);
/* Which addresses are one server, or of one cluster, and how that is known; and what was before, or is contradicted. */
void text_servers(struct page *page, const struct results *results);
void text_history(struct page *page, const struct results *results);

/* The rows of a table that is only a part of the report. */
enum { TEXT_MAX_ROWS = 40 };

#endif
