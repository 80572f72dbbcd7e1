/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/words/interfaces.h"
#include "rules/words/name.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { ANY = INTERFACE_ANY, BACKUP = true };

static const struct interface ROWS[] = {
#include "rules/words/interface_names.inc"
};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

static const struct opnum OPNUMS[] = {
#include "rules/words/opnum_names.inc"
};
enum { OPNUM_COUNT = sizeof OPNUMS / sizeof *OPNUMS };

static struct syntax_id syntax(const char *uuid, int major, int minor) {
    struct syntax_id id = {.major = (uint16_t)major, .minor = (uint16_t)minor};
    CU_ASSERT_TRUE_FATAL(uuid_parse(uuid, &id.uuid));
    return id;
}

/* As the search compares: in lower case. */
static bool is_as_written(const char *uuid) {
    char text[UUID_TEXT_SIZE];
    struct syntax_id id = syntax(uuid, 0, 0);
    return strcmp(uuid_text(&id.uuid, text), uuid) == 0;
}

static void rows_are_sorted_and_there_once(void) {
    CU_ASSERT_TRUE(ROW_COUNT > 848);
    for (size_t i = 1; i < ROW_COUNT; i++) {
        bool sorted = interface_order(&ROWS[i - 1], &ROWS[i]) < 0;
        CU_ASSERT_TRUE(sorted);
        if (!sorted)
            printf("%s %d stands before %s %d\n", ROWS[i - 1].uuid, ROWS[i - 1].major, ROWS[i].uuid, ROWS[i].major);
    }
    for (size_t i = 1; i < OPNUM_COUNT; i++) {
        bool sorted = opnum_order(&OPNUMS[i - 1], &OPNUMS[i]) < 0;
        CU_ASSERT_TRUE(sorted);
        if (!sorted)
            printf("%s stands before %s\n", OPNUMS[i - 1].name, OPNUMS[i].name);
    }
}

static void rows_are_well_formed(void) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct interface *row = &ROWS[i];
        CU_ASSERT_TRUE(is_as_written(row->uuid));
        CU_ASSERT_TRUE(row->name[0] != '\0' && strlen(row->name) < INTERFACE_NAME_SIZE);
        CU_ASSERT_TRUE((row->major == ANY && row->minor == ANY) ||
                       (row->major >= 0 && row->major <= UINT16_MAX && row->minor >= 0 && row->minor <= UINT16_MAX));
        /* Every version of an interface is called by backup software, or none. */
        CU_ASSERT_TRUE(i == 0 || strcmp(ROWS[i - 1].uuid, row->uuid) != 0 || ROWS[i - 1].backup == row->backup);
        CU_ASSERT_EQUAL(interface_is_known_backup(row->uuid), row->backup);
    }
}

static void every_interface_is_found_by_what_its_row_says(void) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct syntax_id id = syntax(ROWS[i].uuid, ROWS[i].major == ANY ? 77 : ROWS[i].major, ROWS[i].minor);
        const struct interface *found = interface_find(&id);
        CU_ASSERT_TRUE(found != NULL && interface_order(found, &ROWS[i]) == 0);
        CU_ASSERT_TRUE(found != NULL && strcmp(found->name, ROWS[i].name) == 0);
        id.minor = 999;
        found = interface_find(&id);
        CU_ASSERT_TRUE(found != NULL && found->major == ROWS[i].major);
    }
}

static void every_operation_is_found_by_what_its_row_says(void) {
    for (size_t i = 0; i < OPNUM_COUNT; i++) {
        size_t row = 0;
        while (row < ROW_COUNT && strcmp(ROWS[row].uuid, OPNUMS[i].uuid) != 0)
            row++;
        CU_ASSERT_FATAL(row < ROW_COUNT); /* it is one of an interface that has a name */
        struct syntax_id id = syntax(OPNUMS[i].uuid, ROWS[row].major, 0);
        const struct opnum *found = opnum_find(&id, OPNUMS[i].number);
        CU_ASSERT_TRUE(found != NULL && strcmp(found->name, OPNUMS[i].name) == 0);
        CU_ASSERT_TRUE(strlen(OPNUMS[i].name) < OPNUM_NAME_SIZE);
    }
}

static size_t count_operations(const struct interface *interface) {
    size_t at = 0, count = 0;
    while (interface_next_opnum(interface, &at) != NULL)
        count++;
    return count;
}

static void the_walk_meets_every_row_once(void) {
    const struct interface *row;
    size_t rows = 0, operations = 0;
    for (size_t at = 0; (row = interface_next(&at)) != NULL; rows++) {
        CU_ASSERT_FATAL(rows < ROW_COUNT);
        CU_ASSERT_EQUAL(interface_order(row, &ROWS[rows]), 0);
        if (rows == 0 || strcmp(ROWS[rows - 1].uuid, row->uuid) != 0)
            operations += count_operations(row);
    }
    CU_ASSERT_EQUAL(rows, ROW_COUNT);
    CU_ASSERT_EQUAL(operations, OPNUM_COUNT);
}

/* --- what a user adds ------------------------------------------------------------------------------------------- */

#define NEW "11111111-2222-3333-4444-555555555555"
#define SAMR "12345778-1234-abcd-ef00-0123456789ac"
#define CLUSAPI "b97db8b2-4c63-11cf-bff6-08002be23f2f"
#define EPMAPPER "e1af8308-5d1f-11c9-91a4-08002b14a0fa"

