/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "capture/savefile.h"

/* One capture file, frame by frame. */
struct source;

/* NULL and one line in error if it cannot be opened, or is no capture. path, filter (an expression of pcap-filter(7),
 * or NULL) and the context of reading are borrowed. */
struct source *source_open(const char *path, uint32_t file, const char *filter, const struct reading *reading,
                           char *error, size_t error_size);
/* The next frame, borrowed until source_close or a call for which source_holds_next said no, whichever comes first;
 * what is done with other sources does not touch it. Its interface is numbered from file * MAX_INTERFACES on.
 * SOURCE_BROKEN comes with a line in error. */
enum source_state source_next(struct source *source, struct frame *frame, char *error, size_t error_size);
/* Whether the next call of source_next leaves the bytes of all frames that were told before where they are, as the next
 * record lies whole in the buffer; it may still be SOURCE_BROKEN. Cheap; may be false though it does. */
bool source_holds_next(const struct source *source);
/* Whether the filter, if there is one, lets the frame that was read last through. */
bool source_wants(const struct source *source);
/* False and one line in error if frames were read, and none could be understood, or the filter does not fit some. */
bool source_understood(const struct source *source, char *error, size_t error_size);
/* Frames that the capturing program says it lost, as far as it was read. */
uint64_t source_dropped(const struct source *source);
int64_t source_position(const struct source *source);
int64_t source_size(const struct source *source);
void source_close(struct source *source);

#endif
