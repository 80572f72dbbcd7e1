/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build_smb1.h"
#include "tests/dissect/stories.h"
#include "tests/unit.h"

#include <string.h>

enum { SRVSVC = 0x4000, RAW_START = 0x000c, TRANSACT = 0x26 };

static const struct offer OFFER[] = {{0, &STORE, &SYNTAX_NDR}};
static const struct verdict ACCEPTED[] = {{0, 0, &SYNTAX_NDR}};
static const char GUID[] = "12345678-9abc-def0-0123-456789abcdef";
static const char CHALLENGE[] = "4e544c4d53535000020000000400040038000000050082e00123456789abcdef"
                                "000000000000000014001400"
                                "3c0000000a00614a0000000f4c004100" /* "LA" */
                                "01000400440043000200040043004400" /* 1: "DC", 2: "CD" */
                                "00000000";
static struct octets pdu;
static struct one one;

static struct bytes a_bind(enum byte_order order) {
    pdu.len = 0;
    pdu.order = order;
    put_bind(&pdu, 11, 1, OFFER, 1);
    return octets_bytes(&pdu);
}

static struct bytes its_answer(enum byte_order order) {
    pdu.len = 0;
    pdu.order = order;
    put_bind_ack(&pdu, 12, 1, "\\PIPE\\srvsvc", ACCEPTED, 1);
    return octets_bytes(&pdu);
}

static struct bytes a_request(uint32_t call_id) {
    pdu.len = 0;
    pdu.order = ORDER_LITTLE;
    put_request(&pdu, call_id, 0, 7, "abcdefgh", 8);
    return octets_bytes(&pdu);
}

static struct bytes a_response(uint32_t call_id) {
    pdu.len = 0;
    pdu.order = ORDER_LITTLE;
    put_response(&pdu, call_id, 0, "ijkl", 4);
    return octets_bytes(&pdu);
}

/* --- a whole connection, one frame a message -------------------------------------------------------------------- */

static struct story story;

static struct octets *say(enum direction direction, unsigned code, uint32_t status) {
    struct message *message = &story.messages[story.count++];
    message->direction = direction;
    message->octets.len = 0;
    message->octets.order = ORDER_LITTLE;
    frame_begin(&message->octets);
    if (direction == FROM_CLIENT)
        one.multiplex++;
    one_begin(&message->octets, &one, code, direction == FROM_SERVER, status);
    return &message->octets;
}

static void said(void) { frame_end(&story.messages[story.count - 1].octets); }

/* In three frames: a chained log-on and connect, a pipe that is opened, a bind that is written and read in one chain;
 * then a transaction in two parts each way. */
static void tell_story(enum byte_order order) {
    struct octets *to;
    story.count = 0;
    one = (struct one){.process = 544, .user = 10};
    one_negotiated(say(FROM_SERVER, ONE_NEGOTIATE, SMB_OK), GUID);
    said();
    pdu.len = 0;
    put_hex(&pdu, CHALLENGE);
    one_setup_token(say(FROM_SERVER, ONE_SETUP, (uint32_t)SMB_GOES_ON), true, pdu.at, pdu.len);
    said();
    one.tree = 3;
    to = say(FROM_SERVER, ONE_SETUP, SMB_OK);
    one_setup_token(to, true, "end", 3);
    one_chain(to, ONE_CONNECT);
    one_connected(to, "IPC");
    said();
    one_create(say(FROM_CLIENT, ONE_CREATE, SMB_OK), "\\srvsvc");
    said();
    one_created(say(FROM_SERVER, ONE_CREATE, SMB_OK), SRVSVC, ONE_TYPE_PIPE);
    said();
    struct bytes bind = a_bind(order);
    to = say(FROM_CLIENT, ONE_WRITE_ANDX, SMB_OK);
    one_write_andx(to, SRVSVC, RAW_START, bind.at, bind.len);
    one_chain(to, ONE_READ_ANDX);
    one_read_andx(to, SRVSVC);
    said();
    struct bytes answer = its_answer(order);
    to = say(FROM_SERVER, ONE_WRITE_ANDX, SMB_OK);
    one_file(to, 0); /* as long as an answer to WRITE_ANDX needs to be to lead on */
    one_chain(to, ONE_READ_ANDX);
    one_read_andx_answer(to, answer.at, answer.len);
    said();
    struct bytes request = a_request(5);
    one_transact(say(FROM_CLIENT, ONE_TRANSACTION, SMB_OK), TRANSACT, SRVSVC, request.at, 20);
    said();
    one_empty(say(FROM_SERVER, ONE_TRANSACTION, SMB_OK));
    said();
    one.multiplex--;
    one_transact_more(say(FROM_CLIENT, ONE_TRANSACTION_SECONDARY, SMB_OK), request.at + 20, request.len - 20);
    said();
    struct bytes response = a_response(5);
    one_transact_answer(say(FROM_SERVER, ONE_TRANSACTION, SMB_OK), response.len, 0, response.at, 20);
    said();
    one_transact_answer(say(FROM_SERVER, ONE_TRANSACTION, SMB_OK), response.len, 20, response.at + 20,
                        response.len - 20);
    said();
    one_file(say(FROM_CLIENT, ONE_CLOSE, SMB_OK), SRVSVC);
    said();
    one_empty(say(FROM_SERVER, ONE_CLOSE, SMB_OK));
    said();
}