static const struct interface OWN_ROWS[] = {
    {NEW, ANY, ANY, "new", true},     {NEW, 2, 0, "newer", false},           {SAMR, 2, 5, "samr 2", false},
    {CLUSAPI, 3, 0, "cluster", true}, {EPMAPPER, ANY, ANY, "mapper", false},
};
static const struct opnum OWN_OPNUMS[] = {
    {NEW, ANY, 0, "Open"},
    {NEW, 2, 0, "OpenEx"},
    {EPMAPPER, ANY, 3, "map"},
    {EPMAPPER, ANY, 99, "more"},
};
static const struct interface_table OWN = {OWN_ROWS, sizeof OWN_ROWS / sizeof *OWN_ROWS, OWN_OPNUMS,
                                           sizeof OWN_OPNUMS / sizeof *OWN_OPNUMS};

static const char *name(const char *uuid, int major) {
    struct syntax_id id = syntax(uuid, major, 0);
    const char *found = interface_name(&id);
    return found != NULL ? found : "-";
}

static const char *operation(const char *uuid, int major, uint16_t number) {
    struct syntax_id id = syntax(uuid, major, 0);
    const char *found = opnum_name(&id, number);
    return found != NULL ? found : "-";
}

static void the_users_names_go_first(void) {
    interfaces_configure(&OWN);
    CU_ASSERT_STRING_EQUAL(name(NEW, 1), "new");
    CU_ASSERT_STRING_EQUAL(name(NEW, 2), "newer");
    CU_ASSERT_STRING_EQUAL(name(SAMR, 1), "samr");
    CU_ASSERT_STRING_EQUAL(name(SAMR, 2), "samr 2");
    CU_ASSERT_STRING_EQUAL(name(SAMR, 3), "-");
    CU_ASSERT_STRING_EQUAL(name(CLUSAPI, 2), "clusapi");
    CU_ASSERT_STRING_EQUAL(name(CLUSAPI, 3), "cluster");
    CU_ASSERT_STRING_EQUAL(name(EPMAPPER, 3), "mapper");
    CU_ASSERT_STRING_EQUAL(name(EPMAPPER, 4), "mapper");
    interfaces_configure(NULL);
    CU_ASSERT_STRING_EQUAL(name(NEW, 1), "-");
    CU_ASSERT_STRING_EQUAL(name(EPMAPPER, 3), "epmapper");
}

static void the_users_operations_go_first(void) {
    interfaces_configure(&OWN);
    CU_ASSERT_STRING_EQUAL(operation(NEW, 1, 0), "Open");
    CU_ASSERT_STRING_EQUAL(operation(NEW, 2, 0), "OpenEx");
    CU_ASSERT_STRING_EQUAL(operation(NEW, 2, 1), "-");
    CU_ASSERT_STRING_EQUAL(operation(EPMAPPER, 3, 3), "map");
    CU_ASSERT_STRING_EQUAL(operation(EPMAPPER, 3, 2), "ept_lookup");
    CU_ASSERT_STRING_EQUAL(operation(EPMAPPER, 3, 99), "more");
    CU_ASSERT_STRING_EQUAL(operation(CLUSAPI, 3, 0), "ApiOpenCluster");
    interfaces_configure(NULL);
    CU_ASSERT_STRING_EQUAL(operation(EPMAPPER, 3, 3), "ept_map");
    CU_ASSERT_STRING_EQUAL(operation(EPMAPPER, 3, 99), "-");
}

static void the_user_says_what_backup_software_calls(void) {
    struct syntax_id id = syntax(NEW, 1, 0);
    CU_ASSERT_FALSE(interface_is_backup(&id));
    interfaces_configure(&OWN);
    CU_ASSERT_TRUE(interface_is_backup(&id));
    id.major = 2;
    CU_ASSERT_FALSE(interface_is_backup(&id));
    interfaces_configure(NULL);
}

static void the_walk_leaves_out_what_the_user_replaces(void) {
    const struct interface *row;
    size_t rows = 0;
    interfaces_configure(&OWN);
    for (size_t at = 0; (row = interface_next(&at)) != NULL; rows++) {
        struct syntax_id id = syntax(row->uuid, row->major == ANY ? 77 : row->major, row->minor);
        CU_ASSERT_PTR_EQUAL(interface_find(&id), row);
        CU_ASSERT_EQUAL(rows < OWN.interface_count, row == &OWN_ROWS[rows < OWN.interface_count ? rows : 0]);
    }
    /* clusapi 3.0 and epmapper 3.0 are replaced. */
    CU_ASSERT_EQUAL(rows, ROW_COUNT + OWN.interface_count - 2);
    CU_ASSERT_EQUAL(count_operations(&OWN_ROWS[0]), 1);
    CU_ASSERT_EQUAL(count_operations(&OWN_ROWS[1]), 1);
    CU_ASSERT_EQUAL(count_operations(&OWN_ROWS[4]), 8 + 1); /* those of the endpoint mapper, and one more */
    interfaces_configure(NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"rows are sorted and there once", rows_are_sorted_and_there_once},
        {"rows are well formed", rows_are_well_formed},
        {"every interface is found by what its row says", every_interface_is_found_by_what_its_row_says},
        {"every operation is found by what its row says", every_operation_is_found_by_what_its_row_says},
        {"the walk meets every row once", the_walk_meets_every_row_once},
        {"the user's names go first", the_users_names_go_first},
        {"the user's operations go first", the_users_operations_go_first},
        {"the user says what backup software calls", the_user_says_what_backup_software_calls},
        {"the walk leaves out what the user replaces", the_walk_leaves_out_what_the_user_replaces},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/interfaces", tests);
}
