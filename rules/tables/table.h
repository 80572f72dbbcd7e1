/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_TABLE_H
#define RULES_TABLES_TABLE_H

/* Hash tables are uthash: one header, well kept, keeps insertion order (so that output is deterministic and the
 * oldest entry is at hand when a limit is reached). Out of memory there, as in allocate(), nothing sensible can be
 * told any more: the process says so and ends with status 2. */

#include <stddef.h>

_Noreturn void out_of_memory(void);
/* calloc that does not return without memory. */
void *allocate(size_t count, size_t size);

/* Frees all entries of a table that HASH_CLEAR has emptied: the first one, and where in it the handle is. */
void table_free(void *first, size_t handle_offset);

/* With a key that is another one in each run, so that no capture can fill one chain of a table. Results do not depend
 * on it. */
unsigned table_hash(const void *key, size_t size);

/* Entries have their handle beside their key, before what is large: a look-up reads both. */
#define uthash_fatal(message) out_of_memory()
#define HASH_FUNCTION(key, size, hash) ((hash) = table_hash(key, size))
#include <uthash.h>

/* Frees a table whole; its entries' handle is called hh. */
#define TABLE_FREE(head, type)                                                                                         \
    do {                                                                                                               \
        void *first_entry = (head);                                                                                    \
        HASH_CLEAR(hh, head);                                                                                          \
        table_free(first_entry, offsetof(type, hh));                                                                   \
    } while (0)

#endif
