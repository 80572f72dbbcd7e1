/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/caveat.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 3, 4))) static void add(struct finding *f, const struct trial *t, const char *format,
                                                      ...) {
    va_list values;
    if (f->caveat_count == FINDING_MAX_CAVEATS) {
        t->knowledge->tally->limits[LIMIT_EVIDENCE]++;
        return;
    }
    va_start(values, format);
    vsnprintf(f->caveats[f->caveat_count++], CAVEAT_TEXT_SIZE, format, values);
    va_end(values);
}

static uint64_t limit(const struct knowledge *k, enum limit kind) {
    return k->tally->limits[kind] + k->captured.limits[kind];
}

/* --- silence ---------------------------------------------------------------------------------------------------- */

/* The SYNs that nobody answered, and while they waited. */
struct silence {
    int64_t from, to;
    uint32_t syns;
};

static struct silence silence_of(const struct trial *t) {
    enum { OMEN_SYNS = 3 }; /* silence is held against an endpoint from the third SYN on (connect.c) */
    static const int64_t OMEN_LASTS = 10 * SECOND;
    const struct session *s = t->session;
    const struct sighting *first = &s->stages[s->to_mapper ? STAGE_ASKED : STAGE_CONNECTING];
    int64_t omen = t->tracked->forecast == NULL ? 0 : t->tracked->forecast->omen.seen.time;
    if (s->outcome != OUTCOME_UNANSWERED)
        return (struct silence){omen - OMEN_LASTS, omen + OMEN_LASTS, OMEN_SYNS};
    int64_t wait = t->tracked->syn_interval > SECOND ? t->tracked->syn_interval : SECOND;
    return (struct silence){first->frame != 0 ? first->time : s->failing.time, t->tracked->last_syn.time + wait,
                            s->syns};
}

static uint64_t frames_lost(const struct tally *captured) {
    static const enum loss kinds[] = {LOSS_DROPPED_FRAMES, LOSS_OTHER_LINK, LOSS_BAD_LINKS,
                                      LOSS_BAD_IPS,        LOSS_BAD_TCPS,   LOSS_NESTED_FRAMES};
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        sum += captured->lost[kinds[i]];
    return sum;
}

static void about_one_sidedness(struct finding *f, const struct trial *t) {
    const struct standing *server = places_standing(t->knowledge->places, &t->session->server.address);
    bool seen = server != NULL && server->seen;
    bool one_sided = server != NULL && (server->one_sided || (server->unseen && !seen));
    uint64_t others = t->knowledge->captured.lost[LOSS_ONE_SIDED_FLOWS];
    if (one_sided)
        add(f, t,
            "Of other connections to %s only the client's packets are in the capture: answers to this one may be "
            "missing likewise.",
            t->address);
    else if (!seen && others != 0)
        add(f, t,
            "No packet of %s is in the capture, which lacks one direction of %llu other %s: its answers may be "
            "missing likewise.",
            t->address, (unsigned long long)others, others == 1 ? "connection" : "connections");
}

static void about_silence(struct finding *f, const struct trial *t) {
    const struct knowledge *k = t->knowledge;
    enum limit remembered = t->session->transport == TRANSPORT_UDP ? LIMIT_CONVERSATIONS : LIMIT_FLOWS;
    struct silence silence = silence_of(t);
    uint64_t lost = frames_lost(&k->captured);
    size_t holes = gap_times_between(k->gap_times, silence.from, silence.to);
    if (t->outcome != OUTCOME_UNANSWERED)
        return;
    if (lost != 0 && lost >= silence.syns)
        add(f, t, "%llu frames were dropped by the capturing program or could not be read: answers may be among them.",
            (unsigned long long)lost);
    if (holes != 0 && holes >= silence.syns)
        add(f, t, "%zu holes in streams at that time show that packets are missing: answers may be among them.", holes);
    about_one_sidedness(f, t);
    if (k->captured.lost[LOSS_FILE_TRUNCATED] != 0 && k->captured.files > 1)
        add(f, t, "A capture file breaks off: answers may be in what is missing of it.");
    if (limit(k, remembered) != 0 || limit(k, LIMIT_SESSIONS) != 0)
        add(f, t, "The limit of %s was reached: an answer may not have been recognised as one.",
            LIMIT_NAMES[limit(k, remembered) != 0 ? remembered : LIMIT_SESSIONS]);
}

/* --- what is not known to be otherwise -------------------------------------------------------------------------- */

static bool is_one_of(const struct rule *rule, const struct rule *a, const struct rule *b, const struct rule *c) {
    return rule == a || rule == b || rule == c;
}

