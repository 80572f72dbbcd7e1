/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/intake.h"

#include <stdio.h>

bool intake_open(struct intake *intake, segment_handler handler, void *context, struct tally *tally, char *error,
                 size_t error_size) {
    struct tracker_limits limits = tracker_limits_default();
    struct fragment_limits fragment_limits = fragment_limits_default();
    *intake = (struct intake){.tally = tally};
    intake->fragments = fragments_open(&fragment_limits, tally);
    if (intake->fragments == NULL) {
        snprintf(error, error_size, "out of memory for fragments");
        return false;
    }
    intake->tracker = tracker_open(&limits, handler, context, tally, error, error_size);
    if (intake->tracker == NULL)
        fragments_close(intake->fragments);
    return intake->tracker != NULL;
}

static void count_frame(struct tally *tally, const struct frame *frame) {
    int64_t time = frame->seen.time;
    if (tally->frames == 0 || time < tally->first)
        tally->first = time;
    if (tally->frames == 0 || time > tally->last)
        tally->last = time;
    tally->frames++;
    tally->bytes += frame->wire;
    tally->lost[LOSS_CUT_FRAMES] += frame->bytes.len < frame->wire;
    tally->lost[LOSS_BAD_TIMES] += frame->misdated;
}

/* What lies in a whole datagram may be a piece of another: decoding bounds how often. */
static enum decoded put_together(struct intake *intake, struct arrival *arrival) {
    struct packet *packet = &arrival->packet;
    enum decoded decoded = DECODED_FRAGMENT;
    struct fragment whole;
    while (decoded == DECODED_FRAGMENT &&
           fragments_add(intake->fragments, tracker_now(intake->tracker), &packet->fragment, &whole))
        decoded = decode_whole(&whole, &arrival->seen, packet);
    if (decoded == DECODED_TCP)
        arrival->hash = tracker_expect(intake->tracker, packet);
    return decoded;
}

static void hand_on(const struct intake *intake, const struct packet *packet, enum datagram_kind kind) {
    if (intake->datagrams == NULL)
        return;
    struct datagram datagram = {.kind = kind, .mac = packet->mac, .ttl = packet->ttl, .seen = packet->seen};
    if (kind != DATAGRAM_ARP) {
        datagram.source = packet->source;
        datagram.destination = packet->destination;
    }
    if (kind == DATAGRAM_UNREACHABLE) {
        datagram.reporter = packet->reporter;
        datagram.icmp_type = packet->icmp_type;
        datagram.icmp_code = packet->icmp_code;
    } else {
        datagram.bytes = packet->payload;
        datagram.cut = packet->cut;
    }
    intake->datagrams(intake->context, &datagram);
}

static void take(struct intake *intake, struct arrival *arrival) {
    uint64_t *lost = intake->tally->lost;
    tracker_time(intake->tracker, arrival->seen.time);
    switch (arrival->decoded == DECODED_FRAGMENT ? put_together(intake, arrival) : arrival->decoded) {
    case DECODED_TCP:
        tracker_take(intake->tracker, &arrival->packet, arrival->hash);
        break;
    case DECODED_UNREACHABLE:
        tracker_unreachable(intake->tracker, &arrival->packet);
        break;
    case DECODED_UDP:
        hand_on(intake, &arrival->packet, DATAGRAM_UDP);
        break;
    case DECODED_UDP_UNREACHABLE:
        hand_on(intake, &arrival->packet, DATAGRAM_UNREACHABLE);
        break;
    case DECODED_ARP:
        hand_on(intake, &arrival->packet, DATAGRAM_ARP);
        break;
    case DECODED_IPSEC:
        lost[LOSS_IPSEC_FRAMES]++;
        break;
    case DECODED_NESTED:
        lost[LOSS_NESTED_FRAMES]++;
        break;
    case DECODED_BAD_LINK:
        lost[LOSS_BAD_LINKS]++;
        break;
    case DECODED_BAD_IP:
        lost[LOSS_BAD_IPS]++;
        break;
    case DECODED_BAD_TCP:
        lost[LOSS_BAD_TCPS]++;
        break;
    case DECODED_BAD_UDP:
        lost[LOSS_BAD_UDPS]++;
        break;
    case DECODED_OTHER_LINK:
        lost[LOSS_OTHER_LINK]++;
        break;
    case DECODED_FRAGMENT: /* it waits for the others; fragments_close counts those that waited in vain */
    case DECODED_CUT:      /* count_frame counted it */
    case DECODED_OTHER:
        break;
    }
}

void intake_flush(struct intake *intake) {
    const struct tracker *tracker = intake->tracker;
    for (size_t i = 0; i < intake->count; i++)
        if (intake->arrivals[i].decoded == DECODED_TCP)
            tracker_prepare(tracker, intake->arrivals[i].hash);
    for (size_t i = 0; i < intake->count; i++)
        if (intake->arrivals[i].decoded == DECODED_TCP)
            tracker_prepare_receiver(tracker, intake->arrivals[i].hash);
    for (size_t i = 0; i < intake->count; i++)
        take(intake, &intake->arrivals[i]);
    intake->count = 0;
}

void intake_frame(struct intake *intake, const struct frame *frame, bool wanted) {
    count_frame(intake->tally, frame);
    if (!wanted)
        return;
    struct arrival *arrival = &intake->arrivals[intake->count++];
    arrival->seen = frame->seen;
    arrival->decoded = decode_frame(frame, &arrival->packet);
    if (arrival->decoded == DECODED_TCP)
        arrival->hash = tracker_expect(intake->tracker, &arrival->packet);
    if (intake->count == INTAKE_AHEAD)
        intake_flush(intake);
}

void intake_close(struct intake *intake) {
    intake_flush(intake);
    fragments_close(intake->fragments);
    tracker_close(intake->tracker);
}
