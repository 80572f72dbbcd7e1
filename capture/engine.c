/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* pcap.h and nids.h use u_int and u_char */
#include "capture/engine.h"

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <nids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The only file that knows libnids. It keeps its state in globals, so what is needed to get from its callback back to
 * us is global here too; and it cannot safely be initialised twice, so it is initialised once and never ended.
 * Measured with libnids 1.26; what rests on its inner workings is checked at every start: see CHECKS. */

enum { IP_SIZE = 20, HEADER_SIZE = 40, WSCALE_SIZE = 4 };

/* libnids drops the whole queue of a stream when the packets in it count for more than 65,535 octets; each counts for
 * its size plus this. Less than nothing keeps it from ever dropping one: reassembly.c bounds the queues instead. */
enum { UNCOUNTED = -200000 };
static_assert(INT64_C(1) * UNCOUNTED * ENGINE_QUEUE_MAX > INT_MIN, "libnids adds them up in an int");

static struct {
    struct engine_stream *stream; /* that is being fed */
    engine_handler handler;
    void *owner;
    bool surprised; /* libnids did what should be impossible */
} now;

/* libnids is silent about what it cannot do, and loud about packets; all of them are made here. */
static void warned(int type, int number, struct ip *header, void *data) {
    (void)type, (void)number, (void)header, (void)data;
    now.surprised = true;
}

/* libnids does not survive the return of this hook. */
static void no_memory(char *where) {
    fprintf(stderr, "bindsight: out of memory in libnids (%s)\n", where);
    exit(2);
}

static void established(struct tcp_stream *nids) {
    nids->server.collect = 1;
    now.stream->nids = nids;
}

static void arrived(struct tcp_stream *nids) {
    const struct half_stream *half = &nids->server;
    if (half->count_new <= 0)
        return;
    size_t len = (size_t)half->count_new;
    size_t old = (unsigned)half->count - (unsigned)half->offset - len; /* both wrap at 2 GB */
    struct engine_stream *stream = now.stream;
    if (!stream->filling)
        now.handler(now.owner, stream, (struct bytes){(const uint8_t *)half->data + old, len});
    stream->filling = false;
    stream->next += (uint32_t)len;
}

/* libnids frees the stream. No packet of ours gives it a reason to; if it finds one, nothing is told any more. */
static void ended(const struct tcp_stream *nids) {
    now.surprised = true;
    if (now.stream->nids == nids)
        now.stream->nids = NULL;
}

static void nids_callback(struct tcp_stream *nids, void **unused) {
    (void)unused;
    if (nids->nids_state == NIDS_JUST_EST)
        established(nids);
    else if (nids->nids_state != NIDS_DATA)
        ended(nids);
    else if (nids == now.stream->nids)
        arrived(nids);
    else
        now.surprised = true;
}

static void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* The slot makes the synthetic connection unique: client 1.0.0.0 + slot, server 2.0.0.0, ports 1 and 2. */
enum sender { CLIENT, SERVER };

static void feed(uint32_t slot, enum sender sender, uint8_t flags, uint32_t seq, uint32_t ack, struct bytes payload) {
    static _Alignas(8) uint8_t packet[HEADER_SIZE + WSCALE_SIZE + ENGINE_PIECE_MAX]; /* libnids wants it writable */
    bool syn = (flags & TH_SYN) != 0;
    size_t header = HEADER_SIZE + (syn ? WSCALE_SIZE : 0);
    size_t size = header + payload.len;
    assert(payload.len <= ENGINE_PIECE_MAX);
    memset(packet, 0, header);
    packet[0] = 0x45;
    put16(packet + 2, (uint32_t)size);
    packet[8] = 64;
    packet[9] = IPPROTO_TCP;
    uint32_t client = UINT32_C(0x01000000) + slot;
    uint32_t server = UINT32_C(0x02000000);
    put32(packet + 12, sender == CLIENT ? client : server);
    put32(packet + 16, sender == CLIENT ? server : client);
    uint8_t *tcp = packet + IP_SIZE;
    put16(tcp, sender == CLIENT ? 1 : 2);
    put16(tcp + 2, sender == CLIENT ? 2 : 1);
    put32(tcp + 4, seq);
    put32(tcp + 8, ack);
    tcp[12] = syn ? 0x60 : 0x50;
    tcp[13] = flags;
    put16(tcp + 14, 65535);
    if (syn)
        put32(tcp + 20, 0x03030e01); /* window scale 14, so that nothing is ever beyond the window; no-operation */
    if (payload.len != 0)
        memcpy(packet + header, payload.at, payload.len);
    struct pcap_pkthdr frame = {.caplen = (bpf_u_int32)size, .len = (bpf_u_int32)size};
    nids_pcap_handler(NULL, &frame, packet);
}

