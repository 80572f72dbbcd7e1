/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_H
#define DISSECT_SMB_H

#include "wire/reader.h"

/* SMB 2 and 3 as they lie on a stream: frames of the NetBIOS session service (RFC 1002 4.3.1, MS-SMB2 2.1), each with
 * a chain of messages (MS-SMB2 2.2). Only what it takes to follow named pipes is read. */

enum {
    SMB_FRAME_SIZE = 4, /* the header of a frame: its type, and 24 bits of length */
    SMB_FRAME_MESSAGES = 0,
    SMB_FRAME_SESSION_FIRST = 0x81, /* request, responses and keep-alive of a NetBIOS session */
    SMB_FRAME_SESSION_LAST = 0x85,
    SMB_HEADER_SIZE = 64,
    SMB_MAX_HEAD = SMB_HEADER_SIZE + 56, /* with the longest fixed part of a body, that of an IOCTL request */
};

enum smb_dialect { SMB_NONE, SMB_ONE, SMB_TWO, SMB_ENCRYPTED, SMB_COMPRESSED };

enum smb_command {
    SMB_SESSION_SETUP = 1,
    SMB_CLOSE = 6,
    SMB_READ = 8,
    SMB_WRITE = 9,
    SMB_IOCTL = 11,
};

/* SMB2_FILEID; all zero where a message has none. */
struct smb_file {
    uint8_t octets[16];
};

struct smb_message {
    uint16_t command;
    bool response;
    bool related; /* to the one before it in the chain, whose file it means if its own is all ones */
    bool failed;  /* RESPONSE: nothing came of it, or not yet */
    bool pending; /* RESPONSE: the answer comes later */
    uint32_t next;
    uint64_t id;
    struct smb_file file; /* of CLOSE, READ and WRITE requests, and of both sides of a pipe's IOCTL */
    /* What it carries that is of interest: bytes of a file or pipe, or a security token. From the header on; length 0:
     * nothing. Not checked against the message's size. */
    uint32_t offset, length;
};

/* Whether a stream can begin so: a frame with an SMB 2 message, or with the SMB 1 negotiation that may lead to it. */
enum smb_likeness {
    SMB_IMPOSSIBLE,
    SMB_POSSIBLE, /* too few bytes to know */
    SMB_LIKELY,
};
enum smb_likeness smb_likeness(struct bytes bytes);

/* By the first 4 octets of a message. */
enum smb_dialect smb_dialect(const uint8_t at[static 4]);
/* Of an SMB 1 message of which 5 octets are here. */
bool smb_one_negotiates(const uint8_t at[static 5]);
/* Where the next message of the chain begins, by a whole header; 0: nowhere. */
uint32_t smb_next(const uint8_t header[static SMB_HEADER_SIZE]);
/* How many bytes of the message smb_read wants, at least SMB_HEADER_SIZE, by a whole header. */
size_t smb_head_size(const uint8_t header[static SMB_HEADER_SIZE]);
/* Reads a head. One that is shorter than smb_head_size, as that of an error is, carries nothing. */
struct smb_message smb_read(struct bytes head);

bool smb_file_equal(const struct smb_file *a, const struct smb_file *b);

#endif
