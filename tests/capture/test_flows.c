/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* sysconf */
#include "capture/tracker.h"
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The flow table under load: a hundred thousand flows at once, millions in turn, more than it has room for. Of every
 * flow it is checked that all is told between its first segment and its one SEGMENT_CLOSED. */

enum { FLOWS_MAX = 2400000, AT_ONCE = 100000, IN_TURN = 2000000, TABLE = 200000, PAYLOAD = 4 };

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define SEC INT64_C(1000000000)

static struct {
    struct tracker *tracker;
    struct tally tally;
    int64_t time;
    uint64_t frame;
    uint64_t newest, closed, wrong, bytes; /* newest: the highest id */
    uint64_t reasons[4];                   /* by enum close_reason */
    uint64_t latest_closed;                /* its id */
    bool bored;                            /* the receiver wants no more bytes */
    uint32_t lane;
    uint8_t states[FLOWS_MAX]; /* by id */
} run;

enum state { NOT_SEEN, TOLD, CLOSED };

static bool note(void *context, const struct segment *s) {
    (void)context;
    uint64_t id = s->flow->id;
    if (id == 0 || id >= FLOWS_MAX) {
        run.wrong++;
        return true;
    }
    uint8_t *state = &run.states[id];
    run.newest = id > run.newest ? id : run.newest;
    if (*state == NOT_SEEN)
        s->flow->conversation = state;
    run.wrong += *state == CLOSED || s->flow->conversation != state;
    *state = s->kind == SEGMENT_CLOSED ? CLOSED : TOLD;
    run.bytes += s->bytes.len;
    if (s->kind == SEGMENT_CLOSED) {
        run.closed++;
        run.reasons[s->reason]++;
        run.latest_closed = id;
    }
    return !run.bored;
}

