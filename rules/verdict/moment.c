/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/moment.h"

#include <stdarg.h>
#include <stdio.h>

enum { REFUSED_TRIES = 3 };                        /* of Windows since 2000 */
static const int64_t REFUSED_EVERY = SECOND / 2;   /* and how long it waits after each RST */
static const int64_t LONGEST_RTO = 7 * SECOND / 2; /* who sends no SYN for so long after its first has given up */
static const int64_t BY_PROGRAM = 2 * SECOND;      /* so soon after an error nobody has read it */

/* How a client repeats a SYN that nobody answers. */
struct schedule {
    const char *name;
    uint8_t ttl_from, ttl_to;
    int64_t at[11]; /* seconds after the first; 0 ends it, but for the first */
    int64_t gives_up;
};

/* In this order: what keeps to several does to the first. */
static const struct schedule SCHEDULES[] = {
    {"Windows 2000 to 2012", 65, 128, {0, 3, 9}, 21},
    {"Windows NT 4", 65, 128, {0, 3, 9, 21}, 45},
    {"Windows 10 and Server 2016", 65, 128, {0, 1, 3, 7, 15}, 31},
    {"Linux", 1, 64, {0, 1, 3, 7, 15, 31, 63}, 127},
    {"Linux since 6.5", 1, 64, {0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 131},
};
enum { SCHEDULE_COUNT = sizeof SCHEDULES / sizeof *SCHEDULES, MAX_TRIES = 11 };

static bool is_windows(const struct trial *t) { return t->tracked->client_ttl > 64 && t->tracked->client_ttl <= 128; }
static bool is_linux(const struct trial *t) { return t->tracked->client_ttl > 0 && t->tracked->client_ttl <= 64; }

/* --- what is said ----------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static void put(struct finding *f, enum shown shown, int64_t time,
                                                      const char *format, ...) {
    va_list values;
    f->shown = shown;
    f->shown_time = shown == SHOWN_SEEN || shown == SHOWN_COMPUTED ? time : 0;
    va_start(values, format);
    vsnprintf(f->schedule, sizeof f->schedule, format, values);
    va_end(values);
}

static void put_seen(struct finding *f, int64_t time) { put(f, SHOWN_SEEN, time, "%s", ""); }
static void put_unknown(struct finding *f, const char *why) { put(f, SHOWN_UNKNOWN, 0, "%s", why); }

/* --- refused ---------------------------------------------------------------------------------------------------- */

static void foresee_refusal(struct finding *f, const struct trial *t) {
    if (t->tracked->pace.first == 0)
        put_unknown(f, "the client has not tried to connect yet");
    else if (is_windows(t))
        put(f, SHOWN_COMPUTED, t->tracked->pace.first + (REFUSED_TRIES - 1) * REFUSED_EVERY,
            "Windows sends %d SYNs, half a second apart", REFUSED_TRIES);
    else if (is_linux(t))
        put_unknown(f, "with the RST, which is not in the capture: Linux sends one SYN");
    else
        put_unknown(f, "the client's system is not known by its packets");
}

static void find_refusal(struct finding *f, const struct trial *t) {
    const struct session *s = t->session;
    uint32_t tries = t->tracked->pace.syns;
    if (s->failed.frame == 0)
        foresee_refusal(f, t);
    else if (is_windows(t) && s->still_trying && tries > 0 && tries < REFUSED_TRIES)
        put(f, SHOWN_COMPUTED, s->failed.time + (int64_t)(REFUSED_TRIES - tries) * REFUSED_EVERY,
            "Windows sends %d SYNs, half a second after each RST", REFUSED_TRIES);
    else if (is_windows(t) || is_linux(t) || t->knowledge->end - s->failed.time > LONGEST_RTO)
        put_seen(f, s->failed.time);
    else
        put_unknown(f, "the client's system is not known by its packets");
}

/* --- silence ---------------------------------------------------------------------------------------------------- */

static bool is_at(int64_t seen, int64_t planned) {
    int64_t off = seen > planned ? seen - planned : planned - seen;
    return off <= planned / 10 + SECOND / 5;
}

static bool keeps_to(const struct schedule *schedule, const struct trial *t) {
    const struct pace *pace = &t->tracked->pace;
    uint8_t ttl = t->tracked->client_ttl;
    if (pace->first == 0 || pace->second == 0 || pace->syns < 2 || pace->syns > MAX_TRIES || ttl < schedule->ttl_from ||
        ttl > schedule->ttl_to)
        return false;
    int64_t last = schedule->at[pace->syns - 1] * SECOND;
    return last != 0 && is_at(pace->second - pace->first, schedule->at[1] * SECOND) &&
           is_at(t->tracked->last_syn.time - pace->first, last);
}

static const struct schedule *schedule_of(const struct trial *t) {
    for (size_t i = 0; i < SCHEDULE_COUNT; i++)
        if (keeps_to(&SCHEDULES[i], t))
            return &SCHEDULES[i];
    return NULL;
}

static void take_earlier(int64_t *earliest, const struct sighting *seen, int64_t after) {
    if (seen->frame != 0 && seen->time > after && seen->time < *earliest)
        *earliest = seen->time;
}

/* When the client turned to something else; INT64_MAX: the capture does not show it. */
static int64_t turned_away(const struct trial *t, int64_t after) {
    enum { LOOK_BACK = 64 };
    const struct tracked *own = t->tracked;
    int64_t when = own->done > after ? own->done : INT64_MAX;
    if (own->refusal != NULL)
        take_earlier(&when, &own->refusal->seen, after);
    if (own->session.got_through == GOT_THROUGH_PIPE)
        take_earlier(&when, &own->way->session.stages[STAGE_CONNECTED], after);
    const struct tracked *other = track_newest_beside(own);
    for (int i = 0; other != NULL && other != own && i < LOOK_BACK; i++, other = other->older)
        take_earlier(&when, &other->session.stages[STAGE_ASKED], after);
    return when;
}

static void compute_silence(struct finding *f, const struct trial *t, const struct schedule *schedule) {
    const struct pace *pace = &t->tracked->pace;
    if (schedule != NULL)
        put(f, SHOWN_COMPUTED, pace->first + schedule->gives_up * SECOND,
            "its SYNs come as those of %s, which gives up after %d s", schedule->name, (int)schedule->gives_up);
    else if (session_is_udp(t->session))
        put_unknown(f, "how long a client repeats its call over UDP is not known");
    else if (pace->first == 0 || pace->syns < 2)
        put_unknown(f, "too few of the client's SYNs are in the capture to know its schedule");
    else
        put_unknown(f, "the client's SYNs keep to no schedule that is known");
}

static void find_silence(struct finding *f, const struct trial *t) {
    const struct schedule *schedule = schedule_of(t);
    int64_t away = turned_away(t, t->tracked->last_syn.time);
    int64_t end = schedule == NULL ? INT64_MAX : t->tracked->pace.first + schedule->gives_up * SECOND;
    if (t->session->failed.frame != 0 && away != INT64_MAX && (end == INT64_MAX || away < end + SECOND))
        put_seen(f, away);
    else
        compute_silence(f, t, schedule);
}

static void find_unreachable(struct finding *f, const struct trial *t) {
    const struct session *s = t->session;
    bool repeats = t->tracked->pace.syns > 1;
    if (repeats || turned_away(t, t->tracked->last_syn.time) != INT64_MAX)
        find_silence(f, t);
    else if (s->failed.frame != 0 && t->knowledge->end - s->failed.time > LONGEST_RTO)
        put_seen(f, s->failed.time);
    else
        put_unknown(f, "how the client takes an ICMP error is not known");
}

/* --- the rest --------------------------------------------------------------------------------------------------- */

static void find_error(struct finding *f, const struct trial *t) {
    const struct session *s = t->session;
    if (t->tracked->leg != NULL) {
        put_unknown(f, "when a backup program gives up waiting for its data is not known");
        return;
    }
    switch (t->outcome) {
    case OUTCOME_REFUSED:
        if (s->transport == TRANSPORT_PIPE)
            break;
        if (session_is_udp(s))
            find_unreachable(f, t);
        else
            find_refusal(f, t);
        return;
    case OUTCOME_UNANSWERED:
        find_silence(f, t);
        return;
    case OUTCOME_UNREACHABLE:
        find_unreachable(f, t);
        return;
    case OUTCOME_NOT_REGISTERED:
    case OUTCOME_REJECTED:
    case OUTCOME_FAULTED:
    case OUTCOME_UNKNOWN:
    case OUTCOME_SERVED:
    case OUTCOMES:
        break;
    }
    if (s->failed.frame == 0)
        put_unknown(f, "no packet of the failure is in the capture");
    else if (t->outcome == OUTCOME_FAULTED)
        put_seen(f, s->failing.time); /* the first of several */
    else
        put_seen(f, s->failed.time);
}

/* When the way on which the client got through began. */
static int64_t way_began(const struct trial *t) {
    const struct session *s = t->session;
    int64_t began = s->got_through_at.time;
    for (size_t i = 0; t->tracked->way != NULL && i < STAGES; i++)
        take_earlier(&began, &t->tracked->way->session.stages[i], INT64_MIN);
    return began;
}

/* The runtime itself goes on to the next address or to a pipe, and asks nobody anew. */
static bool is_same_attempt(const struct trial *t) {
    const struct tracked *way = t->tracked->way;
    return t->session->got_through == GOT_THROUGH_PIPE || t->tracked->recovered_elsewhere ||
           (way != NULL && way->session.stages[STAGE_ASKED].frame == 0);
}

/* Nobody has read an error in between. */
static bool comes_back_at_once(const struct finding *f, const struct trial *t) {
    bool known = f->shown == SHOWN_SEEN || f->shown == SHOWN_COMPUTED;
    return way_began(t) < (known ? f->shown_time : t->session->failed.time) + BY_PROGRAM;
}

static void put_delay(struct finding *f, const struct trial *t) {
    const struct session *s = t->session;
    const struct sighting *from = &s->stages[s->stages[STAGE_CONNECTING].frame != 0 ? STAGE_CONNECTING : STAGE_ASKED];
    bool same = is_same_attempt(t);
    const char *who = same ? "it" : "another attempt", *so = same ? "" : ", so it may show none";
    if (from->frame != 0)
        put(f, same ? SHOWN_NEVER : SHOWN_UNKNOWN, 0, "%s got through %.3f s after its first %s%s", who,
            (double)(s->got_through_at.time - from->time) / 1e9,
            from == &s->stages[STAGE_CONNECTING] || s->to_mapper ? "SYN" : "question", so);
    else
        put(f, same ? SHOWN_NEVER : SHOWN_UNKNOWN, 0, "%s got through%s", who, so);
}

void moment_find(struct finding *f, const struct trial *t) {
    if (f->state == FINDING_AVERTED) {
        put(f, SHOWN_NEVER, 0, "it was served");
        return;
    }
    find_error(f, t);
    bool through = t->session->got_through != GOT_NOT_THROUGH;
    if (through &&
        (t->session->got_through == GOT_THROUGH_PIPE || t->tracked->recovered_elsewhere || comes_back_at_once(f, t)))
        put_delay(f, t);
}
