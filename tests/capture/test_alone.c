/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* nftw, mkstemp; pcap.h uses u_int */
#include "capture/intake.h"
#include "tests/capture/packets.h"
#include "tests/capture/told.h"
#include "tests/capture/undamaged.h"
#include "tests/unit.h"

#include <ftw.h>
#include <pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The streams that capture/ tells are those that libnids by itself tells, wherever a connection is whole: byte for
 * byte the same, of made conversations and of real ones. Which are whole is found out from the packets; the others,
 * which libnids by itself loses, are counted by what is wrong with them. */

enum { CAPTURES_MAX = 1000, TCP_URG = 0x20 };

struct subject {
    char *path;
    struct undamaged undamaged;
    struct told_list *alone; /* NULL: nothing to compare */
};

static struct subject subjects[CAPTURES_MAX];
static size_t subject_count;
static unsigned captures;
static unsigned long long counts[DAMAGES], bytes_compared;

/* Calls the handler for each frame of a capture that libpcap can read by itself. */
typedef void (*frame_handler)(void *context, const struct frame *frame);
static void each_frame(const char *path, frame_handler handler, void *context) {
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *data;
    struct frame frame = {0};
    pcap_t *pcap = pcap_open_offline(path, error);
    if (pcap == NULL)
        return;
    frame.link = pcap_datalink(pcap);
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        frame.bytes = (struct bytes){data, header->caplen};
        frame.wire = header->len;
        frame.seen.frame++;
        frame.seen.time = header->ts.tv_sec * INT64_C(1000000000) + header->ts.tv_usec * INT64_C(1000);
        handler(context, &frame);
    }
    pcap_close(pcap);
}

static void judge_frame(void *context, const struct frame *frame) {
    struct undamaged *u = context;
    struct packet packet = {0};
    enum decoded decoded = decode_frame(frame, &packet);
    if (decoded == DECODED_FRAGMENT)
        u->fragments = true;
    if (decoded != DECODED_TCP)
        return;
    struct bytes ip = plain_packet(frame->link, frame->bytes, frame->wire);
    undamaged_packet(u, &packet, ip.len != 0, (packet.flags & TCP_URG) != 0);
}

static bool has_whole(const struct undamaged *u) {
    for (uint32_t i = 0; i < u->count; i++)
        if (u->all[i].damage == WHOLE)
            return true;
    return false;
}

/* libnids has to be asked before it runs in this process. */
static void ask_libnids(const char *path) {
    CU_ASSERT_TRUE_FATAL(subject_count < CAPTURES_MAX);
    struct subject *s = &subjects[subject_count++];
    s->path = strdup(path);
    each_frame(path, judge_frame, &s->undamaged);
    undamaged_end(&s->undamaged);
    if (!has_whole(&s->undamaged))
        return;
    s->alone = malloc(sizeof *s->alone);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->alone);
    CU_ASSERT_TRUE(told_by_libnids(path, s->alone));
    CU_ASSERT_FALSE(s->alone->overflow);
}

static bool note(void *context, const struct segment *s) {
    struct told *told = s->flow->conversation;
    if (told == NULL)
        told = s->flow->conversation =
            told_add(context, &s->flow->sides[FROM_CLIENT].endpoint, &s->flow->sides[FROM_SERVER].endpoint);
    if (told != NULL && s->kind == SEGMENT_BYTES)
        told_bytes(told, s->direction, s->bytes);
    if (told != NULL && s->kind == SEGMENT_GAP)
        told->gap = true;
    return true;
}

static void take_frame(void *context, const struct frame *frame) {
    intake_frame(context, frame, true);
    intake_flush(context);
}

static void ask_ours(const char *path, struct told_list *list) {
    char error[256];
    struct intake intake;
    struct tally tally = {0};
    CU_ASSERT_TRUE_FATAL(intake_open(&intake, note, list, &tally, error, sizeof error));
    each_frame(path, take_frame, &intake);
    intake_close(&intake);
}

static bool same(const struct told *a, const struct told *b, const struct conversation *c) {
    if (a == NULL || b == NULL || a->gap || b->gap)
        return false;
    for (int d = 0; d < 2; d++)
        if (a->len[d] != c->sent[d].next || b->len[d] != a->len[d] || a->hash[d] != b->hash[d])
            return false;
    return true;
}

static void print_difference(const char *path, const struct conversation *c, const struct told *alone,
                             const struct told *ours) {
    char client[ENDPOINT_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE];
    printf("\n      %s: %s to %s", path, endpoint_text(&c->sides[0], client), endpoint_text(&c->sides[1], server));
    for (int d = 0; d < 2; d++)
        printf("; of %u bytes libnids tells %lld, ours %lld%s", c->sent[d].next,
               alone == NULL ? -1LL : (long long)alone->len[d], ours == NULL ? -1LL : (long long)ours->len[d],
               ours != NULL && ours->gap ? " with a gap" : "");
}