static void begin(void) {
    char error[256];
    struct tracker_limits limits = tracker_limits_default();
    memset(&run, 0, sizeof run);
    run.time = SEC;
    run.tracker = tracker_open(&limits, note, NULL, &run.tally, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(run.tracker);
}

/* Every flow was told, and closed, once; the ids are without holes. */
static void end(uint64_t flows) {
    tracker_close(run.tracker);
    CU_ASSERT_EQUAL(run.wrong, 0);
    CU_ASSERT_EQUAL(run.tally.flows, flows);
    CU_ASSERT_EQUAL(run.newest, flows);
    CU_ASSERT_EQUAL(run.closed, flows);
}

/* Flow number n has a client of its own: half of them differ in their address only, half mostly in their port. */
static struct endpoint client_of(uint32_t n) {
    bool many_ports = n % 2 == 0;
    uint32_t address = many_ports ? n / 120000 : n;
    const uint8_t octets[4] = {many_ports ? 10 : 11, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
                               (uint8_t)address};
    return (struct endpoint){address_ipv4(octets), (uint16_t)(many_ports ? 1024 + n / 2 % 60000 : 50000)};
}

/* All begin with the same sequence numbers. */
enum { CLIENT_ISN = 1000, SERVER_ISN = 5000 };

static void send_seq(uint32_t n, enum direction d, uint8_t flags, uint32_t seq, uint32_t ack, size_t len) {
    static const uint8_t payload[PAYLOAD];
    const uint8_t server[4] = {192, 168, 0, 1};
    struct endpoint ends[2] = {client_of(n), {address_ipv4(server), 135}};
    struct packet p = {.seen = {++run.frame, run.time, 0},
                       .source = ends[d],
                       .destination = ends[!d],
                       .ttl = 64,
                       .flags = flags,
                       .window = (flags & TCP_RST) != 0 ? 0 : 1024,
                       .lane = run.lane,
                       .seq = seq,
                       .ack = ack,
                       .payload = {payload, len}};
    tracker_time(run.tracker, run.time);
    tracker_take(run.tracker, &p, tracker_expect(run.tracker, &p));
}

static void from_client(uint32_t n, uint8_t flags, uint32_t at, size_t len) {
    send_seq(n, FROM_CLIENT, flags, CLIENT_ISN + at, (flags & TCP_ACK) != 0 ? SERVER_ISN + 1 : 0, len);
}

static void from_server(uint32_t n, uint8_t flags, uint32_t at, uint32_t acked) {
    send_seq(n, FROM_SERVER, flags, SERVER_ISN + at, CLIENT_ISN + acked, 0);
}

static void open_flow(uint32_t n) {
    from_client(n, TCP_SYN, 0, 0);
    from_server(n, TCP_SYN | TCP_ACK, 0, 1);
}

static void refuse_flow(uint32_t n) {
    from_client(n, TCP_SYN, 0, 0);
    send_seq(n, FROM_SERVER, TCP_RST | TCP_ACK, 0, CLIENT_ISN + 1, 0);
}

/* After the payload: both FINs, and their acknowledgements. */
static void finish_flow(uint32_t n) {
    from_client(n, TCP_FIN | TCP_ACK, 1 + PAYLOAD, 0);
    from_server(n, TCP_FIN | TCP_ACK, 1, 2 + PAYLOAD);
    send_seq(n, FROM_CLIENT, TCP_ACK, CLIENT_ISN + 2 + PAYLOAD, SERVER_ISN + 2, 0);
}

static void pass(int64_t time) {
    while (time > 0) { /* the tracker's clock takes no longer steps */
        int64_t step = time < 30 * SEC ? time : 30 * SEC;
        run.time += step;
        time -= step;
        tracker_time(run.tracker, run.time);
    }
}

/* Resident octets of this process: also under the sanitizers, which mallinfo does not see through. */
static size_t resident(void) {
    char line[128] = "";
    char *second;
    FILE *file = fopen("/proc/self/statm", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof line, file));
    fclose(file);
    (void)strtoul(line, &second, 10);
    return strtoul(second, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static void a_hundred_thousand_at_once(void) {
    begin();
    for (uint32_t n = 0; n < AT_ONCE; n++)
        open_flow(n);
    for (uint32_t n = AT_ONCE; n-- > 0;)
        from_client(n, TCP_ACK, 1, PAYLOAD);
    CU_ASSERT_EQUAL(run.closed, 0);
    CU_ASSERT_EQUAL(run.bytes, UINT64_C(1) * PAYLOAD * AT_ONCE);
    for (uint32_t n = 0; n < AT_ONCE; n++)
        finish_flow(n);
    CU_ASSERT_EQUAL(run.reasons[CLOSE_FIN], AT_ONCE);
    end(AT_ONCE);
    CU_ASSERT_EQUAL(run.tally.limits[LIMIT_FLOWS], 0);
    CU_ASSERT_EQUAL(run.tally.lost[LOSS_GAPS] + run.tally.lost[LOSS_MIDSTREAM_FLOWS], 0);
}

/* At a thousand a second none of them has to make room before its time. */
static void take_turn(uint32_t n) {
    run.time += MS;
    if (n % 4 == 0) {
        refuse_flow(n);
        return;
    }
    open_flow(n);
    if (n % 4 == 1) {
        from_client(n, TCP_ACK, 1, PAYLOAD);
        finish_flow(n);
    } else {
        from_client(n, TCP_RST, 1, 0);
    }
}

static void two_million_in_turn(void) {
    begin();
    size_t before = resident();
    for (uint32_t n = 0; n < IN_TURN / 4; n++)
        take_turn(n);
    size_t full = resident();
    for (uint32_t n = IN_TURN / 4; n < IN_TURN; n++)
        take_turn(n);
    size_t after = resident();
    CU_ASSERT_TRUE(full - before < TABLE * (sizeof(struct connection) + 4 * sizeof(void *)) + (16 << 20));
    CU_ASSERT_TRUE(after < full + (16 << 20));
    end(IN_TURN);
    CU_ASSERT_EQUAL(run.tally.limits[LIMIT_FLOWS], 0);
    CU_ASSERT_EQUAL(run.reasons[CLOSE_FIN], IN_TURN / 4);
    CU_ASSERT_EQUAL(run.reasons[CLOSE_RESET], IN_TURN - IN_TURN / 4);
    CU_ASSERT_EQUAL(run.bytes, UINT64_C(1) * PAYLOAD * (IN_TURN / 4));
}

/* Brings a flow into a phase; false if that closes it. */
static bool enter(uint32_t n, enum phase phase) {
    run.bored = phase == PHASE_OTHER;
    if (phase == PHASE_HALF_OPEN) {
        from_client(n, TCP_SYN, 0, 0);
        return true;
    }
    open_flow(n);
    if (phase == PHASE_CLOSING)
        from_client(n, TCP_FIN | TCP_ACK, 1, 0);
    else if (phase == PHASE_CLOSED)
        from_client(n, TCP_RST, 1, 0);
    else
        from_client(n, TCP_ACK, 1, PAYLOAD);
    return phase != PHASE_CLOSED;
}

/* So long is each remembered, as docs and capture/tracker.c say. */
static const int64_t IDLE[PHASES] = {
    [PHASE_CLOSED] = 120 * SEC, [PHASE_HALF_OPEN] = 300 * SEC, [PHASE_CLOSING] = 120 * SEC,
    [PHASE_OTHER] = 3600 * SEC, [PHASE_OPEN] = 7500 * SEC,
};

static void idle_flows_end_in_their_time(void) {
    for (enum phase phase = PHASE_HALF_OPEN; phase < PHASES; phase++) {
        begin();
        CU_ASSERT_TRUE(enter(1, phase));
        pass(IDLE[phase] - 2 * SEC);
        CU_ASSERT_EQUAL(run.closed, 0);
        pass(4 * SEC);
        CU_ASSERT_EQUAL(run.closed, 1);
        CU_ASSERT_EQUAL(run.reasons[phase == PHASE_CLOSING ? CLOSE_FIN : CLOSE_TIMEOUT], 1);
        end(1);
        CU_ASSERT_EQUAL(run.tally.limits[LIMIT_FLOWS], 0);
    }
}

/* A late packet is no new flow as long as the closed one is remembered. */
static void closed_flows_are_forgotten_in_their_time(void) {
    begin();
    CU_ASSERT_FALSE(enter(1, PHASE_CLOSED));
    CU_ASSERT_EQUAL(run.closed, 1);
    pass(IDLE[PHASE_CLOSED] - 2 * SEC);
    from_client(1, TCP_ACK, 1, PAYLOAD);
    CU_ASSERT_EQUAL(run.tally.flows, 1);
    pass(IDLE[PHASE_CLOSED] + 2 * SEC);
    from_client(1, TCP_ACK, 1, PAYLOAD);
    CU_ASSERT_EQUAL(run.tally.flows, 2);
    end(2);
}

/* The table is filled with the same number of each phase, the most useful first. Then new flows take their place. */
static void the_least_useful_makes_room(void) {
    enum { EACH = TABLE / PHASES };
    begin();
    uint32_t n = 0;
    for (int phase = PHASES - 1; phase >= 0; phase--)
        for (int i = 0; i < EACH; i++)
            enter(n++, (enum phase)phase);
    run.bored = false;
    CU_ASSERT_EQUAL(run.closed, EACH);
    CU_ASSERT_EQUAL(run.tally.limits[LIMIT_FLOWS], 0);
    for (int i = 0; i < EACH; i++)
        enter(n++, PHASE_OPEN);
    CU_ASSERT_EQUAL(run.closed, EACH); /* those that were closed go first, and nothing is lost */
    CU_ASSERT_EQUAL(run.tally.limits[LIMIT_FLOWS], 0);
    uint64_t closed = run.closed;
    for (int phase = PHASE_HALF_OPEN; phase < PHASES; phase++) /* the ids are in the order of phases, from the last */
        for (uint64_t i = 1; i <= EACH; i++) {
            enter(n++, PHASE_OPEN);
            closed++;
            run.wrong += run.closed != closed;
            run.wrong += run.latest_closed != (uint64_t)(PHASES - 1 - phase) * EACH + i;
        }
    CU_ASSERT_EQUAL(run.wrong, 0);
    CU_ASSERT_EQUAL(run.tally.limits[LIMIT_FLOWS], TABLE - EACH);
    end(n);
}

static void endpoints_used_again(void) {
    begin();
    for (uint32_t i = 0; i < 1000; i++) { /* one after the other */
        enter(1, PHASE_CLOSED);
        pass(2 * SEC);
    }
    CU_ASSERT_EQUAL(run.tally.flows, 1000);
    CU_ASSERT_EQUAL(run.reasons[CLOSE_RESET], 1000);
    open_flow(1);
    for (uint32_t i = 1; i <= 1000; i++) { /* without an end, with other sequence numbers */
        send_seq(1, FROM_CLIENT, TCP_SYN, CLIENT_ISN + i * 1000000, 0, 0);
        send_seq(1, FROM_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + i * 1000000 + 1, 0);
    }
    CU_ASSERT_EQUAL(run.tally.flows, 2001);
    CU_ASSERT_EQUAL(run.reasons[CLOSE_TIMEOUT], 1000);
    for (uint32_t i = 0; i < 1000; i++) { /* while closing */
        uint32_t isn = CLIENT_ISN + i * 100;
        send_seq(2, FROM_CLIENT, TCP_SYN, isn, 0, 0);
        send_seq(2, FROM_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, isn + 1, 0);
        send_seq(2, FROM_CLIENT, TCP_FIN | TCP_ACK, isn + 1, SERVER_ISN + 1, 0);
    }
    CU_ASSERT_EQUAL(run.tally.flows, 3001);
    CU_ASSERT_EQUAL(run.reasons[CLOSE_FIN], 999);
    end(3001);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

enum { PART = 20000 };

/* The last SYNs of a flood are no slower than the first: by far less than the twenty times that are asked for here,
 * which a list where there should be a table would exceed a hundredfold. */
static void flood(uint32_t count, void (*send)(uint32_t n)) {
    begin();
    double start = seconds();
    double first = 0;
    double last = 0;
    for (uint32_t n = 0; n < count; n++) {
        if (n == count - PART)
            last = seconds();
        run.time += US;
        send(n);
        if (n == PART - 1)
            first = seconds() - start;
    }
    last = seconds() - last;
    CU_ASSERT_TRUE(last < 20 * first);
    printf("%.0f and %.0f ns each ", first * 1e9 / PART, last * 1e9 / PART);
    end(count);
}

static void syn(uint32_t n) { from_client(n, TCP_SYN, 0, 0); }

static void syn_on_its_own_lane(uint32_t n) {
    run.lane = n;
    send_seq(1, FROM_CLIENT, TCP_SYN, n << 12, 0, 0);
}

static void a_flood_does_not_slow_it_down(void) {
    flood(1000000, syn);
    CU_ASSERT_EQUAL(run.tally.limits[LIMIT_FLOWS], 1000000 - TABLE);
}

/* The same endpoints in more tags, tunnels and interfaces than there are. */
static void nor_does_one_of_lanes(void) {
    flood(200000, syn_on_its_own_lane);
    CU_ASSERT_TRUE(run.tally.limits[LIMIT_FLOWS] > 0);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a hundred thousand at once", a_hundred_thousand_at_once},
        {"two million in turn", two_million_in_turn},
        {"idle flows end in their time", idle_flows_end_in_their_time},
        {"closed flows are forgotten in their time", closed_flows_are_forgotten_in_their_time},
        {"the least useful makes room", the_least_useful_makes_room},
        {"endpoints used again", endpoints_used_again},
        {"a flood does not slow it down", a_flood_does_not_slow_it_down},
        {"nor does one of lanes", nor_does_one_of_lanes},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/flows", tests);
}
