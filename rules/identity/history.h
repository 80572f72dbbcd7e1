/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_HISTORY_H
#define RULES_IDENTITY_HISTORY_H

#include "wire/sighting.h"

#include <stddef.h>

/* What an address went by before: it links nothing. Internal to rules/identity. */

enum { HISTORY_MAX = 16 }; /* of one address; beyond it the oldest gives way, which counts as LIMIT_EVIDENCE */

struct past {
    unsigned source; /* as in struct name_record */
    char *name;      /* owned */
    struct sighting first, last, until;
};

struct history {
    struct past *at; /* the oldest first; room for HISTORY_MAX, NULL: none yet */
    size_t count;
};

/* The name is taken over. False: the oldest gave way. */
bool history_add(struct history *history, const struct past *past);
void history_free(struct history *history);

#endif
