/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb_cutter.h"

#include <string.h>

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
    c->message = c->frame;
    c->taken = 0;
    c->held_count = 0;
    c->payload = 0;
}

static void skip_message(struct smb_cutter *c) {
    c->state = SMB_CUTTER_SKIPPING;
    c->payload = 0;
    c->taken = c->held_count;
}

/* Reads the header of a frame. */
static enum smb_cut enter_frame(struct smb_cutter *c, struct bytes *input) {
    if (!hold(c, input, SMB_FRAME_SIZE))
        return SMB_CUT_NOTHING;
    uint8_t type = c->held[0];
    c->frame = (uint32_t)c->held[1] << 16 | (uint32_t)c->held[2] << 8 | c->held[3];
    begin_message(c);
    if (type >= SMB_FRAME_SESSION_FIRST && type <= SMB_FRAME_SESSION_LAST)
        skip_message(c);
    else if (type != SMB_FRAME_MESSAGES)
        return lose(c, input);
    return SMB_CUT_NOTHING;
}

/* Something else than an SMB 2 message. */
static enum smb_cut pass_over(struct smb_cutter *c, struct bytes *input, enum smb_dialect dialect) {
    if (dialect == SMB_NONE)
        return lose(c, input);
    bool negotiates = dialect == SMB_ONE && smb_one_negotiates(c->held);
    skip_message(c);
    if (dialect == SMB_COMPRESSED)
        return SMB_CUT_NOTHING;
    return negotiates ? SMB_CUT_NEGOTIATION : SMB_CUT_UNREADABLE;
}

/* How long the message is, by its header: up to the next of the chain (MS-SMB2 2.2.1.2). */
static bool measure(struct smb_cutter *c) {
    uint32_t next = smb_next(c->held);
    if (next == 0) {
        c->message = c->frame;
        return true;
    }
    c->message = next;
    return next >= SMB_HEADER_SIZE && next % 8 == 0 && next <= c->frame;
}

/* What it claims to carry lies behind its head and in it. */
static bool payload_fits(const struct smb_cutter *c, uint32_t head) {
    const struct smb_message *m = &c->head;
    return m->offset >= head && m->offset <= SMB_CUTTER_HELD - SMB_CUTTER_GLIMPSE && m->offset <= c->message &&
           m->length <= c->message - m->offset;
}

/* The message from its first byte on to the first few of what it carries. */
static enum smb_cut read_head(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    enum { DIALECT_SIZE = 5 }; /* with the command of SMB 1 */
    if (!hold(c, input, smaller(DIALECT_SIZE, c->message)))
        return SMB_CUT_NOTHING;
    enum smb_dialect dialect = c->message < DIALECT_SIZE ? SMB_NONE : smb_dialect(c->held);
    if (dialect != SMB_TWO)
        return pass_over(c, input, dialect);
    if (!hold(c, input, smaller(SMB_HEADER_SIZE, c->frame)))
        return SMB_CUT_NOTHING;
    if (c->frame < SMB_HEADER_SIZE || !measure(c)) {
        c->message = c->frame;
        skip_message(c);
        return SMB_CUT_NOTHING;
    }
    uint32_t head = smaller(smb_head_size(c->held), c->message);
    if (!hold(c, input, head))
        return SMB_CUT_NOTHING;
    c->head = smb_read((struct bytes){c->held, head});
    if (!payload_fits(c, head))
        c->head.length = 0;
    uint32_t glimpse = smaller(SMB_CUTTER_GLIMPSE, c->head.length);
    if (glimpse > 0 && !hold(c, input, c->head.offset + glimpse))
        return SMB_CUT_NOTHING;
    *piece = (struct bytes){c->held + c->head.offset, glimpse};
    skip_message(c);
    c->payload = c->head.length;
    if (c->payload > 0)
        c->state = SMB_CUTTER_IN_PAYLOAD;
    return SMB_CUT_MESSAGE;
}

/* First what is held of it, then what comes. */
static enum smb_cut pass_on(struct smb_cutter *c, struct bytes *input, struct bytes *piece) {
    bool first = c->payload == c->head.length;
    if (first) {
        *piece = (struct bytes){c->held + c->head.offset, smaller(SMB_CUTTER_GLIMPSE, c->payload)};
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
