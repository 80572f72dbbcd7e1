/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_BUILD_SMB1_H
#define TESTS_DISSECT_BUILD_SMB1_H

#include "tests/dissect/build_smb.h"

/* Writes messages of SMB 1, in frames of build_smb.h: first a header, then a command, or several as a chain. */
enum {
    ONE_CLOSE = 0x04,
    ONE_READ = 0x0a,
    ONE_WRITE = 0x0b,
    ONE_READ_RAW = 0x1a,
    ONE_WRITE_RAW = 0x1d,
    ONE_TRANSACTION = 0x25,
    ONE_TRANSACTION_SECONDARY = 0x26,
    ONE_OPEN_ANDX = 0x2d,
    ONE_READ_ANDX = 0x2e,
    ONE_WRITE_ANDX = 0x2f,
    ONE_TREE_DISCONNECT = 0x71,
    ONE_NEGOTIATE = 0x72,
    ONE_SETUP = 0x73,
    ONE_LOGOFF = 0x74,
    ONE_CONNECT = 0x75,
    ONE_CREATE = 0xa2
};
enum { ONE_TYPE_DISK = 0, ONE_TYPE_PIPE = 2 };

struct one {
    unsigned tree, user, process, multiplex;
    bool ascii;      /* text is not in UTF-16 */
    bool dos_errors; /* the status is none of NT */
};

void one_begin(struct octets *o, const struct one *one, unsigned code, bool response, uint32_t status);
/* The next command of the chain, behind one that can be followed. */
void one_chain(struct octets *o, unsigned code);
/* A command without words or bytes, as in an error. */
void one_empty(struct octets *o);
void one_file(struct octets *o, unsigned file); /* one word */
void one_negotiated(struct octets *o, const char *guid);
void one_negotiated_names(struct octets *o, bool wide, const char *domain, const char *server);
void one_setup_token(struct octets *o, bool response, const void *token, size_t len);
void one_connected(struct octets *o, const char *service);
void one_create(struct octets *o, const char *name);
void one_created(struct octets *o, unsigned file, unsigned type);
void one_open(struct octets *o, const char *name);
void one_opened(struct octets *o, unsigned file, unsigned type);
void one_write(struct octets *o, unsigned file, const void *data, size_t len);
void one_write_andx(struct octets *o, unsigned file, unsigned mode, const void *data, size_t len);
void one_read_andx(struct octets *o, unsigned file);
void one_read_answer(struct octets *o, const void *data, size_t len);
void one_read_andx_answer(struct octets *o, const void *data, size_t len);
void one_transact(struct octets *o, unsigned setup, unsigned file, const void *data, size_t len);
void one_transact_more(struct octets *o, const void *data, size_t len);
void one_transact_answer(struct octets *o, size_t total, size_t displacement, const void *data, size_t len);

#endif
