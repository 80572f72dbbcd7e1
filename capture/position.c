/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/position.h"
#include "capture/sequence.h"

void stream_place(struct stream *stream, uint32_t seq) {
    stream->next = seq;
    stream->placed = true;
}

/* Where nothing of a direction is captured, its acknowledgements are all that is known of it. */
static void hint(struct stream *s, uint32_t ack) {
    bool near = s->hinted && ack - s->acked + MAX_AHEAD <= 2U * MAX_AHEAD;
    if (!near)
        s->next = s->acked = ack;
    s->hinted = true;
}

void stream_note(struct stream *s, uint32_t seq) {
    if (s->placed || s->hinted)
        return;
    s->next = seq;
    s->noted = true;
}

void stream_ack(struct stream *stream, uint32_t ack) {
    if (!stream->placed)
        hint(stream, ack);
    else if (seq_ahead(ack, stream->next) > MAX_AHEAD)
        return;
    stream->ack_back = stream->ack_known && seq_after(stream->acked, ack);
    stream->acked = stream->ack_known ? seq_later(ack, stream->acked) : ack;
    stream->ack_known = true;
    if (stream->queue != NULL)
        stream->queue->patience.heard = true;
}

void stream_fin(struct stream *stream, uint32_t seq) {
    if (stream->placed && (seq_after(stream->next, seq) || seq - stream->next > MAX_AHEAD))
        return;
    stream->fin = seq;
    stream->fin_known = true;
}

/* What the other side acknowledged last was sent, also if nothing of it is in the capture; the last of it may have been
 * the FIN. An acknowledgement that a later one contradicts is not believed. */
static uint32_t acknowledged_end(const struct stream *s, uint32_t end) {
    uint32_t ahead = s->ack_known && !s->ack_back ? seq_ahead(s->acked, end) : 0;
    return ahead > 1 ? s->acked - 1 : end;
}

uint32_t stream_known_ahead(const struct stream *s) {
    uint32_t end = s->next + s->cut;
    end = s->fin_known ? seq_later(end, s->fin) : acknowledged_end(s, end);
    return s->placed || s->hinted ? end - s->next : 0;
}

bool stream_misses(const struct stream *stream) {
    return stream->queue != NULL || stream_known_ahead(stream) > stream->cut;
}
