/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/cutter.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_SEARCHED = 256 * 1024,                             /* bytes passed over before a direction is given up */
    MAX_HELD = PDU_MAX_SIZE + PDU_HEADER_SIZE + 16 * 1024, /* a PDU, the header that proves it, and some more */
    FIRST_CAPACITY = 256,
    KEPT_CAPACITY = 8 * 1024, /* a buffer up to this size stays for the next PDU: Windows fragments have 5840 octets */
};

struct cutter cutter_start(bool midstream) {
    return (struct cutter){.state = midstream ? CUTTER_SEARCHING : CUTTER_AT_BEGINNING};
}

void cutter_stop(struct cutter *c) {
    free(c->held);
    *c = (struct cutter){.state = CUTTER_LOST};
}

static size_t held(const struct cutter *c) { return c->end - c->start; }

static struct bytes held_bytes(const struct cutter *c) { return (struct bytes){c->held + c->start, held(c)}; }

static void advance(struct bytes *input, size_t n) {
    input->at += n;
    input->len -= n;
}

/* Room for more bytes behind those that are held. These move only when at least as many have been passed over, and the
 * buffer doubles, so that the work per byte stays constant. */
static bool make_room(struct cutter *c, size_t more) {
    if (c->start >= held(c) && c->start > 0) {
        memmove(c->held, c->held + c->start, held(c));
        c->end -= c->start;
        c->start = 0;
    }
    if (c->end + more <= c->capacity)
        return true;
    size_t capacity = c->capacity == 0 ? FIRST_CAPACITY : c->capacity;
    while (capacity < c->end + more)
        capacity *= 2;
    uint8_t *bigger = realloc(c->held, capacity);
    if (bigger == NULL)
        return false;
    c->held = bigger;
    c->capacity = capacity;
    return true;
}

/* Takes input until n bytes are held. */
static bool hold(struct cutter *c, struct bytes *input, size_t n) {
    size_t more = n <= held(c) ? 0 : n - held(c);
    if (more > input->len)
        more = input->len;
    if (more == 0)
        return true;
    if (c->end + more > c->capacity && !make_room(c, more))
        return false;
    memcpy(c->held + c->end, input->at, more);
    c->end += more;
    advance(input, more);
    return true;
}

/* What an earlier call handed out is used by now. */
static void tidy(struct cutter *c) {
    if (held(c) > 0)
        return;
    c->start = c->end = 0;
    if (c->capacity > KEPT_CAPACITY) {
        free(c->held);
        c->held = NULL;
        c->capacity = 0;
    }
}

static enum cut lose(struct cutter *c) {
    cutter_stop(c);
    return CUT_LOST;
}

static void search_on(struct cutter *c) {
    c->state = CUTTER_SEARCHING;
    c->searched = 0;
    c->complete = false;
    c->head_told = false;
}

static enum recognition recognise(const struct cutter *c, struct bytes bytes, enum proof proof, size_t *at) {
    if (c->state == CUTTER_AT_BEGINNING)
        return recognise_first(bytes, proof, at);
    return recognise_any(bytes, proof, c->aligned, at);
}

static void pass_over(struct cutter *c, struct bytes *input, size_t n) {
    if (n == 0)
        return;
    c->searched += (uint32_t)n;
    c->aligned = false;
    c->complete = false;
    if (held(c) > 0)
        c->start += n;
    else
        advance(input, n);
}

/* One that was not rejected and is not proven yet. */
static bool holds_whole_pdu(const struct cutter *c, struct pdu *pdu) {
    bool searching = c->state == CUTTER_AT_BEGINNING || c->state == CUTTER_SEARCHING;
    if (!searching || held(c) < PDU_HEADER_SIZE || pdu_likeness(held_bytes(c)) != PDU_LIKELY)
        return false;
    *pdu = pdu_read(held_bytes(c));
    return pdu->whole && pdu_lengths_agree(pdu);
}

static void note_completion(struct cutter *c, const struct sighting *seen) {
    struct pdu pdu;
    if (c->complete || !holds_whole_pdu(c, &pdu))
        return;
    c->complete = true;
    c->completion = *seen;
}

/* CUT_PDU: found, it is the next to be cut. */
static enum cut search(struct cutter *c, struct bytes *input, const struct sighting *seen, enum proof proof) {
    do {
        tidy(c);
        if (held(c) > 0 && !hold(c, input, MAX_HELD))
            return lose(c);
        struct bytes window = held(c) > 0 ? held_bytes(c) : *input;
        if (window.len == 0)
            return CUT_NOTHING;
        if (window.len > MAX_SEARCHED)
            window.len = MAX_SEARCHED;
        if (held(c) == 0)
            c->aligned = true;
        size_t at;
        enum recognition found = recognise(c, window, proof, &at);
        if (found == RECOGNISED_TUNNEL) {
            cutter_stop(c);
            return CUT_TUNNEL;
        }
        pass_over(c, input, at);
        if (found == RECOGNISED_PDU) {
            c->state = CUTTER_CUTTING;
            return CUT_PDU;
        }
        if (c->searched > MAX_SEARCHED || (found == RECOGNISED_NOTHING && c->state == CUTTER_AT_BEGINNING))
            return lose(c);
        if (found == RECOGNISED_LATER && !hold(c, input, MAX_HELD))
            return lose(c);
        note_completion(c, seen);
    } while (input->len > 0);
    return CUT_NOTHING;
}

static bool has_body_to_skip(const struct pdu *pdu) {
    return (pdu->type == PDU_REQUEST || pdu->type == PDU_RESPONSE) && pdu->length > PDU_HEAD_SIZE;
}

