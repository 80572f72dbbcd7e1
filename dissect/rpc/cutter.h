/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_CUTTER_H
#define DISSECT_RPC_CUTTER_H

#include "dissect/rpc/pdu.h"
#include "dissect/rpc/recognise.h"

/* Cuts the PDUs out of one direction of a stream. A PDU that lies whole in the input is handed on as it lies; only one
 * that goes across inputs is put together here, and of one that nobody reads only the head is kept. Holds little more
 * than one PDU. */

enum cutter_state {
    CUTTER_AT_BEGINNING, /* the stream's first bytes must be a PDU */
    CUTTER_SEARCHING,    /* for where a PDU begins */
    CUTTER_CUTTING,
    CUTTER_SKIPPING, /* to the end of a PDU whose head is held */
    CUTTER_LOST,     /* there are no PDUs, or they cannot be found any more */
};

struct cutter {
    enum cutter_state state;
    bool head_told;
    bool aligned;  /* searching: what is held begins where a segment does */
    bool complete; /* searching: all of the PDU that waits for its proof is held */
    uint32_t skip;
    uint32_t searched;
    uint8_t *held; /* owned; the bytes from start to end wait */
    size_t start, end, capacity;
    struct sighting completion; /* since when `complete` */
};

enum cut {
    CUT_NOTHING,    /* the input is used up */
    CUT_PDU,        /* *pdu; its bytes are valid until the next call */
    CUT_HEAD,       /* *pdu is the head of a request or response whose end is not here yet; see cutter_skip_body */
    CUT_BAD_HEADER, /* where a PDU should begin there is none; the search is on */
    CUT_BAD_LENGTH, /* frag_length is shorter than the header; the search is on */
    CUT_LOST,       /* no PDU found; told once */
    CUT_TUNNEL,     /* the stream is a request to an RPC proxy over HTTP; told once, and nothing is cut any more */
};

/* midstream: the stream's beginning is not in the capture. */
struct cutter cutter_start(bool midstream);
void cutter_stop(struct cutter *cutter);
/* The next of what is in *input, which moves on. Call until CUT_NOTHING. */
enum cut cutter_next(struct cutter *cutter, struct bytes *input, const struct sighting *seen, enum proof proof,
                     struct pdu *pdu);
/* After CUT_HEAD: do not keep the rest. The PDU still comes when its end does, but !whole. */
void cutter_skip_body(struct cutter *cutter);
/* Holds no more than a head from now on: the PDU in hand comes like one after cutter_skip_body; without one the stream
 * is given up. */
void cutter_let_go(struct cutter *cutter);
/* n bytes are missing. If they all belong to one PDU whose header is here, it comes with its end, but !whole. */
void cutter_gap(struct cutter *cutter, uint64_t n);
/* A whole PDU that begins where a segment does waits for its proof. */
bool cutter_waits(const struct cutter *cutter, struct pdu *pdu);

#endif
