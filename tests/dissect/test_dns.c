/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/dns.h"
#include "tests/dissect/build_names.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER = 0x8180, CNAME = 5 };

/* What was read, as "name=address name=address". */
static const char *words(enum reading reading, const struct namings *namings) {
    static char text[4096];
    size_t at = 0;
    text[0] = '\0';
    if (reading == READING_MALFORMED)
        return "malformed";
    for (uint32_t i = 0; i < namings->count; i++) {
        char address[ADDRESS_TEXT_SIZE];
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s=%s", i == 0 ? "" : " ", namings->list[i].name,
                               address_text(&namings->list[i].address, address));
    }
    return text;
}

static const char *read(const struct octets *o) {
    static struct namings namings;
    enum reading reading = dns_read(octets_bytes(o), &namings);
    CU_ASSERT_TRUE(reading == READING_MALFORMED || (reading == READING_TOLD) == (namings.count > 0));
    return words(reading, &namings);
}

static void begin(struct octets *o, unsigned answers) {
    *o = (struct octets){.order = ORDER_BIG};
    put_names_head(o, ANSWER, 1, answers, 0);
    put_dns_name(o, "ex.example");
    put_hex(o, "00010001");
}

static void hosts_have_addresses(void) {
    static struct octets o;
    begin(&o, 3);
    put_dns_address(&o, "Ex.Example", "10.0.0.20");
    put_dns_address(&o, "ex.example", "fd00::20");
    put_dns_record(&o, "ex.example", 16, 4); /* text */
    put_text(&o, "\3abc");
    CU_ASSERT_STRING_EQUAL(read(&o), "ex.example=10.0.0.20 ex.example=fd00::20");
}

static void additional_records_count(void) {
    static struct octets o;
    o = (struct octets){.order = ORDER_BIG};
    put_names_head(&o, ANSWER, 0, 0, 1);
    put_dns_address(&o, "dc1.example", "10.0.0.1");
    CU_ASSERT_STRING_EQUAL(read(&o), "dc1.example=10.0.0.1");
}

static void aliases_lead_to_hosts(void) {
    static struct octets o;
    begin(&o, 4);
    put_dns_address(&o, "node1.example", "10.0.0.20"); /* before its aliases, and it counts all the same */
    put_dns_alias(&o, "ex.example", "mail.example");
    put_dns_alias(&o, "mail.example", "node1.example");
    put_dns_alias(&o, "other.example", "node2.example");
    CU_ASSERT_STRING_EQUAL(read(&o), "ex.example=10.0.0.20 mail.example=10.0.0.20 node1.example=10.0.0.20");
}

static void aliases_in_a_circle_end(void) {
    static struct octets o;
    begin(&o, 3);
    put_dns_alias(&o, "a.example", "b.example");
    put_dns_alias(&o, "b.example", "a.example");
    put_dns_address(&o, "a.example", "10.0.0.1");
    CU_ASSERT_STRING_EQUAL(read(&o), "a.example=10.0.0.1 b.example=10.0.0.1 a.example=10.0.0.1");
}

static void names_are_compressed(void) {
    static struct octets o;
    begin(&o, 1);
    put_hex(&o, "026578c00f"); /* "ex", and what stands behind the "ex" of the question */
    put_hex(&o, "000100010000012c00040a000014");
    CU_ASSERT_STRING_EQUAL(read(&o), "ex.example=10.0.0.20");
}

static void a_pointer_must_lead_back(void) {
    static const char *const names[] = {"c01c", "c020", "c0ff", "0161c01c", "ffff", "40", "80"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        static struct octets o;
        begin(&o, 1);
        CU_ASSERT_EQUAL(o.len, 0x1c);
        put_hex(&o, names[i]);
        put_hex(&o, "000100010000012c00040a000014");
        CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
    }
}

/* Each name is a pointer to the one before. */
static void long_chains_of_pointers_are_given_up(void) {
    for (unsigned jumps = 32; jumps <= 33; jumps++) {
        static struct octets o;
        o = (struct octets){.order = ORDER_BIG};
        put_names_head(&o, ANSWER, 0, jumps, 0);
        put_dns_record(&o, "x", 16, 0);
        unsigned last = 12;
        for (unsigned i = 1; i < jumps; i++) {
            unsigned here = (unsigned)o.len;
            put_u16(&o, 0xc000 | last);
            last = here;
            put_hex(&o, i + 1 < jumps ? "00100001000000000000" : "000100010000000000040a000001");
        }
        CU_ASSERT_STRING_EQUAL(read(&o), "x=10.0.0.1");
        put_u16(&o, 0xc000 | last);
        put_hex(&o, "000100010000000000040a000002");
        o.at[7]++;
        CU_ASSERT_STRING_EQUAL(read(&o), jumps == 32 ? "x=10.0.0.1 x=10.0.0.2" : "malformed");
    }
}

static void names_have_a_length(void) {
    static struct octets o;
    begin(&o, 1);
    for (int i = 0; i < 4; i++) { /* 4 labels of 63: 255 characters with their dots */
        put_u8(&o, 63);
        for (int j = 0; j < 63; j++)
            put_u8(&o, 'a');
    }
    put_hex(&o, "00000100010000000000040a000001");
    CU_ASSERT_EQUAL(strlen(read(&o)), FACT_TEXT_SIZE - 1 + strlen("=10.0.0.1"));
    begin(&o, 1);
    for (int i = 0; i < 5; i++) {
        put_u8(&o, 52);
        for (int j = 0; j < 52; j++)
            put_u8(&o, 'a');
    }
    put_hex(&o, "00000100010000000000040a000001");
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
}

