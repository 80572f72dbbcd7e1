/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_JSON_LINE_H
#define REPORT_JSON_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes the object as one line and lets go of it. False: no object, no memory, or the stream failed (ferror tells). */
bool json_line(FILE *out, json_t *object);

#endif
