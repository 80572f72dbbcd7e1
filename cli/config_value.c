/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strcasecmp */
#include "cli/config_value.h"

#include "report/timestamp.h"
#include "wire/sighting.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WHAT_SIZE = 256 };

/* Complaints */

bool config_wrong(struct config *config, const yaml_node_t *node, const char *what) {
    yaml_complain(&config->yaml, node->start_mark, what);
    return false;
}

bool config_too_many(struct config *config, const yaml_node_t *node, const char *things, int most) {
    char what[WHAT_SIZE];
    snprintf(what, sizeof what, "more %s than %d", things, most);
    return config_wrong(config, node, what);
}

bool config_twice(struct config *config, const yaml_node_t *node, const char *thing, size_t line) {
    char what[WHAT_SIZE];
    snprintf(what, sizeof what, "%s is here twice: it is in line %zu too", thing, line);
    return config_wrong(config, node, what);
}

unsigned config_line(const yaml_node_t *node) { return (unsigned)node->start_mark.line + 1; }

/* Lists and mappings */

static bool is_count(struct config *config, const yaml_node_t *node, const char *things, int most, ptrdiff_t count) {
    char what[WHAT_SIZE];
    snprintf(what, sizeof what, "there are no %s in here: at least one is expected", things);
    if (count == 0)
        return config_wrong(config, node, what);
    return count <= most || config_too_many(config, node, things, most);
}

bool config_list(struct config *config, const yaml_node_t *list, const char *things, int most, size_t *count) {
    *count = 0;
    if (!yaml_is_list(&config->yaml, list))
        return false;
    ptrdiff_t items = list->data.sequence.items.top - list->data.sequence.items.start;
    *count = (size_t)items;
    return is_count(config, list, things, most, items);
}

bool config_pairs(struct config *config, const yaml_node_t *mapping, const char *things, int most, size_t *count) {
    *count = 0;
    if (!yaml_is_mapping(&config->yaml, mapping))
        return false;
    ptrdiff_t pairs = mapping->data.mapping.pairs.top - mapping->data.mapping.pairs.start;
    *count = (size_t)pairs;
    return is_count(config, mapping, things, most, pairs);
}

/* Interfaces */

bool config_uuid(struct config *config, const yaml_node_t *node, struct uuid *uuid) {
    if (uuid_parse(yaml_scalar(node), uuid) && !uuid_is_nil(uuid))
        return true;
    return config_wrong(config, node, "a uuid is expected here, as in e1af8308-5d1f-11c9-91a4-08002b14a0fa");
}

/* A decimal number up to most; moves on behind it. */
static bool read_number(const char **text, unsigned long most, int *number) {
    char *end;
    *number = 0;
    if (!isdigit((unsigned char)**text))
        return false;
    unsigned long value = strtoul(*text, &end, 10);
    *text = end;
    if (value > most)
        return false;
    *number = (int)value;
    return true;
}

bool config_version(struct config *config, const yaml_node_t *node, int *major, int *minor) {
    *major = *minor = INTERFACE_ANY;
    if (node == NULL)
        return true;
    const char *text = yaml_scalar(node);
    if (read_number(&text, UINT16_MAX, major) && *text++ == '.' && read_number(&text, UINT16_MAX, minor) &&
        *text == '\0')
        return true;
    return config_wrong(config, node, "a version is expected here, as in 1.0");
}

/* "this name is borne by several interfaces: give the uuid, UUID, UUID …" */
static bool ambiguous(struct config *config, const yaml_node_t *node, const struct interface *one,
                      const struct interface *other) {
    char what[WHAT_SIZE];
    snprintf(what, sizeof what, "more than one interface bears this name: give its uuid, such as %s or %s", one->uuid,
             other->uuid);
    return config_wrong(config, node, what);
}

/* The interface of this name; major is INTERFACE_ANY where several versions bear it. */
static bool find_name(struct config *config, const yaml_node_t *node, struct interface *found) {
    const struct interface *row;
    *found = (struct interface){0};
    for (size_t at = 0; (row = interface_next(&at)) != NULL;) {
        if (strcasecmp(row->name, yaml_scalar(node)) != 0)
            continue;
        if (found->uuid != NULL && strcmp(found->uuid, row->uuid) != 0)
            return ambiguous(config, node, found, row);
        bool versions = found->uuid != NULL && found->major != row->major;
        *found = *row;
        if (versions)
            found->major = INTERFACE_ANY;
    }
    return found->uuid != NULL || config_wrong(config, node,
                                               "no interface has this name: give its uuid, or a name that "
                                               "'bindsight interfaces' lists");
}

/* A version that is not given is that of the name. */
static bool of_name(struct config *config, const yaml_node_t *node, struct uuid *uuid, int *major, int *minor) {
    struct interface found;
    if (config->mistaken_interfaces) /* it may be the name of what could not be read */
        return false;
    if (!find_name(config, node, &found))
        return false;
    if (*major == INTERFACE_ANY) {
        *major = found.major;
        *minor = found.minor;
    }
    return uuid_parse(found.uuid, uuid);
}

