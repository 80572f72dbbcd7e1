/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_UTF8_H
#define REPORT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that a packet carried may be any bytes; what is written must be UTF-8. */

/* Reads the character at text: its number of bytes, and its code point. 0 at the end and where the bytes are no
 * well-formed UTF-8 (overlong, surrogate, past U+10FFFF, cut short). */
size_t utf8_read(const char *text, uint32_t *code);
bool utf8_valid(const char *text);

#endif
