/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_NDR_H
#define DISSECT_STUB_NDR_H

#include "wire/reader.h"

/* What the stubs of all calls share. Alignment is measured from the start of the reader's bytes. */

/* How a stub is marshalled: C706 14 or MS-RPCE 2.2.5. */
enum encoding { NDR20, NDR64 };

/* Referents, counts and offsets: 4 octets in NDR20, 8 in NDR64, aligned to their size. */
uint64_t ndr_size(struct reader *r, enum encoding encoding);
/* A 32-bit number, which both encodings have. */
uint32_t ndr_number(struct reader *r);
/* A uuid, aligned to 4. */
struct uuid ndr_uuid(struct reader *r);
/* max_count, offset, actual_count of a conformant and varying array. What is there is what actual_count says. */
uint32_t ndr_array(struct reader *r, enum encoding encoding);
/* max_count of a conformant array, or of a structure that ends with one; the reader fails if it has not so many items
 * of that size. */
uint32_t ndr_count(struct reader *r, enum encoding encoding, size_t item_size);

#endif
