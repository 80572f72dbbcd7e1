/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_FOREIGN_H
#define CAPTURE_FOREIGN_H

#include "wire/bytes.h"

/* What a file that is neither pcap nor pcapng seems to be, and how to turn it into one: known by how it begins, or
 * where that tells nothing by its name. NULL: not known. */
const char *foreign_advice(struct bytes start, const char *path);

#endif
