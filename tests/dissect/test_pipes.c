/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build_smb.h"
#include "tests/dissect/stories.h"
#include "tests/unit.h"

#include <string.h>

enum { FILE_ONE = 1, FILE_TWO = 2, READ = 8, WRITE = 9 };
enum { HALF_TRUE = 0x77 }; /* the file of an answer, as some servers send it back */

static const struct offer OFFER[] = {{0, &STORE, &SYNTAX_NDR}};
static const struct verdict ACCEPTED[] = {{0, 0, &SYNTAX_NDR}};
static const char CHALLENGE[] = "4e544c4d53535000020000000400040038000000050082e00123456789abcdef"
                                "000000000000000014001400"
                                "3c0000000a00614a0000000f4c004100" /* "LA" */
                                "01000400440043000200040043004400" /* 1: "DC", 2: "CD" */
                                "00000000";
static struct octets pdu, o;

static void fresh(struct octets *octets) {
    octets->len = 0;
    octets->order = ORDER_LITTLE;
}

static struct bytes a_bind(void) {
    fresh(&pdu);
    put_bind(&pdu, 11, 1, OFFER, 1);
    return octets_bytes(&pdu);
}

static struct bytes its_answer(void) {
    fresh(&pdu);
    put_bind_ack(&pdu, 12, 1, "\\pipe\\store", ACCEPTED, 1);
    return octets_bytes(&pdu);
}

static struct bytes a_request(uint32_t call_id) {
    fresh(&pdu);
    put_request(&pdu, call_id, 0, 7, "abcdefgh", 8);
    return octets_bytes(&pdu);
}

static struct bytes a_response(uint32_t call_id) {
    fresh(&pdu);
    put_response(&pdu, call_id, 0, "ijkl", 4);
    return octets_bytes(&pdu);
}

/* --- a whole connection, one frame a message -------------------------------------------------------------------- */

static struct story story;

static struct octets *say(enum direction direction) {
    struct message *message = &story.messages[story.count++];
    message->direction = direction;
    fresh(&message->octets);
    frame_begin(&message->octets);
    return &message->octets;
}

static void said(void) { frame_end(&story.messages[story.count - 1].octets); }

static void say_opening(void) {
    story.count = 0;
    put_smb_other(say(FROM_CLIENT), 0, false, 0);
    said();
    put_smb_other(say(FROM_SERVER), 0, true, 0);
    said();
    fresh(&pdu);
    put_hex(&pdu, CHALLENGE);
    put_smb_setup_answer(say(FROM_SERVER), 1, SMB_GOES_ON, pdu.at, pdu.len);
    said();
}

/* Bind by WRITE and READ, with an interim answer and something else in the same frame; a call by TRANSCEIVE, whose
 * answer comes in two parts. */
static void say_pipe(void) {
    say_opening();
    struct bytes bind = a_bind();
    put_smb_write(say(FROM_CLIENT), 2, FILE_ONE, bind.at, bind.len);
    frame_chain(&story.messages[story.count - 1].octets, true);
    put_smb_read(&story.messages[story.count - 1].octets, 3, THE_SAME_FILE);
    said();
    put_smb_other(say(FROM_SERVER), WRITE, true, 2);
    frame_chain(&story.messages[story.count - 1].octets, true);
    put_smb_error(&story.messages[story.count - 1].octets, READ, 3, SMB_IS_PENDING);
    said();
    struct bytes answer = its_answer();
    put_smb_read_answer(say(FROM_SERVER), 3, SMB_OK, answer.at, answer.len);
    said();
    struct bytes request = a_request(5);
    put_smb_transceive(say(FROM_CLIENT), 4, FILE_ONE, request.at, request.len);
    said();
    struct bytes response = a_response(5);
    put_smb_transceive_answer(say(FROM_SERVER), 4, HALF_TRUE, SMB_IS_OVERFLOWN, response.at, 20);
    said();
    put_smb_read(say(FROM_CLIENT), 5, FILE_ONE);
    said();
    put_smb_read_answer(say(FROM_SERVER), 5, SMB_OK, response.at + 20, response.len - 20);
    said();
    put_smb_close(say(FROM_CLIENT), 6, FILE_ONE);
    said();
    put_smb_close_answer(say(FROM_SERVER), 6);
    said();
}

