/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network interfaces that an SMB server lists, and when it says that it was started. */
#include "dissect/smb/smb_interfaces.h"
#include "tests/dissect/build_smb.h"
#include "tests/dissect/play.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

enum { IPV4 = 2, IPV6 = 0x17, NETBIOS_FAMILY = 0x11 };

static struct octets list, o;

/* The next entry is that much further; 0: there is none. */
static void entry(uint32_t next, unsigned family, const char *address) {
    struct address parsed = {.family = ADDRESS_NONE};
    size_t from = list.len;
    put_u32(&list, next);
    put_u32(&list, 11);         /* index */
    put_u32(&list, 1);          /* capability: RSS */
    put_u32(&list, 0);          /* reserved */
    put_u64(&list, 1000000000); /* bits a second */
    put_u16(&list, family);
    put_u16(&list, 0);
    CU_ASSERT_TRUE_FATAL(address_parse(address, &parsed));
    if (family == IPV6)
        put_u32(&list, 0);
    put_bytes(&list, parsed.octets, parsed.family == ADDRESS_IPV6 ? 16 : 4);
    put_zeros(&list, from + (next > SMB_INTERFACE_SIZE ? next : SMB_INTERFACE_SIZE) - list.len);
}

static struct octets *fresh(struct octets *octets) {
    octets->len = 0;
    octets->order = ORDER_LITTLE;
    return octets;
}

static void three_entries(void) {
    fresh(&list);
    entry(SMB_INTERFACE_SIZE, IPV4, "10.0.0.20");
    entry(SMB_INTERFACE_SIZE + 8, IPV6, "fd00::20");
    entry(0, IPV4, "10.0.1.20");
}

static bool is_at(const struct fact_binding *binding, const char *text) {
    struct address address;
    CU_ASSERT_TRUE_FATAL(address_parse(text, &address));
    CU_ASSERT_EQUAL(binding->endpoint.port, 0);
    CU_ASSERT_EQUAL(binding->transport, TRANSPORT_UNKNOWN);
    return address_equal(&address, &binding->endpoint.address);
}

static void all_entries_are_read(void) {
    struct fact_bindings told;
    three_entries();
    CU_ASSERT_TRUE(smb_interfaces_read(octets_bytes(&list), &told));
    CU_ASSERT_EQUAL(told.source, BINDINGS_SMB_INTERFACES);
    CU_ASSERT_EQUAL(told.offered, 3);
    CU_ASSERT_EQUAL_FATAL(told.count, 3);
    CU_ASSERT_TRUE(is_at(&told.bindings[0], "10.0.0.20"));
    CU_ASSERT_TRUE(is_at(&told.bindings[1], "fd00::20"));
    CU_ASSERT_TRUE(is_at(&told.bindings[2], "10.0.1.20"));
}

/* In memory of its own, so that a read beyond it is seen. */
static void every_prefix_gives_whole_entries(void) {
    three_entries();
    for (size_t len = 0; len <= list.len; len++) {
        struct fact_bindings told;
        uint8_t *copy = malloc(len == 0 ? 1 : len);
        memcpy(copy, list.at, len);
        size_t whole = len < SMB_INTERFACE_SIZE ? 0 : len < (size_t)2 * SMB_INTERFACE_SIZE ? 1 : len < list.len ? 2 : 3;
        CU_ASSERT_EQUAL(smb_interfaces_read((struct bytes){copy, len}, &told), whole > 0);
        CU_ASSERT_EQUAL(told.count, whole);
        free(copy);
    }
}

static void what_is_no_address_is_passed_over(void) {
    struct fact_bindings told;
    fresh(&list);
    entry(SMB_INTERFACE_SIZE, NETBIOS_FAMILY, "10.0.0.20");
    CU_ASSERT_FALSE(smb_interfaces_read(octets_bytes(&list), &told));
    entry(0, IPV4, "10.0.1.20");
    CU_ASSERT_TRUE(smb_interfaces_read(octets_bytes(&list), &told));
    CU_ASSERT_EQUAL(told.count, 1);
}

