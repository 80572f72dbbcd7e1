/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_WORDS_NAME_H
#define RULES_WORDS_NAME_H

#include "wire/syntax.h"

#include <stdbool.h>
#include <stddef.h>

/* Names that people know, for numbers that the wire carries; those of interfaces and operations are in
 * rules/words/interfaces.h, to which the user may add. */

/* "lsarpc", "MS Exchange Directory NSP Interface"; NULL if unknown. Every minor version of a major one has a name. */
const char *interface_name(const struct syntax_id *interface);
/* The name, or "uuid vMAJOR.MINOR". Returns text. */
enum { INTERFACE_TEXT_SIZE = 96 };
char *interface_text(const struct syntax_id *interface, char text[static INTERFACE_TEXT_SIZE]);
/* Whether backup software calls it: Exchange's store administration, backup of databases, backup agents. */
bool interface_is_backup(const struct syntax_id *interface);

/* "EcDoConnect" for 0 of EMSMDB; NULL if unknown. */
const char *opnum_name(const struct syntax_id *interface, uint16_t opnum);
/* "EcDoConnect (opnum 0)", or "opnum 0". Returns text. */
enum { OPNUM_TEXT_SIZE = 112 };
char *opnum_text(const struct syntax_id *interface, uint16_t opnum, char text[static OPNUM_TEXT_SIZE]);

/* "RPC_S_SERVER_UNAVAILABLE" for 1722; NULL if unknown. */
const char *win32_name(uint32_t code);

/* What the application shows for what the wire carries (protocol.md section 4). 0 where no mapping is known. */
uint32_t win32_of_fault(uint32_t status);     /* fault PDU, MS-RPCE 3.1.1.5.5 */
uint32_t win32_of_mapper(uint32_t status);    /* endpoint mapper status */
uint32_t win32_of_nak(uint16_t reason);       /* bind_nak */
uint32_t win32_of_rejection(uint16_t reason); /* provider rejection of every context */
/* "nca_s_unk_if"; NULL if unknown. */
const char *fault_name(uint32_t status);
const char *mapper_status_name(uint32_t status);

#endif
