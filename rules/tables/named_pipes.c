/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/named_pipes.h"

#include "rules/tables/table.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_PIPES = 4096, MAX_OPENINGS = 4096, MAX_REFUSALS = 4096, MAX_USES = 4 };
static const int64_t OPENING_LASTS = 60000000000LL; /* ns: a bind follows at once */

/* Keys are compared as bytes: names are in lower case, and zero behind their end. */
struct pipe_key {
    struct address address; /* all zero: anywhere */
    char name[FACT_TEXT_SIZE];
};

struct opening_key {
    uint8_t flow[8];
    char name[FACT_TEXT_SIZE];
};

static_assert(sizeof(struct pipe_key) == 17 + FACT_TEXT_SIZE && sizeof(struct opening_key) == 8 + FACT_TEXT_SIZE,
              "keys have no padding");

struct known_pipe {
    struct pipe_key key;
    UT_hash_handle hh;
    struct pipe_use uses[MAX_USES];
    size_t count;
};

struct opening {
    struct opening_key key;
    struct sighting seen;
    UT_hash_handle hh;
};

struct refused_client {
    struct address address;
    struct pipe_refusal *newest;
    UT_hash_handle hh;
};

struct named_pipes {
    struct known_pipe *known;
    struct opening *openings;
    struct refused_client *clients;
    struct pipe_refusal **refusals;
    size_t refusal_count;
    struct tally *tally;
};

struct named_pipes *named_pipes_open(struct tally *tally) {
    struct named_pipes *p = allocate(1, sizeof *p);
    p->refusals = allocate(MAX_REFUSALS, sizeof(struct pipe_refusal *));
    p->tally = tally;
    return p;
}

void named_pipes_close(struct named_pipes *p) {
    struct known_pipe *known = p->known;
    HASH_CLEAR(hh, p->known);
    table_free(known, offsetof(struct known_pipe, hh));
    struct opening *openings = p->openings;
    HASH_CLEAR(hh, p->openings);
    table_free(openings, offsetof(struct opening, hh));
    struct refused_client *clients = p->clients;
    HASH_CLEAR(hh, p->clients);
    table_free(clients, offsetof(struct refused_client, hh));
    for (size_t i = 0; i < p->refusal_count; i++)
        free(p->refusals[i]);
    free(p->refusals);
    free(p);
}

/* --- names ------------------------------------------------------------------------------------------------------ */

const char *pipe_plain(const char *name) {
    while (*name == '\\')
        name++;
    return strncasecmp(name, "PIPE\\", 5) == 0 ? name + 5 : name;
}

static void put_name(char key[static FACT_TEXT_SIZE], const char *name) {
    name = pipe_plain(name);
    for (size_t i = 0; i + 1 < FACT_TEXT_SIZE && name[i] != '\0'; i++)
        key[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
}

char *pipe_status_text(uint32_t status, char text[static PIPE_STATUS_TEXT_SIZE]) {
    static const struct {
        uint32_t status;
        const char *name;
    } names[] = {{PIPE_NOT_THERE, "STATUS_OBJECT_NAME_NOT_FOUND"},
                 {0xc0000022, "STATUS_ACCESS_DENIED"},
                 {0xc00000ab, "STATUS_INSTANCE_NOT_AVAILABLE"},
                 {0xc00000ac, "STATUS_PIPE_NOT_AVAILABLE"}};
    snprintf(text, PIPE_STATUS_TEXT_SIZE, "status 0x%08x", (unsigned)status);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].status == status)
            snprintf(text, PIPE_STATUS_TEXT_SIZE, "%s", names[i].name);
    return text;
}

/* --- openings --------------------------------------------------------------------------------------------------- */

static struct opening_key make_opening_key(uint64_t flow, const char *name) {
    struct opening_key key = {.name = ""};
    memcpy(key.flow, &flow, sizeof key.flow);
    put_name(key.name, name);
    return key;
}

