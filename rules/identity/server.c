/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/server.h"

#include <stdio.h>
#include <string.h>

struct server *server_find(const struct servers *servers, const struct address *address) {
    struct server *server;
    HASH_FIND(hh, servers->all, address, sizeof *address, server);
    return server;
}

static void comes_to_matter(struct servers *servers, struct server *server) {
    if (!server->matters)
        HASH_DELETE(passing, servers->passing, server);
    server->matters = true;
}

static void forget(struct servers *servers, struct server *server) {
    mark_drop(&servers->marks, &server->ntlm);
    mark_drop(&servers->marks, &server->guid);
    mark_drop(&servers->marks, &server->start);
    mark_drop(&servers->marks, &server->arp.mac);
    for (size_t i = 0; i < server->view_count; i++)
        mark_drop(&servers->marks, &server->views[i].mac);
    for (size_t i = 0; i < NAME_SOURCES; i++)
        free(server->called[i].name);
    history_free(&server->history);
    comes_to_matter(servers, server);
    HASH_DEL(servers->all, server);
    free(server);
}

/* Any that was only seen in passing gives way, the oldest first. */
static bool make_room(struct servers *servers) {
    if (servers->passing != NULL) {
        forget(servers, servers->passing);
        return true;
    }
    servers->tally->limits[LIMIT_SERVERS]++;
    return false;
}

struct server *server_get(struct servers *servers, const struct address *address, bool matters) {
    struct server *server = server_find(servers, address);
    if (server == NULL) {
        if (HASH_COUNT(servers->all) == SERVER_MAX && !make_room(servers))
            return NULL;
        server = allocate(1, sizeof *server);
        server->address = *address;
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that HASH_DEL moves the head on */
        HASH_ADD(hh, servers->all, address, sizeof server->address, server);
        HASH_ADD(passing, servers->passing, address, sizeof server->address, server);
    }
    if (matters)
        comes_to_matter(servers, server);
    return server;
}

void servers_free(struct servers *servers) {
    while (servers->all != NULL)
        forget(servers, servers->all);
    marks_free(&servers->marks);
}

/* Its own words, by which it is known. */
static bool is_own(enum name_source source) {
    return source <= NAME_NTLM_DNS_DOMAIN || source == NAME_SMB_GUID || source == NAME_SMB_START ||
           source == NAME_SMB_SERVER;
}

/* What it said of itself before it changed is history. */
bool server_is_valid(const struct server *server, enum name_source source) {
    const struct called *called = &server->called[source];
    return called->name != NULL && (called->seen.time >= server->changed.time || !is_own(source));
}

const char *server_called(const struct server *server, enum name_source source) {
    return server_is_valid(server, source) ? server->called[source].name : "";
}

static void put_mark(struct marks *marks, struct server *server, struct bearer *bearer, enum mark_kind kind,
                     const char *content, size_t size) {
    if (content[0] == '\0')
        mark_drop(marks, bearer);
    else
        mark_take(marks, bearer, server, mark_get(marks, kind, content, size));
}

/* Computer and domain, once there is a computer; the GUID; the time of its start. */
static void put_marks(struct servers *servers, struct server *server) {
    char ntlm[2 * FACT_TEXT_SIZE];
    const char *computer = server_called(server, NAME_NTLM_COMPUTER);
    const char *domain = server_called(server, NAME_NTLM_DOMAIN);
    const char *guid = server_called(server, NAME_SMB_GUID);
    const char *start = server_called(server, NAME_SMB_START);
    snprintf(ntlm, sizeof ntlm, "%s%c%s", computer, '\0', domain);
    put_mark(&servers->marks, server, &server->ntlm, MARK_NTLM, ntlm, strlen(computer) + 1 + strlen(domain));
    put_mark(&servers->marks, server, &server->guid, MARK_GUID, guid, strlen(guid));
    put_mark(&servers->marks, server, &server->start, MARK_START, start, strlen(start));
    servers->changed = true;
}

void server_changes(struct servers *servers, struct server *server, struct sighting seen) {
    server->changed = seen;
    put_marks(servers, server);
}

