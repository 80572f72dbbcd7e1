/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "state/rows.h"

#include "report/utf8.h"

#include <string.h>

#define INTERFACE "interface TEXT, major INTEGER, minor INTEGER"
#define UNTIL "until_file INTEGER, until_frame INTEGER, until_time INTEGER"
#define ONE "one_file INTEGER, one_frame INTEGER, one_time INTEGER"
#define FIRST_AND_LAST                                                                                                 \
    "first_file INTEGER, first_frame INTEGER, first_time INTEGER, "                                                    \
    "last_file INTEGER, last_frame INTEGER, last_time INTEGER"

const struct table STATE_TABLES[TABLES] = {
    [MEMORY_PROOF] = {"proof", 16,
                      "CREATE TABLE proof(address TEXT, " INTERFACE ", transport TEXT, kind TEXT, endpoint TEXT, "
                      "port INTEGER, client TEXT, count INTEGER, " FIRST_AND_LAST ") STRICT"},
    [MEMORY_NAME] = {"name", 12,
                     "CREATE TABLE name(address TEXT, source TEXT, name TEXT, " UNTIL ", " FIRST_AND_LAST ") STRICT"},
    [MEMORY_LINK] = {"link", 15,
                     "CREATE TABLE link(address TEXT, other TEXT, kind TEXT, " UNTIL ", " ONE ", " FIRST_AND_LAST
                     ") STRICT"},
    [MEMORY_STATION] = {"station", 9,
                        "CREATE TABLE station(address TEXT, mac BLOB, ttl INTEGER, " FIRST_AND_LAST ") STRICT"},
    [MEMORY_ASKED] = {"asked", 6,
                      "CREATE TABLE asked(client TEXT, " INTERFACE ", first_time INTEGER, last_time INTEGER) STRICT"},
    [TABLE_FILES] = {"file", 2, "CREATE TABLE file(place INTEGER, name BLOB) STRICT"},
};

static const char *const PROOFS[PROOF_KINDS] = {
    [PROOF_ANSWERED] = "answered",
    [PROOF_BIND_ACCEPTED] = "bind accepted",
    [PROOF_CONNECTED] = "connected",
    [PROOF_LOOKUP_ENTRY] = "lookup entry",
    [PROOF_TOWER_FROM_ELSEWHERE] = "tower from elsewhere",
    [PROOF_OXID_BINDING] = "oxid binding",
    [PROOF_MAPPED] = "mapped",
    [PROOF_REFUSED] = "refused",
    [PROOF_UNREACHABLE] = "unreachable",
    [PROOF_UNANSWERED] = "unanswered",
    [PROOF_NOT_REGISTERED] = "not registered",
    [PROOF_NAMED_ELSEWHERE] = "named elsewhere",
    [PROOF_REJECTED] = "rejected",
};

static const char *const TRANSPORTS[TRANSPORT_KINDS] = {
    [TRANSPORT_UNKNOWN] = "unknown", [TRANSPORT_TCP] = "tcp",   [TRANSPORT_UDP] = "udp",
    [TRANSPORT_PIPE] = "pipe",       [TRANSPORT_HTTP] = "http", [TRANSPORT_LOCAL] = "local",
};

static const char *const SOURCES[NAME_SOURCES] = {
    [NAME_NTLM_COMPUTER] = "ntlm computer",
    [NAME_NTLM_DOMAIN] = "ntlm domain",
    [NAME_NTLM_DNS_COMPUTER] = "ntlm dns computer",
    [NAME_NTLM_DNS_DOMAIN] = "ntlm dns domain",
    [NAME_SMB_GUID] = "smb guid",
    [NAME_SMB_START] = "smb start",
    [NAME_SMB_SERVER] = "smb server",
    [NAME_NETBIOS_SESSION] = "netbios session",
    [NAME_NETBIOS] = "netbios",
    [NAME_DNS] = "dns",
    [NAME_KERBEROS_SERVICE] = "kerberos service",
};

/* --- reading: from the left to the right; once a value is wrong, so is the row ------------------------------------ */

struct reading {
    sqlite3_stmt *row;
    int column;
    bool sound;
    const struct row_files *files;
};

static int64_t take_integer(struct reading *r, int64_t least, int64_t most) {
    int column = r->column++;
    int64_t value = sqlite3_column_int64(r->row, column);
    r->sound = r->sound && sqlite3_column_type(r->row, column) == SQLITE_INTEGER && value >= least && value <= most;
    return r->sound ? value : least;
}

static void take_text(struct reading *r, char *text, size_t size) {
    int column = r->column++;
    text[0] = '\0';
    if (sqlite3_column_type(r->row, column) != SQLITE_TEXT) {
        r->sound = false;
        return;
    }
    const char *from = (const char *)sqlite3_column_text(r->row, column);
    int length = sqlite3_column_bytes(r->row, column);
    r->sound = r->sound && from != NULL && (size_t)length < size && strlen(from) == (size_t)length && utf8_valid(from);
    if (r->sound)
        memcpy(text, from, (size_t)length + 1);
}

