/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_EVIDENCE_H
#define RULES_EVIDENCE_H

#include "wire/endpoint.h"
#include "wire/sighting.h"

#include <stdbool.h>

/* One sighting and what it shows, in words that stand alone: "SYN to 10.0.1.20:1112 refused (RST)". */
enum { EVIDENCE_TEXT_SIZE = 320 };

struct evidence {
    struct sighting seen;
    char what[EVIDENCE_TEXT_SIZE];
    bool detail; /* the others show enough */
};

#endif