static char *copy_of(const char *name) {
    char *copy = allocate(1, strlen(name) + 1);
    memcpy(copy, name, strlen(name) + 1);
    return copy;
}

void server_was(struct servers *servers, struct server *server, const struct past *past) {
    struct past kept = *past;
    kept.name = copy_of(past->name);
    servers->tally->limits[LIMIT_EVIDENCE] += !history_add(&server->history, &kept);
}

/* A NetBIOS name of a host is its workstation's or server's; others say what it does, or who is logged on to it. */
static bool is_host_suffix(const char *suffix) {
    return suffix == NULL || strcmp(suffix, "<00>") == 0 || strcmp(suffix, "<20>") == 0;
}

bool host_of_name(enum name_source source, const char *name, char host[static FACT_TEXT_SIZE]) {
    bool netbios = source == NAME_NETBIOS || source == NAME_NETBIOS_SESSION;
    bool kerberos = source == NAME_KERBEROS_SERVICE;
    const char *suffix = netbios ? strrchr(name, '<') : NULL;
    const char *slash = kerberos ? strchr(name, '/') : NULL;
    const char *from = slash == NULL ? name : slash + 1;
    size_t length = suffix == NULL ? strlen(from) : (size_t)(suffix - from);
    if (kerberos)
        length = strcspn(from, "/$"); /* a computer's account ends in a dollar sign */
    if (!is_host_suffix(suffix) || length == 0 || length >= FACT_TEXT_SIZE || (netbios && from[0] == '*'))
        return false;
    memcpy(host, from, length);
    host[length] = '\0';
    return true;
}

void server_is_called(struct servers *servers, struct server *server, enum name_source source, const char *name,
                      struct sighting seen) {
    struct called *called = &server->called[source];
    if (called->name != NULL && seen.time < called->seen.time)
        return;
    bool was_valid = server_is_valid(server, source);
    bool same = called->name != NULL && strcmp(called->name, name) == 0;
    struct sighting last = called->seen;
    called->seen = seen;
    /* Of several of one name it may show now that they have different GUIDs at one time. */
    if (same && source == NAME_SMB_GUID && server->ntlm.mark != NULL && server->ntlm.mark->first->next != NULL)
        servers->changed = true;
    if (same && was_valid)
        return;
    if (!same) {
        if (called->name != NULL && is_own(source))
            server_was(servers, server, &(struct past){source, called->name, called->first, last, seen});
        free(called->name);
        called->name = copy_of(name);
        called->first = seen;
    }
    if (was_valid && (source == NAME_NTLM_COMPUTER || source == NAME_SMB_GUID))
        server->changed = seen;
    if (is_own(source))
        put_marks(servers, server);
}

bool server_other_name(const struct server *one, const struct server *other) {
    return one->ntlm.mark != NULL && other->ntlm.mark != NULL && one->ntlm.mark != other->ntlm.mark;
}

bool server_other_guid(const struct server *one, const struct server *other, bool at_one_time) {
    if (one->guid.mark == NULL || other->guid.mark == NULL || one->guid.mark == other->guid.mark)
        return false;
    const struct called *a = &one->called[NAME_SMB_GUID], *b = &other->called[NAME_SMB_GUID];
    return !at_one_time || (a->first.time <= b->seen.time && b->first.time <= a->seen.time);
}

bool server_other_cluster(const struct server *one, const struct server *other) {
    return one->cluster != NULL && other->cluster != NULL && one->cluster != other->cluster;
}

const char *server_best_name(const struct server *server) {
    static const enum name_source best_first[] = {NAME_NTLM_DNS_COMPUTER, NAME_NTLM_COMPUTER,    NAME_SMB_SERVER,
                                                  NAME_NETBIOS,           NAME_KERBEROS_SERVICE, NAME_DNS,
                                                  NAME_NETBIOS_SESSION};
    if (server->declared_name != NULL)
        return server->declared_name;
    for (size_t i = 0; i < sizeof best_first / sizeof *best_first; i++) {
        const char *name = server_called(server, best_first[i]);
        if (name[0] != '\0')
            return name;
    }
    return "";
}
