/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_LAYERS_H
#define TESTS_CAPTURE_LAYERS_H

#include "capture/decode.h"
#include "tests/capture/packets.h"

/* One TCP segment under many layers: each must be peeled off, cut anywhere, ended anywhere, and damaged anywhere. */

/* What lies before the IP header of the sample, as a link layer or in a tunnel. */
struct layer {
    int link; /* LINKTYPE_… */
    bool v6;  /* the sample's */
    const char *octets;
    size_t len;
};

#define LAYER(link, v6, octets)                                                                                        \
    { link, v6, octets, sizeof(octets) - 1 }

/* From 10.0.0.1 or 2001:db8::1, port 50000, to 10.0.0.2 or 2001:db8::2, port 135, with "hello". */
struct tcp sample(bool v6);
void build_layer(const struct layer *layer, struct buffer *b);

/* decode_frame of the first octets, in memory of their own, so that a read past the end is seen. */
enum decoded decode(int link, const struct buffer *b, size_t captured, struct packet *p);
/* It is the sample; returns what it was decoded to. */
struct packet expect_sample(int link, const struct buffer *b, bool v6);
/* Every prefix of it is CUT, or the sample with less payload. */
void expect_every_prefix(int link, struct buffer *b);
/* Every shorter frame contradicts itself, or is of no interest. */
void expect_every_end(int link, struct buffer *b);
/* Every octet may be any; nothing more is expected than a result. */
void expect_every_octet(int link, struct buffer *b);

#endif
