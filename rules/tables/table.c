/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* getrandom */
#include "rules/tables/table.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#define XXH_INLINE_ALL /* the keys are short: a call would cost more than the hash */
#include <xxhash.h>

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

unsigned table_hash(const void *key, size_t size) {
    static uint64_t seed;
    static bool seeded;
    if (!seeded) { /* without randomness it is a hash like any other */
        seeded = true;
        if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0)
            seed = (uint64_t)(uintptr_t)&seed;
    }
    return (unsigned)XXH3_64bits_withSeed(key, size, seed);
}
