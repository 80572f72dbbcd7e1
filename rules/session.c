/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/session.h"

const char *const STAGE_NAMES[STAGES] = {"asked", "mapped", "connecting", "connected", "bound", "called", "answered"};
const char *const OUTCOME_NAMES[OUTCOMES] = {"cannot tell", "served",         "refused",  "unanswered",
                                             "unreachable", "not registered", "rejected", "faulted"};
const char *const GOT_THROUGH_NAMES[GOT_THROUGH_KINDS] = {NULL, "retry", "other address", "pipe"};
