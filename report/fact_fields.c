/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/fact_fields.h"

const char *const FACT_KIND_NAMES[FACT_KINDS] = {
    [FACT_CONNECT_ATTEMPTED] = "connect_attempted",
    [FACT_CONNECT_ESTABLISHED] = "connect_established",
    [FACT_CONNECT_REFUSED] = "connect_refused",
    [FACT_CONNECT_UNREACHABLE] = "connect_unreachable",
    [FACT_CONNECT_UNANSWERED] = "connect_unanswered",
    [FACT_MAP_ASKED] = "map_asked",
    [FACT_MAP_ANSWERED] = "map_answered",
    [FACT_LOOKUP_ENTRY] = "lookup_entry",
    [FACT_BIND_ASKED] = "bind_asked",
    [FACT_BIND_ANSWERED] = "bind_answered",
    [FACT_BIND_REFUSED] = "bind_refused",
    [FACT_FIRST_CALL] = "first_call",
    [FACT_FIRST_ANSWER] = "first_answer",
    [FACT_FAULT] = "fault",
    [FACT_AUTHENTICATION] = "authentication",
    [FACT_SERVER_NAME] = "server_name",
    [FACT_PIPE_OPENED] = "pipe_opened",
    [FACT_PIPE_REFUSED] = "pipe_refused",
    [FACT_BINDINGS_TOLD] = "bindings_told",
    [FACT_LINK_ADDRESS] = "link_address",
    [FACT_CLUSTER_ADDRESS] = "cluster_address",
    [FACT_UNREADABLE] = "unreadable",
    [FACT_CLOSED] = "closed",
    [FACT_MALFORMED] = "malformed",
    [FACT_GAP] = "gap",
    [FACT_CAPTURE_ENDED] = "capture_ended",
};

const char *const TRANSPORT_NAMES[TRANSPORT_KINDS] = {
    [TRANSPORT_UNKNOWN] = "unknown", [TRANSPORT_TCP] = "ncacn_ip_tcp", [TRANSPORT_UDP] = "ncadg_ip_udp",
    [TRANSPORT_PIPE] = "ncacn_np",   [TRANSPORT_HTTP] = "ncacn_http",  [TRANSPORT_LOCAL] = "ncalrpc",
};

const char *const NAME_SOURCE_NAMES[NAME_SOURCES] = {
    [NAME_NTLM_COMPUTER] = "ntlm_computer",
    [NAME_NTLM_DOMAIN] = "ntlm_domain",
    [NAME_NTLM_DNS_COMPUTER] = "ntlm_dns_computer",
    [NAME_NTLM_DNS_DOMAIN] = "ntlm_dns_domain",
    [NAME_SMB_GUID] = "smb_guid",
    [NAME_SMB_SERVER] = "smb_server",
    [NAME_NETBIOS_SESSION] = "netbios_session",
    [NAME_NETBIOS] = "netbios",
    [NAME_DNS] = "dns",
    [NAME_KERBEROS_SERVICE] = "kerberos_service",
    [NAME_SMB_START] = "smb_start",
};

static const char *const BINDINGS_SOURCE_NAMES[BINDINGS_SOURCES] = {
    [BINDINGS_SERVER_ALIVE] = "server_alive",     [BINDINGS_OXID] = "oxid",
    [BINDINGS_ACTIVATION] = "activation",         [BINDINGS_CREATE_INSTANCE] = "create_instance",
    [BINDINGS_SMB_INTERFACES] = "smb_interfaces",
};

static const char *const UNREADABLE_NAMES[UNREADABLES] = {
    [UNREADABLE_SMB_ENCRYPTED] = "smb_encrypted",
    [UNREADABLE_SMB_COMPRESSED] = "smb_compressed",
    [UNREADABLE_RPC_OVER_HTTP_2] = "rpc_over_http_2",
};

static const char *const MALFORMATION_NAMES[MALFORMATIONS] = {
    [MALFORMED_HEADER] = "header",     [MALFORMED_LENGTH] = "length", [MALFORMED_BIND] = "bind",
    [MALFORMED_BIND_ACK] = "bind_ack", [MALFORMED_CALL] = "call",     [MALFORMED_MAP] = "map",
    [MALFORMED_TOWER] = "tower",       [MALFORMED_NTLM] = "ntlm",     [MALFORMED_BINDINGS] = "bindings",
    [MALFORMED_RESOURCE] = "resource",
};

enum { DIRECTIONS = FROM_SERVER + 1, CLOSE_REASONS = CLOSE_END + 1 };

static const char *const DIRECTION_NAMES[DIRECTIONS] = {[FROM_CLIENT] = "client", [FROM_SERVER] = "server"};

