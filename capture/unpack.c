/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/unpack.h"

#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { PACKED_SIZE = 1 << 17, BITE = 1 << 12 };

struct codec {
    enum packing packing;
    bool ended;         /* no more packed octets */
    bool between;       /* a member or frame is complete */
    const char *damage; /* NULL: none so far */
    z_stream gzip;
    ZSTD_DStream *zstd;
    size_t at, len; /* what is left in packed */
    uint8_t packed[PACKED_SIZE];
};

struct codec *codec_open(enum packing packing) {
    struct codec *codec = calloc(1, sizeof *codec);
    if (codec == NULL)
        return NULL;
    codec->packing = packing;
    if (packing == PACKING_ZSTD)
        codec->zstd = ZSTD_createDStream();
    if (packing == PACKING_ZSTD ? codec->zstd != NULL : inflateInit2(&codec->gzip, 15 + 16) == Z_OK)
        return codec;
    free(codec);
    return NULL;
}

void codec_close(struct codec *codec) {
    if (codec->packing == PACKING_GZIP)
        inflateEnd(&codec->gzip);
    ZSTD_freeDStream(codec->zstd);
    free(codec);
}

static size_t unpack_gzip(struct codec *codec, void *out, size_t size) {
    z_stream *z = &codec->gzip;
    if (codec->between)
        inflateReset(z);
    z->next_in = codec->packed + codec->at;
    z->avail_in = (uInt)(codec->len - codec->at);
    z->next_out = out;
    z->avail_out = (uInt)size;
    int result = inflate(z, Z_NO_FLUSH);
    codec->at = codec->len - z->avail_in;
    codec->between = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        codec->damage = "the gzip data is damaged";
    return size - z->avail_out;
}

/* What one call has unpacked before it comes to damage is lost: so not much at a time. */
static size_t unpack_zstd(struct codec *codec, void *out, size_t size) {
    ZSTD_inBuffer in = {codec->packed, codec->len, codec->at};
    ZSTD_outBuffer unpacked = {out, size < BITE ? size : BITE, 0};
    size_t result = ZSTD_decompressStream(codec->zstd, &unpacked, &in);
    codec->at = in.pos;
    codec->between = result == 0;
    if (ZSTD_isError(result))
        codec->damage = ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge
                            ? "zstd needs too much memory for it; unpack it first"
                            : "the zstd data is damaged";
    return unpacked.pos;
}

static bool all_zero(const struct codec *codec) {
    for (size_t i = codec->at; i < codec->len; i++)
        if (codec->packed[i] != 0)
            return false;
    return true;
}

static size_t unpack(struct codec *codec, uint8_t *to, size_t size) {
    if (codec->between && all_zero(codec))
        codec->at = codec->len;
    if (codec->between && codec->at == codec->len)
        return 0;
    return codec->packing == PACKING_GZIP ? unpack_gzip(codec, to, size) : unpack_zstd(codec, to, size);
}

/* For more packed octets it waits only if it has nothing to give. A packer may still hold some octets when its input
 * is at its end. */
size_t codec_read(struct codec *codec, packed_reader reader, void *context, void *to, size_t size) {
    size_t given = 0;
    while (given < size && codec->damage == NULL) {
        size_t n = unpack(codec, (uint8_t *)to + given, size - given);
        given += n;
        if (n > 0 || codec->at < codec->len)
            continue;
        if (given > 0 || codec->ended)
            break;
        codec->at = 0;
        codec->len = reader(context, codec->packed, sizeof codec->packed);
        codec->ended = codec->len == 0;
    }
    return given;
}

bool codec_is_within(const struct codec *codec) { return codec->damage == NULL && !codec->between; }

const char *codec_damage(const struct codec *codec) { return codec->damage; }
