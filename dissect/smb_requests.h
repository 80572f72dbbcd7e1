/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_REQUESTS_H
#define DISSECT_SMB_REQUESTS_H

#include "dissect/smb.h"

/* The READs, IOCTLs and CLOSEs of an SMB connection that wait for their answer, which does not say, or not truly, which
 * file it is about. */
enum { MAX_SMB_REQUESTS = 128 }; /* the oldest gives way */

struct smb_requests {
    uint32_t count;
    struct smb_request {
        uint64_t id;
        struct smb_file file;
    } at[MAX_SMB_REQUESTS]; /* the oldest first */
};

/* Returns the file of the request that gave way; nobody's (all zero) if none had to. */
struct smb_file smb_requests_add(struct smb_requests *requests, uint64_t id, const struct smb_file *file);
/* Finds and forgets the request that an answer belongs to; nobody's file if there is none. */
struct smb_file smb_requests_take(struct smb_requests *requests, uint64_t id);

#endif
