/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/nbns.h"
#include "tests/dissect/build_names.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER = 0x8500, GROUP = 0x8000, NODE = 0x6000 };

static const char *words(struct bytes message) {
    static struct namings namings;
    static char text[4096];
    struct address from;
    size_t at = 0;
    CU_ASSERT_TRUE_FATAL(address_parse("10.0.0.99", &from));
    enum reading reading = nbns_read(message, &from, &namings);
    if (reading == READING_MALFORMED)
        return "malformed";
    CU_ASSERT_EQUAL(reading == READING_TOLD, namings.count > 0);
    text[0] = '\0';
    for (uint32_t i = 0; i < namings.count; i++) {
        char address[ADDRESS_TEXT_SIZE];
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s=%s", i == 0 ? "" : " ", namings.list[i].name,
                               address_text(&namings.list[i].address, address));
    }
    return text;
}

static const char *read(const struct octets *o) { return words(octets_bytes(o)); }

static void begin(struct octets *o, unsigned flags) {
    *o = (struct octets){.order = ORDER_BIG};
    put_names_head(o, flags, 0, 1, 0);
}

static void an_answer_gives_all_addresses(void) {
    static struct octets o;
    begin(&o, ANSWER);
    put_netbios_record(&o, "EXNODE1", 0x20, 2);
    put_netbios_address(&o, NODE, "10.0.0.20");
    put_netbios_address(&o, NODE, "10.0.1.20");
    CU_ASSERT_STRING_EQUAL(read(&o), "EXNODE1<20>=10.0.0.20 EXNODE1<20>=10.0.1.20");
    CU_ASSERT_TRUE(nbns_is_answer(octets_bytes(&o)));
}

static void groups_are_no_hosts(void) {
    static struct octets o;
    begin(&o, ANSWER);
    put_netbios_record(&o, "DOM", 0x1c, 2);
    put_netbios_address(&o, GROUP, "10.0.0.20");
    put_netbios_address(&o, GROUP | NODE, "10.0.1.20");
    CU_ASSERT_STRING_EQUAL(read(&o), "");
}

static void a_refusal_names_nobody(void) {
    static struct octets o;
    begin(&o, ANSWER | 3);
    put_netbios_record(&o, "EXNODE1", 0x20, 1);
    put_netbios_address(&o, NODE, "10.0.0.20");
    CU_ASSERT_STRING_EQUAL(read(&o), "");
}

/* The question names what the record behind it points to. */
static void put_registration(struct octets *o, unsigned opcode, unsigned flags) {
    *o = (struct octets){.order = ORDER_BIG};
    put_names_head(o, opcode << 11 | 0x0110, 1, 0, 1);
    put_netbios_name(o, "EXVS1", 0x20);
    put_hex(o, "00200001c00c00200001000493e00006");
    put_netbios_address(o, flags, "10.0.0.30");
}

static void registrations_are_claims(void) {
    static struct octets o;
    for (unsigned opcode = 0; opcode < 16; opcode++) {
        bool claims = opcode == 5 || opcode == 8 || opcode == 9 || opcode == 15;
        put_registration(&o, opcode, NODE);
        CU_ASSERT_STRING_EQUAL(read(&o), claims ? "EXVS1<20>=10.0.0.30" : "");
        CU_ASSERT_FALSE(nbns_is_answer(octets_bytes(&o)));
        put_registration(&o, opcode, GROUP | NODE);
        CU_ASSERT_STRING_EQUAL(read(&o), "");
    }
}

static void put_status(struct octets *o, unsigned count) {
    begin(o, 0x8400);
    put_netbios_name(o, "*", 0);
    put_hex(o, "0021000100000000");
    put_u16(o, 1 + 18 * count + 46);
    put_u8(o, count);
}

static void put_status_name(struct octets *o, const char *name, unsigned suffix, unsigned flags) {
    for (size_t i = 0; i < 15; i++)
        put_u8(o, i < strlen(name) ? (uint8_t)name[i] : ' ');
    put_u8(o, suffix);
    put_u16(o, flags);
}

static void a_status_is_about_who_sends_it(void) {
    static struct octets o;
    put_status(&o, 5);
    put_status_name(&o, "EXNODE1", 0, 0x0400);
    put_status_name(&o, "DOM", 0, GROUP | 0x0400);
    put_status_name(&o, "EXNODE1", 0x20, 0x0400);
    put_status_name(&o, "LEAVING", 0x20, 0x1400);
    put_status_name(&o, "DISPUTED", 0x20, 0x0c00);
    put_zeros(&o, 46);
    CU_ASSERT_STRING_EQUAL(read(&o), "EXNODE1<00>=10.0.0.99 EXNODE1<20>=10.0.0.99");
}

static void a_status_must_have_all_its_names(void) {
    static struct octets o;
    put_status(&o, 1);
    o.at[o.len - 1] = 4;
    put_status_name(&o, "EXNODE1", 0, 0x0400);
    put_zeros(&o, 46);
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
}

