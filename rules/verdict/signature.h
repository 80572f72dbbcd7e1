/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_SIGNATURE_H
#define RULES_VERDICT_SIGNATURE_H

#include "rules/verdict/trial.h"

/* The signatures of protocol.md section 10, the ways in which these faults show on the wire:
 *
 *   S1  the mapped endpoint refuses here and the interface is served at another address of the same server
 *   S2  the mapper here does not know it, and it is known at another address
 *   S3  the mapper itself cannot be reached here, and can at another address
 *   S4  the mapper's towers name only other addresses than the one asked
 *   S5  the mapped endpoint is silent, or prohibited, while the mapper answers
 *   S6  the endpoint accepts the connection and rejects the interface
 *   S7  the Exchange MTA's bind-back is refused: to another address of the peer than that from which it had bound
 *   S8  a name service led to this address, while another client is served at another address of the same server
 *   S9  after the failure the client went on by a pipe or over another protocol
 *
 * Each is told only where packets show all of it. Internal to rules/. */

/* Puts those that hold into finding.signature and finding.signatures, and what shows S7 and S8 in addition into `shown`
 * (frame 0 where they do not hold). */
struct shown_by {
    struct sighting bound; /* S7: the bind of the peer, from another address */
    struct endpoint bound_at;
    struct address bound_from;
    struct sighting named; /* S8: the answer of the name service */
    const char *name;
};
void signatures_find(struct finding *finding, const struct trial *trial, struct shown_by *shown);

#endif