bool engine_open(struct engine_stream *stream, uint32_t slot, uint32_t next) {
    static const struct bytes nothing;
    *stream = (struct engine_stream){.slot = slot, .next = next};
    now.stream = stream;
    feed(slot, CLIENT, TH_SYN, next - 1, 0, nothing);
    feed(slot, SERVER, TH_SYN | TH_ACK, 0, next, nothing);
    feed(slot, CLIENT, TH_ACK, next, 1, nothing);
    now.stream = NULL;
    return stream->nids != NULL;
}

void engine_close(struct engine_stream *stream) {
    if (stream->nids != NULL)
        nids_free_tcp_stream(stream->nids);
    stream->nids = NULL;
}

static void put(struct engine_stream *stream, uint32_t seq, struct bytes bytes, engine_handler handler, void *owner) {
    now.stream = stream;
    now.handler = handler;
    now.owner = owner;
    /* What the server has acknowledged: libnids drops what is older, or 1 GB ahead. */
    stream->nids->server.ack_seq = stream->next;
    feed(stream->slot, CLIENT, TH_ACK, seq, 1, bytes);
    now.stream = NULL;
}

void engine_put(struct engine_stream *stream, uint32_t seq, struct bytes bytes, engine_handler handler, void *owner) {
    if (bytes.len != 0 && stream->nids != NULL)
        put(stream, seq, bytes, handler, owner);
}

/* libnids expects the byte first_data_seq + count. So count moves on, all but one, and one byte that is none makes it
 * look at what it has queued. offset, the part of count that is no longer in the buffer, moves with it. */
void engine_skip(struct engine_stream *stream, uint32_t n, engine_handler handler, void *owner) {
    static const uint8_t filler[1];
    if (stream->nids == NULL) {
        stream->next += n;
        return;
    }
    struct half_stream *half = &stream->nids->server;
    half->count = (int)((unsigned)half->count + (n - 1));
    half->offset = (int)((unsigned)half->offset + (n - 1));
    stream->next += n - 1;
    stream->filling = true;
    put(stream, stream->next, (struct bytes){filler, 1}, handler, owner);
}

enum { TEST_PIECE = 1400, TEST_PIECES = 64, TEST_LEN = TEST_PIECES * TEST_PIECE, TEST_NOISE = 0xff };

/* What a check was told. Octet `seq` of the stream in a slot is (seq + 101 slot) modulo 251, so that bytes of another
 * place or another stream show. */
struct test {
    size_t len;
    unsigned pieces;
    bool wrong;
};

static uint8_t test_octet(const struct engine_stream *stream, uint32_t seq) {
    return (uint8_t)((seq + 101 * stream->slot) % 251);
}

static void compare(void *owner, const struct engine_stream *stream, struct bytes bytes) {
    struct test *test = owner;
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.at[i] != test_octet(stream, stream->next + (uint32_t)i))
            test->wrong = true;
    test->len += bytes.len;
    test->pieces++;
}

static void test_put(struct engine_stream *stream, uint32_t seq, size_t len, struct test *test) {
    uint8_t piece[TEST_PIECE];
    for (size_t i = 0; i < len; i++)
        piece[i] = test_octet(stream, seq + (uint32_t)i);
    engine_put(stream, seq, (struct bytes){piece, len}, compare, test);
}

static void test_noise(struct engine_stream *stream, uint32_t seq, size_t len, struct test *test) {
    uint8_t piece[TEST_PIECE];
    memset(piece, TEST_NOISE, len);
    engine_put(stream, seq, (struct bytes){piece, len}, compare, test);
}

static bool was_told(const struct test *test, size_t len, unsigned pieces) {
    return !test->wrong && test->len == len && test->pieces == pieces;
}

