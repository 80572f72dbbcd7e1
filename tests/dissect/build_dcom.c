/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build_dcom.h"

#include <string.h>

static const char ANY_UUID[] = "0000ec00-079c-0000-a0ec-6c1835106534";

static void put_size(struct octets *o, bool ndr64, uint64_t size) {
    put_padding(o, 0, ndr64 ? 8 : 4);
    if (ndr64)
        put_u64(o, size);
    else
        put_u32(o, (uint32_t)size);
}

static void put_number(struct octets *o, uint32_t number) {
    put_padding(o, 0, 4);
    put_u32(o, number);
}

static void put_wide(struct octets *o, const char *text) {
    for (; *text != '\0'; text++)
        put_u16(o, (unsigned char)*text);
    put_u16(o, 0);
}

static size_t units_of(const struct string_binding *bindings) {
    size_t units = 1;
    for (; bindings->tower != 0; bindings++)
        units += 2 + strlen(bindings->text);
    return bindings->text == NULL && units == 1 ? 2 : units; /* an empty array has two zeros */
}

void put_dualstrings(struct octets *o, bool ndr64, const struct string_binding *bindings) {
    size_t units = units_of(bindings);
    put_size(o, ndr64, units + 7);
    put_u16(o, (unsigned)units + 7);
    put_u16(o, (unsigned)units);
    size_t from = o->len;
    for (; bindings->tower != 0; bindings++) {
        put_u16(o, bindings->tower);
        put_wide(o, bindings->text);
    }
    put_zeros(o, units * 2 - (o->len - from));
    put_u16(o, 9); /* SPNEGO */
    put_u16(o, 0xffff);
    put_wide(o, "RPC");
    put_u16(o, 0);
}

static void put_told(struct octets *o, bool ndr64, const struct string_binding *bindings) {
    put_size(o, ndr64, bindings == NULL ? 0 : 0x20000);
    if (bindings != NULL)
        put_dualstrings(o, ndr64, bindings);
}

static void put_version(struct octets *o) {
    put_padding(o, 0, 2);
    put_u16(o, 5);
    put_u16(o, 7);
}

/* With two extensions, one of which is null. */
static void put_that(struct octets *o, bool ndr64) {
    put_number(o, 1);
    put_size(o, ndr64, 0x20000);
    put_number(o, 1);
    put_number(o, 0);
    put_size(o, ndr64, 0x20004);
    put_size(o, ndr64, 2);
    put_size(o, ndr64, 0x20008);
    put_size(o, ndr64, 0);
    put_size(o, ndr64, 8);
    put_padding(o, 0, 4);
    put_uuid(o, ANY_UUID);
    put_number(o, 5);
    put_zeros(o, 8);
}

static void put_interface(struct octets *o, bool ndr64, const struct octets *objref) {
    put_size(o, ndr64, objref->len);
    put_number(o, (uint32_t)objref->len);
    put_bytes(o, objref->at, objref->len);
}

static void put_remote_activation(struct octets *o, bool ndr64, const struct string_binding *bindings) {
    static struct octets objref;
    objref = (struct octets){.len = 0};
    put_text(&objref, "MEOW!");
    put_that(o, ndr64);
    put_padding(o, 0, 8);
    put_u64(o, 0x1189f948559b4a41);
    put_told(o, ndr64, bindings);
    put_padding(o, 0, 4);
    put_uuid(o, ANY_UUID);
    put_number(o, 4);
    put_version(o);
    put_number(o, 0);
    put_size(o, ndr64, 2);
    put_size(o, ndr64, 0);
    put_size(o, ndr64, 0x20010);
    put_interface(o, ndr64, &objref);
    put_size(o, ndr64, 2);
    put_number(o, 0x80004002);
    put_number(o, 0);
    put_number(o, 0);
}

static void put_properties(struct octets *o, bool ndr64, const struct string_binding *bindings) {
    static const enum property both[] = {PROPERTY_OUT, PROPERTY_REPLY, PROPERTY_END};
    static struct octets objref;
    objref = (struct octets){.len = 0};
    put_that(o, ndr64);
    put_size(o, ndr64, bindings == NULL ? 0 : 0x20000);
    if (bindings != NULL) {
        put_activation(&objref, o->order, both, bindings);
        put_interface(o, ndr64, &objref);
    }
    put_number(o, bindings == NULL ? 0x80070005 : 0);
}

void put_dcom_answer(struct octets *o, bool ndr64, enum dcom_call call, const struct string_binding *bindings) {
    switch (call) {
    case DCOM_SERVER_ALIVE2:
        put_version(o);
        put_told(o, ndr64, bindings);
        put_number(o, 0);
        put_number(o, 0);
        break;
    case DCOM_RESOLVE_OXID:
    case DCOM_RESOLVE_OXID2:
        put_told(o, ndr64, bindings);
        put_padding(o, 0, 4);
        put_uuid(o, ANY_UUID);
        put_number(o, 4);
        if (call == DCOM_RESOLVE_OXID2)
            put_version(o);
        put_number(o, bindings == NULL ? 0x80070776 : 0);
        break;
    case DCOM_ACTIVATION:
        put_remote_activation(o, ndr64, bindings);
        break;
    case DCOM_PROPERTIES:
        put_properties(o, ndr64, bindings);
        break;
    }
}

