/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each fact to the part of the knowledge that it concerns. */
#include "rules/knowledge.h"

static uint8_t lacks_of(const struct fact_closing *closing, bool by_somebody) {
    unsigned lacks = 0;
    if (closing->midstream)
        lacks |= LACKS_BEGINNING;
    if (closing->missing[FROM_SERVER] != 0 || closing->unseen[FROM_SERVER])
        lacks |= LACKS_BYTES;
    if (!by_somebody && closing->calls > closing->answers + closing->faults)
        lacks |= LACKS_ANSWERS;
    return (uint8_t)lacks;
}

/* Who closes the connection to the mapper is done with what it asked there: it does not try any more. */
static void closed(struct knowledge *k, const struct fact *fact) {
    bool by_somebody = fact->closing.reason == CLOSE_FIN || fact->closing.reason == CLOSE_RESET;
    uint8_t lacks = lacks_of(&fact->closing, by_somebody);
    struct connection *c = track_connection(k->track, fact->flow);
    struct tracked *t = c == NULL ? NULL : c->asked;
    for (; t != NULL; t = t->asked_before) {
        t->map_lacks |= lacks;
        if (by_somebody)
            t->done = fact->seen.time;
    }
    bool reset = fact->closing.reason == CLOSE_RESET && fact->closing.by == FROM_SERVER;
    for (size_t i = 0; c != NULL && i < c->session_count; i++) {
        c->sessions[i]->lacks |= lacks;
        c->sessions[i]->broken_off = reset ? fact->seen.time : 0;
    }
    if (c != NULL)
        foretold_closes(c, by_somebody && lacks == 0 && fact->closing.missing[FROM_CLIENT] == 0);
    bool cut_short = !by_somebody && fact->closing.bytes[FROM_SERVER] == 0; /* before the server said anything */
    if (lacks != 0 || cut_short)
        places_lacks(k->places, &fact->server);
    if (fact->closing.unseen[FROM_SERVER])
        places_never_saw(k->places, &fact->server.address);
    else if (fact->closing.bytes[FROM_SERVER] != 0)
        places_sees(k->places, &fact->server.address, true);
    track_forget(k->track, fact->flow);
    callbacks_closed(k->callbacks, fact->flow, fact->seen.time);
}

static void gap(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c != NULL)
        c->has_gap = true;
    if (!fact->gap.cut) /* what was cut is no packet that is missing */
        gap_times_add(k->gap_times, fact->seen.time);
}

/* A fact may be told late, for it waited behind a hole: then its frame, too, is an earlier one. */
static void watch_clock(struct knowledge *k, const struct sighting *seen) {
    static const int64_t OVERTAKES = SECOND / 2;
    struct sighting *latest = &k->latest[seen->file % KNOWLEDGE_CLOCKS];
    if (seen->frame == 0 || (latest->file == seen->file && seen->frame <= latest->frame))
        return;
    if (latest->frame != 0 && latest->file == seen->file && seen->time < latest->time - OVERTAKES)
        k->clock_went_back = true;
    *latest = *seen;
}

/* These are told of datagrams otherwise than of connections. */
static bool is_of_conversation(enum fact_kind kind) {
    return kind <= FACT_CONNECT_UNANSWERED || kind == FACT_FIRST_CALL || kind == FACT_FIRST_ANSWER ||
           kind == FACT_FAULT;
}

void knowledge_follow(struct knowledge *k, const struct fact *fact) {
    watch_clock(k, &fact->seen);
    if (fact->seen.time > k->end)
        k->end = fact->seen.time;
    if (fact->transport == TRANSPORT_UDP && is_of_conversation(fact->kind)) {
        knowledge_datagram(k->datagrams, fact);
        return;
    }
    switch (fact->kind) {
    case FACT_CONNECT_ATTEMPTED:
    case FACT_CONNECT_ESTABLISHED:
    case FACT_CONNECT_REFUSED:
    case FACT_CONNECT_UNREACHABLE:
        if (callbacks_wait(k->callbacks))
            callbacks_connect(k->callbacks, fact);
        knowledge_connect(k, fact);
        break;
    case FACT_CONNECT_UNANSWERED:
        if (callbacks_wait(k->callbacks))
            callbacks_connect(k->callbacks, fact);
        knowledge_connect(k, fact);
        track_forget(k->track, fact->flow);
        break;
    case FACT_MAP_ASKED:
    case FACT_MAP_ANSWERED:
    case FACT_LOOKUP_ENTRY:
        knowledge_name_ports(k, fact);
        knowledge_map(k, fact);
        break;
    case FACT_BIND_ASKED:
    case FACT_BIND_ANSWERED:
    case FACT_BIND_REFUSED:
        knowledge_name_ports(k, fact);
        knowledge_listen(k, fact);
        break;
    case FACT_FIRST_CALL:
    case FACT_FIRST_ANSWER:
    case FACT_FAULT:
        knowledge_name_ports(k, fact);
        knowledge_listen(k, fact);
        second_leg_call(k, fact);
        break;
    case FACT_SERVER_NAME:
        identity_name(k->identity, &fact->server.address, fact->name.source, fact->name.name, fact->seen);
        break;
    case FACT_CLOSED:
        closed(knowledge_of(k, fact->transport), fact);
        break;
    case FACT_CAPTURE_ENDED:
        k->end = fact->seen.time;
        k->captured = fact->tally;
        break;
    case FACT_GAP:
        gap(k, fact);
        break;
    case FACT_PIPE_OPENED:
        named_pipes_opens(k->pipes, fact);
        break;
    case FACT_PIPE_REFUSED:
        named_pipes_refuses(k->pipes, fact);
        break;
    case FACT_BINDINGS_TOLD:
        knowledge_name_ports(k, fact);
        knowledge_bindings(k, fact);
        identity_bindings(k->identity, &fact->server.address, &fact->bindings, fact->seen);
        break;
    case FACT_LINK_ADDRESS:
        identity_arp(k->identity, &fact->server.address, &fact->link, fact->seen);
        break;
    case FACT_CLUSTER_ADDRESS:
        identity_link(k->identity, &(struct identity_link){.kind = LINK_CLUSTER,
                                                           .one = fact->server.address,
                                                           .other = fact->resource.address,
                                                           .one_seen = fact->seen,
                                                           .other_seen = fact->seen});
        break;
    case FACT_UNREADABLE:
    case FACT_AUTHENTICATION:
    case FACT_MALFORMED:
    case FACT_KINDS:
        break;
    }
}