static unsigned take_word(struct reading *r, const char *const *words, unsigned count) {
    char text[64];
    take_text(r, text, sizeof text);
    for (unsigned i = 0; i < count; i++)
        if (words[i] != NULL && strcmp(text, words[i]) == 0)
            return i;
    r->sound = false;
    return 0;
}

static enum link_kind take_link_kind(struct reading *r) {
    char text[64];
    take_text(r, text, sizeof text);
    for (unsigned i = 0; i < LINK_KINDS; i++)
        if (memory_keeps_link((enum link_kind)i) && strcmp(text, LINK_SORTS[i].name) == 0)
            return (enum link_kind)i;
    r->sound = false;
    return LINK_TOWER;
}

static struct address take_address(struct reading *r, bool may_be_none) {
    char text[ADDRESS_TEXT_SIZE];
    struct address address = {0};
    take_text(r, text, sizeof text);
    r->sound = r->sound && address_parse(text, &address) && (may_be_none || address.family != ADDRESS_NONE);
    return address;
}

static struct syntax_id take_interface(struct reading *r) {
    char text[UUID_TEXT_SIZE];
    struct syntax_id interface = {.major = 0};
    take_text(r, text, sizeof text);
    r->sound = r->sound && uuid_parse(text, &interface.uuid);
    interface.major = (uint16_t)take_integer(r, 0, UINT16_MAX);
    interface.minor = (uint16_t)take_integer(r, 0, UINT16_MAX);
    return interface;
}

static struct sighting take_moment(struct reading *r, int64_t least_frame) {
    struct sighting seen = {.file = EARLIER_FILES + FILE_NAMES_MAX};
    uint32_t place = (uint32_t)take_integer(r, 0, r->files->count);
    seen.frame = (uint64_t)take_integer(r, least_frame, INT64_MAX);
    seen.time = take_integer(r, 0, LATEST_TIME);
    if (r->sound && place != 0)
        seen.file = r->files->numbers[place];
    return seen;
}

static struct sighting take_sighting(struct reading *r) { return take_moment(r, 1); }

static void take_both(struct reading *r, struct memory_item *item) {
    item->first = take_sighting(r);
    item->last = take_sighting(r);
}

static void take_proof(struct reading *r, struct memory_item *item) {
    item->address = take_address(r, false);
    item->is.proof.interface = take_interface(r);
    item->is.proof.transport = (enum transport)take_word(r, TRANSPORTS, TRANSPORT_KINDS);
    item->is.proof.kind = (enum binding_proof)take_word(r, PROOFS, PROOF_KINDS);
    item->is.proof.endpoint.address = take_address(r, true);
    item->is.proof.endpoint.port = (uint16_t)take_integer(r, 0, UINT16_MAX);
    item->is.proof.client = take_address(r, true);
    item->is.proof.count = (uint64_t)take_integer(r, 1, INT32_MAX);
    take_both(r, item);
}

static void take_name(struct reading *r, struct memory_item *item) {
    item->address = take_address(r, false);
    item->is.name.source = (enum name_source)take_word(r, SOURCES, NAME_SOURCES);
    take_text(r, item->is.name.name, sizeof item->is.name.name);
    r->sound = r->sound && item->is.name.name[0] != '\0';
    item->until = take_moment(r, 0);
    take_both(r, item);
}

static void take_link(struct reading *r, struct memory_item *item) {
    item->address = take_address(r, false);
    item->is.link.other = take_address(r, false);
    item->is.link.kind = take_link_kind(r);
    item->until = take_moment(r, 0);
    item->is.link.one_seen = take_sighting(r);
    take_both(r, item);
}

static void take_station(struct reading *r, struct memory_item *item) {
    struct mac *mac = &item->is.station.mac;
    item->address = take_address(r, false);
    int column = r->column++;
    const void *octets = sqlite3_column_blob(r->row, column);
    int size = sqlite3_column_bytes(r->row, column);
    r->sound = r->sound && sqlite3_column_type(r->row, column) == SQLITE_BLOB && size == sizeof mac->octets;
    if (r->sound)
        memcpy(mac->octets, octets, sizeof mac->octets);
    mac->known = true;
    item->is.station.ttl = (uint8_t)take_integer(r, 1, UINT8_MAX);
    take_both(r, item);
}

static void take_asked(struct reading *r, struct memory_item *item) {
    item->address = take_address(r, false);
    item->is.asked = take_interface(r);
    item->first.time = take_integer(r, 0, LATEST_TIME);
    item->last.time = take_integer(r, 0, LATEST_TIME);
}

bool rows_take(sqlite3_stmt *row, enum memory_kind kind, const struct row_files *files, struct memory_item *item) {
    static void (*const takes[MEMORY_KINDS])(struct reading *, struct memory_item *) = {
        [MEMORY_PROOF] = take_proof,     [MEMORY_NAME] = take_name,   [MEMORY_LINK] = take_link,
        [MEMORY_STATION] = take_station, [MEMORY_ASKED] = take_asked,
    };
    struct reading reading = {row, 0, true, files};
    *item = (struct memory_item){.kind = kind};
    takes[kind](&reading, item);
    return reading.sound && item->first.time <= item->last.time;
}

