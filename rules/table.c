/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void out_of_memory(void) {
    fputs("bindsight: out of memory; analyze a part of the capture (-f FILTER)\n", stderr);
    exit(2);
}

void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

void table_free(void *first, size_t handle_offset) {
    for (void *entry = first, *next; entry != NULL; entry = next) {
        UT_hash_handle handle;
        memcpy(&handle, (char *)entry + handle_offset, sizeof handle);
        next = handle.next;
        free(entry);
    }
}
