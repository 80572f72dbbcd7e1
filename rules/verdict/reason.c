/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/reason.h"

#include "rules/words/name.h"

#include <stdio.h>
#include <string.h>

enum { SPAN_TEXT_SIZE = 32 };

const char *declaration_line(const struct inventory *inventory, const struct declared_cluster *cluster,
                             const struct declared_service *service, char text[static DECLARATION_TEXT_SIZE]) {
    const char *file = inventory->file == NULL ? "the inventory" : inventory->file;
    snprintf(text, DECLARATION_TEXT_SIZE, "%.*s:%u", DECLARATION_TEXT_SIZE - 16, file,
             service != NULL ? service->line : cluster->line);
    return text;
}

/* "0.4 ms", "38.0 s", "12 minutes", "6 days". */
static const char *span_text(int64_t ns, char text[static SPAN_TEXT_SIZE]) {
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (ns >= 2 * units[i].seconds * SECOND) {
            snprintf(text, SPAN_TEXT_SIZE, "%lld %s", (long long)(ns / SECOND / units[i].seconds), units[i].unit);
            return text;
        }
    snprintf(text, SPAN_TEXT_SIZE, ns < SECOND ? "%.1f ms" : "%.1f s", (double)ns / (ns < SECOND ? 1e6 : 1e9));
    return text;
}

const char *patience_text(const struct patience *patience, char text[static PATIENCE_TEXT_SIZE]) {
    char waited[SPAN_TEXT_SIZE], longest[SPAN_TEXT_SIZE];
    if (patience->waited == 0)
        snprintf(text, PATIENCE_TEXT_SIZE, "SYN repeated, no answer");
    else if (patience->handshakes == 0)
        snprintf(text, PATIENCE_TEXT_SIZE, "SYN repeated after %s, no answer", span_text(patience->waited, waited));
    else
        snprintf(text, PATIENCE_TEXT_SIZE, "SYN repeated after %s, no answer; this server took %s at most in %u %s",
                 span_text(patience->waited, waited), span_text(patience->longest, longest),
                 (unsigned)patience->handshakes, patience->handshakes == 1 ? "handshake" : "handshakes");
    return text;
}

static const char *place_text(const struct endpoint *endpoint, char text[static ENDPOINT_TEXT_SIZE]) {
    return endpoint->port != 0 ? endpoint_text(endpoint, text) : address_text(&endpoint->address, text);
}

static void tell_declaration(char *reason, size_t size, const struct knowledge *k, const struct tracked *t) {
    const struct forecast *forecast = t->forecast;
    char line[DECLARATION_TEXT_SIZE], interface[INTERFACE_TEXT_SIZE], address[ADDRESS_TEXT_SIZE];
    declaration_line(k->inventory, forecast->cluster, forecast->service, line);
    address_text(&t->session.server.address, address);
    if (forecast->service == NULL)
        snprintf(reason, size, "%s declares no service of cluster %s bound at %s", line, forecast->cluster->name,
                 address);
    else
        snprintf(reason, size, "%s declares %s bound at other addresses of cluster %s, and not at %s", line,
                 interface_text(&forecast->interface, interface), forecast->cluster->name, address);
}

static void tell_omen(char *reason, size_t size, const struct tracked *t) {
    const struct forecast *forecast = t->forecast;
    const struct omen *omen = &forecast->omen;
    char interface[INTERFACE_TEXT_SIZE], where[ENDPOINT_TEXT_SIZE], before[SPAN_TEXT_SIZE];
    span_text(forecast->seen.time - omen->seen.time, before);
    interface_text(&omen->interface, interface);
    place_text(&omen->endpoint, where);
    if (forecast->kind == PREDICTED_BY_OTHER_INTERFACE)
        snprintf(reason, size, "%s refused %s %s before, which the server has at another address", where, interface,
                 before);
    else
        snprintf(reason, size, "%s failed at %s %s before (%s) and was not seen to work there since", interface, where,
                 before, proof_text(omen->kind, t->session.transport));
}

