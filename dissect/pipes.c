/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/pipes.h"

#include "dissect/conversation.h"
#include "dissect/follower.h"
#include "dissect/names.h"
#include "dissect/pdu.h"
#include "dissect/smb_cutter.h"
#include "dissect/smb_requests.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PIPES = 64,        /* open at once on a connection; the oldest gives way */
    MAX_TOKEN = 16 * 1024, /* octets of a security token; those that carry a CHALLENGE have a few hundred */
};

struct pipe {
    struct smb_file file;
    struct conversation *conversation;
};

/* Where what a message carries goes, of one direction. */
struct drain {
    struct conversation *conversation;
    uint8_t *token; /* owned */
    size_t token_len;
};

struct pipes {
    struct follower follower;
    struct teller teller;
    struct tally tally; /* of the conversations */
    struct smb_cutter cutters[2];
    struct drain drains[2];
    struct smb_file latest; /* of the client's messages; what a related message means */
    bool begun;             /* an SMB 2 message was seen */
    bool unreadable;        /* from now on */
    bool names_told;
    bool midstream; /* the connection's beginning is not in the capture */
    bool breaking;  /* the conversations are told of a hole, which is told once */
    uint64_t missing[2];
    uint32_t endings; /* conversations that told their end, summed up in `closing` */
    struct fact_closing closing;
    uint32_t pipe_count;
    struct pipe pipes[MAX_PIPES]; /* the oldest first */
    struct smb_requests requests;
};

struct pipes *pipes_open(const struct teller *teller) {
    struct pipes *p = malloc(sizeof *p);
    if (p == NULL)
        return NULL;
    memset(p, 0, offsetof(struct pipes, pipes)); /* the tables are large, and mostly empty */
    p->requests.count = 0;
    p->follower.kind = FOLLOWS_SMB;
    p->teller = *teller;
    p->teller.origin.transport = TRANSPORT_PIPE;
    p->teller.origin.likely = p->teller.origin.mapper = false;
    p->midstream = teller->origin.midstream;
    p->cutters[FROM_CLIENT] = smb_cutter_start(teller->origin.midstream);
    p->cutters[FROM_SERVER] = smb_cutter_start(teller->origin.midstream);
    return p;
}

/* --- pipes ------------------------------------------------------------------------------------------------------ */

static void sum_up(struct pipes *p, const struct fact_closing *closing) {
    p->endings++;
    p->closing.bytes[FROM_CLIENT] += closing->bytes[FROM_CLIENT];
    p->closing.bytes[FROM_SERVER] += closing->bytes[FROM_SERVER];
    p->closing.calls += closing->calls;
    p->closing.answers += closing->answers;
    p->closing.faults += closing->faults;
}

/* What the conversations tell. Their flow is one, so its end and its holes are told once. */
static void hear(void *context, const struct fact *fact) {
    struct pipes *p = context;
    if (fact->kind == FACT_CLOSED)
        sum_up(p, &fact->closing);
    else if (fact->kind != FACT_GAP || !p->breaking)
        teller_tell(&p->teller, fact);
}

static struct pipe *find_pipe(struct pipes *p, const struct smb_file *file) {
    for (uint32_t i = 0; i < p->pipe_count; i++)
        if (smb_file_equal(&p->pipes[i].file, file))
            return &p->pipes[i];
    return NULL;
}

static struct pipe *pipe_of(struct pipes *p, const struct conversation *conversation) {
    for (uint32_t i = 0; i < p->pipe_count; i++)
        if (p->pipes[i].conversation == conversation)
            return &p->pipes[i];
    return NULL;
}

static void close_pipe(struct pipes *p, struct pipe *pipe, const struct sighting *seen) {
    for (int d = 0; d < 2; d++)
        if (p->drains[d].conversation == pipe->conversation)
            p->drains[d].conversation = NULL;
    conversation_close(pipe->conversation, &(struct ending){.reason = CLOSE_END, .seen = *seen});
    size_t after = (size_t)(&p->pipes[p->pipe_count] - (pipe + 1));
    memmove(pipe, pipe + 1, after * sizeof *pipe);
    p->pipe_count--;
}

static struct pipe *open_pipe(struct pipes *p, const struct smb_file *file, const struct sighting *seen) {
    struct teller teller = p->teller;
    teller.handler = hear;
    teller.context = p;
    teller.tally = &p->tally;
    if (p->pipe_count == MAX_PIPES) {
        p->tally.limits[LIMIT_CONTEXTS]++;
        close_pipe(p, &p->pipes[0], seen);
    }
    struct conversation *conversation = conversation_open(&teller);
    if (conversation == NULL)
        return NULL;
    p->pipes[p->pipe_count] = (struct pipe){*file, conversation};
    return &p->pipes[p->pipe_count++];
}

static bool any_is_rpc(const struct pipes *p) {
    for (uint32_t i = 0; i < p->pipe_count; i++)
        if (conversation_is_rpc(p->pipes[i].conversation))
            return true;
    return false;
}

bool pipes_have_rpc(const struct pipes *p) { return p->endings > 0 || any_is_rpc(p); }

