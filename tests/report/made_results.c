/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/report/made_results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct session *judge_session(const struct judge *judge, size_t index) {
    return index < judge->session_count ? &judge->sessions[index] : NULL;
}

const struct finding *judge_finding(const struct judge *judge, size_t index) {
    return index < judge->finding_count ? &judge->findings[index] : NULL;
}

const struct binding *judge_binding(const struct judge *judge, size_t index) {
    return index < judge->binding_count ? &judge->bindings[index] : NULL;
}

const struct predictions *judge_predictions(const struct judge *judge) { return &judge->predictions; }

const struct left_out *judge_left_out(const struct judge *judge) { return &judge->left_out; }

const struct inventory *judge_inventory(const struct judge *judge) { return &judge->inventory; }

const char *judge_server_name(const struct judge *judge, const struct address *address) {
    (void)address;
    return judge->name;
}

const struct address *judge_address(const struct judge *judge, const struct address *after) {
    const struct address *first = judge->link.one.family == ADDRESS_NONE ? NULL : &judge->link.one;
    return after == NULL ? first : after == first ? &judge->link.other : NULL;
}

size_t judge_relatives(const struct judge *judge, const struct address *address,
                       struct relative relatives[static IDENTITY_MAX_RELATIVES]) {
    bool first = address_equal(address, &judge->link.one);
    relatives[0] =
        (struct relative){.link = judge->link, .strength = LINK_SORTS[judge->link.kind].strength, .parent = -1};
    relatives[0].weak = relatives[0].strength == LINK_WEAK || relatives[0].strength == LINK_LOOSE;
    relatives[0].cluster = relatives[0].strength >= LINK_DECLARED;
    relatives[0].address = first ? judge->link.other : judge->link.one;
    return 1;
}

void judge_each_link(const struct judge *judge, link_handler handler, void *context) {
    struct link_record record = {
        .link = judge->link, .last = judge->link.other_seen, .strength = LINK_SORTS[judge->link.kind].strength};
    if (judge->link.one.family == ADDRESS_NONE)
        return;
    handler(context, &record);
    record.against = "they are made up";
    if (record.strength != LINK_DECLARED) /* nothing speaks against a declaration */
        handler(context, &record);
}

void judge_each_name(const struct judge *judge, name_handler handler, void *context) {
    for (size_t i = 0; i < judge->known_count; i++)
        handler(context, &judge->known[i]);
}

struct endpoint made_end(const char *ip, uint16_t port) {
    struct endpoint end = {.port = port};
    if (!address_parse(ip, &end.address))
        abort();
    return end;
}

struct sighting made_sighting(uint64_t frame) {
    return (struct sighting){.frame = frame, .time = 1795348800000000000 + (int64_t)frame * 1000000};
}

/* MS Exchange Directory NSP Interface */
struct syntax_id made_interface(void) {
    struct syntax_id interface = {.major = 56};
    if (!uuid_parse("f5cc5a18-4264-101a-8c59-08002b2f8426", &interface.uuid))
        abort();
    return interface;
}

struct session *made_session(struct made *made, enum outcome outcome) {
    struct judge *judge = &made->judge;
    struct session *session = &judge->sessions[judge->session_count++];
    *session = (struct session){
        .id = judge->session_count,
        .client = made_end("10.0.2.1", (uint16_t)(40000 + judge->session_count)),
        .server = made_end("10.0.1.20", 1112),
        .interface = made_interface(),
        .transport = TRANSPORT_TCP,
        .outcome = outcome,
    };
    for (unsigned i = STAGE_ASKED; i <= STAGE_CONNECTING; i++)
        session->stages[i] = made_sighting(i + 1);
    if (outcome == OUTCOME_UNKNOWN)
        session->unclear = "the capture ends before the answer";
    return session;
}

struct binding *made_binding(struct made *made, enum binding_state state) {
    struct judge *judge = &made->judge;
    struct binding *binding = &judge->bindings[judge->binding_count++];
    struct endpoint end = made_end(state == BOUND_HERE ? "10.0.1.10" : "10.0.1.20", 1112);
    enum binding_proof kind = state == BOUND_HERE ? PROOF_ANSWERED : PROOF_REFUSED;
    *binding = (struct binding){
        .address = end.address, .interface = made_interface(), .endpoint = end, .state = state, .count = 1, .room = 1};
    binding->proofs = &judge->proofs[judge->binding_count - 1];
    binding->proofs[0] = (struct proof){.kind = state == BOUND_UNKNOWN ? PROOF_MAPPED : kind,
                                        .seen = made_sighting(5),
                                        .last = made_sighting(5),
                                        .count = 1,
                                        .endpoint = end,
                                        .client = made_end("10.0.2.1", 0).address};
    return binding;
}

