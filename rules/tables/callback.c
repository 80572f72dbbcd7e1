/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/callback.h"

#include "rules/tables/table.h"

enum { MAX_BACKUPS = 1024, MAX_LEGS = 4096 };
enum { MAX_LOOK_BACK = 64 };                     /* failed connects that an accepted one may make good */
static const int64_t MAKES_GOOD = 60000000000LL; /* ns */

/* An address that is an end of open backups: of how many, in which role. */
struct end {
    struct address address;
    uint32_t as_server, as_client;
    struct sighting accepts; /* the latest connect to it, and from where; frame 0 = none */
    struct address accepts_from;
    UT_hash_handle hh;
};

/* What is kept of each begins with what is shown of it. */
struct kept_backup {
    struct backup backup;
    UT_hash_handle hh;
};

struct kept_leg {
    struct leg leg;
    UT_hash_handle hh;
};

struct callbacks {
    struct kept_backup *backups;
    struct end *ends;
    struct kept_leg *pending, *failed; /* the newest last */
    struct tally *tally;
};

struct callbacks *callbacks_open(struct tally *tally) {
    struct callbacks *c = allocate(1, sizeof *c);
    c->tally = tally;
    return c;
}

void callbacks_close(struct callbacks *c) {
    struct kept_backup *backups = c->backups;
    HASH_CLEAR(hh, c->backups);
    table_free(backups, offsetof(struct kept_backup, hh));
    struct end *ends = c->ends;
    HASH_CLEAR(hh, c->ends);
    table_free(ends, offsetof(struct end, hh));
    struct kept_leg *legs = c->pending;
    HASH_CLEAR(hh, c->pending);
    table_free(legs, offsetof(struct kept_leg, hh));
    legs = c->failed;
    HASH_CLEAR(hh, c->failed);
    table_free(legs, offsetof(struct kept_leg, hh));
    free(c);
}

bool callbacks_wait(const struct callbacks *c) { return c->ends != NULL || c->pending != NULL || c->failed != NULL; }

/* --- backups ---------------------------------------------------------------------------------------------------- */

static struct end *find_end(const struct callbacks *c, const struct address *address) {
    struct end *end;
    HASH_FIND(hh, c->ends, address, sizeof *address, end);
    return end;
}

static struct end *end_at(struct callbacks *c, const struct address *address) {
    struct end *end = find_end(c, address);
    if (end == NULL) {
        end = allocate(1, sizeof *end);
        end->address = *address;
        HASH_ADD(hh, c->ends, address, sizeof end->address, end);
    }
    return end;
}

static void leave_end(struct callbacks *c, const struct address *address, bool as_server) {
    struct end *end = find_end(c, address);
    if (end == NULL)
        return;
    *(as_server ? &end->as_server : &end->as_client) -= 1;
    if (end->as_server != 0 || end->as_client != 0)
        return;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a table that has an entry is not empty */
    HASH_DEL(c->ends, end);
    free(end);
}

static void close_backup(struct callbacks *c, struct backup *backup, int64_t time) {
    if (backup->closed != INT64_MAX)
        return;
    backup->closed = time;
    leave_end(c, &backup->server.address, true);
    leave_end(c, &backup->client.address, false);
}

static struct kept_backup *find_backup(const struct callbacks *c, uint64_t flow) {
    struct kept_backup *kept;
    HASH_FIND(hh, c->backups, &flow, sizeof flow, kept);
    return kept;
}

bool callbacks_know(const struct callbacks *c, uint64_t flow) {
    return c->backups != NULL && find_backup(c, flow) != NULL;
}

