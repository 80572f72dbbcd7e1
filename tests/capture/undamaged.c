/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/undamaged.h"
#include "capture/sequence.h"

#include <stdlib.h>
#include <string.h>

enum { PLAUSIBLE = 1 << 24, WAITING_MAX = 16384 };

const char *const DAMAGE_NAMES[DAMAGES] = {
    [WHOLE] = "compared",
    [NOT_PLAIN] = "not plain IPv4 in Ethernet",
    [NOT_OPENED] = "no handshake",
    [SYN_DATA] = "data in the handshake",
    [USED_AGAIN] = "endpoints used again",
    [URGENT] = "urgent data",
    [STRAYED] = "stray sequence numbers",
    [DISORDERED] = "too much out of order",
    [ACKED_BEFORE] = "captured after the acknowledgement",
    [AFTER_END] = "data after the end",
    [HOLE] = "bytes missing",
    [FRAGMENTS] = "IP fragments",
};

static void damaged(struct conversation *c, enum damage damage) {
    if (c->damage == WHOLE)
        c->damage = damage;
}

static struct conversation *find(const struct undamaged *u, const struct packet *p, enum direction *d) {
    for (uint32_t i = u->count; i-- > 0;) {
        struct conversation *c = &u->all[i];
        for (*d = FROM_CLIENT; *d <= FROM_SERVER; (*d)++)
            if (endpoint_equal(&c->sides[*d], &p->source) && endpoint_equal(&c->sides[!*d], &p->destination))
                return c;
    }
    return NULL;
}

static struct conversation *add(struct undamaged *u, const struct packet *p) {
    if (u->all == NULL || u->count == u->size) {
        u->size = u->size == 0 ? 64 : 2 * u->size;
        u->all = realloc(u->all, u->size * sizeof *u->all);
        if (u->all == NULL)
            abort();
    }
    struct conversation *c = &u->all[u->count++];
    *c = (struct conversation){.sides = {p->source, p->destination}};
    return c;
}

/* The three packets that open it, in order, and nothing between them but the first two again. */
static void take_handshake(struct conversation *c, enum direction d, const struct packet *p) {
    unsigned flags = p->flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN);
    struct sent *client = &c->sent[FROM_CLIENT];
    struct sent *server = &c->sent[FROM_SERVER];
    if ((flags & TCP_SYN) != 0 && p->payload.len != 0) {
        damaged(c, SYN_DATA);
    } else if (c->handshake == 0 && flags == TCP_SYN) {
        c->handshake = 1;
        client->first = p->seq + 1;
    } else if (c->handshake == 1 && d == FROM_SERVER && flags == (TCP_SYN | TCP_ACK) && p->ack == client->first) {
        c->handshake = 2;
        server->first = p->seq + 1;
    } else if (c->handshake == 2 && d == FROM_CLIENT && flags == TCP_ACK && p->seq == client->first &&
               p->ack == server->first) {
        c->handshake = 3;
    } else if (flags == TCP_SYN && d == FROM_CLIENT && p->seq + 1 != client->first) {
        damaged(c, USED_AGAIN);
    } else if ((flags & TCP_SYN) == 0) {
        damaged(c, NOT_OPENED);
    }
}

static void mark(struct conversation *c, struct sent *s, uint32_t from, uint32_t to) {
    if (to > s->size) {
        uint32_t size = 2 * to;
        s->there = realloc(s->there, size * sizeof *s->there);
        if (s->there == NULL)
            abort();
        memset(s->there + s->size, 0, (size - s->size) * sizeof *s->there);
        s->size = size;
    }
    for (uint32_t i = from; i < to; i++)
        s->there[i] = true;
    s->end = to > s->end ? to : s->end;
    while (s->next < s->end && s->there[s->next])
        s->next++;
    if (s->end - s->next > WAITING_MAX)
        damaged(c, DISORDERED);
}

static void take_bytes(struct conversation *c, struct sent *s, const struct packet *p) {
    uint32_t from = p->seq - s->first;
    uint32_t len = (uint32_t)p->payload.len;
    if (seq_after(s->first, p->seq)) { /* a keep-alive begins one before the end, which may be before the first */
        uint32_t before = s->first - p->seq;
        if (before > 1 || len > 1)
            damaged(c, STRAYED);
        return;
    }
    if (from > PLAUSIBLE || len > PLAUSIBLE) {
        damaged(c, STRAYED);
        return;
    }
    if (c->reset || (s->finished && from + len > s->fin))
        damaged(c, AFTER_END);
    mark(c, s, from, from + len);
}

static void take_packet(struct conversation *c, enum direction d, const struct packet *p) {
    struct sent *s = &c->sent[d];
    const struct sent *other = &c->sent[!d];
    if ((p->flags & TCP_SYN) != 0) {
        if ((p->flags & TCP_ACK) == 0 || p->seq + 1 != s->first)
            damaged(c, USED_AGAIN);
        return;
    }
    if ((p->flags & TCP_ACK) != 0 && seq_after(p->ack, other->first + other->next + other->finished))
        damaged(c, ACKED_BEFORE);
    if (p->payload.len != 0)
        take_bytes(c, s, p);
    if ((p->flags & TCP_FIN) != 0 && !s->finished) {
        s->finished = true;
        s->fin = p->seq + (uint32_t)p->payload.len - s->first;
        if (s->end > s->fin)
            damaged(c, AFTER_END);
    }
    if ((p->flags & TCP_RST) != 0)
        c->reset = true;
}

void undamaged_packet(struct undamaged *u, const struct packet *packet, bool plain, bool urgent) {
    enum direction d = FROM_CLIENT;
    struct conversation *c = find(u, packet, &d);
    if (c == NULL) {
        d = FROM_CLIENT;
        c = add(u, packet);
    }
    if (!plain)
        damaged(c, NOT_PLAIN);
    if (urgent)
        damaged(c, URGENT);
    if (c->damage != WHOLE)
        return;
    if (c->handshake < 3)
        take_handshake(c, d, packet);
    else
        take_packet(c, d, packet);
}

void undamaged_end(struct undamaged *u) {
    for (uint32_t i = 0; i < u->count; i++) {
        struct conversation *c = &u->all[i];
        if (c->handshake < 3)
            damaged(c, NOT_OPENED);
        if (u->fragments)
            damaged(c, FRAGMENTS);
        for (int d = 0; d < 2; d++)
            if (c->sent[d].end > c->sent[d].next || (c->sent[d].finished && c->sent[d].fin > c->sent[d].next))
                damaged(c, HOLE);
    }
}

void undamaged_free(struct undamaged *u) {
    for (uint32_t i = 0; i < u->count; i++) {
        free(u->all[i].sent[FROM_CLIENT].there);
        free(u->all[i].sent[FROM_SERVER].there);
    }
    free(u->all);
}
