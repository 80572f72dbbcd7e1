/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb_trees.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 2 };

bool smb_tree_equal(const struct smb_tree *a, const struct smb_tree *b) {
    return a->known && b->known && a->id == b->id && a->session == b->session;
}

void smb_trees_stop(struct smb_trees *trees) {
    free(trees->at);
    *trees = (struct smb_trees){0};
}

static struct smb_tree_entry *find(const struct smb_trees *trees, const struct smb_tree *tree) {
    for (uint32_t i = 0; i < trees->count; i++)
        if (smb_tree_equal(&trees->at[i].tree, tree))
            return &trees->at[i];
    return NULL;
}

enum smb_share smb_trees_share(const struct smb_trees *trees, const struct smb_tree *tree) {
    const struct smb_tree_entry *entry = find(trees, tree);
    return entry == NULL ? SHARE_UNKNOWN : entry->share;
}

static bool has_room(struct smb_trees *trees) {
    if (trees->count < trees->capacity)
        return true;
    uint32_t capacity = trees->capacity == 0 ? FIRST_CAPACITY : trees->capacity * 2;
    struct smb_tree_entry *bigger = capacity > MAX_SMB_TREES ? NULL : realloc(trees->at, capacity * sizeof *bigger);
    if (bigger == NULL)
        return false;
    trees->at = bigger;
    trees->capacity = capacity;
    return true;
}

bool smb_trees_learn(struct smb_trees *trees, const struct smb_tree *tree, enum smb_share share) {
    struct smb_tree_entry *entry = find(trees, tree);
    bool gave_way = false;
    if (!tree->known)
        return false;
    if (entry == NULL && has_room(trees)) {
        entry = &trees->at[trees->count++];
    } else if (entry == NULL && trees->count > 0) {
        trees->next %= trees->count;
        entry = &trees->at[trees->next++];
        gave_way = entry->share == SHARE_OF_PIPES;
    }
    if (entry != NULL)
        *entry = (struct smb_tree_entry){*tree, share};
    return gave_way;
}

void smb_trees_forget(struct smb_trees *trees, const struct smb_tree *tree) {
    struct smb_tree_entry *entry = find(trees, tree);
    if (entry != NULL)
        *entry = trees->at[--trees->count];
}
