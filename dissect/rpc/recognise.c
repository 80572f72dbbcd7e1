/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/recognise.h"

#include "dissect/rpc/bind.h"
#include "dissect/rpc/pdu.h"

#include <assert.h>
#include <string.h>

static const char banner[] = "ncacn_http/1.0";
static_assert(sizeof banner - 1 == BANNER_SIZE, "the banner without its NUL");

static struct bytes bytes_from(struct bytes bytes, size_t at) {
    return at >= bytes.len ? (struct bytes){bytes.at, 0} : (struct bytes){bytes.at + at, bytes.len - at};
}

size_t recognise_banner(struct bytes bytes, size_t before) {
    size_t n = bytes.len < BANNER_SIZE - before ? bytes.len : BANNER_SIZE - before;
    return n > 0 && memcmp(bytes.at, banner + before, n) == 0 ? n : 0;
}

static bool begins_with_banner(struct bytes bytes) { return recognise_banner(bytes, 0) > 0; }

/* The methods of requests to an RPC proxy: RPC over HTTP version 2 has a connection for either direction, version 1 one
 * for both (MS-RPCH 2.1.1, 2.1.2). */
static enum recognition recognise_tunnel(struct bytes bytes) {
    static const char *const methods[] = {"RPC_IN_DATA ", "RPC_OUT_DATA ", "RPC_CONNECT "};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        size_t size = strlen(methods[i]);
        if (bytes.len > 0 && memcmp(bytes.at, methods[i], bytes.len < size ? bytes.len : size) == 0)
            return bytes.len < size ? RECOGNISED_LATER : RECOGNISED_TUNNEL;
    }
    return RECOGNISED_NOTHING;
}

bool recognise_beginning(struct bytes bytes) {
    return begins_with_banner(bytes) || pdu_likeness(bytes) != PDU_IMPOSSIBLE ||
           recognise_tunnel(bytes) != RECOGNISED_NOTHING;
}

static bool proves_itself(const struct pdu *pdu) {
    struct fact_bind bind;
    struct auth_verifier auth;
    struct bytes body;
    if (!pdu_part(pdu, &body, &auth))
        return false;
    struct reader r = reader_over(body, pdu->order);
    if (pdu->type == PDU_BIND)
        return bind_read(&r, &bind) && bind.count > 0;
    if (pdu->type == PDU_BIND_ACK)
        return bind_ack_read(&r, &bind) && bind.count > 0;
    return false;
}

static enum recognition recognise_here(struct bytes bytes, enum proof proof, bool aligned) {
    switch (pdu_likeness(bytes)) {
    case PDU_IMPOSSIBLE:
        return RECOGNISED_NOTHING;
    case PDU_POSSIBLE:
        return RECOGNISED_LATER;
    case PDU_LIKELY:
        break;
    }
    struct pdu pdu = pdu_read(bytes);
    if (!pdu_lengths_agree(&pdu))
        return RECOGNISED_NOTHING;
    if (!pdu.whole)
        return RECOGNISED_LATER;
    if (aligned && proves_itself(&pdu))
        return RECOGNISED_PDU;
    switch (pdu_likeness(bytes_from(bytes, pdu.length))) {
    case PDU_IMPOSSIBLE:
        return RECOGNISED_NOTHING;
    case PDU_POSSIBLE:
        return proof == PROOF_END ? RECOGNISED_PDU : RECOGNISED_LATER;
    case PDU_LIKELY:
        break;
    }
    return RECOGNISED_PDU;
}

enum recognition recognise_first(struct bytes bytes, enum proof proof, size_t *at) {
    *at = 0;
    if (begins_with_banner(bytes)) {
        if (bytes.len <= BANNER_SIZE)
            return RECOGNISED_LATER;
        *at = BANNER_SIZE;
    }
    enum recognition tunnel = recognise_tunnel(bytes);
    if (tunnel != RECOGNISED_NOTHING)
        return tunnel;
    return recognise_here(bytes_from(bytes, *at), proof, true);
}

/* Behind the start of a segment a PDU may be what another protocol carries: a file, or a message of SMB. */
enum recognition recognise_any(struct bytes bytes, enum proof proof, bool aligned, size_t *at) {
    for (*at = 0; *at < bytes.len; ++*at) {
        const uint8_t *version = memchr(bytes.at + *at, 5, bytes.len - *at);
        if (version == NULL)
            break;
        *at = (size_t)(version - bytes.at);
        enum recognition found = recognise_here(bytes_from(bytes, *at), proof, aligned && *at == 0);
        if (found != RECOGNISED_NOTHING)
            return found;
    }
    *at = bytes.len;
    return RECOGNISED_NOTHING;
}

/* A NetBIOS session message (type 0, 24-bit length) and the first octets of SMB 1, 2 and 3. */
bool recognise_smb(struct bytes bytes) {
    return bytes.len >= 8 && bytes.at[0] == 0 && bytes.at[4] >= 0xfc && memcmp(bytes.at + 5, "SMB", 3) == 0;
}
