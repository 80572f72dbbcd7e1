/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A file, or standard input, as a stream of plain bytes: what gzip or zstd packed is unpacked, told by the content and
 * not by the name. A plain file is handed on as it is. */
struct input {
    FILE *file;         /* whoever takes it closes it; then input_free */
    int64_t size;       /* octets on disk; 0 = not known */
    bool cut;           /* ended in the middle of packed data */
    const char *damage; /* why it could not be read on; NULL: it could */
    /* From here on input's own. */
    struct codec *codec;
    char *buffer;
};

/* False and one line in error if it cannot be opened. */
bool input_open(struct input *input, const char *path, char *error, size_t error_size);
/* Octets of the file that were read so far. */
int64_t input_position(const struct input *input);
/* After its file was closed. */
void input_free(struct input *input);

#endif
