/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One frame of any link type, and the datagrams that it may be the last piece of. */
#include "capture/decode.h"
#include "tests/fuzz/fuzz.h"

static void check_inside(struct bytes part, struct bytes whole) {
    REQUIRE(part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len));
}

static bool check(enum decoded decoded, const struct packet *packet, struct bytes frame) {
    if (decoded == DECODED_FRAGMENT) {
        check_inside(packet->fragment.bytes, frame);
        REQUIRE(packet->fragment.bytes.len <= packet->fragment.wire);
        REQUIRE(packet->fragment.offset + packet->fragment.wire <= UINT16_MAX);
        return true;
    }
    if (decoded == DECODED_TCP || decoded == DECODED_UDP || decoded == DECODED_ARP)
        check_inside(packet->payload, frame);
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int links[] = {1, 0, 101, 113, 276, 108, 228, 229, 9, 50, 51, 104, 149, 219, 239, 258};
    struct bytes input = {data, size};
    uint8_t link = take_u8(&input);
    uint8_t cut = take_u8(&input);
    struct frame frame = {.bytes = input, .wire = (uint32_t)input.len + cut, .seen = {1, 1, 0}};
    frame.link = link < 128 ? links[link & 15] : take_u16(&input);
    frame.bytes = input;
    struct packet packet;
    enum decoded decoded = decode_frame(&frame, &packet);
    for (unsigned depth = 0; check(decoded, &packet, input); depth++) {
        REQUIRE(depth < 64);
        struct fragment whole = packet.fragment; /* as if the pieces before it and behind it had come */
        whole.offset = 0;
        whole.more = false;
        decoded = decode_whole(&whole, &frame.seen, &packet);
    }
    return 0;
}
