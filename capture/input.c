/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* nanosleep, poll */
#include "capture/input.h"
#include "capture/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 200 };

/* At the end of a file that is followed: whether to try again. */
static bool more_may_come(struct input *in) {
    struct stat held;
    struct stat named;
    if (in->gone || fstat(in->fd, &held) != 0)
        return false;
    if (held.st_size < in->position) {
        in->damage = "it became shorter while it was followed";
        return false;
    }
    /* Then it is read to its end once more: something may have been written to it in between. */
    in->gone = stat(in->path, &named) != 0 || named.st_ino != held.st_ino || named.st_dev != held.st_dev;
    if (!in->gone)
        nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
    return true;
}

static bool is_ready(const struct input *in) {
    if (!in->waits)
        return true;
    int ready = poll(&(struct pollfd){.fd = in->fd, .events = POLLIN}, 1, WAIT_MS);
    return ready > 0 || (ready < 0 && errno != EINTR);
}

static bool goes_on(struct input *in) {
    in->stopped = in->reading.go_on != NULL && !in->reading.go_on(in->reading.context);
    return !in->stopped && in->damage == NULL;
}

/* From the descriptor. */
static size_t take(struct input *in, void *to, size_t size) {
    while (goes_on(in)) {
        if (!is_ready(in))
            continue;
        ssize_t n = read(in->fd, to, size);
        if (n > 0) {
            in->position += n;
            return (size_t)n;
        }
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            in->damage = strerror(errno);
        if (n == 0 && !(in->reading.follow && more_may_come(in)))
            return 0;
    }
    return 0;
}

static bool is_standard_input(const struct input *in) { return strcmp(in->path, "-") == 0; }

static bool fail(struct input *in, char *error, size_t error_size, const char *why) {
    snprintf(error, error_size, "%s: %s", in->path, why);
    return false;
}

static bool starts_with(const struct input *in, const char *magic, size_t len) {
    return in->start_len >= len && memcmp(in->start, magic, len) == 0;
}

static bool open_packed(struct input *in, enum packing packing, char *error, size_t error_size) {
    if (in->reading.follow)
        return fail(in, error, error_size, "is packed, and a packed file cannot be followed; leave --follow away");
    in->codec = codec_open(packing);
    return in->codec != NULL || fail(in, error, error_size, "out of memory");
}

/* The first octets tell the packing. */
static bool choose(struct input *in, char *error, size_t error_size) {
    if (starts_with(in, "\x1f\x8b", 2))
        return open_packed(in, PACKING_GZIP, error, error_size);
    if (starts_with(in, "\x28\xb5\x2f\xfd", 4))
        return open_packed(in, PACKING_ZSTD, error, error_size);
    if (starts_with(in, "\xfd\x37zXZ", 5) || starts_with(in, "BZh", 3) || starts_with(in, "\x04\x22\x4d\x18", 4))
        return fail(in, error, error_size, "packed by xz, bzip2 or lz4; unpack it first (gzip and zstd are read)");
    if (in->start_len == 0 && !in->stopped)
        return fail(in, error, error_size, "empty; nothing was captured to it");
    return true;
}

static bool open_file(struct input *in, char *error, size_t error_size) {
    struct stat status;
    if (fstat(in->fd, &status) != 0)
        return fail(in, error, error_size, strerror(errno));
    if (S_ISREG(status.st_mode))
        in->size = (int64_t)status.st_size;
    else
        in->waits = true;
    /* Standard input has no name to follow, and a pipe is followed by nature. */
    in->reading.follow = in->reading.follow && !in->waits && !is_standard_input(in);
    size_t n;
    while (in->start_len < sizeof in->start &&
           (n = take(in, in->start + in->start_len, sizeof in->start - in->start_len)) > 0)
        in->start_len += n;
    return in->damage != NULL ? fail(in, error, error_size, in->damage) : choose(in, error, error_size);
}

bool input_open(struct input *input, const char *path, const struct reading *reading, char *error, size_t error_size) {
    *input = (struct input){.reading = *reading, .path = path};
    /* Not to wait here for whoever will write to a named pipe: is_ready does. */
    input->fd = is_standard_input(input) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (input->fd < 0)
        return fail(input, error, error_size, strerror(errno));
    if (open_file(input, error, error_size))
        return true;
    input_close(input);
    return false;
}

/* As it lies in the file: first what was looked at to tell the packing. */
static size_t read_plain(void *context, void *to, size_t size) {
    struct input *in = context;
    size_t n = in->start_len - in->start_at;
    if (n == 0)
        return take(in, to, size);
    if (n > size)
        n = size;
    memcpy(to, in->start + in->start_at, n);
    in->start_at += n;
    return n;
}

size_t input_read(struct input *input, void *to, size_t size) {
    if (input->codec == NULL)
        return read_plain(input, to, size);
    /* Much may be packed in little: so it is asked here, too. */
    size_t n = goes_on(input) ? codec_read(input->codec, read_plain, input, to, size) : 0;
    if (n == 0 && !input->stopped && input->damage == NULL) {
        input->damage = codec_damage(input->codec);
        input->cut = codec_is_within(input->codec);
    }
    return n;
}

void input_close(struct input *input) {
    if (input->codec != NULL)
        codec_close(input->codec);
    if (input->fd >= 0 && !is_standard_input(input))
        close(input->fd);
    *input = (struct input){.fd = -1};
}
