/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_NTLM_H
#define DISSECT_WHO_NTLM_H

#include "dissect/fact.h"
#include "wire/bytes.h"

enum { NTLM_NAMES = NAME_NTLM_DNS_DOMAIN + 1 };

/* The names that a server gives itself in an NTLM CHALLENGE; "" for those that it does not tell. */
struct ntlm_names {
    char names[NTLM_NAMES][FACT_TEXT_SIZE];
};

/* Finds a CHALLENGE in an authentication token, whatever it is wrapped in. */
bool ntlm_find(struct bytes token, struct bytes *challenge);
/* False: malformed. */
bool ntlm_read(struct bytes challenge, struct ntlm_names *names);

#endif
