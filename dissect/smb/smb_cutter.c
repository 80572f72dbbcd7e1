/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb_cutter.h"

#include "dissect/smb/smb1.h"
#include "dissect/smb/smb2.h"

#include <assert.h>
#include <string.h>

static_assert((int)SMB2_MAX_HEAD + SMB_CUTTER_GLIMPSE <= SMB_CUTTER_HELD &&
                  (int)SMB1_MAX_HEAD + SMB_CUTTER_GLIMPSE <= SMB_CUTTER_HELD,
              "a head and a glimpse of what follows have room");

struct smb_cutter smb_cutter_start(bool midstream) {
    return (struct smb_cutter){.state = midstream ? SMB_CUTTER_SEARCHING : SMB_CUTTER_AT_FRAME};
}

static uint32_t smaller(size_t a, uint32_t b) { return a < b ? (uint32_t)a : b; }

static struct bytes take(struct bytes *input, uint32_t at_most) {
    struct bytes taken = {input->at, smaller(input->len, at_most)};
    if (taken.len > 0)
        *input = (struct bytes){input->at + taken.len, input->len - taken.len};
    return taken;
}

/* Until so many bytes are held. False: they are not here yet. */
static bool hold(struct smb_cutter *c, struct bytes *input, uint32_t count) {
    if (c->held_count < count) {
        struct bytes more = take(input, count - c->held_count);
        if (more.len > 0)
            memcpy(c->held + c->held_count, more.at, more.len);
        c->held_count += (uint32_t)more.len;
    }
    return c->held_count >= count;
}

static enum smb_cut lose(struct smb_cutter *c, struct bytes *input) {
    c->state = SMB_CUTTER_SEARCHING;
    c->held_count = 0;
    c->payload = 0;
    input->len = 0;
    return SMB_CUT_LOST;
}

/* A search has found what it was for, or drops the input. */
static void search(struct smb_cutter *c, struct bytes *input) {
    if (smb_likeness(*input) == SMB_LIKELY)
        c->state = SMB_CUTTER_AT_FRAME;
    else
        input->len = 0;
}

static void begin_message(struct smb_cutter *c) {
    c->state = c->frame == 0 ? SMB_CUTTER_AT_FRAME : SMB_CUTTER_IN_HEAD;
    c->chained = false;
    c->message = c->frame;
    c->taken = 0;
    c->shift = 0;
    c->held_count = 0;
    c->payload = 0;
}

/* Another command of an SMB 1 message, of which the header is kept. */
static void begin_command(struct smb_cutter *c) {
    c->state = SMB_CUTTER_IN_HEAD;
    c->shift = c->message - SMB1_HEADER_SIZE;
    c->message = c->frame;
    c->held_count = SMB1_HEADER_SIZE;
    c->payload = 0;
}

static void skip_message(struct smb_cutter *c) {
    c->state = SMB_CUTTER_SKIPPING;
    c->payload = 0;
    c->taken = c->shift + c->held_count;
}

/* What of the frame can be held, for its end. */
static uint32_t room(const struct smb_cutter *c) { return c->frame - c->shift; }

/* Reads the header of a frame. */
static enum smb_cut enter_frame(struct smb_cutter *c, struct bytes *input) {
    if (!hold(c, input, SMB_FRAME_SIZE))
        return SMB_CUT_NOTHING;
    c->frame_type = c->held[0];
    c->frame = (uint32_t)c->held[1] << 16 | (uint32_t)c->held[2] << 8 | c->held[3];
    begin_message(c);
    switch (c->frame_type) {
    case SMB_FRAME_MESSAGES:
    case SMB_FRAME_REQUEST:
        return SMB_CUT_NOTHING;
    case SMB_FRAME_ACCEPTED:
        skip_message(c);
        return SMB_CUT_ACCEPTED;
    case SMB_FRAME_REFUSED:
    case SMB_FRAME_RETARGETED:
        skip_message(c);
        return SMB_CUT_REFUSED;
    case SMB_FRAME_KEEP_ALIVE:
        skip_message(c);
        return SMB_CUT_NOTHING;
    default:
        return lose(c, input);
    }
}