static const char *const CLOSE_NAMES[CLOSE_REASONS] = {
    [CLOSE_FIN] = "fin",
    [CLOSE_RESET] = "reset",
    [CLOSE_TIMEOUT] = "timeout",
    [CLOSE_END] = "end_of_capture",
};

/* One line of a table: the JSON key, the type, and where it lies in a fact (or in an item of a list). */
#define IN_FACT(name, kind, member) .key = (name), .type = (kind), .at = offsetof(struct fact, member)
#define IN_TOWER(name, kind, member) .key = (name), .type = (kind), .at = offsetof(struct fact_tower, member)
#define IN_BINDING(name, kind, member) .key = (name), .type = (kind), .at = offsetof(struct fact_binding, member)
#define IN_CONTEXT(name, kind, member) .key = (name), .type = (kind), .at = offsetof(struct fact_context, member)

const struct field FACT_FIELDS[] = {
    {IN_FACT("frame", FIELD_U64, seen.frame)},
    {IN_FACT("time", FIELD_TIME, seen.time)},
    {IN_FACT("file", FIELD_FILE, seen.file)},
    {IN_FACT("flow", FIELD_U64, flow)},
    {IN_FACT("transport", FIELD_CHOICE, transport), .size = TRANSPORT_KINDS, .names = TRANSPORT_NAMES},
    {IN_FACT("client", FIELD_ENDPOINT, client)},
    {IN_FACT("server", FIELD_ENDPOINT, server)},
    {0},
};

static const struct field CONNECT_FIELDS[] = {
    {IN_FACT("attempt", FIELD_U32, connect.attempt)},
    {IN_FACT("server_mac", FIELD_MAC, connect.server_mac)},
    {IN_FACT("client_ttl", FIELD_U8, connect.client_ttl)},
    {IN_FACT("server_ttl", FIELD_U8, connect.server_ttl)},
    {IN_FACT("midstream", FIELD_BOOL, connect.midstream)},
    {IN_FACT("icmp_type", FIELD_U8, connect.icmp_type)},
    {IN_FACT("icmp_code", FIELD_U8, connect.icmp_code)},
    {IN_FACT("reporter", FIELD_ADDRESS, connect.reporter)},
    {0},
};

static const struct field TOWER_FIELDS[] = {
    {IN_TOWER("interface", FIELD_SYNTAX, interface)},
    {IN_TOWER("transport", FIELD_CHOICE, transport), .size = TRANSPORT_KINDS, .names = TRANSPORT_NAMES},
    {IN_TOWER("endpoint", FIELD_ENDPOINT, endpoint)},
    {IN_TOWER("name", FIELD_TEXT, name), .size = FACT_TEXT_SIZE},
    {0},
};

static const struct field MAP_FIELDS[] = {
    {IN_FACT("call_id", FIELD_U32, map.call_id)},
    {IN_FACT("interface", FIELD_SYNTAX, map.interface)},
    {IN_FACT("asked_transport", FIELD_CHOICE, map.transport), .size = TRANSPORT_KINDS, .names = TRANSPORT_NAMES},
    {IN_FACT("object", FIELD_UUID, map.object)},
    {IN_FACT("status", FIELD_U32, map.status)},
    {IN_FACT("offered", FIELD_U32, map.offered)},
    {IN_FACT("question_seen", FIELD_BOOL, map.question_seen)},
    {IN_FACT("towers", FIELD_LIST, map.towers), .size = FACT_MAX_TOWERS, .items = TOWER_FIELDS,
     .item_size = sizeof(struct fact_tower), .count_at = offsetof(struct fact, map.count)},
    {0},
};

static const struct field LOOKUP_FIELDS[] = {
    {IN_FACT("object", FIELD_UUID, lookup.object)},
    {IN_FACT("interface", FIELD_SYNTAX, lookup.tower.interface)},
    {IN_FACT("tower_transport", FIELD_CHOICE, lookup.tower.transport), .size = TRANSPORT_KINDS,
     .names = TRANSPORT_NAMES},
    {IN_FACT("endpoint", FIELD_ENDPOINT, lookup.tower.endpoint)},
    {IN_FACT("name", FIELD_TEXT, lookup.tower.name), .size = FACT_TEXT_SIZE},
    {IN_FACT("annotation", FIELD_TEXT, lookup.annotation), .size = FACT_TEXT_SIZE},
    {0},
};

static const struct field CONTEXT_FIELDS[] = {
    {IN_CONTEXT("id", FIELD_U16, id)},
    {IN_CONTEXT("interface", FIELD_SYNTAX, interface)},
    {IN_CONTEXT("transfer", FIELD_SYNTAX, transfer)},
    {IN_CONTEXT("result", FIELD_U16, result)},
    {IN_CONTEXT("reason", FIELD_U16, reason)},
    {0},
};

