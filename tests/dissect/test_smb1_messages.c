/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMB 1, message by message. */
#include "tests/dissect/build_smb1.h"
#include "tests/dissect/play.h"
#include "tests/unit.h"

enum { SRVSVC = 0x4000, OTHER_PIPE = 0x4001, TRANSACT = 0x26 };
enum { DOS_NOT_FOUND = 0x00020001, DOS_MORE_DATA = 0x00ea0001 };

static const struct offer OFFER[] = {{0, &STORE, &SYNTAX_NDR}};
static const struct verdict ACCEPTED[] = {{0, 0, &SYNTAX_NDR}};
static struct octets pdu, o;
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

/* --- single messages -------------------------------------------------------------------------------------------- */

static struct octets *start(unsigned code, unsigned multiplex, enum direction direction, uint32_t status) {
    o.len = 0;
    o.order = ORDER_LITTLE;
    frame_begin(&o);
    one.multiplex = multiplex;
    one_begin(&o, &one, code, direction == FROM_SERVER, status);
    return &o;
}

static void send(struct play *p, enum direction from) {
    frame_end(&o);
    play_octets(p, from, &o);
}

static void connect(struct play *p, unsigned tree, const char *service) {
    one.tree = tree;
    one_connected(start(ONE_CONNECT, 1, FROM_SERVER, SMB_OK), service);
    send(p, FROM_SERVER);
}

static void ask_open(struct play *p, unsigned multiplex, const char *name) {
    one_create(start(ONE_CREATE, multiplex, FROM_CLIENT, SMB_OK), name);
    send(p, FROM_CLIENT);
}

static void answer_open(struct play *p, unsigned multiplex, unsigned file, unsigned type) {
    one_created(start(ONE_CREATE, multiplex, FROM_SERVER, SMB_OK), file, type);
    send(p, FROM_SERVER);
}

static void refuse_open(struct play *p, unsigned multiplex, uint32_t status) {
    one_empty(start(ONE_CREATE, multiplex, FROM_SERVER, status));
    send(p, FROM_SERVER);
}

static void write_data(struct play *p, unsigned multiplex, unsigned file, struct bytes data) {
    one_write_andx(start(ONE_WRITE_ANDX, multiplex, FROM_CLIENT, SMB_OK), file, 0, data.at, data.len);
    send(p, FROM_CLIENT);
}

static void ask_read(struct play *p, unsigned multiplex, unsigned file) {
    one_read_andx(start(ONE_READ_ANDX, multiplex, FROM_CLIENT, SMB_OK), file);
    send(p, FROM_CLIENT);
}

static void answer_read(struct play *p, unsigned multiplex, struct bytes data) {
    one_read_andx_answer(start(ONE_READ_ANDX, multiplex, FROM_SERVER, SMB_OK), data.at, data.len);
    send(p, FROM_SERVER);
}

static void join_late(struct play *p) {
    one = (struct one){.process = 1, .user = 1, .tree = 3};
    begin(p, true);
}

static void names_are_in_either_code(void) {
    struct play p;
    join_late(&p);
    for (int ascii = 0; ascii < 2; ascii++) {
        one.ascii = ascii == 1;
        ask_open(&p, 1, "\\srvsvc");
        answer_open(&p, 1, SRVSVC, ONE_TYPE_PIPE);
        one_open(start(ONE_OPEN_ANDX, 2, FROM_CLIENT, SMB_OK), "\\PIPE\\lsass");
        send(&p, FROM_CLIENT);
        one_opened(start(ONE_OPEN_ANDX, 2, FROM_SERVER, SMB_OK), OTHER_PIPE, ONE_TYPE_PIPE);
        send(&p, FROM_SERVER);
    }
    CU_ASSERT_EQUAL(play_count(&p, "pipe_opened pipe=srvsvc\n"), 2);
    CU_ASSERT_EQUAL(play_count(&p, "pipe_opened pipe=lsass\n"), 2);
    end(&p);
}

