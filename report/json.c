/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/json.h"

#include "report/community_id.h"
#include "report/fact_fields.h"
#include "report/field_text.h"
#include "report/proof.h"
#include "report/timestamp.h"
#include "report/utf8.h"
#include "rules/words/name.h"

#include <stdlib.h>
#include <string.h>

/* A value that could not be had, for want of memory, makes the whole object NULL: no line lacks a key. */
static void put(json_t **object, const char *key, json_t *value) {
    if (json_object_set_new(*object, key, value) == 0)
        return;
    json_decref(*object);
    *object = NULL;
}

static void append(json_t **array, json_t *value) {
    if (json_array_append_new(*array, value) == 0)
        return;
    json_decref(*array);
    *array = NULL;
}

static json_t *number_value(uint64_t number) {
    return json_integer(number > INT64_MAX ? INT64_MAX : (json_int_t)number);
}

/* Each byte that is no UTF-8 becomes U+FFFD. */
static json_t *repaired_value(const char *text) {
    static const char replacement[] = "\xef\xbf\xbd";
    char *repaired = malloc(strlen(text) * (sizeof replacement - 1) + 1);
    if (repaired == NULL)
        return NULL;
    char *out = repaired;
    while (*text != '\0') {
        uint32_t code;
        size_t length = utf8_read(text, &code);
        const char *from = length == 0 ? replacement : text;
        size_t bytes = length == 0 ? sizeof replacement - 1 : length;
        memcpy(out, from, bytes);
        out += bytes;
        text += length == 0 ? 1 : length;
    }
    *out = '\0';
    json_t *value = json_string(repaired);
    free(repaired);
    return value;
}

json_t *words_value(const char *text) {
    if (text == NULL || text[0] == '\0')
        return json_null();
    return utf8_valid(text) ? json_string(text) : repaired_value(text);
}

static json_t *port_value(uint16_t port) { return port == 0 ? json_null() : json_integer(port); }

/* {"ip": …, "port": …} */
static json_t *endpoint_object(const struct endpoint *endpoint) {
    json_t *object = json_object();
    put(&object, "ip", address_value(&endpoint->address));
    put(&object, "port", port_value(endpoint->port));
    return object;
}

static json_t *server_object(const struct endpoint *server, const char *name) {
    json_t *object = endpoint_object(server);
    put(&object, "name", words_value(name));
    return object;
}

static json_t *interface_value(const struct syntax_id *interface) {
    if (uuid_is_nil(&interface->uuid))
        return json_null();
    json_t *object = syntax_value(interface);
    put(&object, "name", words_value(interface_name(interface)));
    return object;
}

/* Adds where and when to an object. */
static void put_sighting(json_t **object, const struct sighting *seen, const struct results *results) {
    char time[TIMESTAMP_SIZE];
    put(object, "frame", number_value(seen->frame));
    put(object, "time", json_string(timestamp_text(seen->time, time)));
    bool earlier = sighting_is_earlier(seen);
    if (results->several_files || earlier)
        put(object, "file", words_value(file_names_at(results->files, seen->file)));
    if (earlier && results->tally->frames > 0)
        put(object, "age_seconds", json_integer((results->tally->first - seen->time) / 1000000000));
}

json_t *sighting_value(const struct sighting *seen, const struct results *results) {
    if (seen->frame == 0)
        return json_null();
    json_t *object = json_object();
    put_sighting(&object, seen, results);
    return object;
}

static json_t *evidence_object(const struct sighting *seen, const char *what, const struct results *results) {
    json_t *object = json_object();
    put_sighting(&object, seen, results);
    put(&object, "what", words_value(what));
    return object;
}

static json_t *stages_array(const struct session *session, const struct results *results) {
    json_t *array = json_array();
    for (size_t i = 0; i < STAGES; i++) {
        if (session->stages[i].frame == 0)
            continue;
        json_t *stage = json_object();
        put(&stage, "stage", json_string(STAGE_NAMES[i]));
        put_sighting(&stage, &session->stages[i], results);
        append(&array, stage);
    }
    return array;
}

