/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes seeds for all fuzz targets out of captures.
 *
 * usage: fuzz_seeds DIRECTORY CAPTURE…
 *
 * DIRECTORY gets a directory for each target, and in it files named by their content, so that nothing is there twice.
 * Small ones: a fuzzer learns as much from the beginning of a connection as from all of it. */
#define _POSIX_C_SOURCE 200809L /* fmemopen */
#include "capture/capture.h"
#include "capture/source.h"
#include "dissect/dissect.h"
#include "dissect/rpc/call.h"
#include "dissect/rpc/cutter.h"
#include "dissect/stub/mapper.h"
#include "dissect/who/ntlm.h"
#include "report/fact_json.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/stat.h>

enum {
    MOST_OCTETS = 6000,  /* of one seed */
    MOST_MESSAGE = 1460, /* of one message of it */
    MOST_CONNECTIONS = 40,
    MOST_FRAMES = 60, /* of one capture, one by one */
    MOST_FACTS = 40,
    MOST_FILE = 32 * 1024, /* of a capture as it is */
    PATH_SIZE = 4096,
};

static const char *directory;

struct seed {
    uint8_t at[MOST_OCTETS];
    size_t len;
};

static void put(struct seed *seed, const void *at, size_t len) {
    if (len > sizeof seed->at - seed->len)
        len = sizeof seed->at - seed->len;
    if (len > 0)
        memcpy(seed->at + seed->len, at, len);
    seed->len += len;
}

static void put_octet(struct seed *seed, unsigned octet) { put(seed, &(uint8_t){(uint8_t)octet}, 1); }

static void put_message(struct seed *seed, unsigned kind, struct bytes bytes) {
    put(seed, "\1PKT", 4);
    put_octet(seed, kind);
    put(seed, bytes.at, bytes.len < MOST_MESSAGE ? bytes.len : MOST_MESSAGE);
}

static void save_bytes(const char *target, struct bytes bytes) {
    char path[PATH_SIZE];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ bytes.at[i]) * UINT64_C(0x100000001b3);
    snprintf(path, sizeof path, "%s/%s", directory, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%016llx", directory, target, (unsigned long long)hash);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes.at, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static void save(const char *target, const struct seed *seed) {
    save_bytes(target, (struct bytes){seed->at, seed->len});
}

/* What is read of a connection: its script, and its two streams for the cutters. */
struct connection {
    struct seed script, streams[2];
};

static void save_part(const char *target, unsigned settings, struct bytes bytes) {
    struct seed seed = {.len = 0};
    put_octet(&seed, settings);
    put(&seed, bytes.at, bytes.len);
    save(target, &seed);
}

static void save_stub(struct bytes body, bool question, bool big) {
    unsigned settings = (question ? 0 : 1) | (big ? 8 : 0);
    save_part("dissect_mapper", settings, body);
    save_part("dissect_mapper", settings | 2, body);
    save_part("dissect_mapper", settings | 4, body);
}

/* A tower is an octet string behind its length, with three to six floors of which the first is an interface's. */
static void save_towers(struct bytes stub) {
    for (size_t at = 0; at + 25 < stub.len; at++)
        if (stub.at[at + 1] == 0 && stub.at[at] >= 3 && stub.at[at] <= 6 && stub.at[at + 2] == 19 &&
            stub.at[at + 3] == 0 && stub.at[at + 4] == 13)
            save_bytes("dissect_tower", (struct bytes){stub.at + at, stub.len - at < 120 ? stub.len - at : 120});
}

static void save_pdu(const struct pdu *pdu) {
    struct bytes body, challenge;
    struct auth_verifier auth;
    bool big = pdu->order == ORDER_BIG;
    if (!pdu->whole || !pdu_part(pdu, &body, &auth))
        return;
    if (auth.present && ntlm_find(auth.value, &challenge))
        save_bytes("dissect_token", auth.value);
    if (pdu->type == PDU_BIND || pdu->type == PDU_ALTER_CONTEXT)
        save_part("dissect_bind", big ? 4 : 0, body);
    else if (pdu->type == PDU_BIND_ACK || pdu->type == PDU_ALTER_CONTEXT_RESP)
        save_part("dissect_bind", big ? 5 : 1, body);
    else if (pdu->type == PDU_BIND_NAK)
        save_part("dissect_bind", big ? 6 : 2, body);
    bool question = pdu->type == PDU_REQUEST;
    if ((!question && pdu->type != PDU_RESPONSE) || body.len < 8 || body.len > 600)
        return;
    save_part("dissect_call", (question ? 0 : 1) | (big ? 4 : 0), body);
    save_stub((struct bytes){body.at + 8, body.len - 8}, question, big);
    save_towers(body);
}

