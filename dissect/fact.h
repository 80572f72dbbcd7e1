/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_FACT_H
#define DISSECT_FACT_H

#include "wire/segment.h"
#include "wire/syntax.h"
#include "wire/tally.h"

/* A fact: what one moment of one connection proves. Flat and self-contained, no pointer into packets, so that it can
 * be kept, written as one line of JSON and read back without loss. Facts are few: they scale with what changes, not
 * with packets. Each carries the sighting that proves it. */

enum {
    FACT_MAX_TOWERS = 8,    /* Windows asks for at most 4 */
    FACT_MAX_CONTEXTS = 16, /* of one bind; Windows offers 3 for one interface */
    FACT_MAX_BINDINGS = 16, /* of one DCOM answer; Windows tells a name and its addresses, for one transport */
    FACT_TEXT_SIZE = 128,   /* pipe names, annotations (64 by specification), server names; cut beyond it */
};

enum fact_kind {
    FACT_CONNECT_ATTEMPTED,   /* connect: a SYN, the first or again */
    FACT_CONNECT_ESTABLISHED, /* connect: the SYN-ACK, or a midstream connection first seen */
    FACT_CONNECT_REFUSED,     /* connect: an RST to a SYN */
    FACT_CONNECT_UNREACHABLE, /* connect: an ICMP error to a SYN */
    FACT_CONNECT_UNANSWERED,  /* connect: the flow ended, no SYN was ever answered. Seen at the last SYN */
    FACT_MAP_ASKED,           /* map */
    FACT_MAP_ANSWERED,        /* map */
    FACT_LOOKUP_ENTRY,        /* lookup: one entry of an ept_lookup answer */
    FACT_BIND_ASKED,          /* bind: bind or alter_context */
    FACT_BIND_ANSWERED,       /* bind: bind_ack or alter_context_resp */
    FACT_BIND_REFUSED,        /* bind: bind_nak */
    FACT_FIRST_CALL,          /* call: first request on a context */
    FACT_FIRST_ANSWER,        /* call: first response on a context, the proof that it is served */
    FACT_FAULT,               /* call: every first fault of a (context, opnum, status) */
    FACT_AUTHENTICATION,      /* authentication: first seen per connection, type and level */
    FACT_SERVER_NAME,         /* name: the server says what it is called */
    FACT_PIPE_OPENED,         /* pipe: an SMB server opened a named pipe */
    FACT_PIPE_REFUSED,        /* pipe: it did not */
    FACT_BINDINGS_TOLD,       /* bindings: DCOM, SMB: a server tells how it, or an object of it, is reached */
    FACT_LINK_ADDRESS,        /* link: ARP: the server's address is at this link-layer address */
    FACT_CLUSTER_ADDRESS,     /* resource: clusapi: the address of an IP Address resource */
    FACT_UNREADABLE,          /* unreadable: a part of this conversation cannot be read, from here on, and why */
    FACT_CLOSED,              /* closing: the end of a connection that carried RPC or nothing, or is likely to have */
    FACT_MALFORMED,           /* malformed: PDU bytes that contradict themselves */
    FACT_GAP,                 /* gap: bytes of an RPC connection that are not in the capture: the first few holes of
                               * every second; `closing` counts all of them */
    FACT_CAPTURE_ENDED,       /* tally: all files or the live capture ended here; last fact of a run */
    FACT_KINDS
};

/* How the endpoint is reached, by protocol sequence (C706 appendix I, MS-RPCE 2.1). */
enum transport {
    TRANSPORT_UNKNOWN,
    TRANSPORT_TCP,   /* ncacn_ip_tcp */
    TRANSPORT_UDP,   /* ncadg_ip_udp */
    TRANSPORT_PIPE,  /* ncacn_np */
    TRANSPORT_HTTP,  /* ncacn_http */
    TRANSPORT_LOCAL, /* ncalrpc */
    TRANSPORT_KINDS
};

struct fact_connect {
    uint32_t attempt;      /* which SYN of this connection; UNANSWERED: how many there were */
    struct mac server_mac; /* link-layer source of the server's packet */
    uint8_t client_ttl;    /* as captured; 0 = not seen */
    uint8_t server_ttl;
    bool midstream;    /* ESTABLISHED: the handshake is not in the capture */
    uint8_t icmp_type; /* UNREACHABLE */
    uint8_t icmp_code;
    struct address reporter; /* UNREACHABLE: who sent the ICMP error */
};

