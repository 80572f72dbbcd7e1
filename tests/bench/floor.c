/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a capture costs at the least: libpcap's loop, and one look at each header.
 *
 * usage: floor FILE
 *
 * Prints the number of frames, and a sum so that no look can be left out. */
#define _DEFAULT_SOURCE /* u_char */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

enum { ETHERNET_SIZE = 14, HEADERS_SIZE = 54 };

struct sum {
    uint64_t frames, octets;
};

static void look(u_char *context, const struct pcap_pkthdr *header, const u_char *at) {
    struct sum *sum = (struct sum *)(void *)context;
    sum->frames++;
    if (header->caplen < HEADERS_SIZE)
        return;
    const u_char *ip = at + ETHERNET_SIZE;
    const u_char *tcp = ip + (size_t)4 * (ip[0] & 0xf);
    sum->octets += (uint64_t)at[12] + at[13] + ip[3] + ip[9] + ip[15] + ip[19];
    if (tcp <= at + HEADERS_SIZE - 20)
        sum->octets += (uint64_t)tcp[1] + tcp[3] + tcp[7] + tcp[11] + tcp[13];
}

int main(int argc, char **argv) {
    char error[PCAP_ERRBUF_SIZE];
    struct sum sum = {0};
    pcap_t *file = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (file == NULL) {
        fprintf(stderr, "floor: %s\n", argc == 2 ? error : "usage: floor FILE");
        return 2;
    }
    int status = pcap_loop(file, -1, look, (u_char *)&sum);
    pcap_close(file);
    printf("%llu frames, sum %llu\n", (unsigned long long)sum.frames, (unsigned long long)sum.octets);
    return status == 0 ? 0 : 2;
}
