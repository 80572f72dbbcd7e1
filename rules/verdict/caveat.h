/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_CAVEAT_H
#define RULES_VERDICT_CAVEAT_H

#include "rules/verdict/trial.h"

/* Caveats: short sentences with a finding that say what the capture lacks, where that could change the verdict. What
 * the packets prove has none, whatever else is missing: an RST to a SYN, an ICMP error, a bind_nak, a mapper's "not
 * registered". So each goes with something that a verdict concludes from what was NOT seen:
 *
 *   the verdict rests on            and is in doubt if                            the sentence
 *   ------------------------------  --------------------------------------------  ---------------------------------
 *   silence: nobody answered the    the capturing program dropped frames, or      "N frames … dropped or could not be
 *   SYNs (endpoint-filtered,        frames could not be read, as many as SYNs     read …"
 *   mapper-unreachable, also one    as many holes in RPC streams at that time     "N holes in streams at that time …"
 *   foretold from silence)          of other connections to the server the        "Of other connections to S only the
 *                                   server's packets are missing                  client's packets …"
 *                                   no packet of the server at all, and other     "No packet of S … of N other
 *                                   connections lack a direction                  connections one direction …"
 *                                   several files, and one breaks off             "A capture file breaks off …"
 *                                   the limit of flows or sessions was reached    "The limit of flows …"
 *   the client is done (any rule)   the capture ends within its retries           "The capture ends while …"
 *   no other address is known       the limit of bindings, servers or sessions    "The limit of bindings …"
 *   (mapper-unreachable, not-       was reached: it may have been passed over
 *   registered, endpoint-refused)
 *   never served here before        sightings of this binding were dropped        "N sightings …"
 *   (unbound-address, tower-        (limit of evidence)
 *   elsewhere, endpoint-refused)
 *   bound elsewhere (all that       known only from an accepted connection, and   "That S has it is concluded from an
 *   name another address)           of connections there something is missing     accepted connection …"
 *   bound elsewhere still           the outcome of the latest connect there is    "How the latest connect to S
 *                                   not in the capture                            ended …"
 *   before or after (stale-         the capture's clock goes back                 "The clock of the capture …"
 *   endpoint, endpoint-refused,
 *   all that name another address)
 *   it is the first answer, not     the bind to the mapper is from before the     "The answer may only end a list …"
 *   the end of a list (not-         capture, or bytes before the answer are
 *   registered)                     missing
 *   every answer is a fault         the server's bytes have holes, the bind is    "Answers may be missing …"
 *   (call-fault)                    from before the capture, or it ends before
 *                                   some calls are answered
 *   this is the interface that is   the client's question, or the answer to it,   "The question … is not in the
 *   wanted (any rule)               is not in the capture                         capture …"
 *
 * To hide the silence of a server, an answer to each SYN must be missing; fewer lost frames than SYNs are no doubt.
 * A finding that was averted claims nothing. Of sessions that fold into one finding, one without caveats suffices. */

/* Internal to rules/. */
void caveats_find(struct finding *finding, const struct trial *trial);

#endif