static void begin(struct play *p, bool midstream) {
    play_start(p);
    play_again(p, 4450, midstream);
    play_open(p);
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

static void a_pipe_is_told(void) {
    struct play p;
    say_pipe();
    begin(&p, false);
    tell(&p, SIZE_MAX, 0);
    CU_ASSERT_TRUE(play_told(&p, "#5 server_name 0=DC"));
    CU_ASSERT_TRUE(play_told(&p, "#5 server_name 1=CD"));
    CU_ASSERT_TRUE(play_told(&p, "#6 bind_asked"));
    CU_ASSERT_TRUE(play_told(&p, "#8 bind_answered call=1"));
    CU_ASSERT_TRUE(play_told(&p, "#9 first_call call=5 context=0 a4f1db00:1.0 opnum=7"));
    CU_ASSERT_TRUE(play_told(&p, "#12 first_answer call=5"));
    CU_ASSERT_TRUE(play_told(&p, "#15 closed reason=0 by=client"));
    CU_ASSERT_EQUAL(play_count(&p, "closed"), 1);
    CU_ASSERT_TRUE(play_told(&p, "calls=1 answers=1 faults=0"));
    CU_ASSERT_EQUAL(p.tally.pdus[11], 1);
    CU_ASSERT_EQUAL(p.tally.pdus[12] + p.tally.pdus[0] + p.tally.pdus[2], 3);
    CU_ASSERT_EQUAL(p.tally.calls, 1);
    CU_ASSERT_TRUE(p.interested);
    play_stop(&p);
}

static bool same(const struct play *a, const struct play *b) {
    return strcmp(a->text, b->text) == 0 && memcmp(&a->tally, &b->tally, sizeof a->tally) == 0;
}

static void it_may_be_cut_anywhere(void) {
    struct play whole, p;
    say_pipe();
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
    say_pipe();
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
            play_close(&p, CLOSE_END);
            play_stop(&p);
        }
    }
    CU_ASSERT_EQUAL(beyond, 0);
    play_stop(&whole);
}

static void a_hole_makes_nothing_up(void) {
    static const char *const words[] = {"bind_asked", "bind_answered", "first_call", "first_answer", "server_name"};
    struct play whole, p;
    say_pipe();
    begin(&whole, false);
    tell(&whole, SIZE_MAX, 0);
    size_t beyond = 0, ended = 0;
    for (size_t hole = 0; hole < story.count; hole++) {
        struct bytes bytes = octets_bytes(&story.messages[hole].octets);
        for (size_t at = 0; at + 9 < bytes.len; at += 5) {
            begin(&p, hole == 0);
            for (size_t i = 0; i < story.count; i++) {
                struct bytes other = octets_bytes(&story.messages[i].octets);
                if (i != hole) {
                    play_bytes(&p, story.messages[i].direction, other);
                    continue;
                }
                if (at > 0)
                    play_bytes(&p, story.messages[i].direction, (struct bytes){bytes.at, at});
                play_gap(&p, story.messages[i].direction, 9);
                play_bytes(&p, story.messages[i].direction, (struct bytes){bytes.at + at + 9, bytes.len - at - 9});
            }
            play_close(&p, CLOSE_FIN);
            for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                beyond += play_count(&p, words[i]) > play_count(&whole, words[i]);
            ended += play_told(&p, "closed");
            bool from_client = story.messages[hole].direction == FROM_CLIENT;
            if (play_told(&p, "gap "))
                CU_ASSERT_TRUE(play_told(&p, from_client ? " missing=9/0" : " missing=0/9"));
            play_stop(&p);
        }
    }
    CU_ASSERT_EQUAL(beyond, 0);
    CU_ASSERT_TRUE(ended > 0);
    play_stop(&whole);
}

/* --- single messages -------------------------------------------------------------------------------------------- */

static void send_write(struct play *p, uint64_t id, unsigned file, struct bytes data) {
    fresh(&o);
    frame_begin(&o);
    put_smb_write(&o, id, file, data.at, data.len);
    frame_end(&o);
    play_octets(p, FROM_CLIENT, &o);
}

static void send_read(struct play *p, uint64_t id, unsigned file) {
    fresh(&o);
    frame_begin(&o);
    put_smb_read(&o, id, file);
    frame_end(&o);
    play_octets(p, FROM_CLIENT, &o);
}

static void send_answer(struct play *p, uint64_t id, int status, struct bytes data) {
    fresh(&o);
    frame_begin(&o);
    put_smb_read_answer(&o, id, status, data.at, data.len);
    frame_end(&o);
    play_octets(p, FROM_SERVER, &o);
}

static void end(struct play *p) {
    play_close(p, CLOSE_END);
    play_stop(p);
}

