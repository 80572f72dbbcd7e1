/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_RULES_UDP_H
#define TESTS_RULES_UDP_H

#include "tests/rules/story.h"

/* Stories of LSA over UDP. The mapper is asked over TCP for its endpoint, as old clients do. */
enum { P = 1112, MAPPER = 135 };

struct story udp_begin(void);
void udp_map(struct story *story, const char *server);
struct line udp_call(struct story *story, const char *server, uint16_t port);
/* Both, and the call goes to P. */
struct line udp_map_and_call(struct story *story, const char *server);
/* And it is answered. */
void udp_served(struct story *story, const char *server);
/* And an ICMP "port unreachable" comes, the frame of which is returned. */
uint64_t udp_refused(struct story *story, const char *server);

#endif
