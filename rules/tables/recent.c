/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/recent.h"

#include "rules/tables/table.h"

enum { KEPT = 4096 };

/* A fact without the parts that a connect does not have. */
struct kept {
    enum fact_kind kind; /* FACT_KINDS: taken */
    struct sighting seen;
    uint64_t flow;
    struct endpoint client, server;
    struct fact_connect connect;
};

struct recent {
    struct kept ring[KEPT];
    uint64_t count;         /* that were added */
    struct sighting latest; /* of them: their latest time, and the highest frame of the last one's file */
    bool of_one_file;
    struct tally *tally;
};

struct recent *recent_open(struct tally *tally) {
    struct recent *recent = allocate(1, sizeof *recent);
    recent->tally = tally;
    recent->latest.time = INT64_MIN;
    recent->of_one_file = true;
    return recent;
}

void recent_close(struct recent *recent) { free(recent); }

void recent_add(struct recent *recent, const struct fact *fact) {
    enum { WELL_KNOWN = 1024 }; /* mappers hand out none of these, and most connects are to them */
    if (fact->server.port < WELL_KNOWN)
        return;
    recent->ring[recent->count++ % KEPT] =
        (struct kept){fact->kind, fact->seen, fact->flow, fact->client, fact->server, fact->connect};
    struct sighting *latest = &recent->latest;
    if (fact->seen.time > latest->time)
        latest->time = fact->seen.time;
    recent->of_one_file = recent->of_one_file && (recent->count == 1 || fact->seen.file == latest->file);
    latest->frame = fact->seen.frame > latest->frame ? fact->seen.frame : latest->frame;
    latest->file = fact->seen.file;
}

/* By its frame too, lest a clock that goes back makes what was before look like what was after. */
static bool is_after(const struct sighting *seen, const struct sighting *answer) {
    return seen->time >= answer->time && (seen->file != answer->file || seen->frame > answer->frame);
}

/* Nothing is late, as almost always. */
static bool is_before(const struct recent *recent, const struct sighting *answer) {
    return recent->latest.time < answer->time ||
           (recent->of_one_file && recent->latest.file == answer->file && recent->latest.frame < answer->frame);
}

uint64_t recent_count(const struct recent *recent) { return recent->count; }

static bool is_wanted(const struct kept *kept, const struct fact *answer, uint16_t port) {
    return kept->kind != FACT_KINDS && kept->server.port == port &&
           address_equal(&kept->server.address, &answer->server.address) &&
           address_equal(&kept->client.address, &answer->client.address) && is_after(&kept->seen, &answer->seen);
}

bool recent_take(struct recent *recent, const struct fact *answer, uint16_t port, uint64_t *at, uint64_t end,
                 struct fact *fact) {
    if (is_before(recent, &answer->seen))
        return false;
    if (recent->count > KEPT && *at < recent->count - KEPT) {
        *at = recent->count - KEPT;
        /* The oldest that is kept came behind the answer: so may some that are not. */
        recent->tally->limits[LIMIT_EVIDENCE] += recent->ring[*at % KEPT].seen.time >= answer->seen.time;
    }
    while (*at < end) {
        struct kept *kept = &recent->ring[(*at)++ % KEPT];
        if (!is_wanted(kept, answer, port))
            continue;
        *fact = (struct fact){.kind = kept->kind,
                              .seen = kept->seen,
                              .flow = kept->flow,
                              .transport = TRANSPORT_TCP,
                              .client = kept->client,
                              .server = kept->server,
                              .connect = kept->connect};
        kept->kind = FACT_KINDS;
        return true;
    }
    return false;
}
