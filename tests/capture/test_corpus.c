/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* nftw; pcap.h uses u_int */
#include "capture/capture.h"
#include "capture/source.h"
#include "tests/unit.h"

#include <ftw.h>
#include <inttypes.h>
#include <pcap.h>
#include <string.h>
#include <sys/stat.h>

/* Real and hostile captures that are not part of the source tree: every one must be read to its end, frame for frame
 * as libpcap reads them, with sound segments, and twice the same. */

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

/* libpcap has numbers of its own for some link types, cuts frames to the snap length of the file, and takes seconds
 * from 2038 on for negative ones. */
static bool is_same(const struct frame *ours, const struct pcap_pkthdr *header, const u_char *data, int snaplen) {
    int64_t second = (int64_t)header->ts.tv_sec;
    int64_t time = (second < 0 ? second + (INT64_C(1) << 32) : second) * 1000000000 + header->ts.tv_usec;
    size_t len = ours->bytes.len > (size_t)snaplen ? (size_t)snaplen : ours->bytes.len;
    return (ours->seen.time == time || ours->misdated) && ours->wire == header->len && header->caplen == len &&
           memcmp(ours->bytes.at, data, len) == 0;
}

/* As far as libpcap reads it, frame for frame; what it refuses is told. */
static void compare(const char *path, uint64_t frames) {
    char error[PCAP_ERRBUF_SIZE];
    struct frame frame;
    struct pcap_pkthdr *header;
    const u_char *data;
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
    struct source *source = source_open(path, 0, NULL, &(struct reading){0}, error, sizeof error);
    uint64_t count = 0;
    int result = PCAP_ERROR;
    while (pcap != NULL && (result = pcap_next_ex(pcap, &header, &data)) == 1) {
        count++;
        CU_ASSERT_PTR_NOT_NULL_FATAL(source);
        CU_ASSERT_EQUAL_FATAL(source_next(source, &frame, error, sizeof error), SOURCE_FRAME);
        CU_ASSERT_TRUE(is_same(&frame, header, data, pcap_snapshot(pcap)));
        CU_ASSERT_EQUAL(frame.seen.frame, count);
    }
    CU_ASSERT_TRUE(result != PCAP_ERROR_BREAK || frames == count);
    if (result != PCAP_ERROR_BREAK)
        printf("\n    %s: %" PRIu64 " frames, to libpcap %" PRIu64 " (%s)", path, frames, count,
               pcap != NULL ? pcap_geterr(pcap) : "it refuses it");
    if (source != NULL)
        source_close(source);
    if (pcap != NULL)
        pcap_close(pcap);
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
    compare(path, tally.frames);
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
