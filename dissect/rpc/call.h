/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_CALL_H
#define DISSECT_RPC_CALL_H

#include "wire/reader.h"

/* The bodies (what follows the header) of request, response and fault. False: shorter than the fixed part. */

struct request {
    uint16_t context;
    uint16_t opnum;
};

struct fault {
    uint16_t context;
    uint32_t status;
};

bool request_read(struct reader *r, struct request *request);
bool response_read(struct reader *r, uint16_t *context);
bool fault_read(struct reader *r, struct fault *fault);
/* What is left after request_read or response_read; flags are those of the header. */
bool stub_read(struct reader *r, uint8_t flags, struct bytes *stub);

#endif
