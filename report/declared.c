/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/declared.h"

#include "report/timestamp.h"
#include "rules/words/interfaces.h"
#include "rules/words/name.h"

#include <stdio.h>
#include <string.h>

char *network_text(const struct network *network, char text[static NETWORK_TEXT_SIZE]) {
    char address[ADDRESS_TEXT_SIZE];
    unsigned all = network->address.family == ADDRESS_IPV6 ? 128 : 32;
    address_text(&network->address, address);
    if (network->prefix == all)
        snprintf(text, NETWORK_TEXT_SIZE, "%s", address);
    else
        snprintf(text, NETWORK_TEXT_SIZE, "%s/%u", address, network->prefix % 129);
    return text;
}

char *until_text(int64_t until, char text[static UNTIL_TEXT_SIZE]) {
    char time[TIMESTAMP_SIZE];
    if (until == INT64_MAX)
        snprintf(text, UNTIL_TEXT_SIZE, "for ever");
    else if (!timestamp_same_day(until, until - 1)) /* the end of a day */
        snprintf(text, UNTIL_TEXT_SIZE, "through %.10s", timestamp_clock(until - 1, true, time));
    else
        snprintf(text, UNTIL_TEXT_SIZE, "until %s UTC", timestamp_clock(until, true, time));
    return text;
}

const char *declared_interface_name(const struct syntax_id *interface, bool any_version) {
    char uuid[UUID_TEXT_SIZE];
    const struct interface *row;
    if (!any_version)
        return interface_name(interface);
    uuid_text(&interface->uuid, uuid);
    for (size_t at = 0; (row = interface_next(&at)) != NULL;)
        if (strcmp(row->uuid, uuid) == 0)
            return row->name;
    return NULL;
}

char *declared_interface_text(const struct syntax_id *interface, bool any_version, const char *all,
                              char text[static DECLARED_INTERFACE_SIZE]) {
    char name[INTERFACE_TEXT_SIZE];
    const char *known = declared_interface_name(interface, any_version);
    if (uuid_is_nil(&interface->uuid))
        snprintf(text, DECLARED_INTERFACE_SIZE, "%s", all);
    else if (!any_version)
        snprintf(text, DECLARED_INTERFACE_SIZE, "%s", interface_text(interface, name));
    else
        snprintf(text, DECLARED_INTERFACE_SIZE, "%s (every version)",
                 known != NULL ? known : uuid_text(&interface->uuid, name));
    return text;
}
