/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_DATAGRAM_CONNECTIONLESS_H
#define DISSECT_DATAGRAM_CONNECTIONLESS_H

#include "dissect/fact.h"
#include "wire/datagram.h"

/* Connectionless DCE/RPC (C706 chapter 12, version 4 over UDP). */
struct connectionless;

/* handler and tally are borrowed. NULL: no memory. */
struct connectionless *connectionless_open(fact_handler handler, void *context, struct tally *tally);
/* Any fact told, by whomever: mappers name endpoints. */
void connectionless_learn(struct connectionless *connectionless, const struct fact *fact);
/* A UDP datagram on any port, or an ICMP error about one. */
void connectionless_datagram(struct connectionless *connectionless, const struct datagram *datagram);
/* Tells the end of what is open, at the time of the last datagram, and frees. */
void connectionless_close(struct connectionless *connectionless);

#endif
