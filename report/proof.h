/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PROOF_H
#define REPORT_PROOF_H

#include "rules/tables/binding.h"

/* A proof of the binding table in words that stand alone: "refused (RST), 10.0.1.20:1112, client 10.0.2.1, 3 times". */
enum { PROOF_WORDS_SIZE = 240 };
char *proof_words(const struct proof *proof, char words[static PROOF_WORDS_SIZE]);

#endif
