/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/call.h"

#include "dissect/rpc/pdu.h"

/* C706 12.6.4.9. */
bool request_read(struct reader *r, struct request *request) {
    reader_skip(r, 4); /* alloc_hint */
    request->context = reader_u16(r);
    request->opnum = reader_u16(r);
    return !r->failed;
}

/* C706 12.6.4.10. */
bool response_read(struct reader *r, uint16_t *context) {
    reader_skip(r, 4); /* alloc_hint */
    *context = reader_u16(r);
    reader_skip(r, 2); /* cancel_count, reserved */
    return !r->failed;
}

/* C706 12.6.4.7, MS-RPCE 2.2.2.8. Extended error information may follow. */
bool fault_read(struct reader *r, struct fault *fault) {
    reader_skip(r, 4); /* alloc_hint */
    fault->context = reader_u16(r);
    reader_skip(r, 2); /* cancel_count, flags */
    fault->status = reader_u32(r);
    return !r->failed;
}

/* The object of a request stands between its fixed part and the stub. Responses never set the flag. */
bool stub_read(struct reader *r, uint8_t flags, struct bytes *stub) {
    if ((flags & PFC_OBJECT_UUID) != 0)
        reader_skip(r, 16);
    *stub = reader_take(r, reader_left(r));
    return !r->failed;
}
