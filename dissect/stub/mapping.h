/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_MAPPING_H
#define DISSECT_STUB_MAPPING_H

#include "dissect/rpc/association.h"
#include "dissect/teller.h"

/* What the calls ept_map and ept_lookup say, told as facts: whole stubs in, however they came. */

/* How a stub is tried: in the encoding that is agreed on; where that is not known in each, and then only what fits to
 * the last byte is believed. */
struct map_trial {
    enum encoding first, last;
    bool strict;
};

/* One side of a call. */
struct map_stub {
    struct bytes bytes;
    enum byte_order order;
    struct sighting seen;
};

/* call->opnum says which call it is. What is learnt of the question stays in the call, for its answer. */
void mapping_question(struct teller *teller, struct call *call, const struct map_stub *stub, struct map_trial trial);
/* Without call->requested the stub itself must show which call it answers, and nothing is told of one that does not. */
void mapping_answer(struct teller *teller, const struct call *call, const struct map_stub *stub);

#endif