struct finding *made_finding(struct made *made) {
    struct judge *judge = &made->judge;
    struct finding *finding = &judge->findings[judge->finding_count++];
    *finding = (struct finding){
        .id = judge->finding_count,
        .rule = RULES[0],
        .severity = SEVERITY_CRITICAL,
        .signature = "S1",
        .signatures = 1 << 1 | 1 << 9,
        .cause = CAUSE_UNBOUND,
        .state = FINDING_FAILED,
        .client = made_end("10.0.2.1", 0).address,
        .server = made_end("10.0.1.20", 1112),
        .server_name = "EXVS1",
        .interface = made_interface(),
        .bound_at = {made_end("10.0.1.10", 1112)},
        .bound_count = 1,
        .flagged = made_sighting(5),
        .failed = made_sighting(5008),
        .lead = 5003000000,
        .win32 = 1722,
        .shown = SHOWN_COMPUTED,
        .shown_time = made_sighting(21005).time,
        .schedule = "its SYNs come as those of Windows 2000 to 2012, which gives up after 21 s",
        .count = 1,
        .message =
            "10.0.2.1 goes to 10.0.1.20:1112 for the directory, where nothing listens; it is bound at 10.0.1.10.",
        .advice = "Point the name that the client uses at 10.0.1.10.",
        .display_filter = "ip.addr == 10.0.2.1 && ip.addr == 10.0.1.20 && (tcp.port == 135 || tcp.port == 1112)",
        .evidence = {{made_sighting(5), "SYN to 10.0.1.20:1112 refused (RST)", false},
                     {made_sighting(40), "call answered at 10.0.1.10:1112", false}},
        .evidence_count = 2,
    };
    return finding;
}

struct made *made_case(void) {
    struct made *made = calloc(1, sizeof *made);
    if (made == NULL || !file_names_add(&made->files, "a.pcap"))
        abort();
    made->judge.name = "EXVS1";
    made->judge.left_out.by_suppression = made->judge.by_suppression;
    made->tally = (struct tally){.files = 1,
                                 .frames = 60,
                                 .bytes = 6000,
                                 .first = made_sighting(1).time,
                                 .last = made_sighting(6000).time,
                                 .flows = 4,
                                 .pdus = {[0] = 4, [11] = 2},
                                 .calls = 4,
                                 .maps = 2,
                                 .lost = {[LOSS_GAPS] = 1}};
    made_session(made, OUTCOME_REFUSED);
    made_session(made, OUTCOME_SERVED)->server = made_end("10.0.1.10", 1112);
    made_binding(made, BOUND_NOT_HERE);
    made_binding(made, BOUND_HERE);
    made_finding(made);
    return made;
}

void made_inventory(struct made *made) {
    static struct address addresses[2];
    static struct declared_service services[] = {
        {.any_version = true, .bound = &addresses[0], .bound_count = 1, .line = 7},
        {.bound = &addresses[1], .bound_count = 1, .line = 5}};
    static const struct declared_cluster cluster = {"EXCLUSTER", addresses, 2, services, 2, 3};
    static const struct suppression suppression = {
        .reason = "known, change 4711", .until = 1798761600000000000, .line = 9};
    addresses[0] = made_end("10.0.1.10", 0).address;
    addresses[1] = made_end("10.0.1.20", 0).address;
    services[1].interface = made_interface();
    made->judge.inventory = (struct inventory){.file = "inventory.yaml",
                                               .clusters = &cluster,
                                               .cluster_count = 1,
                                               .suppressions = &suppression,
                                               .suppression_count = 1};
}

struct results made_results(const struct made *made) {
    return (struct results){.judge = &made->judge, .tally = &made->tally, .files = &made->files, .elapsed = 0.25};
}

void made_free(struct made *made) {
    file_names_free(&made->files);
    free(made);
}
