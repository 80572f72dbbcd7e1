/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the messages of an SMB connection mean for its pipes. */
#include "dissect/rpc/pdu.h"
#include "dissect/smb/pipe_connection.h"

#include <stdlib.h>

static void remember(struct pipes *p, const struct smb_message *m) {
    struct smb_request request = {.id = m->id, .command = m->command, .file = m->file};
    struct smb_file gone = smb_requests_add(&p->requests, &request);
    if (!smb_file_equal(&gone, &SMB_FILE_NONE) && pipe_table_find(&p->table, &gone) != NULL)
        p->teller.tally->limits[LIMIT_CALLS]++;
}

/* MS-SMB2 3.3.5.2.7.2: a related message may leave tree and file to the one before. */
static void resolve(struct pipes *p, struct smb_message *m) {
    if (m->related) {
        m->tree = p->latest.tree;
        m->session = p->latest.session;
        if (smb_file_equal(&m->file, &SMB_FILE_PREVIOUS))
            m->file = p->latest.file;
    }
    struct smb_file file = m->command == SMB_OPEN ? smb_opening(m->id) : m->file;
    if (m->related && smb_file_equal(&file, &SMB_FILE_NONE))
        file = p->latest.file;
    p->latest = *m;
    p->latest.file = file;
}

/* A message may be cut within the header of its PDU; it is worth waiting only where nothing but a pipe can be. */
static bool may_be_pdu(const struct pipe *pipe, struct bytes glimpse) {
    enum pdu_likeness likeness = pdu_likeness(glimpse);
    return likeness == PDU_LIKELY || (likeness == PDU_POSSIBLE && pipe != NULL && pipe->share == SHARE_OF_PIPES);
}

/* The file's CREATE is not in the capture, or not answered yet. */
static struct pipe *add_unopened(struct pipes *p, const struct smb_message *m, const struct smb_file *file,
                                 const struct sighting *seen) {
    const struct smb_request *asked = NULL;
    if (smb_trees_share(&p->trees, &m->tree) == SHARE_OF_FILES)
        return NULL;
    for (uint32_t i = 0; i < p->requests.count && asked == NULL; i++)
        if (p->requests.at[i].command == SMB_OPEN && smb_file_equal(&p->requests.at[i].file, file))
            asked = &p->requests.at[i];
    return pipes_add(p, m, file, pipe_name_copy(asked == NULL ? NULL : asked->name), seen);
}

/* What comes next in this direction is of that file, and begins so. */
static void lead_to_pipe(struct pipes *p, enum direction d, const struct smb_file *file, struct bytes glimpse,
                         const struct sighting *seen) {
    const struct smb_message *m = &p->cutters[d].head;
    if (glimpse.len == 0 || smb_file_equal(file, &SMB_FILE_NONE) || smb_file_equal(file, &SMB_FILE_PREVIOUS))
        return;
    struct pipe *pipe = pipe_table_find(&p->table, file);
    bool converses = pipe != NULL && pipe->conversation != NULL;
    if (!converses && !may_be_pdu(pipe, glimpse))
        return;
    if (pipe == NULL)
        pipe = add_unopened(p, m, file, seen);
    if (pipe != NULL && pipes_converse(p, pipe))
        p->drains[d].pipe = pipe;
}

static void request(struct pipes *p, enum direction d, struct bytes glimpse, const struct sighting *seen) {
    struct smb_message *m = &p->cutters[d].head;
    const struct smb_request *begun;
    resolve(p, m);
    switch (m->command) {
    case SMB_WRITE:
        lead_to_pipe(p, d, &m->file, glimpse, seen);
        break;
    case SMB_TRANSCEIVE:
        lead_to_pipe(p, d, &m->file, glimpse, seen);
        if (pipe_table_find(&p->table, &m->file) != NULL)
            remember(p, m);
        break;
    case SMB_TRANSCEIVE_FURTHER:
        begun = smb_requests_find(&p->requests, m->id, SMB_TRANSCEIVE);
        if (begun != NULL)
            lead_to_pipe(p, d, &begun->file, glimpse, seen);
        break;
    case SMB_READ:
        if (smb_trees_share(&p->trees, &m->tree) != SHARE_OF_FILES)
            remember(p, m);
        break;
    case SMB_CLOSE:
        if (pipe_table_find(&p->table, &m->file) != NULL)
            remember(p, m);
        break;
    case SMB_READ_RAW:
        p->cutters[d == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT].raw = true;
        break;
    case SMB_WRITE_RAW:
        p->cutters[d].raw = true;
        break;
    case SMB_OPEN: /* it is remembered when its name is here */
    case SMB_OTHER:
    case SMB_NEGOTIATE:
    case SMB_LOG_ON:
    case SMB_LOG_OFF:
    case SMB_CONNECT:
    case SMB_DISCONNECT:
        break;
    }
}

