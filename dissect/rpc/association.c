/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/association.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_CONTEXTS = 256, /* DCOM clients alter their context for every interface they meet */
    MAX_QUESTIONS = 8,
    MAX_CALLS = 64,
    MAX_FRAGMENT_BYTES = 1024 * 1024, /* of all calls together */
};

void association_start(struct association *a, struct tally *tally) {
    *a = (struct association){.contexts = &a->only_context,
                              .context_capacity = 1,
                              .calls = &a->only_call,
                              .call_capacity = 1,
                              .tally = tally};
}

void association_stop(struct association *a) {
    for (uint32_t i = 0; i < a->call_count; i++)
        free(a->calls[i].fragments.at);
    if (a->contexts != &a->only_context)
        free(a->contexts);
    if (a->calls != &a->only_call)
        free(a->calls);
    free(a->questions);
    *a = (struct association){0};
}

/* A table with room for one more, or NULL and the old one stays. `only` is its place as long as that has room; NULL:
 * there is none. */
static void *grown(void *table, void *only, uint32_t count, uint32_t *capacity, uint32_t max, size_t size) {
    if (count < *capacity)
        return table;
    if (count == max)
        return NULL;
    uint32_t wanted = *capacity == 0 ? 1 : *capacity * 2;
    void *bigger = realloc(table == only ? NULL : table, wanted * size);
    if (bigger == NULL)
        return NULL;
    if (only != NULL && table == only && count > 0)
        memcpy(bigger, only, count * size);
    *capacity = wanted;
    return bigger;
}

struct context *association_context(const struct association *a, uint16_t id) {
    for (uint32_t i = 0; i < a->context_count; i++)
        if (a->contexts[i].id == id)
            return &a->contexts[i];
    return NULL;
}

/* No client calls on a context before it was accepted: where the answer to its bind is not in the capture, the call
 * tells that it was, and the bind what it means. */
static struct context offered(const struct association *a, uint16_t id) {
    struct context context = {.id = id};
    for (uint32_t i = 0; i < a->question_count; i++) {
        const struct question *question = &a->questions[i];
        for (uint8_t k = 0; k < question->count; k++) {
            if (question->contexts[k].id != id)
                continue;
            context.interface = question->contexts[k].interface;
            context.transfer = question->contexts[k].transfer;
        }
    }
    return context;
}

struct context *association_context_or_new(struct association *a, uint16_t id) {
    struct context *known = association_context(a, id);
    if (known != NULL)
        return known;
    struct context *contexts =
        grown(a->contexts, &a->only_context, a->context_count, &a->context_capacity, MAX_CONTEXTS, sizeof *contexts);
    if (contexts == NULL) {
        a->tally->limits[LIMIT_CONTEXTS]++;
        return NULL;
    }
    a->contexts = contexts;
    contexts[a->context_count] = offered(a, id);
    return &contexts[a->context_count++];
}

static bool same_interface(const struct syntax_id *a, const struct syntax_id *b) {
    return uuid_equal(&a->uuid, &b->uuid) && a->major == b->major && a->minor == b->minor;
}

/* The same again is how an authentication goes on, and no news. */
void association_accept(struct association *a, const struct fact_context *accepted) {
    struct context *context = association_context_or_new(a, accepted->id);
    if (context == NULL)
        return;
    if (!same_interface(&context->interface, &accepted->interface))
        context->called = context->answered = false;
    context->interface = accepted->interface;
    context->transfer = accepted->transfer;
}

static void forget_question(struct association *a, uint32_t index) {
    a->question_count--;
    memmove(&a->questions[index], &a->questions[index + 1], (a->question_count - index) * sizeof *a->questions);
    if (a->question_count > 0)
        return;
    free(a->questions); /* most connections bind once */
    a->questions = NULL;
    a->question_capacity = 0;
}

void association_ask(struct association *a, const struct fact_bind *bind) {
    if (a->question_count == MAX_QUESTIONS) {
        a->tally->limits[LIMIT_CALLS]++;
        forget_question(a, 0);
    }
    struct question *questions =
        grown(a->questions, NULL, a->question_count, &a->question_capacity, MAX_QUESTIONS, sizeof *questions);
    if (questions == NULL)
        return;
    a->questions = questions;
    struct question *question = &questions[a->question_count++];
    *question = (struct question){
        .call_id = bind->call_id, .alter = bind->alter, .offered = bind->offered, .count = bind->count};
    memcpy(question->contexts, bind->contexts, sizeof question->contexts);
}

bool association_answered(struct association *a, uint32_t call_id, struct question *question) {
    if (a->question_count == 0)
        return false;
    uint32_t index = 0;
    for (uint32_t i = 0; i < a->question_count; i++)
        if (a->questions[i].call_id == call_id)
            index = i;
    *question = a->questions[index];
    forget_question(a, index);
    return true;
}

/* From the newest on: mostly that is the one. */
struct call *association_find_call(const struct association *a, uint32_t call_id) {
    for (uint32_t i = a->call_count; i > 0; i--)
        if (a->calls[i - 1].call_id == call_id)
            return &a->calls[i - 1];
    return NULL;
}

void association_release(struct association *a, struct call *call) {
    a->fragment_bytes -= call->fragments.len;
    free(call->fragments.at);
    call->fragments = (struct fragments){0};
    call->joining = JOINING_NOTHING;
}

void association_end_call(struct association *a, struct call *call) {
    association_release(a, call);
    size_t after = a->call_count - (size_t)(call - a->calls) - 1;
    memmove(call, call + 1, after * sizeof *call);
    a->call_count--;
}

struct call *association_call(struct association *a, uint32_t call_id) {
    struct call *same = association_find_call(a, call_id);
    if (same != NULL)
        association_end_call(a, same);
    if (a->call_count == MAX_CALLS) {
        a->tally->limits[LIMIT_CALLS]++;
        association_end_call(a, &a->calls[0]);
    }
    struct call *calls = grown(a->calls, &a->only_call, a->call_count, &a->call_capacity, MAX_CALLS, sizeof *calls);
    if (calls == NULL)
        return NULL;
    a->calls = calls;
    calls[a->call_count] = (struct call){.call_id = call_id, .opnum = UINT16_MAX};
    return &calls[a->call_count++];
}

static bool fragments_fit(struct fragments *f, size_t more) {
    if (f->len + more <= f->capacity)
        return true;
    size_t capacity = f->capacity * 2 < f->len + more ? f->len + more : f->capacity * 2;
    uint8_t *bigger = realloc(f->at, capacity);
    if (bigger == NULL)
        return false;
    f->at = bigger;
    f->capacity = capacity;
    return true;
}

bool association_join(struct association *a, struct call *call, struct bytes stub) {
    if (stub.len == 0)
        return true;
    if (a->fragment_bytes + stub.len > MAX_FRAGMENT_BYTES || !fragments_fit(&call->fragments, stub.len)) {
        a->tally->limits[LIMIT_FRAGMENTS]++;
        association_release(a, call);
        return false;
    }
    memcpy(call->fragments.at + call->fragments.len, stub.at, stub.len);
    call->fragments.len += stub.len;
    a->fragment_bytes += stub.len;
    return true;
}

void association_break(struct association *a, enum joining joining) {
    for (uint32_t i = 0; i < a->call_count; i++)
        if (a->calls[i].joining == joining)
            association_release(a, &a->calls[i]);
}
