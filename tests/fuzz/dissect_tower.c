/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protocol towers. */
#include "dissect/stub/tower.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fact_tower tower;
    if (tower_read((struct bytes){data, size}, &tower)) {
        REQUIRE(tower.transport < TRANSPORT_KINDS);
        REQUIRE(is_sound_text(tower.name, sizeof tower.name));
        REQUIRE(tower.endpoint.address.family == ADDRESS_NONE || tower.endpoint.address.family == ADDRESS_IPV4);
    }
    return 0;
}
