/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/pipes.h"

#include "dissect/smb/pipe_connection.h"

#include <stdlib.h>
#include <string.h>

struct pipes *pipes_open(const struct teller *teller) {
    struct pipes *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->follower.kind = FOLLOWS_SMB;
    p->teller = *teller;
    p->teller.origin.transport = TRANSPORT_PIPE;
    p->teller.origin.likely = p->teller.origin.mapper = false;
    p->midstream = teller->origin.midstream;
    p->cutters[FROM_CLIENT] = smb_cutter_start(teller->origin.midstream);
    p->cutters[FROM_SERVER] = smb_cutter_start(teller->origin.midstream);
    return p;
}

static bool is_rpc(const struct pipe *pipe) {
    return pipe->conversation != NULL && conversation_is_rpc(pipe->conversation);
}

static bool any_is_rpc(const struct pipes *p) {
    for (uint32_t i = 0; i < p->table.count; i++)
        if (is_rpc(p->table.at[i].pipe))
            return true;
    return false;
}

bool pipes_have_rpc(const struct pipes *p) { return p->endings > 0 || any_is_rpc(p); }

/* --- what messages carry ---------------------------------------------------------------------------------------- */

static void drop_kept(struct drain *drain) {
    free(drain->kept);
    drain->kept = NULL;
    drain->kept_count = drain->kept_room = 0;
}

static void keep(struct pipes *p, enum direction d, struct bytes piece, const struct sighting *seen) {
    struct drain *drain = &p->drains[d];
    uint32_t room = drain->kept_room - drain->kept_count;
    uint32_t count = piece.len < room ? (uint32_t)piece.len : room;
    memcpy(drain->kept + drain->kept_count, piece.at, count);
    drain->kept_count += count;
    if (drain->kept_count < drain->kept_room)
        return;
    pipes_read(p, &p->cutters[d].head, (struct bytes){drain->kept, drain->kept_count}, seen);
    drop_kept(drain);
    smb_cutter_skip(&p->cutters[d]);
}

/* What turns out to be no RPC is a file, or a pipe of some other protocol. */
static void lose_interest(struct pipes *p, struct pipe *pipe, bool interested, const struct sighting *seen) {
    if (interested || is_rpc(pipe))
        return;
    if (pipe->name == NULL)
        pipes_remove(p, pipe, seen);
    else
        pipes_hang_up(p, pipe, seen);
}

static void take_piece(struct pipes *p, enum direction d, struct bytes piece, const struct sighting *seen) {
    struct drain *drain = &p->drains[d];
    struct pipe *pipe = drain->pipe;
    if (drain->kept != NULL)
        keep(p, d, piece, seen);
    if (pipe == NULL)
        return;
    if (p->cutters[d].payload == 0)
        drain->pipe = NULL;
    p->speaking = pipe;
    bool interested = conversation_bytes(pipe->conversation, d, piece, seen);
    p->speaking = NULL;
    lose_interest(p, pipe, interested, seen);
}

/* --- holes ------------------------------------------------------------------------------------------------------ */

static void break_pipe(struct pipes *p, struct pipe *pipe, enum direction d, struct hole hole,
                       const struct sighting *seen) {
    p->speaking = pipe;
    bool interested = conversation_gap(pipe->conversation, d, hole, seen);
    p->speaking = NULL;
    lose_interest(p, pipe, interested, seen);
}

/* Nobody knows which pipes it concerns, and how much of each. */
static void break_all(struct pipes *p, enum direction d, struct hole hole, const struct sighting *seen) {
    const struct hole more_than_a_pdu = {UINT32_MAX, hole.cut};
    bool was_rpc = any_is_rpc(p);
    p->missing[d] += hole.bytes;
    drop_kept(&p->drains[d]);
    p->drains[d].pipe = NULL;
    p->teller.origin.midstream = true;
    p->breaking = true;
    for (uint32_t i = p->table.count; i-- > 0;)
        if (p->table.at[i].pipe->conversation != NULL)
            break_pipe(p, p->table.at[i].pipe, d, more_than_a_pdu, seen);
    p->breaking = false;
    if (was_rpc && hole.bytes != 0)
        teller_gap(&p->teller, teller_direction(&p->teller, d), hole, seen);
}

