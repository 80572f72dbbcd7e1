/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/bind.h"

#include "dissect/text.h"

/* p_syntax_id_t, C706 12.6.3.1: the version is one 32-bit number, the minor version in its upper half. Some write it as
 * two 16-bit numbers, the major version first, which looks the same in little endian; in big endian they give
 * themselves away, as there are no versions 0.x to speak of. */
static struct syntax_id syntax_read(struct reader *r) {
    struct syntax_id syntax = {0};
    syntax.uuid = reader_uuid(r);
    uint32_t version = reader_u32(r);
    uint16_t low = (uint16_t)(version & 0xffff);
    uint16_t high = (uint16_t)(version >> 16);
    bool in_halves = r->order == ORDER_BIG && low == 0;
    syntax.major = in_halves ? high : low;
    syntax.minor = in_halves ? low : high;
    return syntax;
}

/* p_cont_elem_t, C706 12.6.3.1. A context without any transfer syntax cannot be meant. */
static bool context_read(struct reader *r, struct fact_context *context) {
    *context = (struct fact_context){0};
    context->id = reader_u16(r);
    uint8_t transfers = reader_u8(r);
    reader_skip(r, 1); /* reserved */
    context->interface = syntax_read(r);
    context->transfer = syntax_read(r);
    for (uint8_t i = 1; i < transfers && !r->failed; i++)
        (void)syntax_read(r);
    return transfers > 0 && !r->failed;
}

static struct fact_context *next_kept(struct fact_bind *bind, struct fact_context *spare) {
    return bind->count < FACT_MAX_CONTEXTS ? &bind->contexts[bind->count++] : spare;
}

/* C706 12.6.4.3 and 12.6.4.1, MS-RPCE 2.2.2.13. */
bool bind_read(struct reader *r, struct fact_bind *bind) {
    *bind = (struct fact_bind){0};
    reader_skip(r, 4); /* max_xmit_frag, max_recv_frag */
    bind->assoc_group = reader_u32(r);
    bind->offered = reader_u8(r);
    reader_skip(r, 3); /* reserved */
    struct fact_context spare;
    for (uint16_t i = 0; i < bind->offered; i++)
        if (!context_read(r, next_kept(bind, &spare)))
            return false;
    return !r->failed;
}

/* p_result_t, C706 12.6.3.1; result 3 is negotiate_ack, MS-RPCE 2.2.2.4. */
static bool result_read(struct reader *r, struct fact_context *context) {
    *context = (struct fact_context){0};
    context->result = reader_u16(r);
    context->reason = reader_u16(r);
    context->transfer = syntax_read(r);
    return context->result <= 3 && !r->failed;
}

/* C706 12.6.4.4 and 12.6.4.2. The result list is aligned from the start of the PDU, as is the body's start. */
bool bind_ack_read(struct reader *r, struct fact_bind *bind) {
    *bind = (struct fact_bind){0};
    reader_skip(r, 4); /* max_xmit_frag, max_recv_frag */
    bind->assoc_group = reader_u32(r);
    uint16_t secondary = reader_u16(r);
    text_from_ascii(bind->secondary, reader_take(r, secondary));
    reader_align(r, 4);
    bind->offered = reader_u8(r);
    reader_skip(r, 3); /* reserved */
    struct fact_context spare;
    for (uint16_t i = 0; i < bind->offered; i++)
        if (!result_read(r, next_kept(bind, &spare)))
            return false;
    return !r->failed;
}

/* C706 12.6.4.5. The versions that the server supports, and what extended error information MS-EERR appends, do not
 * matter here; some servers leave both out. */
bool bind_nak_read(struct reader *r, struct fact_bind *bind) {
    *bind = (struct fact_bind){0};
    bind->nak_reason = reader_u16(r);
    return !r->failed;
}
