/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How long to read on. */
struct reading {
    bool (*go_on)(void *context); /* asked before each read, and again and again while waiting; NULL: always */
    void *context;
    bool follow; /* the file is still being written: at its end more is waited for */
};

/* A file, or standard input, as a stream of plain bytes: what gzip or zstd packed is unpacked, told by the content and
 * not by the name.
 *
 * A file that is followed ends when it was removed, or another one took its name; if it becomes shorter, that is
 * damage. One that is packed cannot be followed. */
struct input {
    int64_t size;       /* octets on disk; 0 = not known */
    int64_t position;   /* octets of the file that were read so far */
    bool cut;           /* ended in the middle of packed data */
    bool stopped;       /* it was not to go on */
    const char *damage; /* why it could not be read on; NULL: it could */
    /* From here on input's own. */
    struct reading reading;
    const char *path;
    int fd;
    bool waits; /* no file on disk: the next octets may take their time */
    bool gone;  /* followed, and no longer there under its name */
    uint8_t start[8];
    size_t start_at, start_len; /* what is left in start */
    struct codec *codec;        /* NULL: nothing is packed */
};

/* False and one line in error if it cannot be opened. The path ("-" is standard input) is borrowed; so is reading's
 * context. */
bool input_open(struct input *input, const char *path, const struct reading *reading, char *error, size_t error_size);
/* Reads some octets, at most size of them; 0 at the end, whatever kind of end that is. */
size_t input_read(struct input *input, void *to, size_t size);
void input_close(struct input *input);

#endif
