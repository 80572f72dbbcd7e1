/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_REASON_H
#define RULES_VERDICT_REASON_H

#include "rules/knowledge.h"
#include "rules/prediction.h"
#include "rules/verdict/finding.h"

/* Why a failure was foretold, in words. Internal to rules/. */

/* "corp.yaml:12", where it is declared; service NULL: the cluster itself. Returns text. */
enum { DECLARATION_TEXT_SIZE = 160 };
const char *declaration_line(const struct inventory *inventory, const struct declared_cluster *cluster,
                             const struct declared_service *service, char text[static DECLARATION_TEXT_SIZE]);

/* Puts confidence and reason into the finding of a session that was predicted. */
void reason_put(struct finding *finding, const struct knowledge *knowledge, const struct tracked *tracked);
/* What the prediction rests on, beside what the session itself shows: one entry of the evidence, or two. */
enum { REASON_EVIDENCES = 2 };
size_t reason_evidence(const struct knowledge *knowledge, const struct tracked *tracked,
                       struct evidence evidence[static REASON_EVIDENCES]);

/* "SYN repeated after 1.0 s, no answer; this server took 0.4 ms at most in 7 handshakes". Returns text. */
enum { PATIENCE_TEXT_SIZE = 128 };
const char *patience_text(const struct patience *patience, char text[static PATIENCE_TEXT_SIZE]);

/* It was predicted, and showed to be wrong, with the packet that is withdrawn for or with how it ended. */
bool reason_is_averted(const struct session *session);
/* One more session, if it was predicted. */
void predictions_count(struct predictions *predictions, const struct tracked *tracked);

#endif
