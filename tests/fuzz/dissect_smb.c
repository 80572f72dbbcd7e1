/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cutter of SMB messages, of both dialects: one direction of a stream, whole and in pieces. Of a stream that is
 * seen from its beginning, and up to where it is none of SMB, the same messages must come, with the same contents. */
#include "dissect/smb/smb_cutter.h"
#include "tests/fuzz/fuzz.h"

struct cuts {
    uint64_t hash;    /* of the messages, */
    uint64_t carried; /* and of what they carry, each octet once */
    bool searched;    /* for the next frame, which must begin where a segment does */
};

static void mix(uint64_t *hash, uint64_t value) { *hash = (*hash ^ value) * UINT64_C(0x100000001b3); }

static void mix_bytes(uint64_t *hash, struct bytes bytes) {
    for (size_t i = 0; i < bytes.len; i++)
        mix(hash, bytes.at[i]);
}

static void note_message(struct cuts *cuts, const struct smb_message *head) {
    REQUIRE(head->content != CONTENT_NOTHING || head->length == 0);
    mix(&cuts->hash, (uint64_t)head->command | (uint64_t)head->content << 8 | (uint64_t)head->share << 16);
    mix(&cuts->hash, head->id);
    mix(&cuts->hash, head->session);
    mix(&cuts->hash, (uint64_t)head->offset << 32 | head->length);
    mix(&cuts->hash, (uint64_t)(head->response | head->related << 1 | head->failed << 2 | head->pending << 3));
    mix_bytes(&cuts->hash, (struct bytes){head->file.octets, sizeof head->file.octets});
}

static void note(struct cuts *cuts, const struct smb_cutter *cutter, enum smb_cut cut, struct bytes piece) {
    char name[SMB_CALLED_TEXT_SIZE];
    if (cut == SMB_CUT_LOST)
        cuts->searched = true;
    if (cut == SMB_CUT_CALLED)
        smb_called_name(name, piece);
    if (cuts->searched)
        mix_bytes(&(uint64_t){0}, piece);
    else if (cut == SMB_CUT_MESSAGE)
        note_message(cuts, &cutter->head);
    else if (cut == SMB_CUT_PAYLOAD)
        mix_bytes(&cuts->carried, piece);
    else
        mix(&cuts->hash, 1000 + (uint64_t)cut);
}

static void cut(struct smb_cutter *cutter, struct bytes input, bool skip, struct cuts *cuts) {
    struct bytes piece;
    bool ended = false;
    for (size_t most = 2 * (SMB_CUTTER_HELD + input.len) + 8; most > 0; most--) {
        piece = (struct bytes){0};
        enum smb_cut result = smb_cutter_next(cutter, &input, &piece);
        ended = result == SMB_CUT_NOTHING;
        if (ended)
            break;
        note(cuts, cutter, result, piece);
        if (result == SMB_CUT_MESSAGE && skip)
            smb_cutter_skip(cutter);
    }
    REQUIRE(ended && input.len == 0);
}

enum { MIDSTREAM = 1, SKIPPING = 2, GAPS = 4 };

static struct cuts cut_pieces(struct bytes stream, size_t size, uint8_t settings) {
    struct cuts cuts = {0};
    struct smb_cutter cutter = smb_cutter_start((settings & MIDSTREAM) != 0);
    for (size_t at = 0; at < stream.len; at += size) {
        size_t left = stream.len - at;
        size_t len = left < size ? left : size;
        uint8_t *input = apart((struct bytes){stream.at + at, len});
        cut(&cutter, (struct bytes){input, len}, (settings & SKIPPING) != 0, &cuts);
        free(input);
        uint32_t missing;
        if ((settings & GAPS) != 0 && at % 3 == 0)
            smb_cutter_gap(&cutter, 1 + at % 700, &missing);
    }
    return cuts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes stream = {data, size};
    uint8_t settings = take_u8(&stream);
    uint8_t piece = take_u8(&stream);
    struct cuts whole = cut_pieces(stream, SIZE_MAX / 2, settings);
    struct cuts pieces = cut_pieces(stream, (size_t)piece + 1, settings);
    if ((settings & (MIDSTREAM | SKIPPING | GAPS)) == 0) {
        REQUIRE(whole.hash == pieces.hash);
        REQUIRE(whole.carried == pieces.carried);
    }
    return 0;
}
