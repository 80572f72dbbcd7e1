/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_SMB_INTERFACES_H
#define DISSECT_SMB_SMB_INTERFACES_H

#include "dissect/fact.h"

/* The network interfaces of a server, as it answers FSCTL_QUERY_NETWORK_INTERFACE_INFO (MS-SMB2 2.2.32.5): a chain of
 * entries, little endian, each with an address. One interface may have several entries. */

enum { SMB_INTERFACE_SIZE = 152, SMB_MAX_INTERFACES = 64 };

/* Fills in the source, what was offered and the addresses, FACT_MAX_BINDINGS at most; an entry of neither IPv4 nor IPv6
 * is passed over, as is what does not fit into the bytes. False: there is no address. */
bool smb_interfaces_read(struct bytes bytes, struct fact_bindings *told);

#endif
