/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/yaml.h"

#include "cli/complaint.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_SIZE = 4200, WHAT_SIZE = 256 };

void yaml_complain(struct yaml *yaml, yaml_mark_t mark, const char *what) {
    char where[WHERE_SIZE];
    if (yaml->complaints == YAML_MAX_COMPLAINTS)
        complain(yaml->path, "more is wrong than is told here: mend this first");
    if (yaml->complaints++ >= YAML_MAX_COMPLAINTS)
        return;
    snprintf(where, sizeof where, "%.4096s:%zu:%zu", yaml->path, mark.line + 1, mark.column + 1);
    complain(where, what);
}

static bool wrong(struct yaml *yaml, const yaml_node_t *node, const char *what) {
    yaml_complain(yaml, node->start_mark, what);
    return false;
}

static bool is_text(const yaml_node_t *node, const char *text) {
    size_t length = strlen(text);
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == length &&
           memcmp(node->data.scalar.value, text, length) == 0;
}

/* Reading the file */

/* A stray byte is told by its offset only. */
static yaml_mark_t mark_at(const char *text, size_t offset) {
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset; i++) {
        mark.column = text[i] == '\n' ? 0 : mark.column + 1;
        mark.line += text[i] == '\n';
    }
    return mark;
}

static bool complain_of_parser(struct yaml *yaml, const yaml_parser_t *parser, const char *text, size_t length) {
    char what[WHAT_SIZE];
    if (parser->error == YAML_MEMORY_ERROR) {
        complain(yaml->path, "no memory to read it");
        return false;
    }
    bool is_reader = parser->error == YAML_READER_ERROR;
    size_t offset = parser->problem_offset < length ? parser->problem_offset : length;
    const char *context = is_reader || parser->context == NULL ? "" : parser->context;
    snprintf(what, sizeof what, "%s%s%s", parser->problem, context[0] != '\0' ? ", " : "", context);
    yaml_complain(yaml, is_reader ? mark_at(text, offset) : parser->problem_mark, what);
    return false;
}

static bool ends_here(struct yaml *yaml, yaml_parser_t *parser, const char *text, size_t length) {
    yaml_document_t next;
    if (yaml_parser_load(parser, &next) == 0)
        return complain_of_parser(yaml, parser, text, length);
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    if (root != NULL)
        wrong(yaml, root, "a second document begins: one is enough");
    yaml_document_delete(&next);
    return root == NULL;
}

static bool parser_over(yaml_parser_t *parser, struct yaml *yaml, const char *text, size_t length) {
    if (yaml_parser_initialize(parser) == 0) {
        complain(yaml->path, "no memory to read it");
        return false;
    }
    yaml_parser_set_input_string(parser, (const unsigned char *)text, length);
    return true;
}

/* Takes an event into account: false when it leads too deep, or is the last. */
static bool follow(struct yaml *yaml, const yaml_event_t *event, int *depth) {
    if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)
        (*depth)++;
    else if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT)
        (*depth)--;
    if (*depth > YAML_MAX_DEPTH)
        yaml_complain(yaml, event->start_mark, "lists and mappings are too deep in each other here");
    return *depth <= YAML_MAX_DEPTH && event->type != YAML_STREAM_END_EVENT;
}

/* libyaml takes time by the square of the depth. What else is wrong is told when the tree is built. */
static bool is_shallow(struct yaml *yaml, const char *text, size_t length) {
    yaml_parser_t parser;
    yaml_event_t event;
    int depth = 0;
    if (!parser_over(&parser, yaml, text, length))
        return false;
    for (bool more = true; more && yaml_parser_parse(&parser, &event) != 0; yaml_event_delete(&event))
        more = follow(yaml, &event, &depth);
    yaml_parser_delete(&parser);
    return depth <= YAML_MAX_DEPTH;
}

static bool parse(struct yaml *yaml, const char *text, size_t length) {
    yaml_parser_t parser;
    if (!is_shallow(yaml, text, length) || !parser_over(&parser, yaml, text, length))
        return false;
    bool sound = yaml_parser_load(&parser, &yaml->document) != 0;
    if (!sound) {
        complain_of_parser(yaml, &parser, text, length);
    } else if (yaml_document_get_root_node(&yaml->document) != NULL && !ends_here(yaml, &parser, text, length)) {
        yaml_document_delete(&yaml->document);
        sound = false;
    }
    yaml_parser_delete(&parser);
    return sound;
}

static bool read_all(const char *path, char *text, size_t *length) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        complain_errno(path);
        return false;
    }
    *length = fread(text, 1, YAML_MAX_BYTES + 1, file);
    bool sound = ferror(file) == 0 && *length <= YAML_MAX_BYTES;
    if (ferror(file) != 0)
        complain_errno(path);
    else if (!sound)
        complain(path, "is larger than 1 MB: no configuration is");
    fclose(file);
    return sound;
}

bool yaml_open(struct yaml *yaml, const char *path) {
    *yaml = (struct yaml){.path = path};
    char *text = malloc(YAML_MAX_BYTES + 1);
    size_t length;
    if (text == NULL)
        complain(path, "no memory to read it");
    bool sound = text != NULL && read_all(path, text, &length) && parse(yaml, text, length);
    free(text);
    return sound;
}

