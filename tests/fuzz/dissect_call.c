/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bodies of request, response and fault. */
#include "dissect/rpc/call.h"
#include "tests/fuzz/fuzz.h"

static void read_stub(struct reader *r, uint8_t flags) {
    struct bytes stub;
    if (stub_read(r, flags, &stub))
        REQUIRE(stub.at >= r->bytes.at && stub.at + stub.len <= r->bytes.at + r->bytes.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes input = {data, size};
    uint8_t settings = take_u8(&input), flags = take_u8(&input);
    struct reader r = reader_over(input, (settings & 4) != 0 ? ORDER_BIG : ORDER_LITTLE);
    struct request request;
    struct fault fault;
    uint16_t context;
    if ((settings & 3) >= 2)
        REQUIRE(fault_read(&r, &fault) == !r.failed);
    else if ((settings & 3) == 0 ? request_read(&r, &request) : response_read(&r, &context))
        read_stub(&r, flags);
    REQUIRE(r.at <= input.len);
    return 0;
}