static void a_chain_that_lies_ends(void) {
    static const uint32_t nexts[] = {1, SMB_INTERFACE_SIZE - 1, 0x7fffffff, 0xffffffff};
    struct fact_bindings told;
    for (size_t i = 0; i < sizeof nexts / sizeof *nexts; i++) {
        fresh(&list);
        entry(0, IPV4, "10.0.0.20");
        entry(0, IPV4, "10.0.1.20");
        for (size_t octet = 0; octet < 4; octet++)
            list.at[octet] = (uint8_t)(nexts[i] >> 8 * octet);
        CU_ASSERT_TRUE(smb_interfaces_read(octets_bytes(&list), &told));
        CU_ASSERT_EQUAL(told.count, 1);
    }
    fresh(&list);
    for (int i = 0; i < 40; i++)
        entry(SMB_INTERFACE_SIZE, IPV4, "10.0.0.20");
    CU_ASSERT_TRUE(smb_interfaces_read(octets_bytes(&list), &told));
    CU_ASSERT_EQUAL(told.count, FACT_MAX_BINDINGS);
    CU_ASSERT_EQUAL(told.offered, 40);
}

/* --- on a connection -------------------------------------------------------------------------------------------- */

static void begin(struct play *p) {
    smb_in_tree(1);
    smb_async(false);
    play_start(p);
    play_again(p, 445, false);
    play_open(p);
    frame_begin(fresh(&o));
    put_smb_other(&o, 0, false, 0);
    frame_end(&o);
    play_octets(p, FROM_CLIENT, &o);
    play_forget(p);
    p->seen.frame = 0;
}

static void end(struct play *p) {
    play_close(p, CLOSE_END);
    play_stop(p);
}

static void lists(struct octets *into, uint64_t id) {
    frame_begin(into);
    put_smb_interfaces_answer(into, id, list.at, list.len);
    frame_end(into);
}

static void a_servers_answer_is_told_once(void) {
    struct play p;
    three_entries();
    begin(&p);
    lists(fresh(&o), 5);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_EQUAL(play_count(&p, "bindings_told source=4 call=5 offered=3"), 1);
    CU_ASSERT_EQUAL(play_count(&p, "10.0.1.20"), 1);
    lists(fresh(&o), 6);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_EQUAL(p.facts, 1);
    end(&p);
}

static void a_clients_question_or_an_error_is_not(void) {
    struct play p;
    three_entries();
    begin(&p);
    frame_begin(fresh(&o));
    put_smb_error(&o, 11, 5, SMB_IS_DENIED);
    frame_end(&o);
    play_octets(&p, FROM_SERVER, &o);
    lists(fresh(&o), 5);
    play_octets(&p, FROM_CLIENT, &o); /* an answer by the client is none */
    CU_ASSERT_EQUAL(p.facts, 0);
    end(&p);
}

static void the_answer_may_come_in_any_pieces(void) {
    three_entries();
    lists(fresh(&o), 5);
    static struct octets answer;
    answer = o;
    for (size_t size = 1; size < 80; size++) {
        struct play p;
        begin(&p);
        play_pieces(&p, FROM_SERVER, octets_bytes(&answer), size);
        CU_ASSERT_EQUAL(play_count(&p, "bindings_told source=4 call=5 offered=3"), 1);
        end(&p);
    }
}

static void the_start_is_told_with_the_guid(void) {
    static const char guid[] = "12345678-9abc-def0-0123-456789abcdef";
    static const uint64_t starts[] = {0, 0x01d85fd21a2b3c4d};
    for (size_t i = 0; i < 2; i++) {
        struct play p;
        begin(&p);
        for (int again = 0; again < 2; again++) {
            frame_begin(fresh(&o));
            put_smb_started_answer(&o, 0, guid, starts[i]);
            frame_end(&o);
            play_octets(&p, FROM_SERVER, &o);
        }
        CU_ASSERT_EQUAL(play_count(&p, "server_name 4=12345678-9abc-def0-0123-456789abcdef"), 1);
        CU_ASSERT_EQUAL(play_count(&p, "server_name 10=01d85fd21a2b3c4d"), i);
        CU_ASSERT_EQUAL(p.facts, 1 + i);
        end(&p);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"all entries are read", all_entries_are_read},
        {"every prefix gives whole entries", every_prefix_gives_whole_entries},
        {"what is no address is passed over", what_is_no_address_is_passed_over},
        {"a chain that lies ends", a_chain_that_lies_ends},
        {"a server's answer is told once", a_servers_answer_is_told_once},
        {"a client's question or an error is not", a_clients_question_or_an_error_is_not},
        {"the answer may come in any pieces", the_answer_may_come_in_any_pieces},
        {"the start is told with the GUID", the_start_is_told_with_the_guid},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/smb_interfaces", tests);
}
