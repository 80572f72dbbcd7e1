/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* opendir */
#include "tests/dissect/play.h"
#include "tests/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Conversations of other projects' fuzzers: a mark of five octets ("\1PKT" and the direction: 1 client) in front of
 * each message. They are not part of this tree. */
enum { MARK_SIZE = 5, SKIPPED = 77 };
static const uint8_t MARK[4] = {1, 'P', 'K', 'T'};

static uint8_t content[1024 * 1024];

static size_t next_mark(size_t from, size_t size) {
    size_t at = from;
    while (at + MARK_SIZE <= size && memcmp(content + at, MARK, sizeof MARK) != 0)
        at++;
    return at + MARK_SIZE <= size ? at : size;
}

static void play_content(struct play *p, size_t size, size_t piece) {
    play_again(p, 135, false);
    play_open(p);
    for (size_t at = next_mark(0, size); at < size;) {
        size_t end = next_mark(at + MARK_SIZE, size);
        struct bytes message = {content + at + MARK_SIZE, end - at - MARK_SIZE};
        play_pieces(p, content[at + 4] == 1 ? FROM_CLIENT : FROM_SERVER, message, piece);
        at = end;
    }
    play_close(p, CLOSE_END);
}

static void play_file(const char *path) {
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file == NULL)
        return;
    size_t size = fread(content, 1, sizeof content, file);
    fclose(file);
    struct play whole, pieces;
    play_start(&whole);
    play_content(&whole, size, SIZE_MAX);
    play_start(&pieces);
    play_content(&pieces, size, 1);
    CU_ASSERT_TRUE(play_told(&whole, "bind_asked"));
    CU_ASSERT_STRING_EQUAL(whole.text, pieces.text);
    play_stop(&whole);
    for (size_t n = 0; n < size; n += 3)
        play_content(&pieces, n, SIZE_MAX);
    play_stop(&pieces);
}

static void seeds_tell_the_same_in_any_pieces(void) {
    const char *seeds = getenv("BINDSIGHT_SEEDS");
    DIR *directory = seeds == NULL ? NULL : opendir(seeds);
    CU_ASSERT_PTR_NOT_NULL(directory);
    if (directory == NULL)
        return;
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", seeds, entry->d_name);
        if (strstr(entry->d_name, ".pkt") != NULL)
            play_file(path);
    }
    closedir(directory);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"seeds tell the same in any pieces", seeds_tell_the_same_in_any_pieces},
        CU_TEST_INFO_NULL,
    };
    return getenv("BINDSIGHT_SEEDS") == NULL ? SKIPPED : unit_run("dissect/seeds", tests);
}
