/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/table.h"

#include <stdio.h>
#include <stdlib.h>

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
