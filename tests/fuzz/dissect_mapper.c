/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stubs of ept_map and ept_lookup, questions and answers, in both encodings and byte orders. */
#include "dissect/stub/mapper.h"
#include "tests/fuzz/fuzz.h"

static struct bytes stub;

static void check_inside(struct bytes part) {
    REQUIRE(part.len == 0 || (part.at >= stub.at && part.at + part.len <= stub.at + stub.len));
}

static void map_question(struct reader *r, enum encoding encoding) {
    struct map_question question;
    if (map_question_read(r, encoding, &question))
        check_inside(question.tower);
}

static void map_answer(struct reader *r, enum encoding encoding) {
    struct map_answer answer;
    if (!map_answer_read(r, encoding, &answer))
        return;
    REQUIRE(answer.count <= stub.len / 4);
    for (uint32_t i = 0; i < answer.count; i++)
        check_inside(map_answer_next(&answer));
    REQUIRE(!answer.referents.failed && !answer.towers.failed);
}

static void lookup_question(struct reader *r, enum encoding encoding) {
    REQUIRE(!lookup_question_read(r, encoding) || !r->failed);
}

static void lookup_answer(struct reader *r, enum encoding encoding) {
    struct lookup_answer answer;
    if (!lookup_answer_read(r, encoding, &answer))
        return;
    REQUIRE(answer.count <= stub.len / 16);
    for (uint32_t i = 0; i < answer.count; i++) {
        struct lookup_entry entry = lookup_answer_next(&answer);
        check_inside(entry.tower);
        check_inside(entry.annotation);
    }
    REQUIRE(!answer.entries.failed && !answer.towers.failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const reads[])(struct reader *, enum encoding) = {map_question, map_answer, lookup_question,
                                                                    lookup_answer};
    stub = (struct bytes){data, size};
    uint8_t settings = take_u8(&stub);
    struct reader r = reader_over(stub, (settings & 8) != 0 ? ORDER_BIG : ORDER_LITTLE);
    reads[settings & 3](&r, (settings & 4) != 0 ? NDR64 : NDR20);
    REQUIRE(r.at <= stub.len);
    return 0;
}
