/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/knowledge.h"

bool proof_is_of_serving(enum binding_proof kind) {
    return kind == PROOF_ANSWERED || kind == PROOF_BIND_ACCEPTED || kind == PROOF_CONNECTED ||
           kind == PROOF_LOOKUP_ENTRY;
}

bool proof_is_of_silence_or_refusal(enum binding_proof kind) {
    return kind == PROOF_REFUSED || kind == PROOF_UNREACHABLE || kind == PROOF_UNANSWERED;
}

/* The latest proof of either sort before this time, if it is one of failing. */
static bool was_down(const struct binding *binding, int64_t time) {
    bool down = false;
    for (size_t i = 0; binding != NULL && i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        if (proof->seen.time >= time)
            continue;
        if (proof_is_of_serving(proof->kind))
            down = false;
        else if (proof_is_of_silence_or_refusal(proof->kind))
            down = true;
    }
    return down;
}

/* Of the proofs of serving on that side of the time, the one that says most; of equals, the latest. */
static const struct proof *strongest(const struct binding *binding, int64_t time, bool before) {
    const struct proof *best = NULL;
    for (size_t i = 0; i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        bool there = before ? proof->seen.time < time : proof->last.time >= time;
        if (there && proof_is_of_serving(proof->kind) && (best == NULL || proof->kind <= best->kind))
            best = proof;
    }
    return best;
}

/* The proof that this relative has it bound around this time; NULL if there is none, or if it failed there too. */
static const struct proof *stands_at(const struct binding *binding, int64_t time, enum span span) {
    static const int64_t same_time = 60 * SECOND;
    if (binding == NULL || was_down(binding, time))
        return NULL;
    const struct proof *before = strongest(binding, time, true);
    if (span == SPAN_BEFORE)
        return before;
    const struct proof *after = binding_after(binding, proof_is_of_serving, time);
    const struct proof *fell = binding_after(binding, proof_is_of_silence_or_refusal, time);
    if (fell != NULL && fell->seen.time - time < same_time && (after == NULL || after->seen.time > fell->seen.time))
        return NULL;
    return before != NULL ? before : strongest(binding, time, false);
}

static bool is_contradicted(const struct identity_link *link, uint16_t here, uint16_t there) {
    return link->kind == LINK_MAC && here != 0 && there != 0 && here != there;
}

size_t knowledge_bound_elsewhere(const struct knowledge *k, const struct place *place, enum span span,
                                 struct stand *stands, size_t max) {
    struct relative relatives[KNOWLEDGE_MAX_RELATIVES];
    size_t relative_count =
        identity_relatives(k->identity, &place->endpoint.address, relatives, KNOWLEDGE_MAX_RELATIVES);
    size_t count = 0;
    for (size_t i = 0; i < relative_count && count < max; i++) {
        const struct binding *binding = binding_find(k->bindings, &relatives[i].address, &place->interface);
        const struct proof *proof = stands_at(binding, place->time, span);
        if (proof != NULL && !is_contradicted(&relatives[i].link, place->endpoint.port, proof->endpoint.port))
            stands[count++] = (struct stand){proof->endpoint, proof, relatives[i].link};
    }
    return count;
}
