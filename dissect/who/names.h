/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_NAMES_H
#define DISSECT_WHO_NAMES_H

#include "dissect/teller.h"
#include "wire/bytes.h"

/* Tells what an authentication token says of the server: what it calls itself in an NTLM CHALLENGE of its own, or that
 * this is malformed; or the service that the client shows a Kerberos ticket for. `from` is who sent the token, by role;
 * a client's may be cut behind its first kilobyte or two. False: it says nothing. */
bool names_tell(struct teller *teller, struct bytes token, enum direction from, const struct sighting *seen);

#endif
