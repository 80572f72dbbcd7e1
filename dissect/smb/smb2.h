/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_SMB2_H
#define DISSECT_SMB_SMB2_H

#include "dissect/smb/smb.h"

/* The messages of SMB 2 and 3 (MS-SMB2 2.2). All fields are little endian. */

enum {
    SMB2_HEADER_SIZE = 64,
    SMB2_NEGOTIATED_SIZE = 48,             /* of CONTENT_GUID */
    SMB2_START_TIME = 40,                  /* where in it ServerStartTime is, a FILETIME; 0: not told */
    SMB2_MAX_HEAD = SMB2_HEADER_SIZE + 80, /* with the longest fixed part of a body, that of a CREATE response */
};

/* Where the next message of the chain begins, by a whole header; 0: nowhere. */
uint32_t smb2_next(const uint8_t header[static SMB2_HEADER_SIZE]);
/* How many bytes of the message smb2_read wants, at least SMB2_HEADER_SIZE, by a whole header. */
size_t smb2_head_size(const uint8_t header[static SMB2_HEADER_SIZE]);
/* Reads a head. One that is shorter than smb2_head_size, as that of an error is, carries nothing. */
struct smb_message smb2_read(struct bytes head);

#endif
