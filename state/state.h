/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include "report/file_names.h"
#include "rules/judge.h"

/* The file that keeps a memory (rules/memory.h) between runs: an SQLite database of ours. Any number of processes may
 * use it at once: each reads it whole in one transaction, and each adds what it saw to what is there by then, in
 * another.
 *
 * What is no such database, or not sound from end to end, is refused and left as it is, byte for byte: a file of
 * somebody else's, of a later version, cut short, damaged, or with anything in it that bindsight would not have
 * written. Nothing in a file is trusted. */

enum { STATE_ERROR_SIZE = 256, STATE_MAX_BYTES = 64 * 1024 * 1024 };

enum state_use {
    STATE_SHOW,  /* the file must be there */
    STATE_UPDATE /* state_update follows: what would keep it from writing is told already now. The file may be missing,
                  * or empty, and so is the memory then */
};

/* Adds what the file keeps to the memory, which is settled then, and the names of its captures to those of earlier
 * runs. False: it cannot be used; the error says in one line why and what to do, without the path. */
bool state_read(const char *path, enum state_use use, struct memory *memory, struct file_names *names,
                char error[static STATE_ERROR_SIZE]);

/* Adds what the judge saw. What was last seen MEMORY_LASTS before the latest of it is forgotten; or before `clock`, the
 * time now, where the captures' clock is ahead of it. False: as above, and nothing is changed. */
bool state_update(const char *path, const struct judge *judge, struct file_names *names, int64_t clock,
                  char error[static STATE_ERROR_SIZE]);

#endif