/* The settings are where nids.h says: these are the values that they begin with. Asked before they are set. */
static bool has_our_settings(void) {
    return nids_params.n_tcp_streams == 1040 && nids_params.sk_buff_size == 168 && nids_params.dev_addon == -1 &&
           nids_params.scan_num_hosts == 256 && nids_params.queue_limit == 20000 &&
           nids_params.tcp_flow_timeout == 3600;
}

/* The fields of a stream are where nids.h says, those that are used and those around them. */
static bool has_our_fields(void) {
    struct engine_stream stream;
    struct test test = {0};
    const uint32_t begin = 0x12345678;
    if (!engine_open(&stream, 1, begin))
        return false;
    const struct tcp_stream *nids = stream.nids;
    const struct half_stream *half = &nids->server;
    bool sound = nids->nids_state == NIDS_DATA && nids->addr.source == 1 && nids->addr.dest == 2 &&
                 nids->addr.saddr == htonl(0x01000001) && nids->addr.daddr == htonl(0x02000000) &&
                 nids->client.first_data_seq == begin && half->ack_seq == begin && half->collect == 1 &&
                 half->count == 0 && half->offset == 0 && half->rmem_alloc == 0 && half->listtail == NULL;
    test_put(&stream, begin, 10, &test);
    sound = sound && half->count == 10 && half->offset == 10 && half->count_new == 0 && half->urg_count == 0;
    test_put(&stream, begin + 20, 10, &test);
    sound = sound && half->count == 10 && half->rmem_alloc < 0 && half->list != NULL && half->listtail == half->list;
    test_put(&stream, begin + 10, 10, &test);
    sound = sound && half->count == 30 && half->rmem_alloc == 0 && half->list == NULL && half->listtail == NULL;
    engine_close(&stream);
    return sound && was_told(&test, 30, 3);
}

/* More than 65,535 octets in reverse order, across the wrap of the sequence numbers. Each piece is told by itself. */
static bool orders_a_long_queue(void) {
    struct engine_stream stream;
    struct test test = {0};
    const uint32_t begin = UINT32_C(0xffff8000);
    if (!engine_open(&stream, 0, begin))
        return false;
    for (uint32_t i = TEST_PIECES - 1; i > 0; i--)
        test_put(&stream, begin + i * TEST_PIECE, TEST_PIECE, &test);
    bool waits = was_told(&test, 0, 0);
    test_put(&stream, begin, TEST_PIECE, &test);
    bool ordered = was_told(&test, TEST_LEN, TEST_PIECES) && stream.next == begin + (uint32_t)test.len;
    engine_close(&stream);
    return waits && ordered;
}

/* What was told is passed over; of pieces that wait, the one that begins first wins, and of those that begin at once
 * the one that came first. */
static bool trims_overlaps(void) {
    struct engine_stream stream;
    struct test test = {0};
    if (!engine_open(&stream, 0, 0))
        return false;
    test_put(&stream, 100, 100, &test);
    test_noise(&stream, 100, 50, &test);
    test_put(&stream, 150, 150, &test);
    test_noise(&stream, 200, 100, &test);
    test_put(&stream, 290, 20, &test);
    test_put(&stream, 0, 50, &test);
    test_noise(&stream, 10, 40, &test);
    bool waits = was_told(&test, 50, 1);
    test_put(&stream, 40, 60, &test);
    bool trimmed = was_told(&test, 310, 5) && stream.next == 310;
    engine_close(&stream);
    return waits && trimmed;
}

/* A hole is given up: a small one, one of a gigabyte, and one after which libnids counts across 2 GB. */
static bool skips_holes(void) {
    struct engine_stream stream;
    struct test test = {0};
    const uint32_t far = (1 << 30) - (1 << 16);
    if (!engine_open(&stream, 0, 5))
        return false;
    test_put(&stream, 1005, 10, &test);
    engine_skip(&stream, 1000, compare, &test);
    bool sound = was_told(&test, 10, 1) && stream.next == 1015;
    test_put(&stream, 1015 + far, 10, &test);
    sound = sound && was_told(&test, 10, 1);
    engine_skip(&stream, far, compare, &test);
    sound = sound && was_told(&test, 20, 2) && stream.next == 1025 + far;
    engine_skip(&stream, INT_MAX - (stream.next - 5) - 100, compare, &test);
    test_put(&stream, stream.next + 50, 200, &test);
    test_put(&stream, stream.next, 50, &test);
    test_put(&stream, stream.next, 1, &test);
    sound = sound && was_told(&test, 271, 5) && stream.next == 5 + (uint32_t)INT_MAX - 100 + 251;
    engine_close(&stream);
    return sound;
}

