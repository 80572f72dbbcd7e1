/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "wire/bytes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* What every fuzz target is: one input, of which any bytes are sound; returns 0. What must hold is REQUIREd. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(holds)                                                                                                 \
    do {                                                                                                               \
        if (!(holds)) {                                                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds);                                 \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Inputs of several messages: each begins with a mark, "\1PKT" and one octet that tells its kind, and ends where the
 * next mark is, so that a mutation which adds or takes away octets leaves the other messages as they are. (Zeek's
 * fuzzers write conversations so, with 1 for the client and 0 for the server.) What stands in front of the first mark
 * are settings. */
struct message {
    uint8_t kind;
    struct bytes bytes;
};

/* Takes the settings off the script: the octets before the first mark. */
struct bytes script_settings(struct bytes *script);
/* Takes the next message off the script; false: there is none. */
bool script_next(struct bytes *script, struct message *message);

/* The next octet of settings, or numbers made of them; zeros behind the end. */
uint8_t take_u8(struct bytes *from);
uint16_t take_u16(struct bytes *from);
uint32_t take_u32(struct bytes *from);

/* A copy in memory of its own, so that a sanitizer sees a read beyond either end. The caller frees it. */
uint8_t *apart(struct bytes bytes);

/* What holds of text in facts: it ends, and is UTF-8. */
bool is_sound_text(const char *text, size_t size);

#endif
