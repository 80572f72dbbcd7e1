/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_EXHIBIT_H
#define RULES_VERDICT_EXHIBIT_H

#include "rules/verdict/signature.h"

/* The evidence of a finding: each packet that shows something of it, in words, by time. Internal to rules/. */
void exhibits_add(struct finding *finding, const struct trial *trial, const struct verdict *verdict,
                  const struct shown_by *shown);

/* "the pipe \\PIPE\\svcctl", where its name is known. May return words. */
enum { PIPE_WORDS_SIZE = FACT_TEXT_SIZE + 24 };
const char *pipe_words(const char *name, char words[static PIPE_WORDS_SIZE]);

#endif