static void failures_are_told_of_pipes_only(void) {
    struct play p;
    join_late(&p);
    connect(&p, 3, "IPC");
    ask_open(&p, 2, "\\mscluster");
    refuse_open(&p, 2, 0xc00000ac);
    one.dos_errors = true;
    ask_open(&p, 3, "\\mscluster");
    refuse_open(&p, 3, DOS_NOT_FOUND);
    one.dos_errors = false;
    CU_ASSERT_TRUE(play_told(&p, "#3 pipe_refused pipe=mscluster status=c00000ac"));
    CU_ASSERT_TRUE(play_told(&p, "#5 pipe_refused pipe=mscluster status=c0000034"));
    size_t told = p.facts;
    connect(&p, 4, "A:");
    ask_open(&p, 4, "\\srvsvc");
    refuse_open(&p, 4, 0xc0000034);
    ask_open(&p, 5, "\\srvsvc");
    answer_open(&p, 5, SRVSVC, ONE_TYPE_DISK);
    write_data(&p, 6, SRVSVC, a_bind(ORDER_LITTLE));
    one.tree = 5; /* not seen connected */
    ask_open(&p, 7, "\\report.doc");
    refuse_open(&p, 7, 0xc0000034);
    ask_open(&p, 8, "\\report.doc");
    answer_open(&p, 8, SRVSVC, ONE_TYPE_DISK);
    write_data(&p, 9, SRVSVC, a_bind(ORDER_LITTLE));
    CU_ASSERT_EQUAL(p.facts, told);
    end(&p);
}

static void a_file_number_is_used_again(void) {
    struct play p;
    join_late(&p);
    ask_open(&p, 1, "\\srvsvc");
    answer_open(&p, 1, SRVSVC, ONE_TYPE_PIPE);
    write_data(&p, 2, SRVSVC, a_bind(ORDER_LITTLE));
    ask_open(&p, 3, "\\samr"); /* that it was closed is not in the capture */
    answer_open(&p, 3, SRVSVC, ONE_TYPE_PIPE);
    write_data(&p, 4, SRVSVC, a_bind(ORDER_LITTLE));
    CU_ASSERT_TRUE(play_told(&p, "#3 bind_asked pipe=srvsvc"));
    CU_ASSERT_TRUE(play_told(&p, "#6 bind_asked pipe=samr"));
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    end(&p);
}

static void answers_find_their_pipes(void) {
    struct play p;
    join_late(&p);
    write_data(&p, 1, SRVSVC, a_bind(ORDER_LITTLE));
    write_data(&p, 2, OTHER_PIPE, a_bind(ORDER_BIG));
    ask_read(&p, 3, SRVSVC);
    one.process = 2; /* the same number, from another process */
    ask_read(&p, 3, OTHER_PIPE);
    answer_read(&p, 3, its_answer(ORDER_BIG));
    one.process = 1;
    answer_read(&p, 3, its_answer(ORDER_LITTLE));
    answer_read(&p, 9, its_answer(ORDER_LITTLE)); /* nobody's */
    CU_ASSERT_EQUAL(play_count(&p, "bind_asked"), 2);
    CU_ASSERT_EQUAL(play_count(&p, "bind_answered"), 2);
    CU_ASSERT_FALSE(play_told(&p, "unasked"));
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    end(&p);
}

static void a_number_may_be_given_again(void) {
    struct play p;
    join_late(&p);
    ask_open(&p, 1, "\\srvsvc");
    answer_open(&p, 1, SRVSVC, ONE_TYPE_PIPE);
    ask_open(&p, 2, "\\samr");
    answer_open(&p, 2, OTHER_PIPE, ONE_TYPE_PIPE);
    write_data(&p, 3, SRVSVC, a_bind(ORDER_LITTLE));
    write_data(&p, 4, OTHER_PIPE, a_bind(ORDER_LITTLE));
    ask_read(&p, 5, SRVSVC); /* its answer is not in the capture */
    ask_read(&p, 5, OTHER_PIPE);
    answer_read(&p, 5, its_answer(ORDER_LITTLE));
    CU_ASSERT_TRUE(play_told(&p, "bind_answered pipe=samr"));
    end(&p);
}

