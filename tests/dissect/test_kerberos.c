/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/kerberos.h"
#include "tests/dissect/play.h"
#include "tests/unit.h"

#include <string.h>

/* The mechanisms: Kerberos, Windows's own number of it, NTLM; the octets of an AP-REQ stand between. */
#define KERBEROS "06092a864886f712010202"
#define KERBEROS_OF_WINDOWS "06092a864882f712010202"
#define NTLM "060a2b06010401823702020a"
#define USER_TO_USER "06092a864886f712010203"
#define IAKERB "06062b0601050205"
#define SPNEGO "06062b0601050502"

/* Wraps what was written so far, from `from` on. */
static void wrap(struct octets *o, size_t from, unsigned tag) {
    size_t length = o->len - from;
    size_t head = length < 0x80 ? 2 : 4;
    memmove(o->at + from + head, o->at + from, length);
    o->at[from] = (uint8_t)tag;
    o->at[from + 1] = length < 0x80 ? (uint8_t)length : 0x82;
    if (head == 4) {
        o->at[from + 2] = (uint8_t)(length >> 8);
        o->at[from + 3] = (uint8_t)length;
    }
    o->len += head;
}

static void put_string(struct octets *o, const char *text) {
    size_t from = o->len;
    put_text(o, text);
    wrap(o, from, 0x1b);
}

/* AP-REQ { pvno, msg-type, ap-options, Ticket { tkt-vno, realm, sname, enc-part }, authenticator } */
static void put_ap_req(struct octets *o, const char *first, const char *second) {
    size_t from = o->len;
    put_hex(o, "a003020105a10302010ea20703050020000000");
    size_t ticket = o->len;
    put_hex(o, "a003020105");
    size_t realm = o->len;
    put_string(o, "EXAMPLE.COM");
    wrap(o, realm, 0xa1);
    size_t service = o->len;
    put_hex(o, "a003020102");
    size_t names = o->len;
    put_string(o, first);
    if (second != NULL)
        put_string(o, second);
    wrap(o, names, 0x30);
    wrap(o, names, 0xa1);
    wrap(o, service, 0x30);
    wrap(o, service, 0xa2);
    put_hex(o, "a38200c8"); /* enc-part, 200 octets */
    put_zeros(o, 200);
    wrap(o, ticket, 0x30);
    wrap(o, ticket, 0x61);
    wrap(o, ticket, 0xa3);
    put_hex(o, "a4020400"); /* authenticator */
    wrap(o, from, 0x30);
    wrap(o, from, 0x6e);
}

/* In GSS-API's framing. */
static void put_gss(struct octets *o, const char *mechanism, const char *second) {
    size_t from = o->len;
    put_hex(o, mechanism);
    put_hex(o, "0100");
    put_ap_req(o, "cifs", second);
    wrap(o, from, 0x60);
}

/* Writes in front of what was written from `from` on. */
static void put_before(struct octets *o, size_t from, const struct octets *head) {
    memmove(o->at + from + head->len, o->at + from, o->len - from);
    memcpy(o->at + from, head->at, head->len);
    o->len += head->len;
}

/* In a NegTokenInit { mechTypes, mechToken }. */
static void put_init(struct octets *o, const char *mechanism, const char *second) {
    static struct octets head;
    size_t from = o->len;
    put_gss(o, mechanism, second);
    wrap(o, from, 0x04);
    wrap(o, from, 0xa2);
    head = (struct octets){.order = ORDER_BIG};
    put_hex(&head, KERBEROS_OF_WINDOWS KERBEROS NTLM);
    wrap(&head, 0, 0x30);
    wrap(&head, 0, 0xa0);
    put_before(o, from, &head);
    wrap(o, from, 0x30);
    wrap(o, from, 0xa0);
    head = (struct octets){.order = ORDER_BIG};
    put_hex(&head, SPNEGO);
    put_before(o, from, &head);
    wrap(o, from, 0x60);
}

static const char *service_of(struct bytes token) {
    static char service[FACT_TEXT_SIZE];
    memset(service, 0, sizeof service);
    return kerberos_service(token, service) ? service : "none";
}

static struct octets empty(void) { return (struct octets){.order = ORDER_BIG}; }

static void a_bare_ticket_names_the_service(void) {
    static struct octets o;
    o = empty();
    put_ap_req(&o, "cifs", "ex.example.com");
    CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "cifs/ex.example.com");
    o = empty();
    put_ap_req(&o, "node1$", NULL);
    CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "node1$");
}

static void all_numbers_of_kerberos_are_known(void) {
    static const char *const mechanisms[] = {KERBEROS, KERBEROS_OF_WINDOWS, IAKERB, NTLM, USER_TO_USER, SPNEGO};
    for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
        static struct octets o;
        o = empty();
        put_gss(&o, mechanisms[i], "ex.example.com");
        CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), i < 3 ? "cifs/ex.example.com" : "none");
    }
}

static void spnego_wraps_it(void) {
    static struct octets o;
    o = empty();
    put_init(&o, KERBEROS_OF_WINDOWS, "ex.example.com");
    CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "cifs/ex.example.com");
    o = empty(); /* NegTokenResp { responseToken } */
    put_gss(&o, KERBEROS, "ex.example.com");
    static const unsigned around[] = {0x04, 0xa2, 0x30, 0xa1};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        wrap(&o, 0, around[i]);
    CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "cifs/ex.example.com");
}

