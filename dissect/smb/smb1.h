/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_SMB1_H
#define DISSECT_SMB_SMB1_H

#include "dissect/smb/smb.h"

/* The messages of SMB 1 (MS-CIFS 2.2.3, 2.2.4; MS-SMB 2.2.4): a header, and a chain of commands, each with parameters
 * in words and with bytes behind them. All fields are little endian. */

enum {
    SMB1_HEADER_SIZE = 32,
    SMB1_LEAST_HEAD = SMB1_HEADER_SIZE + 1, /* with the number of words */
    SMB1_MAX_HEAD = 144,                    /* the longest that is read has 50 words, an answer to NT_CREATE_ANDX */
};

/* How many bytes smb1_read wants, by the least head; previous as there. */
size_t smb1_head_size(const uint8_t head[static SMB1_LEAST_HEAD], const struct smb_message *previous);
/* Reads one command: the message's header and, right behind it, what begins with the number of the command's words.
 * shift: how many bytes lie between the two in the message. previous: the command before it in the chain, NULL for the
 * first. One that is shorter than smb1_head_size carries nothing. */
struct smb_message smb1_read(struct bytes head, uint32_t shift, const struct smb_message *previous);

#endif
