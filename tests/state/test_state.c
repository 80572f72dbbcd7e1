/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file between runs: what goes in comes out; what is not sound is refused and left as it is. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "state/state.h"
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 1112, SMALL = 200000 };
static const double DAY = 86400;
static char folder[] = "/tmp/bindsight-state-XXXXXX";
static char path[64], beside[64];

struct bytes_of_file {
    char *bytes;
    size_t size;
};

static struct bytes_of_file file_read(const char *name) {
    struct bytes_of_file file = {calloc(1, SMALL), 0};
    FILE *stream = fopen(name, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    file.size = fread(file.bytes, 1, SMALL, stream);
    fclose(stream);
    CU_ASSERT_TRUE_FATAL(file.size < SMALL);
    return file;
}

static void file_write(const char *name, const char *bytes, size_t size) {
    FILE *stream = fopen(name, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, stream), size);
    fclose(stream);
}

/* One of each kind: proofs over TCP and UDP, names, a link, stations, and what the client asks for. */
static void monday(struct story *s) {
    *s = story_begin();
    story_served(s, CLIENT, B, &LSA, PORT);
    story_refused(s, CLIENT, A, &LSA, PORT);
    story_names(s, CLIENT, B, NAME_NTLM_COMPUTER, "KNOTEN\xc3\xa4");
    story_names(s, CLIENT, B, NAME_NTLM_COMPUTER, "KNOTEN2");
    story_tells_resource(s, B, "10.1.1.9");
    s->over = s->asked_for = TRANSPORT_UDP;
    story_maps(s, CLIENT, STRANGER, &SAM, NULL, PORT);
    s->over = TRANSPORT_TCP;
    story_end(s);
}

static bool update(const struct story *s, const char *name, char error[static STATE_ERROR_SIZE]) {
    struct file_names names = {.latest = 0};
    CU_ASSERT_TRUE(file_names_add(&names, name));
    bool done = state_update(path, s->judge, &names, INT64_MAX, error);
    file_names_free(&names);
    return done;
}

/* Of a story that has ended, which it closes. */
static void keep(struct story *s, const char *name) {
    char error[STATE_ERROR_SIZE] = "";
    bool done = update(s, name, error);
    if (!done)
        fprintf(stderr, "%s\n", error);
    CU_ASSERT_TRUE_FATAL(done);
    story_close(s);
}

static void keep_monday_again(void) {
    struct story s;
    monday(&s);
    keep(&s, "monday.pcap");
}

static void keep_monday(void) {
    unlink(path);
    keep_monday_again();
}

struct kept {
    struct memory *memory;
    struct file_names names;
};

static struct kept kept(void) {
    struct kept kept = {memory_open(), {.latest = 0}};
    char error[STATE_ERROR_SIZE] = "";
    CU_ASSERT_TRUE(state_read(path, STATE_SHOW, kept.memory, &kept.names, error));
    CU_ASSERT_STRING_EQUAL(error, "");
    return kept;
}

static void forget(struct kept *kept) {
    memory_close(kept->memory);
    file_names_free(&kept->names);
}

static bool same_sighting(const struct sighting *a, const struct sighting *b) {
    return a->frame == b->frame && a->time == b->time && (a->frame == 0 || a->file == b->file);
}

