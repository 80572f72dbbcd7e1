/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_DNS_H
#define DISSECT_WHO_DNS_H

#include "dissect/who/naming.h"

/* Answers of the domain name system (RFC 1035), of multicast DNS (RFC 6762) and LLMNR (RFC 4795): A and AAAA records
 * by their owners, and by the names that CNAME records in the same message make lead to them; of one address the
 * owner's name comes last. Names are in lower case, for case says nothing in them. */
enum reading dns_read(struct bytes message, struct namings *namings);

#endif