static void begin(struct play *p, bool midstream) {
    play_start(p);
    play_again(p, 445, midstream);
    play_open(p);
    if (!midstream)
        play_hex(p, FROM_CLIENT, "00000005ff534d4272");
    play_forget(p);
    p->seen.frame = 0;
}

static void end(struct play *p) {
    play_close(p, CLOSE_END);
    play_stop(p);
}

static void tell(struct play *p, size_t split, size_t at) {
    for (size_t i = 0; i < story.count; i++) {
        struct bytes bytes = octets_bytes(&story.messages[i].octets);
        play_bytes(p, story.messages[i].direction, (struct bytes){bytes.at, i == split ? at : bytes.len});
        if (i != split)
            continue;
        p->seen.frame--;
        play_bytes(p, story.messages[i].direction, (struct bytes){bytes.at + at, bytes.len - at});
    }
    play_close(p, CLOSE_FIN);
}

static void a_connection_is_told(void) {
    for (enum byte_order order = ORDER_LITTLE; order <= ORDER_BIG; order++) {
        struct play p;
        tell_story(order);
        begin(&p, false);
        tell(&p, SIZE_MAX, 0);
        CU_ASSERT_TRUE(play_told(&p, "#1 server_name 4=12345678-9abc-def0-0123-456789abcdef"));
        CU_ASSERT_TRUE(play_told(&p, "#2 server_name 0=DC"));
        CU_ASSERT_TRUE(play_told(&p, "#5 pipe_opened pipe=srvsvc"));
        CU_ASSERT_TRUE(play_told(&p, "#6 bind_asked pipe=srvsvc call=1"));
        CU_ASSERT_TRUE(play_told(&p, "#7 bind_answered pipe=srvsvc call=1"));
        CU_ASSERT_TRUE(play_told(&p, "#10 first_call pipe=srvsvc call=5 context=0 a4f1db00:1.0 opnum=7"));
        CU_ASSERT_TRUE(play_told(&p, "#12 first_answer pipe=srvsvc call=5"));
        CU_ASSERT_TRUE(play_told(&p, "#15 closed reason=0 by=client"));
        CU_ASSERT_TRUE(play_told(&p, "calls=1 answers=1 faults=0"));
        CU_ASSERT_FALSE(play_told(&p, "malformed"));
        CU_ASSERT_EQUAL(p.tally.calls, 1);
        play_stop(&p);
    }
}

static bool same(const struct play *a, const struct play *b) {
    return strcmp(a->text, b->text) == 0 && memcmp(&a->tally, &b->tally, sizeof a->tally) == 0;
}

static void it_may_be_cut_anywhere(void) {
    struct play whole, p;
    tell_story(ORDER_LITTLE);
    begin(&whole, false);
    tell(&whole, SIZE_MAX, 0);
    size_t different = 0;
    for (size_t split = 0; split < story.count; split++) {
        for (size_t at = 1; at < story.messages[split].octets.len; at++) {
            begin(&p, false);
            tell(&p, split, at);
            different += !same(&p, &whole);
            play_stop(&p);
        }
    }
    for (size_t size = 1; size < 130; size++) {
        begin(&p, false);
        for (size_t i = 0; i < story.count; i++)
            play_pieces(&p, story.messages[i].direction, octets_bytes(&story.messages[i].octets), size);
        play_close(&p, CLOSE_FIN);
        different += !same(&p, &whole);
        play_stop(&p);
    }
    CU_ASSERT_EQUAL(different, 0);
    play_stop(&whole);
}

