/* SPDX-License-Identifier: GPL-3.0-or-later */
/* routers: ["00:11:22:33:44:55"]                 their link-layer addresses, which link nothing */
#include "cli/config_value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool read_octet(const char *text, uint8_t *octet) {
    if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
        return false;
    *octet = (uint8_t)strtoul((const char[]){text[0], text[1], '\0'}, NULL, 16);
    return true;
}

/* Six octets with colons or hyphens between them. */
static bool parse(const char *text, struct mac *mac) {
    enum { OCTETS = sizeof mac->octets, LENGTH = 3 * OCTETS - 1 };
    *mac = (struct mac){.known = true};
    if (strlen(text) != LENGTH)
        return false;
    for (size_t i = 0; i < OCTETS; i++)
        if (!read_octet(text + 3 * i, &mac->octets[i]) ||
            (i > 0 && (strchr(":-", text[3 * i - 1]) == NULL || text[3 * i - 1] != text[2])))
            return false;
    return true;
}

static bool read_router(struct config *config, const yaml_node_t *node, struct mac *mac) {
    static const uint8_t nobody[sizeof mac->octets];
    if (!parse(yaml_scalar(node), mac))
        return config_wrong(config, node, "a link-layer address is expected here, as in \"00:11:22:33:44:55\"");
    if ((mac->octets[0] & 1U) != 0 || memcmp(mac->octets, nobody, sizeof nobody) == 0)
        return config_wrong(config, node, "no router sends from this address: it is a group's, or nobody's");
    return !inventory_is_router(&config->inventory, mac) || config_wrong(config, node, "this router is here twice");
}

bool config_read_routers(struct config *config, const yaml_node_t *list) {
    struct inventory *inventory = &config->inventory;
    const yaml_node_t *item;
    size_t count;
    bool sound = true;
    if (!config_list(config, list, "routers", CONFIG_MAX_ROUTERS, &count))
        return false;
    struct mac *routers = config_allocate(config, count, sizeof *routers);
    if (routers == NULL)
        return false;
    inventory->routers = routers;
    for (size_t at = 0; yaml_next_item(&config->yaml, list, &at, &item);) {
        if (read_router(config, item, &routers[inventory->router_count]))
            inventory->router_count++;
        else
            sound = false;
    }
    return sound;
}
