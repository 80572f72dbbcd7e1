/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is no sound file of state is refused and left as it is. */
#define _POSIX_C_SOURCE 200809L
#include "tests/state/kept.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void refused(const char *word) {
    struct story s;
    monday(&s);
    struct bytes_of_file before = file_read(path);
    for (int way = 0; way < 3; way++) {
        char error[STATE_ERROR_SIZE] = "";
        struct kept k = {memory_open(), {.latest = 0}};
        bool done = way == 0   ? state_read(path, STATE_SHOW, k.memory, &k.names, error)
                    : way == 1 ? state_read(path, STATE_UPDATE, k.memory, &k.names, error)
                               : update(&s, "monday.pcap", error);
        CU_ASSERT_FALSE(done);
        CU_ASSERT_PTR_NOT_NULL(strstr(error, word));
        CU_ASSERT_PTR_NULL(strchr(error, '\n'));
        if (strstr(error, word) == NULL)
            fprintf(stderr, "not '%s': %s\n", word, error);
        forget(&k);
    }
    struct bytes_of_file after = file_read(path);
    CU_ASSERT_TRUE(before.size == after.size && memcmp(before.bytes, after.bytes, after.size) == 0);
    free(before.bytes);
    free(after.bytes);
    story_close(&s);
}

static void what_is_no_state_is_refused(void) {
    file_write(path, "a letter to my mother\n", 22);
    refused("no state file");
    unlink(path);
    sqlite3 *foreign;
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &foreign), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(foreign, "CREATE TABLE letter(text)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(foreign);
    refused("no state file");
}

static void what_is_not_there_is_not_shown(void) {
    char error[STATE_ERROR_SIZE] = "";
    struct memory *memory = memory_open();
    struct file_names names = {.latest = 0};
    unlink(path);
    CU_ASSERT_FALSE(state_read(path, STATE_SHOW, memory, &names, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "No such file"));
    CU_ASSERT_TRUE(state_read(path, STATE_UPDATE, memory, &names, error));
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0); /* reading makes no file */
    CU_ASSERT_FALSE(state_read(folder, STATE_UPDATE, memory, &names, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "regular"));
    CU_ASSERT_FALSE(state_read("/tmp/no-such-folder/state", STATE_UPDATE, memory, &names, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "cannot be written"));
    memory_close(memory);
}