static void what_cannot_be_shown_is_a_question_mark(void) {
    static struct octets o;
    begin(&o, 1);
    put_hex(&o, "05612e200ac300000100010000000000040a000001");
    CU_ASSERT_STRING_EQUAL(read(&o), "a?"
                                     "?"
                                     "?"
                                     "?=10.0.0.1");
}

/* The root of all names is written without a label. */
static void the_root_is_nobody(void) {
    static struct octets o;
    begin(&o, 2);
    put_dns_address(&o, "", "10.0.0.20");
    put_dns_alias(&o, "", "ex.example");
    CU_ASSERT_STRING_EQUAL(read(&o), "");
    begin(&o, 2);
    put_dns_address(&o, "ex.example", "10.0.0.20");
    put_dns_alias(&o, "", "ex.example");
    CU_ASSERT_STRING_EQUAL(read(&o), "ex.example=10.0.0.20");
}

static void others_say_nothing(void) {
    static struct octets o;
    static const unsigned flags[] = {0x0100, 0x8183, 0xa800}; /* a question, no such name, an update */
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        begin(&o, 1);
        put_dns_address(&o, "ex.example", "10.0.0.20");
        o.at[2] = (uint8_t)(flags[i] >> 8);
        o.at[3] = (uint8_t)flags[i];
        CU_ASSERT_STRING_EQUAL(read(&o), "");
    }
    begin(&o, 1);
    put_dns_address(&o, "blocked.example", "0.0.0.0");
    CU_ASSERT_STRING_EQUAL(read(&o), "");
    begin(&o, 1);
    put_dns_address(&o, "ex.example", "10.0.0.20");
    o.at[o.len - 11] = 3; /* class CHAOS */
    CU_ASSERT_STRING_EQUAL(read(&o), "");
}

static void lengths_are_checked(void) {
    static struct octets o;
    begin(&o, 1);
    put_dns_record(&o, "ex.example", 1, 5);
    put_hex(&o, "0a00001400");
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
    begin(&o, 2); /* one more than there is */
    put_dns_address(&o, "ex.example", "10.0.0.20");
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
    begin(&o, 1);
    put_dns_record(&o, "ex.example", CNAME, 0); /* an alias of nothing, at the end */
    CU_ASSERT_STRING_EQUAL(read(&o), "malformed");
}

static void only_so_many_are_kept(void) {
    static struct octets o;
    static struct namings namings;
    begin(&o, 40);
    for (int i = 0; i < 40; i++)
        put_dns_address(&o, "ex.example", "10.0.0.20");
    CU_ASSERT_EQUAL(dns_read(octets_bytes(&o), &namings), READING_TOLD);
    CU_ASSERT_EQUAL(namings.count, NAMING_MAX);
    CU_ASSERT_EQUAL(namings.passed_over, 40 - NAMING_MAX);
    begin(&o, 10);
    for (int i = 0; i < 9; i++)
        put_dns_alias(&o, "a.example", "ex.example");
    put_dns_address(&o, "ex.example", "10.0.0.20");
    CU_ASSERT_EQUAL(dns_read(octets_bytes(&o), &namings), READING_TOLD);
    CU_ASSERT_EQUAL(namings.count, 9);
    CU_ASSERT_EQUAL(namings.passed_over, 1);
}

static void every_prefix_is_malformed(void) {
    static struct octets o;
    static struct namings namings;
    begin(&o, 2);
    put_dns_alias(&o, "ex.example", "node1.example");
    put_dns_address(&o, "node1.example", "10.0.0.20");
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_EQUAL(dns_read((struct bytes){o.at, n}, &namings), READING_MALFORMED);
    CU_ASSERT_STRING_EQUAL(read(&o), "ex.example=10.0.0.20 node1.example=10.0.0.20");
}

static void what_is_truncated_may_break_off(void) {
    static struct octets o;
    static struct namings namings;
    begin(&o, 2);
    size_t questions = o.len;
    put_dns_address(&o, "ex.example", "10.0.0.20");
    size_t whole = o.len;
    put_dns_address(&o, "ex.example", "10.0.0.21");
    o.at[2] |= 0x02;
    for (size_t n = questions; n < o.len; n++) {
        enum reading reading = dns_read((struct bytes){o.at, n}, &namings);
        CU_ASSERT_EQUAL(reading, n < whole ? READING_NOTHING : READING_TOLD);
        CU_ASSERT_EQUAL(namings.count, n >= whole);
    }
    CU_ASSERT_STRING_EQUAL(read(&o), "ex.example=10.0.0.20 ex.example=10.0.0.21");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"hosts have addresses", hosts_have_addresses},
        {"additional records count", additional_records_count},
        {"aliases lead to hosts", aliases_lead_to_hosts},
        {"aliases in a circle end", aliases_in_a_circle_end},
        {"names are compressed", names_are_compressed},
        {"a pointer must lead back", a_pointer_must_lead_back},
        {"long chains of pointers are given up", long_chains_of_pointers_are_given_up},
        {"names have a length", names_have_a_length},
        {"what cannot be shown is a question mark", what_cannot_be_shown_is_a_question_mark},
        {"the root is nobody", the_root_is_nobody},
        {"others say nothing", others_say_nothing},
        {"lengths are checked", lengths_are_checked},
        {"only so many are kept", only_so_many_are_kept},
        {"every prefix is malformed", every_prefix_is_malformed},
        {"what is truncated may break off", what_is_truncated_may_break_off},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/dns", tests);
}
