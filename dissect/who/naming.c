/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/naming.h"

#include <string.h>

void naming_add(struct namings *namings, const struct address *address, const char *name) {
    if (address_is_unspecified(address) || name[0] == '\0')
        return;
    if (namings->count == NAMING_MAX) {
        namings->passed_over++;
        return;
    }
    struct naming *naming = &namings->list[namings->count++];
    size_t length = strlen(name);
    if (length >= sizeof naming->name)
        length = sizeof naming->name - 1;
    naming->address = *address;
    memcpy(naming->name, name, length);
    naming->name[length] = '\0';
}