/* What a tower says (C706 appendix L). Address ADDRESS_NONE where it has no host floor; port 0 where it has none. */
struct fact_tower {
    struct syntax_id interface;
    enum transport transport;
    struct endpoint endpoint;
    char name[FACT_TEXT_SIZE]; /* pipe or local endpoint name */
};

struct fact_map {
    uint32_t call_id;
    struct syntax_id interface; /* ASKED; ANSWERED: of the question, else of the first tower, else nil */
    enum transport transport;   /* that was asked for */
    struct uuid object;         /* nil where none was asked for */
    uint32_t status;            /* ANSWERED: error_status_t */
    uint32_t offered;           /* ANSWERED: towers in the answer */
    uint8_t count;              /* ANSWERED: towers kept below */
    bool question_seen;         /* ANSWERED: the request is in the capture */
    struct fact_tower towers[FACT_MAX_TOWERS];
};

struct fact_lookup {
    struct uuid object;
    struct fact_tower tower;
    char annotation[FACT_TEXT_SIZE];
};

struct fact_context {
    uint16_t id; /* p_cont_id */
    struct syntax_id interface;
    struct syntax_id transfer; /* ASKED: the first offered; ANSWERED: the accepted one */
    uint16_t result;           /* ANSWERED: p_cont_def_result_t, 0 acceptance … 3 negotiate_ack */
    uint16_t reason;           /* ANSWERED: p_provider_reason_t, or the feature bits of negotiate_ack */
};

struct fact_bind {
    bool alter; /* alter_context and its answer */
    uint32_t call_id;
    uint32_t assoc_group; /* ASKED: 0 = a new one is wanted */
    uint16_t nak_reason;  /* REFUSED: p_reject_reason_t */
    bool question_seen;   /* ANSWERED, REFUSED: the bind is in the capture, else interfaces are nil */
    uint16_t offered;     /* contexts in the PDU */
    uint8_t count;        /* contexts kept below; REFUSED: those that the bind offered */
    struct fact_context contexts[FACT_MAX_CONTEXTS];
    char secondary[FACT_TEXT_SIZE]; /* ANSWERED: sec_addr */
};

struct fact_call {
    uint32_t call_id;
    uint16_t context;           /* p_cont_id */
    struct syntax_id interface; /* nil where the bind is not in the capture */
    uint16_t opnum;             /* 0xffff where the request is not in the capture */
    uint32_t status;            /* FAULT */
    bool did_not_execute;       /* FAULT: PFC_DID_NOT_EXECUTE, or a reject PDU */
    bool maybe;                 /* FIRST_CALL over UDP: no answer is wanted, or it was sent to many */
};

struct fact_authentication {
    uint8_t type;  /* auth_type: 9 SPNEGO, 10 NTLM, 16 Kerberos … */
    uint8_t level; /* auth_level: 2 connect … 6 privacy */
};

enum name_source {
    NAME_NTLM_COMPUTER,
    NAME_NTLM_DOMAIN,
    NAME_NTLM_DNS_COMPUTER,
    NAME_NTLM_DNS_DOMAIN,
    NAME_SMB_GUID,         /* ServerGuid of an SMB server, as text */
    NAME_SMB_SERVER,       /* ServerName of an SMB 1 negotiation */
    NAME_NETBIOS_SESSION,  /* the name that a NetBIOS session was opened to */
    NAME_NETBIOS,          /* answer or registration in the NetBIOS name service */
    NAME_DNS,              /* owner of an A or AAAA record, or of a CNAME to it */
    NAME_KERBEROS_SERVICE, /* the service of a ticket that the client showed, "cifs/host" */
    NAME_SMB_START,        /* ServerStartTime of an SMB server, its FILETIME as 16 hexadecimal digits */
    NAME_SOURCES
};

struct fact_name {
    enum name_source source;
    char name[FACT_TEXT_SIZE]; /* UTF-8 */
};

struct fact_pipe {
    uint32_t status; /* REFUSED: NTSTATUS of the CREATE; the pipe's name is fact.pipe_name */
};

enum bindings_source {
    BINDINGS_SERVER_ALIVE,    /* ServerAlive2: all names and addresses of the machine, without ports */
    BINDINGS_OXID,            /* ResolveOxid, ResolveOxid2: of an object exporter */
    BINDINGS_ACTIVATION,      /* RemoteActivation */
    BINDINGS_CREATE_INSTANCE, /* RemoteCreateInstance, RemoteGetClassObject */
    BINDINGS_SMB_INTERFACES,  /* no DCOM: addresses of an SMB server's network interfaces, without ports */
    BINDINGS_SOURCES
};

