/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_TALLY_H
#define WIRE_TALLY_H

#include <stdint.h>

/* What went through, what was not seen, and which limits were reached: each stage adds its part, the summary tells
 * all of it. Counters only, so that several can be added up. */

enum { PDU_TYPES = 21 }; /* ptype 0 … 20, C706 12.6.4 and MS-RPCH */

enum loss {
    LOSS_DROPPED_FRAMES,    /* frames that the capturing program says it lost */
    LOSS_CUT_FRAMES,        /* frames that the snap length cut */
    LOSS_OTHER_LINK,        /* frames of a link type that is not understood */
    LOSS_BAD_TIMES,         /* frames whose capture time is none */
    LOSS_BAD_LINKS,         /* frames whose link-layer or tunnel headers contradict themselves */
    LOSS_BAD_IPS,           /* the same of IP headers */
    LOSS_BAD_TCPS,          /* the same of TCP headers, or a sequence number that is out of all proportion */
    LOSS_BAD_UDPS,          /* the same of UDP headers */
    LOSS_NESTED_FRAMES,     /* frames with more tags, extension headers or tunnels than are opened */
    LOSS_IPSEC_FRAMES,      /* frames that carry IPsec ESP, which cannot be read */
    LOSS_IP_FRAGMENTS,      /* IP fragments of datagrams that never became whole */
    LOSS_OVERLAPS,          /* IP fragments that overlap others of their datagram, with other content or in IPv6 */
    LOSS_LATE_BYTES,        /* stream bytes that came when it had gone on without them, or was over */
    LOSS_GAP_BYTES,         /* stream bytes that are not in the capture, or too late */
    LOSS_GAPS,              /* holes in streams */
    LOSS_MIDSTREAM_FLOWS,   /* flows whose beginning is not in the capture */
    LOSS_ONE_SIDED_FLOWS,   /* flows of which one direction is not in the capture */
    LOSS_FILE_TRUNCATED,    /* files that end in the middle of a frame */
    LOSS_MALFORMED_PDUS,    /* PDUs that contradict themselves */
    LOSS_BAD_NEIGHBOURS,    /* ARP packets, NetBIOS name service and DNS messages that do */
    LOSS_ENCRYPTED_CALLS,   /* mapper calls whose stub is encrypted */
    LOSS_ENCRYPTED_ANSWERS, /* the same of DCOM's and the cluster API's that would tell addresses */
    LOSS_ENCRYPTED_SMB,     /* connections whose SMB is encrypted, from some message on */
    LOSS_COMPRESSED_SMB,    /* the same of compressed */
    LOSS_HTTP_TUNNELS,      /* connections to an RPC proxy: RPC over HTTP version 2 */
    LOSS_KINDS
};

enum limit {
    LIMIT_FLOWS,         /* flow table full: the least useful flow was dropped */
    LIMIT_ENGINE_FLOWS,  /* flows in reassembly at once */
    LIMIT_QUEUE_BYTES,   /* bytes waiting behind a hole */
    LIMIT_DATAGRAMS,     /* fragmented IP datagrams, or bytes of them, waiting to become whole */
    LIMIT_CONTEXTS,      /* presentation contexts of one connection */
    LIMIT_CALLS,         /* calls of one connection waiting for their answer */
    LIMIT_FRAGMENTS,     /* stub bytes of one call kept, or bytes of all PDUs and calls that are not whole yet */
    LIMIT_TOWERS,        /* towers, or string bindings, of one answer kept */
    LIMIT_FIRSTS,        /* kinds of fault and of authentication of one connection that are told */
    LIMIT_HINTS,         /* endpoints that were named, and handles of cluster resources, remembered */
    LIMIT_CONVERSATIONS, /* conversations over UDP remembered at once */
    LIMIT_SESSIONS,      /* sessions, their connections and clients remembered */
    LIMIT_BINDINGS,      /* rows of the binding table */
    LIMIT_FINDINGS,      /* findings told */
    LIMIT_NEIGHBOURS,    /* what ARP and name services said, told again or passed over */
    LIMIT_SERVERS,       /* addresses, stations and links of which the identity is known */
    LIMIT_EVIDENCE,      /* sightings kept per row */
    LIMIT_KINDS
};

struct tally {
    uint64_t files, frames, bytes; /* bytes as they were on the wire */
    int64_t first, last;           /* capture time of the first and last frame, ns; 0 without frames */
    uint64_t flows;
    uint64_t pdus[PDU_TYPES]; /* PDUs by ptype */
    uint64_t calls, maps;     /* request PDUs that start a call; ept_map calls among them */
    uint64_t lost[LOSS_KINDS];
    uint64_t limits[LIMIT_KINDS]; /* how often each was reached */
};

/* Stable names, used as JSON keys. */
extern const char *const LOSS_NAMES[LOSS_KINDS];
extern const char *const LIMIT_NAMES[LIMIT_KINDS];
extern const char *const PDU_NAMES[PDU_TYPES];

/* Adds what `more` counted to `sum`; first and last become the earliest and the latest of both. */
void tally_add(struct tally *sum, const struct tally *more);

#endif