/* --- messages --------------------------------------------------------------------------------------------------- */

static bool is_nobody(const struct smb_file *file) {
    static const struct smb_file nobody;
    return smb_file_equal(file, &nobody);
}

static bool is_any(const struct smb_file *file) {
    struct smb_file any;
    memset(&any, 0xff, sizeof any);
    return smb_file_equal(file, &any);
}

static void remember(struct pipes *p, const struct smb_message *m) {
    struct smb_file gone = smb_requests_add(&p->requests, m->id, &m->file);
    if (find_pipe(p, &gone) != NULL)
        p->tally.limits[LIMIT_CALLS]++;
}

/* MS-SMB2 3.3.5.2.7.2: a related message that names no file means that of the one before. */
static void resolve(struct pipes *p, struct smb_message *m) {
    if (m->related && is_any(&m->file))
        m->file = p->latest;
    if (!m->related || !is_nobody(&m->file))
        p->latest = m->file;
}

/* What comes next in this direction is of that file, and begins so. */
static void lead_to_pipe(struct pipes *p, enum direction d, const struct smb_file *file, struct bytes glimpse,
                         const struct sighting *seen) {
    if (glimpse.len == 0 || is_nobody(file) || is_any(file))
        return;
    struct pipe *pipe = find_pipe(p, file);
    if (pipe == NULL && pdu_likeness(glimpse) == PDU_LIKELY)
        pipe = open_pipe(p, file, seen);
    if (pipe != NULL)
        p->drains[d].conversation = pipe->conversation;
}

static void lead_to_token(struct pipes *p, enum direction d) {
    uint32_t length = p->cutters[d].head.length;
    if (!p->names_told && length > 0 && length <= MAX_TOKEN)
        p->drains[d].token = malloc(length);
}

static void request(struct pipes *p, enum direction d, struct bytes glimpse, const struct sighting *seen) {
    struct smb_message *m = &p->cutters[d].head;
    resolve(p, m);
    if (m->command == SMB_WRITE || m->command == SMB_IOCTL)
        lead_to_pipe(p, d, &m->file, glimpse, seen);
    bool of_pipe = (m->command == SMB_IOCTL || m->command == SMB_CLOSE) && find_pipe(p, &m->file) != NULL;
    if (m->command == SMB_READ || of_pipe)
        remember(p, m);
}

static void closed(struct pipes *p, const struct smb_file *file, const struct sighting *seen) {
    struct pipe *pipe = find_pipe(p, file);
    if (pipe != NULL)
        close_pipe(p, pipe, seen);
}

static void answer(struct pipes *p, enum direction d, struct bytes glimpse, const struct sighting *seen) {
    const struct smb_message *m = &p->cutters[d].head;
    if (m->pending)
        return;
    struct smb_file file = smb_requests_take(&p->requests, m->id);
    if (is_nobody(&file)) /* its request is not in the capture */
        file = m->file;
    if (m->command == SMB_CLOSE && !m->failed)
        closed(p, &file, seen);
    else if (m->command == SMB_READ || m->command == SMB_IOCTL)
        lead_to_pipe(p, d, &file, glimpse, seen);
    else if (m->command == SMB_SESSION_SETUP)
        lead_to_token(p, d);
}

/* The side that answers is the server, whoever was taken for it. */
static void learn_roles(struct pipes *p, enum direction d) {
    if (!p->begun && p->teller.origin.midstream)
        p->teller.swapped = p->cutters[d].head.response != (d == FROM_SERVER);
    p->begun = true;
}

static void take_message(struct pipes *p, enum direction d, struct bytes glimpse, const struct sighting *seen) {
    struct smb_cutter *cutter = &p->cutters[d];
    learn_roles(p, d);
    bool from_server = teller_direction(&p->teller, d) == FROM_SERVER;
    if (cutter->head.response != from_server) /* an echo, or nonsense */
        cutter->head.length = 0;
    else if (from_server)
        answer(p, d, glimpse, seen);
    else
        request(p, d, glimpse, seen);
    if (p->drains[d].conversation == NULL && p->drains[d].token == NULL)
        smb_cutter_skip(cutter);
}

/* --- what they carry -------------------------------------------------------------------------------------------- */

static void drop_token(struct drain *drain) {
    free(drain->token);
    drain->token = NULL;
    drain->token_len = 0;
}

static void take_token(struct pipes *p, enum direction d, struct bytes piece, const struct sighting *seen) {
    struct drain *drain = &p->drains[d];
    memcpy(drain->token + drain->token_len, piece.at, piece.len);
    drain->token_len += piece.len;
    if (p->cutters[d].payload > 0)
        return;
    p->names_told = p->names_told || names_tell(&p->teller, (struct bytes){drain->token, drain->token_len}, seen);
    drop_token(drain);
}

/* What turns out to be no RPC is a file. */
static void interested(struct pipes *p, struct conversation *conversation, bool interested,
                       const struct sighting *seen) {
    struct pipe *pipe = pipe_of(p, conversation);
    if (!interested && pipe != NULL && !conversation_is_rpc(conversation))
        close_pipe(p, pipe, seen);
}

