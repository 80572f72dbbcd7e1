/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/tally.h"

#include <stddef.h>

const char *const LOSS_NAMES[LOSS_KINDS] = {
    [LOSS_DROPPED_FRAMES] = "dropped_frames",
    [LOSS_CUT_FRAMES] = "cut_frames",
    [LOSS_OTHER_LINK] = "other_link_frames",
    [LOSS_BAD_TIMES] = "bad_times",
    [LOSS_BAD_LINKS] = "bad_link_headers",
    [LOSS_BAD_IPS] = "bad_ip_headers",
    [LOSS_BAD_TCPS] = "bad_tcp_headers",
    [LOSS_BAD_UDPS] = "bad_udp_headers",
    [LOSS_NESTED_FRAMES] = "too_nested_frames",
    [LOSS_IPSEC_FRAMES] = "ipsec_frames",
    [LOSS_IP_FRAGMENTS] = "ip_fragments",
    [LOSS_OVERLAPS] = "ip_fragment_overlaps",
    [LOSS_LATE_BYTES] = "late_bytes",
    [LOSS_GAP_BYTES] = "gap_bytes",
    [LOSS_GAPS] = "gaps",
    [LOSS_MIDSTREAM_FLOWS] = "midstream_flows",
    [LOSS_ONE_SIDED_FLOWS] = "one_sided_flows",
    [LOSS_FILE_TRUNCATED] = "truncated_files",
    [LOSS_MALFORMED_PDUS] = "malformed_pdus",
    [LOSS_BAD_NEIGHBOURS] = "malformed_neighbours",
    [LOSS_ENCRYPTED_CALLS] = "encrypted_calls",
    [LOSS_ENCRYPTED_ANSWERS] = "encrypted_answers",
    [LOSS_ENCRYPTED_SMB] = "encrypted_smb",
    [LOSS_COMPRESSED_SMB] = "compressed_smb",
    [LOSS_HTTP_TUNNELS] = "http_tunnels",
};

const char *const LIMIT_NAMES[LIMIT_KINDS] = {
    [LIMIT_FLOWS] = "flows",
    [LIMIT_ENGINE_FLOWS] = "flows_in_reassembly",
    [LIMIT_QUEUE_BYTES] = "queued_bytes",
    [LIMIT_DATAGRAMS] = "datagrams",
    [LIMIT_CONTEXTS] = "contexts",
    [LIMIT_CALLS] = "calls",
    [LIMIT_FRAGMENTS] = "fragment_bytes",
    [LIMIT_TOWERS] = "towers",
    [LIMIT_FIRSTS] = "kinds_told",
    [LIMIT_HINTS] = "hints",
    [LIMIT_CONVERSATIONS] = "datagram_conversations",
    [LIMIT_SESSIONS] = "sessions",
    [LIMIT_FINDINGS] = "findings",
    [LIMIT_NEIGHBOURS] = "neighbours",
    [LIMIT_SERVERS] = "servers",
    [LIMIT_BINDINGS] = "bindings",
    [LIMIT_EVIDENCE] = "evidence",
};

const char *const PDU_NAMES[PDU_TYPES] = {
    "request",   "ping",     "response",   "fault",    "working",  "nocall",   "reject",        "ack",
    "cl_cancel", "fack",     "cancel_ack", "bind",     "bind_ack", "bind_nak", "alter_context", "alter_context_resp",
    "auth3",     "shutdown", "co_cancel",  "orphaned", "rts",
};

static void add_all(uint64_t *sum, const uint64_t *more, size_t count) {
    for (size_t i = 0; i < count; i++)
        sum[i] += more[i];
}

void tally_add(struct tally *sum, const struct tally *more) {
    if (more->frames != 0) {
        if (sum->frames == 0 || more->first < sum->first)
            sum->first = more->first;
        if (sum->frames == 0 || more->last > sum->last)
            sum->last = more->last;
    }
    sum->files += more->files;
    sum->frames += more->frames;
    sum->bytes += more->bytes;
    sum->flows += more->flows;
    sum->calls += more->calls;
    sum->maps += more->maps;
    add_all(sum->pdus, more->pdus, PDU_TYPES);
    add_all(sum->lost, more->lost, LOSS_KINDS);
    add_all(sum->limits, more->limits, LIMIT_KINDS);
}
