/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binds that offer an interface in several transfer syntaxes, or several interfaces at once. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112, MAX_RESULTS = 3 };
enum { ABSTRACT_SYNTAX = 1, TRANSFER_SYNTAXES = 2 }; /* p_provider_reason_t */

struct verdict {
    const struct syntax_id *interface;
    uint16_t result, reason;
};

static void answer(struct story *s, const struct line *line, const struct verdict *verdicts, uint8_t count) {
    struct fact fact = {.kind = FACT_BIND_ANSWERED, .flow = line->flow, .transport = TRANSPORT_TCP};
    address_parse(line->client, &fact.client.address);
    address_parse(line->server, &fact.server.address);
    fact.client.port = (uint16_t)(40000 + line->flow);
    fact.server.port = line->port;
    s->now.frame++;
    s->now.time += 1000000;
    fact.seen = s->now;
    fact.bind.question_seen = true;
    fact.bind.offered = fact.bind.count = count;
    for (uint8_t i = 0; i < count; i++)
        fact.bind.contexts[i] =
            (struct fact_context){i, *verdicts[i].interface, SYNTAX_NDR, verdicts[i].result, verdicts[i].reason};
    judge_fact(s->judge, &fact);
}

static void bind_ends_with(const char *rule, const struct verdict *verdicts, uint8_t count) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT); /* it is a fault only where it works elsewhere */
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    answer(&s, &line, verdicts, count);
    story_ends_with(&s, rule);
}

/* As Windows does: NDR, NDR64, and the features of the connection (result 3). */
static void one_accepted_syntax_is_enough(void) {
    static const struct verdict cases[][MAX_RESULTS] = {
        {{&LSA, 2, TRANSFER_SYNTAXES}, {&LSA, 0, 0}, {&LSA, 3, 3}},
        {{&LSA, 0, 0}, {&LSA, 2, TRANSFER_SYNTAXES}, {&LSA, 3, 3}},
        {{&LSA, 3, 3}, {&LSA, 2, TRANSFER_SYNTAXES}, {&LSA, 0, 0}},
        {{&LSA, 2, ABSTRACT_SYNTAX}, {&LSA, 2, TRANSFER_SYNTAXES}, {&LSA, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        bind_ends_with(NULL, cases[i], MAX_RESULTS);
}

static void none_accepted_is_rejected(void) {
    static const struct verdict cases[][MAX_RESULTS] = {
        {{&LSA, 2, ABSTRACT_SYNTAX}, {&LSA, 2, ABSTRACT_SYNTAX}, {&LSA, 3, 3}},
        {{&LSA, 2, TRANSFER_SYNTAXES}, {&LSA, 2, TRANSFER_SYNTAXES}, {&LSA, 2, TRANSFER_SYNTAXES}},
        {{&LSA, 3, 3}, {&LSA, 2, ABSTRACT_SYNTAX}, {&LSA, 2, ABSTRACT_SYNTAX}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        bind_ends_with("interface-rejected", cases[i], MAX_RESULTS);
}

/* What is told as the reason is that of a rejection, wherever the features of the connection are negotiated. */
static void the_reason_is_that_of_the_rejection(void) {
    static const struct verdict verdicts[] = {{&LSA, 3, 3}, {&LSA, 2, ABSTRACT_SYNTAX}};
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    answer(&s, &line, verdicts, 2);
    story_end(&s);
    CU_ASSERT_PTR_NOT_NULL(strstr(story_only(&s)->message, "provider rejection, reason 1"));
    story_close(&s);
}

/* The other interface of the same bind says nothing about this one. */
static void each_interface_for_itself(void) {
    static const struct verdict served[] = {{&SAM, 2, ABSTRACT_SYNTAX}, {&LSA, 0, 0}};
    static const struct verdict rejected[] = {{&SAM, 0, 0}, {&LSA, 2, ABSTRACT_SYNTAX}};
    struct story s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    answer(&s, &line, served, 2);
    story_calls(&s, &line, &LSA);
    story_answers(&s, &line, &LSA);
    story_end(&s);
    for (size_t i = 0; judge_finding(s.judge, i) != NULL; i++)
        CU_ASSERT_TRUE(syntax_compatible(&judge_finding(s.judge, i)->interface, &SAM));
    story_close(&s);
    bind_ends_with("interface-rejected", rejected, 2);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"one accepted syntax is enough", one_accepted_syntax_is_enough},
        {"none accepted is rejected", none_accepted_is_rejected},
        {"the reason is that of the rejection", the_reason_is_that_of_the_rejection},
        {"each interface for itself", each_interface_for_itself},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/syntaxes", tests);
}
