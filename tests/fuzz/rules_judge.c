/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts in any order through the judge. Each message is a fact: its kind, and the octets that its fields are made of.
 * Findings and sessions must be sound. */
#include "rules/judge.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct bytes left; /* of the message */

static uint32_t below(uint32_t limit) { return take_u8(&left) % limit; }

static struct address some_address(void) {
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1", "fd00::1", "0.0.0.0", "::", ""};
    uint8_t choice = take_u8(&left);
    struct address address;
    if (choice >= 128) {
        address = address_ipv4((const uint8_t[4]){10, choice, take_u8(&left), 1});
        return address;
    }
    address_parse(hosts[choice & 7], &address);
    return address;
}

static struct endpoint some_endpoint(void) {
    static const uint16_t ports[] = {135, 1112, 1113, 445, 0, 49664, 593, 139};
    struct endpoint endpoint = {.address = some_address()};
    uint8_t choice = take_u8(&left);
    endpoint.port = choice < 128 ? ports[choice & 7] : take_u16(&left);
    return endpoint;
}

static struct syntax_id some_interface(void) {
    static const struct syntax_id one = {{{1, 2, 3}}, 1, 0}, other = {{{1, 2, 3}}, 2, 0}, third = {{{9}}, 1, 0};
    uint32_t choice = below(8);
    const struct syntax_id *known[] = {&SYNTAX_EPM, &one, &other, &third};
    return choice < 4 ? *known[choice] : (struct syntax_id){.major = (uint16_t)choice};
}

static void some_text(char text[static FACT_TEXT_SIZE]) {
    static const char *const texts[] = {"", "NODE1", "node1.example.net", "epmapper", "lsarpc", "host/node2"};
    uint32_t choice = below(12);
    memset(text, 0, FACT_TEXT_SIZE);
    if (choice < 6)
        memcpy(text, texts[choice], strlen(texts[choice]));
    else
        memset(text, 'a' + (int)choice, choice == 6 ? FACT_TEXT_SIZE - 1 : choice);
}

static struct mac some_mac(void) { return (struct mac){{2, 0, 0, 0, 0, (uint8_t)below(4)}, below(2) == 0}; }

static struct fact_tower some_tower(void) {
    struct fact_tower tower = {.interface = some_interface(), .transport = (enum transport)below(TRANSPORT_KINDS)};
    tower.endpoint = some_endpoint();
    some_text(tower.name);
    return tower;
}

static uint32_t some_status(void) {
    static const uint32_t known[] = {0, 0x16c9a0d6, 5, 0x1c010003, 0x1c010002, 0x6ba, 1753, 0xc0000034};
    uint32_t choice = below(16);
    return choice < 8 ? known[choice] : take_u32(&left);
}

static void fill_connect(struct fact *fact) {
    fact->connect = (struct fact_connect){.attempt = below(6),
                                          .server_mac = some_mac(),
                                          .client_ttl = (uint8_t)(below(3) * 64),
                                          .server_ttl = (uint8_t)(below(3) * 60),
                                          .midstream = below(4) == 0,
                                          .icmp_type = (uint8_t)below(4),
                                          .icmp_code = (uint8_t)below(16),
                                          .reporter = some_address()};
}

static void fill_map(struct fact *fact) {
    fact->map.call_id = below(4);
    fact->map.interface = some_interface();
    fact->map.transport = (enum transport)below(TRANSPORT_KINDS);
    fact->map.object.octets[0] = (uint8_t)below(2);
    fact->map.status = some_status();
    fact->map.question_seen = below(2) == 0;
    fact->map.count = (uint8_t)below(FACT_MAX_TOWERS + 1);
    fact->map.offered = fact->map.count + below(3);
    for (size_t i = 0; i < fact->map.count; i++)
        fact->map.towers[i] = some_tower();
}

static void fill_bind(struct fact *fact) {
    fact->bind.alter = below(3) == 0;
    fact->bind.call_id = below(4);
    fact->bind.assoc_group = below(4);
    fact->bind.nak_reason = (uint16_t)below(12);
    fact->bind.question_seen = below(2) == 0;
    fact->bind.count = (uint8_t)below(FACT_MAX_CONTEXTS + 1);
    fact->bind.offered = fact->bind.count;
    for (size_t i = 0; i < fact->bind.count; i++)
        fact->bind.contexts[i] =
            (struct fact_context){(uint16_t)i, some_interface(), SYNTAX_NDR, (uint16_t)below(4), (uint16_t)below(10)};
    some_text(fact->bind.secondary);
}

static void fill_call(struct fact *fact) {
    fact->call.call_id = below(4);
    fact->call.context = (uint16_t)below(3);
    fact->call.interface = some_interface();
    fact->call.opnum = (uint16_t)below(8);
    fact->call.status = some_status();
    fact->call.did_not_execute = below(2) == 0;
}

static void fill_bindings(struct fact *fact) {
    fact->bindings.source = (enum bindings_source)below(BINDINGS_SOURCES);
    fact->bindings.call_id = below(4);
    fact->bindings.count = (uint8_t)below(FACT_MAX_BINDINGS + 1);
    fact->bindings.offered = fact->bindings.count;
    for (size_t i = 0; i < fact->bindings.count; i++) {
        struct fact_binding *binding = &fact->bindings.bindings[i];
        binding->transport = (enum transport)below(TRANSPORT_KINDS);
        binding->endpoint = some_endpoint();
        some_text(binding->name);
    }
}

