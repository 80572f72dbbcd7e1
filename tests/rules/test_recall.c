/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What earlier stories left to a later one. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };
static const double DAY = 86400;

/* A later story: so many days after the first, and with what was remembered. */
static struct story later(const struct memory *memory, double days) {
    struct story s = story_begin();
    story_wait(&s, days * DAY);
    s.memory = memory;
    return s;
}

static void end_and_remember(struct story *s, struct memory *memory) {
    story_end(s);
    story_remember(s, memory);
    story_close(s);
}

/* A healthy day, and a failure five days later; each in a capture of its own. */
static struct memory *a_week(void) {
    struct memory *memory = memory_open();
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    end_and_remember(&s, memory);
    s = later(memory, 5);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    end_and_remember(&s, memory);
    return memory;
}

static void tonights_failure_is_flagged_at_the_first_syn(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 6);
    uint64_t syn = s.now.frame + 1;
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    story_meets_shut(&s, CLIENT, A, PORT);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "unbound-address", "S1", 1722);
    CU_ASSERT_EQUAL(f->flagged.frame, syn);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_HIGH);
    CU_ASSERT_TRUE(f->lead > 0);
    story_check_bound_at(f, B ":1112");
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "The same server had it at " B ":1112 in earlier captures."));
    bool earlier = false;
    for (size_t i = 0; i < f->evidence_count; i++)
        earlier = earlier || (sighting_is_earlier(&f->evidence[i].seen) && strstr(f->evidence[i].what, "earlier, for"));
    CU_ASSERT_TRUE(earlier);
    story_close(&s);
    memory_close(memory);
}

static void what_this_run_saw_too_is_told_as_of_now(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 6);
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_PTR_NOT_NULL(strstr(story_only(&s)->message, "The same server has it at " B ":1112."));
    story_close(&s);
    memory_close(memory);
}

static void without_it_it_is_known_when_it_fails(void) {
    struct story s = later(NULL, 6);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->flagged.frame, rst);
    CU_ASSERT_EQUAL(story_only(&s)->bound_count, 0);
    story_close(&s);
}

static void what_recovered_since_is_not_flagged(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 5.5);
    story_served(&s, CLIENT, A, &LSA, PORT);
    end_and_remember(&s, memory);
    s = later(memory, 6);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
    memory_close(memory);
}

static void what_is_too_old_foretells_nothing(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 96);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
    s = later(memory, 89.9); /* the twin: foretold, wrongly */
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->state, FINDING_AVERTED);
    story_close(&s);
    memory_close(memory);
}

static void another_network_is_not_concerned(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 6);
    story_served(&s, CLIENT, STRANGER, &LSA, PORT);
    story_refused(&s, OTHER_CLIENT, "10.9.9.9", &SAM, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(judge_predictions(s.judge)->made, 0);
    CU_ASSERT_EQUAL(story_only(&s)->bound_count, 0);
    story_close(&s);
    memory_close(memory);
}

/* The state is newer than the capture, or was made of this very one. */
static void nobody_knows_his_future(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 5);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->flagged.frame, rst);
    story_check_bound_at(story_only(&s), B ":1112"); /* that was before */
    story_close(&s);
    s = later(memory, -1);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(judge_predictions(s.judge)->made, 0);
    judge_list_recalled(s.judge);
    for (size_t i = 0; judge_binding(s.judge, i) != NULL; i++)
        CU_ASSERT_FALSE(sighting_is_earlier(&judge_binding(s.judge, i)->proofs[0].seen));
    story_close(&s);
    memory_close(memory);
}

static void a_failover_between_runs_leaves_a_stale_endpoint(void) {
    struct memory *memory = memory_open();
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    end_and_remember(&s, memory);
    s = later(memory, 7);
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "stale-endpoint");
    story_close(&s);
    memory_close(memory);
}

static void rows_that_are_only_recalled_are_listed_on_demand(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 6);
    story_served(&s, CLIENT, STRANGER, &SAM, PORT);
    story_end(&s);
    size_t count = 0, more = 0;
    for (const struct binding *row; (row = judge_binding(s.judge, count)) != NULL; count++) {
        char text[ADDRESS_TEXT_SIZE];
        CU_ASSERT_STRING_EQUAL(address_text(&row->address, text), STRANGER);
    }
    judge_list_recalled(s.judge);
    while (judge_binding(s.judge, count + more) != NULL)
        more++;
    CU_ASSERT_TRUE(more >= 2);
    story_close(&s);
    memory_close(memory);
}

static void without_a_capture_all_is_recalled(void) {
    struct memory *memory = a_week();
    struct story s = story_begin();
    s.judge = judge_open(&s.tally, &s.inventory);
    judge_recall(s.judge, memory);
    judge_finish(s.judge);
    CU_ASSERT_PTR_NULL(judge_binding(s.judge, 0));
    judge_list_recalled(s.judge);
    CU_ASSERT_PTR_NOT_NULL(judge_binding(s.judge, 1));
    story_close(&s);
    memory_close(memory);
}

