/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_SMB_REQUESTS_H
#define DISSECT_SMB_SMB_REQUESTS_H

#include "dissect/smb/smb.h"

/* The requests of an SMB connection that wait for their answer, which does not say, or not truly, what it is about. */
enum { MAX_SMB_REQUESTS = 128 }; /* the oldest gives way */

struct smb_request {
    uint64_t id;
    enum smb_command command;
    struct smb_file file; /* OPEN: what stands for it as long as it has no name of its own, see smb_opening */
    struct smb_tree tree; /* OPEN */
    char *name;           /* OPEN: of the file, owned by who holds the request; else NULL */
};

struct smb_requests {
    uint32_t count, capacity;
    struct smb_request *at; /* the oldest first */
};

/* What later messages of a chain mean by "the file opened before", while the answer is not here. */
struct smb_file smb_opening(uint64_t id);

void smb_requests_stop(struct smb_requests *requests);
/* Takes over the request's name. One of the same id and command is forgotten: it never had an answer. Returns the
 * file of the request that gave way to the new one; SMB_FILE_NONE if none had to. */
struct smb_file smb_requests_add(struct smb_requests *requests, const struct smb_request *request);
/* NULL: there is none. Valid until the next call. */
const struct smb_request *smb_requests_find(const struct smb_requests *requests, uint64_t id, enum smb_command command);
/* Finds and forgets the request that an answer belongs to; its name is the caller's now. */
bool smb_requests_take(struct smb_requests *requests, uint64_t id, enum smb_command command,
                       struct smb_request *request);
/* The file has a name of its own now. */
void smb_requests_rename(struct smb_requests *requests, const struct smb_file *from, const struct smb_file *to);

#endif
