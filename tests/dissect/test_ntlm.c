/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/text.h"
#include "dissect/who/ntlm.h"
#include "tests/dissect/build.h"
#include "tests/unit.h"

#include <string.h>

static void put_utf16(struct octets *o, const char *text) {
    for (; *text != '\0'; text++)
        put_u16(o, (uint8_t)*text);
}

static void put_pair(struct octets *o, unsigned id, const char *name) {
    put_u16(o, id);
    put_u16(o, (unsigned)(2 * strlen(name)));
    put_utf16(o, name);
}

static void put_challenge(struct octets *o, uint32_t flags) {
    put_bytes(o, "NTLMSSP\0\2\0\0\0", 12);
    put_u16(o, 6); /* target: DOM */
    put_u16(o, 6);
    put_u32(o, 56);
    put_u32(o, flags);
    put_zeros(o, 16);
    struct octets info = {.order = ORDER_LITTLE};
    put_pair(&info, 2, "DOM");
    put_pair(&info, 1, "EXNODE1");
    put_pair(&info, 4, "dom.example");
    put_pair(&info, 3, "exnode1.dom.example");
    put_pair(&info, 7, "time");
    put_u32(&info, 0);
    put_u16(o, (unsigned)info.len);
    put_u16(o, (unsigned)info.len);
    put_u32(o, 62);
    put_zeros(o, 8);
    put_utf16(o, "DOM");
    put_bytes(o, info.at, info.len);
}

static void a_challenge_names_the_server(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct bytes challenge;
    struct ntlm_names names;
    put_text(&o, "NNTLMSSP wrapped NTLMSS");
    put_challenge(&o, 0x00810001);
    CU_ASSERT_TRUE(ntlm_find(octets_bytes(&o), &challenge));
    CU_ASSERT_TRUE(ntlm_read(challenge, &names));
    CU_ASSERT_STRING_EQUAL(names.names[NAME_NTLM_COMPUTER], "EXNODE1");
    CU_ASSERT_STRING_EQUAL(names.names[NAME_NTLM_DOMAIN], "DOM");
    CU_ASSERT_STRING_EQUAL(names.names[NAME_NTLM_DNS_COMPUTER], "exnode1.dom.example");
    CU_ASSERT_STRING_EQUAL(names.names[NAME_NTLM_DNS_DOMAIN], "dom.example");
}

static void an_old_server_names_only_itself(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct ntlm_names names;
    put_challenge(&o, 0x00020001);
    CU_ASSERT_TRUE(ntlm_read(octets_bytes(&o), &names));
    CU_ASSERT_STRING_EQUAL(names.names[NAME_NTLM_COMPUTER], "DOM");
    CU_ASSERT_STRING_EQUAL(names.names[NAME_NTLM_DNS_COMPUTER], "");
}

static void other_messages_are_not_challenges(void) {
    struct bytes challenge;
    CU_ASSERT_FALSE(ntlm_find((struct bytes){(const uint8_t *)"NTLMSSP\0\1\0\0\0", 12}, &challenge));
    CU_ASSERT_FALSE(ntlm_find((struct bytes){(const uint8_t *)"NTLMSSP\0\3\0\0\0", 12}, &challenge));
    CU_ASSERT_FALSE(ntlm_find((struct bytes){(const uint8_t *)"NTLMSSP\0\2\0\0", 11}, &challenge));
    CU_ASSERT_FALSE(ntlm_find((struct bytes){NULL, 0}, &challenge));
}

static void every_prefix_is_malformed(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct ntlm_names names;
    put_challenge(&o, 0x00810001);
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_FALSE(ntlm_read((struct bytes){o.at, n}, &names));
    CU_ASSERT_TRUE(ntlm_read(octets_bytes(&o), &names));
}

static void utf16_becomes_utf8(void) {
    static const uint8_t in[] = {'A', 0, 0xe4, 0, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde, 0x3d, 0xd8, 'B', 0, 0x0a, 0};
    char text[FACT_TEXT_SIZE];
    text_from_utf16(text, (struct bytes){in, sizeof in});
    CU_ASSERT_STRING_EQUAL(text, "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80?B?");
    uint8_t lone[] = {0x00, 0xdc, 0x3d, 0xd8};
    text_from_utf16(text, (struct bytes){lone, sizeof lone});
    CU_ASSERT_STRING_EQUAL(text, "??");
}

static void long_names_are_cut_between_characters(void) {
    uint8_t in[300];
    char text[FACT_TEXT_SIZE];
    for (size_t i = 0; i < sizeof in; i += 2) {
        in[i] = 0xac;
        in[i + 1] = 0x20;
    }
    text_from_utf16(text, (struct bytes){in, sizeof in});
    CU_ASSERT_EQUAL(strlen(text), 126); /* 42 of 3 octets each */
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a challenge names the server", a_challenge_names_the_server},
        {"an old server names only itself", an_old_server_names_only_itself},
        {"other messages are not challenges", other_messages_are_not_challenges},
        {"every prefix is malformed", every_prefix_is_malformed},
        {"utf-16 becomes utf-8", utf16_becomes_utf8},
        {"long names are cut between characters", long_names_are_cut_between_characters},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/ntlm", tests);
}
