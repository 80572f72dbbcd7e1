/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_UNDAMAGED_H
#define TESTS_CAPTURE_UNDAMAGED_H

#include "capture/decode.h"

/* Which connections of a capture are so whole that whatever reassembles TCP must make the same of them. Found out
 * packet by packet, without any of what is tested. */

/* The first that was seen. */
enum damage {
    WHOLE,
    NOT_PLAIN,    /* IPv6, tags, another link type, cut by the snap length */
    NOT_OPENED,   /* its handshake is not there, or was not finished */
    SYN_DATA,     /* bytes in the handshake */
    USED_AGAIN,   /* its endpoints are those of another connection too */
    URGENT,       /* has urgent data, of which there are two readings */
    STRAYED,      /* a sequence number that is none of this connection */
    DISORDERED,   /* more bytes waiting than libnids by itself keeps */
    ACKED_BEFORE, /* bytes captured after their acknowledgement, or never */
    AFTER_END,    /* bytes behind a FIN or RST */
    HOLE,         /* bytes that are missing at the end */
    FRAGMENTS,    /* the capture has IP fragments, which might be of this connection */
    DAMAGES
};

extern const char *const DAMAGE_NAMES[DAMAGES];

struct sent {
    uint32_t first; /* sequence number of the first byte */
    uint32_t next;  /* up to where all bytes are there, */
    uint32_t end;   /* and up to where there are some; both count from first */
    uint32_t fin;   /* its place */
    bool finished;
    bool *there; /* size of them */
    uint32_t size;
};

struct conversation {
    struct endpoint sides[2]; /* by enum direction */
    enum damage damage;
    unsigned handshake; /* how many of its three packets */
    bool reset;
    struct sent sent[2];
};

struct undamaged {
    struct conversation *all;
    uint32_t count, size;
    bool fragments;
};

/* plain: the packet is one that libnids by itself can see. */
void undamaged_packet(struct undamaged *u, const struct packet *packet, bool plain, bool urgent);
/* After the last packet: what is still missing. */
void undamaged_end(struct undamaged *u);
void undamaged_free(struct undamaged *u);

#endif