static void compare(const struct subject *s) {
    static struct told_list ours;
    memset(&ours, 0, sizeof ours);
    if (s->alone != NULL)
        ask_ours(s->path, &ours);
    for (uint32_t i = 0; i < s->undamaged.count; i++) {
        const struct conversation *c = &s->undamaged.all[i];
        counts[c->damage]++;
        if (c->damage != WHOLE)
            continue;
        const struct told *by_libnids = told_find(s->alone, &c->sides[0], &c->sides[1]);
        const struct told *by_us = told_find(&ours, &c->sides[0], &c->sides[1]);
        bytes_compared += c->sent[0].next + c->sent[1].next;
        if (same(by_libnids, by_us, c))
            continue;
        CU_FAIL("libnids by itself tells another stream");
        print_difference(s->path, c, by_libnids, by_us);
    }
    captures += s->alone != NULL;
}

/* Conversations that are whole: cut up, some packets twice, some overlapping, and out of order as far as nothing is
 * acknowledged before it was captured. */
enum { MADE = 300, AT_ONCE = 16, PACKETS_MAX = 800, STREAM_MAX = 40000, BURST = 16 };

struct made_packet {
    enum direction direction;
    uint8_t flags;
    uint32_t from, to, ack; /* offsets in the streams */
};

struct made {
    struct endpoint sides[2];
    uint32_t first[2], len[2], at[2];
    struct made_packet packets[PACKETS_MAX];
    size_t count, sent;
};

static uint64_t random_state = 1;

static uint32_t rnd(uint32_t below) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % below;
}

static void say(struct made *m, enum direction d, uint8_t flags, uint32_t from, uint32_t to) {
    if (m->count < PACKETS_MAX)
        m->packets[m->count++] = (struct made_packet){d, flags, from, to, m->at[!d]};
}

static void say_burst(struct made *m, enum direction d) {
    uint32_t begin = m->at[d];
    size_t first = m->count;
    uint32_t at = begin;
    for (uint32_t n = 1 + rnd(BURST); n > 0 && at < m->len[d]; n--) {
        uint32_t to = at + 1 + rnd(1460);
        if (to > m->len[d])
            to = m->len[d];
        uint32_t back = rnd(8) == 0 && to - begin < 1460 ? at - begin : 0;
        say(m, d, TCP_ACK, at - back, to);
        if (rnd(10) == 0)
            say(m, d, TCP_ACK, at, to);
        at = to;
    }
    for (size_t i = first; i + 1 < m->count; i++) {
        size_t other = i + rnd((uint32_t)(m->count - i < 4 ? m->count - i : 4));
        struct made_packet packet = m->packets[i];
        m->packets[i] = m->packets[other];
        m->packets[other] = packet;
    }
    m->at[d] = at;
    say(m, !d, TCP_ACK, m->at[!d], m->at[!d]);
}

static void make(struct made *m, uint32_t number) {
    memset(m, 0, sizeof *m);
    m->sides[0] = endpoint_of("10.1.0.1", (uint16_t)(20000 + number));
    m->sides[1] = endpoint_of(number % 2 == 0 ? "10.1.0.2" : "10.1.255.200", (uint16_t)(number % 3 == 0 ? 135 : 49152));
    for (int d = 0; d < 2; d++) {
        m->len[d] = rnd(rnd(4) == 0 ? STREAM_MAX : 4000);
        m->first[d] = rnd(2) == 0 ? 1 - rnd(m->len[d] + 1) : rnd(UINT32_C(0x7fffffff)) * 2;
    }
    say(m, FROM_CLIENT, TCP_SYN, 0, 0);
    say(m, FROM_SERVER, TCP_SYN | TCP_ACK, 0, 0);
    say(m, FROM_CLIENT, TCP_ACK, 0, 0);
    while (m->at[FROM_CLIENT] < m->len[FROM_CLIENT] || m->at[FROM_SERVER] < m->len[FROM_SERVER])
        say_burst(m, rnd(2) == 0 ? FROM_CLIENT : FROM_SERVER);
    uint32_t end = rnd(4);
    enum direction d = rnd(2) == 0 ? FROM_CLIENT : FROM_SERVER;
    if (end == 0) {
        say(m, d, TCP_RST | TCP_ACK, m->len[d], m->len[d]);
    } else if (end == 1) {
        say(m, d, TCP_FIN | TCP_ACK, m->len[d], m->len[d]);
        m->at[d]++;
        say(m, !d, TCP_FIN | TCP_ACK, m->len[!d], m->len[!d]);
        m->at[!d]++;
        say(m, d, TCP_ACK, m->len[d] + 1, m->len[d] + 1);
    }
    CU_ASSERT_TRUE(m->count < PACKETS_MAX);
}