static void the_end_of_a_chain_may_fail(void) {
    struct play p;
    join_late(&p);
    pdu.len = 0;
    put_hex(&pdu, "4e544c4d53535000020000000400040038000000050082e00123456789abcdef"
                  "0000000000000000140014003c0000000a00614a0000000f4c00410001000400440043000200040043004400"
                  "00000000");
    one_setup_token(start(ONE_SETUP, 1, FROM_SERVER, 0xc0000022), true, pdu.at, pdu.len);
    one_chain(&o, ONE_CONNECT);
    one_empty(&o);
    send(&p, FROM_SERVER);
    ask_open(&p, 2, "\\another");
    refuse_open(&p, 2, 0xc0000034);
    CU_ASSERT_TRUE(play_told(&p, "#1 server_name 0=DC"));
    CU_ASSERT_FALSE(play_told(&p, "pipe_refused"));
    end(&p);
}

static void old_reads_and_writes_count_as_well(void) {
    struct play p;
    join_late(&p);
    struct bytes bind = a_bind(ORDER_LITTLE);
    one_write(start(ONE_WRITE, 1, FROM_CLIENT, SMB_OK), SRVSVC, bind.at, bind.len);
    send(&p, FROM_CLIENT);
    one_file(start(ONE_READ, 2, FROM_CLIENT, SMB_OK), SRVSVC);
    send(&p, FROM_CLIENT);
    struct bytes answer = its_answer(ORDER_LITTLE);
    one.dos_errors = true;
    one_read_answer(start(ONE_READ, 2, FROM_SERVER, DOS_MORE_DATA), answer.at, 20);
    send(&p, FROM_SERVER);
    one_file(start(ONE_READ, 2, FROM_CLIENT, SMB_OK), SRVSVC);
    send(&p, FROM_CLIENT);
    one_read_answer(start(ONE_READ, 2, FROM_SERVER, SMB_OK), answer.at + 20, answer.len - 20);
    send(&p, FROM_SERVER);
    CU_ASSERT_TRUE(play_told(&p, "bind_asked call=1"));
    CU_ASSERT_TRUE(play_told(&p, "bind_answered call=1"));
    end(&p);
}

static void a_chain_opens_and_writes(void) {
    struct play p;
    join_late(&p);
    connect(&p, 3, "IPC");
    struct bytes bind = a_bind(ORDER_LITTLE);
    one_create(start(ONE_CREATE, 2, FROM_CLIENT, SMB_OK), "\\custom");
    one_chain(&o, ONE_WRITE_ANDX);
    one_write_andx(&o, 0, 0, bind.at, bind.len); /* the number is not known yet */
    send(&p, FROM_CLIENT);
    answer_open(&p, 2, SRVSVC, ONE_TYPE_PIPE);
    struct bytes request = a_request(2);
    write_data(&p, 3, SRVSVC, request);
    CU_ASSERT_TRUE(play_told(&p, "#2 bind_asked pipe=custom"));
    CU_ASSERT_TRUE(play_told(&p, "#4 first_call pipe=custom call=2 context=0"));
    end(&p);
}

/* Frames without a message, of a file: what goes on around them is not lost. */
static void raw_frames_pass_by(void) {
    struct play p;
    join_late(&p);
    write_data(&p, 1, SRVSVC, a_bind(ORDER_LITTLE));
    ask_read(&p, 2, SRVSVC);
    answer_read(&p, 2, (struct bytes){its_answer(ORDER_LITTLE).at, 20});
    one_file(start(ONE_READ_RAW, 3, FROM_CLIENT, SMB_OK), 7);
    send(&p, FROM_CLIENT);
    play_hex(&p, FROM_SERVER, "00000006010203040506");
    one_file(start(ONE_READ_RAW, 4, FROM_CLIENT, SMB_OK), 7);
    send(&p, FROM_CLIENT);
    play_hex(&p, FROM_SERVER, "00000001ff");
    one_file(start(ONE_WRITE_RAW, 5, FROM_CLIENT, SMB_OK), 7);
    send(&p, FROM_CLIENT);
    play_hex(&p, FROM_CLIENT, "00000006010203040506");
    ask_read(&p, 6, SRVSVC);
    struct bytes answer = its_answer(ORDER_LITTLE);
    answer_read(&p, 6, (struct bytes){answer.at + 20, answer.len - 20});
    CU_ASSERT_TRUE(play_told(&p, "bind_answered call=1"));
    end(&p);
}

