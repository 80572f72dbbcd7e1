/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/trace.h"

#include <assert.h>
#include <string.h>

enum { RECORD_SIZE = 16, ETHERNET_SIZE = 14, IP_SIZE = 20, TCP_SIZE = 20, MAX_OPTIONS = 20 };
enum { MAX_FRAME = FRAME_SIZE, FILE_BUFFER = 1 << 20 };

static const uint64_t BEGIN = UINT64_C(1795000000000000); /* in 2026 */

/* What is being written. */
struct pen {
    uint8_t at[RECORD_SIZE + MAX_FRAME];
    size_t len;
};

static void big16(struct pen *p, uint32_t value) {
    p->at[p->len++] = (uint8_t)(value >> 8);
    p->at[p->len++] = (uint8_t)value;
}

static void big32(struct pen *p, uint32_t value) {
    big16(p, value >> 16);
    big16(p, value & 0xffff);
}

static void little32(struct pen *p, uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
        p->at[p->len++] = (uint8_t)(value >> shift);
}

static void copy(struct pen *p, const void *at, size_t len) {
    if (len > 0)
        memcpy(p->at + p->len, at, len);
    p->len += len;
}

bool trace_open(struct trace *trace, const char *path) {
    *trace = (struct trace){.file = fopen(path, "wb"), .time = BEGIN, .random = UINT64_C(0x9e3779b97f4a7c15)};
    if (trace->file == NULL)
        return false;
    setvbuf(trace->file, NULL, _IOFBF, FILE_BUFFER);
    struct pen p = {.len = 0};
    little32(&p, 0xa1b2c3d4); /* microseconds */
    little32(&p, 4U << 16 | 2);
    little32(&p, 0);
    little32(&p, 0);
    little32(&p, 65535);
    little32(&p, 1); /* Ethernet */
    trace->bytes = p.len;
    return fwrite(p.at, p.len, 1, trace->file) == 1;
}

bool trace_close(struct trace *trace) {
    bool failed = ferror(trace->file) != 0;
    return fclose(trace->file) == 0 && !failed;
}

/* xorshift64* */
uint32_t trace_random(struct trace *trace, uint32_t end) {
    trace->random ^= trace->random >> 12;
    trace->random ^= trace->random << 25;
    trace->random ^= trace->random >> 27;
    uint64_t number = (trace->random * UINT64_C(0x2545f4914f6cdd1d)) >> 32;
    return (uint32_t)((number * end) >> 32);
}

static uint32_t sum16(const uint8_t *at, size_t len) {
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)at[i] << 8 | at[i + 1];
    return sum;
}

static uint32_t folded(uint32_t sum) {
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16);
}

static void set16(struct pen *p, size_t at, uint32_t value) {
    p->at[at] = (uint8_t)(value >> 8);
    p->at[at + 1] = (uint8_t)value;
}

/* The addresses of a server differ in the last octet and are on one card. */
static void put_mac(struct pen *p, uint32_t address) {
    bool server = (address >> 16 & 0xff) == 1;
    big16(p, 0x0200);
    big32(p, server ? address & 0xffffff00 : address);
}

static void put_ip(struct pen *p, const struct line *line, enum direction from, size_t len, uint32_t id) {
    size_t begin = p->len;
    big16(p, 0x4500);
    big16(p, (uint32_t)(IP_SIZE + len));
    big16(p, id & 0xffff);
    big16(p, 0x4000);
    big16(p, 128 << 8 | 6);
    big16(p, 0);
    big32(p, line->addresses[from]);
    big32(p, line->addresses[!from]);
    set16(p, begin + 10, ~folded(sum16(p->at + begin, IP_SIZE)));
}

/* The checksum is that of the pseudo header, as a card that does the rest gets it. */
static void put_tcp(struct pen *p, const struct line *line, enum direction from, unsigned flags, size_t options,
                    size_t payload) {
    size_t tcp = TCP_SIZE + options;
    uint32_t sum = sum16(p->at + p->len - 8, 8) + 6 + (uint32_t)(tcp + payload);
    big16(p, line->ports[from]);
    big16(p, line->ports[!from]);
    big32(p, (flags & FLAG_RST) != 0 ? 0 : line->seqs[from]);
    big32(p, (flags & FLAG_ACK) != 0 ? line->seqs[!from] : 0);
    big16(p, (uint32_t)tcp / 4 << 12 | flags);
    big16(p, (flags & FLAG_RST) != 0 ? 0 : 64240);
    big16(p, folded(sum));
    big16(p, 0);
}

static void put_options(struct pen *p, uint32_t now, unsigned flags) {
    if ((flags & FLAG_RST) != 0)
        return;
    if ((flags & FLAG_SYN) != 0)
        copy(p, "\x02\x04\x05\xb4\x04\x02", 6); /* MSS 1460, SACK permitted */
    else
        copy(p, "\x01\x01", 2);
    copy(p, "\x08\x0a", 2);
    big32(p, now);
    big32(p, (flags & FLAG_ACK) != 0 ? now - 1 : 0);
    if ((flags & FLAG_SYN) != 0)
        copy(p, "\x01\x03\x03\x08", 4); /* window scale 8 */
}

static size_t options_size(unsigned flags) {
    if ((flags & FLAG_RST) != 0)
        return 0;
    return (flags & FLAG_SYN) != 0 ? 20 : 12;
}

/* The header of a record. */
static void begin_record(struct pen *p, const struct trace *trace, size_t len) {
    p->len = 0;
    little32(p, (uint32_t)(trace->time / 1000000));
    little32(p, (uint32_t)(trace->time % 1000000));
    little32(p, (uint32_t)len);
    little32(p, (uint32_t)len);
}

static void end_record(const struct pen *p, struct trace *trace) {
    fwrite(p->at, p->len, 1, trace->file); /* trace_close tells */
    trace->frames++;
    trace->bytes += p->len;
    trace->time += 1 + trace_random(trace, 7);
}

void trace_frame(struct trace *trace, struct bytes frame) {
    assert(frame.len <= MAX_FRAME);
    struct pen p;
    begin_record(&p, trace, frame.len);
    copy(&p, frame.at, frame.len);
    end_record(&p, trace);
}

void trace_packet(struct trace *trace, struct line *line, enum direction from, unsigned flags, struct bytes payload) {
    assert(payload.len <= SEGMENT_SIZE);
    size_t options = options_size(flags);
    size_t len = ETHERNET_SIZE + IP_SIZE + TCP_SIZE + options + payload.len;
    struct pen p;
    begin_record(&p, trace, len);
    put_mac(&p, line->addresses[!from]);
    put_mac(&p, line->addresses[from]);
    big16(&p, 0x0800);
    put_ip(&p, line, from, TCP_SIZE + options + payload.len, (uint32_t)trace->frames);
    put_tcp(&p, line, from, flags, options, payload.len);
    put_options(&p, (uint32_t)(trace->time / 1000), flags);
    copy(&p, payload.at, payload.len);
    assert(p.len == RECORD_SIZE + len);
    end_record(&p, trace);
    line->seqs[from] += (uint32_t)payload.len + ((flags & FLAG_SYN) != 0) + ((flags & FLAG_FIN) != 0);
}
