/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of facts, as `judge` reads them from anywhere. What is read is written, read and written again: the same. */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "report/fact_json.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct file_names files;

/* As text in memory, which the caller frees. */
static char *written(const struct fact *fact, size_t *length) {
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    REQUIRE(out != NULL && fact_write(out, fact, &files));
    REQUIRE(fclose(out) == 0);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct fact fact, back;
    char error[FACT_ERROR_SIZE] = "";
    files = (struct file_names){0};
    if (fact_read((const char *)data, size, &files, &fact, error)) {
        size_t length, again;
        char *line = written(&fact, &length);
        REQUIRE(fact_read(line, length, &files, &back, error));
        char *same = written(&back, &again);
        REQUIRE(length == again && memcmp(line, same, length) == 0);
        REQUIRE(memchr(line, '\n', length) == line + length - 1);
        free(line);
        free(same);
    } else {
        REQUIRE(error[0] != '\0' && memchr(error, '\0', sizeof error) != NULL);
    }
    file_names_free(&files);
    return 0;
}
