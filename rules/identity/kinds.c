/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kinds of evidence there are that two addresses are one server, and what each is worth. */
#include "rules/identity/identity.h"

#include <stdio.h>

const char *const LINK_STRENGTH_NAMES[LINK_STRENGTHS] = {
    [LINK_STRONG] = "strong", [LINK_WEAK] = "weak", [LINK_DECLARED] = "declared", [LINK_LOOSE] = "loose"};

const struct link_sort LINK_SORTS[LINK_KINDS] = {
    [LINK_TOWER] = {"tower", LINK_STRONG, "has an endpoint mapper that names"},
    [LINK_BINDINGS] = {"dcom_bindings", LINK_STRONG, "has an object resolver that lists"},
    [LINK_SMB_INTERFACES] = {"smb_interfaces", LINK_STRONG, "has an SMB server that lists, as its own,"},
    [LINK_NTLM_NAME] = {"ntlm_name", LINK_STRONG, "has the same NTLM computer and domain name as"},
    [LINK_SMB_GUID] = {"smb_guid", LINK_STRONG, "has the same SMB server GUID as"},
    [LINK_SMB_START] = {"smb_start", LINK_WEAK, "has an SMB server that started at the same time as that of"},
    [LINK_ASSOCIATION] = {"association_group", LINK_WEAK, "shares an association group with"},
    [LINK_MAC] = {"mac", LINK_WEAK, "sends from the same link-layer address, unrouted, as"},
    [LINK_ARP] = {"arp", LINK_WEAK, "is at the same link-layer address, by ARP, as"},
    [LINK_INVENTORY] = {"inventory", LINK_DECLARED, "is declared to be of one cluster with"},
    [LINK_CLUSTER] = {"cluster_resource", LINK_LOOSE, "tells of an IP Address resource of its cluster,"},
    [LINK_NETBIOS] = {"netbios_answer", LINK_LOOSE, "has a NetBIOS name that one answer gives also to"},
    [LINK_MOVED] = {"moved_together", LINK_LOOSE, "moved, by ARP, to another link-layer address together with"},
};

char *identity_link_words(const struct identity_link *link, char text[static LINK_TEXT_SIZE]) {
    char one[ADDRESS_TEXT_SIZE], other[ADDRESS_TEXT_SIZE];
    address_text(&link->one, one);
    address_text(&link->other, other);
    if (link->kind == LINK_INVENTORY)
        snprintf(text, LINK_TEXT_SIZE, "%s %s %s (%.100s:%u)", one, LINK_SORTS[link->kind].words, other, link->file,
                 link->line);
    else
        snprintf(text, LINK_TEXT_SIZE, "%s %s %s", one, LINK_SORTS[link->kind].words, other);
    return text;
}

char *identity_link_text(const struct identity_link *link, char text[static LINK_TEXT_SIZE]) {
    static const char *const made[LINK_STRENGTHS] = {[LINK_STRONG] = "same server",
                                                     [LINK_WEAK] = "same server",
                                                     [LINK_DECLARED] = "same server or cluster",
                                                     [LINK_LOOSE] = "same server or cluster"};
    char words[LINK_TEXT_SIZE];
    snprintf(text, LINK_TEXT_SIZE, "%s: %.*s", made[LINK_SORTS[link->kind].strength], LINK_TEXT_SIZE - 32,
             identity_link_words(link, words));
    return text;
}
