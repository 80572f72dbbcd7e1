/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_BUILD_SMB_H
#define TESTS_DISSECT_BUILD_SMB_H

#include "tests/dissect/build.h"

/* Writes SMB messages, in frames of the NetBIOS session service. The octets must be little endian. */
enum {
    SMB_OK = 0,
    SMB_IS_PENDING = 0x103,
    SMB_IS_OVERFLOWN = (int)0x80000005,
    SMB_IS_DENIED = (int)0xc0000022,
    SMB_IS_NOT_FOUND = (int)0xc0000034,
    SMB_GOES_ON = (int)0xc0000016
};

void frame_begin(struct octets *o);
void frame_end(struct octets *o);
/* How many octets of the frame's content there are. */
size_t frame_len(const struct octets *o);
/* Another message of the same frame follows, which is related to the last one or is not. */
void frame_chain(struct octets *o, bool related);

/* The tree of the messages that follow; asynchronous ones have none. */
void smb_in_tree(unsigned tree);
void smb_async(bool async);

/* A file of all ones is that of the message before it in the chain. */
enum { THE_SAME_FILE = 0xff };
void put_smb_other(struct octets *o, unsigned command, bool response, uint64_t id);
void put_smb_negotiate_answer(struct octets *o, uint64_t id, const char *guid);
void put_smb_started_answer(struct octets *o, uint64_t id, const char *guid, uint64_t start); /* with a FILETIME */
void put_smb_connect_answer(struct octets *o, uint64_t id, unsigned share_type);
void put_smb_create(struct octets *o, uint64_t id, const char *name);
void put_smb_create_answer(struct octets *o, uint64_t id, unsigned file, int status);
void put_smb_setup_answer(struct octets *o, uint64_t id, int status, const void *token, size_t len);
void put_smb_write(struct octets *o, uint64_t id, unsigned file, const void *data, size_t len);
void put_smb_read(struct octets *o, uint64_t id, unsigned file);
void put_smb_read_answer(struct octets *o, uint64_t id, int status, const void *data, size_t len);
void put_smb_transceive(struct octets *o, uint64_t id, unsigned file, const void *data, size_t len);
void put_smb_transceive_answer(struct octets *o, uint64_t id, unsigned file, int status, const void *data, size_t len);
void put_smb_interfaces_answer(struct octets *o, uint64_t id, const void *data, size_t len);
void put_smb_close(struct octets *o, uint64_t id, unsigned file);
void put_smb_close_answer(struct octets *o, uint64_t id);
void put_wide(struct octets *o, const char *text);
/* The request for a NetBIOS session, a whole frame. */
void put_session_request(struct octets *o, const char *called);
/* The answer of any command that failed, or that comes later. */
void put_smb_error(struct octets *o, unsigned command, uint64_t id, int status);

#endif
