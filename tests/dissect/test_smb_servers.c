/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SMB servers are called, and what of their connections cannot be read. */
#include "tests/dissect/build_smb.h"
#include "tests/dissect/play.h"
#include "tests/unit.h"

enum { IPC = 1, TYPE_PIPE = 2 };

static const struct offer OFFER[] = {{0, &STORE, &SYNTAX_NDR}};
static const char GUID[] = "12345678-9abc-def0-0123-456789abcdef";
static struct octets pdu, o;

static struct bytes a_bind(void) {
    pdu.len = 0;
    pdu.order = ORDER_LITTLE;
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

static void open_file(struct play *p, uint64_t id, const char *name, unsigned file) {
    put_smb_create(start(), id, name);
    send(p, FROM_CLIENT);
    put_smb_create_answer(start(), id, file, SMB_OK);
    send(p, FROM_SERVER);
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

/* --- servers ---------------------------------------------------------------------------------------------------- */

static void the_server_tells_its_guid(void) {
    struct play p;
    begin(&p, false);
    for (int i = 0; i < 2; i++) {
        put_smb_negotiate_answer(start(), 0, GUID);
        send(&p, FROM_SERVER);
    }
    CU_ASSERT_TRUE(play_told(&p, "#1 server_name 4=12345678-9abc-def0-0123-456789abcdef"));
    CU_ASSERT_EQUAL(p.facts, 1);
    end(&p);
    static const char *const none[] = {"00000000-0000-0000-0000-000000000000", "41414141-4141-4141-4141-414141414141"};
    for (size_t i = 0; i < 2; i++) {
        begin(&p, false);
        put_smb_negotiate_answer(start(), 0, none[i]);
        send(&p, FROM_SERVER);
        CU_ASSERT_EQUAL(p.facts, 0);
        end(&p);
    }
}

static void pipes_tell_the_names_once(void) {
    static struct octets challenge;
    static const struct verdict accepted[] = {{0, 0, &SYNTAX_NDR}};
    struct play p;
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    challenge.len = 0;
    put_hex(&challenge, "4e544c4d53535000020000000400040038000000050082e00123456789abcdef"
                        "0000000000000000140014003c0000000a00614a0000000f4c00410001000400440043000200040043004400"
                        "00000000");
    for (unsigned file = 1; file <= 3; file++) {
        write_data(&p, 10, file, a_bind());
        put_smb_read(start(), 11, file);
        send(&p, FROM_CLIENT);
        pdu.len = 0;
        put_bind_ack(&pdu, 12, 1, "\\pipe\\custom", accepted, 1);
        put_verifier(&pdu, 10, 2, 0, challenge.at, challenge.len);
        pdu_end(&pdu);
        put_smb_read_answer(start(), 11, SMB_OK, pdu.at, pdu.len);
        send(&p, FROM_SERVER);
    }
    CU_ASSERT_EQUAL(play_count(&p, "authentication type=10"), 3);
    CU_ASSERT_EQUAL(play_count(&p, "server_name 0=DC"), 1);
    CU_ASSERT_EQUAL(play_count(&p, "server_name 1=CD"), 1);
    end(&p);
}

static void what_is_encrypted_is_passed_over(void) {
    struct play p;
    begin(&p, false);
    connect(&p, IPC, TYPE_PIPE);
    play_hex(&p, FROM_CLIENT,
             "00000024fd534d42"
             "0000000000000000000000000000000000000000000000000000000000000000");
    play_hex(&p, FROM_SERVER,
             "00000010fd534d42"
             "000000000000000000000000"
             "00000010fc534d42"
             "000000000000000000000000");
    play_hex(&p, FROM_CLIENT, "00000010fc534d42000000000000000000000000");
    CU_ASSERT_TRUE(play_told(&p, "#2 unreadable what=0\n"));
    CU_ASSERT_TRUE(play_told(&p, "#3 unreadable what=2\n"));
    CU_ASSERT_EQUAL(p.facts, 2);
    CU_ASSERT_EQUAL(p.tally.lost[LOSS_ENCRYPTED_SMB], 1);
    CU_ASSERT_EQUAL(p.tally.lost[LOSS_COMPRESSED_SMB], 1);
    CU_ASSERT_TRUE(p.interested);
    open_file(&p, 2, "custom", 7); /* of another session */
    write_data(&p, 3, 7, a_bind());
    CU_ASSERT_TRUE(play_told(&p, "bind_asked pipe=custom"));
    end(&p);
    play_start(&p); /* and nothing else is in the capture */
    play_again(&p, 445, true);
    play_open(&p);
    play_hex(&p, FROM_SERVER,
             "00000010fd534d42"
             "000000000000000000000000");
    CU_ASSERT_TRUE(play_told(&p, "unreadable what=0\n"));
    end(&p);
}

/* --- NetBIOS ---------------------------------------------------------------------------------------------------- */

static void call(struct play *p, const char *called, bool midstream) {
    play_start(p);
    play_again(p, 139, midstream);
    play_open(p);
    play_forget(p);
    p->seen.frame = 0;
    o.len = 0;
    put_session_request(&o, called);
    play_octets(p, FROM_CLIENT, &o);
}

static void the_called_server_is_told_when_it_answers(void) {
    struct play p;
    for (int midstream = 0; midstream < 2; midstream++) {
        call(&p, "EXNODE1", midstream == 1);
        CU_ASSERT_EQUAL(p.facts, 0);
        play_hex(&p, FROM_SERVER, "82000000");
        CU_ASSERT_TRUE(play_told(&p, "#2 server_name 6=EXNODE1\n"));
        connect(&p, IPC, TYPE_PIPE);
        open_file(&p, 2, "custom", 7);
        CU_ASSERT_TRUE(play_told(&p, "pipe_opened pipe=custom"));
        CU_ASSERT_EQUAL(p.facts, 2);
        end(&p);
    }
    call(&p, "EXNODE1", false); /* the server's side is not in the capture */
    put_smb_other(start(), 0, false, 0);
    send(&p, FROM_CLIENT);
    CU_ASSERT_TRUE(play_told(&p, "#2 server_name 6=EXNODE1\n"));
    end(&p);
}

static void no_name_is_told_of_who_refuses(void) {
    static const char *const answers[] = {"8300000182", "840000060a000101008b"};
    static const char *const no_names[] = {"*SMBSERVER", "10.0.1.20", ""};
    struct play p;
    for (size_t i = 0; i < 2; i++) {
        call(&p, "EXNODE1", false);
        play_hex(&p, FROM_SERVER, answers[i]);
        put_smb_other(start(), 0, false, 0);
        send(&p, FROM_CLIENT);
        CU_ASSERT_EQUAL(p.facts, 0);
        end(&p);
    }
    for (size_t i = 0; i < 3; i++) {
        call(&p, no_names[i], false);
        play_hex(&p, FROM_SERVER, "82000000");
        CU_ASSERT_EQUAL(p.facts, 0);
        CU_ASSERT_TRUE(p.interested);
        end(&p);
    }
}

static void a_session_may_come_in_any_pieces(void) {
    for (size_t size = 1; size < 80; size++) {
        struct play p;
        play_start(&p);
        play_again(&p, 139, false);
        play_open(&p);
        o.len = 0;
        put_session_request(&o, "EXNODE1");
        play_pieces(&p, FROM_CLIENT, octets_bytes(&o), size);
        play_hex(&p, FROM_SERVER, "82000000");
        CU_ASSERT_TRUE(play_told(&p, "server_name 6=EXNODE1\n"));
        end(&p);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the server tells its GUID", the_server_tells_its_guid},
        {"pipes tell the names once", pipes_tell_the_names_once},
        {"what is encrypted is passed over", what_is_encrypted_is_passed_over},
        {"the called server is told when it answers", the_called_server_is_told_when_it_answers},
        {"no name is told of who refuses", no_name_is_told_of_who_refuses},
        {"a session may come in any pieces", a_session_may_come_in_any_pieces},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/smb_servers", tests);
}
