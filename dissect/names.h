/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_NAMES_H
#define DISSECT_NAMES_H

#include "dissect/teller.h"
#include "wire/bytes.h"

/* Tells what a server calls itself in an NTLM CHALLENGE, or that it is malformed. False: there is none in the token. */
bool names_tell(struct teller *teller, struct bytes token, const struct sighting *seen);

#endif
