/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* A borrowed run of bytes. Whoever hands one on says how long it lives; who wants to keep it copies it. */
struct bytes {
    const uint8_t *at;
    size_t len;
};

#endif
