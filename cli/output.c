/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* stat */
#include "cli/output.h"

#include "cli/complaint.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static bool is_same_file(const struct stat *a, const char *path) {
    struct stat b;
    return stat(path, &b) == 0 && S_ISREG(b.st_mode) && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

static bool is_input(const char *path, const char *const *inputs, uint32_t count) {
    struct stat output;
    if (stat(path, &output) != 0)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (is_same_file(&output, inputs[i]))
            return true;
    return false;
}

bool output_open(struct output *output, const char *path, const char *const *inputs, uint32_t count, const char *config,
                 const char *state) {
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing, told at the end */
    *output = (struct output){stdout, NULL};
    if (path == NULL || strcmp(path, "-") == 0)
        return true;
    output->path = path;
    if (is_input(path, inputs, count) || (config != NULL && is_input(path, &config, 1)) ||
        (state != NULL && is_input(path, &state, 1))) {
        complain(path, "is an input too: give -w another file");
        return false;
    }
    output->file = fopen(path, "w");
    if (output->file == NULL)
        complain_errno(path);
    return output->file != NULL;
}

bool output_close(struct output *output) {
    errno = 0;
    bool written = fflush(output->file) == 0 && !ferror(output->file);
    int reason = errno;
    if (fclose(output->file) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (!written && reason != EPIPE) {
        char what[128];
        snprintf(what, sizeof what, "not all of the results could be written%s%s", reason == 0 ? "" : ": ",
                 reason == 0 ? "" : strerror(reason));
        complain(output->path == NULL ? "standard output" : output->path, what);
    }
    return written;
}
