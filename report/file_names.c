/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "report/file_names.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct name_list *list) {
    enum { STEP = 16 };
    if (list->count >= FILE_NAMES_MAX)
        return false;
    if (list->count % STEP != 0)
        return true;
    char **more = realloc(list->names, (list->count + STEP) * sizeof *more);
    if (more == NULL)
        return false;
    list->names = more;
    return true;
}

static bool add(struct name_list *list, const char *name) {
    if (!grow(list))
        return false;
    char *copy = strdup(name);
    if (copy == NULL)
        return false;
    list->names[list->count++] = copy;
    return true;
}

static uint32_t find(const struct name_list *list, const char *name) {
    uint32_t number = 0;
    while (number < list->count && strcmp(list->names[number], name) != 0)
        number++;
    return number;
}

bool file_names_add(struct file_names *files, const char *name) { return add(&files->now, name); }

bool file_names_intern(struct file_names *files, const char *name, uint32_t *number) {
    *number = files->latest;
    if (strcmp(file_names_at(files, *number), name) == 0 && files->now.count > 0)
        return true;
    *number = find(&files->now, name);
    if (*number == files->now.count && !add(&files->now, name))
        return false;
    files->latest = *number;
    return true;
}

bool file_names_recall(struct file_names *files, const char *name, uint32_t *number) {
    uint32_t at = find(&files->earlier, name);
    *number = EARLIER_FILES + at;
    return at < files->earlier.count || add(&files->earlier, name);
}

const char *file_names_at(const struct file_names *files, uint32_t number) {
    const struct name_list *list = number >= EARLIER_FILES ? &files->earlier : &files->now;
    uint32_t at = number >= EARLIER_FILES ? number - EARLIER_FILES : number;
    return at < list->count ? list->names[at] : "";
}

static void release(struct name_list *list) {
    for (uint32_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
}

void file_names_free(struct file_names *files) {
    release(&files->now);
    release(&files->earlier);
    *files = (struct file_names){0};
}
