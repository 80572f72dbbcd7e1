/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_FACT_FIELDS_H
#define REPORT_FACT_FIELDS_H

#include "dissect/fact.h"
#include "report/field.h"

/* How a fact is written: what every fact has, and what each kind adds. The names are stable. */

extern const char *const FACT_KIND_NAMES[FACT_KINDS];      /* "connect_attempted" … */
extern const char *const NAME_SOURCE_NAMES[NAME_SOURCES];  /* "ntlm_computer" … */
extern const char *const TRANSPORT_NAMES[TRANSPORT_KINDS]; /* protocol sequences: "ncacn_ip_tcp" … */

extern const struct field FACT_FIELDS[];
extern const struct field PIPE_NAME_FIELDS[]; /* TRANSPORT_PIPE adds it to every kind */
const struct field *fact_fields_of(enum fact_kind kind);

#endif
