/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* nftw, MAP_ANONYMOUS, TH_SYN; pcap.h uses u_int and u_char */
#include "capture/intake.h"
#include "tests/capture/packets.h"
#include "tests/capture/watched.h"
#include "tests/unit.h"

#include <ftw.h>
#include <netinet/tcp.h>
#include <pcap.h>
#include <string.h>
#include <sys/mman.h>

/* What crashes libnids by itself, or makes it stop, cannot reach it: the packets that do so are fed as frames, and
 * everything that libnids is then given is looked at. Frames lie in memory that cannot be written to, and behind them
 * is none. */

/* One capture, and how many octets of streams it told. */
static struct {
    struct intake intake;
    struct tally tally;
    uint64_t frame, told, gaps, cut;
    uint8_t *page_end;
} run;

enum { PAGES = 128 * 1024, ALL_PAGES = 2 * PAGES };

static bool count(void *context, const struct segment *s) {
    (void)context;
    run.told += s->bytes.len;
    run.gaps += s->gap;
    run.cut += s->cut ? s->gap : 0;
    return true;
}

static void begin_with(segment_handler handler) {
    char error[256];
    if (run.page_end == NULL) {
        uint8_t *pages = mmap(NULL, ALL_PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CU_ASSERT_NOT_EQUAL_FATAL(pages, MAP_FAILED);
        CU_ASSERT_EQUAL_FATAL(mprotect(pages + PAGES, PAGES, PROT_NONE), 0);
        run.page_end = pages + PAGES;
    }
    run.frame = run.told = run.gaps = run.cut = 0;
    watched.wrong = 0;
    memset(&run.tally, 0, sizeof run.tally);
    CU_ASSERT_TRUE_FATAL(intake_open(&run.intake, handler, NULL, &run.tally, error, sizeof error));
    watched.packets = watched.streams = 0; /* without those of the self-test */
}

static void begin(void) { begin_with(count); }

static void end(void) {
    intake_close(&run.intake);
    CU_ASSERT_EQUAL(watched.wrong, 0);
    CU_ASSERT_EQUAL(watched.never, 0);
    CU_ASSERT_EQUAL(watched.inits, 1);
}

static void feed(int link, struct bytes captured, uint32_t wire) {
    uint8_t *at = run.page_end - captured.len;
    CU_ASSERT_FATAL(captured.len <= PAGES);
    mprotect(run.page_end - PAGES, PAGES, PROT_READ | PROT_WRITE);
    memcpy(at, captured.at, captured.len);
    mprotect(run.page_end - PAGES, PAGES, PROT_READ);
    watched.frame = (struct bytes){at, captured.len};
    struct frame frame = {.bytes = watched.frame, .wire = wire, .link = link};
    frame.seen = (struct sighting){++run.frame, (int64_t)run.frame * 1000000, 0};
    intake_frame(&run.intake, &frame, true);
    intake_flush(&run.intake);
    watched.frame = (struct bytes){0};
}

/* A conversation in which every packet has the same oddities. */
struct shape {
    const char *client, *server;
    const uint16_t *tags, *tag_types;
    size_t tag_count;
    struct bytes ip_options, tcp_options; /* of the data packets */
    uint8_t flags;                        /* of the data packets */
    uint32_t cut;                         /* octets that are not captured of each */
};

static void send_packet(const struct shape *shape, bool from_client, uint8_t flags, uint32_t seq, uint32_t ack,
                        struct bytes payload) {
    static struct buffer frame;
    static const uint8_t urgent[4] = {0xde, 0xad, 0, 1};
    struct endpoint client = endpoint_of(shape->client, 50000);
    struct endpoint server = endpoint_of(shape->server, 135);
    struct tcp tcp = {from_client ? client : server, from_client ? server : client, seq, ack, flags, 1024, payload};
    bool v4 = client.address.family == ADDRESS_IPV4;
    bool odd = payload.len != 0;
    frame.len = 0;
    put_ethernet(&frame, from_client, shape->tag_types, shape->tags, shape->tag_count, v4 ? 0x0800 : 0x86dd);
    uint8_t *ip = frame.at + frame.len;
    put_tcp_packet(&frame, &tcp);
    if (odd && v4) { /* the options come between */
        size_t more = shape->ip_options.len + shape->tcp_options.len;
        uint8_t *header = ip + 20 + shape->ip_options.len;
        memmove(header + 20 + shape->tcp_options.len, ip + 40, payload.len);
        memmove(header, ip + 20, 20);
        if (shape->ip_options.len != 0)
            memcpy(ip + 20, shape->ip_options.at, shape->ip_options.len);
        if (shape->tcp_options.len != 0)
            memcpy(header + 20, shape->tcp_options.at, shape->tcp_options.len);
        ip[0] = (uint8_t)(0x45 + shape->ip_options.len / 4);
        ip[2] = (uint8_t)((40 + more + payload.len) >> 8);
        ip[3] = (uint8_t)(40 + more + payload.len);
        header[12] = (uint8_t)(0x50 + shape->tcp_options.len * 4);
        if ((flags & TH_URG) != 0)
            memcpy(header + 16, urgent, 4);
        frame.len += more;
    }
    size_t cut = odd ? shape->cut : 0;
    feed(DLT_EN10MB, (struct bytes){frame.at, frame.len - cut}, (uint32_t)frame.len);
}

enum { PIECES = 6, PIECE = 100, STREAM = PIECES * PIECE };

/* The bytes come in the wrong order, so that they go to libnids. */
static void converse(const struct shape *shape) {
    static const uint32_t order[PIECES] = {3, 1, 5, 4, 0, 2};
    static const uint8_t data[STREAM];
    const struct bytes none = {0};
    uint32_t client = UINT32_C(0xffffff00);
    send_packet(shape, true, TH_SYN, client - 1, 0, none);
    send_packet(shape, false, TH_SYN | TH_ACK, 999, client, none);
    send_packet(shape, true, TH_ACK, client, 1000, none);
    for (int i = 0; i < PIECES; i++) {
        uint32_t at = order[i] * PIECE;
        send_packet(shape, true, shape->flags | TH_ACK, client + at, 1000, (struct bytes){data + at, PIECE});
    }
    send_packet(shape, true, TH_FIN | TH_ACK, client + STREAM, 1000, none);
}

/* converse, alone in its capture: libnids has had work, and all bytes are told. */
static void check_conversation(const struct shape *shape) {
    begin();
    converse(shape);
    CU_ASSERT_TRUE(watched.packets > 3);
    end();
    CU_ASSERT_EQUAL(run.told + run.gaps, STREAM);
    CU_ASSERT_EQUAL(run.gaps, (uint64_t)shape->cut * PIECES);
    CU_ASSERT_EQUAL(run.cut, run.gaps);
}

static const struct shape PLAIN = {.client = "10.0.0.1", .server = "10.0.0.2"};

/* scan.c: a negative index, by default for every SYN from there. */
static void syn_from_where_its_scan_detector_crashes(void) {
    char text[ADDRESS_TEXT_SIZE];
    struct shape shape = PLAIN;
    shape.client = text;
    for (unsigned y = 120; y < 256; y += 8)
        for (unsigned x = 0; x < 256; x += 51) {
            snprintf(text, sizeof text, "0.0.%u.%u", x, y);
            check_conversation(&shape);
        }
    snprintf(text, sizeof text, "0.0.255.200");
    check_conversation(&shape);
}

/* checksum.c: reads as long a header as the packet says, before asking whether that much is there. */
static void header_longer_than_the_packet(void) {
    static struct buffer frame;
    begin();
    for (uint32_t wire = 34; wire <= 134; wire += 50)
        for (uint32_t total = 0; total <= 100; total += 20) {
            frame.len = 0;
            put_ethernet(&frame, 1, NULL, NULL, 0, 0x0800);
            put_u16(&frame, 0x4f00);
            put_u16(&frame, total);
            put_u32(&frame, 0);
            put_u32(&frame, 0x40060000);
            put_u32(&frame, 0x0a000001);
            put_u32(&frame, 0x0a000002);
            feed(DLT_EN10MB, (struct bytes){frame.at, frame.len}, wire);
        }
    converse(&PLAIN);
    end();
}

static void feed_fragment(uint32_t id, uint32_t field, size_t len) {
    static struct buffer frame;
    frame.len = 0;
    put_ethernet(&frame, 1, NULL, NULL, 0, 0x0800);
    put_u16(&frame, 0x4500);
    put_u16(&frame, (uint32_t)(20 + len));
    put_u16(&frame, id);
    put_u16(&frame, field);
    put_u32(&frame, 0x40060000);
    put_u32(&frame, 0x0a000001);
    put_u32(&frame, 0x0a000002);
    for (size_t i = 0; i < len; i++)
        put_u8(&frame, (uint32_t)i);
    feed(DLT_EN10MB, (struct bytes){frame.at, frame.len}, (uint32_t)frame.len);
}

/* ip_fragment.c: reads eight octets of a fragment that has none; and writes to a freed list when it is ended with
 * fragments pending, and begun again. */
static void fragments(void) {
    static const uint32_t fields[] = {0x2000, 0x2001, 0x0001, 0x1fff, 0x3fff, 0x6000, 0xa000};
    for (int captures = 0; captures < 3; captures++) {
        begin();
        for (uint32_t id = 0; id < 300; id++)
            for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
                feed_fragment(id, fields[i], id % 4 == 0 ? 0 : id % 40);
        converse(&PLAIN);
        CU_ASSERT_TRUE(watched.packets > 3);
        end();
    }
}

/* ip_options.c: writes into the packet. */
static void ip_options(void) {
    static const uint8_t options[][12] = {
        {7, 11, 4},                                   /* record route */
        {68, 12, 5, 1},                               /* timestamps with addresses */
        {131, 11, 4, 10, 0, 0, 9, 10, 0, 0, 8},       /* loose source route */
        {137, 11, 4, 10, 0, 0, 9, 10, 0, 0, 8},       /* strict source route */
        {7, 0},                                       /* lengths that are none */
        {7, 1},                                       /* */
        {68, 255, 255, 255},                          /* */
        {131, 3, 255, 137, 3, 255, 7, 3, 255, 68, 4}, /* */
        {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 7},         /* one that begins at the end */
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct shape shape = PLAIN;
        shape.ip_options = (struct bytes){options[i], sizeof options[i]};
        check_conversation(&shape);
    }
}

static void urgent_data_and_tcp_options(void) {
    static const uint8_t options[40] = {8, 10, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 3, 3, 255, 5, 0, 5, 255, 2, 1, 8};
    struct shape shape = PLAIN;
    shape.tcp_options = (struct bytes){options, sizeof options};
    shape.flags = TH_URG | TH_PUSH | 0xc0;
    check_conversation(&shape);
}

static void what_the_snap_length_cut(void) {
    struct shape shape = PLAIN;
    shape.cut = 30;
    check_conversation(&shape);
    static const uint8_t data[PIECE];
    const struct bytes none = {0};
    begin();
    send_packet(&shape, true, TH_SYN, 0, 0, none);
    send_packet(&shape, false, TH_SYN | TH_ACK, 999, 1, none);
    for (uint32_t i = 0; i < PIECES; i++)
        send_packet(&shape, true, TH_ACK, 1 + i * PIECE, 1000, (struct bytes){data, PIECE});
    end();
    CU_ASSERT_EQUAL(run.gaps, (uint64_t)shape.cut * PIECES);
    CU_ASSERT_EQUAL(run.cut, run.gaps);
}

static void ipv6_and_tags(void) {
    static const uint16_t types[2] = {0x88a8, 0x8100};
    static const uint16_t tags[2] = {7, 4095};
    const struct shape shape = {"2001:db8::ffff:1", "fe80::ffff:2", tags, types, 2, {0}, {0}, 0, 0};
    check_conversation(&shape);
}

/* libnids.c: takes the lengths in these headers as they are. */
static void radio_headers(void) {
    static const int links[] = {105, 119, 127, 163, 192};
    static const uint8_t fills[] = {0x00, 0x08, 0x7f, 0x80, 0xff};
    uint8_t frame[200];
    begin();
    for (size_t link = 0; link < sizeof links / sizeof *links; link++)
        for (size_t fill = 0; fill < sizeof fills; fill++)
            for (size_t len = 0; len <= sizeof frame; len += len < 40 ? 1 : 20) {
                memset(frame, fills[fill], sizeof frame);
                feed(links[link], (struct bytes){frame, len}, (uint32_t)len);
            }
    converse(&PLAIN);
    end();
}

/* tcp.c counts a stream's bytes in an int. Something always waits here, so that it stays one stream to libnids: of the
 * odd packets each is captured three before the even ones around it. */
enum { LONG_PIECE = 60000, LONG_PIECES = 2 * 37000, PERIOD = 251 };

static uint8_t pattern[LONG_PIECE + PERIOD];

static bool compare_long(void *context, const struct segment *s) {
    (void)context;
    if (s->bytes.len != 0 && memcmp(s->bytes.at, pattern + (run.told + run.gaps) % PERIOD, s->bytes.len) != 0)
        watched.wrong++;
    return count(NULL, s);
}

static void feed_long(uint8_t *frame, uint32_t number) {
    uint64_t offset = (uint64_t)number * LONG_PIECE;
    uint32_t seq = 1 + (uint32_t)offset;
    for (int i = 0; i < 4; i++)
        frame[38 + i] = (uint8_t)(seq >> (24 - 8 * i));
    memcpy(frame + 54, pattern + offset % PERIOD, LONG_PIECE);
    struct frame f = {.bytes = {frame, 54 + LONG_PIECE}, .wire = 54 + LONG_PIECE, .link = DLT_EN10MB};
    f.seen = (struct sighting){++run.frame, (int64_t)run.frame * 1000, 0};
    intake_frame(&run.intake, &f, true);
    intake_flush(&run.intake);
}

static void more_than_4_gb_in_one_stream(void) {
    static uint8_t frame[54 + LONG_PIECE] = {
        [12] = 0x08, [14] = 0x45, [23] = 6,  [26] = 10,  [29] = 1,    [30] = 10,
        [33] = 2,    [34] = 0xc3, [35] = 80, [37] = 135, [46] = 0x50, [47] = TH_ACK,
    };
    const struct bytes none = {0};
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i % PERIOD);
    frame[16] = (40 + LONG_PIECE) >> 8;
    frame[17] = (40 + LONG_PIECE) & 0xff;
    begin_with(compare_long);
    send_packet(&PLAIN, true, TH_SYN, 0, 0, none);
    send_packet(&PLAIN, false, TH_SYN | TH_ACK, 0, 1, none);
    feed_long(frame, 1);
    for (uint32_t i = 0; i < LONG_PIECES; i += 2) {
        feed_long(frame, i + 3);
        feed_long(frame, i);
        if (i % 1000 == 0)
            send_packet(&PLAIN, false, TH_ACK, 1, 1 + (uint32_t)run.told, none);
    }
    end();
    CU_ASSERT_EQUAL(watched.streams, 1);
    CU_ASSERT_EQUAL(run.gaps, LONG_PIECE);
    CU_ASSERT_EQUAL(run.cut, 0);
    CU_ASSERT_EQUAL(run.told, UINT64_C(1) * LONG_PIECE * (LONG_PIECES + 1));
    CU_ASSERT_TRUE(run.told > UINT64_C(1) << 32);
}

