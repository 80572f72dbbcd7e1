/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_NBNS_H
#define DISSECT_WHO_NBNS_H

#include "dissect/who/naming.h"

/* The NetBIOS name service, UDP port 137 (RFC 1002 4.2): which addresses have which unique names, as answers to name
 * and node status queries and registrations tell it. A name is told with its suffix, "EXNODE1<20>"; those of groups are
 * no host's and are left out. */

/* `from` is who sent the message: a node status is about its sender. */
enum reading nbns_read(struct bytes message, const struct address *from, struct namings *namings);
/* It answers somebody. */
bool nbns_is_answer(struct bytes message);

#endif