bool config_interface(struct config *config, const yaml_node_t *node, const yaml_node_t *version,
                      struct syntax_id *interface, bool *any_version) {
    int major, minor;
    bool sound = config_version(config, version, &major, &minor);
    if (strcmp(yaml_scalar(node), "any") == 0) {
        *interface = (struct syntax_id){0};
        *any_version = true;
        return version == NULL || config_wrong(config, version, "any is of every version: leave the version out");
    }
    if (!uuid_parse(yaml_scalar(node), &interface->uuid))
        sound = of_name(config, node, &interface->uuid, &major, &minor) && sound;
    else if (uuid_is_nil(&interface->uuid))
        sound = config_wrong(config, node, "this uuid is no interface's");
    *any_version = major == INTERFACE_ANY;
    interface->major = *any_version ? 0 : (uint16_t)major;
    interface->minor = minor == INTERFACE_ANY ? 0 : (uint16_t)minor;
    return sound;
}

/* Addresses */

bool config_address(struct config *config, const yaml_node_t *node, struct address *address) {
    const char *text = yaml_scalar(node);
    if (*text == '\0' || !address_parse(text, address))
        return config_wrong(config, node, "an IP address is expected here, as in 10.0.0.20");
    return !address_is_unspecified(address) || config_wrong(config, node, "no host has this address");
}

static unsigned bits_of(const struct address *address) { return address->family == ADDRESS_IPV6 ? 128 : 32; }

/* Without the bits behind the prefix. */
static struct address masked(const struct network *network) {
    struct address address = network->address;
    for (unsigned i = network->prefix; i < bits_of(&address); i++)
        address.octets[i / 8] &= (uint8_t) ~(0x80U >> i % 8);
    return address;
}

static bool read_prefix(struct config *config, const yaml_node_t *node, const char *text, struct network *network) {
    char what[WHAT_SIZE], meant[ADDRESS_TEXT_SIZE], given[ADDRESS_TEXT_SIZE];
    int prefix;
    unsigned bits = bits_of(&network->address);
    if (!read_number(&text, bits, &prefix) || *text != '\0') {
        snprintf(what, sizeof what, "a prefix of 0 to %u bits is expected behind the slash", bits);
        return config_wrong(config, node, what);
    }
    network->prefix = (unsigned)prefix;
    struct address base = masked(network);
    if (address_equal(&base, &network->address))
        return true;
    snprintf(what, sizeof what, "the address has bits behind its prefix: give %s/%d, or %s alone",
             address_text(&base, meant), prefix, address_text(&network->address, given));
    return config_wrong(config, node, what);
}

bool config_network(struct config *config, const yaml_node_t *node, struct network *network) {
    char address[ADDRESS_TEXT_SIZE];
    const char *text = yaml_scalar(node);
    size_t length = strcspn(text, "/");
    snprintf(address, sizeof address, "%.*s", (int)(length < sizeof address ? length : 0), text);
    if (address[0] == '\0' || !address_parse(address, &network->address))
        return config_wrong(config, node, "an address or a network is expected here, as in 10.0.0.20 or 10.0.0.0/24");
    network->prefix = bits_of(&network->address);
    return text[length] == '\0' || read_prefix(config, node, text + length + 1, network);
}

/* Rules and times */

bool config_rule(struct config *config, const yaml_node_t *node, size_t *rule) {
    const struct rule *found = rule_find(yaml_scalar(node));
    for (*rule = 0; found != NULL && RULES[*rule] != found;)
        ++*rule;
    return found != NULL || config_wrong(config, node, "there is no such rule: 'bindsight rules' lists them");
}

/* Makes "2026-12-31" and "2026-12-31T18:00:00Z" whole, as timestamps are written. */
static bool read_moment(const char *text, int64_t *time, bool *is_day) {
    enum { DAY = 10, SECONDS = 20 };
    char whole[TIMESTAMP_SIZE];
    size_t length = strlen(text);
    *is_day = length == DAY;
    if (*is_day)
        snprintf(whole, sizeof whole, "%sT00:00:00.000000000Z", text);
    else if (length == SECONDS && text[length - 1] == 'Z')
        snprintf(whole, sizeof whole, "%.*s.000000000Z", (int)length - 1, text);
    else
        snprintf(whole, sizeof whole, "%s", length < sizeof whole ? text : "");
    return timestamp_parse(whole, time);
}

bool config_until(struct config *config, const yaml_node_t *node, int64_t *until) {
    static const int64_t DAY = INT64_C(86400) * 1000000000;
    bool is_day;
    if (!read_moment(yaml_scalar(node), until, &is_day))
        return config_wrong(config, node,
                            "a day or a time from 1970 to 2099-12-03 is expected here, in UTC, as in 2026-12-31 or "
                            "2026-12-31T18:00:00Z");
    if (is_day) /* it holds through its end */
        *until += DAY;
    return true;
}