void yaml_close(struct yaml *yaml) { yaml_document_delete(&yaml->document); }

const yaml_node_t *yaml_root(struct yaml *yaml) {
    const yaml_node_t *root = yaml_document_get_root_node(&yaml->document);
    return root == NULL || is_text(root, "") ? NULL : root;
}

/* Mappings and lists */

bool yaml_is_mapping(struct yaml *yaml, const yaml_node_t *node) {
    return node->type == YAML_MAPPING_NODE || wrong(yaml, node, "keys and values are expected here");
}

bool yaml_is_list(struct yaml *yaml, const yaml_node_t *node) {
    return node->type == YAML_SEQUENCE_NODE || wrong(yaml, node, "a list is expected here");
}

bool yaml_next_pair(struct yaml *yaml, const yaml_node_t *mapping, size_t *at, const yaml_node_t **key,
                    const yaml_node_t **value) {
    const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start + *at;
    if (pair == mapping->data.mapping.pairs.top || yaml->complaints > YAML_MAX_COMPLAINTS)
        return false;
    (*at)++;
    *key = yaml_document_get_node(&yaml->document, pair->key);
    *value = yaml_document_get_node(&yaml->document, pair->value);
    return true;
}

bool yaml_next_item(struct yaml *yaml, const yaml_node_t *list, size_t *at, const yaml_node_t **item) {
    const yaml_node_item_t *next = list->data.sequence.items.start + *at;
    if (next == list->data.sequence.items.top || yaml->complaints > YAML_MAX_COMPLAINTS)
        return false;
    (*at)++;
    *item = yaml_document_get_node(&yaml->document, *next);
    return true;
}

static size_t key_of(const yaml_node_t *node, const char *const *keys, size_t count) {
    size_t i = 0;
    while (i < count && !is_text(node, keys[i]))
        i++;
    return i;
}

/* "unknown key: one of interfaces, … is expected" */
static bool unknown_key(struct yaml *yaml, const yaml_node_t *key, const char *const *keys, size_t count) {
    char what[WHAT_SIZE] = "unknown key: expected is ";
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(what);
        snprintf(what + used, sizeof what - used, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", keys[i]);
    }
    return wrong(yaml, key, what);
}

static bool key_complaint(struct yaml *yaml, const yaml_node_t *node, const char *key, const char *what) {
    char line[WHAT_SIZE];
    snprintf(line, sizeof line, "%s %s", key, what);
    return wrong(yaml, node, line);
}

bool yaml_mapping(struct yaml *yaml, const yaml_node_t *node, const char *const *keys, size_t count, size_t needed,
                  const yaml_node_t **values) {
    const yaml_node_t *key, *value;
    bool sound = true;
    for (size_t i = 0; i < count; i++)
        values[i] = NULL;
    if (!yaml_is_mapping(yaml, node))
        return false;
    for (size_t at = 0; yaml_next_pair(yaml, node, &at, &key, &value);) {
        size_t i = key_of(key, keys, count);
        if (i == count)
            sound = unknown_key(yaml, key, keys, count);
        else if (values[i] != NULL)
            sound = key_complaint(yaml, key, keys[i], "is here twice");
        else
            values[i] = value;
    }
    for (size_t i = 0; i < needed; i++)
        if (values[i] == NULL)
            sound = key_complaint(yaml, node, keys[i], "is missing");
    return sound;
}

/* Values */

const char *yaml_scalar(const yaml_node_t *node) {
    if (node->type != YAML_SCALAR_NODE)
        return "";
    const char *text = (const char *)node->data.scalar.value;
    return strlen(text) == node->data.scalar.length ? text : "";
}

const char *yaml_text(struct yaml *yaml, const yaml_node_t *node, size_t size) {
    const char *text = yaml_scalar(node);
    size_t length = strlen(text);
    char what[WHAT_SIZE];
    if (length == 0) {
        wrong(yaml, node, "a text is expected here");
        return NULL;
    }
    if (length < size)
        return text;
    snprintf(what, sizeof what, "a text of at most %zu bytes is expected here", size - 1);
    wrong(yaml, node, what);
    return NULL;
}

bool yaml_bool(struct yaml *yaml, const yaml_node_t *node, bool *value) {
    *value = is_text(node, "true");
    return *value || is_text(node, "false") || wrong(yaml, node, "true or false is expected here");
}

bool yaml_number(struct yaml *yaml, const yaml_node_t *node, unsigned most, unsigned *value) {
    assert(most <= UINT16_MAX);
    const char *text = yaml_scalar(node);
    char what[WHAT_SIZE];
    bool sound = *text != '\0' && strlen(text) <= 5;
    *value = 0;
    for (; sound && *text != '\0'; text++) {
        sound = *text >= '0' && *text <= '9';
        *value = *value * 10 + (unsigned)(*text - '0');
    }
    if (sound && *value <= most)
        return true;
    snprintf(what, sizeof what, "a number from 0 to %u is expected here", most);
    return wrong(yaml, node, what);
}