/* A path may be any bytes but NUL. */
bool rows_take_file(sqlite3_stmt *row, struct row_files *files, struct file_names *names) {
    char name[STATE_MAX_PATH];
    struct reading reading = {row, 0, true, files};
    if (files->count == FILE_NAMES_MAX || sqlite3_column_type(row, 1) != SQLITE_BLOB)
        return false;
    take_integer(&reading, (int64_t)files->count + 1, (int64_t)files->count + 1);
    const void *from = sqlite3_column_blob(row, 1);
    int length = sqlite3_column_bytes(row, 1);
    if (!reading.sound || from == NULL || length == 0 || length >= STATE_MAX_PATH ||
        memchr(from, '\0', (size_t)length) != NULL)
        return false;
    memcpy(name, from, (size_t)length);
    name[length] = '\0';
    files->count++;
    /* There is room for all that such a file names, but there may be others already: then its name is not known. */
    if (!file_names_recall(names, name, &files->numbers[files->count]))
        files->numbers[files->count] = EARLIER_FILES + FILE_NAMES_MAX;
    return true;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

struct writing {
    sqlite3_stmt *insert;
    int column; /* counts from 1 */
    const struct row_files *files;
};

static void put_integer(struct writing *w, int64_t value) { sqlite3_bind_int64(w->insert, w->column++, value); }

static void put_text(struct writing *w, const char *text) {
    sqlite3_bind_text(w->insert, w->column++, text, -1, SQLITE_TRANSIENT);
}

static void put_address(struct writing *w, const struct address *address) {
    char text[ADDRESS_TEXT_SIZE];
    put_text(w, address_text(address, text));
}

static void put_interface(struct writing *w, const struct syntax_id *interface) {
    char text[UUID_TEXT_SIZE];
    put_text(w, uuid_text(&interface->uuid, text));
    put_integer(w, interface->major);
    put_integer(w, interface->minor);
}

void rows_place(struct row_files *files, uint32_t number) {
    uint32_t at = number - EARLIER_FILES;
    if (at >= FILE_NAMES_MAX || files->places[at] != 0 || files->count == FILE_NAMES_MAX)
        return;
    files->numbers[++files->count] = number;
    files->places[at] = files->count;
}

static int64_t at_most(uint64_t value, int64_t most) { return value > (uint64_t)most ? most : (int64_t)value; }

static void put_sighting(struct writing *w, const struct sighting *seen) {
    put_integer(w, seen->frame != 0 ? w->files->places[seen->file - EARLIER_FILES] : 0);
    put_integer(w, at_most(seen->frame, INT64_MAX));
    put_integer(w, seen->time);
}

static void put_proof(struct writing *w, const struct memory_item *item) {
    put_address(w, &item->address);
    put_interface(w, &item->is.proof.interface);
    put_text(w, TRANSPORTS[item->is.proof.transport]);
    put_text(w, PROOFS[item->is.proof.kind]);
    put_address(w, &item->is.proof.endpoint.address);
    put_integer(w, item->is.proof.endpoint.port);
    put_address(w, &item->is.proof.client);
    put_integer(w, at_most(item->is.proof.count, INT32_MAX));
    put_sighting(w, &item->first);
    put_sighting(w, &item->last);
}

static void put_name(struct writing *w, const struct memory_item *item) {
    put_address(w, &item->address);
    put_text(w, SOURCES[item->is.name.source]);
    put_text(w, item->is.name.name);
    put_sighting(w, &item->until);
    put_sighting(w, &item->first);
    put_sighting(w, &item->last);
}

static void put_link(struct writing *w, const struct memory_item *item) {
    put_address(w, &item->address);
    put_address(w, &item->is.link.other);
    put_text(w, LINK_SORTS[item->is.link.kind].name);
    put_sighting(w, &item->until);
    put_sighting(w, &item->is.link.one_seen);
    put_sighting(w, &item->first);
    put_sighting(w, &item->last);
}

static void put_station(struct writing *w, const struct memory_item *item) {
    const struct mac *mac = &item->is.station.mac;
    put_address(w, &item->address);
    sqlite3_bind_blob(w->insert, w->column++, mac->octets, sizeof mac->octets, SQLITE_TRANSIENT);
    put_integer(w, item->is.station.ttl);
    put_sighting(w, &item->first);
    put_sighting(w, &item->last);
}

static void put_asked(struct writing *w, const struct memory_item *item) {
    put_address(w, &item->address);
    put_interface(w, &item->is.asked);
    put_integer(w, item->first.time);
    put_integer(w, item->last.time);
}

void rows_put(sqlite3_stmt *insert, const struct memory_item *item, const struct row_files *files) {
    static void (*const puts[MEMORY_KINDS])(struct writing *, const struct memory_item *) = {
        [MEMORY_PROOF] = put_proof,     [MEMORY_NAME] = put_name,   [MEMORY_LINK] = put_link,
        [MEMORY_STATION] = put_station, [MEMORY_ASKED] = put_asked,
    };
    struct writing writing = {insert, 1, files};
    puts[item->kind](&writing, item);
}