static void pipes_are_kept_apart(void) {
    struct play p;
    begin(&p, false);
    send_write(&p, 1, FILE_ONE, a_bind());
    send_write(&p, 2, FILE_TWO, a_bind());
    send_read(&p, 3, FILE_ONE);
    send_read(&p, 4, FILE_TWO);
    struct bytes answer = its_answer();
    send_answer(&p, 4, SMB_IS_OVERFLOWN, (struct bytes){answer.at, 30}); /* in parts, by turns */
    send_answer(&p, 3, SMB_IS_OVERFLOWN, (struct bytes){answer.at, 10});
    send_read(&p, 5, FILE_ONE);
    send_read(&p, 6, FILE_TWO);
    send_answer(&p, 5, SMB_OK, (struct bytes){answer.at + 10, answer.len - 10});
    CU_ASSERT_EQUAL(play_count(&p, "bind_answered"), 1);
    send_answer(&p, 6, SMB_OK, (struct bytes){answer.at + 30, answer.len - 30});
    CU_ASSERT_EQUAL(play_count(&p, "bind_asked"), 2);
    CU_ASSERT_EQUAL(play_count(&p, "bind_answered"), 2);
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_EQUAL(play_count(&p, "closed"), 1);
    play_stop(&p);
}

static void answers_of_other_requests_are_not_taken(void) {
    struct play p;
    begin(&p, false);
    send_write(&p, 1, FILE_ONE, a_bind());
    send_answer(&p, 77, SMB_OK, its_answer());
    send_read(&p, 2, FILE_ONE);
    send_answer(&p, 2, SMB_IS_DENIED, its_answer());
    send_answer(&p, 2, SMB_OK, its_answer());
    CU_ASSERT_FALSE(play_told(&p, "bind_answered"));
    end(&p);
}

static void files_pass_by(void) {
    static uint8_t data[60000];
    struct play p;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    begin(&p, false);
    size_t opening = p.facts;
    for (uint64_t id = 1; id < 400; id += 2) {
        send_write(&p, id, FILE_ONE, (struct bytes){data, sizeof data});
        send_read(&p, id + 1, FILE_TWO);
        send_answer(&p, id + 1, SMB_OK, (struct bytes){data, sizeof data});
    }
    CU_ASSERT_EQUAL(p.facts, opening);
    CU_ASSERT_TRUE(p.interested);
    send_write(&p, 500, 3, a_bind());
    CU_ASSERT_TRUE(play_told(&p, "bind_asked"));
    end(&p);
}

static void many_pipes_reach_the_limit(void) {
    struct play p;
    begin(&p, false);
    for (unsigned file = 1; file <= 70; file++)
        send_write(&p, file, file, a_bind());
    for (uint64_t id = 100; id < 300; id++)
        send_read(&p, id, 70);
    CU_ASSERT_EQUAL(play_count(&p, "bind_asked"), 70);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONTEXTS], 6);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CALLS], 72);
    CU_ASSERT_EQUAL(play_count(&p, "closed"), 1);
    play_stop(&p);
}

static void it_is_joined_late(void) {
    struct play p;
    begin(&p, true);
    play_hex(&p, FROM_CLIENT, "0102030405060708090a0b0c0d0e0f");
    send_write(&p, 1, FILE_ONE, a_bind());
    send_read(&p, 2, FILE_ONE);
    send_answer(&p, 2, SMB_OK, its_answer());
    CU_ASSERT_TRUE(play_told(&p, "bind_asked"));
    CU_ASSERT_TRUE(play_told(&p, "bind_answered"));
    end(&p);
    begin(&p, true); /* and the roles were guessed wrong */
    fresh(&o);
    frame_begin(&o);
    struct bytes bind = a_bind();
    put_smb_write(&o, 1, FILE_ONE, bind.at, bind.len);
    frame_end(&o);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_TRUE(play_told(&p, "bind_asked swapped"));
    play_close(&p, CLOSE_END);
    CU_ASSERT_TRUE(play_told(&p, "closed swapped"));
    play_stop(&p);
}

static void what_is_something_else_is_let_go(void) {
    struct play p;
    begin(&p, false);
    play_hex(&p, FROM_CLIENT, "00");
    CU_ASSERT_TRUE(p.interested);
    play_hex(&p, FROM_CLIENT, "474554202f20485454502f312e31");
    CU_ASSERT_FALSE(p.interested);
    end(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a pipe is told", a_pipe_is_told},
        {"it may be cut anywhere", it_may_be_cut_anywhere},
        {"every prefix tells no more", every_prefix_tells_no_more},
        {"a hole makes nothing up", a_hole_makes_nothing_up},
        {"pipes are kept apart", pipes_are_kept_apart},
        {"answers of other requests are not taken", answers_of_other_requests_are_not_taken},
        {"files pass by", files_pass_by},
        {"many pipes reach the limit", many_pipes_reach_the_limit},
        {"it is joined late", it_is_joined_late},
        {"what is something else is let go", what_is_something_else_is_let_go},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/pipes", tests);
}
