/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of --state: what is read from it, and what a judge makes of that. */
#define _POSIX_C_SOURCE 200809L /* mkstemp */
#include "state/state.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <unistd.h>

static void check_sighting(const struct sighting *seen) {
    REQUIRE(seen->time >= 0 && seen->time <= LATEST_TIME && sighting_is_earlier(seen));
}

static void check_item(const struct memory_item *item) {
    REQUIRE(item->kind < MEMORY_KINDS && item->address.family != ADDRESS_NONE && item->first.time <= item->last.time);
    if (item->kind != MEMORY_ASKED) {
        check_sighting(&item->first);
        check_sighting(&item->last);
    }
    if (item->kind == MEMORY_PROOF)
        REQUIRE(item->is.proof.kind < PROOF_KINDS && item->is.proof.count > 0);
    if (item->kind == MEMORY_NAME)
        REQUIRE(item->is.name.name[0] != '\0' && is_sound_text(item->is.name.name, sizeof item->is.name.name));
    if (item->kind == MEMORY_LINK)
        REQUIRE(memory_keeps_link(item->is.link.kind) && item->is.link.other.family != ADDRESS_NONE);
}

static void count(void *context, const struct memory_item *item) {
    (*(size_t *)context)++;
    check_item(item);
}

/* Nothing that is only recalled is news; all of it can be told. */
static void judge_it(const struct memory *memory) {
    static const struct inventory nothing;
    struct tally tally = {.files = 0};
    struct judge *judge = judge_open(&tally, &nothing);
    size_t news = 0;
    REQUIRE(judge != NULL);
    judge_recall(judge, memory);
    judge_finish(judge);
    REQUIRE(judge_binding(judge, 0) == NULL);
    judge_list_recalled(judge);
    for (size_t i = 0; judge_binding(judge, i) != NULL; i++)
        REQUIRE(judge_binding(judge, i)->count > 0);
    const struct address *address = NULL;
    for (int i = 0; i < 64 && (address = judge_address(judge, address)) != NULL; i++) {
        struct relative relatives[IDENTITY_MAX_RELATIVES];
        REQUIRE(judge_relatives(judge, address, relatives) <= IDENTITY_MAX_RELATIVES);
    }
    judge_remember(judge, count, &news);
    judge_close(judge);
}

/* SQLite wants a name that leads to the file. */
static char path[] = "/tmp/bindsight-fuzz-XXXXXX";
static void clear(void) { unlink(path); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    char error[STATE_ERROR_SIZE] = "";
    struct file_names names = {.latest = 0};
    if (fd < 0) {
        fd = mkstemp(path);
        atexit(clear);
    }
    REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    struct memory *memory = memory_open();
    bool read = state_read(path, STATE_SHOW, memory, &names, error);
    REQUIRE(read || (error[0] != '\0' && strchr(error, '\n') == NULL));
    for (size_t i = 0; read && memory_at(memory, i) != NULL; i++)
        check_item(memory_at(memory, i));
    if (read)
        judge_it(memory);
    memory_close(memory);
    file_names_free(&names);
    return 0;
}
