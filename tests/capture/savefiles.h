/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_SAVEFILES_H
#define TESTS_CAPTURE_SAVEFILES_H

#include "wire/reader.h"

#include <stdio.h>

/* Writes capture files of any make, octet for octet. */
struct made {
    uint8_t *at;
    size_t len, room;
    enum byte_order order;
};

enum { PCAP_MICROSECONDS = (int)0xa1b2c3d4U, PCAP_NANOSECONDS = (int)0xa1b23c4dU, PCAP_KUZNETZOV = (int)0xa1b2cd34U };

void made_start(struct made *made, enum byte_order order);
void made_free(struct made *made);
void made_u16(struct made *made, unsigned value);
void made_u32(struct made *made, uint32_t value);
void made_u64(struct made *made, uint64_t value);
void made_bytes(struct made *made, const void *at, size_t len);
/* Octets that tell which frame they are of, and where in it they stand. */
void made_payload(struct made *made, uint32_t seed, size_t len);
uint8_t payload_octet(uint32_t seed, size_t at);

void made_pcap(struct made *made, int magic, uint32_t link);
/* Of a record; its octets follow. */
void made_record(struct made *made, int magic, uint32_t second, uint32_t fraction, uint32_t captured, uint32_t wire);

/* pcapng. A block is begun, filled, and ended; the body need not be a multiple of four. */
size_t made_block(struct made *made, uint32_t type);
void made_block_end(struct made *made, size_t block);
void made_section(struct made *made);
/* resolution: if_tsresol, or -1; offset 0: no option. */
void made_interface(struct made *made, unsigned link, uint32_t snaplen, int resolution, int64_t offset);
/* drops: epb_dropcount, or 0. */
void made_packet(struct made *made, uint32_t interface, uint64_t stamp, uint32_t seed, uint32_t len, uint64_t drops);
/* A simple packet block with len octets of a frame that had `wire` of them. */
void made_simple(struct made *made, uint32_t wire, uint32_t seed, size_t len);
/* One option: how many frames were received, or lost by the interface, or by the system. */
enum { ISB_IFRECV = 4, ISB_IFDROP = 5, ISB_OSDROP = 7 };
void made_statistics(struct made *made, uint32_t interface, unsigned option, uint64_t value);

/* Writes the first len octets of it to a file. */
void made_save(const struct made *made, const char *path, size_t len);

#endif
