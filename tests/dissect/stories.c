/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/stories.h"

#include "dissect/stub/cluster.h"
#include "tests/dissect/build_dcom.h"
#include "tests/dissect/vectors.h"

#include <assert.h>
#include <string.h>

struct message *story_message(struct story *story, enum direction direction, enum byte_order order) {
    assert(story->count < STORY_MAX);
    struct message *message = &story->messages[story->count++];
    message->direction = direction;
    message->octets.len = 0;
    message->octets.order = order;
    return message;
}

static struct octets *add(struct story *story, enum direction direction, enum byte_order order) {
    return &story_message(story, direction, order)->octets;
}

static void add_hex(struct story *story, enum direction direction, const char *hex) {
    put_hex(add(story, direction, ORDER_LITTLE), hex);
}

static void tell_map(struct story *s) {
    add_hex(s, FROM_CLIENT, VECTOR_BIND_EPM);
    add_hex(s, FROM_SERVER, VECTOR_BIND_ACK_EPM);
    add_hex(s, FROM_CLIENT, VECTOR_EPT_MAP_REQ);
    add_hex(s, FROM_SERVER, VECTOR_EPT_MAP_RESP_1TOWER);
}

static void tell_ndr64(struct story *s) {
    add_hex(s, FROM_CLIENT, VECTOR_BIND_EPM_NDR_NDR64_BTFN);
    add_hex(s, FROM_SERVER, VECTOR_BIND_ACK_EPM_NDR64);
    add_hex(s, FROM_CLIENT, VECTOR_EPT_MAP_REQ_NDR64);
    add_hex(s, FROM_SERVER, VECTOR_EPT_MAP_RESP_NDR64_1TOWER);
}

static const struct offer mapper_offer[] = {{0, &SYNTAX_EPM, &SYNTAX_NDR}};
static const struct verdict accepted[] = {{0, 0, &SYNTAX_NDR}};

static void put_fragment(struct octets *o, unsigned flags, const struct octets *stub, size_t from, size_t to) {
    put_response_head(o, 2, flags, 0);
    put_bytes(o, stub->at + from, to - from);
    pdu_end(o);
}

static void tell_lookup(struct story *s, enum byte_order order) {
    static struct octets towers[2], stub;
    static const char *const annotations[] = {"Exchange Server STORE", "MTA"};
    put_bind(add(s, FROM_CLIENT, order), 11, 1, mapper_offer, 1);
    put_bind_ack(add(s, FROM_SERVER, order), 12, 1, "135", accepted, 1);
    stub = (struct octets){.order = order};
    put_lookup_question(&stub, false);
    put_request(add(s, FROM_CLIENT, order), 2, 0, 2, stub.at, stub.len);
    for (unsigned i = 0; i < 2; i++) {
        towers[i].len = 0;
        put_tower(&towers[i], &STORE, 1112 + i, "10.0.0.20");
    }
    stub = (struct octets){.order = order};
    put_lookup_answer(&stub, false, towers, annotations, 2, 0);
    put_fragment(add(s, FROM_SERVER, order), 1, &stub, 0, 100);
    put_fragment(add(s, FROM_SERVER, order), 0, &stub, 100, 101);
    put_fragment(add(s, FROM_SERVER, order), 2, &stub, 101, stub.len);
}

static void put_auth3(struct octets *o) {
    pdu_begin(o, 16, 3, 2);
    put_zeros(o, 4);
    put_verifier(o, 10, 6, 0, "NTLMSSP\0\3\0\0\0", 12);
    pdu_end(o);
}

static void put_bare(struct octets *o, unsigned type, uint32_t call_id) {
    pdu_begin(o, type, 3, call_id);
    pdu_end(o);
}

static void tell_calls(struct story *s, enum byte_order order) {
    static const struct offer offers[] = {{0, &STORE, &SYNTAX_NDR}, {1, &STORE, &SYNTAX_NDR64}, {2, &STORE, &BTFN}};
    static const struct verdict verdicts[] = {{0, 0, &SYNTAX_NDR}, {2, 2, &NONE}, {3, 3, &NONE}};
    static const struct offer more[] = {{7, &SYNTAX_EPM, &SYNTAX_NDR}};
    static const uint8_t stub[900];
    put_bind(add(s, FROM_CLIENT, order), 11, 1, offers, 3);
    put_bind_ack(add(s, FROM_SERVER, order), 12, 1, "1112", verdicts, 3);
    put_auth3(add(s, FROM_CLIENT, order));
    struct octets *o = add(s, FROM_CLIENT, order);
    put_request_head(o, 2, 1, 0, 4);
    put_bytes(o, stub, sizeof stub);
    pdu_end(o);
    put_request_head(o, 2, 2, 0, 4);
    put_bytes(o, stub, 10);
    pdu_end(o);
    put_response(add(s, FROM_SERVER, order), 2, 0, stub, sizeof stub);
    put_bind(add(s, FROM_CLIENT, order), 14, 3, more, 1);
    put_bind_ack(add(s, FROM_SERVER, order), 15, 3, "", accepted, 1);
    put_request(add(s, FROM_CLIENT, order), 4, 0, 5, stub, 3);
    put_fault(add(s, FROM_SERVER, order), 4, 0, 5);
    put_request(add(s, FROM_CLIENT, order), 5, 0, 6, stub, 8);
    o = add(s, FROM_CLIENT, order);
    put_bare(o, 18, 5);
    put_bare(o, 19, 5);
    put_bare(add(s, FROM_SERVER, order), 17, 0);
}