static void save_stream(const struct seed *stream) {
    static const struct sighting seen = {1, 1, 0};
    struct bytes input = {stream->at, stream->len};
    struct seed seed = {.len = 0};
    bool smb = stream->len >= 8 && stream->at[0] == 0 && memcmp(stream->at + 5, "SMB", 3) == 0;
    put(&seed, "\2\60", 2);
    put(&seed, stream->at, stream->len);
    save(smb ? "dissect_smb" : "dissect_cutter", &seed);
    struct cutter cutter = cutter_start(true);
    struct pdu pdu;
    for (enum cut cut; (cut = cutter_next(&cutter, &input, &seen, PROOF_END, &pdu)) != CUT_NOTHING;)
        if (cut == CUT_PDU)
            save_pdu(&pdu);
    cutter_stop(&cutter);
}

struct reader_of_capture {
    struct dissect *dissect;
    struct seed datagrams, lines;
    unsigned connections, facts;
    unsigned told[FACT_KINDS];
    struct file_names *files;
};

/* dissect and these seeds both want to remember something of a flow. */
struct both {
    void *of_dissect;
    struct connection *connection;
};

static void save_connection(struct connection *connection) {
    if (connection->script.len > 1)
        save("dissect_conversation", &connection->script);
    for (unsigned d = 0; d < 2; d++)
        if (connection->streams[d].len > 0)
            save_stream(&connection->streams[d]);
    free(connection);
}

static struct connection *new_connection(struct reader_of_capture *reader, const struct flow *flow) {
    static const uint16_t ports[] = {135, 1112, 445, 593, 139, 49664, 80, 5985};
    if (reader->connections++ >= MOST_CONNECTIONS)
        return NULL;
    struct connection *connection = calloc(1, sizeof *connection);
    unsigned port = 0;
    while (port < 7 && ports[port] != flow->sides[FROM_SERVER].endpoint.port)
        port++;
    if (connection != NULL)
        put_octet(&connection->script, (port == 7 ? 1 : port) | (flow->midstream ? 8 : 0));
    return connection;
}

static void note(struct connection *connection, const struct segment *segment) {
    unsigned from_client = segment->direction == FROM_CLIENT;
    if (segment->kind == SEGMENT_BYTES) {
        put_message(&connection->script, from_client, segment->bytes);
        put(&connection->streams[segment->direction], segment->bytes.at, segment->bytes.len);
    } else if (segment->kind == SEGMENT_GAP) {
        uint8_t n[4] = {(uint8_t)segment->gap, (uint8_t)(segment->gap >> 8), (uint8_t)(segment->gap >> 16), 0};
        put_message(&connection->script, 2 | from_client, (struct bytes){n, sizeof n});
    } else if (segment->kind >= SEGMENT_SYN_AGAIN && segment->kind <= SEGMENT_UNREACHABLE) {
        put_message(&connection->script, segment->kind == SEGMENT_SYN_AGAIN ? 4 : 5, (struct bytes){0});
    }
}

static bool hear(void *context, const struct segment *segment) {
    struct reader_of_capture *reader = context;
    struct both *both = segment->flow->conversation;
    if (both == NULL) {
        both = calloc(1, sizeof *both);
        REQUIRE(both != NULL);
        both->connection = new_connection(reader, segment->flow);
    }
    if (both->connection != NULL)
        note(both->connection, segment);
    segment->flow->conversation = both->of_dissect;
    dissect_segment(reader->dissect, segment);
    both->of_dissect = segment->flow->conversation;
    segment->flow->conversation = both;
    if (segment->kind == SEGMENT_CLOSED) {
        if (both->connection != NULL)
            save_connection(both->connection);
        free(both);
        segment->flow->conversation = NULL;
    }
    return true;
}

static unsigned service_of(uint16_t port) { return port == 53 ? 2 : port == 137 ? 4 : port == 135 ? 0 : 6; }