static void every_prefix_tells_no_more(void) {
    struct play whole, p;
    tell_story(ORDER_LITTLE);
    begin(&whole, false);
    tell(&whole, SIZE_MAX, 0);
    size_t beyond = 0;
    for (size_t last = 0; last < story.count; last++) {
        for (size_t n = 0; n < story.messages[last].octets.len; n++) {
            begin(&p, false);
            for (size_t i = 0; i < last; i++)
                play_octets(&p, story.messages[i].direction, &story.messages[i].octets);
            play_bytes(&p, story.messages[last].direction, (struct bytes){story.messages[last].octets.at, n});
            beyond += strncmp(p.text, whole.text, p.len) != 0;
            end(&p);
        }
    }
    CU_ASSERT_EQUAL(beyond, 0);
    play_stop(&whole);
}

static void a_hole_makes_nothing_up(void) {
    static const char *const words[] = {"pipe_opened", "pipe_refused", "bind_asked", "bind_answered",
                                        "first_call",  "first_answer", "server_name"};
    struct play whole, p;
    tell_story(ORDER_LITTLE);
    begin(&whole, false);
    tell(&whole, SIZE_MAX, 0);
    size_t beyond = 0;
    for (size_t hole = 0; hole < story.count; hole++) {
        struct bytes bytes = octets_bytes(&story.messages[hole].octets);
        for (size_t at = 0; at + 9 < bytes.len; at++) {
            begin(&p, hole == 0);
            for (size_t i = 0; i < story.count; i++) {
                struct bytes other = octets_bytes(&story.messages[i].octets);
                play_bytes(&p, story.messages[i].direction, (struct bytes){other.at, i == hole ? at : other.len});
                if (i != hole)
                    continue;
                play_gap(&p, story.messages[i].direction, 9);
                play_bytes(&p, story.messages[i].direction, (struct bytes){bytes.at + at + 9, bytes.len - at - 9});
            }
            for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                beyond += play_count(&p, words[i]) > play_count(&whole, words[i]);
            end(&p);
        }
    }
    CU_ASSERT_EQUAL(beyond, 0);
    play_stop(&whole);
}

/* xorshift64: the same bytes on every machine. */
static uint64_t state = 139;
static uint32_t any(uint32_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

/* The sanitizers judge; and what is cut anywhere tells the same. */
static void damaged_messages_do_no_harm(void) {
    enum { ROUNDS = 3000 };
    static const uint8_t telling[] = {0, 1, 3, 8, 0x20, 0x26, 0x7f, 0x80, 0xa2, 0xfe, 0xff};
    size_t different = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct play whole, p;
        tell_story(any(2) == 0 ? ORDER_LITTLE : ORDER_BIG);
        for (uint32_t n = 1 + any(8); n > 0; n--) {
            struct octets *damaged = &story.messages[any((uint32_t)story.count)].octets;
            damaged->at[4 + any((uint32_t)damaged->len - 4)] =
                any(2) == 0 ? telling[any(sizeof telling)] : (uint8_t)any(256);
        }
        begin(&whole, false);
        tell(&whole, SIZE_MAX, 0);
        begin(&p, false);
        size_t split = any((uint32_t)story.count);
        tell(&p, split, 1 + any((uint32_t)story.messages[split].octets.len - 1));
        bool searching = play_told(&whole, "malformed"); /* a search depends on where segments begin */
        different += !searching && !same(&p, &whole);
        play_stop(&p);
        play_stop(&whole);
    }
    CU_ASSERT_TRUE(different < ROUNDS / 100);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a connection is told", a_connection_is_told},
        {"it may be cut anywhere", it_may_be_cut_anywhere},
        {"every prefix tells no more", every_prefix_tells_no_more},
        {"a hole makes nothing up", a_hole_makes_nothing_up},
        {"damaged messages do no harm", damaged_messages_do_no_harm},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/smb1", tests);
}
