/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/signature.h"

enum { MAX_LOOK_BACK = 256, NCA_S_UNK_IF = 0x1c010003, REASON_ABSTRACT_SYNTAX = 1 };
static const int64_t GOES_ON_WITHIN = 60 * SECOND; /* later it is another try */

static const struct uuid MTA = {
    {0x9e, 0x8e, 0xe8, 0x30, 0x44, 0x59, 0x11, 0xce, 0x97, 0x9b, 0x00, 0xaa, 0x00, 0x5f, 0xfe, 0xbe}};

enum { COUNT = FINDING_SIGNATURES + 1 };
static const char *const NAMES[COUNT] = {NULL, "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9"};

/* Refused in this session, or this interface before at this very address. */
static bool is_refused_here(const struct trial *t) {
    return t->session->outcome == OUTCOME_REFUSED || (t->outcome == OUTCOME_REFUSED && t->tracked->forecast != NULL &&
                                                      t->tracked->forecast->kind == PREDICTED_BY_EARLIER);
}

static bool rejects_interface(const struct session *s) {
    if (s->outcome == OUTCOME_REJECTED)
        return !s->nak && s->status == REASON_ABSTRACT_SYNTAX;
    return s->outcome == OUTCOME_FAULTED && session_is_udp(s) && s->status == NCA_S_UNK_IF;
}

/* This host had bound the MTA of that one, from another address than the one to which it binds back. */
static bool had_bound(const struct trial *t, const struct address *from, const struct address *to,
                      struct shown_by *shown) {
    const struct tracked *other = track_newest(t->knowledge->track, from, to);
    for (int i = 0; other != NULL && i < MAX_LOOK_BACK; i++, other = other->older) {
        const struct session *s = &other->session;
        const struct sighting *bound = &s->stages[STAGE_BOUND];
        if (bound->frame == 0 || bound->time > t->session->failing.time || !uuid_equal(&s->interface.uuid, &MTA))
            continue;
        shown->bound = *bound;
        shown->bound_at = s->server;
        shown->bound_from = *from;
        return true;
    }
    return false;
}

static bool is_bind_back(const struct trial *t, struct shown_by *shown) {
    const struct session *s = t->session;
    struct relative to[IDENTITY_MAX_RELATIVES], from[IDENTITY_MAX_RELATIVES];
    if (s->outcome != OUTCOME_REFUSED || !uuid_equal(&s->interface.uuid, &MTA))
        return false;
    size_t to_count = identity_relatives(t->knowledge->identity, &s->server.address, to);
    size_t from_count = identity_relatives(t->knowledge->identity, &s->client.address, from);
    for (size_t i = 0; i < to_count; i++) {
        if (had_bound(t, &to[i].address, &s->client.address, shown))
            return true;
        for (size_t j = 0; j < from_count; j++)
            if (had_bound(t, &to[i].address, &from[j].address, shown))
                return true;
    }
    return false;
}

/* Somebody else is served where it stands. */
static bool others_use_it(const struct trial *t) {
    for (size_t i = 0; i < t->stand_count; i++)
        if (t->stands[i].proof != NULL && proof_is_of_serving(t->stands[i].proof->kind) &&
            !address_equal(&t->stands[i].proof->client, &t->session->client.address))
            return true;
    return false;
}

static bool was_named_here(const struct trial *t, struct shown_by *shown) {
    struct sighting seen;
    if (!others_use_it(t))
        return false;
    const char *name =
        identity_resolved_name(t->knowledge->identity, &t->session->server.address, t->session->flagged.time, &seen);
    if (name == NULL)
        return false;
    shown->named = seen;
    shown->name = name;
    return true;
}

/* Over another protocol, or by a pipe, to the same server for the same interface. */
static bool went_on_otherwise(const struct trial *t) {
    const struct session *s = t->session;
    const struct tracked *later = t->tracked->later;
    if (s->failed.frame == 0 || s->transport == TRANSPORT_PIPE)
        return false;
    if (t->tracked->refusal != NULL || s->got_through == GOT_THROUGH_PIPE)
        return true;
    for (int i = 0; later != NULL && i < MAX_LOOK_BACK; i++, later = later->later) {
        const struct session *other = &later->session;
        const struct sighting *begun = &other->stages[session_is_udp(other) ? STAGE_CALLED : STAGE_CONNECTING];
        if (begun->frame != 0 && other->transport != s->transport && other->transport != TRANSPORT_UNKNOWN &&
            begun->time >= s->failing.time && begun->time - s->failed.time < GOES_ON_WITHIN &&
            knowledge_same_server(t->knowledge, &s->server.address, &other->server.address))
            return true;
    }
    return false;
}

void signatures_find(struct finding *f, const struct trial *t, struct shown_by *shown) {
    bool elsewhere = t->stand_count != 0 && t->stands[0].proof != NULL; /* not only declared */
    bool at_endpoint = !t->session->to_mapper && t->tracked->leg == NULL && t->session->transport != TRANSPORT_PIPE;
    const bool holds[COUNT] = {
        [1] = f->rule == &RULE_UNBOUND_ADDRESS && elsewhere && is_refused_here(t),
        [2] = f->rule == &RULE_NOT_REGISTERED && elsewhere,
        [3] = f->rule == &RULE_MAPPER_UNREACHABLE && elsewhere,
        [4] = t->session->elsewhere,
        [5] = at_endpoint && t->host_alive && (t->outcome == OUTCOME_UNANSWERED || trial_is_prohibited(t)),
        [6] = rejects_interface(t->session) && !t->tracked->by_mapper,
        [7] = is_bind_back(t, shown),
        [8] = was_named_here(t, shown),
        [9] = went_on_otherwise(t),
    };
    for (unsigned i = COUNT - 1; i > 0; i--)
        if (holds[i]) {
            f->signatures |= (uint16_t)(1U << i);
            f->signature = NAMES[i];
        }
}