static void fill_closing(struct fact *fact) {
    fact->closing.reason = (enum close_reason)below(CLOSE_END + 1);
    fact->closing.by = below(2) == 0 ? FROM_CLIENT : FROM_SERVER;
    fact->closing.midstream = below(3) == 0;
    for (unsigned d = 0; d < 2; d++) {
        fact->closing.bytes[d] = below(256);
        fact->closing.missing[d] = below(3);
        fact->closing.unseen[d] = below(4) == 0;
    }
    fact->closing.calls = below(4);
    fact->closing.answers = below(4);
    fact->closing.faults = below(3);
}

static void fill(struct fact *fact) {
    switch (fact->kind) {
    case FACT_CONNECT_ATTEMPTED:
    case FACT_CONNECT_ESTABLISHED:
    case FACT_CONNECT_REFUSED:
    case FACT_CONNECT_UNREACHABLE:
    case FACT_CONNECT_UNANSWERED:
        fill_connect(fact);
        break;
    case FACT_MAP_ASKED:
    case FACT_MAP_ANSWERED:
        fill_map(fact);
        break;
    case FACT_LOOKUP_ENTRY:
        fact->lookup.tower = some_tower();
        some_text(fact->lookup.annotation);
        break;
    case FACT_BIND_ASKED:
    case FACT_BIND_ANSWERED:
    case FACT_BIND_REFUSED:
        fill_bind(fact);
        break;
    case FACT_FIRST_CALL:
    case FACT_FIRST_ANSWER:
    case FACT_FAULT:
        fill_call(fact);
        break;
    case FACT_AUTHENTICATION:
        fact->authentication = (struct fact_authentication){(uint8_t)below(20), (uint8_t)below(8)};
        break;
    case FACT_SERVER_NAME:
        fact->name.source = (enum name_source)below(NAME_SOURCES);
        some_text(fact->name.name);
        break;
    case FACT_PIPE_OPENED:
    case FACT_PIPE_REFUSED:
        fact->pipe.status = some_status();
        break;
    case FACT_BINDINGS_TOLD:
        fill_bindings(fact);
        break;
    case FACT_LINK_ADDRESS:
        fact->link = (struct fact_link){some_mac(), below(2) == 0};
        break;
    case FACT_CLUSTER_ADDRESS:
        fact->resource.address = some_address();
        some_text(fact->resource.name);
        some_text(fact->resource.network);
        break;
    case FACT_UNREADABLE:
        fact->unreadable = (enum unreadable)below(UNREADABLES);
        break;
    case FACT_CLOSED:
        fill_closing(fact);
        break;
    case FACT_MALFORMED:
        fact->malformed.why = (enum malformation)below(MALFORMATIONS);
        fact->malformed.direction = below(2) == 0 ? FROM_CLIENT : FROM_SERVER;
        break;
    case FACT_GAP:
        fact->gap.direction = below(2) == 0 ? FROM_CLIENT : FROM_SERVER;
        fact->gap.bytes = below(256);
        fact->gap.cut = below(2) == 0;
        break;
    case FACT_CAPTURE_ENDED:
    case FACT_KINDS:
        break;
    }
}

static struct fact some_fact(const struct message *message, struct sighting *seen) {
    static const int64_t later[] = {0, 1000000, 10000000, 500000000, 3000000000, 25000000000, 70000000000, -1000000000};
    struct fact fact;
    memset(&fact, 0, sizeof fact);
    left = message->bytes;
    seen->frame++;
    seen->time += later[below(8)];
    fact.kind = (enum fact_kind)(message->kind % FACT_CAPTURE_ENDED);
    fact.seen = *seen;
    fact.flow = 1 + below(16);
    fact.transport = below(6) == 0 ? (enum transport)below(TRANSPORT_KINDS) : TRANSPORT_TCP;
    fact.client = some_endpoint();
    fact.server = some_endpoint();
    fill(&fact);
    if (fact.transport == TRANSPORT_PIPE)
        some_text(fact.pipe_name);
    return fact;
}

static void check(const struct judge *judge) {
    uint64_t told = 0, folded = 0;
    const struct session *session;
    for (size_t i = 0; (session = judge_session(judge, i)) != NULL; i++) {
        told += session->failed.frame != 0 || session->predicted || session->withdrawn;
        REQUIRE(!session->predicted || !session->withdrawn);
        REQUIRE(session->outcome != OUTCOME_SERVED || session->failed.frame == 0);
        REQUIRE(session->outcome != OUTCOME_UNKNOWN || session->unclear != NULL);
        REQUIRE(session->failing.frame == 0 || session->flagged.frame != 0);
    }
    const struct finding *finding;
    for (size_t i = 0; (finding = judge_finding(judge, i)) != NULL; i++) {
        folded += finding->count;
        REQUIRE(finding->id == i + 1 && finding->flagged.frame != 0 && finding->evidence_count != 0);
        REQUIRE(finding->message[0] != '\0' && finding->advice[0] != '\0');
        REQUIRE(finding->bound_count <= FINDING_MAX_BOUND);
    }
    REQUIRE(folded <= told); /* one finding a session at most */
    const struct predictions *predictions = judge_predictions(judge);
    REQUIRE(predictions->made == predictions->came_true + predictions->averted + predictions->open);
    for (size_t i = 0; judge_binding(judge, i) != NULL; i++)
        (void)judge_server_name(judge, &judge_binding(judge, i)->address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes script = {data, size};
    struct message message;
    struct tally tally = {0};
    struct sighting seen = {0, 1000000000000, 0};
    struct judge *judge = judge_open(&tally, &(struct inventory){0});
    REQUIRE(judge != NULL);
    script_settings(&script);
    while (script_next(&script, &message)) {
        struct fact fact = some_fact(&message, &seen);
        judge_fact(judge, &fact);
    }
    struct fact end = {.kind = FACT_CAPTURE_ENDED, .seen = {.time = seen.time}};
    judge_fact(judge, &end);
    judge_finish(judge);
    check(judge);
    judge_close(judge);
    return 0;
}
