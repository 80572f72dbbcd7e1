/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_ARP_H
#define DISSECT_WHO_ARP_H

#include "dissect/who/naming.h"

/* Who sends an ARP packet for IPv4 over Ethernet (RFC 826, RFC 5227), and where it is. */
struct arp {
    struct address sender;
    struct mac mac;
    struct address asker; /* a reply: who is answered; else ADDRESS_NONE */
    bool gratuitous;      /* it speaks of itself without a question, as a request or as a reply */
};

/* The packet begins with its hardware type; Ethernet may have padded it. A probe, whose sender has no address yet, says
 * nothing. Fills arp for READING_TOLD only. */
enum reading arp_read(struct bytes packet, struct arp *arp);

#endif
