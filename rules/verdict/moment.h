/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_MOMENT_H
#define RULES_VERDICT_MOMENT_H

#include "rules/verdict/trial.h"

/* When the application shows its error: finding.shown, shown_time and schedule (protocol.md section 5.1).
 *
 *   not registered, rejected, fault   with that packet (seen)
 *   refused (RST)    Windows (TTL 65 to 128 as captured) sends its SYN three times, NT 4 four times, each half a second
 *                    after the RST: with the last RST that was seen (seen), or, where the capture ends before, when it
 *                    would come (computed); Linux (TTL up to 64) gives up at the first (seen)
 *   silent           when the client turned to something else: it closed its connection to the mapper, asked for
 *                    something else, opened a pipe (seen); else by the schedule that its SYNs keep to (computed)
 *   ICMP error       it is not known how the client takes it: when it stops (seen), else by its SYNs as if silent
 *
 * Of several endpoints that were tried one after the other the last counts. Who goes on to the next address or to a
 * pipe, and is served there, never shows it: the delay is told instead. Who begins another attempt before the error
 * could be shown, or so soon that it was a program that did, and is served then, may have shown it or not. Where no
 * schedule fits, the moment is unknown. Internal to rules/. */
void moment_find(struct finding *finding, const struct trial *trial);

#endif
