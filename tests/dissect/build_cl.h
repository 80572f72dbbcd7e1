/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_BUILD_CL_H
#define TESTS_DISSECT_BUILD_CL_H

#include "tests/dissect/build.h"

/* A connectionless PDU to be written. */
struct cl {
    unsigned type, flags, flags2, serial, opnum, fragment, auth;
    const char *activity; /* NULL: the usual one */
    const struct syntax_id *interface;
    uint32_t sequence, boot;
    const void *body;
    size_t len;
};

void put_cl(struct octets *o, const struct cl *cl);
/* A fault or reject. */
void put_cl_status(struct octets *o, const struct cl *cl, uint32_t status);
/* put_tower's, but ncadg_ip_udp. */
void put_udp_tower(struct octets *o, const struct syntax_id *interface, unsigned port, const char *address);

extern const struct syntax_id CALLBACK; /* conv, 333a2276-0000-0000-0d00-00809c000000 3.0 */

#endif
