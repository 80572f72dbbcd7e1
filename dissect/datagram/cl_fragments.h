/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_DATAGRAM_CL_FRAGMENTS_H
#define DISSECT_DATAGRAM_CL_FRAGMENTS_H

#include "dissect/datagram/cl_pdu.h"

/* Puts the fragments of one side of a call together, by fragnum, in whatever order they come. Starts zeroed. */

enum {
    CL_MAX_FRAGMENTS = 1024,
    CL_MAX_STUB = 256 * 1024,       /* bytes of one side of a call */
    CL_MAX_STUBS = 4 * 1024 * 1024, /* bytes of all that wait, with what keeping them takes */
};

struct cl_fragment;

struct cl_fragments {
    struct cl_fragment *highest; /* owned; then by falling fragnum */
    uint32_t count;
    size_t bytes;
    bool ends;     /* the last one is known, */
    uint16_t last; /* its fragnum */
    uint8_t *whole;
};

enum cl_join {
    CL_WAITS, /* for more, or it has it already */
    CL_WHOLE, /* *stub is all of it, valid until the fragments are released; or the PDU's own body */
    CL_FULL,  /* a limit was reached, and all are released */
};

/* used: bytes of memory that all take that wait, kept up to date. */
enum cl_join cl_fragments_add(struct cl_fragments *fragments, const struct cl_pdu *pdu, size_t *used,
                              struct bytes *stub);
void cl_fragments_release(struct cl_fragments *fragments, size_t *used);

#endif
