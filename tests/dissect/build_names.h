/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_BUILD_NAMES_H
#define TESTS_DISSECT_BUILD_NAMES_H

#include "tests/dissect/build.h"

/* Messages of name services; the octets are big endian. */
void put_names_head(struct octets *o, unsigned flags, unsigned questions, unsigned answers, unsigned additionals);

/* "www.example.com"; "" is the root. */
void put_dns_name(struct octets *o, const char *name);
void put_dns_record(struct octets *o, const char *owner, unsigned type, unsigned length);
void put_dns_address(struct octets *o, const char *owner, const char *address);
void put_dns_alias(struct octets *o, const char *owner, const char *target);

/* "EXNODE1", filled up to fifteen characters, and its suffix, as RFC 1002 encodes them. */
void put_netbios_name(struct octets *o, const char *name, unsigned suffix);
/* A record of type NB of that name, without addresses yet: each is put_netbios_address. */
void put_netbios_record(struct octets *o, const char *name, unsigned suffix, unsigned addresses);
void put_netbios_address(struct octets *o, unsigned flags, const char *address);

#endif
