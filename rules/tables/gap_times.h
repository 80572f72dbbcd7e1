/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_GAP_TIMES_H
#define RULES_TABLES_GAP_TIMES_H

#include "wire/tally.h"

#include <stddef.h>
#include <stdint.h>

/* When bytes were missing from the streams, wherever: the capture was losing packets then. Internal to rules/. */
struct gap_times;

struct gap_times *gap_times_open(struct tally *tally);
void gap_times_close(struct gap_times *gaps);
/* Capture time, ns. The first 16,384 are kept; more are counted as LIMIT_EVIDENCE. */
void gap_times_add(struct gap_times *gaps, int64_t time);
/* How many lie between two times, both included. */
size_t gap_times_between(const struct gap_times *gaps, int64_t from, int64_t to);

#endif
