/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/activation.h"

enum {
    SIGNATURE = 0x574f454d, /* "MEOW" */
    OBJREF_CUSTOM = 4,
    SERIALIZATION_SIZE = 16, /* the headers in front of each serialized structure */
    MAX_PROPERTIES = 10,     /* MAX_ACTPROP_LIMIT, MS-DCOM 2.2.28.1 */
};

/* MS-DCOM 1.9. */
static const struct uuid PROPERTIES_OUT = {
    {0x00, 0x00, 0x03, 0x39, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46}};
static const struct uuid SCM_REPLY_INFO = {
    {0x00, 0x00, 0x01, 0xb6, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46}};

/* Common header: version, endianness, its own length, filler; private header: length of what follows, filler. */
static bool serialized_open(struct bytes bytes, struct reader *content) {
    struct reader r = reader_over(bytes, ORDER_LITTLE);
    uint8_t version = reader_u8(&r);
    uint8_t endianness = reader_u8(&r);
    r.order = endianness == 0 ? ORDER_BIG : ORDER_LITTLE;
    uint16_t header = reader_u16(&r);
    reader_skip(&r, 4);
    uint32_t length = reader_u32(&r);
    reader_skip(&r, 4);
    *content = reader_over(reader_take(&r, length), r.order);
    return version == 1 && (endianness == 0 || endianness == 0x10) && header == 8 && !r.failed;
}

/* CustomHeader, MS-DCOM 2.2.22.1. */
struct contents {
    uint32_t header_size; /* with the serialization headers: where the properties begin */
    uint32_t count;
    struct reader classes, sizes; /* of the properties */
};

static bool contents_read(struct bytes blob, struct contents *contents) {
    struct reader r;
    if (!serialized_open(blob, &r))
        return false;
    *contents = (struct contents){0};
    reader_skip(&r, 4); /* totalSize */
    contents->header_size = reader_u32(&r);
    reader_skip(&r, 8); /* dwReserved, destCtx */
    contents->count = reader_u32(&r);
    reader_skip(&r, 16); /* classInfoClsid */
    bool has_classes = ndr_size(&r, NDR20) != 0;
    bool has_sizes = ndr_size(&r, NDR20) != 0;
    (void)ndr_size(&r, NDR20); /* pdwReserved */
    if (!has_classes || !has_sizes || contents->count > MAX_PROPERTIES)
        return false;
    uint32_t classes = ndr_count(&r, NDR20, 16);
    contents->classes = r;
    reader_skip(&r, (size_t)classes * 16);
    uint32_t sizes = ndr_count(&r, NDR20, 4);
    contents->sizes = r;
    return !r.failed && classes == contents->count && sizes == contents->count;
}

/* ScmReplyInfoData and customREMOTE_REPLY_SCM_INFO, MS-DCOM 2.2.22.2.8: first the numbers of both, then the bindings.
 */
static bool reply_read(struct bytes property, struct dualstrings *told) {
    struct reader r;
    if (!serialized_open(property, &r))
        return false;
    bool has_reserved = ndr_size(&r, NDR20) != 0;
    bool has_reply = ndr_size(&r, NDR20) != 0;
    if (has_reserved)
        (void)ndr_number(&r);
    if (!has_reply)
        return !r.failed;
    reader_align(&r, 8);
    reader_skip(&r, 8); /* OXID */
    bool has_bindings = ndr_size(&r, NDR20) != 0;
    reader_skip(&r, 24); /* IPID, authnHint, serverVersion */
    return has_bindings ? dualstrings_read(&r, NDR20, told) : !r.failed;
}

/* Activation properties BLOB: dwSize, dwReserved, CustomHeader, the properties one behind the other. */
static bool blob_read(struct bytes blob, struct dualstrings *told) {
    struct contents contents;
    if (!contents_read(blob, &contents))
        return false;
    struct reader properties = reader_over(blob, ORDER_LITTLE);
    reader_skip(&properties, contents.header_size);
    for (uint32_t i = 0; i < contents.count; i++) {
        struct uuid class = reader_uuid(&contents.classes);
        struct bytes property = reader_take(&properties, reader_u32(&contents.sizes));
        if (properties.failed || property.len < SERIALIZATION_SIZE)
            return false;
        if (uuid_equal(&class, &SCM_REPLY_INFO))
            return reply_read(property, told);
    }
    return true;
}

bool activation_bindings_read(struct bytes objref, struct dualstrings *told) {
    *told = (struct dualstrings){0};
    struct reader r = reader_over(objref, ORDER_LITTLE);
    uint32_t signature = reader_u32(&r);
    uint32_t flags = reader_u32(&r);
    reader_skip(&r, 16); /* iid */
    struct uuid class = reader_uuid(&r);
    reader_skip(&r, 8); /* cbExtension, reserved */
    uint32_t size = reader_u32(&r);
    reader_skip(&r, 4);
    struct bytes blob = reader_take(&r, size);
    return !r.failed && signature == SIGNATURE && flags == OBJREF_CUSTOM && uuid_equal(&class, &PROPERTIES_OUT) &&
           blob_read(blob, told);
}
