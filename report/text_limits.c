/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

/* What was lost: what is not in the capture, and what is there and could not be read. The words follow a number. */
enum group { NOT_SEEN, NOT_READ, GROUPS };

static const char *const LABELS[GROUPS] = {"Not seen", "Not read"};

static const struct loss_words {
    enum loss kind;
    enum group group;
    const char *one, *many;
} LOSSES[] = {
    {LOSS_DROPPED_FRAMES, NOT_SEEN, "frame dropped by the capturing program",
     "frames dropped by the capturing program"},
    {LOSS_CUT_FRAMES, NOT_SEEN, "frame cut short by the snap length", "frames cut short by the snap length"},
    {LOSS_GAPS, NOT_SEEN, "hole in a stream", "holes in streams"},
    {LOSS_GAP_BYTES, NOT_SEEN, "stream byte missing", "stream bytes missing"},
    {LOSS_LATE_BYTES, NOT_SEEN, "stream byte that came too late", "stream bytes that came too late"},
    {LOSS_IP_FRAGMENTS, NOT_SEEN, "IP fragment without the rest", "IP fragments without the rest"},
    {LOSS_MIDSTREAM_FLOWS, NOT_SEEN, "connection begun before the capture", "connections begun before the capture"},
    {LOSS_ONE_SIDED_FLOWS, NOT_SEEN, "connection of which one direction is missing",
     "connections of which one direction is missing"},
    {LOSS_FILE_TRUNCATED, NOT_SEEN, "file that breaks off in the middle of a frame",
     "files that break off in the middle of a frame"},
    {LOSS_OTHER_LINK, NOT_READ, "frame of an unknown link type", "frames of an unknown link type"},
    {LOSS_BAD_LINKS, NOT_READ, "frame with malformed link headers", "frames with malformed link headers"},
    {LOSS_BAD_IPS, NOT_READ, "frame with malformed IP headers", "frames with malformed IP headers"},
    {LOSS_BAD_UDPS, NOT_READ, "frame with malformed UDP headers", "frames with malformed UDP headers"},
    {LOSS_BAD_TCPS, NOT_READ, "frame with malformed TCP headers", "frames with malformed TCP headers"},
    {LOSS_NESTED_FRAMES, NOT_READ, "frame nested too deep", "frames nested too deep"},
    {LOSS_IPSEC_FRAMES, NOT_READ, "frame encrypted by IPsec", "frames encrypted by IPsec"},
    {LOSS_OVERLAPS, NOT_READ, "IP fragment that contradicts others", "IP fragments that contradict others"},
    {LOSS_BAD_TIMES, NOT_READ, "frame with an impossible time", "frames with an impossible time"},
    {LOSS_MALFORMED_PDUS, NOT_READ, "malformed PDU", "malformed PDUs"},
    {LOSS_BAD_NEIGHBOURS, NOT_READ, "malformed ARP packet or name service message",
     "malformed ARP packets or name service messages"},
    {LOSS_ENCRYPTED_CALLS, NOT_READ, "encrypted call to the endpoint mapper", "encrypted calls to endpoint mappers"},
    {LOSS_ENCRYPTED_ANSWERS, NOT_READ, "encrypted answer of DCOM or a cluster",
     "encrypted answers of DCOM or clusters"},
    {LOSS_ENCRYPTED_SMB, NOT_READ, "connection with encrypted SMB", "connections with encrypted SMB"},
    {LOSS_COMPRESSED_SMB, NOT_READ, "connection with compressed SMB", "connections with compressed SMB"},
    {LOSS_HTTP_TUNNELS, NOT_READ, "connection to an RPC proxy (RPC over HTTP version 2)",
     "connections to RPC proxies (RPC over HTTP version 2)"},
};
enum { LOSSES_COUNT = sizeof LOSSES / sizeof LOSSES[0] };

