/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* access, stat */
#include "state/database.h"

#include "state/rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The marks of our files in SQLite's header (sqlite.org/fileformat2.html, section 1.3); "bdst". */
enum { APPLICATION_ID = 0x62647374, VERSION = 1 };
enum { HEADER_SIZE = 100, AT_FORMATS = 18, AT_VERSION = 60, AT_APPLICATION_ID = 68, LEGACY_FORMAT = 1 };
enum { WAIT_MS = 30000 }; /* for another process; its transaction takes a fraction of a second */

static bool say(char error[static STATE_ERROR_SIZE], const char *what) {
    snprintf(error, STATE_ERROR_SIZE, "%s", what);
    return false;
}

/* SQLite's words may hold some of the file's. */
static bool in_one_line(char error[static STATE_ERROR_SIZE]) {
    for (char *at = error; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    return false;
}

bool database_damaged(char error[static STATE_ERROR_SIZE], const char *where) {
    snprintf(error, STATE_ERROR_SIZE,
             "the state is damaged (%.120s): move the file away and a new one will be made; nothing was changed",
             where);
    return in_one_line(error);
}

static bool is_newer(char error[static STATE_ERROR_SIZE], uint32_t version) {
    snprintf(error, STATE_ERROR_SIZE,
             "a newer bindsight wrote this state (version %u, this one knows %d): use that one, or another file",
             (unsigned)version, VERSION);
    return false;
}

/* --- before SQLite ------------------------------------------------------------------------------------------------ */

static uint32_t big_endian(const uint8_t *octets) {
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
}

/* The application id does not change, and the first page is written at once: another process may be writing. */
static bool header_is_ours(const uint8_t header[static HEADER_SIZE], size_t size, char error[static STATE_ERROR_SIZE]) {
    static const char foreign[] = "this is no state file of bindsight: give --state another file";
    if (size < HEADER_SIZE || memcmp(header, "SQLite format 3", 16) != 0 ||
        big_endian(header + AT_APPLICATION_ID) != APPLICATION_ID)
        return say(error, foreign);
    uint32_t version = big_endian(header + AT_VERSION);
    if (version > VERSION)
        return is_newer(error, version);
    if (version != VERSION || header[AT_FORMATS] != LEGACY_FORMAT || header[AT_FORMATS + 1] != LEGACY_FORMAT)
        return database_damaged(error, "its header");
    return true;
}

enum found database_look(const char *path, char error[static STATE_ERROR_SIZE]) {
    struct stat file;
    uint8_t header[HEADER_SIZE];
    if (stat(path, &file) != 0) {
        say(error, strerror(errno));
        return errno == ENOENT ? FOUND_NOTHING : FOUND_UNUSABLE;
    }
    if (!S_ISREG(file.st_mode)) {
        say(error, "is no regular file: give --state another file");
        return FOUND_UNUSABLE;
    }
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        say(error, strerror(errno));
        return FOUND_UNUSABLE;
    }
    size_t size = fread(header, 1, sizeof header, stream);
    fclose(stream);
    if (size == 0) {
        say(error, "there is nothing in this file: 'bindsight analyze --state FILE' fills one");
        return FOUND_NOTHING;
    }
    if (!header_is_ours(header, size, error))
        return FOUND_UNUSABLE;
    if (file.st_size > STATE_MAX_BYTES)
        database_damaged(error, "larger than any");
    return file.st_size > STATE_MAX_BYTES ? FOUND_UNUSABLE : FOUND_OURS;
}

/* SQLite keeps its journal beside the file. */
static bool may_write_beside(const char *path) {
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = calloc(length + 1, 1);
    if (folder == NULL)
        return false;
    memcpy(folder, slash == NULL ? "." : path, length);
    bool may = access(folder, W_OK | X_OK) == 0;
    int reason = errno;
    free(folder);
    errno = reason;
    return may;
}

bool database_may_write(const char *path, enum found found, char error[static STATE_ERROR_SIZE]) {
    struct stat file;
    bool exists = found == FOUND_OURS || stat(path, &file) == 0;
    if ((!exists || access(path, W_OK) == 0) && may_write_beside(path))
        return true;
    snprintf(error, STATE_ERROR_SIZE, "the state cannot be written: %s; give --state a file in a folder of yours",
             strerror(errno));
    return false;
}

/* --- the database ------------------------------------------------------------------------------------------------- */

bool database_fails(sqlite3 *database, char error[static STATE_ERROR_SIZE]) {
    int code = sqlite3_errcode(database) & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_FORMAT || code == SQLITE_TOOBIG)
        return database_damaged(error, sqlite3_errmsg(database));
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return say(error, "the state is in use by another process all the time: try again");
    snprintf(error, STATE_ERROR_SIZE, "the state cannot be read or written: %.120s%s%.60s", sqlite3_errmsg(database),
             sqlite3_system_errno(database) != 0 ? ": " : "",
             sqlite3_system_errno(database) != 0 ? strerror(sqlite3_system_errno(database)) : "");
    return in_one_line(error);
}