static enum smb_cut read_call(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    if (!hold(c, input, smaller(SMB_CALLED_SIZE, c->frame)))
        return SMB_CUT_NOTHING;
    *piece = (struct bytes){c->held, c->held_count};
    skip_message(c);
    return SMB_CUT_CALLED;
}

/* What it claims to carry lies behind its head and in it. */
static bool payload_fits(const struct smb_cutter *c, uint32_t head) {
    const struct smb_message *m = &c->head;
    return m->offset >= c->shift + head && m->offset - c->shift <= SMB_CUTTER_HELD - SMB_CUTTER_GLIMPSE &&
           m->offset <= c->message && m->length <= c->message - m->offset;
}

/* The head is read; now the first few bytes of what the message carries. Until they are all here the head is read
 * again with every byte. */
static enum smb_cut finish_head(struct smb_cutter *c, struct bytes *input, uint32_t head, struct bytes *piece) {
    if (c->head.length == 0 || !payload_fits(c, head))
        c->head.offset = c->head.length = 0;
    uint32_t glimpse = smaller(SMB_CUTTER_GLIMPSE, c->head.length);
    uint32_t at = glimpse > 0 ? c->head.offset - c->shift : 0;
    if (glimpse > 0 && !hold(c, input, at + glimpse))
        return SMB_CUT_NOTHING;
    *piece = (struct bytes){c->held + at, glimpse};
    skip_message(c);
    c->payload = c->head.length;
    if (c->payload > 0)
        c->state = SMB_CUTTER_IN_PAYLOAD;
    return SMB_CUT_MESSAGE;
}

static enum smb_cut pass_over(struct smb_cutter *c) {
    c->message = c->frame;
    c->chained = false;
    skip_message(c);
    return SMB_CUT_NOTHING;
}

static enum smb_cut pass_raw(struct smb_cutter *c, struct bytes *input) {
    if (!c->raw)
        return lose(c, input);
    c->raw = false;
    return pass_over(c);
}

/* How long the message is, by its header: up to the next of the chain (MS-SMB2 2.2.1.2). */
static bool measure(struct smb_cutter *c) {
    uint32_t next = smb2_next(c->held);
    c->message = next == 0 ? c->frame : next;
    return next == 0 || (next >= SMB2_HEADER_SIZE && next % 8 == 0 && next <= c->frame);
}

static enum smb_cut read_two(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    if (c->frame < SMB2_HEADER_SIZE)
        return pass_over(c);
    if (!hold(c, input, SMB2_HEADER_SIZE))
        return SMB_CUT_NOTHING;
    if (!measure(c))
        return pass_over(c);
    uint32_t head = smaller(smb2_head_size(c->held), c->message);
    if (!hold(c, input, head))
        return SMB_CUT_NOTHING;
    c->head = smb2_read((struct bytes){c->held, head});
    return finish_head(c, input, head, piece);
}

/* The commands of a chain lie one behind the other (MS-CIFS 2.2.3.4), and with each what it carries. */
static enum smb_cut read_one(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    struct smb_message previous = c->head;
    const struct smb_message *chain = c->chained ? &previous : NULL;
    if (room(c) < SMB1_LEAST_HEAD)
        return pass_over(c);
    if (!hold(c, input, SMB1_LEAST_HEAD))
        return SMB_CUT_NOTHING;
    uint32_t head = smaller(smb1_head_size(c->held, chain), room(c));
    if (!hold(c, input, head))
        return SMB_CUT_NOTHING;
    struct smb_message m = smb1_read((struct bytes){c->held, head}, c->shift, chain);
    bool goes_on = m.next >= c->shift + head && m.next < c->frame;
    c->message = goes_on ? m.next : c->frame;
    c->head = m;
    enum smb_cut cut = finish_head(c, input, head, piece);
    if (cut == SMB_CUT_NOTHING)
        c->head = previous;
    else
        c->chained = goes_on;
    return cut;
}

