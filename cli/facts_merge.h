/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_FACTS_MERGE_H
#define CLI_FACTS_MERGE_H

#include "report/fact_json.h"

/* Files of facts, from any number of captures and sensors, as one run. Each keeps its own order; several are merged by
 * the time of their next fact. Flows of different files get different numbers. The ends of the captures become one
 * FACT_CAPTURE_ENDED, the last fact, with all tallies added up. */

struct facts_merge_end {
    struct tally tally; /* of the captures whose end was told */
    uint64_t cut_off;   /* files that end without it */
    bool failed;        /* a file could not be opened, read or understood; each has been complained of */
};

/* Reads the files ("-" is standard input) and hands their facts to the handler, until there are none left or an
 * interrupt came. What was sound before a fault counts. */
struct facts_merge_end facts_merge(const char *const *paths, uint32_t count, struct file_names *files,
                                   fact_handler handler, void *context);

#endif
