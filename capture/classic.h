/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_CLASSIC_H
#define CAPTURE_CLASSIC_H

#include "capture/savefile.h"

/* pcap files (draft-ietf-opsawg-pcap): in either byte order, of micro- or nanoseconds, or with the longer record
 * headers of Kuznetzov's libpcap. Read like libpcap reads them, but that no frame is cut to the snap length of the
 * file's header, and seconds are unsigned. */

/* Whether the four octets at feed_at begin such a file. */
bool classic_is(const struct savefile *file);
/* Reads the header; SOURCE_FRAME: it is sound. */
enum source_state classic_begin(struct savefile *file);
enum source_state classic_next(struct savefile *file, struct frame *frame);
/* As source_holds_next. */
bool classic_holds_next(const struct savefile *file);

#endif
