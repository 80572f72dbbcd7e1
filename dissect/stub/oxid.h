/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_OXID_H
#define DISSECT_STUB_OXID_H

#include "dissect/stub/mapping.h"

/* What DCOM's answers tell of how a server is reached, told as facts: whole stubs in, however they came. */

/* Whether answers of this interface, or of this call of it, tell that. A nil interface and UINT16_MAX are not known,
 * and may be any. */
bool oxid_is_spoken(const struct syntax_id *interface);
bool oxid_tells(const struct syntax_id *interface, uint16_t opnum);
/* One FACT_BINDINGS_TOLD, or none where nothing is told. Where interface, opnum or encoding are not known the stub
 * itself must show which call it answers, and nothing is told of one that does not. */
void oxid_answer(struct teller *teller, const struct call *call, const struct map_stub *stub, struct map_trial trial);

#endif