/* From some length on the name is there; what comes behind it adds nothing, and before it there is no half of it. */
static void a_cut_token_has_it_or_not(void) {
    static struct octets o;
    size_t known = 0;
    o = empty();
    put_init(&o, KERBEROS, "ex.example.com");
    for (size_t n = 0; n <= o.len; n++) {
        const char *service = service_of((struct bytes){o.at, n});
        bool found = strcmp(service, "none") != 0;
        if (found)
            CU_ASSERT_STRING_EQUAL(service, "cifs/ex.example.com");
        CU_ASSERT_TRUE(found || known == 0);
        if (found && known == 0)
            known = n;
    }
    CU_ASSERT_TRUE(known > 0);
    CU_ASSERT_TRUE(o.len - known >= 200); /* the ticket's secret part is not needed */
}

static void other_tokens_name_nothing(void) {
    static const char *const tokens[] = {
        "",
        "6e",
        "6e80",
        "6e8500000000",
        "6e84ffffffff",
        "6e04300230",
        "6e0030003000",
        "4e544c4d53535000",
        "a1073005a0030a0101",
        "60",
        "6000",
        "6e82ffff3082ffff",
    };
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        static struct octets o;
        o = empty();
        put_hex(&o, tokens[i]);
        CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "none");
    }
    CU_ASSERT_STRING_EQUAL(service_of((struct bytes){NULL, 0}), "none");
}

static void a_name_ends_within_its_list(void) {
    static struct octets o;
    o = empty();
    put_ap_req(&o, "cifs", "ex");
    for (size_t at = 0; at + 4 <= o.len; at++)
        if (memcmp(o.at + at, "\x1b\2ex", 4) == 0) {
            CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "cifs/ex");
            o.at[at + 1]++;
            CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "none");
            return;
        }
    CU_FAIL("it is not there");
}

/* Whatever one octet is changed to: nothing worse than another name, or none. */
static void any_octet_may_be_wrong(void) {
    static struct octets o;
    o = empty();
    put_init(&o, KERBEROS, "ex.example.com");
    for (size_t at = 0; at < o.len; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            o.at[at] ^= (uint8_t)(1U << bit);
            CU_ASSERT_TRUE(strlen(service_of(octets_bytes(&o))) < FACT_TEXT_SIZE);
            o.at[at] ^= (uint8_t)(1U << bit);
        }
}

static void long_names_are_cut_between_their_parts(void) {
    static struct octets o;
    char text[FACT_TEXT_SIZE];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    o = empty();
    put_ap_req(&o, "cifs", text);
    CU_ASSERT_STRING_EQUAL(service_of(octets_bytes(&o)), "cifs");
    text[FACT_TEXT_SIZE - 1 - strlen("cifs/")] = '\0';
    o = empty();
    put_ap_req(&o, "cifs", text);
    CU_ASSERT_EQUAL(strlen(service_of(octets_bytes(&o))), FACT_TEXT_SIZE - 1);
}

/* --- in a conversation ------------------------------------------------------------------------------------------ */

static void put_bind_with(struct octets *o, unsigned type, const struct octets *token) {
    static const struct offer offer = {0, &STORE, &SYNTAX_NDR};
    static const struct verdict verdict = {0, 0, &SYNTAX_NDR};
    o->order = ORDER_LITTLE;
    if (type == 11 || type == 14)
        put_bind(o, type, 1, &offer, 1);
    else
        put_bind_ack(o, type, 1, "135", &verdict, 1);
    put_verifier(o, 9, 2, 0, token->at, token->len);
    pdu_end(o);
}

static void plays(unsigned type, enum direction from, const struct octets *token, const char *told) {
    struct play p;
    static struct octets o;
    play_start(&p);
    play_open(&p);
    o = (struct octets){.order = ORDER_LITTLE};
    put_bind_with(&o, type, token);
    play_octets(&p, from, &o);
    play_octets(&p, from, &o); /* once is enough */
    CU_ASSERT_EQUAL(play_count(&p, " server_name "), told == NULL ? 0 : 1);
    CU_ASSERT_TRUE(told == NULL || play_told(&p, told));
    play_close(&p, CLOSE_FIN);
    play_stop(&p);
}

static void the_clients_token_names_the_service(void) {
    static struct octets token;
    token = empty();
    put_init(&token, KERBEROS, "ex.example.com");
    plays(11, FROM_CLIENT, &token, "9=cifs/ex.example.com");
    plays(14, FROM_CLIENT, &token, "9=cifs/ex.example.com");
    plays(12, FROM_SERVER, &token, NULL); /* a server shows no ticket for itself */
}

/* An old server's challenge, which names its domain: bare, and in a NegTokenResp. */
static void the_servers_token_has_its_names(void) {
    static struct octets token;
    token = empty();
    put_bytes(&token, "NTLMSSP\0\2\0\0\0", 12);
    put_hex(&token, "0300030020000000020001000000000000000000444f4d");
    plays(12, FROM_SERVER, &token, "1=DOM");
    plays(15, FROM_SERVER, &token, "1=DOM");
    plays(11, FROM_CLIENT, &token, NULL);
    static const unsigned around[] = {0x04, 0xa2, 0x30, 0xa1};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        wrap(&token, 0, around[i]);
    plays(12, FROM_SERVER, &token, "1=DOM");
    plays(15, FROM_SERVER, &token, "1=DOM");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a bare ticket names the service", a_bare_ticket_names_the_service},
        {"all numbers of Kerberos are known", all_numbers_of_kerberos_are_known},
        {"SPNEGO wraps it", spnego_wraps_it},
        {"a cut token has it or not", a_cut_token_has_it_or_not},
        {"other tokens name nothing", other_tokens_name_nothing},
        {"a name ends within its list", a_name_ends_within_its_list},
        {"any octet may be wrong", any_octet_may_be_wrong},
        {"long names are cut between their parts", long_names_are_cut_between_their_parts},
        {"the client's token names the service", the_clients_token_names_the_service},
        {"the server's token has its names", the_servers_token_has_its_names},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/kerberos", tests);
}
