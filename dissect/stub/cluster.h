/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_CLUSTER_H
#define DISSECT_STUB_CLUSTER_H

#include "dissect/fact.h"
#include "dissect/stub/ndr.h"

/* The stubs of the cluster API (MS-CMRP) from which the addresses of IP Address resources are known. */

extern const struct syntax_id SYNTAX_CLUSAPI; /* b97db8b2-4c63-11cf-bff6-08002be23f2f 3.0; 2.0 is alike */

enum { CLUSTER_OPEN_RESOURCE = 8, CLUSTER_RESOURCE_CONTROL = 73 }; /* opnums */
enum { CLUSTER_GET_PRIVATE_PROPERTIES = 0x01000081 };              /* control code, MS-CMRP 3.1.4.3.1 */

/* ApiOpenResource: the name asked for; the handle given, nil if none was. False: malformed. */
bool cluster_open_question_read(struct reader *stub, enum encoding encoding, char name[static FACT_TEXT_SIZE]);
bool cluster_open_answer_read(struct reader *stub, struct uuid *handle);
/* ApiResourceControl: of which resource, and what is wanted; what is returned. */
bool cluster_control_question_read(struct reader *stub, struct uuid *handle, uint32_t *code);
bool cluster_control_answer_read(struct reader *stub, enum encoding encoding, struct bytes *properties);

/* A property list (MS-CMRP 2.2.3.10): sets address and network where it is that of an IP Address resource, which has an
 * Address, a Network, and a SubnetMask or PrefixLength; else the address is ADDRESS_NONE, as it is where the Address is
 * none. False: malformed. */
bool cluster_address_read(struct bytes properties, struct fact_resource *resource);

#endif
