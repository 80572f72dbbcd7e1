/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The PDU cutter: one direction of a stream, whole, and in pieces. Of a stream that is seen from its beginning, and up
 * to where it is none of RPC, the same PDUs must come whatever the pieces are. */
#include "dissect/rpc/cutter.h"
#include "tests/fuzz/fuzz.h"

struct cuts {
    uint64_t hash; /* of all that was cut */
    size_t bytes;
    bool searched; /* for the next PDU, of which the pieces say where it may begin */
};

static void mix(struct cuts *cuts, uint64_t value) {
    if (!cuts->searched)
        cuts->hash = (cuts->hash ^ value) * UINT64_C(0x100000001b3);
}

/* Every octet of a view is read: that is where a sanitizer looks. */
static void mix_bytes(struct cuts *cuts, struct bytes bytes) {
    for (size_t i = 0; i < bytes.len; i++)
        mix(cuts, bytes.at[i]);
}

static void note_pdu(struct cuts *cuts, const struct pdu *pdu) {
    struct bytes body;
    struct auth_verifier auth;
    REQUIRE(pdu->length >= PDU_HEADER_SIZE);
    REQUIRE(pdu->bytes.len >= PDU_HEADER_SIZE && (!pdu->whole || pdu->bytes.len == pdu->length));
    cuts->bytes += pdu->length;
    mix(cuts, pdu->whole);
    mix_bytes(cuts, pdu->whole ? pdu->bytes : (struct bytes){pdu->bytes.at, PDU_HEADER_SIZE});
    if (pdu->whole && pdu_part(pdu, &body, &auth)) {
        REQUIRE(body.len + auth.value.len + PDU_HEADER_SIZE <= pdu->length);
        mix_bytes(cuts, body);
        mix_bytes(cuts, auth.value);
    }
}

static void cut(struct cutter *cutter, struct bytes input, enum proof proof, bool skip, struct cuts *cuts) {
    static const struct sighting seen = {1, 1, 0};
    struct pdu pdu;
    bool ended = false;
    /* Each takes an octet of what is held or comes, or is the last. */
    for (size_t most = 2 * (cutter->end - cutter->start + input.len) + 4; most > 0; most--) {
        enum cut result = cutter_next(cutter, &input, &seen, proof, &pdu);
        ended = result == CUT_NOTHING;
        if (ended)
            break;
        if (result == CUT_PDU)
            note_pdu(cuts, &pdu);
        else if (result == CUT_HEAD && skip)
            cutter_skip_body(cutter);
        else if (result != CUT_HEAD)
            cuts->searched = true;
    }
    REQUIRE(ended && input.len == 0);
}

enum { MOST_HELD = 128 * 1024 }; /* a PDU, the header that proves it, and some more, in a buffer that doubles */

static struct cuts cut_pieces(struct bytes stream, size_t piece, uint8_t settings) {
    struct cuts cuts = {0};
    struct cutter cutter = cutter_start((settings & 1) != 0);
    enum proof proof = (settings & 2) != 0 ? PROOF_NEXT : PROOF_END;
    for (size_t at = 0; at < stream.len; at += piece) {
        size_t left = stream.len - at;
        size_t len = left < piece ? left : piece;
        uint8_t *input = apart((struct bytes){stream.at + at, len});
        cut(&cutter, (struct bytes){input, len}, proof, (settings & 4) != 0, &cuts);
        REQUIRE(cutter.capacity <= MOST_HELD);
        free(input);
        if ((settings & 8) != 0 && at % 3 == 0)
            cutter_gap(&cutter, 1 + at % 700);
    }
    cutter_stop(&cutter);
    return cuts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes stream = {data, size};
    uint8_t settings = take_u8(&stream);
    uint8_t piece = take_u8(&stream);
    struct cuts whole = cut_pieces(stream, SIZE_MAX / 2, settings);
    struct cuts pieces = cut_pieces(stream, (size_t)piece + 1, settings);
    struct cuts octets = cut_pieces(stream, 1, settings);
    REQUIRE(whole.bytes <= stream.len || (settings & 8) != 0);
    if ((settings & 15) == 2) { /* a beginning that has to be proved, all of it there and read */
        REQUIRE(whole.hash == pieces.hash);
        REQUIRE(whole.hash == octets.hash);
    }
    return 0;
}