/* All but the union, whose unused octets are anything. */
static void check_same(const struct memory_item *a, const struct memory_item *b) {
    CU_ASSERT_EQUAL_FATAL(a->kind, b->kind);
    CU_ASSERT_TRUE(address_equal(&a->address, &b->address));
    CU_ASSERT_TRUE(same_sighting(&a->first, &b->first));
    CU_ASSERT_TRUE(same_sighting(&a->last, &b->last));
    CU_ASSERT_EQUAL(a->until.time, b->until.time);
    if (a->kind == MEMORY_PROOF) {
        CU_ASSERT_TRUE(syntax_compatible(&a->is.proof.interface, &b->is.proof.interface));
        CU_ASSERT_EQUAL(a->is.proof.kind, b->is.proof.kind);
        CU_ASSERT_EQUAL(a->is.proof.transport, b->is.proof.transport);
        CU_ASSERT_TRUE(endpoint_equal(&a->is.proof.endpoint, &b->is.proof.endpoint));
        CU_ASSERT_TRUE(address_equal(&a->is.proof.client, &b->is.proof.client));
        CU_ASSERT_EQUAL(a->is.proof.count, b->is.proof.count);
    } else if (a->kind == MEMORY_NAME) {
        CU_ASSERT_EQUAL(a->is.name.source, b->is.name.source);
        CU_ASSERT_STRING_EQUAL(a->is.name.name, b->is.name.name);
    } else if (a->kind == MEMORY_LINK) {
        CU_ASSERT_EQUAL(a->is.link.kind, b->is.link.kind);
        CU_ASSERT_TRUE(address_equal(&a->is.link.other, &b->is.link.other));
        CU_ASSERT_TRUE(same_sighting(&a->is.link.one_seen, &b->is.link.one_seen));
    } else if (a->kind == MEMORY_STATION) {
        CU_ASSERT_EQUAL(memcmp(a->is.station.mac.octets, b->is.station.mac.octets, 6), 0);
        CU_ASSERT_EQUAL(a->is.station.ttl, b->is.station.ttl);
    } else {
        CU_ASSERT_TRUE(uuid_equal(&a->is.asked.uuid, &b->is.asked.uuid));
    }
}

static void each_kind_comes_back_as_it_was(void) {
    unsigned kinds = 0;
    bool ended = false, over_udp = false;
    struct memory *told = memory_open();
    struct story s;
    monday(&s);
    story_remember(&s, told);
    story_close(&s);
    keep_monday();
    struct kept k = kept();
    size_t i = 0;
    for (const struct memory_item *item; (item = memory_at(told, i)) != NULL; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(memory_at(k.memory, i));
        check_same(item, memory_at(k.memory, i));
        kinds |= 1U << item->kind;
        ended = ended || memory_is_history(item);
        over_udp = over_udp || (item->kind == MEMORY_PROOF && item->is.proof.transport == TRANSPORT_UDP);
    }
    CU_ASSERT_PTR_NULL(memory_at(k.memory, i));
    CU_ASSERT_EQUAL(kinds, (1U << MEMORY_KINDS) - 1);
    CU_ASSERT_TRUE(ended && over_udp);
    CU_ASSERT_STRING_EQUAL(file_names_at(&k.names, EARLIER_FILES), "monday.pcap");
    memory_close(told);
    forget(&k);
}

static size_t count_of(const struct memory *memory) {
    size_t count = 0;
    while (memory_at(memory, count) != NULL)
        count++;
    return count;
}

static void the_same_run_twice_changes_nothing(void) {
    keep_monday();
    struct kept once = kept();
    keep_monday_again();
    struct kept twice = kept();
    CU_ASSERT_EQUAL_FATAL(count_of(once.memory), count_of(twice.memory));
    for (size_t i = 0; i < count_of(once.memory); i++)
        check_same(memory_at(once.memory, i), memory_at(twice.memory, i));
    forget(&once);
    forget(&twice);
}

