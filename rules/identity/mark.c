/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/mark.h"

#include <string.h>

struct key {
    uint8_t octets[1 + MARK_MAX_SIZE];
    size_t size;
};

static struct key key_of(enum mark_kind kind, const void *content, size_t size) {
    struct key key = {.octets = {(uint8_t)kind}, .size = 1 + (size < MARK_MAX_SIZE ? size : MARK_MAX_SIZE)};
    memcpy(key.octets + 1, content, key.size - 1);
    return key;
}

static struct mark *find(const struct marks *marks, const struct key *key) {
    struct mark *mark;
    HASH_FIND(hh, marks->all, key->octets, key->size, mark);
    return mark;
}

struct mark *mark_find(const struct marks *marks, enum mark_kind kind, const void *content, size_t size) {
    struct key key = key_of(kind, content, size);
    return find(marks, &key);
}

struct mark *mark_get(struct marks *marks, enum mark_kind kind, const void *content, size_t size) {
    struct key key = key_of(kind, content, size);
    struct mark *mark = find(marks, &key);
    if (mark != NULL)
        return mark;
    mark = allocate(1, sizeof *mark + key.size);
    mark->kind = kind;
    mark->size = key.size;
    memcpy(mark->content, key.octets, key.size);
    HASH_ADD_KEYPTR(hh, marks->all, mark->content, mark->size, mark);
    marks->macs += kind == MARK_MAC;
    return mark;
}

void mark_take(struct marks *marks, struct bearer *bearer, struct server *server, struct mark *mark) {
    if (bearer->mark == mark)
        return;
    mark_drop(marks, bearer);
    *bearer = (struct bearer){.mark = mark, .server = server, .previous = mark->last};
    *(mark->last != NULL ? &mark->last->next : &mark->first) = bearer;
    mark->last = bearer;
}

void mark_drop(struct marks *marks, struct bearer *bearer) {
    struct mark *mark = bearer->mark;
    if (mark == NULL)
        return;
    *(bearer->previous != NULL ? &bearer->previous->next : &mark->first) = bearer->next;
    *(bearer->next != NULL ? &bearer->next->previous : &mark->last) = bearer->previous;
    *bearer = (struct bearer){.mark = NULL};
    if (mark->first != NULL || mark->kind == MARK_MAC)
        return;
    HASH_DEL(marks->all, mark);
    free(mark);
}

void marks_free(struct marks *marks) {
    struct mark *first = marks->all;
    HASH_CLEAR(hh, marks->all);
    table_free(first, offsetof(struct mark, hh));
}
