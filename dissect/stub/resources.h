/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_RESOURCES_H
#define DISSECT_STUB_RESOURCES_H

#include "dissect/stub/mapping.h"

/* What calls of the cluster API say of IP Address resources, told as facts: whole stubs in. Remembers what the handles
 * of one connection were opened for, the latest RESOURCES_MAX. */
enum { RESOURCES_MAX = 16 };

struct resources;

void resources_close(struct resources *resources);

/* Whether these calls are read, by their opnum. */
bool resources_reads(uint16_t opnum);
/* What the answer must be read for stays in the call. *resources is NULL until something is to be remembered. */
void resources_question(struct resources **resources, struct teller *teller, struct call *call,
                        const struct map_stub *stub, enum encoding encoding);
/* Without call->requested only what is beyond doubt an IP Address resource is told. */
void resources_answer(struct resources *resources, struct teller *teller, const struct call *call,
                      const struct map_stub *stub, enum encoding encoding);

#endif
