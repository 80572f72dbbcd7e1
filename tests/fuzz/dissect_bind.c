/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bodies of bind, alter_context, their answers and bind_nak, in both byte orders. */
#include "dissect/rpc/bind.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool (*const reads[])(struct reader *, struct fact_bind *) = {bind_read, bind_ack_read, bind_nak_read};
    struct bytes input = {data, size};
    uint8_t settings = take_u8(&input);
    struct reader r = reader_over(input, (settings & 4) != 0 ? ORDER_BIG : ORDER_LITTLE);
    struct fact_bind bind;
    bool read = reads[settings % 4 % 3](&r, &bind);
    REQUIRE(r.at <= input.len);
    REQUIRE(!read || !r.failed);
    if (read) {
        REQUIRE(bind.count <= FACT_MAX_CONTEXTS && bind.count <= bind.offered);
        REQUIRE(is_sound_text(bind.secondary, sizeof bind.secondary));
    }
    return 0;
}