bool database_do(sqlite3 *database, const char *sql, char error[static STATE_ERROR_SIZE]) {
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK || database_fails(database, error);
}

/* What is in the file is data: no code of it runs, and no size of it is taken on trust. */
static void distrust(sqlite3 *database) {
    enum { MAX_VALUE = 65536 };
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, MAX_VALUE);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
}

/* What a process that was killed had begun to write must be undone, also by who only reads, if he may. */
static int flags_for(const char *path, bool make) {
    if (make)
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    return access(path, W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
}

sqlite3 *database_open(const char *path, bool make, char error[static STATE_ERROR_SIZE]) {
    sqlite3 *database = NULL;
    size_t length = strlen(path);
    char *plain = calloc(length + 3, 1); /* with "./" no name means anything else than itself to SQLite */
    if (plain == NULL) {
        say(error, "no memory");
        return NULL;
    }
    snprintf(plain, length + 3, "%s%s", path[0] == '/' ? "" : "./", path);
    int opened = sqlite3_open_v2(plain, &database, flags_for(path, make), NULL);
    free(plain);
    if (opened != SQLITE_OK) {
        if (database == NULL)
            say(error, "no memory");
        else
            database_fails(database, error);
        sqlite3_close(database);
        return NULL;
    }
    distrust(database);
    sqlite3_busy_timeout(database, WAIT_MS);
    return database;
}

/* Reads one number. */
static bool ask(sqlite3 *database, const char *sql, int64_t *number, char error[static STATE_ERROR_SIZE]) {
    sqlite3_stmt *statement;
    *number = 0;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        return database_fails(database, error);
    bool answered = sqlite3_step(statement) == SQLITE_ROW;
    *number = sqlite3_column_int64(statement, 0);
    if (!answered)
        database_fails(database, error);
    sqlite3_finalize(statement);
    return answered;
}

/* Each of our tables, as we make it, and nothing else. */
static bool tables_are_ours(sqlite3 *database, char error[static STATE_ERROR_SIZE]) {
    sqlite3_stmt *statement;
    unsigned found = 0;
    int count = 0, step;
    if (sqlite3_prepare_v2(database, "SELECT sql FROM sqlite_schema", -1, &statement, NULL) != SQLITE_OK)
        return database_fails(database, error);
    for (; (step = sqlite3_step(statement)) == SQLITE_ROW; count++) {
        const char *sql = (const char *)sqlite3_column_text(statement, 0);
        for (unsigned i = 0; sql != NULL && i < TABLES; i++)
            if (strcmp(sql, STATE_TABLES[i].create) == 0)
                found |= 1U << i;
    }
    if (step != SQLITE_DONE)
        database_fails(database, error);
    else if (count != TABLES || found != (1U << TABLES) - 1)
        database_damaged(error, "its tables");
    bool ours = step == SQLITE_DONE && count == TABLES && found == (1U << TABLES) - 1;
    sqlite3_finalize(statement);
    return ours;
}

/* The whole of it, page by page: what is read later cannot go in circles. */
static bool is_sound(sqlite3 *database, char error[static STATE_ERROR_SIZE]) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &statement, NULL) != SQLITE_OK)
        return database_fails(database, error);
    bool answered = sqlite3_step(statement) == SQLITE_ROW;
    const char *text = answered ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    bool sound = text != NULL && strcmp(text, "ok") == 0;
    if (!answered)
        database_fails(database, error);
    else if (!sound)
        database_damaged(error, "its pages");
    sqlite3_finalize(statement);
    return sound;
}

static bool make_tables(sqlite3 *database, char error[static STATE_ERROR_SIZE]) {
    char marks[96];
    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, VERSION);
    for (unsigned i = 0; i < TABLES; i++)
        if (!database_do(database, STATE_TABLES[i].create, error))
            return false;
    return database_do(database, marks, error);
}

bool database_check(sqlite3 *database, bool make, char error[static STATE_ERROR_SIZE]) {
    int64_t tables = 0, id = 0, version = 0;
    if (!ask(database, "SELECT count(*) FROM sqlite_schema", &tables, error) ||
        !ask(database, "PRAGMA application_id", &id, error) || !ask(database, "PRAGMA user_version", &version, error))
        return false;
    if (make && tables == 0 && id == 0 && version == 0)
        return make_tables(database, error);
    if (id != APPLICATION_ID)
        return say(error, "this is no state file of bindsight: give --state another file");
    if (version > VERSION)
        return is_newer(error, (uint32_t)version);
    return tables_are_ours(database, error) && is_sound(database, error);
}