static void take_piece(struct pipes *p, enum direction d, struct bytes piece, const struct sighting *seen) {
    struct drain *drain = &p->drains[d];
    struct conversation *conversation = drain->conversation;
    if (drain->token != NULL)
        take_token(p, d, piece, seen);
    if (conversation == NULL)
        return;
    if (p->cutters[d].payload == 0)
        drain->conversation = NULL;
    interested(p, conversation, conversation_bytes(conversation, d, piece, seen), seen);
}

/* --- holes ------------------------------------------------------------------------------------------------------ */

/* Nobody knows which pipes it concerns, and how much of each. */
static void break_all(struct pipes *p, enum direction d, uint64_t missing, const struct sighting *seen) {
    static const uint64_t MORE_THAN_A_PDU = UINT32_MAX;
    bool was_rpc = any_is_rpc(p);
    p->missing[d] += missing;
    drop_token(&p->drains[d]);
    p->drains[d].conversation = NULL;
    p->teller.origin.midstream = true;
    p->breaking = true;
    for (uint32_t i = p->pipe_count; i-- > 0;) {
        struct conversation *conversation = p->pipes[i].conversation;
        interested(p, conversation, conversation_gap(conversation, d, MORE_THAN_A_PDU, seen), seen);
    }
    p->breaking = false;
    if (!was_rpc || missing == 0)
        return;
    struct fact fact;
    teller_begin(&p->teller, &fact, FACT_GAP, seen);
    fact.gap.direction = teller_direction(&p->teller, d);
    fact.gap.bytes = missing;
    teller_tell(&p->teller, &fact);
}

static void break_one(struct pipes *p, enum direction d, uint32_t missing, const struct sighting *seen) {
    struct drain *drain = &p->drains[d];
    struct conversation *conversation = drain->conversation;
    drop_token(drain);
    if (conversation == NULL) {
        smb_cutter_skip(&p->cutters[d]);
        return;
    }
    p->missing[d] += missing;
    if (p->cutters[d].payload == 0)
        drain->conversation = NULL;
    interested(p, conversation, conversation_gap(conversation, d, missing, seen), seen);
}

bool pipes_gap(struct pipes *p, enum direction d, uint64_t n, const struct sighting *seen) {
    uint32_t missing;
    if (p->unreadable)
        return false;
    switch (smb_cutter_gap(&p->cutters[d], n, &missing)) {
    case SMB_HOLE_HARMLESS:
        break;
    case SMB_HOLE_IN_PAYLOAD:
        break_one(p, d, missing, seen);
        break;
    case SMB_HOLE_LOST:
        break_all(p, d, n, seen);
        break;
    }
    return true;
}

/* --- the connection --------------------------------------------------------------------------------------------- */

bool pipes_bytes(struct pipes *p, enum direction d, struct bytes bytes, const struct sighting *seen) {
    struct bytes piece;
    while (!p->unreadable) {
        switch (smb_cutter_next(&p->cutters[d], &bytes, &piece)) {
        case SMB_CUT_MESSAGE:
            take_message(p, d, piece, seen);
            break;
        case SMB_CUT_PAYLOAD:
            take_piece(p, d, piece, seen);
            break;
        case SMB_CUT_NEGOTIATION:
            p->unreadable = p->begun;
            break;
        case SMB_CUT_UNREADABLE:
            p->unreadable = true;
            break;
        case SMB_CUT_LOST:
            p->unreadable = !p->begun;
            break_all(p, d, 0, seen);
            break;
        case SMB_CUT_NOTHING:
            return true;
        }
    }
    return false;
}

static void tell_end(struct pipes *p, const struct ending *ending) {
    struct fact fact;
    teller_begin(&p->teller, &fact, FACT_CLOSED, &ending->seen);
    fact.closing = p->closing;
    fact.closing.reason = ending->reason;
    fact.closing.by = teller_direction(&p->teller, ending->by);
    fact.closing.midstream = p->midstream;
    for (unsigned d = FROM_CLIENT; d <= FROM_SERVER; d++) {
        enum direction from = teller_direction(&p->teller, (enum direction)d);
        fact.closing.missing[from] = p->missing[d];
        fact.closing.unseen[from] = ending->unseen[d];
    }
    teller_tell(&p->teller, &fact);
}

static void hand_in(struct pipes *p) {
    struct tally counted = {.files = 0};
    memcpy(counted.lost, p->tally.lost, sizeof counted.lost);
    memcpy(counted.limits, p->tally.limits, sizeof counted.limits);
    tally_add(p->teller.tally, &counted);
}

void pipes_close(struct pipes *p, const struct ending *ending) {
    const struct sighting seen = ending == NULL ? (struct sighting){0} : ending->seen;
    while (p->pipe_count > 0)
        close_pipe(p, &p->pipes[p->pipe_count - 1], &seen);
    if (p->endings > 0 && ending != NULL)
        tell_end(p, ending);
    hand_in(p);
    drop_token(&p->drains[FROM_CLIENT]);
    drop_token(&p->drains[FROM_SERVER]);
    free(p);
}
