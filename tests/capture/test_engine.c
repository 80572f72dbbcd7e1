/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* pcap.h and nids.h use u_int and u_char */
#include "capture/engine.h"
#include "tests/unit.h"

#include <nids.h> /* to be another libnids than the one that engine.c expects */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The engine with the libnids that is installed, and with some that differ from it: the linker's --wrap puts what is
 * below between the engine and libnids. libnids can be started once in a process, so each of those has its own. */

enum difference {
    NONE,
    /* In its nth packet */
    PACKET_LOST,
    PACKET_CORRUPTED,
    PACKET_SHIFTED,
    PACKET_RESETS,
    /* In the nth time that it tells bytes */
    BYTES_LOST,
    BYTES_CORRUPTED,
    BYTES_CUT,
    BYTES_AS_TIMEOUT,
    BYTES_WITH_WARNING,
    /* Altogether */
    NO_START,
    OTHER_SETTINGS,
    BOUNDED_QUEUE,
    CHECKSUMS,
    STREAMS_STAY
};

static struct {
    enum difference difference;
    unsigned n;
    unsigned packets, told, inits;
    bool harmless; /* it is in bytes that are there to be passed over */
    bool freed_twice;
    const struct tcp_stream *reset; /* libnids has freed it */
    void (*callback)(struct tcp_stream *stream, void **parameter);
} fake;

void __real_nids_pcap_handler(u_char *user, struct pcap_pkthdr *header, u_char *packet);
void __wrap_nids_pcap_handler(u_char *user, struct pcap_pkthdr *header, u_char *packet);
int __real_nids_init(void);
int __wrap_nids_init(void);
void __real_nids_register_tcp(void *function);
void __wrap_nids_register_tcp(void *function);
void __real_nids_register_chksum_ctl(struct nids_chksum_ctl *control, int count);
void __wrap_nids_register_chksum_ctl(struct nids_chksum_ctl *control, int count);
void __real_nids_free_tcp_stream(struct tcp_stream *stream);
void __wrap_nids_free_tcp_stream(struct tcp_stream *stream);

enum { SEQ = 24, OFFSET = 32, FLAGS = 33, NOISE = 0xff };

/* Noise, and the octet that fills a hole. */
static bool is_passed_over(const u_char *payload, size_t len) {
    return len == 0 || payload[0] == NOISE || (len == 1 && payload[0] == 0);
}

void __wrap_nids_pcap_handler(u_char *user, struct pcap_pkthdr *header, u_char *packet) {
    size_t payload = 20 + (size_t)(packet[OFFSET] >> 4) * 4;
    size_t len = header->caplen - payload;
    bool now = ++fake.packets == fake.n;
    bool over = is_passed_over(packet + payload, len);
    if (now && fake.difference == PACKET_LOST) {
        fake.harmless = len != 0 && packet[payload] == NOISE;
        return;
    }
    if (now && fake.difference == PACKET_CORRUPTED) {
        packet[payload + len - 1] ^= len != 0;
        fake.harmless = over;
    } else if (now && fake.difference == PACKET_SHIFTED) {
        packet[SEQ + 3]++;
        fake.harmless = len == 0 || packet[payload] == NOISE;
    } else if (now && fake.difference == PACKET_RESETS) {
        fake.harmless = (packet[FLAGS] & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK); /* it has no eye for it there */
        packet[FLAGS] |= TH_RST;
    }
    __real_nids_pcap_handler(user, header, packet);
}

