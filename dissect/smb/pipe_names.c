/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SMB messages tell of the server, and the names of pipes. */
#include "dissect/smb/pipe_connection.h"
#include "dissect/smb/smb2.h"
#include "dissect/smb/smb_interfaces.h"
#include "dissect/text.h"
#include "dissect/who/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TOKEN = 4096, /* octets of a security token that are looked at */
    MAX_NAME = 600,   /* octets of a file's name: no pipe's is longer */
    MAX_NAMES = 600,
    GUID_SIZE = 16,
    MAX_INTERFACES = SMB_MAX_INTERFACES * SMB_INTERFACE_SIZE,
};

uint32_t pipes_wanted(const struct pipes *p, const struct smb_message *m) {
    switch (m->content) {
    case CONTENT_TOKEN:
        if (p->names_told[m->response ? FROM_SERVER : FROM_CLIENT])
            return 0;
        return m->length < MAX_TOKEN ? m->length : MAX_TOKEN;
    case CONTENT_GUID:
        return p->guid_told ? 0 : m->length;
    case CONTENT_NAMES:
        return m->length <= MAX_NAMES ? m->length : 0;
    case CONTENT_INTERFACES:
        if (p->interfaces_told)
            return 0;
        return m->length < MAX_INTERFACES ? m->length : MAX_INTERFACES;
    case CONTENT_NAME:
        return m->length <= MAX_NAME && smb_trees_share(&p->trees, &m->tree) != SHARE_OF_FILES ? m->length : 0;
    case CONTENT_NOTHING:
    case CONTENT_DATA:
        break;
    }
    return 0;
}

static void tell_name(struct pipes *p, enum name_source source, const char *name, const struct sighting *seen) {
    struct fact fact;
    teller_begin(&p->teller, &fact, FACT_SERVER_NAME, seen);
    fact.name.source = source;
    strncpy(fact.name.name, name, sizeof fact.name.name - 1);
    teller_tell(&p->teller, &fact);
}

/* Newer ones tell none. */
static void tell_start(struct pipes *p, struct bytes octets, const struct sighting *seen) {
    char text[17];
    struct reader r = reader_over(octets, ORDER_LITTLE);
    reader_skip(&r, SMB2_START_TIME);
    uint64_t start = reader_u64(&r);
    if (start == 0) /* or it is not there */
        return;
    snprintf(text, sizeof text, "%016llx", (unsigned long long)start);
    tell_name(p, NAME_SMB_START, text, seen);
}

/* Servers that have none fill it with zeros, or with something else. */
static void tell_guid(struct pipes *p, struct bytes octets, const struct sighting *seen) {
    char text[UUID_TEXT_SIZE];
    struct reader r = reader_over(octets, ORDER_LITTLE);
    struct uuid guid = reader_uuid(&r);
    if (octets.len < GUID_SIZE || memcmp(octets.at, octets.at + 1, GUID_SIZE - 1) == 0)
        return;
    p->guid_told = true;
    tell_name(p, NAME_SMB_GUID, uuid_text(&guid, text), seen);
}

static void tell_interfaces(struct pipes *p, const struct smb_message *m, struct bytes octets,
                            const struct sighting *seen) {
    struct fact fact;
    teller_begin(&p->teller, &fact, FACT_BINDINGS_TOLD, seen);
    if (!smb_interfaces_read(octets, &fact.bindings))
        return;
    fact.bindings.call_id = (uint32_t)m->id;
    p->interfaces_told = true;
    teller_tell(&p->teller, &fact);
}

/* Domain and server, not aligned. Whether they are in UTF-16 was agreed on before: the zeros show it. */
static void tell_names(struct pipes *p, struct bytes names, const struct sighting *seen) {
    char server[FACT_TEXT_SIZE];
    bool wide = names.len >= 2 && names.at[1] == 0;
    size_t unit = wide ? 2 : 1, at = 0;
    while (at + unit <= names.len && (names.at[at] != 0 || names.at[at + unit - 1] != 0))
        at += unit;
    at += unit;
    if (at >= names.len)
        return;
    struct bytes second = {names.at + at, names.len - at};
    if (wide)
        text_from_utf16(server, second);
    else
        text_from_ascii(server, second);
    if (server[0] != '\0')
        tell_name(p, NAME_SMB_SERVER, server, seen);
}

static const char *without_prefix(const char *name, const char *prefix) {
    const char *at = name;
    for (; *prefix != '\0'; prefix++, at++)
        if ((*at | ('a' <= *prefix && *prefix <= 'z' ? 0x20 : 0)) != *prefix)
            return name;
    return at;
}

/* What an OPEN asks for; kept until its answer says what came of it. */
static void remember_open(struct pipes *p, const struct smb_message *m, struct bytes octets) {
    char text[FACT_TEXT_SIZE];
    if (m->wide)
        text_from_utf16(text, octets);
    else
        text_from_ascii(text, octets);
    const char *name = without_prefix(without_prefix(text, "\\"), "pipe\\");
    if (name[0] == '\0')
        return; /* the share itself */
    smb_requests_add(&p->requests, &(struct smb_request){.id = m->id,
                                                         .command = SMB_OPEN,
                                                         .file = smb_opening(m->id),
                                                         .tree = m->tree,
                                                         .name = pipe_name_copy(name)});
}

void pipes_read(struct pipes *p, const struct smb_message *m, struct bytes kept, const struct sighting *seen) {
    enum direction from = m->response ? FROM_SERVER : FROM_CLIENT;
    switch (m->content) {
    case CONTENT_TOKEN:
        p->names_told[from] = p->names_told[from] || names_tell(&p->teller, kept, from, seen);
        break;
    case CONTENT_GUID:
        if (!p->guid_told)
            tell_start(p, kept, seen);
        tell_guid(p, kept, seen);
        break;
    case CONTENT_INTERFACES:
        tell_interfaces(p, m, kept, seen);
        break;
    case CONTENT_NAMES:
        tell_names(p, kept, seen);
        break;
    case CONTENT_NAME:
        remember_open(p, m, kept);
        break;
    case CONTENT_NOTHING:
    case CONTENT_DATA:
        break;
    }
}

void pipes_called(struct pipes *p, struct bytes called) {
    struct address address;
    smb_called_name(p->called, called);
    if (address_parse(p->called, &address))
        p->called[0] = '\0'; /* no name, but where it is */
}

void pipes_tell_called(struct pipes *p, const struct sighting *seen) {
    if (p->called[0] != '\0')
        tell_name(p, NAME_NETBIOS_SESSION, p->called, seen);
    p->called[0] = '\0';
}