/* Type serialization version 1; returns where the length is, to be filled in by end_serialized. */
static size_t begin_serialized(struct octets *o) {
    put_u8(o, 1);
    put_u8(o, o->order == ORDER_LITTLE ? 0x10 : 0);
    put_u16(o, 8);
    put_u32(o, 0xcccccccc);
    put_u32(o, 0);
    put_u32(o, 0);
    return o->len - 8;
}

static void set_u32(struct octets *o, size_t at, size_t value) {
    size_t len = o->len;
    o->len = at;
    put_u32(o, (uint32_t)value);
    o->len = len;
}

static void end_serialized(struct octets *o, size_t at) {
    while ((o->len - at) % 8 != 0)
        put_u8(o, 0);
    set_u32(o, at, o->len - at - 8);
}

/* Made apart, as alignment counts from its own start, which the 16 octets of the headers do not shift. */
static void put_property(struct octets *o, enum property property, const struct string_binding *bindings) {
    size_t at = begin_serialized(o);
    put_u32(o, 0);
    put_u32(o, property == PROPERTY_REPLY ? 0x20000 : 0);
    if (property == PROPERTY_REPLY) {
        put_u64(o, 0x1189f948559b4a41);
        put_u32(o, bindings == NULL ? 0 : 0x20004);
        put_uuid(o, ANY_UUID);
        put_u32(o, 4);
        put_u16(o, 5);
        put_u16(o, 7);
        if (bindings != NULL)
            put_dualstrings(o, false, bindings);
    }
    end_serialized(o, at);
}

void put_activation(struct octets *o, enum byte_order order, const enum property *list,
                    const struct string_binding *bindings) {
    static struct octets header, properties[2];
    unsigned count = 0;
    size_t total = 0;
    for (; list[count] != PROPERTY_END; count++) {
        properties[count] = (struct octets){.order = order};
        put_property(&properties[count], list[count], bindings);
        total += properties[count].len;
    }
    header = (struct octets){.order = order};
    size_t at = begin_serialized(&header);
    put_zeros(&header, 8); /* totalSize, headerSize */
    put_zeros(&header, 8);
    put_u32(&header, count);
    put_zeros(&header, 16);
    put_u32(&header, 0x20000);
    put_u32(&header, 0x20004);
    put_u32(&header, 0);
    put_u32(&header, count);
    for (unsigned i = 0; i < count; i++)
        put_uuid(&header, list[i] == PROPERTY_REPLY ? "000001b6-0000-0000-c000-000000000046"
                                                    : "00000339-0000-0000-c000-000000000046");
    put_u32(&header, count);
    for (unsigned i = 0; i < count; i++)
        put_u32(&header, (uint32_t)properties[i].len);
    end_serialized(&header, at);
    set_u32(&header, at + 8, header.len + total);
    set_u32(&header, at + 12, header.len);
    o->order = ORDER_LITTLE;
    put_text(o, "MEOW");
    put_u32(o, 4);
    put_uuid(o, "000001a3-0000-0000-c000-000000000046");
    put_uuid(o, "00000339-0000-0000-c000-000000000046");
    put_u32(o, 0);
    put_u32(o, (uint32_t)(header.len + total) + 16);
    put_u32(o, (uint32_t)(header.len + total));
    put_u32(o, 0);
    put_bytes(o, header.at, header.len);
    for (unsigned i = 0; i < count; i++)
        put_bytes(o, properties[i].at, properties[i].len);
}

static void put_item(struct octets *o, uint32_t syntax, const char *text) {
    put_u32(o, syntax);
    put_u32(o, (uint32_t)(strlen(text) + 1) * 2);
    put_wide(o, text);
    put_padding(o, 0, 4);
}

void put_property_list(struct octets *o, const char *const *pairs) {
    uint32_t count = 0;
    while (pairs[(size_t)2 * count] != NULL)
        count++;
    o->order = ORDER_LITTLE;
    put_u32(o, count);
    for (; pairs[0] != NULL; pairs += 2) {
        put_item(o, 0x00040003, pairs[0]);
        put_item(o, 0x00010003, pairs[1]);
        put_u32(o, 0);
    }
}

static void put_handle(struct octets *o, const char *handle) {
    put_number(o, 0);
    put_uuid(o, handle);
}

void put_open_resource(struct octets *o, bool ndr64, const char *name) {
    put_size(o, ndr64, strlen(name) + 1);
    put_size(o, ndr64, 0);
    put_size(o, ndr64, strlen(name) + 1);
    put_wide(o, name);
}

void put_open_resource_answer(struct octets *o, bool version3, const char *handle) {
    put_number(o, 0);
    if (version3)
        put_number(o, 0);
    put_handle(o, handle);
}

void put_resource_control(struct octets *o, const char *handle, uint32_t code) {
    put_handle(o, handle);
    put_number(o, code);
    put_number(o, 0);
    put_number(o, 0);
    put_number(o, 4096);
}

void put_resource_control_answer(struct octets *o, bool ndr64, bool version3, const struct octets *list) {
    put_size(o, ndr64, 4096);
    put_size(o, ndr64, 0);
    put_size(o, ndr64, list->len);
    put_bytes(o, list->at, list->len);
    put_number(o, (uint32_t)list->len);
    put_number(o, 0);
    if (version3)
        put_number(o, 0);
    put_number(o, 0);
}