void callbacks_call(struct callbacks *c, const struct fact *fact, bool store, bool presumed) {
    struct kept_backup *kept = find_backup(c, fact->flow);
    if (kept != NULL) {
        kept->backup.latest = fact->seen.time;
        return;
    }
    if (HASH_COUNT(c->backups) == MAX_BACKUPS) {
        c->tally->limits[LIMIT_SESSIONS]++;
        kept = c->backups; /* the oldest */
        close_backup(c, &kept->backup, fact->seen.time);
        HASH_DEL(c->backups, kept);
        free(kept);
    }
    kept = allocate(1, sizeof *kept);
    kept->backup = (struct backup){.flow = fact->flow,
                                   .client = fact->client,
                                   .server = fact->server,
                                   .interface = fact->call.interface,
                                   .called = fact->seen,
                                   .latest = fact->seen.time,
                                   .closed = INT64_MAX,
                                   .store = store,
                                   .presumed = presumed};
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that HASH_DEL moves the head on */
    HASH_ADD(hh, c->backups, backup.flow, sizeof kept->backup.flow, kept);
    end_at(c, &fact->server.address)->as_server++;
    end_at(c, &fact->client.address)->as_client++;
}

void callbacks_closed(struct callbacks *c, uint64_t flow, int64_t time) {
    struct kept_backup *kept = c->ends == NULL ? NULL : find_backup(c, flow);
    if (kept != NULL)
        close_backup(c, &kept->backup, time);
}

const struct backup *callbacks_next_backup(const struct callbacks *c, const struct backup *backup) {
    const struct kept_backup *next =
        backup == NULL ? c->backups : ((const struct kept_backup *)(const void *)backup)->hh.next;
    return next == NULL ? NULL : &next->backup;
}

/* --- connects --------------------------------------------------------------------------------------------------- */

/* Where services of other kinds listen; a backup client takes a port of its own for the data. */
static bool is_service(uint16_t port) {
    static const uint16_t ports[] = {
        1270, 1433, 1434, 1494, 1512, 1521, 1556, 1688,  1723,  2049,  2381,  2869,  3128,  3268, 3269,
        3306, 3389, 5357, 5358, 5432, 5666, 5723, 5900,  5985,  5986,  6101,  6106,  7680,  8000, 8008,
        8080, 8081, 8443, 8530, 8531, 9100, 9389, 10000, 10050, 10051, 10123, 13724, 47001,
    };
    enum { WELL_KNOWN = 1024 };
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        if (ports[i] == port)
            return true;
    return port < WELL_KNOWN;
}

static bool may_be_leg(const struct callbacks *c, const struct fact *fact) {
    if (c->ends == NULL || is_service(fact->server.port))
        return false;
    const struct end *to = find_end(c, &fact->server.address);
    if (to != NULL && to->as_client != 0)
        return true;
    const struct end *from = find_end(c, &fact->client.address);
    return from != NULL && from->as_server != 0;
}

static struct kept_leg *find_leg(struct kept_leg *legs, uint64_t flow) {
    struct kept_leg *kept;
    HASH_FIND(hh, legs, &flow, sizeof flow, kept);
    return kept;
}

static struct kept_leg *begin(struct callbacks *c, const struct fact *fact) {
    if (HASH_COUNT(c->pending) == MAX_LEGS) {
        struct kept_leg *oldest = c->pending;
        c->tally->limits[LIMIT_SESSIONS]++;
        HASH_DEL(c->pending, oldest);
        free(oldest);
    }
    struct kept_leg *kept = allocate(1, sizeof *kept);
    kept->leg = (struct leg){.flow = fact->flow, .from = fact->client, .to = fact->server};
    const struct end *to = find_end(c, &fact->server.address);
    if (to != NULL && address_equal(&to->accepts_from, &fact->client.address))
        kept->leg.earlier = to->accepts;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): as above */
    HASH_ADD(hh, c->pending, leg.flow, sizeof kept->leg.flow, kept);
    return kept;
}

static void count_syn(struct leg *leg, const struct fact *fact) {
    leg->ttl = fact->connect.client_ttl;
    leg->syns++;
    if (leg->syns == 1)
        leg->first_syn = fact->seen;
    if (leg->syns == 2)
        leg->second_syn = fact->seen;
    if (leg->last_syn.frame != 0)
        leg->syn_interval = fact->seen.time - leg->last_syn.time;
    leg->last_syn = fact->seen;
    if (leg->failed.frame != 0)
        leg->failed = fact->seen; /* it is tried again */
}

