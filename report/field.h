/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_FIELD_H
#define REPORT_FIELD_H

#include "report/file_names.h"

#include <jansson.h>
#include <stddef.h>

/* A flat struct as a JSON object and back, both by one table of its fields, so that reading is the inverse of writing
 * by construction. Counts beyond 2^63 - 1, which JSON readers cannot hold, do not occur. */

enum field_type {
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_U64,
    FIELD_BOOL,
    FIELD_TIME,     /* int64_t nanoseconds */
    FIELD_FILE,     /* uint32_t number in the file names */
    FIELD_ADDRESS,  /* struct address; null for none */
    FIELD_ENDPOINT, /* struct endpoint */
    FIELD_MAC,      /* struct mac; null if not known */
    FIELD_UUID,     /* struct uuid; null for nil */
    FIELD_SYNTAX,   /* struct syntax_id; null for nil 0.0 */
    FIELD_TEXT,     /* char[size]; bytes that are no UTF-8 as {"hex": …} */
    FIELD_CHOICE,   /* an enum, by the name of its value */
    FIELD_COUNTS,   /* uint64_t[size], an object of those that are not zero, by name */
    FIELD_LIST,     /* structs, an array; their number in the uint8_t at count_at */
};

struct field {
    const char *key; /* NULL ends a table */
    enum field_type type;
    size_t at;                 /* offset in the struct */
    size_t size;               /* TEXT, CHOICE, COUNTS, LIST: how many */
    const char *const *names;  /* CHOICE, COUNTS */
    const struct field *items; /* LIST */
    size_t item_size, count_at;
};

enum { FIELD_ERROR_SIZE = 160 };

/* Adds the fields to object. False: no memory. */
bool fields_write(const struct field *fields, const void *record, const struct file_names *files, json_t *object);
/* Every field must be there and fit. What else the object holds is left alone: a later version may add keys. The
 * record starts zeroed. False, with the key and the reason in error. */
bool fields_read(const struct field *fields, const json_t *object, void *record, struct file_names *files,
                 char error[static FIELD_ERROR_SIZE]);

#endif
