/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/table.h"
#include "report/text.h"
#include "rules/words/name.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Sessions that a person would call the same: the first of them, and how many there are. */
struct group {
    const struct session *first;
    uint64_t count;
};

static int compare_octets(const void *a, const void *b, size_t size, int before) {
    return before != 0 ? before : memcmp(a, b, size);
}

static int compare_numbers(uint64_t a, uint64_t b, int before) { return before != 0 ? before : (a > b) - (a < b); }

static const char *pipe_of(const struct session *session) { return session->pipe == NULL ? "" : session->pipe; }

static const char *unclear_of(const struct session *session) {
    return session->unclear == NULL ? "" : session->unclear;
}

/* By what makes sessions the same; the client's port does not. */
static int compare_sameness(const struct session *a, const struct session *b) {
    int order = compare_numbers(a->outcome, b->outcome, 0);
    order = compare_octets(a->client.address.octets, b->client.address.octets, sizeof a->client.address.octets, order);
    order = compare_octets(a->server.address.octets, b->server.address.octets, sizeof a->server.address.octets, order);
    order = compare_numbers(a->server.port, b->server.port, order);
    order = compare_numbers(session_is_udp(a), session_is_udp(b), order);
    order = order != 0 ? order : strcmp(pipe_of(a), pipe_of(b));
    order = order != 0 ? order : strcmp(unclear_of(a), unclear_of(b));
    order = compare_octets(a->interface.uuid.octets, b->interface.uuid.octets, sizeof a->interface.uuid.octets, order);
    return compare_numbers(a->interface.major, b->interface.major, order);
}

static int by_sameness(const void *left, const void *right) {
    const struct session *a = ((const struct group *)left)->first;
    const struct session *b = ((const struct group *)right)->first;
    return compare_numbers(a->id, b->id, compare_sameness(a, b));
}

/* What failed comes first, then what cannot be told, then what was served. */
static unsigned rank(enum outcome outcome) {
    if (outcome == OUTCOME_SERVED)
        return 2;
    return outcome == OUTCOME_UNKNOWN ? 1 : 0;
}

static int by_importance(const void *left, const void *right) {
    const struct session *a = ((const struct group *)left)->first;
    const struct session *b = ((const struct group *)right)->first;
    return compare_numbers(a->id, b->id, compare_numbers(rank(a->outcome), rank(b->outcome), 0));
}

static size_t count_sessions(const struct judge *judge) {
    size_t count = 0;
    while (judge_session(judge, count) != NULL)
        count++;
    return count;
}

/* One group for each kind of session, the important ones first. The caller frees it; NULL without memory. */
static struct group *group_sessions(const struct judge *judge, size_t sessions, size_t *count) {
    assert(sessions > 0);
    struct group *groups = calloc(sessions, sizeof *groups);
    if (groups == NULL)
        return NULL;
    for (size_t i = 0; i < sessions; i++)
        groups[i] = (struct group){judge_session(judge, i), 1};
    qsort(groups, sessions, sizeof *groups, by_sameness);
    *count = 0;
    for (size_t i = 0; i < sessions; i++) {
        if (*count > 0 && compare_sameness(groups[*count - 1].first, groups[i].first) == 0)
            groups[*count - 1].count++;
        else
            groups[(*count)++] = groups[i];
    }
    qsort(groups, *count, sizeof *groups, by_importance);
    return groups;
}

static struct sighting first_seen(const struct session *session) {
    for (size_t i = 0; i < STAGES; i++)
        if (session->stages[i].frame != 0)
            return session->stages[i];
    return session->failing.frame != 0 ? session->failing : session->syn;
}

static const char *endpoint_words(const struct endpoint *endpoint, char words[static ENDPOINT_TEXT_SIZE]) {
    return endpoint->port == 0 ? address_text(&endpoint->address, words) : endpoint_text(endpoint, words);
}

/* "10.0.1.20:1112", "10.0.1.20:1112/udp", "10.0.1.20:445 \PIPE\svcctl" */
enum { SERVER_WORDS_SIZE = ENDPOINT_TEXT_SIZE + FACT_TEXT_SIZE + 8 };

