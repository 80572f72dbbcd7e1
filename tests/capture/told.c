/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* pcap.h and nids.h use u_int and u_char; MAP_ANONYMOUS */
#include "tests/capture/told.h"
#include "capture/window.h"

#include <nids.h> /* by its own interface, as any program would use it: that is what ours is compared with */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ETHERNET_SIZE = 14, TCP_PROTOCOL = 6 };

struct told *told_add(struct told_list *list, const struct endpoint *client, const struct endpoint *server) {
    list->overflow |= list->count == TOLD_MAX;
    if (list->overflow)
        return NULL;
    struct told *told = &list->items[list->count++];
    *told = (struct told){.sides = {*client, *server}};
    return told;
}

/* FNV-1a */
void told_bytes(struct told *told, enum direction direction, struct bytes bytes) {
    uint64_t hash = told->len[direction] == 0 ? UINT64_C(0xcbf29ce484222325) : told->hash[direction];
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ bytes.at[i]) * UINT64_C(0x100000001b3);
    told->hash[direction] = hash;
    told->len[direction] += bytes.len;
}

const struct told *told_find(const struct told_list *list, const struct endpoint *client,
                             const struct endpoint *server) {
    const struct told *found = NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct told *told = &list->items[i];
        if (!endpoint_equal(&told->sides[0], client) || !endpoint_equal(&told->sides[1], server))
            continue;
        if (found != NULL)
            return NULL;
        found = told;
    }
    return found;
}

struct bytes plain_packet(int link, struct bytes captured, uint32_t wire) {
    const struct bytes none = {0};
    if (link != DLT_EN10MB || captured.len != wire || captured.len < ETHERNET_SIZE + 20)
        return none;
    struct bytes ip = {captured.at + ETHERNET_SIZE, captured.len - ETHERNET_SIZE};
    size_t header = (size_t)(ip.at[0] & 0x0f) * 4;
    size_t total = big16(ip.at + 2);
    if (big16(captured.at + 12) != 0x0800 || ip.at[0] >> 4 != 4 || header < 20 || (big16(ip.at + 6) & 0x3fff) != 0 ||
        ip.at[9] != TCP_PROTOCOL || total < header || total > ip.len)
        return none;
    ip.len = total;
    return ip;
}

static struct told_list *heard;

static struct endpoint endpoint_from(u_int address, u_short port) {
    uint8_t octets[4];
    memcpy(octets, &address, 4);
    return (struct endpoint){address_ipv4(octets), port};
}

static void take_new(struct told *told, enum direction direction, const struct half_stream *half) {
    if (half->count_new <= 0)
        return;
    const uint8_t *end = (const uint8_t *)half->data + (half->count - half->offset);
    told_bytes(told, direction, (struct bytes){end - half->count_new, (size_t)half->count_new});
}

static void callback(struct tcp_stream *stream, void **parameter) {
    (void)parameter;
    if (stream->nids_state == NIDS_JUST_EST) {
        struct endpoint client = endpoint_from(stream->addr.saddr, stream->addr.source);
        struct endpoint server = endpoint_from(stream->addr.daddr, stream->addr.dest);
        stream->user = told_add(heard, &client, &server);
        stream->client.collect = stream->server.collect = stream->user != NULL ? 1 : 0;
    } else if (stream->nids_state == NIDS_DATA) {
        take_new(stream->user, FROM_CLIENT, &stream->server);
        take_new(stream->user, FROM_SERVER, &stream->client);
    }
}

static void be_silent(int type, int number, struct ip *header, void *data) {
    (void)type, (void)number, (void)header, (void)data;
}

/* Checksums are not looked at, as cards compute them later; no detector of scans: it crashes. */
static bool start_libnids(void) {
    static struct nids_chksum_ctl any_checksum = {.action = NIDS_DONT_CHKSUM};
    nids_params.pcap_desc = pcap_open_dead(DLT_RAW, 65535);
    nids_params.n_tcp_streams = TOLD_MAX / 3 * 4;
    nids_params.scan_num_hosts = 0;
    nids_params.syslog = be_silent;
    if (nids_params.pcap_desc == NULL || !nids_init())
        return false;
    nids_register_chksum_ctl(&any_checksum, 1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" /* it takes the function as a void * */
    nids_register_tcp((void *)callback);
#pragma GCC diagnostic pop
    return true;
}

static bool feed_libnids(const char *path) {
    static uint8_t packet[65536];
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *data;
    pcap_t *pcap = pcap_open_offline(path, error);
    if (pcap == NULL || !start_libnids())
        return false;
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        struct bytes ip = plain_packet(pcap_datalink(pcap), (struct bytes){data, header->caplen}, header->len);
        if (ip.len == 0)
            continue;
        memcpy(packet, ip.at, ip.len);
        struct pcap_pkthdr frame = {.ts = header->ts, .caplen = (bpf_u_int32)ip.len, .len = (bpf_u_int32)ip.len};
        nids_pcap_handler(NULL, &frame, packet);
    }
    return true;
}

bool told_by_libnids(const char *path, struct told_list *list) {
    heard = mmap(NULL, sizeof *heard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (heard == MAP_FAILED)
        return false;
    pid_t child = fork();
    if (child == 0)
        _exit(feed_libnids(path) ? 0 : 1);
    int status = 1;
    bool done = child != -1 && waitpid(child, &status, 0) == child && status == 0;
    memcpy(list, heard, sizeof *list);
    munmap(heard, sizeof *heard);
    return done;
}
