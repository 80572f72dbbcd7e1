/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where results go: standard output, or the file of -w. Both functions complain themselves. */
struct output {
    FILE *file;
    const char *path; /* NULL: standard output */
};

/* A file that is also an input, the configuration or the state (both may be NULL), is refused: writing would empty it.
 */
bool output_open(struct output *output, const char *path, const char *const *inputs, uint32_t count, const char *config,
                 const char *state);
/* False if not all of it is written. A reader that went away early is told of by the status alone. */
bool output_close(struct output *output);

#endif
