/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "state/state.h"

#include "state/database.h"
#include "state/rows.h"

#include <stdio.h>
#include <string.h>

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct reader {
    sqlite3 *database;
    struct memory *memory;
    struct file_names *names;
    struct row_files files;
    char *error;
};

static bool take(struct reader *reader, unsigned table, sqlite3_stmt *row) {
    struct memory_item item;
    if (table == TABLE_FILES)
        return rows_take_file(row, &reader->files, reader->names);
    if (!rows_take(row, (enum memory_kind)table, &reader->files, &item))
        return false;
    memory_add(reader->memory, &item);
    return true;
}

static bool read_table(struct reader *reader, unsigned table, uint32_t *items) {
    char sql[64];
    sqlite3_stmt *row;
    int step;
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY rowid", STATE_TABLES[table].name);
    if (sqlite3_prepare_v2(reader->database, sql, -1, &row, NULL) != SQLITE_OK)
        return database_fails(reader->database, reader->error);
    for (uint32_t line = 1; (step = sqlite3_step(row)) == SQLITE_ROW; line++) {
        *items += table != TABLE_FILES;
        if (*items <= MEMORY_MAX_ITEMS && take(reader, table, row))
            continue;
        snprintf(sql, sizeof sql, "row %u of table %s", (unsigned)line, STATE_TABLES[table].name);
        database_damaged(reader->error, sql);
        break;
    }
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        database_fails(reader->database, reader->error);
    sqlite3_finalize(row);
    return step == SQLITE_DONE;
}

/* In a transaction. Files first: sightings refer to them. */
static bool read_all(struct reader *reader) {
    uint32_t items = 0;
    if (!read_table(reader, TABLE_FILES, &items))
        return false;
    for (unsigned table = 0; table < TABLE_FILES; table++)
        if (!read_table(reader, table, &items))
            return false;
    return true;
}

static bool read_database(const char *path, struct memory *memory, struct file_names *names, char *error) {
    struct reader reader = {.memory = memory, .names = names, .error = error};
    reader.database = database_open(path, false, error);
    if (reader.database == NULL)
        return false;
    bool sound = database_do(reader.database, "BEGIN", error) && database_check(reader.database, false, error) &&
                 read_all(&reader);
    sqlite3_close(reader.database);
    return sound;
}

bool state_read(const char *path, enum state_use use, struct memory *memory, struct file_names *names,
                char error[static STATE_ERROR_SIZE]) {
    enum found found = database_look(path, error);
    if (found == FOUND_UNUSABLE || (found == FOUND_NOTHING && use == STATE_SHOW))
        return false;
    if (use == STATE_UPDATE && !database_may_write(path, found, error))
        return false;
    if (found == FOUND_OURS && !read_database(path, memory, names, error))
        return false;
    memory_settle(memory, 0, INT64_MAX);
    return true;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

struct writer {
    struct memory *memory;
    struct file_names *names;
    int64_t end; /* the latest that the run saw */
};

/* For who reads it, the files of this run are those of an earlier one. */
static void name_file(struct writer *writer, struct sighting *seen) {
    if (sighting_is_earlier(seen) || seen->frame == 0)
        return;
    const char *name = file_names_at(writer->names, seen->file);
    if (name[0] == '\0' || strlen(name) >= STATE_MAX_PATH || !file_names_recall(writer->names, name, &seen->file))
        seen->file = EARLIER_FILES + FILE_NAMES_MAX;
}

static void add(void *context, const struct memory_item *item) {
    struct writer *writer = context;
    struct memory_item named = *item;
    name_file(writer, &named.first);
    name_file(writer, &named.last);
    name_file(writer, &named.until);
    if (named.kind == MEMORY_LINK)
        name_file(writer, &named.is.link.one_seen);
    if (named.last.time > writer->end)
        writer->end = named.last.time;
    memory_add(writer->memory, &named);
}

/* The latest have their files' names kept first. */
static void place_files(const struct memory *memory, struct row_files *files) {
    const struct memory_item *item;
    size_t count = 0;
    while (memory_at(memory, count) != NULL)
        count++;
    while (count-- > 0) {
        item = memory_at(memory, count);
        rows_place(files, item->last.file);
        rows_place(files, item->first.file);
        rows_place(files, item->until.file);
        if (item->kind == MEMORY_LINK)
            rows_place(files, item->is.link.one_seen.file);
    }
}

static sqlite3_stmt *prepare_insert(sqlite3 *database, unsigned table) {
    enum { MAX_COLUMNS = 16 };
    static const char marks[2 * MAX_COLUMNS] = "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?";
    char sql[128];
    sqlite3_stmt *insert = NULL;
    snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(%.*s)", STATE_TABLES[table].name,
             2 * STATE_TABLES[table].columns - 1, marks);
    sqlite3_prepare_v2(database, sql, -1, &insert, NULL);
    return insert;
}

