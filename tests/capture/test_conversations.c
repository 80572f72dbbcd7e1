/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

/* Conversations by the seed: cut up, sent again, overlapping, lost on the wire and sent later, captured out of order,
 * missing from the capture. What is told must be the stream that was sent, byte by byte; its gaps exactly the bytes
 * that no captured frame holds; every run of bytes from a frame that holds them. */

enum { STREAM_MAX = 60000, ITEMS_MAX = 4000, SHUFFLE = 5, PAYLOAD_MAX = 15000 };

struct item {
    enum direction direction;
    uint32_t from, to; /* offsets in the stream */
    uint32_t ack;      /* offset in the other stream */
    uint8_t flags;
    bool lost; /* not in the capture */
    uint64_t key, frame;
};

static struct {
    uint64_t random;
    uint8_t sent[2][STREAM_MAX];
    uint32_t len[2], isn[2];
    bool covered[2][STREAM_MAX], received[2][STREAM_MAX];
    struct item items[ITEMS_MAX];
    size_t count;
    uint32_t told[2]; /* offset */
    unsigned wrong;
    unsigned closed;
} run;

static uint32_t rnd(uint32_t below) {
    run.random = run.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(run.random >> 33) % below;
}

static bool chance(uint32_t percent) { return rnd(100) < percent; }

static void add(enum direction d, uint32_t from, uint32_t to, uint8_t flags) {
    if (run.count < ITEMS_MAX)
        run.items[run.count++] = (struct item){.direction = d, .from = from, .to = to, .flags = flags};
}

/* One side speaks: some segments, now and then one again, or one that overlaps those before it. */
static void burst(enum direction d, uint32_t *at) {
    uint32_t start = *at;
    uint32_t largest = chance(20) ? 12000 : chance(20) ? 3 : 1460;
    for (uint32_t n = 1 + rnd(6); n > 0 && *at < run.len[d]; n--) {
        uint32_t size = 1 + rnd(largest);
        uint32_t to = *at + size < run.len[d] ? *at + size : run.len[d];
        add(d, *at, to, ACK);
        *at = to;
        if (chance(8))
            add(d, run.items[run.count - 1].from, to, ACK);
        if (chance(8))
            add(d, to - rnd(to - start < PAYLOAD_MAX ? to - start : PAYLOAD_MAX) - 1, to, ACK);
        if (chance(30))
            add(!d, 0, 0, ACK);
    }
}

static void speak(void) {
    uint32_t at[2] = {0, 0};
    while (at[FROM_CLIENT] < run.len[FROM_CLIENT] || at[FROM_SERVER] < run.len[FROM_SERVER]) {
        enum direction d = chance(50) ? FROM_CLIENT : FROM_SERVER;
        burst(d, &at[d]);
    }
}

/* Bytes that reached the receiver once are acknowledged, and may not be captured long after that: that would be a gap,
 * and rightly so. So what is sent twice is not delayed. */
static bool sent_twice(const struct item *item) {
    for (const struct item *i = run.items; i < run.items + run.count; i++)
        if (i != item && i->direction == item->direction && i->from < item->to && item->from < i->to)
            return true;
    return false;
}

/* Lost on the wire: it comes again some frames later, and until then nothing behind it is acknowledged. */
static void lose_on_the_wire(uint32_t percent) {
    for (size_t i = 0; i + 1 < run.count; i++) {
        if (!chance(percent) || run.items[i].to == run.items[i].from || sent_twice(&run.items[i]))
            continue;
        size_t later = i + 1 + rnd(30);
        if (later >= run.count)
            later = run.count - 1;
        struct item item = run.items[i];
        memmove(&run.items[i], &run.items[i + 1], (later - i) * sizeof item);
        run.items[later] = item;
    }
}

/* What each side has received when it sends. */
static void acknowledge(void) {
    uint32_t have[2] = {0, 0};
    for (size_t i = 0; i < run.count; i++) {
        struct item *item = &run.items[i];
        enum direction d = item->direction;
        memset(run.received[d] + item->from, 1, item->to - item->from);
        while (have[d] < run.len[d] && run.received[d][have[d]])
            have[d]++;
        item->ack = have[!d];
        if (item->to == item->from && item->flags == ACK)
            item->from = item->to = have[d];
    }
}

static int by_key(const void *a, const void *b) {
    const struct item *left = a;
    const struct item *right = b;
    return (left->key > right->key) - (left->key < right->key);
}

static void capture_out_of_order(void) {
    for (size_t i = 0; i < run.count; i++)
        run.items[i].key = (uint64_t)(i + rnd(SHUFFLE)) << 32 | i;
    qsort(run.items, run.count, sizeof *run.items, by_key);
}

static void miss_some(uint32_t percent) {
    for (size_t i = 0; i < run.count; i++) {
        struct item *item = &run.items[i];
        item->lost = chance(percent);
        if (!item->lost)
            memset(run.covered[item->direction] + item->from, 1, item->to - item->from);
    }
}

