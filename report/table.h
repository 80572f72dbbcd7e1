/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/page.h"

/* A table on a page: columns as wide as their cells, narrowed where the page is too narrow; a cell that does not fit
 * its column goes on below. Keeps copies of the cells. */

enum { TABLE_MAX_COLUMNS = 8 };

struct table {
    size_t columns, rows, room;
    char **cells; /* row by row, the headings first */
    bool failed;  /* no memory */
};

struct table table_open(const char *const *headings, size_t columns);
/* As many cells as there are columns. */
void table_row(struct table *table, const char *const *cells);
/* Prints the table, unless it has no row, and frees it. False: no memory. */
bool table_close(struct table *table, struct page *page);

#endif
