/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/rules/udp.h"

struct story udp_begin(void) {
    struct story s = story_begin();
    s.asked_for = TRANSPORT_UDP;
    return s;
}

void udp_map(struct story *s, const char *server) {
    s->over = TRANSPORT_TCP;
    story_asks(s, CLIENT, server, &LSA);
    story_maps(s, CLIENT, server, &LSA, NULL, P);
}

struct line udp_call(struct story *s, const char *server, uint16_t port) {
    s->over = TRANSPORT_UDP;
    struct line line = {++s->flows, CLIENT, server, port, 1, NULL};
    story_calls(s, &line, &LSA);
    return line;
}

struct line udp_map_and_call(struct story *s, const char *server) {
    udp_map(s, server);
    return udp_call(s, server, P);
}

void udp_served(struct story *s, const char *server) {
    struct line line = udp_map_and_call(s, server);
    story_accepts(s, &line);
    story_answers(s, &line, &LSA);
}

uint64_t udp_refused(struct story *s, const char *server) {
    struct line line = udp_map_and_call(s, server);
    return story_icmp(s, &line, 3, 3);
}