static void fail(struct callbacks *c, struct kept_leg *kept, const struct fact *fact, enum outcome outcome) {
    struct leg *leg = &kept->leg;
    bool first = leg->failing.frame == 0;
    if (!first && outcome == OUTCOME_UNANSWERED)
        return; /* it was refused; that it is given up is no news */
    bool overdue = outcome == OUTCOME_UNANSWERED && leg->second_syn.frame != 0;
    if (first)
        leg->failing = overdue ? leg->second_syn : fact->seen;
    leg->failed = fact->seen;
    leg->outcome = outcome;
    leg->icmp_type = fact->connect.icmp_type;
    leg->icmp_code = fact->connect.icmp_code;
    leg->reporter = fact->connect.reporter;
    if (!first)
        return;
    HASH_DEL(c->pending, kept);
    if (HASH_COUNT(c->failed) == MAX_LEGS) {
        c->tally->limits[LIMIT_SESSIONS]++;
        free(kept);
        return;
    }
    HASH_ADD(hh, c->failed, leg.flow, sizeof kept->leg.flow, kept);
}

static void drop(struct callbacks *c, struct kept_leg *kept) {
    if (kept->leg.failing.frame != 0)
        HASH_DEL(c->failed, kept);
    else
        HASH_DEL(c->pending, kept);
    free(kept);
}

static bool is_made_good(const struct leg *leg, const struct fact *fact) {
    int64_t last = leg->failed.frame != 0 ? leg->failed.time : leg->last_syn.time;
    int64_t after = fact->seen.time - last;
    return (leg->accepted.frame == 0 || leg->accepted.time < last) && after >= 0 && after < MAKES_GOOD &&
           address_equal(&leg->from.address, &fact->client.address) &&
           address_equal(&leg->to.address, &fact->server.address);
}

/* The client's list of addresses and ports is walked, or the backup begun anew. That a connect is given up may be told
 * only later. */
static void make_good(struct kept_leg *legs, const struct fact *fact) {
    struct kept_leg *kept = legs == NULL ? NULL : ELMT_FROM_HH(legs->hh.tbl, legs->hh.tbl->tail);
    for (int i = 0; kept != NULL && i < MAX_LOOK_BACK; i++, kept = kept->hh.prev)
        if (is_made_good(&kept->leg, fact))
            kept->leg.accepted = fact->seen;
}

static void note_accepted(struct callbacks *c, const struct fact *fact) {
    struct end *to = find_end(c, &fact->server.address);
    if (to == NULL || to->as_client == 0)
        return;
    to->accepts = fact->seen;
    to->accepts_from = fact->client.address;
}

void callbacks_connect(struct callbacks *c, const struct fact *fact) {
    struct kept_leg *kept = find_leg(c->pending, fact->flow);
    if (kept == NULL)
        kept = find_leg(c->failed, fact->flow);
    if (kept == NULL && !may_be_leg(c, fact))
        return;
    if (fact->kind == FACT_CONNECT_ESTABLISHED) {
        bool answered = !fact->connect.midstream || fact->connect.server_ttl != 0;
        if (kept != NULL && answered)
            drop(c, kept);
        if (answered) {
            make_good(c->pending, fact);
            make_good(c->failed, fact);
            note_accepted(c, fact);
        }
        return;
    }
    bool one_syn = fact->kind == FACT_CONNECT_UNANSWERED && fact->connect.attempt <= 1;
    if (kept == NULL && !one_syn)
        kept = begin(c, fact);
    else if (kept != NULL && one_syn && kept->leg.failing.frame == 0)
        drop(c, kept);
    if (one_syn)
        return;
    if (fact->kind == FACT_CONNECT_ATTEMPTED) {
        count_syn(&kept->leg, fact);
    } else if (fact->kind == FACT_CONNECT_UNANSWERED) {
        kept->leg.syns = fact->connect.attempt;
        fail(c, kept, fact, OUTCOME_UNANSWERED);
    } else {
        fail(c, kept, fact, fact->kind == FACT_CONNECT_REFUSED ? OUTCOME_REFUSED : OUTCOME_UNREACHABLE);
    }
}

struct leg *callbacks_next_leg(const struct callbacks *c, const struct leg *leg) {
    struct kept_leg *next = leg == NULL ? c->failed : ((const struct kept_leg *)(const void *)leg)->hh.next;
    return next == NULL ? NULL : &next->leg;
}
