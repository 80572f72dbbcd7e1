/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMB 2 and 3: which files are pipes, what they and their servers are called, what cannot be read. */
#include "tests/dissect/build_smb.h"
#include "tests/dissect/play.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { IPC = 1, DISK = 5, TYPE_DISK = 1, TYPE_PIPE = 2, CREATE = 5, READ = 8, LOGOFF = 2, TREE_DISCONNECT = 4 };

static const struct offer OFFER[] = {{0, &STORE, &SYNTAX_NDR}};
static const struct offer MAPPER_OFFER[] = {{0, &SYNTAX_EPM, &SYNTAX_NDR}};
static const struct verdict ACCEPTED[] = {{0, 0, &SYNTAX_NDR}};
static struct octets pdu, o;

static struct bytes a_bind(enum byte_order order) {
    pdu.len = 0;
    pdu.order = order;
    put_bind(&pdu, 11, 1, OFFER, 1);
    return octets_bytes(&pdu);
}

/* --- messages, one a frame -------------------------------------------------------------------------------------- */

static struct octets *start(void) {
    o.len = 0;
    o.order = ORDER_LITTLE;
    frame_begin(&o);
    return &o;
}

static void send(struct play *p, enum direction from) {
    frame_end(&o);
    play_octets(p, from, &o);
}

static void connect(struct play *p, unsigned tree, unsigned type) {
    smb_in_tree(tree);
    put_smb_connect_answer(start(), 1, type);
    send(p, FROM_SERVER);
}

static void ask_open(struct play *p, uint64_t id, const char *name) {
    put_smb_create(start(), id, name);
    send(p, FROM_CLIENT);
}

static void answer_open(struct play *p, uint64_t id, unsigned file, int status) {
    if (status == SMB_OK)
        put_smb_create_answer(start(), id, file, SMB_OK);
    else
        put_smb_error(start(), CREATE, id, status);
    send(p, FROM_SERVER);
}

static void open_file(struct play *p, uint64_t id, const char *name, unsigned file, int status) {
    ask_open(p, id, name);
    answer_open(p, id, file, status);
}

static void write_data(struct play *p, uint64_t id, unsigned file, struct bytes data) {
    put_smb_write(start(), id, file, data.at, data.len);
    send(p, FROM_CLIENT);
}

static void begin(struct play *p, bool midstream) {
    smb_in_tree(0);
    smb_async(false);
    play_start(p);
    play_again(p, 445, midstream);
    play_open(p);
    put_smb_other(start(), 0, false, 0);
    send(p, FROM_CLIENT);
    play_forget(p);
    p->seen.frame = 0;
}

static void end(struct play *p) {
    play_close(p, CLOSE_END);
    play_stop(p);
}

/* --- names ------------------------------------------------------------------------------------------------------ */

static void a_pipe_has_its_name(void) {
    static const char *const spellings[] = {"SvcCtl", "\\SvcCtl", "\\PIPE\\SvcCtl", "pipe\\SvcCtl"};
    for (size_t i = 0; i < 4; i++) {
        for (enum byte_order order = ORDER_LITTLE; order <= ORDER_BIG; order++) {
            struct play p;
            begin(&p, false);
            connect(&p, IPC, TYPE_PIPE);
            open_file(&p, 2, spellings[i], 7, SMB_OK);
            CU_ASSERT_TRUE(play_told(&p, "#3 pipe_opened pipe=SvcCtl\n"));
            write_data(&p, 3, 7, a_bind(order));
            CU_ASSERT_TRUE(play_told(&p, "#4 bind_asked pipe=SvcCtl call=1"));
            end(&p);
        }
    }
}

static void a_refused_pipe_is_told(void) {
    struct play p;
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    open_file(&p, 9, "\\", 0, SMB_IS_DENIED); /* the share itself */
    p.seen.frame = 1;
    ask_open(&p, 2, "mscluster");
    smb_async(true);
    answer_open(&p, 2, 0, SMB_IS_PENDING);
    answer_open(&p, 2, 0, SMB_IS_NOT_FOUND);
    CU_ASSERT_TRUE(play_told(&p, "#4 pipe_refused pipe=mscluster status=c0000034"));
    CU_ASSERT_EQUAL(p.facts, 1);
    end(&p);
}

static void files_are_no_pipes(void) {
    struct play p;
    begin(&p, false);
    connect(&p, DISK, TYPE_DISK);
    open_file(&p, 2, "srvsvc", 7, SMB_IS_NOT_FOUND);
    open_file(&p, 3, "srvsvc", 7, SMB_OK);
    write_data(&p, 4, 7, a_bind(ORDER_LITTLE)); /* a capture, say */
    CU_ASSERT_EQUAL(p.facts, 0);
    smb_in_tree(IPC); /* which nobody has seen connected */
    open_file(&p, 5, "report.doc", 8, SMB_IS_NOT_FOUND);
    open_file(&p, 6, "report.doc", 8, SMB_OK);
    open_file(&p, 7, "", 9, SMB_IS_DENIED);
    CU_ASSERT_EQUAL(p.facts, 0);
    end(&p);
}

