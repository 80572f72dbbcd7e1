/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* fopencookie */
#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { BUFFER_SIZE = 1 << 17, MAGIC_SIZE = 4 };

enum format { FORMAT_PLAIN, FORMAT_GZIP, FORMAT_ZSTD };

/* What stands between a descriptor and the FILE that is read, unless it is a plain file. */
struct codec {
    struct input *input;
    enum format format;
    int fd;
    int64_t position;
    bool ended;   /* the descriptor is at its end */
    bool between; /* a member or frame of packed data is complete */
    z_stream gzip;
    ZSTD_DStream *zstd;
    size_t at, len; /* what is left in packed */
    uint8_t packed[BUFFER_SIZE];
};

static bool refill(struct codec *codec) {
    if (codec->at < codec->len || codec->ended)
        return true;
    ssize_t n;
    do
        n = read(codec->fd, codec->packed, sizeof codec->packed);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        codec->input->damage = strerror(errno);
        return false;
    }
    codec->ended = n == 0;
    codec->at = 0;
    codec->len = (size_t)n;
    codec->position += n;
    return true;
}

static size_t copy(struct codec *codec, char *out, size_t size) {
    size_t n = codec->len - codec->at < size ? codec->len - codec->at : size;
    memcpy(out, codec->packed + codec->at, n);
    codec->at += n;
    return n;
}

/* Members may follow each other (RFC 1952 2.2); zeros may follow them. */
static size_t inflate_some(struct codec *codec, char *out, size_t size) {
    z_stream *z = &codec->gzip;
    if (codec->between && inflateReset(z) != Z_OK)
        return 0;
    z->next_in = codec->packed + codec->at;
    z->avail_in = (uInt)(codec->len - codec->at);
    z->next_out = (Bytef *)out;
    z->avail_out = (uInt)size;
    int result = inflate(z, Z_NO_FLUSH);
    codec->at = codec->len - z->avail_in;
    codec->between = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        codec->input->damage = "the gzip data is damaged";
    return size - z->avail_out;
}

static size_t unpack_zstd(struct codec *codec, void *out, size_t size) {
    ZSTD_inBuffer in = {codec->packed, codec->len, codec->at};
    ZSTD_outBuffer unpacked = {out, size, 0};
    size_t result = ZSTD_decompressStream(codec->zstd, &unpacked, &in);
    codec->at = in.pos;
    codec->between = result == 0;
    if (ZSTD_isError(result))
        codec->input->damage = "the zstd data is damaged";
    return unpacked.pos;
}

static size_t unpack(struct codec *codec, char *out, size_t size) {
    switch (codec->format) {
    case FORMAT_GZIP:
        return inflate_some(codec, out, size);
    case FORMAT_ZSTD:
        return unpack_zstd(codec, out, size);
    case FORMAT_PLAIN:
    default:
        return copy(codec, out, size);
    }
}

static bool all_zero(const struct codec *codec) {
    for (size_t i = codec->at; i < codec->len; i++)
        if (codec->packed[i] != 0)
            return false;
    return true;
}

/* A packer may still hold some octets when its input is at its end. */
static ssize_t codec_read(void *cookie, char *out, size_t size) {
    struct codec *codec = cookie;
    for (;;) {
        if (codec->input->damage != NULL || !refill(codec)) {
            errno = EIO;
            return -1;
        }
        if (codec->between && (codec->at == codec->len || all_zero(codec))) {
            if (codec->ended)
                return 0;
            codec->at = codec->len;
            continue;
        }
        size_t n = unpack(codec, out, size);
        if (n > 0)
            return (ssize_t)n;
        if (codec->ended && codec->at == codec->len) {
            codec->input->cut = codec->format != FORMAT_PLAIN && !codec->between;
            return 0;
        }
    }
}

static int codec_close(void *cookie) {
    struct codec *codec = cookie;
    if (codec->format == FORMAT_GZIP)
        inflateEnd(&codec->gzip);
    ZSTD_freeDStream(codec->zstd);
    codec->zstd = NULL;
    return codec->fd == STDIN_FILENO ? 0 : close(codec->fd);
}

