/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/streams/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One direction of a talk. */
struct course {
    bool *captured;  /* by position: a frame holds it */
    bool *told;      /* as bytes, or in a gap */
    int64_t first;   /* position of the first captured byte; -1: none */
    int64_t end;     /* of what the capture shows to have been sent */
    int64_t acked;   /* the furthest acknowledgement by the other side; -1: none */
    bool acked_last; /* it was the latest, too */
    bool begins;     /* its SYN was captured before any data */
    bool reset;      /* some of it may be captured behind its end */
    bool lone_byte;  /* the first data packet captured has but one byte: a keep-alive, for all one can know */
    int64_t at;      /* where it stands; before anything was told the sum of the gaps */
    int64_t start;   /* where it began to be told; -1: nothing told yet */
};

/* What is told as one flow. */
struct told {
    int talk; /* -1: none */
    bool swapped;
    bool closed;
};

enum { TOLD_MAX = 4096 };

struct judge {
    const struct story *story;
    const struct wishes *wishes;
    struct course courses[TALKS_MAX][2];
    unsigned flows[TALKS_MAX];
    bool expected[TALKS_MAX]; /* a packet was captured that can begin a flow */
    bool excused[TALKS_MAX];  /* what is told of it need not be right: see excuse */
    struct told told[TOLD_MAX];
    uint64_t flow_count, closed, gaps, gap_bytes, midstream;
    unsigned wrong;
    char what[256];
};

__attribute__((format(printf, 3, 4))) static void expect(struct judge *j, bool sound, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (!sound && j->wrong++ == 0)
        vsnprintf(j->what, sizeof j->what, format, arguments);
    va_end(arguments);
}

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

static void note_acknowledgement(struct course *other, const struct sent *sent) {
    if ((sent->flags & FLAG_ACK) == 0)
        return;
    other->acked_last = sent->ack >= other->acked;
    other->acked = later(other->acked, sent->ack);
}

static void note_packet(struct course *c, const struct sent *sent, const struct shot *shot, uint32_t len) {
    int64_t end = sent->at + sent->len;
    if ((sent->flags & FLAG_SYN) != 0 && c->first < 0)
        c->begins = true;
    if (sent->len == 0 && (sent->flags & FLAG_FIN) == 0)
        return;
    c->end = later(c->end, end < len ? end : len);
    if (sent->len == 0)
        return;
    if (c->first < 0)
        c->lone_byte = sent->len == 1;
    for (int64_t i = sent->at < 0 ? 0 : sent->at; i < sent->at + shot->len; i++)
        c->captured[i] = true;
    if (c->first < 0 || sent->at < c->first)
        c->first = sent->at < 0 ? 0 : sent->at;
}

/* What the capture holds of each talk. Of who was reset nothing counts that was captured after it, nor of who did it
 * if nothing shows where its bytes begin. */
static void survey(struct judge *j) {
    const struct story *story = j->story;
    bool over[TALKS_MAX][2] = {{false}};
    for (const struct shot *shot = story->shots; shot < story->shots + story->shot_count; shot++) {
        const struct sent *sent = &story->sent[shot->sent];
        struct course *courses = j->courses[sent->talk];
        struct course *own = &courses[sent->direction];
        if ((sent->flags & FLAG_RST) != 0) {
            over[sent->talk][!sent->direction] = true;
            over[sent->talk][sent->direction] = !own->begins && own->first < 0;
            courses[0].reset = courses[1].reset = true;
        }
        if (!shot->whole || over[sent->talk][sent->direction] || (sent->flags & FLAG_RST) != 0)
            continue;
        j->expected[sent->talk] = true;
        if (!own->reset)
            note_acknowledgement(&courses[!sent->direction], sent);
        note_packet(own, sent, shot, story->talks[sent->talk].len[sent->direction]);
    }
}

/* Of damaged frames anything may come, also of a handshake that was captured behind the reset; and if neither SYN nor
 * SYN-ACK shows where the next use of a 4-tuple begins, the two uses may be taken for one. */
static void excuse(struct judge *j) {
    const struct story *story = j->story;
    int first[TALKS_MAX];
    bool reset[TALKS_MAX] = {false};
    for (int i = 0; i < story->talk_count; i++) {
        first[i] = -1;
        j->excused[i] = story->talks[i].victim;
    }
    for (const struct shot *shot = story->shots; shot < story->shots + story->shot_count; shot++) {
        const struct sent *sent = &story->sent[shot->sent];
        if (first[sent->talk] < 0 && shot->whole)
            first[sent->talk] = sent->flags;
        reset[sent->talk] = reset[sent->talk] || (sent->flags & FLAG_RST) != 0;
        if (reset[sent->talk] && (sent->flags & FLAG_SYN) != 0)
            j->excused[sent->talk] = true;
    }
    for (int i = 0; i < story->talk_count; i++)
        if (story->talks[i].after >= 0 && first[i] >= 0 && (first[i] & FLAG_SYN) == 0)
            for (int before = i; before >= 0; before = story->talks[before].after)
                j->excused[before] = true;
}