static void finish(void) {
    add(FROM_CLIENT, run.len[0], run.len[0], ACK | FIN);
    run.items[run.count - 1].ack = run.len[1];
    add(FROM_SERVER, run.len[1], run.len[1], ACK | FIN);
    run.items[run.count - 1].ack = run.len[0] + 1;
    add(FROM_CLIENT, run.len[0] + 1, run.len[0] + 1, ACK);
    run.items[run.count - 1].ack = run.len[1] + 1;
}

static void expect(bool sound, const char *what) {
    if (!sound && run.wrong++ == 0)
        printf("\n      %s ", what);
}

static bool frame_holds(const struct segment *s, uint32_t from, uint32_t to) {
    for (size_t i = 0; i < run.count; i++) {
        const struct item *item = &run.items[i];
        if (item->frame == s->seen.frame && item->direction == s->direction)
            return item->from <= from && to <= item->to;
    }
    return false;
}

static void check_bytes(const struct segment *s, uint32_t from, uint32_t to) {
    expect(to <= run.len[s->direction], "more bytes than were sent");
    if (to > run.len[s->direction])
        return;
    expect(memcmp(run.sent[s->direction] + from, s->bytes.at, to - from) == 0, "other bytes than were sent");
    expect(frame_holds(s, from, to), "bytes that their frame does not hold");
}

static void check_gap(const struct segment *s, uint32_t from, uint32_t to) {
    expect(to <= run.len[s->direction], "a gap beyond the end");
    for (uint32_t i = from; i < to && i < run.len[s->direction]; i++)
        expect(!run.covered[s->direction][i], "a gap where bytes were captured");
}

static bool check(void *context, const struct segment *s) {
    (void)context;
    uint32_t from = run.told[s->direction];
    if (s->kind == SEGMENT_BYTES) {
        run.told[s->direction] = from + (uint32_t)s->bytes.len;
        check_bytes(s, from, run.told[s->direction]);
    } else if (s->kind == SEGMENT_GAP) {
        run.told[s->direction] = from + (uint32_t)s->gap;
        check_gap(s, from, run.told[s->direction]);
    } else if (s->kind == SEGMENT_CLOSED) {
        run.closed++;
        expect(s->reason == CLOSE_FIN, "closed for another reason");
        expect(run.told[0] == run.len[0] && run.told[1] == run.len[1], "closed before the end");
    }
    return true;
}

static void send_item(struct trace *t, struct item *item) {
    enum direction d = item->direction;
    struct bytes payload = {run.sent[d] + item->from, item->to - item->from};
    item->frame = t->frame + 1;
    trace_tcp(t, d, item->flags, run.isn[d] + 1 + item->from, run.isn[!d] + 1 + item->ack, payload);
}

static void send_all(struct trace *t) {
    trace_handshake(t, run.isn[0], run.isn[1]);
    for (size_t i = 0; i < run.count; i++)
        if (!run.items[i].lost)
            send_item(t, &run.items[i]);
}

static void start(struct trace *t, bool v6) {
    char error[256];
    struct tracker_limits limits = tracker_limits_default();
    *t = (struct trace){.time = 1000 * MS, .step = MS};
    t->client = endpoint_of(v6 ? "2001:db8::1" : "10.0.0.1", 50000);
    t->server = endpoint_of(v6 ? "2001:db8::2" : "10.0.0.2", 445);
    t->tracker = tracker_open(&limits, check, NULL, &t->tally, error, sizeof error);
}

static void converse(uint64_t seed, uint32_t wire_loss, uint32_t capture_loss, bool v6) {
    static struct trace t;
    memset(&run, 0, sizeof run);
    run.random = seed;
    for (int d = 0; d < 2; d++) {
        run.len[d] = 1 + rnd(chance(50) ? 3000 : STREAM_MAX - 1);
        run.isn[d] = chance(50) ? 0U - rnd(run.len[d] + 2) : rnd(UINT32_C(0x7fffffff)) * 2;
        for (uint32_t i = 0; i < run.len[d]; i++)
            run.sent[d][i] = (uint8_t)rnd(256);
    }
    speak();
    CU_ASSERT_TRUE_FATAL(run.count < ITEMS_MAX - 3);
    lose_on_the_wire(wire_loss);
    acknowledge();
    if (chance(70))
        capture_out_of_order();
    miss_some(capture_loss);
    finish();
    start(&t, v6);
    send_all(&t);
    trace_close(&t);
    CU_ASSERT_EQUAL(run.closed, 1);
    CU_ASSERT_EQUAL(run.wrong, 0);
    if (run.wrong != 0)
        printf("(seed %llu, %u times)\n", (unsigned long long)seed, run.wrong);
}

static void conversations(uint32_t wire_loss, uint32_t capture_loss) {
    for (uint64_t seed = 1; seed <= 400; seed++)
        converse(seed, wire_loss, capture_loss, seed % 2 == 0);
}

static void out_of_order(void) { conversations(0, 0); }
static void lost_on_the_wire(void) { conversations(5, 0); }
static void missing_from_the_capture(void) { conversations(0, 3); }
static void all_of_it(void) { conversations(5, 10); }

int main(void) {
    CU_TestInfo tests[] = {
        {"captured out of order", out_of_order},
        {"lost on the wire and sent again", lost_on_the_wire},
        {"missing from the capture", missing_from_the_capture},
        {"all of it", all_of_it},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/conversations", tests);
}