static struct opening *find_opening(const struct named_pipes *p, const struct opening_key *key) {
    struct opening *opening;
    HASH_FIND(hh, p->openings, key, sizeof *key, opening);
    return opening;
}

static void drop_opening(struct named_pipes *p, struct opening *opening) {
    HASH_DEL(p->openings, opening);
    free(opening);
}

void named_pipes_opens(struct named_pipes *p, const struct fact *fact) {
    struct opening_key key = make_opening_key(fact->flow, fact->pipe_name);
    struct opening *before = find_opening(p, &key);
    if (before != NULL)
        drop_opening(p, before);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that HASH_DEL moves the head on */
    while (p->openings != NULL && fact->seen.time - p->openings->seen.time > OPENING_LASTS)
        drop_opening(p, p->openings);
    if (HASH_COUNT(p->openings) == MAX_OPENINGS) {
        p->tally->limits[LIMIT_EVIDENCE]++;
        drop_opening(p, p->openings);
    }
    struct opening *opening = allocate(1, sizeof *opening);
    opening->key = key;
    opening->seen = fact->seen;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): likewise */
    HASH_ADD(hh, p->openings, key, sizeof opening->key, opening);
}

struct sighting named_pipes_opened(struct named_pipes *p, uint64_t flow, const char *name) {
    struct opening_key key = make_opening_key(flow, name);
    const struct opening *opening = find_opening(p, &key);
    return opening == NULL ? (struct sighting){0} : opening->seen;
}

/* --- whose a pipe is -------------------------------------------------------------------------------------------- */

static struct known_pipe *find_pipe(const struct named_pipes *p, const struct address *address, const char *name) {
    struct pipe_key key = {.name = ""};
    struct known_pipe *known;
    if (address != NULL)
        key.address = *address;
    put_name(key.name, name);
    HASH_FIND(hh, p->known, &key, sizeof key, known);
    return known;
}

static struct known_pipe *get_pipe(struct named_pipes *p, const struct address *address, const char *name) {
    struct known_pipe *known = find_pipe(p, address, name);
    if (known != NULL)
        return known;
    if (HASH_COUNT(p->known) >= MAX_PIPES) {
        p->tally->limits[LIMIT_EVIDENCE]++;
        return NULL;
    }
    known = allocate(1, sizeof *known);
    if (address != NULL)
        known->key.address = *address;
    put_name(known->key.name, name);
    HASH_ADD(hh, p->known, key, sizeof known->key, known);
    return known;
}

static struct pipe_use *get_use(struct named_pipes *p, const struct address *address, const char *name,
                                const struct syntax_id *interface) {
    struct known_pipe *known = get_pipe(p, address, name);
    if (known == NULL)
        return NULL;
    for (size_t i = 0; i < known->count; i++)
        if (syntax_compatible(&known->uses[i].interface, interface))
            return &known->uses[i];
    if (known->count == MAX_USES) {
        p->tally->limits[LIMIT_EVIDENCE]++;
        return NULL;
    }
    known->uses[known->count].interface = *interface;
    return &known->uses[known->count++];
}

static struct pipe_use *learn(struct named_pipes *p, const struct endpoint *server, const char *name,
                              const struct syntax_id *interface) {
    if (*pipe_plain(name) == '\0')
        return NULL;
    get_use(p, NULL, name, interface);
    struct pipe_use *use = get_use(p, &server->address, name, interface);
    if (use != NULL && use->served.frame == 0)
        use->server = *server;
    return use;
}

void named_pipes_mapped(struct named_pipes *p, const struct endpoint *server, const char *name,
                        const struct syntax_id *interface, struct sighting seen) {
    struct pipe_use *use = learn(p, server, name, interface);
    if (use != NULL && use->mapped.frame == 0)
        use->mapped = seen;
}

void named_pipes_served(struct named_pipes *p, const struct endpoint *server, const char *name,
                        const struct syntax_id *interface, struct sighting seen) {
    struct pipe_use *use = learn(p, server, name, interface);
    if (use == NULL)
        return;
    if (use->served.frame == 0)
        use->served_since = seen.time;
    use->server = *server;
    use->served = seen;
}

