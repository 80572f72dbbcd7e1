/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each fact to the part of the knowledge that it concerns. */
#include "rules/knowledge.h"

/* Who closes the connection to the mapper is done with what it asked there: it does not try any more. */
static void closed(struct knowledge *k, const struct fact *fact) {
    bool by_somebody = fact->closing.reason == CLOSE_FIN || fact->closing.reason == CLOSE_RESET;
    struct tracked *t = track_newest(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->older)
        if (t->map_flow == fact->flow && by_somebody)
            t->done = fact->seen.time;
    track_forget(k->track, fact->flow);
}

void knowledge_follow(struct knowledge *k, const struct fact *fact) {
    if (fact->seen.time > k->end)
        k->end = fact->seen.time;
    switch (fact->kind) {
    case FACT_CONNECT_ATTEMPTED:
    case FACT_CONNECT_ESTABLISHED:
    case FACT_CONNECT_REFUSED:
    case FACT_CONNECT_UNREACHABLE:
        knowledge_connect(k, fact);
        break;
    case FACT_CONNECT_UNANSWERED:
        knowledge_connect(k, fact);
        track_forget(k->track, fact->flow);
        break;
    case FACT_MAP_ASKED:
    case FACT_MAP_ANSWERED:
    case FACT_LOOKUP_ENTRY:
        knowledge_map(k, fact);
        break;
    case FACT_BIND_ASKED:
    case FACT_BIND_ANSWERED:
    case FACT_BIND_REFUSED:
    case FACT_FIRST_CALL:
    case FACT_FIRST_ANSWER:
    case FACT_FAULT:
        knowledge_listen(k, fact);
        break;
    case FACT_SERVER_NAME:
        identity_name(k->identity, &fact->server.address, fact->name.source, fact->name.name, fact->seen);
        break;
    case FACT_CLOSED:
        closed(k, fact);
        break;
    case FACT_CAPTURE_ENDED:
        k->end = fact->seen.time;
        break;
    case FACT_AUTHENTICATION:
    case FACT_MALFORMED:
    case FACT_GAP:
    case FACT_KINDS:
        break;
    }
}
