/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/field.h"

#include "report/field_text.h"
#include "report/timestamp.h"
#include "wire/segment.h"
#include "wire/syntax.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Enums are read and written as unsigned, which is what both compilers give an enum without negative values. */
static_assert(sizeof(enum direction) == sizeof(unsigned), "enums are unsigned");

static bool set(json_t *object, const char *key, json_t *value) { return json_object_set_new(object, key, value) == 0; }

static json_t *count_value(uint64_t count) { return json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count); }

static json_t *endpoint_value(const struct endpoint *endpoint) {
    return json_pack("{s:o, s:i}", "ip", address_value(&endpoint->address), "port", (int)endpoint->port);
}

static json_t *counts_value(const struct field *field, const uint64_t *counts) {
    json_t *object = json_object();
    for (size_t i = 0; object != NULL && i < field->size; i++) {
        if (counts[i] != 0 && !set(object, field->names[i], count_value(counts[i]))) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *list_value(const struct field *field, const uint8_t *record, const struct file_names *files) {
    json_t *array = json_array();
    const uint8_t *item = record + field->at;
    for (size_t i = 0; array != NULL && i < record[field->count_at]; i++, item += field->item_size) {
        json_t *object = json_object();
        if (object == NULL || !fields_write(field->items, item, files, object) ||
            json_array_append(array, object) != 0) {
            json_decref(array);
            array = NULL;
        }
        json_decref(object);
    }
    return array;
}

static json_t *choice_value(const struct field *field, const void *from) {
    unsigned value;
    memcpy(&value, from, sizeof value);
    assert(value < field->size);
    return json_string(field->names[value]);
}

static json_t *field_value(const struct field *field, const uint8_t *record, const struct file_names *files) {
    const void *from = record + field->at;
    switch (field->type) {
    case FIELD_U8:
        return json_integer(*(const uint8_t *)from);
    case FIELD_U16:
        return json_integer(*(const uint16_t *)from);
    case FIELD_U32:
        return json_integer(*(const uint32_t *)from);
    case FIELD_U64:
        return count_value(*(const uint64_t *)from);
    case FIELD_BOOL:
        return json_boolean(*(const bool *)from);
    case FIELD_TIME: {
        char text[TIMESTAMP_SIZE];
        return json_string(timestamp_text(*(const int64_t *)from, text));
    }
    case FIELD_FILE:
        return exact_text_value(file_names_at(files, *(const uint32_t *)from));
    case FIELD_ADDRESS:
        return address_value(from);
    case FIELD_ENDPOINT:
        return endpoint_value(from);
    case FIELD_MAC:
        return mac_value(from);
    case FIELD_UUID:
        return uuid_value(from);
    case FIELD_SYNTAX:
        return syntax_value(from);
    case FIELD_TEXT:
        return exact_text_value(from);
    case FIELD_CHOICE:
        return choice_value(field, from);
    case FIELD_COUNTS:
        return counts_value(field, from);
    case FIELD_LIST:
        return list_value(field, record, files);
    }
    return NULL;
}

bool fields_write(const struct field *fields, const void *record, const struct file_names *files, json_t *object) {
    for (; fields->key != NULL; fields++)
        if (!set(object, fields->key, field_value(fields, record, files)))
            return false;
    return true;
}

/* Reading: each of these is true only if the value is exactly what the writer would have written for it. */

static bool count_read(const json_t *value, uint64_t most, uint64_t *count) {
    json_int_t number = json_integer_value(value);
    *count = (uint64_t)number;
    return json_is_integer(value) && number >= 0 && *count <= most;
}

static bool time_read(const json_t *value, int64_t *time) {
    return json_is_string(value) && timestamp_parse(json_string_value(value), time);
}

static bool file_read(const json_t *value, struct file_names *files, uint32_t *number) {
    char name[FILE_NAME_SIZE];
    return exact_text_read(value, name, sizeof name) && file_names_intern(files, name, number);
}

static bool endpoint_read(const json_t *value, struct endpoint *endpoint) {
    uint64_t port;
    bool sound = address_read(json_object_get(value, "ip"), &endpoint->address) &&
                 count_read(json_object_get(value, "port"), UINT16_MAX, &port);
    if (sound)
        endpoint->port = (uint16_t)port;
    return sound;
}

static bool name_read(const struct field *field, const char *name, size_t *index) {
    for (*index = 0; *index < field->size; (*index)++)
        if (strcmp(field->names[*index], name) == 0)
            return true;
    return false;
}

static bool choice_read(const struct field *field, const json_t *value, void *to) {
    size_t index;
    if (!json_is_string(value) || !name_read(field, json_string_value(value), &index))
        return false;
    unsigned choice = (unsigned)index;
    memcpy(to, &choice, sizeof choice);
    return true;
}

static bool counts_read(const struct field *field, json_t *value, uint64_t *counts) {
    const char *name;
    json_t *count;
    json_object_foreach(value, name, count) {
        size_t index;
        if (!name_read(field, name, &index) || !count_read(count, INT64_MAX, &counts[index]))
            return false;
    }
    return json_is_object(value);
}

static bool list_read(const struct field *field, const json_t *value, uint8_t *record, struct file_names *files,
                      char error[static FIELD_ERROR_SIZE]) {
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count > field->size)
        return false;
    record[field->count_at] = (uint8_t)count;
    for (size_t i = 0; i < count; i++) {
        uint8_t *item = record + field->at + i * field->item_size;
        if (!fields_read(field->items, json_array_get(value, i), item, files, error))
            return false;
    }
    return true;
}

static bool field_read(const struct field *field, json_t *value, uint8_t *record, struct file_names *files,
                       char error[static FIELD_ERROR_SIZE]) {
    void *to = record + field->at;
    uint64_t number = 0;
    switch (field->type) {
    case FIELD_U8:
        return count_read(value, UINT8_MAX, &number) && (*(uint8_t *)to = (uint8_t)number, true);
    case FIELD_U16:
        return count_read(value, UINT16_MAX, &number) && (*(uint16_t *)to = (uint16_t)number, true);
    case FIELD_U32:
        return count_read(value, UINT32_MAX, &number) && (*(uint32_t *)to = (uint32_t)number, true);
    case FIELD_U64:
        return count_read(value, INT64_MAX, to);
    case FIELD_BOOL:
        *(bool *)to = json_is_true(value);
        return json_is_boolean(value);
    case FIELD_TIME:
        return time_read(value, to);
    case FIELD_FILE:
        return file_read(value, files, to);
    case FIELD_ADDRESS:
        return address_read(value, to);
    case FIELD_ENDPOINT:
        return endpoint_read(value, to);
    case FIELD_MAC:
        return mac_read(value, to);
    case FIELD_UUID:
        return uuid_read(value, to);
    case FIELD_SYNTAX:
        return syntax_read(value, to);
    case FIELD_TEXT:
        return exact_text_read(value, to, field->size);
    case FIELD_CHOICE:
        return choice_read(field, value, to);
    case FIELD_COUNTS:
        return counts_read(field, value, to);
    case FIELD_LIST:
        return list_read(field, value, record, files, error);
    }
    return false;
}

static const char *expectation(const struct field *field) {
    if (field->type != FIELD_TIME)
        return "not what it should be";
    return "no time from 1970-01-01T00:00:00.000000000Z to 2099-12-03T16:53:20.000000000Z";
}

bool fields_read(const struct field *fields, const json_t *object, void *record, struct file_names *files,
                 char error[static FIELD_ERROR_SIZE]) {
    error[0] = '\0';
    for (; fields->key != NULL; fields++) {
        json_t *value = json_object_get(object, fields->key);
        if (value != NULL && field_read(fields, value, record, files, error))
            continue;
        if (error[0] == '\0') /* else a field inside a list has said it */
            snprintf(error, FIELD_ERROR_SIZE, "\"%s\" is %s", fields->key,
                     value == NULL ? "missing" : expectation(fields));
        return false;
    }
    return true;
}
