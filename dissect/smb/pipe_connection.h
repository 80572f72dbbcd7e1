/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_PIPE_CONNECTION_H
#define DISSECT_SMB_PIPE_CONNECTION_H

#include "dissect/follower.h"
#include "dissect/smb/pipe_table.h"
#include "dissect/smb/pipes.h"
#include "dissect/smb/smb_cutter.h"
#include "dissect/smb/smb_requests.h"
#include "dissect/smb/smb_trees.h"

/* The inside of pipes.h, for its own files: pipes.c has the connection's bytes and its end, pipe_messages.c what a
 * message means, pipe_names.c the texts in it, pipe_open.c the pipes. */

/* Where what a message carries goes, of one direction: to a pipe's conversation, or it is kept to be read as a whole.
 */
struct drain {
    struct pipe *pipe;
    uint8_t *kept; /* owned */
    uint32_t kept_count, kept_room;
};

/* Small, for there may be many, and most carry files. */
struct pipes {
    struct follower follower;
    bool begun;                   /* a message was seen */
    bool roles_known;             /* who answers is the server */
    bool useless;                 /* there are no messages */
    bool unreadable[UNREADABLES]; /* told */
    bool names_told[2];           /* in tokens, by who sent them */
    bool guid_told, interfaces_told;
    bool midstream;                    /* the connection's beginning is not in the capture */
    bool breaking;                     /* the conversations are told of a hole, which is told once */
    char called[SMB_CALLED_TEXT_SIZE]; /* whom the NetBIOS session is asked for; "" once that is told or refused */
    struct teller teller;
    struct smb_cutter cutters[2]; /* by the carrier's direction, as are the drains */
    struct drain drains[2];
    struct smb_message latest;    /* of the client; what a related message means */
    struct pipe *speaking;        /* the pipe whose conversation has bytes now */
    const struct pipe *namers[2]; /* whose conversation told names; NULL: a session set-up, or one that is over */
    struct pipe_table table;
    struct smb_trees trees;
    struct smb_requests requests;
    uint32_t endings; /* conversations that told their end, summed up in `closing` */
    struct fact_closing closing;
    uint64_t missing[2];
};

/* pipe_open.c */
/* The pipe of a file that has none yet. Its name is taken over; NULL: not known. NULL: no memory. */
struct pipe *pipes_add(struct pipes *p, const struct smb_message *m, const struct smb_file *file, char *name,
                       const struct sighting *seen);
/* Room for the RPC on it, if there is none. False: no memory. */
bool pipes_converse(struct pipes *p, struct pipe *pipe);
void pipes_hang_up(struct pipes *p, struct pipe *pipe, const struct sighting *seen);
void pipes_remove(struct pipes *p, struct pipe *pipe, const struct sighting *seen);
/* The answer to an OPEN. */
void pipes_opened(struct pipes *p, const struct smb_message *m, const struct sighting *seen);

/* pipe_messages.c */
void pipes_message(struct pipes *p, enum direction d, struct bytes glimpse, const struct sighting *seen);

/* pipe_names.c */
/* How much of what a message carries is to be kept for pipes_read; 0: nothing. */
uint32_t pipes_wanted(const struct pipes *p, const struct smb_message *m);
void pipes_read(struct pipes *p, const struct smb_message *m, struct bytes kept, const struct sighting *seen);
void pipes_called(struct pipes *p, struct bytes called);
/* The NetBIOS session stands. */
void pipes_tell_called(struct pipes *p, const struct sighting *seen);

#endif