static void without_its_tree_a_pipe_proves_itself(void) {
    struct play p;
    begin(&p, true);
    smb_in_tree(IPC);
    open_file(&p, 1, "srvsvc", 6, SMB_OK); /* by its name */
    CU_ASSERT_TRUE(play_told(&p, "#2 pipe_opened pipe=srvsvc\n"));
    smb_in_tree(DISK + 1);
    open_file(&p, 2, "custom", 7, SMB_OK); /* by its bytes, */
    CU_ASSERT_EQUAL(p.facts, 1);
    write_data(&p, 3, 7, a_bind(ORDER_LITTLE));
    CU_ASSERT_TRUE(play_told(&p, "#4 pipe_opened pipe=custom\n#5 bind_asked pipe=custom"));
    open_file(&p, 4, "another", 8, SMB_IS_DENIED); /* as does another in the same tree */
    CU_ASSERT_TRUE(play_told(&p, "#7 pipe_refused pipe=another status=c0000022"));
    end(&p);
}

static void what_is_not_rpc_stays_a_pipe(void) {
    struct play p;
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    open_file(&p, 2, "sql", 7, SMB_OK);
    write_data(&p, 3, 7, (struct bytes){(const uint8_t *)"\5\0\13\3\20\0\0\0\1\0\0\0\0\0\0\0no PDU", 22});
    write_data(&p, 4, 7, (struct bytes){(const uint8_t *)"\22\1\0\57", 4});
    write_data(&p, 5, 7, a_bind(ORDER_LITTLE));
    CU_ASSERT_EQUAL(play_count(&p, "pipe_opened"), 1);
    CU_ASSERT_TRUE(play_told(&p, "#6 bind_asked pipe=sql"));
    end(&p);
}

static void disconnected_trees_take_their_pipes_along(void) {
    static const unsigned commands[] = {TREE_DISCONNECT, LOGOFF};
    for (size_t i = 0; i < 2; i++) {
        struct play p;
        begin(&p, false);
        connect(&p, IPC, TYPE_PIPE);
        open_file(&p, 2, "custom", 7, SMB_OK);
        put_smb_other(start(), commands[i], true, 3);
        send(&p, FROM_SERVER);
        if (i == 0)
            open_file(&p, 9, "another", 8, SMB_IS_DENIED);
        CU_ASSERT_FALSE(play_told(&p, "pipe_refused"));
        connect(&p, i == 0 ? IPC : DISK, TYPE_DISK); /* the same number */
        write_data(&p, 4, 7, a_bind(ORDER_LITTLE));
        CU_ASSERT_FALSE(play_told(&p, "bind_asked"));
        end(&p);
    }
}

/* CREATE, WRITE and READ in one frame, and so their answers. */
static void a_chain_opens_and_writes(void) {
    struct play p;
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    struct bytes bind = a_bind(ORDER_LITTLE);
    put_smb_create(start(), 2, "custom");
    frame_chain(&o, true);
    put_smb_write(&o, 3, THE_SAME_FILE, bind.at, bind.len);
    frame_chain(&o, true);
    put_smb_read(&o, 4, THE_SAME_FILE);
    send(&p, FROM_CLIENT);
    CU_ASSERT_TRUE(play_told(&p, "#2 bind_asked pipe=custom"));
    pdu.len = 0;
    put_bind_ack(&pdu, 12, 1, "\\pipe\\custom", ACCEPTED, 1);
    put_smb_create_answer(start(), 2, 7, SMB_OK);
    frame_chain(&o, true);
    put_smb_other(&o, 9, true, 3);
    frame_chain(&o, true);
    put_smb_read_answer(&o, 4, SMB_OK, pdu.at, pdu.len);
    send(&p, FROM_SERVER);
    CU_ASSERT_TRUE(play_told(&p, "#3 pipe_opened pipe=custom\n#3 bind_answered pipe=custom"));
    CU_ASSERT_FALSE(play_told(&p, "unasked"));
    pdu.len = 0;
    put_request(&pdu, 2, 0, 7, "abcdefgh", 8);
    write_data(&p, 5, 7, octets_bytes(&pdu));
    CU_ASSERT_TRUE(play_told(&p, "#4 first_call pipe=custom call=2"));
    end(&p);
}

static void a_refused_chain_leaves_nothing(void) {
    struct play p;
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    struct bytes bind = a_bind(ORDER_LITTLE);
    put_smb_create(start(), 2, "custom");
    frame_chain(&o, true);
    put_smb_write(&o, 3, THE_SAME_FILE, bind.at, bind.len);
    send(&p, FROM_CLIENT);
    answer_open(&p, 2, 0, SMB_IS_DENIED);
    CU_ASSERT_TRUE(play_told(&p, "#3 pipe_refused pipe=custom status=c0000022"));
    CU_ASSERT_FALSE(play_told(&p, "pipe_opened"));
    end(&p);
}