static unsigned long long packets, captures;

/* With frames two and two exchanged, so that more of it needs libnids. */
static void feed_exchanged(pcap_t *pcap) {
    static uint8_t kept[PAGES];
    struct pcap_pkthdr *header;
    const u_char *data;
    int link = pcap_datalink(pcap);
    size_t captured = 0;
    uint32_t wire = 0;
    for (bool keep = true; pcap_next_ex(pcap, &header, &data) == 1; keep = !keep) {
        if (header->caplen > PAGES)
            continue;
        if (keep) {
            captured = header->caplen;
            wire = header->len;
            memcpy(kept, data, captured);
        } else {
            feed(link, (struct bytes){data, header->caplen}, header->len);
            feed(link, (struct bytes){kept, captured}, wire);
        }
    }
}

static int visit(const char *path, const struct stat *status, int type, struct FTW *where) {
    (void)status, (void)where;
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = type == FTW_F ? pcap_open_offline(path, error) : NULL;
    if (pcap == NULL)
        return 0;
    begin();
    feed_exchanged(pcap);
    end();
    pcap_close(pcap);
    packets += watched.packets;
    captures++;
    return 0;
}

static void captures_of_all_kinds(void) {
    nftw("samples", visit, 8, FTW_PHYS);
    nftw("../shared/captures", visit, 8, FTW_PHYS); /* if they are there */
    CU_ASSERT_TRUE(captures >= 20 && packets > 1000);
    printf("%llu captures, %llu packets to libnids ", captures, packets);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"SYN from where its scan detector crashes", syn_from_where_its_scan_detector_crashes},
        {"header longer than the packet", header_longer_than_the_packet},
        {"fragments", fragments},
        {"IP options", ip_options},
        {"urgent data and TCP options", urgent_data_and_tcp_options},
        {"what the snap length cut", what_the_snap_length_cut},
        {"IPv6 and tags", ipv6_and_tags},
        {"radio headers", radio_headers},
        {"more than 4 GB in one stream", more_than_4_gb_in_one_stream},
        {"captures of all kinds", captures_of_all_kinds},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/pinned", tests);
}