/* Does something to a sound file that bindsight would not do. */
static void meddle(const char *sql) {
    sqlite3 *database;
    char *why = NULL;
    keep_monday();
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_exec(database, "PRAGMA writable_schema = ON; PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
    if (sqlite3_exec(database, sql, NULL, NULL, &why) != SQLITE_OK)
        fprintf(stderr, "%s: %s\n", sql, why);
    CU_ASSERT_PTR_NULL(why);
    sqlite3_free(why);
    sqlite3_close(database);
}

static void what_a_later_version_wrote_is_refused(void) {
    meddle("PRAGMA user_version = 2");
    refused("newer bindsight");
    meddle("PRAGMA user_version = 0");
    refused("damaged");
    meddle("PRAGMA application_id = 7");
    refused("no state file");
    meddle("PRAGMA journal_mode = WAL");
    refused("damaged");
}

static void other_tables_are_refused(void) {
    static const char *const sqls[] = {
        "CREATE TABLE more(a)",
        "CREATE INDEX i ON proof(address)",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE link",
        "CREATE TRIGGER t AFTER INSERT ON proof BEGIN DELETE FROM name; END",
        "ALTER TABLE name ADD COLUMN a",
        "DROP TABLE name; CREATE VIEW name AS WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x FROM c) SELECT x FROM c",
        "DROP TABLE name; CREATE TABLE name(address TEXT, source TEXT, name TEXT) STRICT"};
    for (size_t i = 0; i < sizeof sqls / sizeof *sqls; i++) {
        meddle(sqls[i]);
        refused("damaged (");
    }
}

static void pages_of_two_tables_are_refused(void) {
    meddle("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'link') "
           "WHERE name = 'station'");
    refused("damaged (its pages)");
}

static void values_that_cannot_be_are_refused(void) {
    static const char *const sqls[] = {
        "UPDATE proof SET address = ''",
        "UPDATE proof SET address = '10.0.0.256'",
        "UPDATE proof SET address = NULL",
        "UPDATE proof SET address = '10.0.0.1' || char(0) || 'x'",
        "UPDATE proof SET interface = 'lsarpc'",
        "UPDATE proof SET major = -1",
        "UPDATE proof SET minor = 65536",
        "UPDATE proof SET transport = 'tcp6'",
        "UPDATE proof SET kind = 'REFUSED'",
        "UPDATE proof SET port = 65536",
        "UPDATE proof SET client = 'x'",
        "UPDATE proof SET count = 0",
        "UPDATE proof SET count = -1",
        "UPDATE proof SET count = 9223372036854775807",
        "UPDATE proof SET first_file = 2",
        "UPDATE proof SET first_file = -1",
        "UPDATE proof SET first_frame = 0",
        "UPDATE proof SET last_time = -1",
        "UPDATE proof SET last_time = 9223372036854775807",
        "UPDATE proof SET first_time = last_time + 1",
        "UPDATE name SET name = ''",
        "UPDATE name SET name = CAST(x'c3' AS TEXT)",
        "UPDATE name SET name = hex(zeroblob(64))",
        "UPDATE name SET source = 'rumour'",
        "UPDATE name SET until_time = -1",
        "UPDATE link SET kind = 'inventory'",
        "UPDATE link SET kind = 'mac'",
        "UPDATE link SET other = ''",
        "UPDATE link SET one_frame = 0",
        "UPDATE station SET mac = x'0102030405'",
        "UPDATE station SET ttl = 0",
        "UPDATE station SET ttl = 256",
        "UPDATE asked SET client = ''",
        "UPDATE asked SET first_time = last_time + 1",
        "UPDATE file SET place = 2",
        "UPDATE file SET name = x''",
        "UPDATE file SET name = x'610061'",
        "UPDATE file SET name = zeroblob(5000)",
        "INSERT INTO file VALUES(1, x'61')",
    };
    for (size_t i = 0; i < sizeof sqls / sizeof *sqls; i++) {
        meddle(sqls[i]);
        refused("damaged (row ");
    }
}

/* With types that STRICT does not let in, the file cannot be made by SQL; so by its bytes. */
static void each_octet_is_doubted(void) {
    keep_monday();
    struct bytes_of_file sound = file_read(path);
    unsigned refusals = 0;
    for (size_t at = 0; at < sound.size; at += at < 4096 ? 3 : 61) {
        struct kept k = {memory_open(), {.latest = 0}};
        char error[STATE_ERROR_SIZE] = "";
        char octet = sound.bytes[at];
        sound.bytes[at] = (char)(octet ^ 0xff);
        file_write(path, sound.bytes, sound.size);
        sound.bytes[at] = octet;
        refusals += !state_read(path, STATE_SHOW, k.memory, &k.names, error);
        forget(&k);
    }
    CU_ASSERT_TRUE(refusals > 100);
    free(sound.bytes);
}

static void each_prefix_is_refused(void) {
    keep_monday();
    struct bytes_of_file sound = file_read(path);
    for (size_t size = 1; size < sound.size; size += size < 200 || size % 4096 < 3 || size % 4096 > 4092 ? 1 : 97) {
        struct kept k = {memory_open(), {.latest = 0}};
        char error[STATE_ERROR_SIZE] = "";
        file_write(path, sound.bytes, size);
        bool read = state_read(path, STATE_SHOW, k.memory, &k.names, error);
        if (read)
            fprintf(stderr, "a prefix of %zu octets is read\n", size);
        CU_ASSERT_FALSE(read);
        CU_ASSERT_NOT_EQUAL(error[0], '\0');
        forget(&k);
    }
    file_write(path, sound.bytes, sound.size / 2);
    refused("damaged");
    free(sound.bytes);
}

static void what_is_too_large_is_refused(void) {
    keep_monday();
    CU_ASSERT_EQUAL(truncate(path, (off_t)STATE_MAX_BYTES + 1), 0);
    char error[STATE_ERROR_SIZE] = "";
    struct kept k = {memory_open(), {.latest = 0}};
    CU_ASSERT_FALSE(state_read(path, STATE_SHOW, k.memory, &k.names, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "damaged"));
    forget(&k);
    meddle("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 40000) "
           "INSERT INTO asked SELECT '10.0.0.1', '00000000-0000-0000-0000-000000000000', 0, 0, 1, x FROM c");
    k = (struct kept){memory_open(), {.latest = 0}};
    CU_ASSERT_FALSE(state_read(path, STATE_SHOW, k.memory, &k.names, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "damaged (row "));
    forget(&k);
}

/* More captures than have names: the latest keep theirs. */

int main(void) {
    CU_TestInfo tests[] = {
        {"what is no state is refused", what_is_no_state_is_refused},
        {"what is not there is not shown", what_is_not_there_is_not_shown},
        {"what a later version wrote is refused", what_a_later_version_wrote_is_refused},
        {"other tables are refused", other_tables_are_refused},
        {"pages of two tables are refused", pages_of_two_tables_are_refused},
        {"values that cannot be are refused", values_that_cannot_be_are_refused},
        {"each octet is doubted", each_octet_is_doubted},
        {"each prefix is refused", each_prefix_is_refused},
        {"what is too large is refused", what_is_too_large_is_refused},
        CU_TEST_INFO_NULL,
    };
    return kept_run("state/unsound", tests);
}
