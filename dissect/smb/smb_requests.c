/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb_requests.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 2, OPENING_MARK = 2 };

struct smb_file smb_opening(uint64_t id) {
    struct smb_file file = {{OPENING_MARK}};
    memcpy(file.octets + 8, &id, sizeof id);
    return file;
}

static void forget(struct smb_requests *r, uint32_t index) {
    r->count--;
    memmove(r->at + index, r->at + index + 1, (r->count - index) * sizeof *r->at);
}

void smb_requests_stop(struct smb_requests *r) {
    for (uint32_t i = 0; i < r->count; i++)
        free(r->at[i].name);
    free(r->at);
    *r = (struct smb_requests){0};
}

static bool has_room(struct smb_requests *r) {
    if (r->count < r->capacity)
        return true;
    uint32_t capacity = r->capacity == 0 ? FIRST_CAPACITY : r->capacity * 2;
    struct smb_request *bigger = realloc(r->at, capacity * sizeof *bigger);
    if (bigger == NULL)
        return false;
    r->at = bigger;
    r->capacity = capacity;
    return true;
}

const struct smb_request *smb_requests_find(const struct smb_requests *r, uint64_t id, enum smb_command command) {
    for (uint32_t i = 0; i < r->count; i++)
        if (r->at[i].id == id && r->at[i].command == command)
            return &r->at[i];
    return NULL;
}

bool smb_requests_take(struct smb_requests *r, uint64_t id, enum smb_command command, struct smb_request *request) {
    const struct smb_request *found = smb_requests_find(r, id, command);
    if (found == NULL)
        return false;
    *request = *found;
    forget(r, (uint32_t)(found - r->at));
    return true;
}

struct smb_file smb_requests_add(struct smb_requests *r, const struct smb_request *request) {
    struct smb_file gone = SMB_FILE_NONE;
    struct smb_request same;
    if (smb_requests_take(r, request->id, request->command, &same)) {
        free(same.name);
    } else if (r->count == MAX_SMB_REQUESTS) {
        gone = r->at[0].file;
        free(r->at[0].name);
        forget(r, 0);
    }
    if (has_room(r))
        r->at[r->count++] = *request;
    else
        free(request->name);
    return gone;
}

void smb_requests_rename(struct smb_requests *r, const struct smb_file *from, const struct smb_file *to) {
    for (uint32_t i = 0; i < r->count; i++)
        if (smb_file_equal(&r->at[i].file, from))
            r->at[i].file = *to;
}