static const char *server_words(const struct session *session, char words[static SERVER_WORDS_SIZE]) {
    char endpoint[ENDPOINT_TEXT_SIZE];
    snprintf(words, SERVER_WORDS_SIZE, "%s%s%s%s", endpoint_words(&session->server, endpoint),
             session_is_udp(session) ? "/udp" : "", session->pipe != NULL ? " \\PIPE\\" : "", pipe_of(session));
    return words;
}

static const char *interface_words(const struct session *session, char words[static INTERFACE_TEXT_SIZE]) {
    if (uuid_is_nil(&session->interface.uuid))
        return session->to_mapper ? "(endpoint mapper)" : "(not asked)";
    return interface_text(&session->interface, words);
}

enum { OUTCOME_WORDS_SIZE = 160 };

static const char *outcome_words(const struct session *session, char words[static OUTCOME_WORDS_SIZE]) {
    if (session->unclear == NULL)
        return OUTCOME_NAMES[session->outcome];
    snprintf(words, OUTCOME_WORDS_SIZE, "%s: %s", OUTCOME_NAMES[session->outcome], session->unclear);
    return words;
}

static void add_row(struct table *table, const struct page *page, const struct group *group) {
    char count[24];
    char client[ADDRESS_TEXT_SIZE];
    char server[SERVER_WORDS_SIZE];
    char interface[INTERFACE_TEXT_SIZE];
    char outcome[OUTCOME_WORDS_SIZE];
    char seen[SIGHTING_WORDS_SIZE];
    const struct session *session = group->first;
    struct sighting first = first_seen(session);
    snprintf(count, sizeof count, "%llu", (unsigned long long)group->count);
    table_row(table, (const char *const[]){count, address_text(&session->client.address, client),
                                           server_words(session, server), interface_words(session, interface),
                                           outcome_words(session, outcome), page_frame(page, &first, seen)});
}

static bool groups_table(struct page *page, const struct results *results, size_t rows) {
    static const char *const headings[] = {"Count", "Client", "Server", "Interface", "Outcome", "First seen at"};
    size_t count;
    struct group *groups = group_sessions(results->judge, count_sessions(results->judge), &count);
    if (groups == NULL)
        return false;
    struct table table = table_open(headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < count && i < rows; i++)
        add_row(&table, page, &groups[i]);
    free(groups);
    bool printed = table_close(&table, page);
    page_more(page, count, rows);
    return printed;
}

static void stage_lines(struct page *page, const struct session *session) {
    for (size_t i = 0; i < STAGES; i++) {
        char seen[SIGHTING_WORDS_SIZE];
        if (session->stages[i].frame == 0)
            continue;
        page_begin(page, 4);
        page_words(page, page_sighting(page, &session->stages[i], seen));
        page_join(page, ":");
        page_words(page, STAGE_NAMES[i]);
    }
}

/* Every session and when it came how far. */
static void all_sessions(struct page *page, const struct results *results) {
    const struct session *session;
    for (size_t i = 0; (session = judge_session(results->judge, i)) != NULL; i++) {
        char client[ENDPOINT_TEXT_SIZE];
        char server[SERVER_WORDS_SIZE];
        char interface[INTERFACE_TEXT_SIZE];
        char outcome[OUTCOME_WORDS_SIZE];
        page_begin(page, 2);
        page_words(page, endpoint_words(&session->client, client));
        page_words(page, "to");
        page_words(page, server_words(session, server));
        page_join(page, ",");
        page_words(page, interface_words(session, interface));
        page_join(page, ":");
        page_words(page, outcome_words(session, outcome));
        stage_lines(page, session);
        page_end(page);
    }
}

bool text_sessions(struct page *page, const struct results *results, size_t rows) {
    if (judge_session(results->judge, 0) == NULL)
        return true;
    page_skip(page);
    page_words(page, "Sessions");
    page_end(page);
    if (page->detail != DETAIL_VERBOSE)
        return groups_table(page, results, rows);
    all_sessions(page, results);
    return true;
}