/* What it means that a limit was reached; the name stands before it. */
static const char *const LIMIT_WORDS[LIMIT_KINDS] = {
    [LIMIT_FLOWS] = "connections were forgotten, the least useful first",
    [LIMIT_ENGINE_FLOWS] = "holes in streams were given up early",
    [LIMIT_QUEUE_BYTES] = "holes in streams were given up early",
    [LIMIT_DATAGRAMS] = "fragmented datagrams were given up early",
    [LIMIT_CONTEXTS] = "contexts or pipes of a connection were passed over",
    [LIMIT_CALLS] = "calls of a connection were forgotten before their answer",
    [LIMIT_FRAGMENTS] = "calls were too long, or too many at once, to be looked into",
    [LIMIT_TOWERS] = "towers or string bindings of an answer were passed over",
    [LIMIT_FIRSTS] = "further kinds of fault or authentication of a connection were only counted",
    [LIMIT_HINTS] = "endpoints that mappers named, or names of cluster resources, were forgotten",
    [LIMIT_CONVERSATIONS] = "the conversations over UDP that had been silent for longest were forgotten",
    [LIMIT_SESSIONS] = "later sessions were not judged, or old connections forgotten",
    [LIMIT_BINDINGS] = "of later addresses and interfaces nothing is known",
    [LIMIT_FINDINGS] = "later findings are not told",
    [LIMIT_NEIGHBOURS] = "some of what ARP and name services tell was passed over, or taken in twice",
    [LIMIT_SERVERS] = "later addresses are linked to no other address",
    [LIMIT_EVIDENCE] = "a part of the evidence was not kept",
};

enum { WORDS_SIZE = 160 };

/* "Not seen: 3 holes in streams, …": the label comes with the first clause, commas with the others. */
struct sentence {
    struct page *page;
    const char *label;
    bool begun;
};

static void clause(struct sentence *sentence, const char *words) {
    if (!sentence->begun)
        page_label(sentence->page, sentence->label);
    else
        page_join(sentence->page, ",");
    sentence->begun = true;
    page_words(sentence->page, words);
}

static void counted_clause(struct sentence *sentence, uint64_t count, const char *one, const char *many) {
    char words[WORDS_SIZE];
    if (count == 0)
        return;
    snprintf(words, sizeof words, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
    clause(sentence, words);
}

static void losses(struct page *page, enum group group, const struct results *results) {
    struct sentence sentence = {.page = page, .label = LABELS[group]};
    if (group == NOT_SEEN)
        counted_clause(&sentence, results->cut_off, "file of facts cut off before the end of its capture",
                       "files of facts cut off before the end of their capture");
    for (size_t i = 0; i < LOSSES_COUNT; i++)
        if (LOSSES[i].group == group)
            counted_clause(&sentence, results->tally->lost[LOSSES[i].kind], LOSSES[i].one, LOSSES[i].many);
    if (sentence.begun)
        page_join(page, ".");
    page_end(page);
}

/* "flows in reassembly" */
static void limit_name(enum limit kind, char name[static WORDS_SIZE]) {
    snprintf(name, WORDS_SIZE, "%s", LIMIT_NAMES[kind]);
    for (char *at = name; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
}

static void limits(struct page *page, const struct tally *tally) {
    bool begun = false;
    for (unsigned i = 0; i < LIMIT_KINDS; i++) {
        char name[WORDS_SIZE];
        char words[2 * WORDS_SIZE];
        if (tally->limits[i] == 0)
            continue;
        if (begun)
            page_begin(page, PAGE_LABEL);
        else
            page_label(page, "Limits");
        begun = true;
        limit_name((enum limit)i, name);
        snprintf(words, sizeof words, "%s, reached %llu %s: %s.", name, (unsigned long long)tally->limits[i],
                 tally->limits[i] == 1 ? "time" : "times", LIMIT_WORDS[i]);
        page_words(page, words);
        page_end(page);
    }
}

void text_limits(struct page *page, const struct results *results) {
    page_begin(page, 0);
    if (results->incomplete)
        page_words(page, "INCOMPLETE: not all of the input was read.");
    page_end(page);
    for (unsigned group = 0; group < GROUPS; group++)
        losses(page, (enum group)group, results);
    limits(page, results->tally);
}