struct judge *judge_open(const struct story *story, const struct wishes *wishes) {
    struct judge *j = calloc(1, sizeof *j);
    if (j == NULL)
        return NULL;
    j->story = story;
    j->wishes = wishes;
    for (int i = 0; i < story->talk_count; i++)
        for (int d = 0; d < 2; d++) {
            uint32_t len = story->talks[i].len[d];
            j->courses[i][d] = (struct course){.captured = calloc(len, sizeof(bool)),
                                               .told = calloc(len, sizeof(bool)),
                                               .first = -1,
                                               .acked = -1,
                                               .start = -1};
        }
    survey(j);
    excuse(j);
    return j;
}

static const struct shot *shot_of(const struct judge *j, uint64_t frame) {
    return frame >= 1 && frame <= j->story->shot_count ? &j->story->shots[frame - 1] : NULL;
}

static struct told *told_of(struct judge *j, const struct segment *s) {
    if (s->flow->id == 0 || s->flow->id >= TOLD_MAX)
        return NULL;
    struct told *told = &j->told[s->flow->id];
    if (s->flow->id <= j->flow_count)
        return told;
    j->flow_count++;
    expect(j, s->flow->id == j->flow_count, "flow %llu is told out of turn", (unsigned long long)s->flow->id);
    const struct shot *shot = shot_of(j, s->seen.frame);
    *told = (struct told){.talk = -1};
    if (shot == NULL)
        return told;
    int talk = j->story->sent[shot->sent].talk;
    const struct endpoint *ends = j->story->talks[talk].ends;
    const struct endpoint *client = &s->flow->sides[FROM_CLIENT].endpoint;
    const struct endpoint *server = &s->flow->sides[FROM_SERVER].endpoint;
    told->swapped = endpoint_equal(client, &ends[FROM_SERVER]);
    if (endpoint_equal(client, &ends[told->swapped]) && endpoint_equal(server, &ends[!told->swapped])) {
        told->talk = talk;
        j->flows[talk]++;
    }
    return told;
}

static bool holds(const struct judge *j, const struct shot *shot, int64_t from, struct bytes bytes) {
    const struct sent *sent = &j->story->sent[shot->sent];
    if (from < sent->at || from + (int64_t)bytes.len > sent->at + shot->len)
        return false;
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.at[i] != sent_byte(j->story, sent, from + (int64_t)i))
            return false;
    return true;
}

/* Where bytes begin that are the first of their direction: where its SYN says, or where their frame does. */
static void begin(struct judge *j, struct course *c, const struct shot *shot, struct bytes bytes) {
    int64_t gap = c->at;
    const struct sent *sent = &j->story->sent[shot->sent];
    if (!c->begins && !holds(j, shot, gap, bytes))
        c->at = sent->at;
    while (c->lone_byte && !holds(j, shot, c->at, bytes) && c->at < sent->at + shot->len)
        c->at++;
    c->start = c->at - gap;
}

static void judge_bytes(struct judge *j, int talk, enum direction d, const struct segment *s) {
    struct course *c = &j->courses[talk][d];
    const struct shot *shot = shot_of(j, s->seen.frame);
    const struct sent *sent = shot != NULL ? &j->story->sent[shot->sent] : NULL;
    if (sent == NULL || sent->talk != talk || sent->direction != d) {
        expect(j, false, "bytes of another's frame %llu", (unsigned long long)s->seen.frame);
        return;
    }
    if (c->start < 0)
        begin(j, c, shot, s->bytes);
    bool sound = holds(j, shot, c->at, s->bytes);
    expect(j, sound, "talk %d from %d at %lld: frame %llu (%lld + %u) does not hold these %zu bytes", talk, d,
           (long long)c->at, (unsigned long long)s->seen.frame, (long long)sent->at, shot->len, s->bytes.len);
    expect(j, s->seen.time == shot->time, "frame %llu has another time", (unsigned long long)s->seen.frame);
    for (size_t i = 0; sound && i < s->bytes.len; i++)
        c->told[c->at + (int64_t)i] = true;
    c->at += (int64_t)s->bytes.len;
}

static void judge_gap(struct judge *j, int talk, enum direction d, const struct segment *s) {
    struct course *c = &j->courses[talk][d];
    int64_t len = j->story->talks[talk].len[d];
    bool known = c->begins || c->start >= 0;
    if (c->begins && c->start < 0)
        c->start = 0;
    for (int64_t i = c->at; known && i < c->at + (int64_t)s->gap && i < len; i++) {
        expect(j, !c->captured[i] || c->lone_byte,
               "talk %d from %d: a gap at %lld, frame %llu, where bytes were captured", talk, d, (long long)i,
               (unsigned long long)s->seen.frame);
        c->told[i] = true;
    }
    c->at += (int64_t)s->gap;
    expect(j, c->at <= len, "talk %d from %d: a gap to %lld, but its end is %lld", talk, d, (long long)c->at,
           (long long)len);
}

