/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/source.h"
#include "capture/classic.h"
#include "capture/filter.h"
#include "capture/foreign.h"
#include "capture/link.h"
#include "capture/pcapng.h"

#include <stdio.h>
#include <stdlib.h>

struct source {
    struct savefile savefile;
    const char *path;
    uint32_t file;
    bool classic; /* else pcapng */
    bool wanted;  /* the latest frame */
    bool filtered;
    struct filter filter;
    bool understood;    /* the link type of a frame, at least */
    int not_understood; /* the first link type that is not; -1: none */
};

static struct source *fail(struct source *source, char *error, size_t error_size, const char *why) {
    snprintf(error, error_size, "%s: not a capture that can be read (%s); pcap and pcapng are", source->path, why);
    source_close(source);
    return NULL;
}

static enum source_state begin(struct source *source) {
    struct savefile *file = &source->savefile;
    if (!feed_need(&file->feed, 4))
        return savefile_ended(file, false);
    source->classic = classic_is(file);
    if (source->classic)
        return classic_begin(file);
    if (pcapng_is(file))
        return pcapng_begin(file);
    feed_need(&file->feed, 8); /* enough to know others; if there is less, so be it */
    const char *advice = foreign_advice((struct bytes){feed_at(&file->feed), feed_left(&file->feed)}, source->path);
    return savefile_broken(file, "%s", advice != NULL ? advice : "unknown file format");
}

struct source *source_open(const char *path, uint32_t file, const char *filter, const struct reading *reading,
                           char *error, size_t error_size) {
    struct source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        snprintf(error, error_size, "%s: out of memory", path);
        return NULL;
    }
    source->path = path;
    source->file = file;
    source->filtered = filter != NULL;
    source->filter.expression = filter;
    source->not_understood = -1;
    if (!feed_open(&source->savefile.feed, path, reading, error, error_size)) {
        free(source);
        return NULL;
    }
    switch (begin(source)) {
    case SOURCE_BROKEN:
        return fail(source, error, error_size, source->savefile.why);
    case SOURCE_TRUNCATED:
        return fail(source, error, error_size, "its header is cut off");
    case SOURCE_END:
    case SOURCE_FRAME:
    case SOURCE_STOPPED: /* which source_next will tell */
        break;
    }
    return source;
}

void source_close(struct source *source) {
    filter_free(&source->filter);
    feed_close(&source->savefile.feed);
    free(source->savefile.interfaces);
    free(source);
}

static enum source_state broken(const struct source *source, char *error, size_t error_size) {
    snprintf(
        error, error_size,
        "%s: cannot be read beyond frame %llu: %s; what comes before is told, copy or record it again for the rest",
        source->path, (unsigned long long)source->savefile.frames, source->savefile.why);
    return SOURCE_BROKEN;
}

static bool misfits(const struct source *source, char *error, size_t error_size) {
    if (source->filter.misfit[0] != '\0')
        snprintf(error, error_size, "%s: %s", source->path, source->filter.misfit);
    return source->filter.misfit[0] != '\0';
}

static void look_at_link(struct source *source, int link) {
    source->understood = link_known(link);
    if (!source->understood && source->not_understood < 0)
        source->not_understood = link;
}

enum source_state source_next(struct source *source, struct frame *frame, char *error, size_t error_size) {
    struct savefile *file = &source->savefile;
    if (file->feed.input.stopped)
        return SOURCE_STOPPED;
    enum source_state state = source->classic ? classic_next(file, frame) : pcapng_next(file, frame);
    if (state == SOURCE_BROKEN)
        return broken(source, error, error_size);
    if (state != SOURCE_FRAME)
        return state;
    if (!source->understood)
        look_at_link(source, frame->link);
    frame->interface += source->file * MAX_INTERFACES;
    frame->seen.file = source->file;
    source->wanted = !source->filtered || filter_passes(&source->filter, frame);
    /* A pcap file has one link type: there is no other that the filter could fit. */
    return source->classic && !source->wanted && misfits(source, error, error_size) ? SOURCE_BROKEN : SOURCE_FRAME;
}

bool source_holds_next(const struct source *source) {
    return source->classic ? classic_holds_next(&source->savefile) : pcapng_holds_next(&source->savefile);
}

bool source_wants(const struct source *source) { return source->wanted; }

bool source_understood(const struct source *source, char *error, size_t error_size) {
    if (misfits(source, error, error_size))
        return false;
    if (source->understood || source->not_understood < 0)
        return true;
    char text[LINK_TEXT_SIZE];
    snprintf(error, error_size,
             "%s: link type %s is not understood; Ethernet, Linux cooked, PPP, MPLS, PKTAP, NFLOG, raw IP and BSD "
             "loopback are",
             source->path, filter_link_text(source->not_understood, text));
    return false;
}

uint64_t source_dropped(const struct source *source) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < source->savefile.count; i++) {
        const struct interface *in = &source->savefile.interfaces[i];
        uint64_t dropped = in->drops_told ? count_add(in->if_drop, in->os_drop) : in->missing;
        sum = count_add(sum, dropped);
    }
    return sum;
}

int64_t source_position(const struct source *source) { return source->savefile.feed.input.position; }

int64_t source_size(const struct source *source) { return source->savefile.feed.input.size; }