/* The message from its first byte on to the first few of what it carries. */
static enum smb_cut read_head(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    enum { DIALECT_SIZE = 4 };
    if (c->frame_type == SMB_FRAME_REQUEST)
        return read_call(c, input, piece);
    if (c->frame < DIALECT_SIZE)
        return pass_raw(c, input);
    if (!hold(c, input, DIALECT_SIZE))
        return SMB_CUT_NOTHING;
    switch (smb_dialect(c->held)) {
    case SMB_ONE:
        return read_one(c, input, piece);
    case SMB_TWO:
        return read_two(c, input, piece);
    case SMB_ENCRYPTED:
        pass_over(c);
        return SMB_CUT_ENCRYPTED;
    case SMB_COMPRESSED:
        pass_over(c);
        return SMB_CUT_COMPRESSED;
    case SMB_NONE:
        break;
    }
    return pass_raw(c, input);
}

/* First what is held of it, then what comes. */
static enum smb_cut pass_on(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    bool first = c->payload == c->head.length;
    if (first) {
        *piece = (struct bytes){c->held + (c->head.offset - c->shift), smaller(SMB_CUTTER_GLIMPSE, c->payload)};
    } else {
        *piece = take(input, c->payload);
        c->taken += (uint32_t)piece->len;
    }
    if (piece->len == 0)
        return SMB_CUT_NOTHING;
    c->payload -= (uint32_t)piece->len;
    if (c->payload == 0)
        c->state = SMB_CUTTER_SKIPPING;
    return SMB_CUT_PAYLOAD;
}

static void skip(struct smb_cutter *c, struct bytes *input) {
    c->taken += (uint32_t)take(input, c->message - c->taken).len;
    if (c->taken < c->message)
        return;
    if (c->chained) {
        begin_command(c);
        return;
    }
    c->frame -= c->message;
    begin_message(c);
}

enum smb_cut smb_cutter_next(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    *piece = (struct bytes){0};
    for (;;) {
        enum smb_cutter_state before = c->state;
        enum smb_cut cut = SMB_CUT_NOTHING;
        switch (c->state) {
        case SMB_CUTTER_SEARCHING:
            search(c, input);
            break;
        case SMB_CUTTER_AT_FRAME:
            cut = enter_frame(c, input);
            break;
        case SMB_CUTTER_IN_HEAD:
            cut = read_head(c, input, piece);
            break;
        case SMB_CUTTER_IN_PAYLOAD:
            cut = pass_on(c, input, piece);
            break;
        case SMB_CUTTER_SKIPPING:
            skip(c, input);
            break;
        }
        if (cut != SMB_CUT_NOTHING)
            return cut;
        if (c->state == before && input->len == 0)
            return SMB_CUT_NOTHING;
    }
}

void smb_cutter_skip(struct smb_cutter *c) {
    c->state = SMB_CUTTER_SKIPPING;
    c->payload = 0;
}

static enum smb_hole fall_into(struct smb_cutter *c) {
    struct bytes nothing = {0};
    if (c->state == SMB_CUTTER_SEARCHING)
        return SMB_HOLE_HARMLESS; /* all is lost already */
    lose(c, &nothing);
    return SMB_HOLE_LOST;
}

enum smb_hole smb_cutter_gap(struct smb_cutter *c, uint64_t n, uint32_t *missing) {
    bool in_message = c->state == SMB_CUTTER_IN_PAYLOAD || c->state == SMB_CUTTER_SKIPPING;
    *missing = 0;
    if (n == 0)
        return SMB_HOLE_HARMLESS;
    if (!in_message || n > c->message - c->taken)
        return fall_into(c);
    c->taken += (uint32_t)n;
    *missing = smaller(n, c->payload);
    c->payload -= *missing;
    if (c->payload == 0)
        c->state = SMB_CUTTER_SKIPPING;
    return *missing > 0 ? SMB_HOLE_IN_PAYLOAD : SMB_HOLE_HARMLESS;
}
