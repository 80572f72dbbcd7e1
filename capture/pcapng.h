/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_PCAPNG_H
#define CAPTURE_PCAPNG_H

#include "capture/savefile.h"

/* pcapng files (draft-ietf-opsawg-pcapng): any number of sections, each in its own byte order and with interfaces of
 * its own; enhanced, simple and obsolete packet blocks; the drop counts of those and of interface statistics. Other
 * blocks are passed over, whatever their length; those that Wireshark shows as frames count as such. */

/* Whether the four octets at feed_at begin such a file. */
bool pcapng_is(const struct savefile *file);
/* Reads the header of the first section; SOURCE_FRAME: it is sound. */
enum source_state pcapng_begin(struct savefile *file);
enum source_state pcapng_next(struct savefile *file, struct frame *frame);
/* As source_holds_next. */
bool pcapng_holds_next(const struct savefile *file);

#endif