static void names_are_letters_a_to_p(void) {
    static const uint8_t wrong[] = {'@', 'Q', 'a', 0, 0xff};
    for (size_t i = 0; i < sizeof wrong; i++) {
        static struct octets o;
        begin(&o, ANSWER);
        put_netbios_record(&o, "EXNODE1", 0x20, 1);
        put_netbios_address(&o, NODE, "10.0.0.20");
        o.at[20] = wrong[i];
        CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
    }
}

static void a_scope_is_passed_over(void) {
    static struct octets o;
    begin(&o, ANSWER);
    put_netbios_name(&o, "EXNODE1", 0x20);
    o.len--;
    put_hex(&o, "0573636f70650000200001000000000006");
    put_netbios_address(&o, NODE, "10.0.0.20");
    CU_ASSERT_STRING_EQUAL(read(&o), "EXNODE1<20>=10.0.0.20");
}

static void a_pointer_must_lead_back_to_a_name(void) {
    static const uint8_t targets[] = {0x0c, 0x32, 0x33, 0xff, 0x00};
    for (size_t i = 0; i < sizeof targets; i++) {
        static struct octets o;
        put_registration(&o, 5, NODE);
        CU_ASSERT_EQUAL_FATAL(o.at[0x32], 0xc0);
        o.at[0x33] = targets[i];
        CU_ASSERT_STRING_EQUAL(read(&o), targets[i] == 0x0c ? "EXVS1<20>=10.0.0.30" : "malformed");
    }
}

static void a_pointer_forward_is_none(void) {
    static struct octets o;
    put_registration(&o, 5, NODE);
    o.at[0x33] = (uint8_t)o.len;
    put_netbios_name(&o, "EXVS1", 0x20);
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
}

static void lengths_are_checked(void) {
    static struct octets o;
    begin(&o, ANSWER);
    put_netbios_record(&o, "EXNODE1", 0x20, 2);
    put_netbios_address(&o, NODE, "10.0.0.20");
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
    begin(&o, ANSWER);
    put_netbios_record(&o, "EXNODE1", 0x20, 1);
    put_netbios_address(&o, NODE, "10.0.0.20");
    put_u8(&o, 0);
    o.at[o.len - 8]++; /* seven octets */
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
    begin(&o, ANSWER);
    o.at[6] = 0xff; /* answers */
    put_netbios_record(&o, "EXNODE1", 0x20, 1);
    put_netbios_address(&o, NODE, "10.0.0.20");
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
}

static void only_so_many_are_kept(void) {
    static struct octets o;
    static struct namings namings;
    struct address from = {.family = ADDRESS_NONE};
    begin(&o, ANSWER);
    put_netbios_record(&o, "EXNODE1", 0x20, 50);
    for (int i = 0; i < 50; i++)
        put_netbios_address(&o, NODE, "10.0.0.20");
    CU_ASSERT_EQUAL(nbns_read(octets_bytes(&o), &from, &namings), READING_TOLD);
    CU_ASSERT_EQUAL(namings.count, NAMING_MAX);
    CU_ASSERT_EQUAL(namings.passed_over, 50 - NAMING_MAX);
}

static void every_prefix_is_malformed(void) {
    static struct octets o;
    begin(&o, ANSWER);
    put_netbios_record(&o, "EXNODE1", 0x20, 1);
    put_netbios_address(&o, NODE, "10.0.0.20");
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_STRING_EQUAL(words((struct bytes){o.at, n}), "malformed");
    put_registration(&o, 15, NODE);
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_STRING_EQUAL(words((struct bytes){o.at, n}), "malformed");
    put_status(&o, 1);
    put_status_name(&o, "EXNODE1", 0, 0x0400);
    put_zeros(&o, 46);
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_STRING_EQUAL(words((struct bytes){o.at, n}), "malformed");
    CU_ASSERT_STRING_EQUAL(read(&o), "EXNODE1<00>=10.0.0.99");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"an answer gives all addresses", an_answer_gives_all_addresses},
        {"groups are no hosts", groups_are_no_hosts},
        {"a refusal names nobody", a_refusal_names_nobody},
        {"registrations are claims", registrations_are_claims},
        {"a status is about who sends it", a_status_is_about_who_sends_it},
        {"a status must have all its names", a_status_must_have_all_its_names},
        {"names are letters A to P", names_are_letters_a_to_p},
        {"a scope is passed over", a_scope_is_passed_over},
        {"a pointer must lead back to a name", a_pointer_must_lead_back_to_a_name},
        {"a pointer forward is none", a_pointer_forward_is_none},
        {"lengths are checked", lengths_are_checked},
        {"only so many are kept", only_so_many_are_kept},
        {"every prefix is malformed", every_prefix_is_malformed},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/nbns", tests);
}
