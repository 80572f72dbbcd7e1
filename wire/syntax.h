/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_SYNTAX_H
#define WIRE_SYNTAX_H

#include <stdbool.h>
#include <stdint.h>

/* A UUID in the order in which it is written as text (RFC 4122), whatever the byte order on the wire was. */
struct uuid {
    uint8_t octets[16];
};

/* p_syntax_id_t (C706 12.6.3.1): names an interface (abstract syntax) or a transfer syntax. */
struct syntax_id {
    struct uuid uuid;
    uint16_t major;
    uint16_t minor;
};

enum { UUID_TEXT_SIZE = 37 };

extern const struct syntax_id SYNTAX_EPM;   /* the endpoint mapper, e1af8308-… 3.0 */
extern const struct syntax_id SYNTAX_NDR;   /* NDR20, 8a885d04-… 2.0 */
extern const struct syntax_id SYNTAX_NDR64; /* 71710533-… 1.0 */

bool uuid_equal(const struct uuid *a, const struct uuid *b);
bool uuid_is_nil(const struct uuid *uuid);
/* The 36 characters and a NUL; returns text. */
char *uuid_text(const struct uuid *uuid, char text[static UUID_TEXT_SIZE]);
/* Reads exactly the 36-character form, either case; false and a nil uuid if it is anything else. */
bool uuid_parse(const char *text, struct uuid *uuid);

/* Same uuid and same major version: an RPC server serves every minor version up to its own. */
bool syntax_compatible(const struct syntax_id *a, const struct syntax_id *b);

#endif
