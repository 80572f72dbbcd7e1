/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/fold.h"

#include <stdlib.h>
#include <string.h>

static int compare_addresses(const struct address *a, const struct address *b, int before) {
    if (before == 0 && a->family != b->family)
        return a->family < b->family ? -1 : 1;
    return before != 0 ? before : memcmp(a->octets, b->octets, sizeof a->octets);
}

static int compare_numbers(uint64_t a, uint64_t b, int before) { return before != 0 ? before : (a > b) - (a < b); }

static int compare_common(const struct finding *a, const struct finding *b) {
    int order = strcmp(a->rule->id, b->rule->id);
    order = compare_numbers(a->severity, b->severity, order);
    order = compare_numbers(a->cause, b->cause, order);
    order = compare_numbers(a->state == FINDING_AVERTED, b->state == FINDING_AVERTED, order);
    return compare_addresses(&a->server.address, &b->server.address, order);
}

/* But for their clients, or but for their interfaces. */
static int compare_but_clients(const struct finding *a, const struct finding *b) {
    const struct syntax_id *one = &a->interface, *other = &b->interface;
    int order = compare_numbers(a->server.port, b->server.port, compare_common(a, b));
    order = order != 0 ? order : memcmp(one->uuid.octets, other->uuid.octets, sizeof one->uuid.octets);
    return compare_numbers(one->major, other->major, order);
}

static int compare_but_interfaces(const struct finding *a, const struct finding *b) {
    return compare_addresses(&a->client, &b->client, compare_common(a, b));
}

typedef int compare_findings(const struct finding *, const struct finding *);

static int sort_but_clients(const void *a, const void *b) {
    const struct finding *one = *(const struct finding *const *)a, *other = *(const struct finding *const *)b;
    return compare_numbers(one->id, other->id, compare_but_clients(one, other));
}

static int sort_but_interfaces(const void *a, const void *b) {
    const struct finding *one = *(const struct finding *const *)a, *other = *(const struct finding *const *)b;
    return compare_numbers(one->id, other->id, compare_but_interfaces(one, other));
}

static int sort_folds(const void *a, const void *b) {
    const struct fold *one = a, *other = b;
    return compare_numbers(one->members[0]->id, other->members[0]->id, 0);
}

/* Of the members from `from` on, which are sorted, how many are alike. */
static size_t alike(const struct folds *all, size_t from, size_t count, compare_findings *compare) {
    size_t end = from + 1;
    while (end < count && compare(all->members[from], all->members[end]) == 0)
        end++;
    return end - from;
}

/* Makes folds of those that are alike and enough, and moves the others to the end. Returns where these begin. */
static size_t gather(struct folds *all, size_t from, size_t count, enum fold_kind kind, compare_findings *compare,
                     const struct finding **left) {
    size_t taken = from, left_count = 0;
    for (size_t i = from, many; i < count; i += many) {
        many = alike(all, i, count, compare);
        if (many < FOLD_FROM) {
            memcpy(left + left_count, all->members + i, many * sizeof(const struct finding *));
            left_count += many;
            continue;
        }
        memmove(all->members + taken, all->members + i, many * sizeof(const struct finding *));
        all->folds[all->count++] = (struct fold){kind, all->members + taken, many};
        taken += many;
    }
    memcpy(all->members + taken, left, left_count * sizeof(const struct finding *));
    return taken;
}

static void fold_all(struct folds *all, size_t count, const struct finding **left) {
    qsort(all->members, count, sizeof(const struct finding *), sort_but_clients);
    size_t at = gather(all, 0, count, FOLD_CLIENTS, compare_but_clients, left);
    qsort(all->members + at, count - at, sizeof(const struct finding *), sort_but_interfaces);
    at = gather(all, at, count, FOLD_INTERFACES, compare_but_interfaces, left);
    for (; at < count; at++)
        all->folds[all->count++] = (struct fold){FOLD_NONE, all->members + at, 1};
    qsort(all->folds, all->count, sizeof *all->folds, sort_folds);
}

bool fold_findings(const struct judge *judge, struct folds *folds) {
    size_t count = 0;
    *folds = (struct folds){.count = 0};
    while (judge_finding(judge, count) != NULL)
        count++;
    if (count == 0)
        return true;
    const struct finding **left = malloc(count * sizeof(const struct finding *));
    folds->members = malloc(count * sizeof(const struct finding *));
    folds->folds = malloc(count * sizeof *folds->folds);
    bool room = left != NULL && folds->members != NULL && folds->folds != NULL;
    for (size_t i = 0; room && i < count; i++)
        folds->members[i] = judge_finding(judge, i);
    if (room)
        fold_all(folds, count, left);
    free(left);
    return room;
}

void folds_free(struct folds *folds) {
    free(folds->members);
    free(folds->folds);
}
