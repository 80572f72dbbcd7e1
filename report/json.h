/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "report/json_line.h"
#include "report/results.h"

/* Results as JSON Lines, one object a line, "type" first; docs/bindsight.schema.json describes them. What is not known
 * is null. Text that is no UTF-8 is written with U+FFFD for each stray byte. */

/* Sessions, bindings, findings, summary. False: no memory, or the stream failed (ferror tells). */
bool json_report(FILE *out, const struct results *results);
/* Bindings, what the inventory declares, and summary. */
bool json_bindings(FILE *out, const struct results *results);

/* What the inventory declares, a line for each service at each address of its cluster. */
bool json_declared(FILE *out, const struct results *results);

/* What links addresses, and what they go and went by. */
bool json_servers(FILE *out, const struct results *results);

/* One object each; NULL without memory. */
json_t *session_object(const struct session *session, const struct results *results);
json_t *binding_object(const struct binding *binding, const struct results *results);
json_t *finding_object(const struct finding *finding, const struct results *results);
/* Of a row of the binding table, what is declared of it; null: nothing. */
json_t *declared_value(const struct binding *binding, const struct results *results);
json_t *link_object(const struct link_record *record, const struct results *results);
json_t *name_object(const struct name_record *record, const struct results *results);
json_t *summary_object(const struct results *results);
/* Where and when; null for frame 0. */
json_t *sighting_value(const struct sighting *seen, const struct results *results);
/* The value for this text; null where there is none ("" or NULL). */
json_t *words_value(const char *text);

#endif
