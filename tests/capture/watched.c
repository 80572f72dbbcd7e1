/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* pcap.h and nids.h use u_int and u_char */
#include "tests/capture/watched.h"
#include "capture/engine.h"
#include "capture/window.h"

#include <nids.h> /* to stand before it */
#include <stdio.h>

struct watched watched;

void __real_nids_pcap_handler(u_char *user, struct pcap_pkthdr *header, u_char *packet);
void __wrap_nids_pcap_handler(u_char *user, struct pcap_pkthdr *header, u_char *packet);
int __real_nids_init(void);
int __wrap_nids_init(void);
/* Their types do not matter, as nobody calls them. */
void __wrap_nids_exit(void);
void __wrap_nids_run(void);
void __wrap_nids_next(void);
void __wrap_nids_dispatch(void);
void __wrap_nids_discard(void);
void __wrap_nids_killtcp(void);
void __wrap_nids_register_ip(void);
void __wrap_nids_register_ip_frag(void);
void __wrap_nids_register_udp(void);

void __wrap_nids_exit(void) { watched.never++; }
void __wrap_nids_run(void) { watched.never++; }
void __wrap_nids_next(void) { watched.never++; }
void __wrap_nids_dispatch(void) { watched.never++; }
void __wrap_nids_discard(void) { watched.never++; }
void __wrap_nids_killtcp(void) { watched.never++; }
void __wrap_nids_register_ip(void) { watched.never++; }
void __wrap_nids_register_ip_frag(void) { watched.never++; }
void __wrap_nids_register_udp(void) { watched.never++; }

static void expect(bool sound, const char *what) {
    if (!sound && watched.wrong++ == 0)
        printf("\n      libnids is given %s ", what);
}

static void check_memory(u_char *packet) {
    volatile u_char *first = packet;
    *first = *first; /* libnids writes there */
    uintptr_t at = (uintptr_t)packet;
    uintptr_t frame = (uintptr_t)watched.frame.at;
    expect(at % 4 == 0, "a packet that is not aligned");
    expect(watched.frame.at == NULL || at < frame || at >= frame + watched.frame.len, "a piece of the capture");
}

static void check_ip(const struct pcap_pkthdr *header, const u_char *packet) {
    uint32_t client = 0x01000000;
    uint32_t server = 0x02000000;
    bool from_client = big32(packet + 16) == server;
    expect(header->caplen == header->len, "a packet that is cut");
    expect(header->caplen >= 40 && header->caplen == big16(packet + 2), "a packet of another length");
    expect(packet[0] == 0x45, "IP options, or IPv6");
    expect((big16(packet + 6) & 0x3fff) == 0, "a fragment");
    expect(packet[9] == 6, "another protocol");
    expect(from_client || big32(packet + 12) == server, "another server");
    expect(big32(packet + (from_client ? 12 : 16)) - client < ENGINE_STREAMS, "another client");
    expect(big32(packet + 20) == (from_client ? 0x00010002 : 0x00020001), "other ports");
}

static void check_tcp(const u_char *tcp, size_t len) {
    bool syn = (tcp[13] & TH_SYN) != 0;
    size_t header = syn ? 24 : 20;
    expect((tcp[13] & ~(TH_SYN | TH_ACK)) == 0, "flags besides SYN and ACK");
    expect(tcp[12] == header << 2, "TCP options, or a header too short");
    expect(!syn || big32(tcp + 20) == 0x03030e01, "another option");
    expect(syn ? len == header : len >= header, "data in a SYN");
    expect(big16(tcp + 18) == 0, "urgent data");
    expect(len - header <= ENGINE_PIECE_MAX, "too large a packet");
}

void __wrap_nids_pcap_handler(u_char *user, struct pcap_pkthdr *header, u_char *packet) {
    watched.packets++;
    watched.streams += packet[33] == TH_SYN;
    check_memory(packet);
    check_ip(header, packet);
    check_tcp(packet + 20, header->caplen - 20);
    __real_nids_pcap_handler(user, header, packet);
}

int __wrap_nids_init(void) {
    watched.inits++;
    expect(nids_params.scan_num_hosts == 0, "a detector of scans");
    expect(nids_params.device == NULL && nids_params.filename == NULL && nids_params.pcap_filter == NULL, "a capture");
    expect(nids_params.multiproc == 0 && nids_params.tcp_workarounds == 0, "threads, or timeouts");
    expect(nids_params.pcap_desc != NULL && pcap_datalink(nids_params.pcap_desc) == DLT_RAW, "a link layer");
    return __real_nids_init();
}
