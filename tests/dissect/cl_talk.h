/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_CL_TALK_H
#define TESTS_DISSECT_CL_TALK_H

#include "tests/dissect/build_cl.h"
#include "tests/dissect/play.h"

/* Datagrams of a client, a mapper and a server, played one after another. */

#define CLIENT "10.0.0.50:1040"
#define MAPPER "10.0.1.20:135"
#define SERVER "10.0.1.20:1112"
#define OTHER_ACTIVITY "aaaaaaaa-3333-4444-5555-666677778888"

enum { LAST = 0x02, FRAG = 0x04, MAYBE = 0x10, IDEMPOTENT = 0x20, BROADCAST = 0x40 };
enum { REQUEST, PING, RESPONSE, FAULT, WORKING, NOCALL, REJECT, ACK, CANCEL, FACK };

static const int64_t A_SECOND = 1000000000;

/* Empty, to be written in this byte order. */
struct octets *fresh(struct octets *octets, enum byte_order order);

void cl_send(struct play *p, const char *from, const char *to, struct cl cl);
void cl_send_status(struct play *p, const char *from, const char *to, struct cl cl, uint32_t status);
/* A request, and a response, of the store's interface. */
void cl_call(struct play *p, const char *to, uint32_t sequence);
void cl_answer(struct play *p, const char *from, uint32_t sequence);
/* The mapper is asked for it, and answers. */
void cl_ask(struct play *p, enum byte_order order, unsigned serial);
void cl_map(struct play *p, enum byte_order order, uint32_t status);
/* The stubs of that. */
void put_question(struct octets *question, enum byte_order order);
void put_map_response(struct octets *response, enum byte_order order, uint32_t status);

/* Closes dissect, so that all is told; the second frees what was told, too. */
void stop(struct play *p);
void stop_and_free(struct play *p);

#endif
