/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb_requests.h"

#include <string.h>

static struct smb_file take(struct smb_requests *r, uint32_t index) {
    struct smb_file file = r->at[index].file;
    r->count--;
    memmove(r->at + index, r->at + index + 1, (r->count - index) * sizeof *r->at);
    return file;
}

struct smb_file smb_requests_add(struct smb_requests *requests, uint64_t id, const struct smb_file *file) {
    struct smb_file gone = {{0}};
    if (requests->count == MAX_SMB_REQUESTS)
        gone = take(requests, 0);
    requests->at[requests->count++] = (struct smb_request){id, *file};
    return gone;
}

struct smb_file smb_requests_take(struct smb_requests *requests, uint64_t id) {
    for (uint32_t i = 0; i < requests->count; i++)
        if (requests->at[i].id == id)
            return take(requests, i);
    return (struct smb_file){{0}};
}
