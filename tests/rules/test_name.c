/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/name.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { ANY = -1 };

static const struct {
    const char *uuid;
    int major;
    const char *name;
} ROWS[] = {
#include "rules/interface_names.inc"
};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

static struct syntax_id syntax(const char *uuid, uint16_t major) {
    struct syntax_id id = {.major = major};
    CU_ASSERT_TRUE_FATAL(uuid_parse(uuid, &id.uuid));
    return id;
}

static void interfaces_are_sorted(void) {
    for (size_t i = 1; i < ROW_COUNT; i++) {
        int order = strcmp(ROWS[i - 1].uuid, ROWS[i].uuid);
        bool sorted = order < 0 || (order == 0 && ROWS[i - 1].major < ROWS[i].major);
        CU_ASSERT_TRUE(sorted);
        if (!sorted)
            printf("%s %d stands before %s %d\n", ROWS[i - 1].uuid, ROWS[i - 1].major, ROWS[i].uuid, ROWS[i].major);
    }
}

static void every_interface_is_found_by_what_its_row_says(void) {
    CU_ASSERT_TRUE(ROW_COUNT > 170);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char text[UUID_TEXT_SIZE];
        struct syntax_id id = syntax(ROWS[i].uuid, ROWS[i].major == ANY ? 77 : (uint16_t)ROWS[i].major);
        CU_ASSERT_STRING_EQUAL(uuid_text(&id.uuid, text), ROWS[i].uuid); /* lower case, as the search compares */
        CU_ASSERT_PTR_NOT_NULL_FATAL(interface_name(&id));
        CU_ASSERT_STRING_EQUAL(interface_name(&id), ROWS[i].name);
    }
}

