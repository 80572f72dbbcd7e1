/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/fact_json.h"

#include "report/fact_fields.h"
#include "report/json_line.h"

#include <string.h>

static json_t *fact_object(const struct fact *fact, const struct file_names *files) {
    json_t *object = json_pack("{s:s, s:s}", "type", "fact", "kind", FACT_KIND_NAMES[fact->kind]);
    if (object != NULL && fields_write(FACT_FIELDS, fact, files, object) &&
        fields_write(fact_fields_of(fact->kind), fact, files, object) &&
        (fact->transport != TRANSPORT_PIPE || fields_write(PIPE_NAME_FIELDS, fact, files, object)))
        return object;
    json_decref(object);
    return NULL;
}

bool fact_write(FILE *out, const struct fact *fact, const struct file_names *files) {
    return json_line(out, fact_object(fact, files));
}

static bool kind_read(const json_t *object, enum fact_kind *kind, char error[static FACT_ERROR_SIZE]) {
    const char *type = json_string_value(json_object_get(object, "type"));
    if (type == NULL || strcmp(type, "fact") != 0) {
        snprintf(error, FACT_ERROR_SIZE, "not a fact: write one with 'bindsight facts'");
        return false;
    }
    const char *name = json_string_value(json_object_get(object, "kind"));
    for (unsigned i = 0; name != NULL && i < FACT_KINDS; i++) {
        if (strcmp(name, FACT_KIND_NAMES[i]) == 0) {
            *kind = (enum fact_kind)i;
            return true;
        }
    }
    snprintf(error, FACT_ERROR_SIZE, "a fact of no known \"kind\": it is of a newer version, or damaged");
    return false;
}

static bool object_read(const json_t *object, struct file_names *files, struct fact *fact,
                        char error[static FACT_ERROR_SIZE]) {
    char why[FIELD_ERROR_SIZE];
    if (!kind_read(object, &fact->kind, error))
        return false;
    if (fields_read(FACT_FIELDS, object, fact, files, why) &&
        fields_read(fact_fields_of(fact->kind), object, fact, files, why) &&
        (fact->transport != TRANSPORT_PIPE || fields_read(PIPE_NAME_FIELDS, object, fact, files, why)))
        return true;
    snprintf(error, FACT_ERROR_SIZE, "%s: %s", FACT_KIND_NAMES[fact->kind], why);
    return false;
}

bool fact_read(const char *line, size_t length, struct file_names *files, struct fact *fact,
               char error[static FACT_ERROR_SIZE]) {
    memset(fact, 0, sizeof *fact); /* {0} need not zero all of the union */
    json_error_t why;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
    if (object == NULL) {
        snprintf(error, FACT_ERROR_SIZE, "not JSON: %.*s", JSON_ERROR_TEXT_LENGTH, why.text);
        return false;
    }
    bool sound = object_read(object, files, fact, error);
    json_decref(object);
    return sound;
}
