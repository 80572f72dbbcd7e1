/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_FILE_NAMES_H
#define REPORT_FILE_NAMES_H

#include "wire/sighting.h"

/* The names behind sighting.file. Keeps its own copies. */
enum { FILE_NAMES_MAX = 4096 };

struct name_list {
    char **names;
    uint32_t count;
};

struct file_names {
    struct name_list now, earlier; /* the files of this run, and those that count from EARLIER_FILES */
    uint32_t latest;               /* most facts come from the file of the fact before */
};

/* Adds a name that need not be new: the files of one command line count by their place. False: no memory, or full. */
bool file_names_add(struct file_names *files, const char *name);
/* The number of this name, added if it is new. False: no memory, or full. */
bool file_names_intern(struct file_names *files, const char *name, uint32_t *number);
/* The same of a file that an earlier run read; the number is EARLIER_FILES at least. */
bool file_names_recall(struct file_names *files, const char *name, uint32_t *number);
/* "" where there is no such file. */
const char *file_names_at(const struct file_names *files, uint32_t number);
void file_names_free(struct file_names *files);

#endif
