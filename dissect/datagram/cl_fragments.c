/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/datagram/cl_fragments.h"

#include <stdlib.h>
#include <string.h>

struct cl_fragment {
    struct cl_fragment *lower;
    uint16_t number;
    uint16_t len;
    uint8_t bytes[];
};

/* Of memory: empty ones, too, take some. */
static size_t cost(size_t len) { return sizeof(struct cl_fragment) + len; }

void cl_fragments_release(struct cl_fragments *f, size_t *used) {
    for (struct cl_fragment *at = f->highest, *lower; at != NULL; at = lower) {
        lower = at->lower;
        *used -= cost(at->len);
        free(at);
    }
    free(f->whole);
    *f = (struct cl_fragments){0};
}

/* They mostly come in order: then it is the highest, and found at once. */
static bool insert(struct cl_fragments *f, const struct cl_pdu *pdu, size_t *used) {
    struct cl_fragment **place = &f->highest;
    while (*place != NULL && (*place)->number > pdu->fragment)
        place = &(*place)->lower;
    if (*place != NULL && (*place)->number == pdu->fragment)
        return true;
    struct cl_fragment *fragment = malloc(sizeof *fragment + pdu->body.len);
    if (fragment == NULL)
        return false;
    fragment->number = pdu->fragment;
    fragment->len = (uint16_t)pdu->body.len;
    memcpy(fragment->bytes, pdu->body.at, pdu->body.len);
    fragment->lower = *place;
    *place = fragment;
    f->count++;
    f->bytes += pdu->body.len;
    *used += cost(pdu->body.len);
    return true;
}

/* Numbers count from 0 and none is there twice, so they are complete when there are as many as the last one says. */
static bool is_complete(const struct cl_fragments *f) {
    return f->ends && f->highest->number == f->last && f->count == (uint32_t)f->last + 1;
}

static bool join(struct cl_fragments *f, struct bytes *stub) {
    f->whole = malloc(f->bytes > 0 ? f->bytes : 1);
    if (f->whole == NULL)
        return false;
    size_t end = f->bytes;
    for (const struct cl_fragment *at = f->highest; at != NULL; at = at->lower) {
        end -= at->len;
        memcpy(f->whole + end, at->bytes, at->len);
    }
    *stub = (struct bytes){f->whole, f->bytes};
    return true;
}

enum cl_join cl_fragments_add(struct cl_fragments *f, const struct cl_pdu *pdu, size_t *used, struct bytes *stub) {
    if ((pdu->flags1 & CL_FRAG) == 0) {
        *stub = pdu->body;
        return CL_WHOLE;
    }
    if (f->whole != NULL)
        return CL_WAITS; /* one of them once more */
    bool room = f->count < CL_MAX_FRAGMENTS && f->bytes + pdu->body.len <= CL_MAX_STUB &&
                *used + cost(pdu->body.len) <= CL_MAX_STUBS;
    if (cl_pdu_is_last(pdu)) {
        f->ends = true;
        f->last = pdu->fragment;
    }
    if (!room || !insert(f, pdu, used) || (is_complete(f) && !join(f, stub))) {
        cl_fragments_release(f, used);
        return CL_FULL;
    }
    return f->whole != NULL ? CL_WHOLE : CL_WAITS;
}
