/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATE_DATABASE_H
#define STATE_DATABASE_H

#include "state/state.h"

#include <sqlite3.h>

/* The database as a file: whose it is, and whether it is sound. Internal to state/. */

enum found { FOUND_OURS, FOUND_NOTHING, FOUND_UNUSABLE };

/* Looks at the file without SQLite, which would touch it: FOUND_NOTHING, it is missing or empty; FOUND_UNUSABLE, and
 * why.
 */
enum found database_look(const char *path, char error[static STATE_ERROR_SIZE]);
/* Whether it can be written, or made. */
bool database_may_write(const char *path, enum found found, char error[static STATE_ERROR_SIZE]);

/* With `make` it need not be there. NULL: it cannot be opened, and why. Close it with sqlite3_close; a transaction that
 * is open then changes nothing. */
sqlite3 *database_open(const char *path, bool make, char error[static STATE_ERROR_SIZE]);
/* Runs SQL that gives no rows. */
bool database_do(sqlite3 *database, const char *sql, char error[static STATE_ERROR_SIZE]);
/* In a transaction: whether it is ours and sound; with `make`, it is made so if it is empty. */
bool database_check(sqlite3 *database, bool make, char error[static STATE_ERROR_SIZE]);
/* Tells the last error of the database; false, always. */
bool database_fails(sqlite3 *database, char error[static STATE_ERROR_SIZE]);
/* There is something in it that bindsight would not have written; false, always. */
bool database_damaged(char error[static STATE_ERROR_SIZE], const char *where);

#endif
