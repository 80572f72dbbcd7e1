/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_TEXT_H
#define DISSECT_TEXT_H

#include "dissect/fact.h"
#include "wire/reader.h"

/* Text from the wire as a fact carries it: valid UTF-8, up to the first NUL, cut to fit, '?' for what cannot be
 * shown. */
void text_from_ascii(char text[static FACT_TEXT_SIZE], struct bytes from);
void text_from_utf16(char text[static FACT_TEXT_SIZE], struct bytes from); /* little endian */
void text_from_utf16_in(char text[static FACT_TEXT_SIZE], struct bytes from, enum byte_order order);

#endif
