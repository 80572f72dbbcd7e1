/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "capture/decode.h"

#include <stdbool.h>
#include <stddef.h>

/* Expressions of pcap-filter(7), through libpcap, which knows link types also by their LINKTYPE_ values. */

enum { FILTER_TEXT_SIZE = 320, LINK_TEXT_SIZE = 160, FILTER_BUCKETS = 256 };

/* One expression, compiled for one link type after the other. */
struct filter {
    const char *expression;                          /* borrowed */
    struct filter_program *programs[FILTER_BUCKETS]; /* by link type */
    char misfit[FILTER_TEXT_SIZE]; /* the first link type that it does not fit, and why; "" if it fits all so far */
};

/* Whether the frame passes; one does not if the expression does not fit its link type. */
bool filter_passes(struct filter *filter, const struct frame *frame);
void filter_free(struct filter *filter);

/* Whether an expression is one at all: whether it fits Ethernet. */
bool filter_check(const char *expression, char *error, size_t error_size);

/* "IEEE802_11_RADIO, 127 (802.11 plus radiotap header)" for a LINKTYPE_ value; returns text. */
char *filter_link_text(int link, char text[static LINK_TEXT_SIZE]);

#endif