static json_t *transport_value(enum transport transport) {
    return transport == TRANSPORT_UNKNOWN ? json_null() : json_string(TRANSPORT_NAMES[transport]);
}

static json_t *community_id_value(const struct session *session) {
    char text[COMMUNITY_ID_SIZE];
    uint8_t protocol = session->transport == TRANSPORT_UDP ? PROTOCOL_UDP : PROTOCOL_TCP;
    return community_id(&session->client, &session->server, protocol, text) ? json_string(text) : json_null();
}

static json_t *win32_value(uint32_t code) {
    if (code == 0)
        return json_null();
    char hex[sizeof "0xffffffff"];
    snprintf(hex, sizeof hex, "0x%x", (unsigned)code);
    json_t *object = json_object();
    put(&object, "code", json_integer(code));
    put(&object, "hex", json_string(hex));
    put(&object, "name", words_value(win32_name(code)));
    return object;
}

json_t *session_object(const struct session *session, const struct results *results) {
    const char *name = judge_server_name(results->judge, &session->server.address);
    json_t *object = json_object();
    put(&object, "type", json_string("session"));
    put(&object, "id", number_value(session->id));
    put(&object, "client", endpoint_object(&session->client));
    put(&object, "server", server_object(&session->server, name));
    put(&object, "transport", transport_value(session->transport));
    put(&object, "pipe", words_value(session->pipe));
    put(&object, "interface", interface_value(&session->interface));
    put(&object, "outcome", json_string(OUTCOME_NAMES[session->outcome]));
    put(&object, "reason", words_value(session->unclear));
    put(&object, "win32", win32_value(session->win32));
    put(&object, "stages", stages_array(session, results));
    put(&object, "community_id", community_id_value(session));
    put(&object, "ignored", json_boolean(session->ignored));
    return object;
}

static json_t *bound_value(enum binding_state state) {
    return state == BOUND_UNKNOWN ? json_null() : json_boolean(state == BOUND_HERE);
}

static json_t *proofs_array(const struct binding *binding, const struct results *results) {
    json_t *array = json_array();
    for (size_t i = 0; i < binding->count; i++) {
        char what[PROOF_WORDS_SIZE];
        const struct proof *proof = &binding->proofs[i];
        json_t *object = evidence_object(&proof->seen, proof_words(proof, what), results);
        if (proof->count > 1)
            put(&object, "last", sighting_value(&proof->last, results));
        append(&array, object);
    }
    return array;
}

json_t *binding_object(const struct binding *binding, const struct results *results) {
    json_t *server = json_object();
    put(&server, "ip", address_value(&binding->address));
    put(&server, "name", words_value(judge_server_name(results->judge, &binding->address)));

    json_t *object = json_object();
    put(&object, "type", json_string("binding"));
    put(&object, "server", server);
    put(&object, "interface", interface_value(&binding->interface));
    put(&object, "transport",
        transport_value(binding->transport == TRANSPORT_UNKNOWN ? TRANSPORT_TCP : binding->transport));
    put(&object, "endpoint", binding->endpoint.port == 0 ? json_null() : endpoint_object(&binding->endpoint));
    put(&object, "bound", bound_value(binding->state));
    put(&object, "declared", declared_value(binding, results));
    put(&object, "evidence", proofs_array(binding, results));
    return object;
}

static json_t *client_object(const struct address *client) {
    json_t *object = json_object();
    put(&object, "ip", address_value(client));
    return object;
}

static json_t *bound_array(const struct finding *finding) {
    json_t *array = json_array();
    for (size_t i = 0; i < finding->bound_count; i++)
        append(&array, endpoint_object(&finding->bound_at[i]));
    return array;
}