static size_t relatives_of(const struct story *s, const char *address) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    struct address root;
    address_parse(address, &root);
    return judge_relatives(s->judge, &root, relatives);
}

/* Two names that are one, in captures of their own. */
static struct memory *named_alike(void) {
    struct memory *memory = memory_open();
    struct story s = story_begin();
    story_names(&s, CLIENT, "10.1.1.1", NAME_NTLM_COMPUTER, "NODE1");
    end_and_remember(&s, memory);
    s = later(memory, 1);
    story_names(&s, CLIENT, "10.1.1.2", NAME_NTLM_COMPUTER, "NODE1");
    CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.2"), 1);
    end_and_remember(&s, memory);
    return memory;
}

static void names_link_over_captures_until_they_move(void) {
    struct memory *memory = named_alike();
    struct story s = later(memory, 2);
    story_names(&s, CLIENT, "10.1.1.1", NAME_NTLM_COMPUTER, "NODE7");
    CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.2"), 0);
    end_and_remember(&s, memory);
    s = later(memory, 3);
    story_names(&s, CLIENT, "10.1.1.3", NAME_NTLM_COMPUTER, "NODE9");
    CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.2"), 0);
    story_names(&s, CLIENT, "10.1.1.4", NAME_NTLM_COMPUTER, "NODE7");
    CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.1"), 1);
    story_end(&s);
    story_close(&s);
    memory_close(memory);
}

static void what_is_told_of_two_lasts(void) {
    struct memory *memory = memory_open();
    struct story s = story_begin();
    story_tells_resource(&s, "10.1.1.1", "10.1.1.9");
    end_and_remember(&s, memory);
    s = later(memory, 30);
    story_names(&s, CLIENT, STRANGER, NAME_NTLM_COMPUTER, "OTHER");
    CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.9"), 1);
    story_end(&s);
    story_close(&s);
    memory_close(memory);
}

/* A and B send from one link-layer address; B is at another one the next time it is seen. */
static void a_station_links_until_it_is_seen_elsewhere(void) {
    struct memory *memory = a_week();
    struct story s = later(memory, 6);
    story_names(&s, CLIENT, STRANGER, NAME_NTLM_COMPUTER, "OTHER");
    CU_ASSERT_EQUAL(relatives_of(&s, A), 1);
    struct fact fact = {.kind = FACT_CONNECT_ESTABLISHED, .flow = 77, .seen = s.now, .transport = TRANSPORT_TCP};
    address_parse(CLIENT, &fact.client.address);
    address_parse(B, &fact.server.address);
    fact.server.port = 135;
    fact.connect.server_ttl = 128;
    fact.connect.server_mac = (struct mac){{2, 0, 0, 0, 0, 99}, true};
    judge_fact(s.judge, &fact);
    CU_ASSERT_EQUAL(relatives_of(&s, A), 0);
    story_end(&s);
    story_close(&s);
    memory_close(memory);
}

/* DCOM names an endpoint there, which stays silent. */
static enum cause silent_exporter(const struct memory *memory) {
    static const char *const hosts[] = {A, NULL};
    struct story s = later(memory, 6);
    story_tells_bindings(&s, CLIENT, STRANGER, 49200, hosts);
    struct line line = story_syn(&s, CLIENT, A, 49200);
    for (int i = 0; i < 4; i++) {
        story_wait(&s, 1 << i);
        story_syn_again(&s, &line);
    }
    struct sighting last = s.now;
    story_wait(&s, 30);
    story_silent(&s, &line, last);
    story_end(&s);
    enum cause cause = story_only(&s)->cause;
    story_close(&s);
    return cause;
}

/* Its mapper answered last week: whether the host is there tonight is another question. */
static void a_host_is_not_alive_because_it_was(void) {
    struct memory *memory = memory_open();
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    end_and_remember(&s, memory);
    CU_ASSERT_EQUAL(silent_exporter(memory), silent_exporter(NULL));
    memory_close(memory);
}

static void what_is_seen_now_is_told_apart_and_left_alone(void) {
    struct memory *memory = a_week(), *news = memory_open();
    struct story s = later(memory, 6);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    story_remember(&s, news);
    for (size_t i = 0; memory_at(news, i) != NULL; i++)
        if (memory_at(news, i)->kind == MEMORY_PROOF) {
            CU_ASSERT_EQUAL(memory_at(news, i)->is.proof.count, 1);
            CU_ASSERT_TRUE(memory_at(news, i)->first.time > 1000000000000000000 + (int64_t)(5.9 * DAY * 1e9));
        }
    CU_ASSERT_PTR_NOT_NULL(memory_at(news, 0));
    story_close(&s);
    memory_close(memory);
    memory_close(news);
}