static const struct field BIND_FIELDS[] = {
    {IN_FACT("alter", FIELD_BOOL, bind.alter)},
    {IN_FACT("call_id", FIELD_U32, bind.call_id)},
    {IN_FACT("assoc_group", FIELD_U32, bind.assoc_group)},
    {IN_FACT("nak_reason", FIELD_U16, bind.nak_reason)},
    {IN_FACT("question_seen", FIELD_BOOL, bind.question_seen)},
    {IN_FACT("offered", FIELD_U16, bind.offered)},
    {IN_FACT("contexts", FIELD_LIST, bind.contexts), .size = FACT_MAX_CONTEXTS, .items = CONTEXT_FIELDS,
     .item_size = sizeof(struct fact_context), .count_at = offsetof(struct fact, bind.count)},
    {IN_FACT("secondary", FIELD_TEXT, bind.secondary), .size = FACT_TEXT_SIZE},
    {0},
};

static const struct field CALL_FIELDS[] = {
    {IN_FACT("call_id", FIELD_U32, call.call_id)},
    {IN_FACT("context", FIELD_U16, call.context)},
    {IN_FACT("interface", FIELD_SYNTAX, call.interface)},
    {IN_FACT("opnum", FIELD_U16, call.opnum)},
    {IN_FACT("status", FIELD_U32, call.status)},
    {IN_FACT("did_not_execute", FIELD_BOOL, call.did_not_execute)},
    {IN_FACT("maybe", FIELD_BOOL, call.maybe)},
    {0},
};

static const struct field AUTHENTICATION_FIELDS[] = {
    {IN_FACT("auth_type", FIELD_U8, authentication.type)},
    {IN_FACT("auth_level", FIELD_U8, authentication.level)},
    {0},
};

static const struct field NAME_FIELDS[] = {
    {IN_FACT("source", FIELD_CHOICE, name.source), .size = NAME_SOURCES, .names = NAME_SOURCE_NAMES},
    {IN_FACT("name", FIELD_TEXT, name.name), .size = FACT_TEXT_SIZE},
    {0},
};

static const struct field PIPE_FIELDS[] = {
    {IN_FACT("status", FIELD_U32, pipe.status)},
    {0},
};

static const struct field BINDING_FIELDS[] = {
    {IN_BINDING("transport", FIELD_CHOICE, transport), .size = TRANSPORT_KINDS, .names = TRANSPORT_NAMES},
    {IN_BINDING("endpoint", FIELD_ENDPOINT, endpoint)},
    {IN_BINDING("name", FIELD_TEXT, name), .size = FACT_TEXT_SIZE},
    {0},
};

static const struct field BINDINGS_FIELDS[] = {
    {IN_FACT("source", FIELD_CHOICE, bindings.source), .size = BINDINGS_SOURCES, .names = BINDINGS_SOURCE_NAMES},
    {IN_FACT("call_id", FIELD_U32, bindings.call_id)},
    {IN_FACT("offered", FIELD_U32, bindings.offered)},
    {IN_FACT("bindings", FIELD_LIST, bindings.bindings), .size = FACT_MAX_BINDINGS, .items = BINDING_FIELDS,
     .item_size = sizeof(struct fact_binding), .count_at = offsetof(struct fact, bindings.count)},
    {0},
};

static const struct field LINK_FIELDS[] = {
    {IN_FACT("mac", FIELD_MAC, link.mac)},
    {IN_FACT("gratuitous", FIELD_BOOL, link.gratuitous)},
    {0},
};

static const struct field RESOURCE_FIELDS[] = {
    {IN_FACT("address", FIELD_ADDRESS, resource.address)},
    {IN_FACT("name", FIELD_TEXT, resource.name), .size = FACT_TEXT_SIZE},
    {IN_FACT("network", FIELD_TEXT, resource.network), .size = FACT_TEXT_SIZE},
    {0},
};

static const struct field UNREADABLE_FIELDS[] = {
    {IN_FACT("what", FIELD_CHOICE, unreadable), .size = UNREADABLES, .names = UNREADABLE_NAMES},
    {0},
};

static const struct field CLOSING_FIELDS[] = {
    {IN_FACT("reason", FIELD_CHOICE, closing.reason), .size = CLOSE_REASONS, .names = CLOSE_NAMES},
    {IN_FACT("by", FIELD_CHOICE, closing.by), .size = DIRECTIONS, .names = DIRECTION_NAMES},
    {IN_FACT("client_bytes", FIELD_U64, closing.bytes[FROM_CLIENT])},
    {IN_FACT("server_bytes", FIELD_U64, closing.bytes[FROM_SERVER])},
    {IN_FACT("calls", FIELD_U64, closing.calls)},
    {IN_FACT("answers", FIELD_U64, closing.answers)},
    {IN_FACT("faults", FIELD_U64, closing.faults)},
    {IN_FACT("midstream", FIELD_BOOL, closing.midstream)},
    {IN_FACT("client_missing", FIELD_U64, closing.missing[FROM_CLIENT])},
    {IN_FACT("server_missing", FIELD_U64, closing.missing[FROM_SERVER])},
    {IN_FACT("client_unseen", FIELD_BOOL, closing.unseen[FROM_CLIENT])},
    {IN_FACT("server_unseen", FIELD_BOOL, closing.unseen[FROM_SERVER])},
    {0},
};

