/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second leg of backups: which calls are a backup's; and, after the last fact, which failed connects were its data
 * connections. */
#include "rules/knowledge.h"
#include "rules/words/name.h"

/* The facts tell the first calls of a backup. Preparing it and opening its first file follow on them, and with the
 * first read comes the first connection. */
static const int64_t FOLLOWS_WITHIN = 600 * SECOND;
static const int64_t SCANS_WITHIN = 10 * SECOND;
enum { STRAYS_ELSEWHERE = CLIENT_MANY / 2 };

/* --- what a backup is ------------------------------------------------------------------------------------------- */

/* The uuid of the Exchange 5.5 backup interface is not published (protocol.md section 12). It is one of the store's
 * process, and all others of that have names. */
static const struct syntax_id EMSMDB = {
    {{0xa4, 0xf1, 0xdb, 0x00, 0xca, 0x47, 0x10, 0x67, 0xb3, 0x1f, 0x00, 0xdd, 0x01, 0x06, 0x62, 0xda}}, 0, 81};
static const struct syntax_id STORE_ADMIN[] = {
    {{{0xa4, 0xf1, 0xdb, 0x00, 0xca, 0x47, 0x10, 0x67, 0xb3, 0x1e, 0x00, 0xdd, 0x01, 0x06, 0x62, 0xda}}, 1, 0},
    {{{0x89, 0x74, 0x2a, 0xce, 0xa9, 0xed, 0x11, 0xcf, 0x9c, 0x0c, 0x08, 0x00, 0x2b, 0xe7, 0xae, 0x86}}, 2, 0},
    {{{0x99, 0xe6, 0x40, 0x10, 0xb0, 0x32, 0x11, 0xd0, 0x97, 0xa4, 0x00, 0xc0, 0x4f, 0xd6, 0x55, 0x1d}}, 3, 0},
};
enum { STORE_ADMINS = sizeof STORE_ADMIN / sizeof STORE_ADMIN[0] };
static const struct uuid DATABASE = {
    {0x1a, 0x19, 0x03, 0x10, 0xbb, 0x9c, 0x11, 0xcd, 0x90, 0xf8, 0x00, 0xaa, 0x00, 0x46, 0x65, 0x20}};

static bool is_endpoint_of_store(const struct knowledge *k, const struct endpoint *server) {
    bool is = knowledge_is_at(k, server, &EMSMDB);
    for (size_t i = 0; !is && i < STORE_ADMINS; i++)
        is = knowledge_is_at(k, server, &STORE_ADMIN[i]);
    return is;
}

/* Interfaces of the store that backup programs call, but others too, or that are only believed to be a backup's. */
static bool is_of_store(const struct syntax_id *interface) {
    bool is = uuid_equal(&interface->uuid, &DATABASE);
    for (size_t i = 0; !is && i < STORE_ADMINS; i++)
        is = syntax_compatible(interface, &STORE_ADMIN[i]);
    return is;
}

static enum calling calling_of(struct knowledge *k, const struct syntax_id *interface) {
    struct called *called = &k->called[interface->uuid.octets[3] % KNOWLEDGE_CALLINGS];
    if (called->calling != CALLING_NOT_KNOWN_YET && called->interface.minor == interface->minor &&
        syntax_compatible(&called->interface, interface))
        return called->calling;
    called->interface = *interface;
    if (interface_is_backup(interface))
        called->calling = CALLING_BACKUP;
    else
        called->calling = interface_name(interface) == NULL ? CALLING_NAMELESS : CALLING_ANOTHER;
    return called->calling;
}

void second_leg_call(struct knowledge *k, const struct fact *fact) {
    const struct syntax_id *interface = &fact->call.interface;
    if (callbacks_know(k->callbacks, fact->flow)) {
        callbacks_call(k->callbacks, fact, false, false);
        return;
    }
    if (fact->kind != FACT_FIRST_CALL || uuid_is_nil(&interface->uuid) || fact->transport == TRANSPORT_UDP)
        return; /* what has no connection has no end */
    enum calling calling = calling_of(k, interface);
    bool marked = calling == CALLING_BACKUP;
    if (!marked && (calling != CALLING_NAMELESS || fact->transport != TRANSPORT_TCP))
        return;
    bool presumed = !marked || is_of_store(interface);
    bool store = is_of_store(interface) || is_endpoint_of_store(k, &fact->server);
    if (marked || store)
        callbacks_call(k->callbacks, fact, store, presumed);
}

/* --- whose a failed connect is ---------------------------------------------------------------------------------- */

/* An address, and all that are one host with it. */
struct host {
    struct address address;
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    size_t count;
};

static void host_of(const struct knowledge *k, const struct address *address, struct host *host) {
    host->address = *address;
    host->count = identity_relatives(k->identity, address, host->relatives);
}

