/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/judge.h"

#include "rules/tables/table.h"
#include "rules/verdict/trial.h"
#include "rules/verdict/win32.h"

#include <assert.h>
#include <string.h>

enum { MAX_FINDINGS = 10000 };

struct judge {
    struct knowledge knowledge, datagrams;
    struct finding **findings; /* as they are told */
    size_t count, room;
    struct left_out left_out;
    struct predictions predictions;
    const struct memory *memory; /* NULL: there is none, or it has been recalled */
};

struct judge *judge_open(struct tally *tally, const struct inventory *inventory) {
    struct judge *judge = calloc(1, sizeof *judge);
    if (judge == NULL)
        return NULL;
    judge->knowledge = (struct knowledge){.bindings = binding_table_open(tally),
                                          .identity = identity_open(tally, inventory),
                                          .track = track_open(tally),
                                          .places = places_open(tally),
                                          .gap_times = gap_times_open(tally),
                                          .recent = recent_open(tally),
                                          .oxids = oxids_open(tally),
                                          .callbacks = callbacks_open(tally),
                                          .pipes = named_pipes_open(tally),
                                          .inventory = inventory,
                                          .tally = tally};
    judge->datagrams = judge->knowledge;
    judge->datagrams.bindings = binding_table_open(tally);
    judge->datagrams.places = places_open(tally);
    judge->datagrams.connections = &judge->knowledge;
    judge->knowledge.datagrams = &judge->datagrams;
    judge->left_out.by_suppression = allocate(inventory->suppression_count + 1, sizeof(uint64_t));
    return judge;
}

void judge_close(struct judge *judge) {
    binding_table_close(judge->datagrams.bindings);
    places_close(judge->datagrams.places);
    binding_table_close(judge->knowledge.bindings);
    identity_close(judge->knowledge.identity);
    track_close(judge->knowledge.track);
    places_close(judge->knowledge.places);
    gap_times_close(judge->knowledge.gap_times);
    recent_close(judge->knowledge.recent);
    oxids_close(judge->knowledge.oxids);
    callbacks_close(judge->knowledge.callbacks);
    named_pipes_close(judge->knowledge.pipes);
    for (size_t i = 0; i < judge->count; i++)
        free(judge->findings[i]);
    free(judge->findings);
    free(judge->left_out.by_suppression);
    free(judge);
}

void judge_recall(struct judge *judge, const struct memory *memory) { judge->memory = memory; }

static void recall(struct judge *judge, int64_t start) {
    const struct memory_item *item;
    for (size_t i = 0; judge->memory != NULL && (item = memory_at(judge->memory, i)) != NULL; i++) {
        struct memory_item before;
        if (memory_before(item, start, &before))
            knowledge_recall(&judge->knowledge, &before);
    }
    judge->memory = NULL;
}

void judge_list_recalled(struct judge *judge) {
    binding_list_recalled(judge->knowledge.bindings);
    binding_list_recalled(judge->datagrams.bindings);
}

void judge_remember(const struct judge *judge, memory_handler *handler, void *context) {
    knowledge_remember(&judge->knowledge, handler, context);
}

void judge_fact(void *judge, const struct fact *fact) {
    struct judge *self = judge;
    bool empty = fact->kind == FACT_CAPTURE_ENDED && fact->tally.frames == 0;
    if (self->memory != NULL)
        recall(self, empty ? INT64_MAX : fact->seen.time);
    knowledge_follow(&self->knowledge, fact);
}

/* Findings that fold together share these. An averted one stays apart: it is not the failure that it was taken for. */
struct fold_key {
    struct address server, client;
    struct uuid interface;
    uint8_t major[2];
    uint8_t rule;
    uint8_t severity;
    uint8_t averted;
    uint8_t suppression[2]; /* its number, from 1; 0: it is told */
};
static_assert(sizeof(struct fold_key) == 34 + 16 + 7, "it is compared as bytes, so it has no padding");

struct fold {
    struct fold_key key;
    struct finding *finding; /* NULL: it is not told */
    UT_hash_handle hh;
};

static uint8_t number_of(const struct rule *rule) {
    uint8_t number = 0;
    while (RULES[number] != rule)
        number++;
    return number;
}

/* From 1; 0: none. */
static uint16_t number_of_suppression(const struct inventory *inventory, const struct finding *finding) {
    const struct suppression *suppression = inventory_suppresses(inventory, finding);
    return suppression == NULL ? 0 : (uint16_t)(suppression - inventory->suppressions + 1);
}

static struct fold_key key_of(const struct finding *finding, uint16_t suppression) {
    return (struct fold_key){
        .server = finding->server.address,
        .client = finding->client,
        .interface = finding->interface.uuid,
        .major = {(uint8_t)(finding->interface.major >> 8), (uint8_t)finding->interface.major},
        .rule = number_of(finding->rule),
        .severity = (uint8_t)finding->severity,
        .averted = finding->state == FINDING_AVERTED,
        .suppression = {(uint8_t)(suppression >> 8), (uint8_t)suppression},
    };
}

static struct finding *keep(struct judge *judge, const struct finding *finding) {
    if (judge->count == judge->room) {
        size_t room = judge->room == 0 ? 16 : judge->room * 2;
        struct finding **findings = allocate(room, sizeof(struct finding *));
        if (judge->count != 0)
            memcpy(findings, judge->findings, judge->count * sizeof(struct finding *));
        free(judge->findings);
        judge->findings = findings;
        judge->room = room;
    }
    struct finding *kept = allocate(1, sizeof *kept);
    *kept = *finding;
    judge->findings[judge->count++] = kept;
    return kept;
}