static void send_next(struct made *m, pcap_dumper_t *dump, uint64_t number) {
    static struct buffer frame;
    static uint8_t payload[1460];
    const struct made_packet *p = &m->packets[m->sent++];
    enum direction d = p->direction;
    for (uint32_t i = p->from; i < p->to; i++)
        payload[i - p->from] = (uint8_t)((i * UINT32_C(2654435761)) >> 24) ^ (uint8_t)m->sides[0].port;
    uint32_t syn = (p->flags & TCP_SYN) != 0;
    struct tcp tcp = {.source = m->sides[d],
                      .destination = m->sides[!d],
                      .seq = m->first[d] + p->from - syn,
                      .ack = (p->flags & TCP_ACK) != 0 ? m->first[!d] + p->ack : 0,
                      .flags = p->flags,
                      .window = 65535,
                      .payload = {payload, p->to - p->from}};
    frame.len = 0;
    put_ethernet(&frame, (uint8_t)d, NULL, NULL, 0, 0x0800);
    put_tcp_packet(&frame, &tcp);
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame.len, .len = (bpf_u_int32)frame.len};
    header.ts.tv_sec = 1000 + (time_t)(number / 1000);
    header.ts.tv_usec = (suseconds_t)(number % 1000 * 1000);
    pcap_dump((u_char *)dump, &header, frame.at);
}

static void write_made(const char *path) {
    static struct made made[AT_ONCE];
    uint32_t begun = 0;
    uint32_t open = 0;
    uint64_t number = 0;
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 65535);
    pcap_dumper_t *dump = pcap_dump_open(pcap, path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dump);
    while (begun < MADE || open > 0) {
        struct made *m = &made[rnd(AT_ONCE)];
        if (m->sent < m->count) {
            send_next(m, dump, number++);
            open -= m->sent == m->count;
        } else if (begun < MADE) {
            make(m, begun++);
            open++;
        }
    }
    pcap_dump_close(dump);
    pcap_close(pcap);
}

static void print_and_clear_counts(const char *what) {
    printf("\n      %s: %u captures, %llu bytes; connections:", what, captures, bytes_compared);
    for (int i = 0; i < DAMAGES; i++)
        if (counts[i] != 0)
            printf(" %s %llu;", DAMAGE_NAMES[i], counts[i]);
    printf(" ");
    memset(counts, 0, sizeof counts);
    captures = 0;
    bytes_compared = 0;
}

static size_t made_end, samples_end, shared_end; /* in subjects */

static void made_conversations(void) {
    for (size_t i = 0; i < made_end; i++)
        compare(&subjects[i]);
    CU_ASSERT_EQUAL(counts[WHOLE], MADE);
    CU_ASSERT_TRUE(bytes_compared > 1000000);
    print_and_clear_counts("made");
}

static void samples(void) {
    for (size_t i = made_end; i < samples_end; i++)
        compare(&subjects[i]);
    CU_ASSERT_TRUE(captures >= 20 && counts[WHOLE] >= 100 && bytes_compared > 200000);
    print_and_clear_counts("samples");
}

static void captures_from_elsewhere(void) {
    for (size_t i = samples_end; i < shared_end; i++)
        compare(&subjects[i]);
    if (shared_end == samples_end)
        printf("skipped: not there ");
    else
        CU_ASSERT_TRUE(counts[WHOLE] >= 20);
    print_and_clear_counts("elsewhere");
}

static int visit(const char *path, const struct stat *status, int type, struct FTW *where) {
    (void)status, (void)where;
    if (type == FTW_F)
        ask_libnids(path);
    return 0;
}

static void libnids_is_asked(void) {
    char path[] = "/tmp/bindsight-made-XXXXXX";
    int file = mkstemp(path);
    CU_ASSERT_NOT_EQUAL_FATAL(file, -1);
    close(file);
    write_made(path);
    ask_libnids(path);
    made_end = subject_count;
    nftw("samples", visit, 8, FTW_PHYS);
    samples_end = subject_count;
    nftw("../shared/captures", visit, 8, FTW_PHYS);
    shared_end = subject_count;
    CU_ASSERT_TRUE(made_end < samples_end);
}

static void the_end(void) {
    unlink(subjects[0].path);
    for (size_t i = 0; i < subject_count; i++) {
        undamaged_free(&subjects[i].undamaged);
        free(subjects[i].alone);
        free(subjects[i].path);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"libnids is asked", libnids_is_asked},
        {"made conversations", made_conversations},
        {"samples", samples},
        {"captures from elsewhere", captures_from_elsewhere},
        {"the end", the_end},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/alone", tests);
}
