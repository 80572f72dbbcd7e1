/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_BUILD_DCOM_H
#define TESTS_DISSECT_BUILD_DCOM_H

#include "dissect/stub/dcom.h"
#include "tests/dissect/build.h"

/* Writes the stubs of DCOM and of the cluster API, in either byte order and encoding. Each begins at the start of its
 * octets. */

/* A string binding: tower and text, "10.0.0.20[1112]". The last has tower 0. */
struct string_binding {
    unsigned tower;
    const char *text;
};

/* The array with the conformance before it. */
void put_dualstrings(struct octets *o, bool ndr64, const struct string_binding *bindings);
/* An answer that tells them; NULL: one that tells nothing. */
void put_dcom_answer(struct octets *o, bool ndr64, enum dcom_call call, const struct string_binding *bindings);
/* OBJREF_CUSTOM of activation properties, serialized in this byte order; only those of the list are put in. */
enum property { PROPERTY_END, PROPERTY_OUT, PROPERTY_REPLY };
void put_activation(struct octets *o, enum byte_order order, const enum property *list,
                    const struct string_binding *bindings);

/* A property list: pairs of name and value, NULL at the end. Little endian always. */
void put_property_list(struct octets *o, const char *const *pairs);
void put_open_resource(struct octets *o, bool ndr64, const char *name);
void put_open_resource_answer(struct octets *o, bool version3, const char *handle);
void put_resource_control(struct octets *o, const char *handle, uint32_t code);
void put_resource_control_answer(struct octets *o, bool ndr64, bool version3, const struct octets *list);

#endif
