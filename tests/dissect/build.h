/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_BUILD_H
#define TESTS_DISSECT_BUILD_H

#include "wire/reader.h"

/* Writes PDUs in either byte order, so that what the parsers should read does not come from the parsers. */
struct octets {
    uint8_t at[80 * 1024];
    size_t len;
    enum byte_order order;
    size_t pdu; /* where the PDU begins that is being written */
};

void put_u8(struct octets *o, unsigned value);
void put_u16(struct octets *o, unsigned value);
void put_u32(struct octets *o, uint32_t value);
void put_u64(struct octets *o, uint64_t value);
void put_bytes(struct octets *o, const void *at, size_t len);
void put_text(struct octets *o, const char *text); /* without its NUL */
void put_zeros(struct octets *o, size_t n);
void put_uuid(struct octets *o, const char *text);
void put_syntax(struct octets *o, const struct syntax_id *syntax);
void put_hex(struct octets *o, const char *hex);
/* Pads with a byte that is not zero, measured from `from`. */
void put_padding(struct octets *o, size_t from, size_t n);

void pdu_begin(struct octets *o, unsigned type, unsigned flags, uint32_t call_id);
void pdu_end(struct octets *o);
/* The verifier, padding included; its value is `len` octets at `value`. pdu_end must follow. */
void put_verifier(struct octets *o, unsigned type, unsigned level, unsigned padding, const void *value, size_t len);

struct bytes octets_bytes(const struct octets *o);

/* Whole PDUs. */
struct offer {
    unsigned id;
    const struct syntax_id *interface, *transfer;
};
struct verdict {
    unsigned result, reason;
    const struct syntax_id *transfer;
};
void put_bind(struct octets *o, unsigned type, uint32_t call_id, const struct offer *offers, unsigned count);
void put_bind_ack(struct octets *o, unsigned type, uint32_t call_id, const char *secondary,
                  const struct verdict *verdicts, unsigned count);
void put_bind_nak(struct octets *o, uint32_t call_id, unsigned reason);
void put_request(struct octets *o, uint32_t call_id, unsigned context, unsigned opnum, const void *stub, size_t len);
void put_response(struct octets *o, uint32_t call_id, unsigned context, const void *stub, size_t len);
void put_fault(struct octets *o, uint32_t call_id, unsigned context, uint32_t status);
void put_request_head(struct octets *o, uint32_t call_id, unsigned flags, unsigned context, unsigned opnum);
void put_response_head(struct octets *o, uint32_t call_id, unsigned flags, unsigned context);

/* Stubs of the mapper. stub_at is where the stub begins. */
void put_tower(struct octets *o, const struct syntax_id *interface, unsigned port, const char *address);
void put_map_question(struct octets *o, bool ndr64, const struct octets *tower, const char *object);
void put_map_answer(struct octets *o, bool ndr64, const struct octets *towers, unsigned count, uint32_t status);
void put_lookup_question(struct octets *o, bool ndr64);
void put_lookup_answer(struct octets *o, bool ndr64, const struct octets *towers, const char *const *annotations,
                       unsigned count, uint32_t status);

extern const struct syntax_id STORE; /* a4f1db00-ca47-1067-b31e-00dd010662da 1.0 */
extern const struct syntax_id BTFN;  /* bind-time feature negotiation */
extern const struct syntax_id NONE;

#endif