/* Of a cluster, any node may call or be called; but the program that waits for the data runs on one. */
static bool has_address(const struct host *host, const struct address *address, bool of_cluster) {
    for (size_t i = 0; i < host->count; i++)
        if ((of_cluster || !host->relatives[i].cluster) && address_equal(&host->relatives[i].address, address))
            return true;
    return address_equal(&host->address, address);
}

static int64_t begun(const struct leg *leg) {
    return leg->first_syn.frame != 0 ? leg->first_syn.time : leg->failing.time;
}

static bool was_under_way(const struct backup *backup, int64_t time) {
    return backup->called.time <= time && time <= backup->closed &&
           (time - backup->called.time < FOLLOWS_WITHIN || time - backup->latest < FOLLOWS_WITHIN);
}

/* The one between just these addresses before one between others of the same hosts; of several, the latest. */
static const struct backup *backup_of(const struct knowledge *k, const struct leg *leg) {
    struct host from, to;
    host_of(k, &leg->from.address, &from);
    host_of(k, &leg->to.address, &to);
    const struct backup *best = NULL;
    int best_exact = -1;
    const struct backup *b = NULL;
    while ((b = callbacks_next_backup(k->callbacks, b)) != NULL) {
        int exact = address_equal(&b->server.address, &from.address) + address_equal(&b->client.address, &to.address);
        if (exact >= best_exact && was_under_way(b, begun(leg)) && has_address(&from, &b->server.address, true) &&
            has_address(&to, &b->client.address, false)) {
            best = b;
            best_exact = exact;
        }
    }
    return best;
}

/* What has an RPC endpoint there, or may have been told one, goes there for that. */
static bool is_about_rpc(const struct knowledge *k, const struct leg *leg) {
    const struct tracked *t = track_newest(k->track, &leg->from.address, &leg->to.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->older) {
        const struct sighting *stages = t->session.stages;
        if (stages[STAGE_ASKED].frame != 0 && stages[STAGE_MAPPED].frame == 0 && !t->session.to_mapper &&
            begun(leg) >= stages[STAGE_ASKED].time && begun(leg) - stages[STAGE_ASKED].time < SCANS_WITHIN)
            return true;
    }
    return places_interface_at(k->places, &leg->to) != NULL;
}

/* It tries many ports of this host at once, or fails at those of many hosts. */
static bool is_of_scan(const struct knowledge *k, const struct leg *leg) {
    const struct client *client = places_client(k->places, &leg->from.address);
    unsigned elsewhere = 0, ports = 0;
    for (uint32_t i = 0; client != NULL && i < client->strays; i++)
        elsewhere += !address_equal(&client->stray[i].address, &leg->to.address);
    const struct leg *other = NULL;
    while (ports < CLIENT_MANY && (other = callbacks_next_leg(k->callbacks, other)) != NULL) {
        int64_t apart = begun(other) - begun(leg);
        ports += apart < SCANS_WITHIN && apart > -SCANS_WITHIN && other->to.port != leg->to.port &&
                 address_equal(&other->from.address, &leg->from.address) &&
                 address_equal(&other->to.address, &leg->to.address);
    }
    return elsewhere >= STRAYS_ELSEWHERE || ports >= CLIENT_MANY;
}

/* A session of its own, from the server to the client. */
static void begin_session(const struct knowledge *k, const struct leg *leg) {
    struct tracked *t = track_apart(k->track, &leg->from, &leg->to, &leg->backup->interface, TRANSPORT_UNKNOWN);
    if (t == NULL)
        return;
    struct session *session = &t->session;
    t->leg = leg;
    t->flow = leg->flow;
    t->last_syn = leg->last_syn.frame != 0 ? leg->last_syn : leg->failed;
    t->syn_interval = leg->syn_interval;
    t->client_ttl = leg->ttl;
    session->syns = leg->syns;
    session->icmp_type = leg->icmp_type;
    session->icmp_code = leg->icmp_code;
    session->reporter = leg->reporter;
    session_reach(session, STAGE_CONNECTING, leg->first_syn);
    session_fail(session, leg->outcome, leg->failing, leg->failed);
    if (leg->accepted.frame != 0) {
        session->got_through = GOT_THROUGH_RETRY;
        session->got_through_at = leg->accepted;
    }
    if (address_equal(&leg->to.address, &leg->backup->client.address))
        places_sees(k->places, &leg->to.address, true); /* its calls are in the capture */
}

void settle_second_legs(const struct knowledge *k) {
    struct leg *leg = NULL;
    while ((leg = callbacks_next_leg(k->callbacks, leg)) != NULL) {
        leg->backup = backup_of(k, leg);
        if (leg->accepted.time < leg->failed.time)
            leg->accepted = (struct sighting){0}; /* that one was beside it */
        if (leg->backup != NULL && !is_about_rpc(k, leg) && !is_of_scan(k, leg))
            begin_session(k, leg);
    }
}
