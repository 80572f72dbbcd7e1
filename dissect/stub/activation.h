/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_ACTIVATION_H
#define DISSECT_STUB_ACTIVATION_H

#include "dissect/stub/dualstring.h"

/* What an activation returns: an OBJREF_CUSTOM that holds the activation properties (MS-DCOM 2.2.18.6, 2.2.22), of
 * which ScmReplyInfoData says how the new object's exporter is reached. It is little endian but for the properties
 * themselves, each of which says how it is marshalled (type serialization version 1, MS-RPCE 2.2.6).
 * False: malformed. told->count is 0 where the properties do not say. */
bool activation_bindings_read(struct bytes objref, struct dualstrings *told);

#endif