/* A STRINGBINDING (MS-DCOM 2.2.19.3). Its address is ADDRESS_NONE where it names a host; port 0 where it has none. */
struct fact_binding {
    enum transport transport;
    struct endpoint endpoint;
    char name[FACT_TEXT_SIZE]; /* host name; or a pipe's */
};

struct fact_bindings {
    enum bindings_source source;
    uint32_t call_id;
    uint32_t offered; /* bindings in the answer */
    uint8_t count;    /* kept below */
    struct fact_binding bindings[FACT_MAX_BINDINGS];
};

struct fact_link {
    struct mac mac;
    bool gratuitous; /* it was told without a question, as when an address moves */
};

struct fact_resource {
    struct address address;
    char name[FACT_TEXT_SIZE];    /* of the resource, "" if not known */
    char network[FACT_TEXT_SIZE]; /* of the cluster, likewise */
};

enum unreadable { UNREADABLE_SMB_ENCRYPTED, UNREADABLE_RPC_OVER_HTTP_2, UNREADABLE_SMB_COMPRESSED, UNREADABLES };

struct fact_closing {
    enum close_reason reason;
    enum direction by; /* who sent the last FIN or RST */
    uint64_t bytes[2]; /* stream bytes by enum direction */
    uint64_t calls, answers, faults;
    /* What the capture lacks of it: its beginning, so many bytes known to be missing, all packets of a side. */
    bool midstream;
    uint64_t missing[2];
    bool unseen[2];
};

enum malformation {
    MALFORMED_HEADER,   /* bytes where a PDU should begin are none */
    MALFORMED_LENGTH,   /* frag_length or auth_length contradict the PDU */
    MALFORMED_BIND,     /* bind, alter_context */
    MALFORMED_BIND_ACK, /* bind_ack, alter_context_resp, bind_nak */
    MALFORMED_CALL,     /* request, response or fault shorter than its fixed part, or fragments out of order */
    MALFORMED_MAP,      /* ept_map or ept_lookup stub */
    MALFORMED_TOWER,
    MALFORMED_NTLM,
    MALFORMED_BINDINGS, /* DCOM stub that tells string bindings */
    MALFORMED_RESOURCE, /* cluster API stub */
    MALFORMATIONS
};

/* Datagrams have no connections. A conversation over UDP is one client's endpoint, one address that it calls and one
 * interface; its flow counts from here on, which no flow.id ever reaches. Of it CONNECT_ATTEMPTED tells that a call is
 * sent again before anything is heard, CONNECT_ESTABLISHED the first datagram of the server, which may come from
 * another port than was called, CONNECT_UNREACHABLE an ICMP error about a call, CONNECT_UNANSWERED that nothing was
 * ever heard. fact.server is the endpoint of the datagram. call_id counts the calls of the conversation. */
#define DATAGRAM_FLOWS (UINT64_C(1) << 40)

struct fact {
    enum fact_kind kind;
    struct sighting seen;
    uint64_t flow; /* flow.id, or from DATAGRAM_FLOWS on; 0 for FACT_CAPTURE_ENDED */
    enum transport transport;
    struct endpoint client, server; /* RPC roles: the server answers binds, whoever opened the connection */
    union {
        struct fact_connect connect;
        struct fact_map map;
        struct fact_lookup lookup;
        struct fact_bind bind;
        struct fact_call call;
        struct fact_authentication authentication;
        struct fact_name name;
        struct fact_pipe pipe;
        struct fact_bindings bindings;
        struct fact_link link;
        struct fact_resource resource;
        enum unreadable unreadable;
        struct fact_closing closing;
        struct {
            enum malformation why;
            enum direction direction;
        } malformed;
        struct {
            enum direction direction;
            uint64_t bytes;
            bool cut; /* by the snap length, from a packet that is there */
        } gap;
        struct tally tally;
    };
    char pipe_name[FACT_TEXT_SIZE]; /* TRANSPORT_PIPE only, else not set: without "\\PIPE\\"; "" if not known */
};

/* Valid for the call only; who keeps a fact copies it. */
typedef void (*fact_handler)(void *context, const struct fact *fact);

#endif