/* One more of the same kind. The first is the one that is told; but a failure that was seen outweighs one that was
 * only foretold. Through another way got only whom all sessions of it brought there. What is beyond doubt in one of
 * them is not doubted in the other. */
static void fold_in(struct finding *into, const struct finding *more) {
    uint64_t id = into->id, count = into->count + 1;
    enum got_through got_through = more->got_through == GOT_NOT_THROUGH ? GOT_NOT_THROUGH : into->got_through;
    if (into->state == FINDING_PREDICTED && more->state != FINDING_PREDICTED)
        *into = *more;
    else if (more->caveat_count == 0 && (into->state == FINDING_PREDICTED || more->state != FINDING_PREDICTED))
        into->caveat_count = 0;
    into->id = id;
    into->count = count;
    into->got_through = got_through;
}

static int by_weight(const void *one, const void *other) {
    const struct finding *a = *(struct finding *const *)one;
    const struct finding *b = *(struct finding *const *)other;
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->flagged.time != b->flagged.time)
        return a->flagged.time < b->flagged.time ? -1 : 1;
    return a->id < b->id ? -1 : 1;
}

/* One more finding, which begins a fold of its own or goes into one. */
static void take_in(struct judge *judge, struct fold **folds, const struct finding *finding) {
    struct knowledge *k = &judge->knowledge;
    uint16_t suppression = number_of_suppression(k->inventory, finding);
    struct fold_key key = key_of(finding, suppression);
    struct fold *fold;
    HASH_FIND(hh, *folds, &key, sizeof key, fold);
    if (fold != NULL) {
        if (fold->finding != NULL)
            fold_in(fold->finding, finding);
        return;
    }
    if (suppression == 0 && judge->count == MAX_FINDINGS) {
        k->tally->limits[LIMIT_FINDINGS]++;
        return;
    }
    fold = allocate(1, sizeof *fold);
    fold->key = key;
    if (suppression == 0) {
        fold->finding = keep(judge, finding);
        fold->finding->id = judge->count;
    } else {
        judge->left_out.suppressed[key.rule]++;
        judge->left_out.by_suppression[suppression - 1]++;
    }
    HASH_ADD(hh, *folds, key, sizeof fold->key, fold);
}

/* What it shows of the server is known all the same. */
static bool is_ignored(const struct inventory *inventory, const struct session *session) {
    return inventory_ignores(inventory, &session->client.address) ||
           inventory_ignores(inventory, &session->server.address);
}

static void find(struct judge *judge) {
    const struct knowledge *k = &judge->knowledge;
    struct fold *folds = NULL;
    struct tracked *tracked;
    for (size_t i = 0; (tracked = track_at(k->track, i)) != NULL; i++) {
        struct finding finding;
        tracked->session.ignored = is_ignored(k->inventory, &tracked->session);
        judge->left_out.ignored += tracked->session.ignored;
        if (!tracked->session.ignored)
            predictions_count(&judge->predictions, tracked);
        if (!tracked->session.ignored && finding_make(knowledge_about(k, &tracked->session), tracked, &finding))
            take_in(judge, &folds, &finding);
    }
    struct fold *all = folds;
    HASH_CLEAR(hh, folds);
    table_free(all, offsetof(struct fold, hh));
}

void judge_finish(struct judge *judge) {
    struct knowledge *k = &judge->knowledge;
    recall(judge, INT64_MAX); /* if there was no fact */
    judge->datagrams.end = k->end;
    judge->datagrams.clock_went_back = k->clock_went_back;
    judge->datagrams.captured = k->captured;
    settle_sessions(k);
    win32_settle(k);
    find(judge);
    if (judge->count != 0)
        qsort(judge->findings, judge->count, sizeof(struct finding *), by_weight);
    for (size_t i = 0; i < judge->count; i++)
        judge->findings[i]->id = i + 1;
}

const struct predictions *judge_predictions(const struct judge *judge) { return &judge->predictions; }

const struct left_out *judge_left_out(const struct judge *judge) { return &judge->left_out; }

const struct inventory *judge_inventory(const struct judge *judge) { return judge->knowledge.inventory; }

const struct session *judge_session(const struct judge *judge, size_t index) {
    const struct tracked *tracked = track_at(judge->knowledge.track, index);
    return tracked == NULL ? NULL : &tracked->session;
}

const struct finding *judge_finding(const struct judge *judge, size_t index) {
    return index < judge->count ? judge->findings[index] : NULL;
}

const struct binding *judge_binding(const struct judge *judge, size_t index) {
    const struct binding *binding = binding_at(judge->knowledge.bindings, index);
    size_t others = binding_count(judge->knowledge.bindings);
    return binding != NULL ? binding : binding_at(judge->datagrams.bindings, index - others);
}

const char *judge_server_name(const struct judge *judge, const struct address *address) {
    return identity_server_name(judge->knowledge.identity, address);
}

const struct address *judge_address(const struct judge *judge, const struct address *after) {
    return identity_next(judge->knowledge.identity, after);
}

size_t judge_relatives(const struct judge *judge, const struct address *address,
                       struct relative relatives[static IDENTITY_MAX_RELATIVES]) {
    return identity_relatives(judge->knowledge.identity, address, relatives);
}

void judge_each_link(const struct judge *judge, link_handler handler, void *context) {
    identity_each_link(judge->knowledge.identity, handler, context);
}

void judge_each_name(const struct judge *judge, name_handler handler, void *context) {
    identity_each_name(judge->knowledge.identity, handler, context);
}
