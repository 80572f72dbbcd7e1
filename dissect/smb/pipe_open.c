/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files are pipes, and when they are opened and closed. */
#include "dissect/smb/pipe_connection.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Without having seen what the tree is: names that no file has by chance, of pipes that every Windows has. */
static bool is_well_known(const char *name) {
    static const char *const names[] = {"epmapper", "lsarpc", "samr",   "srvsvc",       "wkssvc",           "svcctl",
                                        "spoolss",  "atsvc",  "ntsvcs", "initshutdown", "protected_storage"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static void tell(struct pipes *p, enum fact_kind kind, const char *name, uint32_t status, const struct sighting *seen) {
    struct teller teller = p->teller;
    struct fact fact;
    teller.origin.pipe_name = name;
    teller_begin(&teller, &fact, kind, seen);
    fact.pipe.status = status;
    teller_tell(&teller, &fact);
}

static void tell_opened(struct pipes *p, struct pipe *pipe) {
    if (!pipe->told && pipe->opened.frame != 0)
        tell(p, FACT_PIPE_OPENED, pipe->name, 0, &pipe->opened);
    pipe->told = true;
}

static void learn_tree(struct pipes *p, const struct smb_tree *tree, enum smb_share share) {
    p->teller.tally->limits[LIMIT_CONTEXTS] += smb_trees_learn(&p->trees, tree, share);
}

static void sum_up(struct pipes *p, const struct fact_closing *closing) {
    p->endings++;
    p->closing.bytes[FROM_CLIENT] += closing->bytes[FROM_CLIENT];
    p->closing.bytes[FROM_SERVER] += closing->bytes[FROM_SERVER];
    p->closing.calls += closing->calls;
    p->closing.answers += closing->answers;
    p->closing.faults += closing->faults;
}

/* One server has one set of names: who told them first tells all of them, the others would repeat them. */
static bool is_named(struct pipes *p, enum name_source source) {
    enum direction from = source == NAME_KERBEROS_SERVICE ? FROM_CLIENT : FROM_SERVER;
    if (!p->names_told[from])
        p->namers[from] = p->speaking;
    p->names_told[from] = true;
    return p->namers[from] != p->speaking;
}

/* What the conversations tell, which proves that their files are pipes. Their flow is one, so its end and its holes are
 * told once. */
static void hear(void *context, const struct fact *fact) {
    struct pipes *p = context;
    if (fact->kind == FACT_CLOSED) {
        sum_up(p, &fact->closing);
        return;
    }
    if (fact->kind == FACT_BIND_ASKED)
        p->teller.gaps = 0;
    if (p->speaking != NULL && p->speaking->share != SHARE_OF_PIPES) {
        p->speaking->share = SHARE_OF_PIPES;
        learn_tree(p, &p->speaking->tree, SHARE_OF_PIPES);
        tell_opened(p, p->speaking);
    }
    bool repeated = fact->kind == FACT_SERVER_NAME && is_named(p, fact->name.source);
    if (!repeated && (fact->kind != FACT_GAP || !p->breaking))
        teller_tell(&p->teller, fact);
}

bool pipes_converse(struct pipes *p, struct pipe *pipe) {
    if (pipe->conversation != NULL)
        return true;
    struct teller teller = p->teller;
    teller.handler = hear;
    teller.context = p;
    teller.malformations = teller.gaps = 0;
    teller.origin.pipe_name = pipe->name;
    teller.origin.mapper = pipe->name != NULL && strcasecmp(pipe->name, "epmapper") == 0;
    teller.origin.likely = pipe->share == SHARE_OF_PIPES;
    teller.origin.midstream = p->teller.origin.midstream && pipe->opened.frame == 0;
    pipe->conversation = conversation_open(&teller);
    return pipe->conversation != NULL;
}

void pipes_hang_up(struct pipes *p, struct pipe *pipe, const struct sighting *seen) {
    for (int d = 0; d < 2; d++) {
        if (p->drains[d].pipe == pipe)
            p->drains[d].pipe = NULL;
        if (p->namers[d] == pipe)
            p->namers[d] = NULL;
    }
    if (pipe->conversation != NULL)
        conversation_close(pipe->conversation, &(struct ending){.reason = CLOSE_END, .seen = *seen});
    pipe->conversation = NULL;
}

void pipes_remove(struct pipes *p, struct pipe *pipe, const struct sighting *seen) {
    pipes_hang_up(p, pipe, seen);
    pipe_table_remove(&p->table, pipe);
}

struct pipe *pipes_add(struct pipes *p, const struct smb_message *m, const struct smb_file *file, char *name,
                       const struct sighting *seen) {
    struct pipe *evicted = pipe_table_evicted(&p->table);
    if (evicted != NULL) {
        p->teller.tally->limits[LIMIT_CONTEXTS] += evicted->share == SHARE_OF_PIPES;
        pipes_remove(p, evicted, seen);
    }
    struct pipe *pipe = pipe_table_add(&p->table, file);
    if (pipe == NULL) {
        free(name);
        return NULL;
    }
    pipe->tree = m->tree;
    pipe->session = m->session;
    pipe->name = name;
    pipe->share = smb_trees_share(&p->trees, &m->tree);
    return pipe;
}

static enum smb_share share_of(const struct pipes *p, const struct smb_message *m, const struct smb_request *asked) {
    if (m->share != SHARE_UNKNOWN)
        return m->share;
    enum smb_share share = smb_trees_share(&p->trees, &asked->tree);
    return share == SHARE_UNKNOWN && is_well_known(asked->name) ? SHARE_OF_PIPES : share;
}

/* Some of its bytes may have come with the request; else it takes the place of what had its file before. */
static struct pipe *enter(struct pipes *p, const struct smb_message *m, struct smb_request *asked,
                          const struct sighting *seen) {
    struct pipe *former = pipe_table_find(&p->table, &m->file);
    if (former != NULL)
        pipes_remove(p, former, seen);
    struct pipe *pipe = pipe_table_find(&p->table, &asked->file);
    if (pipe == NULL) {
        struct smb_message request = *m;
        request.tree = asked->tree;
        pipe = pipes_add(p, &request, &m->file, asked->name, seen);
        asked->name = NULL;
        return pipe;
    }
    pipe_table_rename(&p->table, pipe, &m->file);
    smb_requests_rename(&p->requests, &asked->file, &m->file);
    return pipe;
}

static void refused(struct pipes *p, const struct smb_message *m, const struct smb_request *asked, enum smb_share share,
                    const struct sighting *seen) {
    struct pipe *early = pipe_table_find(&p->table, &asked->file);
    if (early != NULL)
        pipes_remove(p, early, seen);
    if (m->failed && share == SHARE_OF_PIPES)
        tell(p, FACT_PIPE_REFUSED, asked->name, m->status, seen);
}

void pipes_opened(struct pipes *p, const struct smb_message *m, const struct sighting *seen) {
    struct smb_request asked;
    if (!smb_requests_take(&p->requests, m->id, SMB_OPEN, &asked))
        return;
    enum smb_share share = asked.name == NULL ? SHARE_OF_FILES : share_of(p, m, &asked);
    if (m->share != SHARE_UNKNOWN)
        learn_tree(p, &asked.tree, m->share);
    bool opened = !m->failed && share != SHARE_OF_FILES && !smb_file_equal(&m->file, &SMB_FILE_NONE);
    struct pipe *pipe = opened ? enter(p, m, &asked, seen) : NULL;
    if (pipe != NULL) {
        pipe->opened = *seen;
        if (share == SHARE_OF_PIPES) {
            pipe->share = SHARE_OF_PIPES;
            learn_tree(p, &pipe->tree, SHARE_OF_PIPES);
            tell_opened(p, pipe);
        }
    } else if (!opened) {
        refused(p, m, &asked, share, seen);
    }
    free(asked.name);
}
