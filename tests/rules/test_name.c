/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/words/name.h"
#include "tests/unit.h"

static struct syntax_id syntax(const char *uuid, uint16_t major) {
    struct syntax_id id = {.major = major};
    CU_ASSERT_TRUE_FATAL(uuid_parse(uuid, &id.uuid));
    return id;
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

static void backup_interfaces_are_marked(void) {
    static const struct {
        const char *uuid;
        uint16_t major;
        bool backup;
    } known[] = {
        {"a4f1db00-ca47-1067-b31e-00dd010662da", 1, true}, /* Exchange store administration */
        {"89742ace-a9ed-11cf-9c0c-08002be7ae86", 2, true},
        {"99e64010-b032-11d0-97a4-00c04fd6551d", 3, true},
        {"ecec0d70-a603-11d0-96b1-00a0c91ece30", 1, true}, /* JetBack */
        {"ecec0d70-a603-11d0-96b1-00a0c91ece30", 2, true},
        {"93841fd0-16ce-11ce-850d-02608c44967b", 1, true},  /* Backup Exec */
        {"88435ee0-861a-11ce-b86b-00001b27f656", 1, true},  /* ARCserve, whose version is not recorded */
        {"a4f1db00-ca47-1067-b31f-00dd010662da", 0, false}, /* EMSMDB */
        {"3dde7c30-165d-11d1-ab8f-00805f14db40", 1, false}, /* BackupKey: keeps keys */
        {"93841fd0-16ce-11ce-850d-02608c44967b", 2, false}, /* another major version */
        {"ffffffff-1111-2222-3333-444444444444", 1, false},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct syntax_id id = syntax(known[i].uuid, known[i].major);
        CU_ASSERT_EQUAL(interface_is_backup(&id), known[i].backup);
    }
}

static void people_know_these_operations(void) {
    static const struct {
        const char *uuid;
        uint16_t major, opnum;
        const char *name;
    } known[] = {
        {"e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 3, "ept_map"},
        {"afa8bd80-7d8a-11c9-bef4-08002b102989", 1, 0, "inq_if_ids"},
        {"99fcfec4-5260-101b-bbcb-00aa0021347a", 0, 5, "ServerAlive2"},
        {"000001a0-0000-0000-c000-000000000046", 0, 4, "RemoteCreateInstance"},
        {"a4f1db00-ca47-1067-b31f-00dd010662da", 0, 14, "EcDoAsyncConnectEx"},
        {"f5cc5a18-4264-101a-8c59-08002b2f8426", 56, 20, "NspiResolveNamesW"},
        {"1544f5e0-613c-11d1-93df-00c04fd7bd09", 1, 0, "RfrGetNewDSA"},
        {"9e8ee830-4459-11ce-979b-00aa005ffebe", 2, 1, "MtaBindBack"},
        {"b97db8b2-4c63-11cf-bff6-08002be23f2f", 2, 73, "ApiResourceControl"},
        {"b97db8b2-4c63-11cf-bff6-08002be23f2f", 3, 115, "ApiOpenClusterEx"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct syntax_id id = syntax(known[i].uuid, known[i].major);
        CU_ASSERT_PTR_NOT_NULL_FATAL(opnum_name(&id, known[i].opnum));
        CU_ASSERT_STRING_EQUAL(opnum_name(&id, known[i].opnum), known[i].name);
        id.major = 77;
        CU_ASSERT_PTR_NULL(opnum_name(&id, known[i].opnum));
    }
}

static void an_operation_is_shown_by_name_and_number(void) {
    char text[OPNUM_TEXT_SIZE];
    struct syntax_id unknown = syntax("ffffffff-1111-2222-3333-444444444444", 1);
    CU_ASSERT_STRING_EQUAL(opnum_text(&SYNTAX_EPM, 3, text), "ept_map (opnum 3)");
    CU_ASSERT_STRING_EQUAL(opnum_text(&SYNTAX_EPM, 8, text), "opnum 8");
    CU_ASSERT_STRING_EQUAL(opnum_text(&unknown, 65535, text), "opnum 65535");
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
        {"people know these", people_know_these},
        {"another major version is another interface", another_major_version_is_another_interface},
        {"what has no name is shown by number", what_has_no_name_is_shown_by_number},
        {"backup interfaces are marked", backup_interfaces_are_marked},
        {"people know these operations", people_know_these_operations},
        {"an operation is shown by name and number", an_operation_is_shown_by_name_and_number},
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
