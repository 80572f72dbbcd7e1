/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_SMB_CUTTER_H
#define DISSECT_SMB_SMB_CUTTER_H

#include "dissect/smb/smb.h"

/* Cuts the SMB messages out of one direction of a stream, of either dialect. Keeps the first bytes of one message at
 * most; what a message carries is handed on as it comes by, and what nobody wants is counted off. */

enum {
    SMB_CUTTER_HELD = 192,  /* bytes of a message that are kept */
    SMB_CUTTER_GLIMPSE = 16 /* bytes of what a message carries that come with it; the size of an RPC header */
};

struct smb_cutter {
    enum smb_cutter_state {
        SMB_CUTTER_SEARCHING, /* for a segment that begins with a frame */
        SMB_CUTTER_AT_FRAME,
        SMB_CUTTER_IN_HEAD,
        SMB_CUTTER_IN_PAYLOAD,
        SMB_CUTTER_SKIPPING, /* to the end of a message, or of what cannot be read in a frame */
    } state;
    uint8_t frame_type;
    bool chained;     /* the message of SMB 1 goes on with another command */
    bool raw;         /* a frame without a message, as READ_RAW and WRITE_RAW have it, is to be expected */
    uint32_t frame;   /* bytes of the frame, from the message on that is being cut */
    uint32_t message; /* where that message ends, or the command; while its header is not here as far as it may go */
    uint32_t taken;   /* bytes of that message that are used up */
    uint32_t shift;   /* how many of its bytes were left out between those held: the earlier commands of its chain */
    uint32_t payload; /* bytes of what it carries that are still to come, those held included */
    struct smb_message head;
    uint32_t held_count;
    uint8_t held[SMB_CUTTER_HELD];
};

enum smb_cut {
    SMB_CUT_NOTHING,    /* the input is used up */
    SMB_CUT_MESSAGE,    /* cutter->head; if it carries something, *piece is its beginning; see smb_cutter_skip */
    SMB_CUT_PAYLOAD,    /* *piece is the next of what the message carries; cutter->payload: how much is still to come */
    SMB_CUT_CALLED,     /* a NetBIOS session is asked for; *piece is the called name, as smb_called_name reads it */
    SMB_CUT_ACCEPTED,   /* it is granted */
    SMB_CUT_REFUSED,    /* it is not, or not here */
    SMB_CUT_ENCRYPTED,  /* a message that cannot be read; it is passed over */
    SMB_CUT_COMPRESSED, /* likewise */
    SMB_CUT_LOST,       /* where a frame should begin there is none; the search is on */
};

/* midstream: the stream's beginning is not in the capture. */
struct smb_cutter smb_cutter_start(bool midstream);
/* The next of what is in *input, which moves on and begins where a segment does when it is new. A piece is valid until
 * the next call. Call until SMB_CUT_NOTHING. */
enum smb_cut smb_cutter_next(struct smb_cutter *cutter, struct bytes *input, struct bytes *piece);
/* After SMB_CUT_MESSAGE: nobody wants what it carries. */
void smb_cutter_skip(struct smb_cutter *cutter);

enum smb_hole {
    SMB_HOLE_HARMLESS,   /* nothing of interest is missing */
    SMB_HOLE_IN_PAYLOAD, /* *missing bytes of what the message carries */
    SMB_HOLE_LOST,       /* who knows what; the search is on */
};
/* n bytes of the stream are missing. */
enum smb_hole smb_cutter_gap(struct smb_cutter *cutter, uint64_t n, uint32_t *missing);

#endif