/* It has restarted on another port since: where it is now counts, though less was seen of it. */
static void where_it_is_now_counts_more_than_where_it_was(void) {
    struct memory *memory = named_alike();
    struct story s = later(memory, 2);
    story_served(&s, CLIENT, "10.1.1.1", &LSA, PORT);
    end_and_remember(&s, memory);
    s = later(memory, 3);
    story_maps(&s, CLIENT, "10.1.1.1", &LSA, NULL, 2000);
    struct line line = story_syn(&s, CLIENT, "10.1.1.1", 2000);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_refused(&s, CLIENT, "10.1.1.2", &LSA, 2000);
    story_end(&s);
    story_check_bound_at(story_only(&s), "10.1.1.1:2000");
    story_close(&s);
    memory_close(memory);
}

/* One more fact of a story that has begun. */
static void tell(struct story *s, struct fact *fact) {
    fact->seen = s->now;
    fact->seen.frame = ++s->now.frame;
    fact->transport = TRANSPORT_TCP;
    address_parse(CLIENT, &fact->client.address);
    judge_fact(s->judge, fact);
}

static void is_at(struct story *s, const char *address, uint8_t card) {
    struct fact fact = {.kind = FACT_LINK_ADDRESS, .link = {.mac = {{2, 0, 0, 0, 0, card}, true}, .gratuitous = true}};
    address_parse(address, &fact.server.address);
    tell(s, &fact);
}

/* Another host took the address, and has not said its name yet. */
static void a_name_does_not_outlast_a_move(void) {
    struct memory *memory = memory_open();
    struct story s = story_begin();
    story_names(&s, CLIENT, "10.1.1.1", NAME_NTLM_COMPUTER, "NODE1");
    is_at(&s, "10.1.1.1", 7);
    story_wait(&s, 60);
    is_at(&s, "10.1.1.1", 8);
    end_and_remember(&s, memory);
    s = later(memory, 1);
    story_names(&s, CLIENT, "10.1.1.2", NAME_NTLM_COMPUTER, "NODE1");
    CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.2"), 0);
    story_names(&s, CLIENT, "10.1.1.1", NAME_NTLM_COMPUTER, "NODE1"); /* the twin: it is back */
    CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.2"), 1);
    story_end(&s);
    story_close(&s);
    memory_close(memory);
}

/* All addresses of 10.1.1.1, so many of these. */
static void lists(struct story *s, uint8_t count) {
    static const char *const addresses[] = {"10.1.1.1", "10.1.1.2"};
    struct fact fact = {.kind = FACT_BINDINGS_TOLD,
                        .bindings = {.source = BINDINGS_SERVER_ALIVE, .count = count, .offered = count}};
    address_parse(addresses[0], &fact.server.address);
    for (uint8_t i = 0; i < count; i++)
        address_parse(addresses[i], &fact.bindings.bindings[i].endpoint.address);
    tell(s, &fact);
}

static void what_is_no_more_listed_stays_so(void) {
    struct memory *memory = memory_open();
    for (int day = 0; day < 3; day++) {
        struct story s = later(memory, day);
        story_names(&s, CLIENT, STRANGER, NAME_NTLM_COMPUTER, "OTHER");
        CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.1"), day == 1);
        if (day < 2)
            lists(&s, day == 0 ? 2 : 1);
        CU_ASSERT_EQUAL(relatives_of(&s, "10.1.1.1"), day == 0);
        end_and_remember(&s, memory);
    }
    memory_close(memory);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"tonight's failure is flagged at the first SYN", tonights_failure_is_flagged_at_the_first_syn},
        {"what this run saw too is told as of now", what_this_run_saw_too_is_told_as_of_now},
        {"without it, it is known when it fails", without_it_it_is_known_when_it_fails},
        {"what recovered since is not flagged", what_recovered_since_is_not_flagged},
        {"what is too old foretells nothing", what_is_too_old_foretells_nothing},
        {"another network is not concerned", another_network_is_not_concerned},
        {"nobody knows his future", nobody_knows_his_future},
        {"a failover between runs leaves a stale endpoint", a_failover_between_runs_leaves_a_stale_endpoint},
        {"rows that are only recalled are listed on demand", rows_that_are_only_recalled_are_listed_on_demand},
        {"without a capture all is recalled", without_a_capture_all_is_recalled},
        {"names link over captures until they move", names_link_over_captures_until_they_move},
        {"what is told of two lasts", what_is_told_of_two_lasts},
        {"a station links until it is seen elsewhere", a_station_links_until_it_is_seen_elsewhere},
        {"a host is not alive because it was", a_host_is_not_alive_because_it_was},
        {"what is seen now is told apart, and left alone", what_is_seen_now_is_told_apart_and_left_alone},
        {"where it is now counts more than where it was", where_it_is_now_counts_more_than_where_it_was},
        {"a name does not outlast a move", a_name_does_not_outlast_a_move},
        {"what is no more listed stays so", what_is_no_more_listed_stays_so},
        CU_TEST_INFO_NULL};
    return unit_run("rules/recall", tests);
}
