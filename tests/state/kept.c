/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "tests/state/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SMALL = 200000 };
char folder[32] = "/tmp/bindsight-state-XXXXXX";
char path[64];

int kept_run(const char *suite, CU_TestInfo *tests) {
    char beside[64];
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/state", folder);
    snprintf(beside, sizeof beside, "%s/state-journal", folder);
    int status = unit_run(suite, tests);
    unlink(path);
    unlink(beside);
    rmdir(folder);
    return status;
}

struct bytes_of_file file_read(const char *name) {
    struct bytes_of_file file = {calloc(1, SMALL), 0};
    FILE *stream = fopen(name, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    file.size = fread(file.bytes, 1, SMALL, stream);
    fclose(stream);
    CU_ASSERT_TRUE_FATAL(file.size < SMALL);
    return file;
}

void file_write(const char *name, const char *bytes, size_t size) {
    FILE *stream = fopen(name, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, stream), size);
    fclose(stream);
}

void monday(struct story *s) {
    *s = story_begin();
    story_served(s, CLIENT, B, &LSA, PORT);
    story_refused(s, CLIENT, A, &LSA, PORT);
    story_names(s, CLIENT, B, NAME_NTLM_COMPUTER, "KNOTEN\xc3\xa4");
    story_names(s, CLIENT, B, NAME_NTLM_COMPUTER, "KNOTEN2");
    story_tells_resource(s, B, "10.1.1.9");
    s->over = s->asked_for = TRANSPORT_UDP;
    story_maps(s, CLIENT, STRANGER, &SAM, NULL, PORT);
    s->over = TRANSPORT_TCP;
    story_end(s);
}

bool update(const struct story *s, const char *name, char error[static STATE_ERROR_SIZE]) {
    struct file_names names = {.latest = 0};
    CU_ASSERT_TRUE(file_names_add(&names, name));
    bool done = state_update(path, s->judge, &names, INT64_MAX, error);
    file_names_free(&names);
    return done;
}

void keep(struct story *s, const char *name) {
    char error[STATE_ERROR_SIZE] = "";
    bool done = update(s, name, error);
    if (!done)
        fprintf(stderr, "%s\n", error);
    CU_ASSERT_TRUE_FATAL(done);
    story_close(s);
}

void keep_monday_again(void) {
    struct story s;
    monday(&s);
    keep(&s, "monday.pcap");
}

void keep_monday(void) {
    unlink(path);
    keep_monday_again();
}

struct kept kept(void) {
    struct kept kept = {memory_open(), {.latest = 0}};
    char error[STATE_ERROR_SIZE] = "";
    CU_ASSERT_TRUE(state_read(path, STATE_SHOW, kept.memory, &kept.names, error));
    CU_ASSERT_STRING_EQUAL(error, "");
    return kept;
}

void forget(struct kept *kept) {
    memory_close(kept->memory);
    file_names_free(&kept->names);
}