static void callback(struct tcp_stream *stream, void **parameter) {
    bool now = stream->nids_state == NIDS_DATA && ++fake.told == fake.n;
    if (stream->nids_state == NIDS_RESET)
        fake.reset = stream;
    else if (stream == fake.reset)
        fake.reset = NULL;
    if (now && fake.difference == BYTES_LOST)
        return;
    if (now && fake.difference == BYTES_CUT)
        stream->server.count_new--;
    if (now && fake.difference == BYTES_CORRUPTED) {
        fake.harmless = is_passed_over((const u_char *)stream->server.data, (size_t)stream->server.count_new);
        stream->server.data[0] ^= 1;
    }
    if (now && fake.difference == BYTES_WITH_WARNING)
        nids_params.syslog(NIDS_WARN_TCP, NIDS_WARN_TCP_BIGQUEUE, NULL, NULL);
    if (now && fake.difference == BYTES_AS_TIMEOUT)
        stream->nids_state = NIDS_TIMED_OUT;
    fake.callback(stream, parameter);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" /* libnids takes functions as void * */
void __wrap_nids_register_tcp(void *function) {
    fake.callback = function;
    __real_nids_register_tcp((void *)callback);
}
#pragma GCC diagnostic pop

int __wrap_nids_init(void) {
    fake.inits++;
    if (fake.difference == BOUNDED_QUEUE)
        nids_params.sk_buff_size = 168;
    if (fake.difference == NO_START)
        snprintf(nids_errbuf, 32, "no day for it");
    return fake.difference == NO_START ? 0 : __real_nids_init();
}

void __wrap_nids_register_chksum_ctl(struct nids_chksum_ctl *control, int count) {
    if (fake.difference != CHECKSUMS)
        __real_nids_register_chksum_ctl(control, count);
}

void __wrap_nids_free_tcp_stream(struct tcp_stream *stream) {
    fake.freed_twice |= stream == fake.reset;
    if (fake.difference != STREAMS_STAY)
        __real_nids_free_tcp_stream(stream);
}

/* What came of engine_start, called twice. */
struct outcome {
    bool started, again, harmless, freed_twice;
    unsigned packets, told, inits;
    char line[256], line_again[256];
};

static struct outcome start_in_child(enum difference difference, unsigned n) {
    struct outcome o = {0};
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t child = fork();
    CU_ASSERT_NOT_EQUAL_FATAL(child, -1);
    if (child == 0) {
        fake.difference = difference;
        fake.n = n;
        if (difference == OTHER_SETTINGS)
            nids_params.tcp_flow_timeout = 0;
        o.started = engine_start(o.line, sizeof o.line);
        o.again = engine_start(o.line_again, sizeof o.line_again);
        o.harmless = fake.harmless;
        o.freed_twice = fake.freed_twice;
        o.packets = fake.packets;
        o.told = fake.told;
        o.inits = fake.inits;
        _exit(write(ends[1], &o, sizeof o) == sizeof o ? 0 : 1);
    }
    close(ends[1]);
    int status = 0;
    CU_ASSERT_EQUAL(read(ends[0], &o, sizeof o), sizeof o);
    close(ends[0]);
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
    return o;
}

static void libnids_as_it_is(void) {
    struct outcome o = start_in_child(NONE, 0);
    CU_ASSERT_TRUE(o.started && o.again);
    CU_ASSERT_EQUAL(o.inits, 1);
    CU_ASSERT_TRUE(o.packets > 64 && o.told > 64);
}

static bool is_refused(const struct outcome *o) {
    return !o->started && !o->again && !o->freed_twice && strcmp(o->line, o->line_again) == 0 &&
           strstr(o->line, "libnids is not as its version 1.26 is (") != NULL && strchr(o->line, '\n') == NULL;
}

/* n counts from 1. How many of them made no difference. */
static unsigned each_is_refused(enum difference difference, unsigned count) {
    unsigned harmless = 0;
    for (unsigned n = 1; n <= count; n++) {
        struct outcome o = start_in_child(difference, n);
        harmless += o.harmless;
        if (!o.harmless && !is_refused(&o)) {
            CU_FAIL("a libnids that differs is taken");
            printf("\n      difference %d in number %u: \"%s\" ", (int)difference, n, o.line);
        }
    }
    return harmless;
}

/* Of the self-test: packets that are to be passed over, holes given up, streams opened with three packets each. */
enum { NOISES = 4, FILLERS = 3, STREAMS = 7 };

static void other_packets(void) {
    unsigned count = start_in_child(NONE, 0).packets;
    CU_ASSERT_EQUAL(each_is_refused(PACKET_LOST, count), NOISES);
    CU_ASSERT_EQUAL(each_is_refused(PACKET_CORRUPTED, count), NOISES + FILLERS + 3 * STREAMS);
    CU_ASSERT_EQUAL(each_is_refused(PACKET_SHIFTED, count), NOISES + 3 * STREAMS);
    CU_ASSERT_EQUAL(each_is_refused(PACKET_RESETS, count), STREAMS);
}

static void other_bytes(void) {
    unsigned count = start_in_child(NONE, 0).told;
    for (enum difference d = BYTES_LOST; d <= BYTES_WITH_WARNING; d++)
        CU_ASSERT_EQUAL(each_is_refused(d, count), d == BYTES_CORRUPTED ? FILLERS : 0);
}

static void another_altogether(void) {
    for (enum difference d = OTHER_SETTINGS; d <= STREAMS_STAY; d++)
        CU_ASSERT_EQUAL(each_is_refused(d, 1), 0);
    struct outcome o = start_in_child(OTHER_SETTINGS, 0);
    CU_ASSERT_EQUAL(o.inits, 0);
}

/* It must not be initialised twice, not even after a failure. */
static void one_that_does_not_start(void) {
    struct outcome o = start_in_child(NO_START, 0);
    CU_ASSERT_FALSE(o.started || o.again);
    CU_ASSERT_STRING_EQUAL(o.line, "libnids cannot be initialised: no day for it");
    CU_ASSERT_STRING_EQUAL(o.line_again, o.line);
    CU_ASSERT_EQUAL(o.inits, 1);
}

static struct {
    struct engine_stream streams[ENGINE_STREAMS];
    uint32_t told[ENGINE_STREAMS];
    unsigned wrong;
} all;

static void note(void *owner, const struct engine_stream *stream, struct bytes bytes) {
    uint32_t slot = stream->slot;
    all.wrong += owner != &all.streams[slot] || stream != owner;
    for (size_t i = 0; i < bytes.len; i++)
        all.wrong += bytes.at[i] != (uint8_t)(slot + stream->next + i);
    all.told[slot] += (uint32_t)bytes.len;
}

static void put(uint32_t slot, uint32_t seq, size_t len) {
    uint8_t piece[16];
    for (size_t i = 0; i < len; i++)
        piece[i] = (uint8_t)(slot + seq + i);
    engine_put(&all.streams[slot], seq, (struct bytes){piece, len}, note, &all.streams[slot]);
}

static void as_many_streams_as_there_may_be(void) {
    char error[256];
    CU_ASSERT_TRUE_FATAL(engine_start(error, sizeof error));
    unsigned opened = 0;
    for (uint32_t slot = 0; slot < ENGINE_STREAMS; slot++)
        opened += engine_open(&all.streams[slot], slot, slot);
    CU_ASSERT_EQUAL(opened, ENGINE_STREAMS);
    for (uint32_t slot = 0; slot < ENGINE_STREAMS; slot++)
        put(slot, slot + 10, 10);
    for (uint32_t slot = 0; slot < ENGINE_STREAMS; slot++)
        CU_ASSERT_EQUAL(all.told[slot], 0);
    for (uint32_t slot = ENGINE_STREAMS; slot-- > 0;)
        put(slot, slot, 10);
    for (uint32_t slot = 0; slot < ENGINE_STREAMS; slot++) {
        CU_ASSERT_EQUAL(all.told[slot], 20);
        engine_close(&all.streams[slot]);
    }
    CU_ASSERT_EQUAL(all.wrong, 0);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"libnids as it is", libnids_as_it_is},
        {"other packets", other_packets},
        {"other bytes", other_bytes},
        {"another altogether", another_altogether},
        {"one that does not start", one_that_does_not_start},
        {"as many streams as there may be", as_many_streams_as_there_may_be},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/engine", tests);
}
