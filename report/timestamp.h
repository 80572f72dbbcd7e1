/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_TIMESTAMP_H
#define REPORT_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

/* Capture times as text, always UTC. Every int64_t of nanoseconds lies in the years 1677 … 2262, so each has exactly
 * one such text, and the text is lossless. */
enum { TIMESTAMP_SIZE = 31 };

/* "2026-11-22T12:00:00.000000000Z". Returns text. */
char *timestamp_text(int64_t time, char text[static TIMESTAMP_SIZE]);
/* For people, to the microsecond: "12:00:00.000000", with the date before it where the day is not obvious. */
char *timestamp_clock(int64_t time, bool with_date, char text[static TIMESTAMP_SIZE]);
/* Reads exactly the form that timestamp_text writes; false if it is anything else, or no capture time: those lie in
 * 0 … LATEST_TIME (wire/sighting.h). */
bool timestamp_parse(const char *text, int64_t *time);
/* Both on the same day, UTC. */
bool timestamp_same_day(int64_t a, int64_t b);

#endif
