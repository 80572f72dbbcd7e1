/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_WIN32_H
#define RULES_VERDICT_WIN32_H

#include "rules/knowledge.h"

/* The Win32 error that the application shows for what became of its session (protocol.md 1.4, 3.6, 4.2, 4.3).
 * Internal to rules/. */

/* As it would be if the session ended so; 0: none, or none is known. */
uint32_t win32_of_session(const struct tracked *tracked, enum outcome outcome);

/* After the sessions are settled: session.win32 of each, and why those that a server broke off did not go on. */
void win32_settle(const struct knowledge *knowledge);

#endif
