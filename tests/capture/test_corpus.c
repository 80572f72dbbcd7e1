/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* nftw; pcap.h uses u_int */
#include "capture/capture.h"
#include "tests/unit.h"

#include <ftw.h>
#include <inttypes.h>
#include <pcap.h>
#include <string.h>
#include <sys/stat.h>

/* Real and hostile captures that are not part of the source tree: every one must be read to its end, frame for frame
 * as libpcap counts them, with sound segments, and twice the same. */

static const char FOLDER[] = "../shared/captures";

enum { NOT_THERE = 77 };

static struct {
    uint64_t hash; /* of all segments */
    uint64_t opened, closed;
    uint64_t last_frame;
    unsigned wrong;
} run;

static void mix(uint64_t value) { run.hash = (run.hash ^ value) * UINT64_C(0x100000001b3); }

static bool note(void *context, const struct segment *s) {
    (void)context;
    mix(s->flow->id);
    mix((uint64_t)s->kind << 8 | (uint64_t)s->direction);
    mix(s->seen.frame);
    mix(s->gap);
    for (size_t i = 0; i < s->bytes.len; i++)
        mix(s->bytes.at[i]);
    run.wrong += s->seen.frame == 0;
    run.wrong += s->kind == SEGMENT_BYTES && s->bytes.len == 0;
    run.wrong += s->kind == SEGMENT_GAP && s->gap == 0;
    run.closed += s->kind == SEGMENT_CLOSED;
    return true;
}

static struct tally read_file(const char *path) {
    char error[CAPTURE_ERROR_SIZE] = "";
    struct tally tally = {0};
    memset(&run, 0, sizeof run);
    struct capture *capture = capture_open(note, NULL, &tally, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(capture);
    if (!capture_read(capture, &path, 1, error))
        CU_ASSERT_TRUE(error[0] != '\0');
    capture_close(capture);
    CU_ASSERT_EQUAL(run.closed, tally.flows);
    CU_ASSERT_EQUAL(run.wrong, 0);
    return tally;
}

static bool is_packed(const char *path) {
    size_t len = strlen(path);
    return len > 3 && strcmp(path + len - 3, ".gz") == 0;
}

static uint64_t count_frames(const char *path) {
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *data;
    uint64_t count = 0;
    pcap_t *pcap = pcap_open_offline(path, error);
    if (pcap == NULL)
        return 0;
    while (pcap_next_ex(pcap, &header, &data) == 1)
        count++;
    pcap_close(pcap);
    return count;
}

static int files;

static int visit(const char *path, const struct stat *status, int type, struct FTW *where) {
    (void)status;
    (void)where;
    if (type != FTW_F)
        return 0;
    files++;
    struct tally tally = read_file(path);
    uint64_t hash = run.hash;
    if (!is_packed(path))
        CU_ASSERT_EQUAL(tally.frames, count_frames(path));
    read_file(path);
    CU_ASSERT_EQUAL(run.hash, hash);
    return 0;
}

static void every_capture_is_read_to_its_end(void) {
    CU_ASSERT_EQUAL(nftw(FOLDER, visit, 8, FTW_PHYS), 0);
    CU_ASSERT_TRUE(files > 0);
}

int main(void) {
    struct stat status;
    if (stat(FOLDER, &status) != 0) {
        printf("%s is not there: skipped\n", FOLDER);
        return NOT_THERE;
    }
    CU_TestInfo tests[] = {
        {"every capture is read to its end", every_capture_is_read_to_its_end},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/corpus", tests);
}
