/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_STATE_KEPT_H
#define TESTS_STATE_KEPT_H

#include "state/state.h"
#include "tests/rules/story.h"
#include "tests/unit.h"

/* A state file in a folder of its own, and what it keeps. */

enum { PORT = 1112 };
extern char folder[32];
extern char path[64]; /* of the file */

/* Runs the tests with a folder, and clears it away. */
int kept_run(const char *suite, CU_TestInfo *tests);

struct bytes_of_file {
    char *bytes;
    size_t size;
};

/* The caller frees the bytes. */
struct bytes_of_file file_read(const char *name);
void file_write(const char *name, const char *bytes, size_t size);

/* One of each kind: proofs over TCP and UDP, names, a link, stations, and what the client asks for. */
void monday(struct story *s);
bool update(const struct story *s, const char *name, char error[static STATE_ERROR_SIZE]);
/* Of a story that has ended, which it closes. */
void keep(struct story *s, const char *name);
void keep_monday_again(void);
void keep_monday(void);

struct kept {
    struct memory *memory;
    struct file_names names;
};

struct kept kept(void);
void forget(struct kept *kept);

#endif
