/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_MAPPER_H
#define DISSECT_STUB_MAPPER_H

#include "dissect/stub/ndr.h"

/* The stubs of the endpoint mapper's calls ept_lookup and ept_map (C706 appendix O), without their towers' meaning. */

enum { EPT_LOOKUP = 2, EPT_MAP = 3 }; /* opnums */

struct map_question {
    struct uuid object; /* nil: none */
    struct bytes tower; /* empty: none */
};

/* An answer is checked whole, then gives its parts one by one. */
struct map_answer {
    uint32_t count; /* towers, null ones too */
    uint32_t status;
    enum encoding encoding;
    struct reader referents, towers; /* what is not given yet */
};

struct lookup_entry {
    struct uuid object;
    struct bytes tower; /* empty: none */
    struct bytes annotation;
};

struct lookup_answer {
    uint32_t count; /* entries */
    uint32_t status;
    enum encoding encoding;
    struct reader entries, towers;
};

/* False: malformed. What of the stub is left is the caller's to judge: a verification trailer may follow. */
bool map_question_read(struct reader *stub, enum encoding encoding, struct map_question *question);
bool map_answer_read(struct reader *stub, enum encoding encoding, struct map_answer *answer);
bool lookup_question_read(struct reader *stub, enum encoding encoding);
bool lookup_answer_read(struct reader *stub, enum encoding encoding, struct lookup_answer *answer);

/* Call count times. An empty tower is a null one. */
struct bytes map_answer_next(struct map_answer *answer);
struct lookup_entry lookup_answer_next(struct lookup_answer *answer);

#endif
