/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_SMB_H
#define DISSECT_SMB_SMB_H

#include "wire/reader.h"

/* SMB as it lies on a stream, in the words that its dialects share: frames of the NetBIOS session service (RFC 1002
 * 4.3, MS-SMB2 2.1), each with a chain of messages. Only what it takes to follow named pipes is read; what each
 * dialect calls it is in smb1.h and smb2.h. */

enum {
    SMB_FRAME_SIZE = 4, /* the header of a frame: its type, and 24 bits of length */
    SMB_FRAME_MESSAGES = 0x00,
    SMB_FRAME_REQUEST = 0x81, /* of a NetBIOS session, as are those that follow */
    SMB_FRAME_ACCEPTED = 0x82,
    SMB_FRAME_REFUSED = 0x83,
    SMB_FRAME_RETARGETED = 0x84,
    SMB_FRAME_KEEP_ALIVE = 0x85,
    SMB_CALLED_SIZE = 34, /* the called name as a session request has it, without a scope */
};

/* By the first 4 octets of a message. */
enum smb_dialect { SMB_NONE, SMB_ONE, SMB_TWO, SMB_ENCRYPTED, SMB_COMPRESSED };
enum smb_dialect smb_dialect(const uint8_t at[static 4]);

/* What a message is for. */
enum smb_command {
    SMB_OTHER,
    SMB_NEGOTIATE,
    SMB_LOG_ON, /* session set-up */
    SMB_LOG_OFF,
    SMB_CONNECT, /* to a share: the tree of its files */
    SMB_DISCONNECT,
    SMB_OPEN,
    SMB_CLOSE,
    SMB_READ,
    SMB_WRITE,
    SMB_TRANSCEIVE,         /* a write and the read of its answer, in one */
    SMB_TRANSCEIVE_FURTHER, /* more of what a TRANSCEIVE request carries */
    SMB_READ_RAW,           /* a frame of the server, with nothing but data, is the answer */
    SMB_WRITE_RAW,          /* such a frame of the client follows */
};

/* Names a file or pipe on a connection; all zero where a message has none, all ones: that of the message before. */
struct smb_file {
    uint8_t octets[16];
};
extern const struct smb_file SMB_FILE_NONE, SMB_FILE_PREVIOUS;
bool smb_file_equal(const struct smb_file *a, const struct smb_file *b);

/* Names a connected share. */
struct smb_tree {
    uint64_t session; /* 0 in SMB 1, where trees are the connection's */
    uint32_t id;
    bool known; /* false: the message does not say */
};

enum smb_share { SHARE_UNKNOWN, SHARE_OF_PIPES, SHARE_OF_FILES };

/* What a message carries. */
enum smb_content {
    CONTENT_NOTHING,
    CONTENT_DATA,       /* of a file or pipe */
    CONTENT_TOKEN,      /* of a session set-up: security tokens, raw or in SPNEGO */
    CONTENT_NAME,       /* of the file to open */
    CONTENT_GUID,       /* of the server, 16 octets; in SMB 2 with what follows it up to the time of its start */
    CONTENT_NAMES,      /* of domain and server, each with its NUL */
    CONTENT_INTERFACES, /* of the server's network */
};

struct smb_message {
    enum smb_command command;
    bool response;
    bool related;    /* to the one before it in the chain, which may name its file */
    bool failed;     /* RESPONSE: nothing came of it, or not yet */
    bool pending;    /* RESPONSE: the answer comes later, */
    bool continued;  /* or more of it */
    uint32_t status; /* RESPONSE: NTSTATUS */
    uint64_t id;     /* request and response have the same */
    uint64_t session;
    struct smb_tree tree;
    struct smb_file file;
    enum smb_share share; /* of the answer to CONNECT: what was connected; of that to OPEN: what was opened */
    /* From the header on; length 0: nothing. Not checked against the message's size. */
    enum smb_content content;
    bool wide; /* NAME, NAMES: in UTF-16, else in some 8 bit code */
    uint32_t offset, length;
    /* Where the next message of the chain begins, from the header on, or its parameters; 0: nowhere. */
    uint32_t next;
    uint8_t next_code; /* SMB 1: what that one is */
};

/* Whether a stream can begin so: with a frame that has an SMB message, or with the request for a NetBIOS session. */
enum smb_likeness {
    SMB_IMPOSSIBLE,
    SMB_POSSIBLE, /* too few bytes to know */
    SMB_LIKELY,
};
enum smb_likeness smb_likeness(struct bytes bytes);

enum { SMB_CALLED_TEXT_SIZE = 16 };
/* The called name of a session request (RFC 1002 4.3.2), "" if it is none that names a server. */
void smb_called_name(char text[static SMB_CALLED_TEXT_SIZE], struct bytes called);

#endif
