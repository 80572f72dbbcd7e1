/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* fmemopen; pcap.h uses u_int and u_char */
#include "capture/filter.h"

#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>

enum { SNAPLEN = 262144, LINK_ETHERNET = 1 };

struct filter_program {
    struct filter_program *next;
    int link;
    bool fits;
    struct bpf_program bpf;
    char why[PCAP_ERRBUF_SIZE]; /* it does not fit */
};

/* libpcap has numbers of its own for some link types, and maps those of files to them only when it opens one: so this
 * opens the header of one. NULL: out of memory. */
static pcap_t *pcap_of(int link) {
    struct pcap_file_header header = {.magic = 0xa1b2c3d4,
                                      .version_major = PCAP_VERSION_MAJOR,
                                      .version_minor = PCAP_VERSION_MINOR,
                                      .snaplen = SNAPLEN,
                                      .linktype = (bpf_u_int32)link};
    char error[PCAP_ERRBUF_SIZE];
    FILE *file = fmemopen(&header, sizeof header, "rb");
    if (file == NULL)
        return NULL;
    pcap_t *pcap = pcap_fopen_offline(file, error);
    if (pcap == NULL)
        fclose(file);
    return pcap;
}

/* False and libpcap's words in error if it does not fit. */
static bool compile(const char *expression, int link, struct bpf_program *bpf, char error[static PCAP_ERRBUF_SIZE]) {
    pcap_t *pcap = pcap_of(link);
    bool fits = pcap != NULL && pcap_compile(pcap, bpf, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!fits)
        snprintf(error, PCAP_ERRBUF_SIZE, "%s", pcap != NULL ? pcap_geterr(pcap) : "out of memory");
    if (pcap != NULL)
        pcap_close(pcap);
    return fits;
}

bool filter_check(const char *expression, char *error, size_t error_size) {
    char why[PCAP_ERRBUF_SIZE];
    struct bpf_program bpf;
    bool sound = compile(expression, LINK_ETHERNET, &bpf, why);
    if (sound)
        pcap_freecode(&bpf);
    else
        snprintf(error, error_size, "filter \"%s\": %s", expression, why);
    return sound;
}

static struct filter_program *program_of(const char *expression, int link) {
    struct filter_program *program = calloc(1, sizeof *program);
    if (program == NULL)
        return NULL;
    program->link = link;
    program->fits = compile(expression, link, &program->bpf, program->why);
    return program;
}

/* The latest link type of a bucket comes first: mostly there is no other. NULL: out of memory. */
static struct filter_program *program_for(struct filter *filter, int link) {
    struct filter_program **first = &filter->programs[(unsigned)link % FILTER_BUCKETS];
    struct filter_program **at = first;
    while (*at != NULL && (*at)->link != link)
        at = &(*at)->next;
    struct filter_program *program = *at;
    if (program != NULL)
        *at = program->next;
    else
        program = program_of(filter->expression, link);
    if (program == NULL)
        return NULL;
    program->next = *first;
    *first = program;
    return program;
}

bool filter_passes(struct filter *filter, const struct frame *frame) {
    const struct filter_program *program = program_for(filter, frame->link);
    if (program != NULL && program->fits) {
        struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->bytes.len, .len = frame->wire};
        return pcap_offline_filter(&program->bpf, &header, frame->bytes.at) != 0;
    }
    char text[LINK_TEXT_SIZE];
    if (filter->misfit[0] == '\0')
        snprintf(filter->misfit, sizeof filter->misfit, "the filter does not fit link type %s: %.120s",
                 filter_link_text(frame->link, text), program != NULL ? program->why : "out of memory");
    return false;
}

void filter_free(struct filter *filter) {
    for (size_t i = 0; i < FILTER_BUCKETS; i++) {
        for (struct filter_program *next, *program = filter->programs[i]; program != NULL; program = next) {
            next = program->next;
            if (program->fits)
                pcap_freecode(&program->bpf);
            free(program);
        }
        filter->programs[i] = NULL;
    }
}

char *filter_link_text(int link, char text[static LINK_TEXT_SIZE]) {
    pcap_t *pcap = pcap_of(link);
    int dlt = pcap != NULL ? pcap_datalink(pcap) : link;
    const char *name = pcap_datalink_val_to_name(dlt);
    const char *description = pcap_datalink_val_to_description(dlt);
    snprintf(text, LINK_TEXT_SIZE, "%s%s%d (%s)", name != NULL ? name : "", name != NULL ? ", " : "", link,
             description != NULL ? description : "without a name");
    if (pcap != NULL)
        pcap_close(pcap);
    return text;
}