static bool run(sqlite3 *database, sqlite3_stmt *insert, char *error) {
    bool done = sqlite3_step(insert) == SQLITE_DONE;
    if (!done)
        database_fails(database, error);
    sqlite3_reset(insert);
    return done;
}

static bool write_files(sqlite3 *database, sqlite3_stmt *insert, const struct row_files *files,
                        const struct file_names *names, char *error) {
    for (uint32_t place = 1; place <= files->count; place++) {
        const char *name = file_names_at(names, files->numbers[place]);
        sqlite3_bind_int64(insert, 1, place);
        sqlite3_bind_blob(insert, 2, name, (int)strlen(name), SQLITE_STATIC);
        if (!run(database, insert, error))
            return false;
    }
    return true;
}

static bool write_items(sqlite3 *database, sqlite3_stmt *insert, enum memory_kind kind, const struct memory *memory,
                        const struct row_files *files, char *error) {
    const struct memory_item *item;
    for (size_t i = 0; (item = memory_at(memory, i)) != NULL; i++) {
        if (item->kind != kind)
            continue;
        rows_put(insert, item, files);
        if (!run(database, insert, error))
            return false;
    }
    return true;
}

static bool write_table(sqlite3 *database, unsigned table, const struct writer *writer, const struct row_files *files,
                        char *error) {
    char sql[64];
    snprintf(sql, sizeof sql, "DELETE FROM %s", STATE_TABLES[table].name);
    if (!database_do(database, sql, error))
        return false;
    sqlite3_stmt *insert = prepare_insert(database, table);
    if (insert == NULL)
        return database_fails(database, error);
    bool written = table == TABLE_FILES
                       ? write_files(database, insert, files, writer->names, error)
                       : write_items(database, insert, (enum memory_kind)table, writer->memory, files, error);
    sqlite3_finalize(insert);
    return written;
}

static bool write_all(sqlite3 *database, const struct writer *writer, char *error) {
    struct row_files files = {.count = 0};
    place_files(writer->memory, &files);
    for (unsigned table = 0; table < TABLES; table++)
        if (!write_table(database, table, writer, &files, error))
            return false;
    return true;
}

bool state_update(const char *path, const struct judge *judge, struct file_names *names, int64_t clock,
                  char error[static STATE_ERROR_SIZE]) {
    struct writer writer = {.memory = memory_open(), .names = names};
    struct reader reader = {.memory = writer.memory, .names = names, .error = error};
    if (database_look(path, error) != FOUND_UNUSABLE)
        reader.database = database_open(path, true, error);
    bool written = reader.database != NULL && database_do(reader.database, "BEGIN IMMEDIATE", error) &&
                   database_check(reader.database, true, error) && read_all(&reader);
    if (written) {
        judge_remember(judge, add, &writer);
        memory_settle(writer.memory, writer.end, clock);
        written = write_all(reader.database, &writer, error) && database_do(reader.database, "COMMIT", error);
    }
    sqlite3_close(reader.database);
    memory_close(writer.memory);
    return written;
}
