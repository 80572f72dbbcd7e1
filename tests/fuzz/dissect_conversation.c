/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections through the whole of dissect, by a script: see play_message; once with each message whole, once in
 * pieces. What is told is written down, and it must not be more than what came. */
#include "tests/dissect/play.h"
#include "tests/fuzz/fuzz.h"

static void begin(struct play *p, uint8_t settings) {
    static const uint16_t ports[] = {135, 1112, 445, 593, 139, 49664, 80, 5985};
    play_again(p, ports[settings & 7], (settings & 8) != 0);
    if ((settings & 16) != 0)
        p->flow.sides[FROM_SERVER].ttl = 0;
    if ((settings & 32) != 0)
        p->flow.sides[FROM_CLIENT].ttl = 0;
    if ((settings & 64) == 0)
        play_open(p);
}

enum { CONNECTION = 64 }; /* kinds from here on begin another connection, whose settings are the kind itself */

/* Kinds 0 and 1: bytes from server and client; 2 and 3: so many bytes are missing; 4 … 7: events. */
static void play_message(struct play *p, const struct message *message, size_t piece) {
    static const enum segment_kind events[] = {SEGMENT_SYN_AGAIN, SEGMENT_REFUSED, SEGMENT_UNREACHABLE, SEGMENT_OPENED};
    enum direction direction = (message->kind & 1) != 0 ? FROM_CLIENT : FROM_SERVER;
    struct bytes bytes = message->bytes;
    if (message->kind >= CONNECTION) {
        play_close(p, (enum close_reason)(take_u8(&bytes) & 3));
        begin(p, message->kind);
    } else if (message->kind >= 4) {
        play_event(p, events[message->kind & 3]);
    } else if (message->kind >= 2) {
        play_gap(p, direction, (uint64_t)take_u32(&bytes) + 1);
    } else if (p->interested) {
        play_pieces(p, direction, bytes, piece == 0 ? SIZE_MAX : piece);
    }
}

static void play_script(struct play *p, struct bytes script, size_t piece) {
    struct bytes settings = script_settings(&script);
    struct message message;
    play_start(p);
    begin(p, take_u8(&settings));
    while (script_next(&script, &message))
        play_message(p, &message, piece);
    play_close(p, CLOSE_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct play whole, pieces;
    struct bytes script = {data, size};
    play_script(&whole, script, 0);
    play_script(&pieces, script, 1 + size % 61);
    REQUIRE(whole.facts <= 16 + size && pieces.facts <= 16 + size);
    play_stop(&whole);
    play_stop(&pieces);
    return 0;
}