bool judge_segment(void *judge, const struct segment *s) {
    struct judge *j = judge;
    struct told *told = told_of(j, s);
    if (told == NULL)
        return true;
    expect(j, !told->closed, "something of flow %llu after its end", (unsigned long long)s->flow->id);
    j->gaps += s->kind == SEGMENT_GAP;
    j->gap_bytes += s->kind == SEGMENT_GAP ? s->gap : 0;
    if (s->kind == SEGMENT_CLOSED) {
        told->closed = true;
        j->closed++;
        j->midstream += s->flow->midstream;
    }
    if (told->talk < 0 || j->excused[told->talk])
        return true;
    enum direction d = told->swapped ? !s->direction : s->direction;
    if (s->kind == SEGMENT_BYTES)
        judge_bytes(j, told->talk, d, s);
    else if (s->kind == SEGMENT_GAP)
        judge_gap(j, told->talk, d, s);
    return true;
}

/* Every byte that was captured is told, but those from before the first captured packet of a direction whose SYN was
 * not; and it ends where the capture shows that it ended. */
static void judge_course(struct judge *j, int talk, int d) {
    const struct course *c = &j->courses[talk][d];
    int64_t from = later(c->start, 0);
    int64_t len = j->story->talks[talk].len[d];
    int64_t end = c->acked_last && !c->reset ? later(c->end, c->acked - 1) : c->end;
    bool disordered = j->wishes->disorder != 0 || j->wishes->late != 0 || j->wishes->mirrored != 0;
    bool may_miss = disordered && !c->begins;
    for (int64_t i = c->start < 0 && may_miss ? len : from; i < len; i++)
        expect(j, !c->captured[i] || c->told[i] || c->lone_byte, "talk %d from %d: %lld was captured, but not told",
               talk, d, (long long)i);
    if (c->first >= 0 && !may_miss && !(c->lone_byte && c->first + 1 >= c->end))
        expect(j, c->start >= 0 && c->start <= c->first + c->lone_byte,
               "talk %d from %d: begins at %lld instead of %lld", talk, d, (long long)c->start, (long long)c->first);
    int64_t last = c->reset ? len : later(c->end, c->acked);
    if (c->start >= 0)
        expect(j, c->at >= end - c->lone_byte && c->at <= last, "talk %d from %d: ends at %lld instead of %lld", talk,
               d, (long long)c->at, (long long)end);
}

static void judge_talk(struct judge *j, int talk) {
    unsigned flows = j->flows[talk];
    if (j->excused[talk])
        return;
    expect(j, flows <= 1 && (flows == 1 || !j->expected[talk]), "talk %d is %u flows", talk, flows);
    for (int d = 0; d < 2; d++)
        judge_course(j, talk, d);
}

static void judge_tally(struct judge *j, const struct tally *tally) {
    const uint64_t *lost = tally->lost;
    expect(j, tally->flows == j->flow_count, "%llu flows counted, %llu told", (unsigned long long)tally->flows,
           (unsigned long long)j->flow_count);
    expect(j, j->closed == j->flow_count, "%llu flows told, %llu closed", (unsigned long long)j->flow_count,
           (unsigned long long)j->closed);
    expect(j, lost[LOSS_GAPS] == j->gaps && lost[LOSS_GAP_BYTES] == j->gap_bytes, "gaps are counted otherwise");
    expect(j, lost[LOSS_MIDSTREAM_FLOWS] == j->midstream, "midstream flows are counted otherwise");
    expect(j, tally->frames == j->story->shot_count, "frames are counted otherwise");
    uint64_t pieces = 0;
    for (const struct shot *shot = j->story->shots; shot < j->story->shots + j->story->shot_count; shot++)
        if (shot->parts > 1)
            pieces = shot->whole ? pieces + 1 - shot->parts : pieces + 1;
    expect(j, j->wishes->victims != 0 || lost[LOSS_IP_FRAGMENTS] == pieces, "fragments are counted otherwise");
    expect(j, j->wishes->victims != 0 || lost[LOSS_OVERLAPS] == 0, "fragments overlap");
    for (int i = 0; i < LIMIT_KINDS; i++)
        expect(j, tally->limits[i] == 0, "limit %s was reached", LIMIT_NAMES[i]);
}

unsigned judge_close(struct judge *j, const struct tally *tally, char *what, size_t size) {
    for (int i = 0; i < j->story->talk_count; i++)
        judge_talk(j, i);
    judge_tally(j, tally);
    unsigned wrong = j->wrong;
    snprintf(what, size, "%s", j->what);
    for (int i = 0; i < j->story->talk_count; i++)
        for (int d = 0; d < 2; d++) {
            free(j->courses[i][d].captured);
            free(j->courses[i][d].told);
        }
    free(j);
    return wrong;
}
