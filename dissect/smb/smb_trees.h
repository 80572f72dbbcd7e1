/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_SMB_TREES_H
#define DISSECT_SMB_SMB_TREES_H

#include "dissect/smb/smb.h"

/* Which of a connection's trees are of pipes, the share IPC$, and which of files. */
enum { MAX_SMB_TREES = 64 }; /* who is in longest gives way */

struct smb_trees {
    uint32_t count, capacity, next;
    struct smb_tree_entry {
        struct smb_tree tree;
        enum smb_share share;
    } * at;
};

void smb_trees_stop(struct smb_trees *trees);
/* SHARE_UNKNOWN: it is not in the table, or the message did not say which it is. */
enum smb_share smb_trees_share(const struct smb_trees *trees, const struct smb_tree *tree);
/* True: another tree, of pipes, had to give way. */
bool smb_trees_learn(struct smb_trees *trees, const struct smb_tree *tree, enum smb_share share);
/* It is disconnected; its number may be used again. */
void smb_trees_forget(struct smb_trees *trees, const struct smb_tree *tree);

bool smb_tree_equal(const struct smb_tree *a, const struct smb_tree *b);

#endif
