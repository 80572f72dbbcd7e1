/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATE_ROWS_H
#define STATE_ROWS_H

#include "report/file_names.h"
#include "rules/memory.h"

#include <sqlite3.h>

/* The tables of the file, and their rows as items of a memory. Internal to state/. */

struct table {
    const char *name;
    int columns;
    const char *create; /* as the database keeps it */
};

/* Of each kind of item, and the names of captures. */
enum { TABLE_FILES = MEMORY_KINDS, TABLES };
enum { STATE_MAX_PATH = 4096 }; /* a longer name is not kept */
extern const struct table STATE_TABLES[TABLES];

/* The column `file` of a sighting is the place of a name in the table of files, from 1; 0: it is not known. */
struct row_files {
    uint32_t numbers[FILE_NAMES_MAX + 1]; /* by place: as in a sighting */
    uint32_t places[FILE_NAMES_MAX + 1];  /* by that number, less EARLIER_FILES; 0: it has none */
    uint32_t count;
};

/* One row of the statement, a SELECT *. False: it is none that rows_put would have written. */
bool rows_take_file(sqlite3_stmt *row, struct row_files *files, struct file_names *names);
bool rows_take(sqlite3_stmt *row, enum memory_kind kind, const struct row_files *files, struct memory_item *item);

/* Binds the values of an INSERT. A file that has no place any more is left out of the sighting. */
void rows_put(sqlite3_stmt *insert, const struct memory_item *item, const struct row_files *files);
/* Gives a file a place, if it has none and there is room. */
void rows_place(struct row_files *files, uint32_t number);

#endif
