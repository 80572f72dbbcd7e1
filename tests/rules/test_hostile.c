/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts in any order, as hostile or damaged captures give them: the judge stays sound, bounded and quick. */
#include "rules/judge.h"
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* xorshift64: the same stories on every machine. */
static uint64_t state;

static uint32_t below(uint32_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 16) % limit);
}

static struct endpoint some_endpoint(void) {
    static const char *const hosts[] = {A, B, STRANGER, CLIENT, "fd00::1", "fd00::2"};
    static const uint16_t ports[] = {135, 1112, 1113, 49664, 445, 2345};
    struct endpoint endpoint = {.port = ports[below(6)]};
    address_parse(hosts[below(6)], &endpoint.address);
    return endpoint;
}

static struct syntax_id some_interface(void) {
    switch (below(5)) {
    case 0:
        return LSA;
    case 1:
        return SAM;
    case 2:
        return SYNTAX_EPM;
    case 3:
        return JETBACK;
    default:
        return (struct syntax_id){.major = 0};
    }
}

static const char *some_pipe(void) {
    static const char *const names[] = {"lsass", "\\PIPE\\LSASS", "lsarpc", "", "\\"};
    return names[below(5)];
}

static void fill_map(struct fact *fact) {
    fact->map.call_id = below(3);
    fact->map.interface = some_interface();
    fact->map.transport = (enum transport)below(TRANSPORT_KINDS);
    fact->map.status = below(3) == 0 ? 0x16c9a0d6 : 0;
    fact->map.count = (uint8_t)below(FACT_MAX_TOWERS + 1);
    for (size_t i = 0; i < fact->map.count; i++) {
        struct fact_tower *tower = &fact->map.towers[i];
        tower->interface = fact->map.interface;
        tower->transport = (enum transport)below(TRANSPORT_KINDS);
        tower->endpoint = some_endpoint();
        snprintf(tower->name, sizeof tower->name, "%s", some_pipe());
        if (below(2) == 0)
            memset(tower->endpoint.address.octets, 0, sizeof tower->endpoint.address.octets);
    }
}

static void fill_bind(struct fact *fact) {
    fact->bind.assoc_group = below(3);
    fact->bind.nak_reason = (uint16_t)below(12);
    fact->bind.count = (uint8_t)below(4);
    for (size_t i = 0; i < fact->bind.count; i++)
        fact->bind.contexts[i] =
            (struct fact_context){(uint16_t)i, some_interface(), SYNTAX_NDR, (uint16_t)below(4), (uint16_t)below(4)};
}

static struct fact some_fact(struct sighting seen) {
    struct fact fact;
    memset(&fact, 0, sizeof fact);
    fact.kind = (enum fact_kind)below(FACT_CAPTURE_ENDED);
    fact.seen = seen;
    fact.flow = 1 + below(20);
    fact.transport = below(8) == 0 ? TRANSPORT_PIPE : TRANSPORT_TCP;
    fact.client = some_endpoint();
    fact.server = some_endpoint();
    if (fact.transport == TRANSPORT_PIPE)
        snprintf(fact.pipe_name, sizeof fact.pipe_name, "%s", some_pipe());
    if (fact.kind <= FACT_CONNECT_UNANSWERED) {
        fact.connect.attempt = below(4);
        fact.connect.client_ttl = (uint8_t)(below(2) == 0 ? 64 : 128);
        fact.connect.server_ttl = (uint8_t)(60 + below(6));
        fact.connect.server_mac = (struct mac){{2, 0, 0, 0, 0, (uint8_t)below(3)}, below(2) == 0};
    } else if (fact.kind == FACT_MAP_ASKED || fact.kind == FACT_MAP_ANSWERED) {
        fill_map(&fact);
    } else if (fact.kind >= FACT_BIND_ASKED && fact.kind <= FACT_BIND_REFUSED) {
        fill_bind(&fact);
    } else if (fact.kind >= FACT_FIRST_CALL && fact.kind <= FACT_FAULT) {
        fact.call.call_id = below(3);
        fact.call.interface = some_interface();
        fact.call.status = below(4) == 0 ? 5 : 0x1c010003;
    } else if (fact.kind == FACT_PIPE_OPENED || fact.kind == FACT_PIPE_REFUSED) {
        fact.pipe.status = below(2) == 0 ? 0xc0000034 : 0xc0000022;
        snprintf(fact.pipe_name, sizeof fact.pipe_name, "%s", some_pipe());
    } else if (fact.kind == FACT_SERVER_NAME) {
        fact.name.source = (enum name_source)below(NAME_SOURCES);
        memcpy(fact.name.name, "NODE", 5);
    } else if (fact.kind == FACT_LOOKUP_ENTRY) {
        fact.lookup.tower = (struct fact_tower){some_interface(), TRANSPORT_TCP, some_endpoint(), ""};
    }
    return fact;
}

