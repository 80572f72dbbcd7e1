/* SPDX-License-Identifier: GPL-3.0-or-later */
/* String bindings: DUALSTRINGARRAYs, and the DCOM answers that hold some, in both encodings and byte orders; and the
 * property lists of cluster resources. */
#include "dissect/stub/activation.h"
#include "dissect/stub/cluster.h"
#include "dissect/stub/dcom.h"
#include "tests/fuzz/fuzz.h"

static void check(struct dualstrings *strings, size_t size) {
    REQUIRE(strings->count <= size / 2);
    for (uint32_t i = 0; i < strings->count; i++) {
        struct fact_binding binding = dualstrings_next(strings);
        REQUIRE(binding.transport < TRANSPORT_KINDS && is_sound_text(binding.name, sizeof binding.name));
    }
    REQUIRE(!strings->bindings.failed);
}

static void read_cluster(struct reader r, enum encoding encoding, uint8_t call) {
    char name[FACT_TEXT_SIZE];
    struct fact_resource resource;
    struct bytes properties;
    struct uuid handle;
    uint32_t code;
    if (call == 0 && cluster_open_question_read(&r, encoding, name))
        REQUIRE(is_sound_text(name, sizeof name));
    else if (call == 1)
        (void)cluster_open_answer_read(&r, &handle);
    else if (call == 2)
        (void)cluster_control_question_read(&r, &handle, &code);
    else if (call == 3 && cluster_control_answer_read(&r, encoding, &properties) &&
             cluster_address_read(properties, &resource) && resource.address.family != ADDRESS_NONE)
        REQUIRE(is_sound_text(resource.network, sizeof resource.network));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes input = {data, size};
    uint8_t settings = take_u8(&input), call = take_u8(&input) % 11;
    enum encoding encoding = (settings & 1) != 0 ? NDR64 : NDR20;
    struct reader r = reader_over(input, (settings & 2) != 0 ? ORDER_BIG : ORDER_LITTLE);
    struct dualstrings strings = {0};
    bool read = false;
    if (call <= DCOM_PROPERTIES)
        read = dcom_answer_read(&r, encoding, (enum dcom_call)call, &strings);
    else if (call == 5)
        read = dualstrings_read(&r, encoding, &strings);
    else if (call == 6)
        read = activation_bindings_read(input, &strings);
    else
        read_cluster(r, encoding, call - 7);
    if (read)
        check(&strings, size);
    return 0;
}
