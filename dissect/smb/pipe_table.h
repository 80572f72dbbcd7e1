/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_PIPE_TABLE_H
#define DISSECT_SMB_PIPE_TABLE_H

#include "dissect/rpc/conversation.h"
#include "dissect/smb/smb.h"

/* The open pipes of an SMB connection, and the files that may be some. */
enum { MAX_PIPES = 64 }; /* at once; the one that was used least lately gives way */

struct pipe {
    struct smb_file file;
    struct smb_tree tree;
    uint64_t session;
    enum smb_share share;              /* OF_PIPES: it is one; UNKNOWN: its bytes will tell */
    bool told;                         /* that it was opened */
    struct sighting opened;            /* frame 0: that is not in the capture */
    char *name;                        /* owned; NULL: likewise */
    struct conversation *conversation; /* NULL: nothing that looked like RPC so far */
    uint64_t used;
};

struct pipe_table {
    uint32_t count, capacity;
    uint64_t clock;
    struct pipe_entry {
        struct smb_file file;
        struct pipe *pipe;
    } * at;
};

/* A copy, the caller's; NULL: there is none, or no memory. */
char *pipe_name_copy(const char *name);

/* Every pipe must have been removed before. */
void pipe_table_stop(struct pipe_table *table);
/* NULL: it is not here. */
struct pipe *pipe_table_find(struct pipe_table *table, const struct smb_file *file);
/* Room for one more must be made first: while there is one to be evicted, the caller removes it. NULL: no need. */
struct pipe *pipe_table_evicted(const struct pipe_table *table);
/* NULL: no memory. */
struct pipe *pipe_table_add(struct pipe_table *table, const struct smb_file *file);
void pipe_table_rename(struct pipe_table *table, struct pipe *pipe, const struct smb_file *file);
/* Frees it and its name; its conversation must have been closed. */
void pipe_table_remove(struct pipe_table *table, struct pipe *pipe);

#endif