static const struct field MALFORMED_FIELDS[] = {
    {IN_FACT("why", FIELD_CHOICE, malformed.why), .size = MALFORMATIONS, .names = MALFORMATION_NAMES},
    {IN_FACT("direction", FIELD_CHOICE, malformed.direction), .size = DIRECTIONS, .names = DIRECTION_NAMES},
    {0},
};

static const struct field GAP_FIELDS[] = {
    {IN_FACT("direction", FIELD_CHOICE, gap.direction), .size = DIRECTIONS, .names = DIRECTION_NAMES},
    {IN_FACT("bytes", FIELD_U64, gap.bytes)},
    {IN_FACT("cut", FIELD_BOOL, gap.cut)},
    {0},
};

static const struct field TALLY_FIELDS[] = {
    {IN_FACT("files", FIELD_U64, tally.files)},
    {IN_FACT("frames", FIELD_U64, tally.frames)},
    {IN_FACT("bytes", FIELD_U64, tally.bytes)},
    {IN_FACT("first", FIELD_TIME, tally.first)},
    {IN_FACT("last", FIELD_TIME, tally.last)},
    {IN_FACT("flows", FIELD_U64, tally.flows)},
    {IN_FACT("pdus", FIELD_COUNTS, tally.pdus), .size = PDU_TYPES, .names = PDU_NAMES},
    {IN_FACT("calls", FIELD_U64, tally.calls)},
    {IN_FACT("maps", FIELD_U64, tally.maps)},
    {IN_FACT("lost", FIELD_COUNTS, tally.lost), .size = LOSS_KINDS, .names = LOSS_NAMES},
    {IN_FACT("limits_reached", FIELD_COUNTS, tally.limits), .size = LIMIT_KINDS, .names = LIMIT_NAMES},
    {0},
};

static const struct field *const KIND_FIELDS[FACT_KINDS] = {
    [FACT_CONNECT_ATTEMPTED] = CONNECT_FIELDS,
    [FACT_CONNECT_ESTABLISHED] = CONNECT_FIELDS,
    [FACT_CONNECT_REFUSED] = CONNECT_FIELDS,
    [FACT_CONNECT_UNREACHABLE] = CONNECT_FIELDS,
    [FACT_CONNECT_UNANSWERED] = CONNECT_FIELDS,
    [FACT_MAP_ASKED] = MAP_FIELDS,
    [FACT_MAP_ANSWERED] = MAP_FIELDS,
    [FACT_LOOKUP_ENTRY] = LOOKUP_FIELDS,
    [FACT_BIND_ASKED] = BIND_FIELDS,
    [FACT_BIND_ANSWERED] = BIND_FIELDS,
    [FACT_BIND_REFUSED] = BIND_FIELDS,
    [FACT_FIRST_CALL] = CALL_FIELDS,
    [FACT_FIRST_ANSWER] = CALL_FIELDS,
    [FACT_FAULT] = CALL_FIELDS,
    [FACT_AUTHENTICATION] = AUTHENTICATION_FIELDS,
    [FACT_SERVER_NAME] = NAME_FIELDS,
    [FACT_PIPE_OPENED] = PIPE_FIELDS,
    [FACT_PIPE_REFUSED] = PIPE_FIELDS,
    [FACT_BINDINGS_TOLD] = BINDINGS_FIELDS,
    [FACT_LINK_ADDRESS] = LINK_FIELDS,
    [FACT_CLUSTER_ADDRESS] = RESOURCE_FIELDS,
    [FACT_UNREADABLE] = UNREADABLE_FIELDS,
    [FACT_CLOSED] = CLOSING_FIELDS,
    [FACT_MALFORMED] = MALFORMED_FIELDS,
    [FACT_GAP] = GAP_FIELDS,
    [FACT_CAPTURE_ENDED] = TALLY_FIELDS,
};

const struct field PIPE_NAME_FIELDS[] = {
    {IN_FACT("pipe", FIELD_TEXT, pipe_name), .size = FACT_TEXT_SIZE},
    {0},
};

const struct field *fact_fields_of(enum fact_kind kind) { return KIND_FIELDS[kind]; }
