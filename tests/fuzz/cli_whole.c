/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files, as the program reads them: captures through capture, libnids, dissect and rules, or lines of facts
 * through rules alone; and both reports. Also what AFL++ runs. */
#define _GNU_SOURCE /* memfd_create */
#include "cli/analysis.h"
#include "report/json.h"
#include "report/text.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static void report(const struct results *results) {
    static FILE *nowhere;
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    REQUIRE(nowhere != NULL);
    struct page page = page_over(nowhere, DETAIL_VERBOSE, true, results);
    REQUIRE(text_report(&page, results));
    REQUIRE(json_report(nowhere, results));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    static char path[64];
    static struct analysis analysis;
    if (fd < 0) {
        fd = memfd_create("capture", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    const char *const paths[] = {path};
    static const struct inventory nothing;
    REQUIRE(analysis_open_judge(&analysis, &nothing));
    if (size > 0 && data[0] == '{')
        analysis_facts(&analysis, paths, 1);
    else
        analysis_captures(&analysis, paths, 1, NULL, false);
    struct results results = analysis_results(&analysis);
    report(&results);
    analysis_close(&analysis);
    return 0;
}