/* Windows's services ask for these pipes without a mapper (MS-SCMR 2.1, MS-RRP 2.1, MS-SAMR 2.1 …). */
static bool is_customary(const char *name, const struct syntax_id *interface) {
    static const struct {
        const char *name, *uuid;
        uint16_t major;
    } pipes[] = {
        {"svcctl", "367abb81-9844-35f1-ad32-98f038001003", 2},
        {"winreg", "338cd001-2244-31f1-aaaa-900038001003", 1},
        {"samr", "12345778-1234-abcd-ef00-0123456789ac", 1},
        {"lsarpc", "12345778-1234-abcd-ef00-0123456789ab", 0},
        {"netlogon", "12345678-1234-abcd-ef00-01234567cffb", 1},
        {"srvsvc", "4b324fc8-1670-01d3-1278-5a47bf6ee188", 3},
        {"wkssvc", "6bffd098-a112-3610-9833-46c3f87e345a", 1},
        {"spoolss", "12345678-1234-abcd-ef00-0123456789ab", 1},
        {"atsvc", "1ff70682-0a51-30e8-076d-740be8cee98b", 1},
        {"eventlog", "82273fdc-e32a-18c3-3f78-827929dc23ea", 0},
        {"epmapper", "e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3},
    };
    for (size_t i = 0; i < sizeof pipes / sizeof pipes[0]; i++) {
        struct syntax_id customary = {.major = pipes[i].major};
        if (strcasecmp(pipe_plain(name), pipes[i].name) == 0 && uuid_parse(pipes[i].uuid, &customary.uuid))
            return syntax_compatible(&customary, interface);
    }
    return false;
}

bool named_pipes_belong(const struct named_pipes *p, const char *name, const struct syntax_id *interface) {
    const struct known_pipe *known = find_pipe(p, NULL, name);
    for (size_t i = 0; known != NULL && i < known->count; i++)
        if (syntax_compatible(&known->uses[i].interface, interface))
            return true;
    return is_customary(name, interface);
}

const struct pipe_use *named_pipes_at(const struct named_pipes *p, const struct address *address, const char *name,
                                      size_t index) {
    const struct known_pipe *known = find_pipe(p, address, name);
    return known == NULL || index >= known->count ? NULL : &known->uses[index];
}

/* --- refusals --------------------------------------------------------------------------------------------------- */

static struct refused_client *find_client(const struct named_pipes *p, const struct address *address) {
    struct refused_client *client;
    HASH_FIND(hh, p->clients, address, sizeof *address, client);
    return client;
}

void named_pipes_refuses(struct named_pipes *p, const struct fact *fact) {
    const char *name = pipe_plain(fact->pipe_name);
    if (*name == '\0')
        return;
    if (p->refusal_count == MAX_REFUSALS) {
        p->tally->limits[LIMIT_EVIDENCE]++;
        return;
    }
    struct refused_client *client = find_client(p, &fact->client.address);
    if (client == NULL) {
        client = allocate(1, sizeof *client);
        client->address = fact->client.address;
        HASH_ADD(hh, p->clients, address, sizeof client->address, client);
    }
    struct pipe_refusal *refusal = allocate(1, sizeof *refusal);
    refusal->client = fact->client;
    refusal->server = fact->server;
    refusal->seen = fact->seen;
    refusal->status = fact->pipe.status;
    snprintf(refusal->name, sizeof refusal->name, "%s", name);
    refusal->older = client->newest;
    client->newest = refusal;
    p->refusals[p->refusal_count++] = refusal;
}

struct pipe_refusal *named_pipes_refusal(const struct named_pipes *p, size_t index) {
    return index < p->refusal_count ? p->refusals[index] : NULL;
}

struct pipe_refusal *named_pipes_newest_refusal(const struct named_pipes *p, const struct address *client) {
    const struct refused_client *refused = find_client(p, client);
    return refused == NULL ? NULL : refused->newest;
}