/* Two at once, with the same sequence numbers; one is closed while bytes wait, and its slot is used again. */
static bool keeps_streams_apart(void) {
    struct engine_stream first, second;
    struct test one = {0};
    struct test other = {0};
    if (!engine_open(&first, 0, 7) || !engine_open(&second, ENGINE_STREAMS - 1, 7))
        return false;
    test_put(&first, 17, 10, &one);
    test_put(&second, 7, 10, &other);
    test_put(&second, 27, 10, &other);
    bool apart = was_told(&one, 0, 0) && was_told(&other, 10, 1);
    test_put(&first, 7, 10, &one);
    test_noise(&first, 40, 10, &one);
    apart = apart && was_told(&one, 20, 2) && was_told(&other, 10, 1);
    engine_close(&first);
    if (!engine_open(&first, 0, 30))
        return false;
    test_put(&first, 30, 20, &one);
    test_put(&second, 17, 10, &other);
    apart = apart && was_told(&one, 40, 3) && was_told(&other, 30, 3);
    engine_close(&first);
    engine_close(&second);
    return apart;
}

/* All that this file, and reassembly.c beside it, expects of libnids beyond its manual. */
static const struct {
    bool (*holds)(void);
    const char *what;
} CHECKS[] = {
    {has_our_fields, "the fields of a stream"}, {orders_a_long_queue, "a long queue"},
    {trims_overlaps, "bytes that overlap"},     {skips_holes, "a hole that is given up"},
    {keeps_streams_apart, "two streams"},
};

/* What does not hold; NULL: all does. */
static const char *self_test(void) {
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++)
        if (!CHECKS[i].holds())
            return CHECKS[i].what;
    return now.surprised ? "its warnings" : NULL;
}

/* nids_register_tcp takes the function as a void *, which ISO C does not know. */
static void register_callback(void) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
    nids_register_tcp((void *)nids_callback);
#pragma GCC diagnostic pop
}

static void set_parameters(pcap_t *pcap) {
    nids_params.pcap_desc = pcap;
    nids_params.n_tcp_streams = ENGINE_STREAMS / 3 * 4 + 16; /* it uses three quarters of them */
    nids_params.sk_buff_size = UNCOUNTED;
    nids_params.scan_num_hosts = 0;
    nids_params.multiproc = 0;
    nids_params.tcp_workarounds = 0;
    nids_params.one_loop_less = 0;
    nids_params.syslog = warned;
    nids_params.no_mem = no_memory;
}

static const char DIFFERENT[] = "libnids is not as its version 1.26 is (%s differs); install that version";

static bool start(char *error, size_t error_size) {
    static struct nids_chksum_ctl any_checksum = {.action = NIDS_DONT_CHKSUM}; /* libnids keeps the pointer */
    if (!has_our_settings()) {
        snprintf(error, error_size, DIFFERENT, "what it can be set to");
        return false;
    }
    pcap_t *pcap = pcap_open_dead(DLT_RAW, 65535);
    set_parameters(pcap);
    if (pcap == NULL || !nids_init()) {
        snprintf(error, error_size, "libnids cannot be initialised: %s", pcap == NULL ? "out of memory" : nids_errbuf);
        return false;
    }
    nids_register_chksum_ctl(&any_checksum, 1);
    register_callback();
    const char *differs = self_test();
    if (differs != NULL)
        snprintf(error, error_size, DIFFERENT, differs);
    return differs == NULL;
}

bool engine_start(char *error, size_t error_size) {
    static bool tried, started;
    static char line[256];
    if (!tried)
        started = start(line, sizeof line);
    tried = true;
    if (!started)
        snprintf(error, error_size, "%s", line);
    return started;
}