static void about_other_addresses(struct finding *f, const struct trial *t) {
    static const enum limit kinds[] = {LIMIT_BINDINGS, LIMIT_SERVERS, LIMIT_SESSIONS};
    if (t->stand_count != 0 || t->tracked->recovered_elsewhere ||
        !is_one_of(f->rule, &RULE_MAPPER_UNREACHABLE, &RULE_NOT_REGISTERED, &RULE_ENDPOINT_REFUSED))
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (limit(t->knowledge, kinds[i]) != 0) {
            add(f, t, "The limit of %s was reached: another address of this server may have been passed over.",
                LIMIT_NAMES[kinds[i]]);
            return;
        }
}

static void about_earlier_service(struct finding *f, const struct trial *t) {
    const struct session *s = t->session;
    const struct binding *here =
        binding_find_over(t->knowledge->bindings, &s->server.address, &s->interface, s->transport);
    if (here == NULL || here->omitted == 0 || t->served_before ||
        !is_one_of(f->rule, &RULE_UNBOUND_ADDRESS, &RULE_TOWER_ELSEWHERE, &RULE_ENDPOINT_REFUSED))
        return;
    add(f, t, "%llu sightings of the interface at %s were not kept (limit of evidence): it may have been served there.",
        (unsigned long long)here->omitted, t->address);
}

static void about_stands(struct finding *f, const struct trial *t) {
    char endpoint[ENDPOINT_TEXT_SIZE];
    for (size_t i = 0; i < t->stand_count && f->bound_count != 0; i++) {
        const struct stand *stand = &t->stands[i];
        if (stand->proof == NULL)
            continue;
        if (stand->proof->last.time < t->time && places_is_untold(t->knowledge->places, &stand->endpoint))
            add(f, t, "How the latest connect to %s ended is not in the capture: it may be down since.",
                endpoint_text(&stand->endpoint, endpoint));
        if (stand->proof->kind == PROOF_CONNECTED && places_lacked(t->knowledge->places, &stand->endpoint))
            add(f, t, "That %s has it is concluded from an accepted connection; the bind on it is not in the capture.",
                endpoint_text(&stand->endpoint, endpoint));
    }
}

/* --- what is said ----------------------------------------------------------------------------------------------- */

static void about_list(struct finding *f, const struct trial *t) {
    if (f->rule == &RULE_NOT_REGISTERED && t->session->outcome == OUTCOME_NOT_REGISTERED &&
        (((t->tracked->map_lacks & LACKS_BEGINNING) != 0 && !t->tracked->from_bind) || t->tracked->after_gap))
        add(f, t,
            "The answer may only end a list of endpoints: of the connection to the mapper, what came before is "
            "missing.");
}

static void about_answers(struct finding *f, const struct trial *t) {
    unsigned lacks = t->tracked->lacks;
    bool early = (lacks & LACKS_BEGINNING) != 0 && t->session->stages[STAGE_BOUND].frame == 0;
    if (f->rule != &RULE_CALL_FAULT || t->tracked->by_mapper)
        return;
    if ((lacks & LACKS_BYTES) != 0 || early)
        add(f, t, "Answers may be missing: not all of the connection is in the capture.");
    else if ((lacks & LACKS_ANSWERS) != 0)
        add(f, t, "The capture ends before all calls are answered.");
}

static void about_interface(struct finding *f, const struct trial *t) {
    uint64_t encrypted = t->knowledge->captured.lost[LOSS_ENCRYPTED_CALLS];
    if (!t->tracked->guessed || t->tracked->own)
        return;
    if (t->session->stages[STAGE_ASKED].frame != 0)
        add(f, t, "The endpoint mapper's answer is not in the capture: that it named this endpoint is presumed.");
    else if (encrypted != 0)
        add(f, t,
            "The question to the endpoint mapper may be one of %llu encrypted ones: the interface is presumed, from "
            "the endpoint.",
            (unsigned long long)encrypted);
    else
        add(f, t,
            "The question to the endpoint mapper is not in the capture: the interface is presumed, from the "
            "endpoint%s.",
            places_has_others_at(t->knowledge->places, &t->session->server) ? ", which has others too" : "");
}

/* --- when it was ------------------------------------------------------------------------------------------------ */

/* Served before or after, bound elsewhere then or no more: that is told from capture times. */
static void about_order(struct finding *f, const struct trial *t) {
    if (t->knowledge->clock_went_back &&
        (f->bound_count != 0 ||
         is_one_of(f->rule, &RULE_UNBOUND_ADDRESS, &RULE_STALE_ENDPOINT, &RULE_ENDPOINT_REFUSED)))
        add(f, t, "The clock of the capture goes back: what came before what is uncertain.");
}

void caveats_find(struct finding *finding, const struct trial *trial) {
    if (finding->state == FINDING_AVERTED)
        return;
    if (finding->state == FINDING_FAILING)
        add(finding, trial, "The capture ends while the client may still be retrying.");
    about_silence(finding, trial);
    about_list(finding, trial);
    about_answers(finding, trial);
    about_interface(finding, trial);
    about_stands(finding, trial);
    about_order(finding, trial);
    about_other_addresses(finding, trial);
    about_earlier_service(finding, trial);
}
