/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "report/file_names.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct file_names *files) {
    enum { STEP = 16 };
    if (files->count >= FILE_NAMES_MAX)
        return false;
    if (files->count % STEP != 0)
        return true;
    char **more = realloc(files->names, (files->count + STEP) * sizeof *more);
    if (more == NULL)
        return false;
    files->names = more;
    return true;
}

bool file_names_add(struct file_names *files, const char *name) {
    if (!grow(files))
        return false;
    char *copy = strdup(name);
    if (copy == NULL)
        return false;
    files->names[files->count++] = copy;
    return true;
}

bool file_names_intern(struct file_names *files, const char *name, uint32_t *number) {
    *number = files->latest;
    if (strcmp(file_names_at(files, *number), name) == 0 && files->count > 0)
        return true;
    for (*number = 0; *number < files->count; (*number)++)
        if (strcmp(files->names[*number], name) == 0)
            break;
    if (*number == files->count && !file_names_add(files, name))
        return false;
    files->latest = *number;
    return true;
}

const char *file_names_at(const struct file_names *files, uint32_t number) {
    return number < files->count ? files->names[number] : "";
}

void file_names_free(struct file_names *files) {
    for (uint32_t i = 0; i < files->count; i++)
        free(files->names[i]);
    free(files->names);
    *files = (struct file_names){0};
}
