/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/ndr.h"

uint64_t ndr_size(struct reader *r, enum encoding encoding) {
    reader_align(r, encoding == NDR64 ? 8 : 4);
    return encoding == NDR64 ? reader_u64(r) : reader_u32(r);
}

uint32_t ndr_number(struct reader *r) {
    reader_align(r, 4);
    return reader_u32(r);
}

struct uuid ndr_uuid(struct reader *r) {
    reader_align(r, 4);
    return reader_uuid(r);
}

uint32_t ndr_array(struct reader *r, enum encoding encoding) {
    uint64_t max = ndr_size(r, encoding);
    uint64_t offset = ndr_size(r, encoding);
    uint64_t actual = ndr_size(r, encoding);
    if (actual > UINT32_MAX || offset > max || actual > max - offset)
        r->failed = true;
    return r->failed ? 0 : (uint32_t)actual;
}

uint32_t ndr_count(struct reader *r, enum encoding encoding, size_t item_size) {
    uint64_t count = ndr_size(r, encoding);
    if (count > reader_left(r) / item_size)
        r->failed = true;
    return r->failed ? 0 : (uint32_t)count;
}
