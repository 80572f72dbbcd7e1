/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_PLAY_H
#define TESTS_DISSECT_PLAY_H

#include "dissect/dissect.h"
#include "tests/dissect/build.h"

/* Plays one connection through dissect and writes down what it tells, one line a fact. Client 10.0.0.50:1040, server
 * 10.0.1.20:135 unless play_ports says otherwise. Every call is one frame, counted from 1. */
struct play {
    struct dissect *dissect;
    struct tally tally;
    struct flow flow;
    struct sighting seen;
    int64_t late; /* what play_wait added to the time, ns */
    char *text;   /* the lines, each "#frame kind …\n" */
    size_t len, capacity;
    size_t facts;
    bool interested;
};

void play_start(struct play *play);
void play_stop(struct play *play);
/* A fresh connection through the same dissect. */
void play_again(struct play *play, uint16_t server_port, bool midstream);
void play_ports(struct play *play, uint16_t client, uint16_t server);

void play_event(struct play *play, enum segment_kind kind);
/* SYN and SYN-ACK, or what shows a midstream connection. */
void play_open(struct play *play);
void play_bytes(struct play *play, enum direction direction, struct bytes bytes);
/* The same frame in pieces of n bytes. */
void play_pieces(struct play *play, enum direction direction, struct bytes bytes, size_t n);
void play_octets(struct play *play, enum direction direction, const struct octets *octets);
void play_hex(struct play *play, enum direction direction, const char *hex);
void play_gap(struct play *play, enum direction direction, uint64_t n);
/* The same, by the snap length. */
void play_cut(struct play *play, enum direction direction, uint64_t n);
void play_close(struct play *play, enum close_reason reason);
/* One datagram, "10.0.0.50:1040" to "10.0.1.20:135". Lines about UDP begin "#frame kind udpN SERVER:PORT …", N being
 * the conversation, from 0 on. */
void play_datagram(struct play *play, const char *source, const char *destination, struct bytes bytes);
/* ICMP "port unreachable" about a datagram between these. */
void play_icmp(struct play *play, const char *source, const char *destination, const char *reporter);
/* The next frame comes so many ns later; else one comes 1 µs after the other. */
void play_wait(struct play *play, int64_t time);
/* How many lines contain the words. */
size_t play_count(const struct play *play, const char *words);
bool play_told(const struct play *play, const char *words);
/* Forgets the lines so far. */
void play_forget(struct play *play);

#endif