static bool starts_with(const struct codec *codec, const char *magic, size_t len) {
    return codec->len >= len && memcmp(codec->packed, magic, len) == 0;
}

static bool fail(char *error, size_t error_size, const char *path, const char *why) {
    snprintf(error, error_size, "%s: %s", path, why);
    return false;
}

static bool choose(struct codec *codec, const char *path, char *error, size_t error_size) {
    if (starts_with(codec, "\x1f\x8b", 2)) {
        codec->format = FORMAT_GZIP;
        if (inflateInit2(&codec->gzip, 15 + 16) != Z_OK)
            return fail(error, error_size, path, "out of memory");
    } else if (starts_with(codec, "\x28\xb5\x2f\xfd", 4)) {
        codec->format = FORMAT_ZSTD;
        codec->zstd = ZSTD_createDStream();
        if (codec->zstd == NULL)
            return fail(error, error_size, path, "out of memory");
    } else if (starts_with(codec,
                           "\xfd"
                           "7zXZ",
                           5) ||
               starts_with(codec, "BZh", 3) || starts_with(codec, "\x04\x22\x4d\x18", 4)) {
        return fail(error, error_size, path, "packed by xz, bzip2 or lz4; unpack it first (gzip and zstd are read)");
    } else if (codec->len == 0) {
        return fail(error, error_size, path, "empty; nothing was captured to it");
    }
    return true;
}

/* The first octets tell the format. A pipe may deliver them one by one. */
static bool fill_magic(struct codec *codec) {
    while (codec->len < MAGIC_SIZE) {
        ssize_t n = read(codec->fd, codec->packed + codec->len, sizeof codec->packed - codec->len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n == 0)
            break;
        codec->len += n > 0 ? (size_t)n : 0;
    }
    codec->position = (int64_t)codec->len;
    return true;
}

/* Only what can be rewound is handed on as it is. */
static bool is_plain_file(const struct codec *codec) {
    return codec->format == FORMAT_PLAIN && codec->fd != STDIN_FILENO && lseek(codec->fd, 0, SEEK_SET) == 0;
}

static FILE *open_packed(struct codec *codec) {
    return fopencookie(codec, "rb", (cookie_io_functions_t){.read = codec_read, .close = codec_close});
}

static bool open_file(struct input *input, const char *path, char *error, size_t error_size) {
    struct codec *codec = input->codec;
    if (!fill_magic(codec))
        return fail(error, error_size, path, strerror(errno));
    if (!choose(codec, path, error, error_size))
        return false;
    struct stat status;
    if (fstat(codec->fd, &status) == 0 && S_ISREG(status.st_mode))
        input->size = (int64_t)status.st_size;
    bool plain = is_plain_file(codec);
    input->file = plain ? fdopen(codec->fd, "rb") : open_packed(codec);
    if (input->file == NULL)
        return fail(error, error_size, path, strerror(errno));
    if (plain)
        codec->fd = -1;
    input->buffer = malloc(BUFFER_SIZE);
    if (input->buffer != NULL)
        setvbuf(input->file, input->buffer, _IOFBF, BUFFER_SIZE);
    return true;
}

bool input_open(struct input *input, const char *path, char *error, size_t error_size) {
    *input = (struct input){0};
    input->codec = calloc(1, sizeof *input->codec);
    if (input->codec == NULL)
        return fail(error, error_size, path, "out of memory");
    input->codec->input = input;
    input->codec->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (input->codec->fd < 0) {
        fail(error, error_size, path, strerror(errno));
    } else if (open_file(input, path, error, error_size)) {
        return true;
    } else {
        codec_close(input->codec);
    }
    input_free(input);
    return false;
}

int64_t input_position(const struct input *input) {
    if (input->codec->fd >= 0)
        return input->codec->position;
    return input->file != NULL ? (int64_t)ftello(input->file) : 0;
}

void input_free(struct input *input) {
    free(input->codec);
    free(input->buffer);
    *input = (struct input){0};
}
