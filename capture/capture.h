/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "wire/datagram.h"
#include "wire/tally.h"

/* Capture files in, segments out. One capture at a time per process: libnids has global state.
 *
 * What the receiver must be ready for, besides wire/segment.h: BYTES of the client before OPENED (data in the SYN); SYN
 * after OPENED (captured out of order); REFUSED without a SYN (only the server's side was captured); bytes of one
 * direction while the other waits behind a hole; and sighting.frame that is not in order, as bytes which waited keep
 * the frame that held them. */
struct capture;

enum { CAPTURE_ERROR_SIZE = 512 };

/* handler and tally are borrowed for the life of the capture. NULL, and one line in error, if it cannot be had. */
struct capture *capture_open(segment_handler handler, void *context, struct tally *tally,
                             char error[static CAPTURE_ERROR_SIZE]);
/* Optional, before capture_read: who takes what belongs to no TCP connection, in order with the segments. */
void capture_datagrams(struct capture *capture, datagram_handler handler, void *context);
/* Optional, before capture_read: only frames that match the libpcap filter expression. */
bool capture_filter(struct capture *capture, const char *expression, char error[static CAPTURE_ERROR_SIZE]);
/* Optional: called every so many frames with the share of the input that is read, 0 … 1. */
typedef void (*progress_handler)(void *context, double share);
void capture_progress(struct capture *capture, progress_handler handler, void *context);

/* Optional: asked again and again while capture_read reads, or waits for more to read. Once it has said false, it must
 * not say true again: no file is read on, what was read until then is delivered, and that is no error. */
typedef bool (*go_on_handler)(void *context);
void capture_go_on(struct capture *capture, go_on_handler handler, void *context);
/* Optional: the last of the files is still being written. At its end more is waited for, until the handler above says
 * no, the file becomes shorter (which is an error), or it is removed or replaced by another of its name. A file that
 * is packed is refused. Standard input, or a pipe, ends when its writer ends it. */
void capture_follow(struct capture *capture);

/* Reads the files ("-" is standard input), merged by capture time; sighting.file is the index in paths. Returns false
 * with one line in error (which file, what, what to do) if one cannot be opened or read; what was sound before is
 * delivered all the same. A file that ends in the middle of a frame is no error but LOSS_FILE_TRUNCATED. A frame whose
 * time is before 1970 or after LATEST_TIME is read as of that end, and counted in LOSS_BAD_TIMES. */
bool capture_read(struct capture *capture, const char *const *paths, uint32_t count,
                  char error[static CAPTURE_ERROR_SIZE]);
/* Closes every flow that is still open, which sends its last segments, and frees all. */
void capture_close(struct capture *capture);

#endif
