/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_WATCHED_H
#define TESTS_CAPTURE_WATCHED_H

#include "wire/bytes.h"

/* Looks at everything that libnids is given, in a program that is linked with --wrap for its functions. */
struct watched {
    unsigned long long packets, streams;
    unsigned long long wrong; /* packets, or settings, with which libnids is known to crash or to lose bytes */
    unsigned inits;
    unsigned never;     /* calls of what must never be called */
    struct bytes frame; /* that is being read: none of it may be handed on */
};

extern struct watched watched;

#endif
