/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_FIELD_TEXT_H
#define REPORT_FIELD_TEXT_H

#include "wire/endpoint.h"
#include "wire/segment.h"
#include "wire/syntax.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The values of JSON that are text, and back without loss. A writer returns NULL without memory; a reader is false,
 * and leaves its target alone, unless the value is what the writer would have written. */

enum { FILE_NAME_SIZE = 4097 }; /* PATH_MAX of Linux and a NUL */

/* A string; as {"hex": "ff00"} where its bytes are no UTF-8. */
json_t *exact_text_value(const char *text);
bool exact_text_read(const json_t *value, char *text, size_t size);
json_t *address_value(const struct address *address);
bool address_read(const json_t *value, struct address *address);
json_t *mac_value(const struct mac *mac);
bool mac_read(const json_t *value, struct mac *mac);
json_t *uuid_value(const struct uuid *uuid);
bool uuid_read(const json_t *value, struct uuid *uuid);
/* {"uuid": …, "version": "1.0"} */
json_t *syntax_value(const struct syntax_id *syntax);
bool syntax_read(const json_t *value, struct syntax_id *syntax);

#endif