static void break_one(struct pipes *p, enum direction d, struct hole hole, const struct sighting *seen) {
    struct drain *drain = &p->drains[d];
    struct pipe *pipe = drain->pipe;
    drop_kept(drain);
    if (pipe == NULL) {
        smb_cutter_skip(&p->cutters[d]);
        return;
    }
    p->missing[d] += hole.bytes;
    if (p->cutters[d].payload == 0)
        drain->pipe = NULL;
    break_pipe(p, pipe, d, hole, seen);
}

bool pipes_gap(struct pipes *p, enum direction d, struct hole hole, const struct sighting *seen) {
    uint32_t missing;
    if (p->useless)
        return false;
    switch (smb_cutter_gap(&p->cutters[d], hole.bytes, &missing)) {
    case SMB_HOLE_HARMLESS:
        break;
    case SMB_HOLE_IN_PAYLOAD:
        break_one(p, d, (struct hole){missing, hole.cut}, seen);
        break;
    case SMB_HOLE_LOST:
        break_all(p, d, hole, seen);
        break;
    }
    return true;
}

/* --- the connection --------------------------------------------------------------------------------------------- */

/* The first thing that is said on a connection. */
static void called(struct pipes *p, enum direction d, struct bytes name) {
    struct smb_cutter *other = &p->cutters[d == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT];
    if (other->state == SMB_CUTTER_SEARCHING)
        *other = smb_cutter_start(false);
    if (!p->roles_known && p->teller.origin.midstream)
        p->teller.swapped = d != FROM_CLIENT;
    p->roles_known = p->begun = true;
    if (teller_direction(&p->teller, d) == FROM_CLIENT)
        pipes_called(p, name);
}

/* The session's keys are not ours, and compression (MS-SMB2 2.2.42) is rare on pipes; what is neither, before it and
 * besides it, is read. Each is told once. */
static void unreadable(struct pipes *p, enum unreadable what, const struct sighting *seen) {
    p->begun = true;
    if (p->unreadable[what])
        return;
    p->unreadable[what] = true;
    struct fact fact;
    p->teller.tally->lost[what == UNREADABLE_SMB_ENCRYPTED ? LOSS_ENCRYPTED_SMB : LOSS_COMPRESSED_SMB]++;
    teller_begin(&p->teller, &fact, FACT_UNREADABLE, seen);
    fact.unreadable = what;
    teller_tell(&p->teller, &fact);
}

bool pipes_bytes(struct pipes *p, enum direction d, struct bytes bytes, const struct sighting *seen) {
    struct bytes piece;
    while (!p->useless) {
        switch (smb_cutter_next(&p->cutters[d], &bytes, &piece)) {
        case SMB_CUT_MESSAGE:
            pipes_message(p, d, piece, seen);
            break;
        case SMB_CUT_PAYLOAD:
            take_piece(p, d, piece, seen);
            break;
        case SMB_CUT_CALLED:
            called(p, d, piece);
            break;
        case SMB_CUT_ACCEPTED:
            pipes_tell_called(p, seen);
            break;
        case SMB_CUT_REFUSED:
            p->called[0] = '\0';
            break;
        case SMB_CUT_ENCRYPTED:
            unreadable(p, UNREADABLE_SMB_ENCRYPTED, seen);
            break;
        case SMB_CUT_COMPRESSED:
            unreadable(p, UNREADABLE_SMB_COMPRESSED, seen);
            break;
        case SMB_CUT_LOST:
            p->useless = !p->begun;
            break_all(p, d, (struct hole){0}, seen);
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

void pipes_close(struct pipes *p, const struct ending *ending) {
    const struct sighting seen = ending == NULL ? (struct sighting){0} : ending->seen;
    while (p->table.count > 0)
        pipes_remove(p, p->table.at[0].pipe, &seen);
    if (p->endings > 0 && ending != NULL)
        tell_end(p, ending);
    pipe_table_stop(&p->table);
    smb_trees_stop(&p->trees);
    smb_requests_stop(&p->requests);
    drop_kept(&p->drains[FROM_CLIENT]);
    drop_kept(&p->drains[FROM_SERVER]);
    free(p);
}