static void hear_datagram(void *context, const struct datagram *datagram) {
    struct reader_of_capture *reader = context;
    dissect_datagram(reader->dissect, datagram);
    uint16_t source = datagram->source.port, destination = datagram->destination.port;
    bool back = source < destination;
    unsigned kind = service_of(back ? source : destination) | (back ? 1 : 0);
    if (datagram->kind == DATAGRAM_ARP)
        kind = 16;
    if (datagram->kind == DATAGRAM_UNREACHABLE)
        kind |= 8;
    if (reader->datagrams.len + datagram->bytes.len > MOST_OCTETS / 2) {
        save("dissect_datagrams", &reader->datagrams);
        reader->datagrams.len = 0;
    }
    put_message(&reader->datagrams, kind, datagram->bytes);
}

static void hear_fact(void *context, const struct fact *fact) {
    struct reader_of_capture *reader = context;
    if (reader->told[fact->kind]++ >= 3 || reader->facts++ >= MOST_FACTS)
        return;
    char line[16 * 1024];
    FILE *out = fmemopen(line, sizeof line, "w");
    REQUIRE(out != NULL && fact_write(out, fact, reader->files));
    long len = ftell(out);
    fclose(out);
    if (len > 0 && len < MOST_OCTETS)
        save_bytes("report_fact", (struct bytes){(uint8_t *)line, (size_t)len});
    if (len > 0)
        put(&reader->lines, line, (size_t)len);
}

static void save_streams_of(const char *path) {
    char error[CAPTURE_ERROR_SIZE] = "";
    struct tally tally = {0};
    struct file_names files = {0};
    static struct reader_of_capture reader;
    reader = (struct reader_of_capture){.files = &files};
    file_names_add(&files, "a.pcap");
    reader.dissect = dissect_open(hear_fact, &reader, &tally);
    struct capture *capture = capture_open(hear, &reader, &tally, error);
    REQUIRE(reader.dissect != NULL && capture != NULL);
    capture_datagrams(capture, hear_datagram, &reader);
    capture_read(capture, &path, 1, error);
    capture_close(capture);
    dissect_close(reader.dissect);
    if (reader.datagrams.len > 0)
        save("dissect_datagrams", &reader.datagrams);
    if (reader.lines.len > 0)
        save("cli_whole", &reader.lines);
    file_names_free(&files);
}

static unsigned link_index(int link) {
    static const int links[] = {1, 0, 101, 113, 276, 108, 228, 229, 9, 50, 51, 104, 149, 219, 239, 258};
    for (unsigned i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i] == link)
            return i;
    return 128;
}

static void save_frames_of(const char *path) {
    static const int script_links[] = {1, 101, 113, 276};
    char error[512] = "";
    struct frame frame;
    struct seed script = {.len = 0};
    struct source *source = source_open(path, 0, NULL, &(struct reading){0}, error, sizeof error);
    for (unsigned n = 0; source != NULL && n < 4 * MOST_FRAMES; n++) {
        if (source_next(source, &frame, error, sizeof error) != SOURCE_FRAME)
            break;
        struct seed one = {.len = 0};
        put_octet(&one, link_index(frame.link));
        put_octet(&one, 0);
        if (one.at[0] == 128) {
            put_octet(&one, (unsigned)frame.link & 255);
            put_octet(&one, (unsigned)frame.link >> 8);
        }
        put(&one, frame.bytes.at, frame.bytes.len < 200 ? frame.bytes.len : 200);
        if (n < MOST_FRAMES)
            save("capture_decode", &one);
        unsigned link = 0;
        while (link < 3 && script_links[link] != frame.link)
            link++;
        put_message(&script, link << 3 | 2, frame.bytes);
        if (script.len > MOST_OCTETS / 2) {
            save("capture_frames", &script);
            script.len = 0;
        }
    }
    if (script.len > 0)
        save("capture_frames", &script);
    if (source != NULL)
        source_close(source);
}

static void save_file(const char *path) {
    static uint8_t content[MOST_FILE];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    size_t len = fread(content, 1, sizeof content, file);
    fclose(file);
    save_bytes("cli_whole", (struct bytes){content, len});
    save_bytes("capture_savefile", (struct bytes){content, len < MOST_OCTETS ? len : MOST_OCTETS});
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: fuzz_seeds DIRECTORY CAPTURE…\n", stderr);
        return 2;
    }
    directory = argv[1];
    mkdir(directory, 0777);
    for (int i = 2; i < argc; i++) {
        save_file(argv[i]);
        save_frames_of(argv[i]);
        save_streams_of(argv[i]);
    }
    return 0;
}