static void other_transactions_are_not_taken(void) {
    struct play p;
    join_late(&p);
    struct bytes bind = a_bind(ORDER_LITTLE);
    one_transact(start(ONE_TRANSACTION, 1, FROM_CLIENT, SMB_OK), 0x53, SRVSVC, bind.at, bind.len);
    send(&p, FROM_CLIENT);
    CU_ASSERT_FALSE(play_told(&p, "bind_asked"));
    one_transact(start(ONE_TRANSACTION, 2, FROM_CLIENT, SMB_OK), TRANSACT, SRVSVC, bind.at, bind.len);
    send(&p, FROM_CLIENT);
    CU_ASSERT_TRUE(play_told(&p, "bind_asked"));
    end(&p);
}

static void older_servers_tell_their_name(void) {
    static const struct {
        bool wide;
        const char *domain, *server, *told;
    } cases[] = {{true, "CORP", "EXNODE1", "#1 server_name 5=EXNODE1\n"},
                 {false, "CORP", "EXNODE1", "#1 server_name 5=EXNODE1\n"},
                 {true, "", "EXNODE1", "#1 server_name 5=EXNODE1\n"},
                 {false, "CORP", "", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct play p;
        begin(&p, false);
        one_negotiated_names(start(ONE_NEGOTIATE, 0, FROM_SERVER, SMB_OK), cases[i].wide, cases[i].domain,
                             cases[i].server);
        send(&p, FROM_SERVER);
        CU_ASSERT_EQUAL(p.facts, cases[i].told == NULL ? 0 : 1);
        if (cases[i].told != NULL)
            CU_ASSERT_TRUE(play_told(&p, cases[i].told));
        end(&p);
    }
}

static void it_is_joined_late_and_the_other_way_round(void) {
    struct play p;
    one = (struct one){.process = 1};
    begin(&p, true);
    one_empty(start(0x24, 0xffff, FROM_CLIENT, SMB_OK)); /* the server asks about a lock */
    send(&p, FROM_SERVER);
    write_data(&p, 1, SRVSVC, a_bind(ORDER_LITTLE));
    CU_ASSERT_TRUE(play_told(&p, "bind_asked call=1"));
    end(&p);
    begin(&p, true); /* the roles were guessed wrong */
    struct bytes bind = a_bind(ORDER_LITTLE);
    one_write_andx(start(ONE_WRITE_ANDX, 1, FROM_CLIENT, SMB_OK), SRVSVC, 0, bind.at, bind.len);
    send(&p, FROM_SERVER);
    CU_ASSERT_TRUE(play_told(&p, "bind_asked swapped"));
    end(&p);
}

static void the_end_of_tree_or_session_is_that_of_its_pipes(void) {
    static const unsigned codes[] = {ONE_TREE_DISCONNECT, ONE_LOGOFF};
    for (size_t i = 0; i < 2; i++) {
        struct play p;
        join_late(&p);
        ask_open(&p, 1, "\\srvsvc");
        answer_open(&p, 1, SRVSVC, ONE_TYPE_PIPE);
        one_empty(start(codes[i], 2, FROM_SERVER, SMB_OK));
        send(&p, FROM_SERVER);
        write_data(&p, 3, SRVSVC, a_bind(ORDER_LITTLE));
        CU_ASSERT_TRUE(play_told(&p, "bind_asked call=1"));
        end(&p);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"names are in either code", names_are_in_either_code},
        {"failures are told of pipes only", failures_are_told_of_pipes_only},
        {"a file number is used again", a_file_number_is_used_again},
        {"answers find their pipes", answers_find_their_pipes},
        {"a number may be given again", a_number_may_be_given_again},
        {"the end of a chain may fail", the_end_of_a_chain_may_fail},
        {"old reads and writes count as well", old_reads_and_writes_count_as_well},
        {"a chain opens and writes", a_chain_opens_and_writes},
        {"raw frames pass by", raw_frames_pass_by},
        {"other transactions are not taken", other_transactions_are_not_taken},
        {"older servers tell their name", older_servers_tell_their_name},
        {"it is joined late and the other way round", it_is_joined_late_and_the_other_way_round},
        {"the end of tree or session is that of its pipes", the_end_of_tree_or_session_is_that_of_its_pipes},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/smb1_messages", tests);
}