void reason_put(struct finding *f, const struct knowledge *k, const struct tracked *t) {
    const struct forecast *forecast = t->forecast;
    char address[ADDRESS_TEXT_SIZE], named[ENDPOINT_TEXT_SIZE];
    switch (forecast->kind) {
    case PREDICTED_BY_DECLARATION:
        f->confidence = CONFIDENCE_HIGH;
        tell_declaration(f->reason, sizeof f->reason, k, t);
        break;
    case PREDICTED_BY_EARLIER:
        f->confidence = forecast->omen.doubtful ? CONFIDENCE_MEDIUM : CONFIDENCE_HIGH;
        tell_omen(f->reason, sizeof f->reason, t);
        break;
    case PREDICTED_BY_OTHER_INTERFACE:
        f->confidence = CONFIDENCE_LOW;
        tell_omen(f->reason, sizeof f->reason, t);
        break;
    case PREDICTED_BY_TOWER:
        f->confidence = CONFIDENCE_MEDIUM;
        snprintf(f->reason, sizeof f->reason, "The endpoint mapper of %s names only another address, %s",
                 address_text(&t->session.server.address, address), endpoint_text(&forecast->named, named));
        break;
    case PREDICTED_NOT:
    case PREDICTIONS:
        return;
    }
    size_t at = strlen(f->reason);
    /* It may yet ask for something else. */
    bool presumed = forecast->presumed && !uuid_is_nil(&forecast->interface.uuid) && !t->session.to_mapper;
    if (presumed)
        f->confidence = CONFIDENCE_MEDIUM;
    snprintf(f->reason + at, sizeof f->reason - at, "%s",
             presumed ? ", and this client has only ever asked for that." : ".");
}

size_t reason_evidence(const struct knowledge *k, const struct tracked *t,
                       struct evidence evidence[static REASON_EVIDENCES]) {
    const struct forecast *forecast = t->forecast;
    const struct omen *omen = &forecast->omen;
    char client[ADDRESS_TEXT_SIZE], address[ADDRESS_TEXT_SIZE];
    char interface[INTERFACE_TEXT_SIZE], where[ENDPOINT_TEXT_SIZE];
    size_t count = 0;
    if (forecast->at_syn) {
        struct evidence *syn = &evidence[count++];
        syn->seen = forecast->seen;
        snprintf(syn->what, sizeof syn->what, "SYN from %s to the endpoint mapper of %s",
                 address_text(&t->session.client.address, client), address_text(&t->session.server.address, address));
    }
    if (omen->seen.frame != 0) {
        struct evidence *earlier = &evidence[count++];
        earlier->seen = omen->seen;
        snprintf(earlier->what, sizeof earlier->what, "earlier, for %s: %s %s",
                 interface_text(&omen->interface, interface),
                 omen->endpoint.port != 0 ? endpoint_text(&omen->endpoint, where) : "",
                 proof_text(omen->kind, t->session.transport));
    } else if (forecast->kind == PREDICTED_BY_DECLARATION) { /* it is held against what the client begins here */
        evidence[count].seen = forecast->seen;
        tell_declaration(evidence[count].what, sizeof evidence[count].what, k, t);
        count++;
    }
    return count;
}

bool reason_is_averted(const struct session *s) {
    if (s->failed.frame != 0)
        return false;
    /* Who followed the mapper to another address did well, too. */
    return s->withdrawn || (s->predicted && (s->outcome == OUTCOME_SERVED || s->got_through != GOT_NOT_THROUGH));
}

void predictions_count(struct predictions *predictions, const struct tracked *t) {
    const struct session *s = &t->session;
    if (!s->predicted && !s->withdrawn)
        return;
    predictions->made++;
    /* What was withdrawn and failed all the same came true, unless the client asked for something else. */
    if (reason_is_averted(s) || (s->withdrawn && t->forecast->withdrawn == WITHDRAWN_OTHER_WISH))
        predictions->averted++;
    else if (s->failed.frame != 0)
        predictions->came_true++;
    else
        predictions->open++;
}
