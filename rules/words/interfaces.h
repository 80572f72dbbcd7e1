/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_WORDS_INTERFACES_H
#define RULES_WORDS_INTERFACES_H

#include "wire/syntax.h"

#include <stdbool.h>
#include <stddef.h>

/* The tables behind rules/words/name.h: interfaces and their operations as bindsight knows them (interface_names.inc,
 * opnum_names.inc), and as the user has configured them, which goes before. */

enum { INTERFACE_ANY = -1 };
enum { INTERFACE_NAME_SIZE = 96, OPNUM_NAME_SIZE = 96 }; /* with the NUL */

struct interface {
    const char *uuid; /* lower case */
    int major, minor; /* INTERFACE_ANY: every version */
    const char *name;
    bool backup; /* backup software calls it */
};

struct opnum {
    const char *uuid; /* of its interface */
    int major;        /* likewise; INTERFACE_ANY: the same in every version */
    uint16_t number;
    const char *name;
};

struct interface_table {
    const struct interface *interfaces; /* in the order of interface_order, each once */
    size_t interface_count;
    const struct opnum *opnums; /* in the order of opnum_order, each once */
    size_t opnum_count;
};

/* By uuid and version; by uuid, major version and number. ANY comes first. */
int interface_order(const struct interface *a, const struct interface *b);
int opnum_order(const struct opnum *a, const struct opnum *b);

/* What the user has configured, which is borrowed from now on. A row there goes before those of the same uuid and major
 * version here, or of all versions if its own is ANY; of its operations those that it names. NULL: nothing. */
void interfaces_configure(const struct interface_table *configured);

/* The row of this very version, else one of the same major version, else that of any version; NULL: none. */
const struct interface *interface_find(const struct syntax_id *interface);
const struct opnum *opnum_find(const struct syntax_id *interface, uint16_t number);
/* Whether that of this uuid is known, the configuration apart, as one that backup software calls. */
bool interface_is_known_backup(const char *uuid);

/* The rows that interface_find can give, those of the user first, then the operations that opnum_find can give for one
 * of them: *at begins with 0 and is moved on; NULL past the end. */
const struct interface *interface_next(size_t *at);
const struct opnum *interface_next_opnum(const struct interface *interface, size_t *at);

#endif