static json_t *evidence_array(const struct finding *finding, const struct results *results) {
    json_t *array = json_array();
    for (size_t i = 0; i < finding->evidence_count; i++)
        append(&array, evidence_object(&finding->evidence[i].seen, finding->evidence[i].what, results));
    return array;
}

static json_t *caveats_array(const struct finding *finding) {
    json_t *array = json_array();
    for (size_t i = 0; i < finding->caveat_count; i++)
        append(&array, json_string(finding->caveats[i]));
    return array;
}

static json_t *signatures_array(const struct finding *finding) {
    json_t *array = json_array();
    for (unsigned i = 1; i <= FINDING_SIGNATURES; i++) {
        char name[sizeof "S9"] = {'S', (char)('0' + i)};
        if ((finding->signatures & 1U << i) != 0)
            append(&array, json_string(name));
    }
    return array;
}

static json_t *prediction_value(const struct finding *finding) {
    if (finding->confidence == CONFIDENCE_NONE)
        return json_null();
    json_t *object = json_object();
    put(&object, "confidence", json_string(CONFIDENCE_NAMES[finding->confidence]));
    put(&object, "reason", words_value(finding->reason));
    return object;
}

static json_t *application_object(const struct finding *finding) {
    char time[TIMESTAMP_SIZE];
    bool known = finding->shown == SHOWN_SEEN || finding->shown == SHOWN_COMPUTED;
    json_t *object = json_object();
    put(&object, "shows_at", known ? json_string(timestamp_text(finding->shown_time, time)) : json_null());
    put(&object, "how", json_string(SHOWN_NAMES[finding->shown]));
    put(&object, "schedule", words_value(finding->schedule));
    return object;
}

json_t *finding_object(const struct finding *finding, const struct results *results) {
    json_t *object = json_object();
    put(&object, "type", json_string("finding"));
    put(&object, "id", number_value(finding->id));
    put(&object, "rule", json_string(finding->rule->id));
    put(&object, "signature", words_value(finding->signature));
    put(&object, "signatures", signatures_array(finding));
    put(&object, "severity", json_string(SEVERITY_NAMES[finding->severity]));
    put(&object, "cause", json_string(CAUSE_NAMES[finding->cause]));
    put(&object, "state", json_string(FINDING_STATE_NAMES[finding->state]));
    put(&object, "client", client_object(&finding->client));
    put(&object, "server", server_object(&finding->server, finding->server_name));
    put(&object, "interface", interface_value(&finding->interface));
    put(&object, "bound_at", bound_array(finding));
    put(&object, "flagged", sighting_value(&finding->flagged, results));
    put(&object, "failed", sighting_value(&finding->failed, results));
    put(&object, "lead_seconds", json_real((double)finding->lead / 1e9));
    put(&object, "prediction", prediction_value(finding));
    put(&object, "win32", win32_value(finding->win32));
    put(&object, "application", application_object(finding));
    put(&object, "count", number_value(finding->count));
    put(&object, "got_through", words_value(GOT_THROUGH_NAMES[finding->got_through]));
    put(&object, "message", words_value(finding->message));
    put(&object, "advice", words_value(finding->advice));
    put(&object, "display_filter", words_value(finding->display_filter));
    put(&object, "evidence", evidence_array(finding, results));
    put(&object, "caveats", caveats_array(finding));
    return object;
}

/* An object of those counts that are not zero, by name. */
static json_t *counts_object(const uint64_t *counts, const char *const *names, size_t size) {
    json_t *object = json_object();
    for (size_t i = 0; i < size; i++)
        if (counts[i] != 0)
            put(&object, names[i], number_value(counts[i]));
    return object;
}

static json_t *outcomes_object(const struct judge *judge) {
    uint64_t counts[OUTCOMES] = {0};
    const struct session *session;
    for (size_t i = 0; (session = judge_session(judge, i)) != NULL; i++)
        counts[session->outcome]++;
    return counts_object(counts, OUTCOME_NAMES, OUTCOMES);
}

