/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/dcom.h"

#include "dissect/stub/activation.h"

const struct syntax_id SYNTAX_OBJECT_EXPORTER = {
    {{0x99, 0xfc, 0xfe, 0xc4, 0x52, 0x60, 0x10, 0x1b, 0xbb, 0xcb, 0x00, 0xaa, 0x00, 0x21, 0x34, 0x7a}}, 0, 0};
const struct syntax_id SYNTAX_ACTIVATION = {
    {{0x4d, 0x9f, 0x4a, 0xb8, 0x7d, 0x1c, 0x11, 0xcf, 0x86, 0x1e, 0x00, 0x20, 0xaf, 0x6e, 0x7c, 0x57}}, 0, 0};
const struct syntax_id SYNTAX_SCM_ACTIVATOR = {
    {{0x00, 0x00, 0x01, 0xa0, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46}}, 0, 0};

/* A pointer to a DUALSTRINGARRAY, and the array where there is one. */
static bool bindings_read(struct reader *r, enum encoding encoding, struct dualstrings *told) {
    *told = (struct dualstrings){0};
    return ndr_size(r, encoding) == 0 ? !r->failed : dualstrings_read(r, encoding, told);
}

/* COMVERSION: major, minor. */
static void version_read(struct reader *r) {
    reader_align(r, 2);
    reader_skip(r, 4);
}

/* ORPCTHAT, MS-DCOM 2.2.13.4: flags and a pointer to extensions, which are a size, a reserved number, and a pointer to
 * an array of pointers to ORPC_EXTENT (a conformant structure: id, size, octets). */
static void that_read(struct reader *r, enum encoding encoding) {
    (void)ndr_number(r); /* flags */
    if (ndr_size(r, encoding) == 0)
        return;
    (void)ndr_number(r); /* size */
    (void)ndr_number(r); /* reserved */
    if (ndr_size(r, encoding) == 0)
        return;
    uint32_t count = ndr_count(r, encoding, encoding == NDR64 ? 8 : 4);
    struct reader referents = *r;
    for (uint32_t i = 0; i < count; i++)
        (void)ndr_size(r, encoding);
    for (uint32_t i = 0; i < count && !r->failed; i++) {
        if (ndr_size(&referents, encoding) == 0)
            continue;
        uint64_t octets = ndr_size(r, encoding);
        (void)ndr_uuid(r);
        (void)ndr_number(r);
        reader_skip(r, octets > SIZE_MAX ? SIZE_MAX : (size_t)octets);
    }
}

/* ResolveOxid: bindings, IPID, authentication hint; ResolveOxid2 adds the version. */
static bool oxid_read(struct reader *r, enum encoding encoding, bool second, struct dualstrings *told) {
    if (!bindings_read(r, encoding, told))
        return false;
    (void)ndr_uuid(r);
    (void)ndr_number(r);
    if (second)
        version_read(r);
    (void)ndr_number(r); /* status */
    return !r->failed;
}

/* version, bindings, reserved, status */
static bool alive_read(struct reader *r, enum encoding encoding, struct dualstrings *told) {
    version_read(r);
    if (!bindings_read(r, encoding, told))
        return false;
    (void)ndr_number(r);
    (void)ndr_number(r);
    return !r->failed;
}

/* MInterfacePointer, MS-DCOM 2.2.14: the conformance, ulCntData, the octets of an OBJREF. */
static struct bytes interface_read(struct reader *r, enum encoding encoding) {
    uint64_t max = ndr_size(r, encoding);
    uint32_t length = ndr_number(r);
    if (length > max)
        r->failed = true;
    return reader_take(r, length);
}

/* RemoteActivation: ORPCTHAT, OXID, bindings, IPID, authentication hint, version, HRESULT, then an array of interface
 * pointers and one of their results, and the status. */
static bool activation_read(struct reader *r, enum encoding encoding, struct dualstrings *told) {
    that_read(r, encoding);
    reader_align(r, 8);
    reader_skip(r, 8);
    if (r->failed || !bindings_read(r, encoding, told))
        return false;
    (void)ndr_uuid(r);
    (void)ndr_number(r);
    version_read(r);
    (void)ndr_number(r); /* HRESULT */
    uint32_t count = ndr_count(r, encoding, encoding == NDR64 ? 8 : 4);
    struct reader referents = *r;
    for (uint32_t i = 0; i < count; i++)
        (void)ndr_size(r, encoding);
    for (uint32_t i = 0; i < count && !r->failed; i++)
        if (ndr_size(&referents, encoding) != 0)
            (void)interface_read(r, encoding);
    uint32_t results = ndr_count(r, encoding, 4);
    reader_skip(r, (size_t)results * 4);
    (void)ndr_number(r); /* status */
    return !r->failed;
}

/* ORPCTHAT, a pointer to the interface pointer that holds the properties, HRESULT. */
static bool properties_read(struct reader *r, enum encoding encoding, struct dualstrings *told) {
    *told = (struct dualstrings){0};
    that_read(r, encoding);
    struct bytes properties = {0};
    if (ndr_size(r, encoding) != 0)
        properties = interface_read(r, encoding);
    (void)ndr_number(r); /* HRESULT */
    return !r->failed && (properties.len == 0 || activation_bindings_read(properties, told));
}

bool dcom_answer_read(struct reader *r, enum encoding encoding, enum dcom_call call, struct dualstrings *told) {
    switch (call) {
    case DCOM_RESOLVE_OXID:
    case DCOM_RESOLVE_OXID2:
        return oxid_read(r, encoding, call == DCOM_RESOLVE_OXID2, told);
    case DCOM_SERVER_ALIVE2:
        return alive_read(r, encoding, told);
    case DCOM_ACTIVATION:
        return activation_read(r, encoding, told);
    case DCOM_PROPERTIES:
        return properties_read(r, encoding, told);
    }
    return false;
}
