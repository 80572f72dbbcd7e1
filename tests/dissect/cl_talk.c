/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/cl_talk.h"

#include <stdlib.h>

static struct octets o, stub, tower;

struct octets *fresh(struct octets *octets, enum byte_order order) {
    octets->len = 0;
    octets->order = order;
    return octets;
}

void cl_send(struct play *p, const char *from, const char *to, struct cl cl) {
    if (cl.interface == NULL)
        cl.interface = &STORE;
    put_cl(fresh(&o, ORDER_LITTLE), &cl);
    play_datagram(p, from, to, octets_bytes(&o));
}

void cl_send_status(struct play *p, const char *from, const char *to, struct cl cl, uint32_t status) {
    if (cl.interface == NULL)
        cl.interface = &STORE;
    put_cl_status(fresh(&o, ORDER_LITTLE), &cl, status);
    play_datagram(p, from, to, octets_bytes(&o));
}

void cl_call(struct play *p, const char *to, uint32_t sequence) {
    cl_send(p, CLIENT, to, (struct cl){.type = REQUEST, .sequence = sequence, .opnum = 4});
}

void cl_answer(struct play *p, const char *from, uint32_t sequence) {
    cl_send(p, from, CLIENT, (struct cl){.type = RESPONSE, .sequence = sequence, .opnum = 4});
}

void stop(struct play *p) {
    if (p->dissect != NULL)
        dissect_close(p->dissect);
    p->dissect = NULL;
}

void stop_and_free(struct play *p) {
    stop(p);
    free(p->text);
}

void put_question(struct octets *question, enum byte_order order) {
    put_udp_tower(fresh(&tower, ORDER_LITTLE), &STORE, 0, "0.0.0.0");
    put_map_question(fresh(question, order), false, &tower, NULL);
}

void cl_ask(struct play *p, enum byte_order order, unsigned serial) {
    put_question(&stub, order);
    put_cl(fresh(&o, order), &(struct cl){.type = REQUEST,
                                          .flags = IDEMPOTENT,
                                          .serial = serial,
                                          .interface = &SYNTAX_EPM,
                                          .opnum = 3,
                                          .body = stub.at,
                                          .len = stub.len});
    play_datagram(p, CLIENT, MAPPER, octets_bytes(&o));
}

void put_map_response(struct octets *response, enum byte_order order, uint32_t status) {
    put_udp_tower(fresh(&tower, ORDER_LITTLE), &STORE, 1112, "10.0.1.20");
    put_map_answer(fresh(response, order), false, &tower, status == 0 ? 1 : 0, status);
}

void cl_map(struct play *p, enum byte_order order, uint32_t status) {
    put_map_response(&stub, order, status);
    put_cl(fresh(&o, order),
           &(struct cl){.type = RESPONSE, .interface = &SYNTAX_EPM, .opnum = 3, .body = stub.at, .len = stub.len});
    play_datagram(p, MAPPER, CLIENT, octets_bytes(&o));
}