static uint64_t findings_of(const struct judge *judge, const struct rule *rule) {
    uint64_t count = 0;
    const struct finding *finding;
    for (size_t i = 0; (finding = judge_finding(judge, i)) != NULL; i++)
        count += finding->rule == rule;
    return count;
}

static json_t *rules_object(const struct judge *judge) {
    json_t *object = json_object();
    for (size_t i = 0; i < RULE_COUNT; i++) {
        uint64_t count = findings_of(judge, RULES[i]);
        if (count != 0)
            put(&object, RULES[i]->id, number_value(count));
    }
    return object;
}

static json_t *suppressed_object(const struct judge *judge) {
    const char *ids[RULE_COUNT];
    for (size_t i = 0; i < RULE_COUNT; i++)
        ids[i] = RULES[i]->id;
    return counts_object(judge_left_out(judge)->suppressed, ids, RULE_COUNT);
}

static json_t *time_value(const struct tally *tally, int64_t time) {
    char text[TIMESTAMP_SIZE];
    return tally->frames == 0 ? json_null() : json_string(timestamp_text(time, text));
}

static json_t *predictions_object(const struct judge *judge) {
    const struct predictions *predictions = judge_predictions(judge);
    json_t *object = json_object();
    put(&object, "made", number_value(predictions->made));
    put(&object, "came_true", number_value(predictions->came_true));
    put(&object, "averted", number_value(predictions->averted));
    put(&object, "open", number_value(predictions->open));
    return object;
}

json_t *summary_object(const struct results *results) {
    const struct tally *tally = results->tally;
    json_t *object = json_object();
    put(&object, "type", json_string("summary"));
    put(&object, "files", number_value(tally->files));
    put(&object, "frames", number_value(tally->frames));
    put(&object, "bytes", number_value(tally->bytes));
    put(&object, "first", time_value(tally, tally->first));
    put(&object, "last", time_value(tally, tally->last));
    put(&object, "flows", number_value(tally->flows));
    put(&object, "pdus", counts_object(tally->pdus, PDU_NAMES, PDU_TYPES));
    put(&object, "calls", number_value(tally->calls));
    put(&object, "maps", number_value(tally->maps));
    put(&object, "sessions", outcomes_object(results->judge));
    put(&object, "findings", rules_object(results->judge));
    put(&object, "predictions", predictions_object(results->judge));
    put(&object, "suppressed", suppressed_object(results->judge));
    put(&object, "ignored", number_value(judge_left_out(results->judge)->ignored));
    put(&object, "lost", counts_object(tally->lost, LOSS_NAMES, LOSS_KINDS));
    put(&object, "limits_reached", counts_object(tally->limits, LIMIT_NAMES, LIMIT_KINDS));
    put(&object, "elapsed_seconds", json_real(results->elapsed));
    return object;
}

bool json_bindings(FILE *out, const struct results *results) {
    const struct binding *binding;
    bool written = true;
    for (size_t i = 0; written && (binding = judge_binding(results->judge, i)) != NULL; i++)
        written = json_line(out, binding_object(binding, results));
    return written && json_declared(out, results) && json_servers(out, results) &&
           json_line(out, summary_object(results));
}

bool json_report(FILE *out, const struct results *results) {
    const struct session *session;
    const struct binding *binding;
    const struct finding *finding;
    bool written = true;
    for (size_t i = 0; written && (session = judge_session(results->judge, i)) != NULL; i++)
        written = json_line(out, session_object(session, results));
    for (size_t i = 0; written && (binding = judge_binding(results->judge, i)) != NULL; i++)
        written = json_line(out, binding_object(binding, results));
    for (size_t i = 0; written && (finding = judge_finding(results->judge, i)) != NULL; i++)
        written = json_line(out, finding_object(finding, results));
    return written && json_line(out, summary_object(results));
}
