/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_FACT_JSON_H
#define REPORT_FACT_JSON_H

#include "dissect/fact.h"
#include "report/file_names.h"

#include <stdio.h>

/* Facts as JSON Lines, {"type":"fact","kind":"map_answered",…}, and back without loss: the seam between what sees
 * packets and what judges. Fields are found in fact_fields.c. */

enum { FACT_ERROR_SIZE = 240 };

/* One fact, one line. False: no memory, or the stream failed (ferror tells). */
bool fact_write(FILE *out, const struct fact *fact, const struct file_names *files);

/* Reads one line, with or without its end. Its file is looked up by name in files, and added if it is new. False,
 * with the reason in error, if it is no fact. */
bool fact_read(const char *line, size_t length, struct file_names *files, struct fact *fact,
               char error[static FACT_ERROR_SIZE]);

#endif