/* The file that an answer is about: as its request says, or without that as the answer does. */
static struct smb_file answered_file(struct pipes *p, const struct smb_message *m) {
    struct smb_request asked;
    const struct smb_request *found = smb_requests_find(&p->requests, m->id, m->command);
    if (found != NULL && m->continued)
        return found->file;
    return smb_requests_take(&p->requests, m->id, m->command, &asked) ? asked.file : m->file;
}

static void closed(struct pipes *p, const struct smb_message *m, const struct sighting *seen) {
    struct smb_file file = answered_file(p, m);
    struct pipe *pipe = m->failed ? NULL : pipe_table_find(&p->table, &file);
    if (pipe != NULL)
        pipes_remove(p, pipe, seen);
}

/* A tree is disconnected, or a session ended, and with it its files. */
static void closed_with(struct pipes *p, const struct smb_message *m, const struct sighting *seen) {
    for (uint32_t i = p->table.count; i-- > 0;) {
        struct pipe *pipe = p->table.at[i].pipe;
        if (m->command == SMB_LOG_OFF ? pipe->session == m->session : smb_tree_equal(&pipe->tree, &m->tree))
            pipes_remove(p, pipe, seen);
    }
    if (m->command == SMB_DISCONNECT)
        smb_trees_forget(&p->trees, &m->tree);
}

static void answer(struct pipes *p, enum direction d, struct bytes glimpse, const struct sighting *seen) {
    const struct smb_message *m = &p->cutters[d].head;
    struct smb_file file;
    if (m->pending)
        return;
    switch (m->command) {
    case SMB_READ:
    case SMB_TRANSCEIVE:
        file = answered_file(p, m);
        lead_to_pipe(p, d, &file, glimpse, seen);
        break;
    case SMB_OPEN:
        pipes_opened(p, m, seen);
        break;
    case SMB_CLOSE:
        closed(p, m, seen);
        break;
    case SMB_CONNECT:
        if (!m->failed)
            p->teller.tally->limits[LIMIT_CONTEXTS] += smb_trees_learn(&p->trees, &m->tree, m->share);
        break;
    case SMB_DISCONNECT:
    case SMB_LOG_OFF:
        if (!m->failed)
            closed_with(p, m, seen);
        break;
    case SMB_OTHER:
    case SMB_NEGOTIATE:
    case SMB_LOG_ON:
    case SMB_WRITE:
    case SMB_TRANSCEIVE_FURTHER:
    case SMB_READ_RAW:
    case SMB_WRITE_RAW:
        break;
    }
}

/* The side that answers is the server, whoever was taken for it. In SMB 1 a server, too, may ask, about locks. */
static void learn_roles(struct pipes *p, enum direction d) {
    const struct smb_message *m = &p->cutters[d].head;
    p->begun = true;
    if (p->roles_known || (m->command == SMB_OTHER && !m->response))
        return;
    p->roles_known = true;
    if (p->teller.origin.midstream)
        p->teller.swapped = m->response != (d == FROM_SERVER);
}

void pipes_message(struct pipes *p, enum direction d, struct bytes glimpse, const struct sighting *seen) {
    struct smb_cutter *cutter = &p->cutters[d];
    struct drain *drain = &p->drains[d];
    learn_roles(p, d);
    pipes_tell_called(p, seen);
    bool from_server = teller_direction(&p->teller, d) == FROM_SERVER;
    if (cutter->head.response != from_server) { /* an echo, or nonsense */
        smb_cutter_skip(cutter);
        return;
    }
    if (from_server)
        answer(p, d, glimpse, seen);
    else
        request(p, d, glimpse, seen);
    uint32_t wanted = cutter->head.length == 0 ? 0 : pipes_wanted(p, &cutter->head);
    if (wanted > 0)
        drain->kept = malloc(wanted);
    drain->kept_room = drain->kept == NULL ? 0 : wanted;
    drain->kept_count = 0;
    if (drain->pipe == NULL && drain->kept == NULL)
        smb_cutter_skip(cutter);
}
