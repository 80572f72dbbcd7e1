/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/pipe_table.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 2 };

char *pipe_name_copy(const char *name) {
    size_t size = name == NULL ? 0 : strlen(name) + 1;
    char *copy = size == 0 ? NULL : malloc(size);
    if (copy != NULL)
        memcpy(copy, name, size);
    return copy;
}

void pipe_table_stop(struct pipe_table *table) {
    free(table->at);
    *table = (struct pipe_table){0};
}

struct pipe *pipe_table_find(struct pipe_table *table, const struct smb_file *file) {
    for (uint32_t i = 0; i < table->count; i++) {
        if (!smb_file_equal(&table->at[i].file, file))
            continue;
        table->at[i].pipe->used = ++table->clock;
        return table->at[i].pipe;
    }
    return NULL;
}

struct pipe *pipe_table_evicted(const struct pipe_table *table) {
    struct pipe *oldest = NULL;
    for (uint32_t i = 0; i < table->count && table->count == MAX_PIPES; i++)
        if (oldest == NULL || table->at[i].pipe->used < oldest->used)
            oldest = table->at[i].pipe;
    return oldest;
}

static bool has_room(struct pipe_table *table) {
    if (table->count < table->capacity)
        return true;
    uint32_t capacity = table->capacity == 0 ? FIRST_CAPACITY : table->capacity * 2;
    struct pipe_entry *bigger = realloc(table->at, capacity * sizeof *bigger);
    if (bigger == NULL)
        return false;
    table->at = bigger;
    table->capacity = capacity;
    return true;
}

struct pipe *pipe_table_add(struct pipe_table *table, const struct smb_file *file) {
    struct pipe *pipe = has_room(table) ? calloc(1, sizeof *pipe) : NULL;
    if (pipe == NULL)
        return NULL;
    pipe->file = *file;
    pipe->used = ++table->clock;
    table->at[table->count++] = (struct pipe_entry){*file, pipe};
    return pipe;
}

static struct pipe_entry *entry_of(const struct pipe_table *table, const struct pipe *pipe) {
    struct pipe_entry *entry = table->at;
    while (entry->pipe != pipe)
        entry++;
    return entry;
}

void pipe_table_rename(struct pipe_table *table, struct pipe *pipe, const struct smb_file *file) {
    pipe->file = entry_of(table, pipe)->file = *file;
}

void pipe_table_remove(struct pipe_table *table, struct pipe *pipe) {
    *entry_of(table, pipe) = table->at[--table->count];
    free(pipe->name);
    free(pipe);
}
