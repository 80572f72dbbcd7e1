/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over files, where there is no fuzzer: the corpora are tests.
 *
 * usage: fuzz_TARGET FILE-OR-DIRECTORY…
 *
 * Fails if there is nothing in one of them. What the target does not survive ends the program; its name was printed
 * last with -v. */
#define _GNU_SOURCE /* nftw */
#include "tests/fuzz/fuzz.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BYTES = 64 * 1024 * 1024, MOST_OPEN = 8 };

static unsigned long files;
static bool verbose;

static int replay(const char *path, const struct stat *status, int type, struct FTW *where) {
    (void)where;
    if (type != FTW_F || status->st_size > MOST_BYTES)
        return 0;
    if (verbose)
        fprintf(stderr, "%s\n", path);
    size_t size = (size_t)status->st_size;
    uint8_t *data = malloc(size > 0 ? size : 1); /* no longer than it is: a read past its end shows */
    FILE *file = fopen(path, "rb");
    if (data == NULL || file == NULL || fread(data, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    files++;
    return 0;
}

int main(int argc, char **argv) {
    int first = 1;
    if (argc > 1 && strcmp(argv[1], "-v") == 0) {
        verbose = true;
        first = 2;
    }
    if (first == argc) {
        fprintf(stderr, "usage: %s [-v] FILE-OR-DIRECTORY…\n", argv[0]);
        return 2;
    }
    for (int i = first; i < argc; i++) {
        unsigned long before = files;
        if (nftw(argv[i], replay, MOST_OPEN, FTW_PHYS) != 0) {
            perror(argv[i]);
            return 1;
        }
        if (files == before) {
            fprintf(stderr, "%s: nothing in it\n", argv[i]);
            return 1;
        }
    }
    printf("%lu inputs\n", files);
    return 0;
}
