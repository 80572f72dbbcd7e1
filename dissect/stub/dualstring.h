/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_DUALSTRING_H
#define DISSECT_STUB_DUALSTRING_H

#include "dissect/fact.h"
#include "dissect/stub/ndr.h"

/* DUALSTRINGARRAY (MS-DCOM 2.2.19): how an object resolver or exporter is reached. Its STRINGBINDINGs are read, of its
 * SECURITYBINDINGs only that they fit. It is checked whole, then gives its bindings one by one. */
struct dualstrings {
    uint32_t count; /* string bindings */
    struct reader bindings;
};

/* False: malformed. The conformance stands before it, as NDR has it. */
bool dualstrings_read(struct reader *r, enum encoding encoding, struct dualstrings *strings);
/* Call count times. "10.0.0.20[1112]" and "fe80::1[1112]" have an address, "host[1112]" has a name; of a pipe it is the
 * pipe's, "\PIPE\name". */
struct fact_binding dualstrings_next(struct dualstrings *strings);

#endif
