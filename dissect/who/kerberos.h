/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_KERBEROS_H
#define DISSECT_WHO_KERBEROS_H

#include "dissect/fact.h"
#include "wire/bytes.h"

/* Reads the service that the ticket of an AP-REQ is for, "cifs/host.example.com", the realm left out (RFC 4120 5.5.1).
 * The token may hold the AP-REQ bare, in GSS-API's framing (RFC 4121 4.1), or in SPNEGO (RFC 4178), and may be cut
 * behind the service name. False: there is none. */
bool kerberos_service(struct bytes token, char service[static FACT_TEXT_SIZE]);

#endif