static void hostile_names_are_cut(void) {
    struct play p;
    char name[400], text[200];
    memset(name, 'n', sizeof name);
    name[290] = '\0';
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    open_file(&p, 2, name, 7, SMB_OK);
    snprintf(text, sizeof text, "pipe_opened pipe=%.127s\n", name);
    CU_ASSERT_TRUE(play_told(&p, text));
    memset(name, 'n', sizeof name);
    name[399] = '\0';
    open_file(&p, 3, name, 8, SMB_OK);
    CU_ASSERT_EQUAL(p.facts, 1);
    for (unsigned i = 0; i < 1000; i++)
        ask_open(&p, 10 + i, "never answered");
    open_file(&p, 2000, "custom", 9, SMB_OK);
    CU_ASSERT_TRUE(play_told(&p, "pipe_opened pipe=custom"));
    end(&p);
}

static void many_open_pipes_reach_the_limit(void) {
    struct play p;
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    open_file(&p, 1, "busy", 255 - 1, SMB_OK);
    for (unsigned file = 1; file <= 100; file++) {
        open_file(&p, file + 1, "custom", file, SMB_OK);
        write_data(&p, 1000 + file, 254, a_bind(ORDER_LITTLE));
    }
    CU_ASSERT_EQUAL(play_count(&p, "pipe_opened pipe=custom"), 100);
    CU_ASSERT_EQUAL(play_count(&p, "bind_asked pipe=busy"), 100); /* who is used stays */
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONTEXTS], 101 - 64);
    end(&p);
}

/* An asynchronous answer has no tree, but an id that looks as one. */
static void an_id_is_no_tree(void) {
    struct play p;
    begin(&p, true);
    connect(&p, 0x1234567, TYPE_DISK);
    smb_in_tree(IPC);
    put_smb_read(start(), 2, 7);
    send(&p, FROM_CLIENT);
    smb_async(true);
    pdu.len = 0;
    put_bind_ack(&pdu, 12, 1, "\\pipe\\custom", ACCEPTED, 1);
    put_smb_read_answer(start(), 2, SMB_OK, pdu.at, pdu.len);
    send(&p, FROM_SERVER);
    CU_ASSERT_TRUE(play_told(&p, "bind_answered call=1"));
    end(&p);
}

/* --- the mapper ------------------------------------------------------------------------------------------------- */

static void the_mapper_is_asked_over_its_pipe(void) {
    static struct octets tower, answer;
    for (enum byte_order order = ORDER_LITTLE; order <= ORDER_BIG; order++) {
        for (int bound = 0; bound < 2; bound++) {
            struct play p;
            begin(&p, false);
            connect(&p, IPC, TYPE_PIPE);
            open_file(&p, 2, "EpMapper", 7, SMB_OK);
            pdu.len = tower.len = answer.len = 0;
            pdu.order = tower.order = answer.order = order;
            put_bind(&pdu, 11, 1, MAPPER_OFFER, 1);
            if (bound == 1)
                write_data(&p, 3, 7, octets_bytes(&pdu));
            put_tower(&tower, &STORE, 1112, "10.0.1.20");
            pdu.len = 0;
            pdu_begin(&pdu, 0, 3, 9);
            put_u32(&pdu, 100);
            put_u16(&pdu, 0);
            put_u16(&pdu, 3);
            put_map_question(&pdu, false, &tower, NULL);
            pdu_end(&pdu);
            put_smb_transceive(start(), 4, 7, pdu.at, pdu.len);
            send(&p, FROM_CLIENT);
            CU_ASSERT_TRUE(play_told(&p, "map_asked pipe=EpMapper call=9 a4f1db00:1.0 tcp"));
            pdu_begin(&answer, 2, 3, 9);
            put_u32(&answer, 100);
            put_u32(&answer, 0);
            put_map_answer(&answer, false, &tower, 1, 0);
            pdu_end(&answer);
            put_smb_transceive_answer(start(), 4, 7, SMB_OK, answer.at, answer.len);
            send(&p, FROM_SERVER);
            CU_ASSERT_TRUE(play_told(&p, "map_answered pipe=EpMapper call=9 a4f1db00:1.0 tcp status=0 offered=1"));
            CU_ASSERT_TRUE(play_told(&p, "10.0.1.20:1112"));
            CU_ASSERT_EQUAL(p.tally.maps, 1);
            CU_ASSERT_EQUAL(p.tally.calls, 1);
            end(&p);
        }
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a pipe has its name", a_pipe_has_its_name},
        {"a refused pipe is told", a_refused_pipe_is_told},
        {"files are no pipes", files_are_no_pipes},
        {"without its tree a pipe proves itself", without_its_tree_a_pipe_proves_itself},
        {"what is not RPC stays a pipe", what_is_not_rpc_stays_a_pipe},
        {"disconnected trees take their pipes along", disconnected_trees_take_their_pipes_along},
        {"a chain opens and writes", a_chain_opens_and_writes},
        {"a refused chain leaves nothing", a_refused_chain_leaves_nothing},
        {"hostile names are cut", hostile_names_are_cut},
        {"many open pipes reach the limit", many_open_pipes_reach_the_limit},
        {"an id is no tree", an_id_is_no_tree},
        {"the mapper is asked over its pipe", the_mapper_is_asked_over_its_pipe},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/pipe_names", tests);
}