static void people_know_these(void) {
    static const struct {
        const char *uuid;
        uint16_t major;
        const char *name;
    } known[] = {
        {"12345778-1234-abcd-ef00-0123456789ab", 0, "lsarpc"},
        {"12345778-1234-abcd-ef00-0123456789ac", 1, "samr"},
        {"e3514235-4b06-11d1-ab04-00c04fc2dcd2", 4, "drsuapi"},
        {"367abb81-9844-35f1-ad32-98f038001003", 2, "svcctl"},
        {"12345678-1234-abcd-ef00-01234567cffb", 1, "netlogon"},
        {"b97db8b2-4c63-11cf-bff6-08002be23f2f", 2, "clusapi"},
        {"b97db8b2-4c63-11cf-bff6-08002be23f2f", 3, "clusapi"},
        {"a4f1db00-ca47-1067-b31f-00dd010662da", 0, "Exchange Server STORE EMSMDB Interface"},
        {"f5cc5a18-4264-101a-8c59-08002b2f8426", 56, "MS Exchange Directory NSP Interface"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct syntax_id id = syntax(known[i].uuid, known[i].major);
        id.minor = 9;
        CU_ASSERT_PTR_NOT_NULL_FATAL(interface_name(&id));
        CU_ASSERT_STRING_EQUAL(interface_name(&id), known[i].name);
    }
    CU_ASSERT_STRING_EQUAL(interface_name(&SYNTAX_EPM), "epmapper");
}

static void another_major_version_is_another_interface(void) {
    struct syntax_id id = SYNTAX_EPM;
    id.major = 4;
    CU_ASSERT_PTR_NULL(interface_name(&id));
}

static void what_has_no_name_is_shown_by_number(void) {
    char text[INTERFACE_TEXT_SIZE];
    struct syntax_id id = syntax("ffffffff-1111-2222-3333-444444444444", 65535);
    id.minor = 65535;
    CU_ASSERT_PTR_NULL(interface_name(&id));
    CU_ASSERT_STRING_EQUAL(interface_text(&id, text), "ffffffff-1111-2222-3333-444444444444 v65535.65535");
    CU_ASSERT_STRING_EQUAL(interface_text(&SYNTAX_EPM, text), "epmapper");
}

static void win32_errors_have_their_symbols(void) {
    CU_ASSERT_STRING_EQUAL(win32_name(5), "ERROR_ACCESS_DENIED");
    CU_ASSERT_STRING_EQUAL(win32_name(1722), "RPC_S_SERVER_UNAVAILABLE");
    CU_ASSERT_STRING_EQUAL(win32_name(1753), "EPT_S_NOT_REGISTERED");
    CU_ASSERT_STRING_EQUAL(win32_name(1783), "RPC_X_BAD_STUB_DATA");
    CU_ASSERT_PTR_NULL(win32_name(0));
    CU_ASSERT_PTR_NULL(win32_name(4711));
}

static void a_fault_shows_as_a_win32_error(void) {
    CU_ASSERT_EQUAL(win32_of_fault(0x1c010003), 1717);
    CU_ASSERT_STRING_EQUAL(fault_name(0x1c010003), "nca_s_unk_if");
    CU_ASSERT_EQUAL(win32_of_fault(0x1c010014), 1723);
    CU_ASSERT_EQUAL(win32_of_fault(0x1c010006), 0); /* known by name, mapped to nothing */
    CU_ASSERT_STRING_EQUAL(fault_name(0x1c010006), "nca_s_wrong_boot_time");
}

static void a_win32_error_in_a_fault_stays_itself(void) {
    CU_ASSERT_EQUAL(win32_of_fault(5), 5);
    CU_ASSERT_STRING_EQUAL(fault_name(5), "ERROR_ACCESS_DENIED");
    CU_ASSERT_EQUAL(win32_of_fault(0x6ba), 1722);
    CU_ASSERT_EQUAL(win32_of_fault(0x800706ba), 1722);
    CU_ASSERT_EQUAL(win32_of_fault(0xc0000022), 0); /* an NTSTATUS: the application's own */
    CU_ASSERT_PTR_NULL(fault_name(0xc0000022));
}

static void a_mapper_status_shows_as_a_win32_error(void) {
    CU_ASSERT_EQUAL(win32_of_mapper(0x16c9a0d6), 1753);
    CU_ASSERT_STRING_EQUAL(mapper_status_name(0x16c9a0d6), "ept_s_not_registered");
    CU_ASSERT_EQUAL(win32_of_mapper(0x6d9), 1753);
    CU_ASSERT_EQUAL(win32_of_mapper(0x16c9a0cf), 0);
    CU_ASSERT_EQUAL(win32_of_mapper(0), 0);
    CU_ASSERT_PTR_NULL(mapper_status_name(0));
}

static void a_refused_bind_shows_as_a_win32_error(void) {
    CU_ASSERT_EQUAL(win32_of_nak(0), 1727);
    CU_ASSERT_EQUAL(win32_of_nak(4), 1728);
    CU_ASSERT_EQUAL(win32_of_nak(9), 5);
    CU_ASSERT_EQUAL(win32_of_nak(10), 0);
    CU_ASSERT_EQUAL(win32_of_rejection(0), 0);
    CU_ASSERT_EQUAL(win32_of_rejection(1), 1717);
    CU_ASSERT_EQUAL(win32_of_rejection(2), 1730);
    CU_ASSERT_EQUAL(win32_of_rejection(65535), 0);
}

/* What a rule can print for any status whatever: a mapped number that has no symbol would show as bare digits. */
static void every_error_that_a_status_maps_to_has_a_symbol(void) {
    for (uint32_t low = 0; low < 0x100; low++) {
        const uint32_t statuses[] = {0x1c000000 + low, 0x1c010000 + low};
        for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
            CU_ASSERT_TRUE(win32_of_fault(statuses[i]) == 0 || win32_name(win32_of_fault(statuses[i])) != NULL);
        uint32_t mapper = 0x16c9a000 + low;
        CU_ASSERT_TRUE(win32_of_mapper(mapper) == 0 || win32_name(win32_of_mapper(mapper)) != NULL);
    }
    for (uint16_t reason = 0; reason < 16; reason++) {
        CU_ASSERT_TRUE(win32_of_nak(reason) == 0 || win32_name(win32_of_nak(reason)) != NULL);
        CU_ASSERT_TRUE(win32_of_rejection(reason) == 0 || win32_name(win32_of_rejection(reason)) != NULL);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"interfaces are sorted", interfaces_are_sorted},
        {"every interface is found by what its row says", every_interface_is_found_by_what_its_row_says},
        {"people know these", people_know_these},
        {"another major version is another interface", another_major_version_is_another_interface},
        {"what has no name is shown by number", what_has_no_name_is_shown_by_number},
        {"win32 errors have their symbols", win32_errors_have_their_symbols},
        {"a fault shows as a win32 error", a_fault_shows_as_a_win32_error},
        {"a win32 error in a fault stays itself", a_win32_error_in_a_fault_stays_itself},
        {"a mapper status shows as a win32 error", a_mapper_status_shows_as_a_win32_error},
        {"a refused bind shows as a win32 error", a_refused_bind_shows_as_a_win32_error},
        {"every error that a status maps to has a symbol", every_error_that_a_status_maps_to_has_a_symbol},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/name", tests);
}