/* Each had read the file before the other wrote it. */
static void what_two_processes_saw_is_both_kept(void) {
    char error[STATE_ERROR_SIZE] = "";
    unlink(path);
    struct story one = story_begin(), other = story_begin();
    story_served(&one, CLIENT, B, &LSA, PORT);
    story_end(&one);
    story_wait(&other, DAY);
    story_served(&other, CLIENT, STRANGER, &SAM, PORT);
    story_end(&other);
    CU_ASSERT_TRUE(update(&other, "later.pcap", error));
    CU_ASSERT_TRUE(update(&one, "sooner.pcap", error));
    struct kept k = kept();
    unsigned found = 0;
    for (size_t i = 0; memory_at(k.memory, i) != NULL; i++) {
        char text[ADDRESS_TEXT_SIZE];
        const struct memory_item *item = memory_at(k.memory, i);
        address_text(&item->address, text);
        if (item->kind == MEMORY_PROOF && strcmp(text, B) == 0)
            found |= 1U << !strcmp(file_names_at(&k.names, item->last.file), "sooner.pcap");
        if (item->kind == MEMORY_PROOF && strcmp(text, STRANGER) == 0)
            found |= 4U << !strcmp(file_names_at(&k.names, item->last.file), "later.pcap");
    }
    CU_ASSERT_EQUAL(found, 2U | 8U);
    forget(&k);
    story_close(&one);
    story_close(&other);
}

static void what_was_not_seen_for_long_goes(void) {
    keep_monday();
    struct story s = story_begin();
    story_wait(&s, 91 * DAY);
    story_served(&s, CLIENT, STRANGER, &SAM, PORT);
    story_end(&s);
    keep(&s, "much-later.pcap");
    struct kept k = kept();
    CU_ASSERT_TRUE(count_of(k.memory) > 0);
    for (size_t i = 0; memory_at(k.memory, i) != NULL; i++)
        CU_ASSERT_STRING_EQUAL(file_names_at(&k.names, memory_at(k.memory, i)->first.file),
                               memory_at(k.memory, i)->kind == MEMORY_ASKED ? "" : "much-later.pcap");
    forget(&k);
}

/* --- refused ---------------------------------------------------------------------------------------------------- */

/* Refused by reading and by writing, and left alone; the error has this in it. */
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
static void names_of_many_captures_are_bounded(void) {
    struct file_names names = {.latest = 0};
    char error[STATE_ERROR_SIZE] = "", name[16];
    unlink(path);
    for (unsigned i = 0; i < FILE_NAMES_MAX; i++) {
        uint32_t number;
        snprintf(name, sizeof name, "%u", i);
        CU_ASSERT_TRUE(file_names_recall(&names, name, &number));
    }
    CU_ASSERT_TRUE(file_names_add(&names, "one more"));
    struct story s;
    monday(&s);
    CU_ASSERT_TRUE(state_update(path, s.judge, &names, INT64_MAX, error));
    struct kept k = kept();
    CU_ASSERT_STRING_EQUAL(file_names_at(&k.names, memory_at(k.memory, 0)->first.file), "");
    forget(&k);
    story_close(&s);
    file_names_free(&names);
}

int main(void) {
    CU_TestInfo tests[] = {{"each kind comes back as it was", each_kind_comes_back_as_it_was},
                           {"the same run twice changes nothing", the_same_run_twice_changes_nothing},
                           {"what two processes saw is both kept", what_two_processes_saw_is_both_kept},
                           {"what was not seen for long goes", what_was_not_seen_for_long_goes},
                           {"what is no state is refused", what_is_no_state_is_refused},
                           {"what is not there is not shown", what_is_not_there_is_not_shown},
                           {"what a later version wrote is refused", what_a_later_version_wrote_is_refused},
                           {"other tables are refused", other_tables_are_refused},
                           {"pages of two tables are refused", pages_of_two_tables_are_refused},
                           {"values that cannot be are refused", values_that_cannot_be_are_refused},
                           {"each octet is doubted", each_octet_is_doubted},
                           {"each prefix is refused", each_prefix_is_refused},
                           {"what is too large is refused", what_is_too_large_is_refused},
                           {"names of many captures are bounded", names_of_many_captures_are_bounded},
                           CU_TEST_INFO_NULL};
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/state", folder);
    snprintf(beside, sizeof beside, "%s/state-journal", folder);
    int status = unit_run("state/state", tests);
    unlink(path);
    unlink(beside);
    rmdir(folder);
    return status;
}