static bool is_told(const struct session *session) {
    return session->failed.frame != 0 || session->predicted || session->withdrawn;
}

/* What must hold whatever the facts were. */
static void check_sound(const struct judge *judge) {
    uint64_t told = 0, folded = 0;
    const struct session *session;
    for (size_t i = 0; (session = judge_session(judge, i)) != NULL; i++) {
        told += is_told(session);
        CU_ASSERT_TRUE(session->outcome != OUTCOME_SERVED || session->failed.frame == 0);
        CU_ASSERT_TRUE(session->outcome != OUTCOME_UNKNOWN || session->unclear != NULL);
        CU_ASSERT_TRUE(session->failing.frame == 0 || session->flagged.frame != 0);
    }
    const struct finding *finding;
    for (size_t i = 0; (finding = judge_finding(judge, i)) != NULL; i++) {
        folded += finding->count;
        CU_ASSERT_EQUAL(finding->id, i + 1);
        CU_ASSERT_NOT_EQUAL(finding->flagged.frame, 0);
        CU_ASSERT_NOT_EQUAL(finding->evidence_count, 0);
        CU_ASSERT_TRUE(finding->message[0] != '\0' && finding->advice[0] != '\0');
        CU_ASSERT_TRUE(finding->bound_count <= FINDING_MAX_BOUND);
    }
    CU_ASSERT_TRUE(folded <= told); /* one finding a session at most */
}

static void facts_in_any_order(void) {
    for (uint64_t seed = 1; seed <= 400; seed++) {
        state = seed * 0x9e3779b97f4a7c15;
        struct tally tally = {0};
        struct judge *judge = judge_open(&tally, &(struct inventory){0});
        struct sighting seen = {0, 1000000000, 0};
        for (int i = 0; i < 300; i++) {
            seen.frame++;
            seen.time += below(20) == 0 ? -(int64_t)below(2000000000) : (int64_t)below(2000000000);
            struct fact fact = some_fact(seen);
            judge_fact(judge, &fact);
        }
        judge_finish(judge);
        check_sound(judge);
        judge_close(judge);
    }
}

static double seconds_for(uint64_t sessions) {
    struct story s = story_begin();
    clock_t start = clock();
    story_served(&s, CLIENT, B, &LSA, 1112);
    for (uint64_t i = 0; i < sessions; i++) {
        story_refused(&s, CLIENT, A, i % 2 == 0 ? &LSA : &SAM, 1112);
        story_wait(&s, 20);
    }
    story_end(&s);
    CU_ASSERT_TRUE(story_findings(&s) >= 2);
    story_close(&s);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Four times as many cost about four times as much; sixteen times would be quadratic. */
static void many_failures_cost_linear_time(void) {
    double few = seconds_for(4000);
    double many = seconds_for(16000);
    CU_ASSERT_TRUE(many < 8 * few + 0.1);
}

static void too_many_sessions_are_counted(void) {
    struct story s = story_begin();
    for (int i = 0; i < 100010; i++)
        story_asks(&s, CLIENT, A, &LSA);
    story_end(&s);
    CU_ASSERT_TRUE(s.tally.limits[LIMIT_SESSIONS] > 0);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"facts in any order", facts_in_any_order},
        {"many failures cost linear time", many_failures_cost_linear_time},
        {"too many sessions are counted", too_many_sessions_are_counted},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/hostile", tests);
}
