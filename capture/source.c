/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* pcap.h uses u_int and u_char */
#include "capture/source.h"
#include "capture/input.h"
#include "capture/link.h"

#include <pcap.h>
#include <stdlib.h>
#include <string.h>

enum { SNAPLEN = 262144 };

struct source {
    struct input input;
    pcap_t *pcap;
    const char *path;
    bool filtered;
    struct bpf_program filter;
    struct pcap_pkthdr *header; /* of the latest frame */
    const u_char *data;
    uint64_t frames;
    uint32_t file;
    int link;
};

static struct source *fail(struct source *source, char *error, size_t error_size, const char *what) {
    snprintf(error, error_size, "%s: %s", source->path, what);
    source_close(source);
    return NULL;
}

static bool compile(pcap_t *pcap, const char *expression, struct bpf_program *program) {
    return pcap_compile(pcap, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
}

struct source *source_open(const char *path, uint32_t file, const char *filter, char *error, size_t error_size) {
    char why[PCAP_ERRBUF_SIZE + 128];
    struct source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        snprintf(error, error_size, "%s: out of memory", path);
        return NULL;
    }
    source->path = path;
    source->file = file;
    if (!input_open(&source->input, path, error, error_size)) {
        free(source);
        return NULL;
    }
    char pcap_error[PCAP_ERRBUF_SIZE] = "";
    source->pcap = pcap_fopen_offline_with_tstamp_precision(source->input.file, PCAP_TSTAMP_PRECISION_NANO, pcap_error);
    if (source->pcap == NULL) {
        snprintf(why, sizeof why, "not a capture that can be read (%s); pcap and pcapng are",
                 source->input.damage != NULL ? source->input.damage : pcap_error);
        return fail(source, error, error_size, why);
    }
    source->link = pcap_datalink(source->pcap);
    if (filter == NULL)
        return source;
    if (!compile(source->pcap, filter, &source->filter)) {
        snprintf(why, sizeof why, "the filter does not fit its link type: %s", pcap_geterr(source->pcap));
        return fail(source, error, error_size, why);
    }
    source->filtered = true;
    return source;
}

void source_close(struct source *source) {
    if (source->filtered)
        pcap_freecode(&source->filter);
    if (source->pcap != NULL)
        pcap_close(source->pcap); /* closes the file too, but for standard input */
    else
        fclose(source->input.file);
    input_free(&source->input);
    free(source);
}

/* Hostile files hold any number, and pcapng has room for times of any age. Where only the part of a second is none, the
 * second is believed. */
static void set_time(struct frame *frame, const struct timeval *time) {
    const int64_t second = INT64_C(1000000000);
    int64_t rest = time->tv_usec; /* nanoseconds: so it was asked of libpcap */
    bool early = time->tv_sec < 0;
    bool late = time->tv_sec > LATEST_TIME / second || (time->tv_sec == LATEST_TIME / second && rest > 0);
    bool odd = rest < 0 || rest >= second;
    frame->misdated = early || late || odd;
    if (early || late)
        frame->seen.time = early ? 0 : LATEST_TIME;
    else
        frame->seen.time = time->tv_sec * second + (odd ? 0 : rest);
}

static enum source_state stopped(const struct source *source, char *error, size_t error_size) {
    const char *why = source->input.damage != NULL ? source->input.damage : pcap_geterr(source->pcap);
    if (source->input.damage == NULL && strstr(why, "truncated") != NULL)
        return SOURCE_TRUNCATED;
    /* libpcap reads one link type per file, pcapng may hold several. */
    const char *advice =
        strstr(why, "type of the first interface") != NULL ? "; write each interface to a file of its own" : "";
    snprintf(error, error_size, "%s: cannot be read beyond frame %llu: %s%s", source->path,
             (unsigned long long)source->frames, why, advice);
    return SOURCE_BROKEN;
}

enum source_state source_next(struct source *source, struct frame *frame, char *error, size_t error_size) {
    int result = pcap_next_ex(source->pcap, &source->header, &source->data);
    if (result == PCAP_ERROR_BREAK)
        return source->input.cut ? SOURCE_TRUNCATED : SOURCE_END;
    if (result != 1)
        return stopped(source, error, error_size);
    source->frames++;
    frame->bytes = (struct bytes){source->data, source->header->caplen};
    frame->wire = source->header->len;
    frame->link = source->link;
    frame->seen = (struct sighting){.frame = source->frames, .file = source->file};
    set_time(frame, &source->header->ts);
    return SOURCE_FRAME;
}

/* Not pcap_setfilter: libpcap would pass over the frames without counting them. */
bool source_wants(const struct source *source) {
    return !source->filtered || pcap_offline_filter(&source->filter, source->header, source->data) != 0;
}

bool source_understood(const struct source *source, char *error, size_t error_size) {
    if (source->frames == 0 || link_known(source->link))
        return true;
    const char *name = pcap_datalink_val_to_name(source->link);
    const char *description = pcap_datalink_val_to_description(source->link);
    if (description == NULL)
        description = "without a name";
    snprintf(error, error_size,
             "%s: link type %s%s%d (%s) is not understood; Ethernet, Linux cooked, raw IP and BSD loopback are",
             source->path, name != NULL ? name : "", name != NULL ? ", " : "", source->link, description);
    return false;
}

int64_t source_position(const struct source *source) { return input_position(&source->input); }

int64_t source_size(const struct source *source) { return source->input.size; }

bool source_check_filter(const char *filter, char *error, size_t error_size) {
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, SNAPLEN);
    struct bpf_program program;
    bool sound = pcap != NULL && compile(pcap, filter, &program);
    if (sound)
        pcap_freecode(&program);
    else
        snprintf(error, error_size, "filter \"%s\": %s", filter, pcap != NULL ? pcap_geterr(pcap) : "out of memory");
    if (pcap != NULL)
        pcap_close(pcap);
    return sound;
}