/* Where the PDU should begin there is something else. Its first byte is passed over so that the search moves on. */
static enum cut bad_pdu(struct cutter *c, struct bytes *input, enum cut why) {
    search_on(c);
    pass_over(c, input, 1);
    return why;
}

static enum cut cut_held(struct cutter *c, struct bytes *input, const struct sighting *seen, struct pdu *pdu) {
    if (!hold(c, input, PDU_HEADER_SIZE))
        return lose(c);
    if (held(c) < PDU_HEADER_SIZE)
        return CUT_NOTHING;
    if (pdu_likeness(held_bytes(c)) == PDU_IMPOSSIBLE)
        return bad_pdu(c, input, CUT_BAD_HEADER);
    *pdu = pdu_read(held_bytes(c));
    if (pdu->length < PDU_HEADER_SIZE)
        return bad_pdu(c, input, CUT_BAD_LENGTH);
    if (!c->head_told && has_body_to_skip(pdu)) {
        if (!hold(c, input, PDU_HEAD_SIZE))
            return lose(c);
        if (held(c) < PDU_HEAD_SIZE)
            return CUT_NOTHING;
        *pdu = pdu_read(held_bytes(c));
        c->head_told = true;
        if (held(c) + input->len < pdu->length)
            return CUT_HEAD;
    }
    if (!hold(c, input, pdu->length))
        return lose(c);
    if (held(c) < pdu->length)
        return CUT_NOTHING;
    *pdu = pdu_read(held_bytes(c));
    pdu->seen = c->complete ? c->completion : *seen;
    c->complete = false;
    c->head_told = false;
    c->start += pdu->length;
    return CUT_PDU;
}

static enum cut cut_in_place(struct cutter *c, struct bytes *input, const struct sighting *seen, struct pdu *pdu) {
    if (input->len < PDU_HEADER_SIZE)
        return cut_held(c, input, seen, pdu);
    if (pdu_likeness(*input) == PDU_IMPOSSIBLE)
        return bad_pdu(c, input, CUT_BAD_HEADER);
    *pdu = pdu_read(*input);
    if (pdu->length < PDU_HEADER_SIZE)
        return bad_pdu(c, input, CUT_BAD_LENGTH);
    if (!pdu->whole)
        return cut_held(c, input, seen, pdu);
    pdu->seen = *seen;
    advance(input, pdu->length);
    return CUT_PDU;
}

static enum cut skip(struct cutter *c, struct bytes *input, const struct sighting *seen, struct pdu *pdu) {
    size_t n = c->skip < input->len ? c->skip : input->len;
    advance(input, n);
    c->skip -= (uint32_t)n;
    if (c->skip > 0)
        return CUT_NOTHING;
    *pdu = pdu_read(held_bytes(c));
    pdu->whole = false;
    pdu->seen = *seen;
    c->state = CUTTER_CUTTING;
    c->head_told = false;
    c->start = c->end;
    return CUT_PDU;
}

enum cut cutter_next(struct cutter *c, struct bytes *input, const struct sighting *seen, enum proof proof,
                     struct pdu *pdu) {
    tidy(c);
    if (c->state == CUTTER_AT_BEGINNING || c->state == CUTTER_SEARCHING) {
        enum cut found = search(c, input, seen, proof);
        if (found != CUT_PDU)
            return found;
    }
    if (c->state == CUTTER_LOST) {
        advance(input, input->len);
        return CUT_NOTHING;
    }
    if (c->state == CUTTER_SKIPPING)
        return skip(c, input, seen, pdu);
    return held(c) > 0 ? cut_held(c, input, seen, pdu) : cut_in_place(c, input, seen, pdu);
}

static void skip_rest(struct cutter *c, uint32_t rest) {
    c->state = CUTTER_SKIPPING;
    c->skip = rest;
    if (held(c) > PDU_HEAD_SIZE)
        c->end = c->start + PDU_HEAD_SIZE;
}

void cutter_skip_body(struct cutter *c) {
    struct pdu pdu = pdu_read(held_bytes(c));
    skip_rest(c, (uint32_t)(pdu.length - held(c)));
}

/* How many bytes of the PDU in hand are still to come; 0 if its header is not here. */
static uint32_t rest_of_pdu(const struct cutter *c) {
    if (c->state == CUTTER_SKIPPING)
        return c->skip;
    if (c->state != CUTTER_CUTTING || held(c) < PDU_HEADER_SIZE)
        return 0;
    struct pdu pdu = pdu_read(held_bytes(c));
    return (uint32_t)(pdu.length - held(c));
}

void cutter_let_go(struct cutter *c) {
    if (c->state == CUTTER_AT_BEGINNING || c->state == CUTTER_SEARCHING) {
        if (held(c) > PDU_HEAD_SIZE)
            cutter_stop(c);
        return;
    }
    if (c->capacity <= FIRST_CAPACITY)
        return;
    if (held(c) > PDU_HEAD_SIZE)
        skip_rest(c, rest_of_pdu(c));
    uint8_t *smaller = malloc(FIRST_CAPACITY); /* realloc would leave it where it keeps the rest from being used */
    if (smaller == NULL)
        return;
    memcpy(smaller, c->held + c->start, held(c));
    c->end -= c->start;
    c->start = 0;
    free(c->held);
    c->held = smaller;
    c->capacity = FIRST_CAPACITY;
}

void cutter_gap(struct cutter *c, uint64_t n) {
    uint32_t rest = rest_of_pdu(c);
    if (c->state == CUTTER_LOST || n == 0)
        return;
    if (n <= rest) {
        skip_rest(c, rest - (uint32_t)n);
        return;
    }
    c->start = c->end;
    search_on(c);
}

bool cutter_waits(const struct cutter *c, struct pdu *pdu) { return c->aligned && holds_whole_pdu(c, pdu); }
