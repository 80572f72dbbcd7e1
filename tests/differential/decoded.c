/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/clock.h"
#include "capture/fragments.h"
#include "capture/source.h"

#include <stdio.h>

/* What decoding makes of the frames of a capture file: a line for each TCP segment, UDP datagram and ARP
 * packet, as tshark's fields. */

static void print(const struct packet *p, enum decoded decoded, uint64_t frame) {
    char source[ADDRESS_TEXT_SIZE], destination[ADDRESS_TEXT_SIZE];
    if (decoded == DECODED_ARP) {
        printf("%llu\tarp\n", (unsigned long long)frame);
        return;
    }
    printf("%llu\t%s\t%u\t%s\t%u\t", (unsigned long long)frame, address_text(&p->source.address, source),
           p->source.port, address_text(&p->destination.address, destination), p->destination.port);
    if (decoded == DECODED_TCP)
        printf("%lu\t", (unsigned long)p->seq);
    else
        printf("udp\t");
    printf("%llu\n", (unsigned long long)p->payload.len + p->cut);
}

static void print_all(struct source *source, struct fragments *fragments) {
    char error[512];
    struct clock clock = {0};
    struct frame frame;
    struct packet packet;
    struct fragment whole;
    while (source_next(source, &frame, error, sizeof error) == SOURCE_FRAME) {
        clock_advance(&clock, frame.seen.time);
        enum decoded decoded = decode_frame(&frame, &packet);
        while (decoded == DECODED_FRAGMENT && fragments_add(fragments, clock.now, &packet.fragment, &whole))
            decoded = decode_whole(&whole, &frame.seen, &packet);
        if (decoded == DECODED_TCP || decoded == DECODED_UDP || decoded == DECODED_ARP)
            print(&packet, decoded, frame.seen.frame);
    }
}

int main(int argc, char **argv) {
    char error[512];
    struct tally tally = {0};
    struct reading reading = {0};
    struct fragment_limits limits = fragment_limits_default();
    if (argc != 2) {
        fprintf(stderr, "usage: decoded FILE\n");
        return 1;
    }
    struct source *source = source_open(argv[1], 0, NULL, &reading, error, sizeof error);
    if (source == NULL) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    struct fragments *fragments = fragments_open(&limits, &tally);
    if (fragments == NULL)
        return 1;
    print_all(source, fragments);
    fragments_close(fragments);
    source_close(source);
    return 0;
}