static void tell_crowded(struct story *s, enum byte_order order) {
    static const struct offer offers[] = {{0, &STORE, &SYNTAX_NDR}};
    put_bind(add(s, FROM_CLIENT, order), 11, 1, offers, 1);
    put_bind_ack(add(s, FROM_SERVER, order), 12, 1, "1112", accepted, 1);
    struct octets *o = add(s, FROM_CLIENT, order);
    for (uint32_t i = 0; i < 5; i++)
        put_request(o, 10 + i, 0, i, "0123456789", 10);
    o->order = order == ORDER_BIG ? ORDER_LITTLE : ORDER_BIG;
    put_request(o, 20, 0, 9, "", 0);
    o = add(s, FROM_SERVER, order);
    for (uint32_t i = 0; i < 4; i++)
        put_response(o, 10 + i, 0, "abcdef", 6);
    put_fault(o, 14, 0, 0x1c010002);
    put_response(o, 20, 0, "", 0);
}

static void tell_dcom(struct story *s, enum byte_order order) {
    static const struct offer offers[] = {{0, &SYNTAX_SCM_ACTIVATOR, &SYNTAX_NDR}};
    static const struct string_binding bindings[] = {{7, "10.0.0.20[1112]"}, {0, ""}};
    static struct octets stub;
    put_bind(add(s, FROM_CLIENT, order), 11, 1, offers, 1);
    put_bind_ack(add(s, FROM_SERVER, order), 12, 1, "135", accepted, 1);
    put_request(add(s, FROM_CLIENT, order), 2, 0, 4, "01234567", 8);
    stub = (struct octets){.order = order};
    put_dcom_answer(&stub, false, DCOM_PROPERTIES, bindings);
    put_fragment(add(s, FROM_SERVER, order), 1, &stub, 0, 200);
    put_fragment(add(s, FROM_SERVER, order), 2, &stub, 200, stub.len);
}

static void tell_cluster(struct story *s, enum byte_order order) {
    static const char *const pairs[] = {"Address", "10.0.1.20", "Network", "n", "SubnetMask", "255.0.0.0", NULL};
    static const char handle[] = "12345678-1234-5678-9abc-def012345678";
    static const struct offer offers[] = {{0, &SYNTAX_CLUSAPI, &SYNTAX_NDR}};
    static struct octets stub, list;
    put_bind(add(s, FROM_CLIENT, order), 11, 1, offers, 1);
    put_bind_ack(add(s, FROM_SERVER, order), 12, 1, "1112", accepted, 1);
    stub = (struct octets){.order = order};
    put_open_resource(&stub, false, "IP");
    put_request(add(s, FROM_CLIENT, order), 2, 0, CLUSTER_OPEN_RESOURCE, stub.at, stub.len);
    stub = (struct octets){.order = order};
    put_open_resource_answer(&stub, true, handle);
    put_response(add(s, FROM_SERVER, order), 2, 0, stub.at, stub.len);
    stub = (struct octets){.order = order};
    put_resource_control(&stub, handle, CLUSTER_GET_PRIVATE_PROPERTIES);
    put_request(add(s, FROM_CLIENT, order), 3, 0, CLUSTER_RESOURCE_CONTROL, stub.at, stub.len);
    list = (struct octets){.len = 0};
    put_property_list(&list, pairs);
    stub = (struct octets){.order = order};
    put_resource_control_answer(&stub, false, true, &list);
    put_response(add(s, FROM_SERVER, order), 3, 0, stub.at, stub.len);
}

void story_tell(struct story *s, enum story_kind kind, enum byte_order order) {
    static const char *const names[STORY_KINDS] = {"map", "ndr64", "lookup", "calls", "crowded", "dcom", "cluster"};
    s->name = names[kind];
    s->count = 0;
    switch (kind) {
    case STORY_MAP:
        tell_map(s);
        break;
    case STORY_NDR64:
        tell_ndr64(s);
        break;
    case STORY_LOOKUP:
        tell_lookup(s, order);
        break;
    case STORY_CALLS:
        tell_calls(s, order);
        break;
    case STORY_DCOM:
        tell_dcom(s, order);
        break;
    case STORY_CLUSTER:
        tell_cluster(s, order);
        break;
    case STORY_CROWDED:
    case STORY_KINDS:
        tell_crowded(s, order);
        break;
    }
}
