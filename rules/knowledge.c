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

/* The proof that this relative has it bound around this time; NULL if there is none, or if it failed there too. */
static const struct proof *stands_at(const struct binding *binding, int64_t time, enum span span) {
    static const int64_t same_time = 60 * SECOND;
    if (was_down(binding, time))
        return NULL;
    const struct proof *before = binding_before(binding, proof_is_of_serving, time);
    if (span == SPAN_BEFORE)
        return before;
    const struct proof *after = binding_after(binding, proof_is_of_serving, time);
    if (after != NULL)
        return before != NULL ? before : after;
    const struct proof *fell = binding_after(binding, proof_is_of_silence_or_refusal, time);
    return fell != NULL && fell->seen.time - time < same_time ? NULL : before;
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
