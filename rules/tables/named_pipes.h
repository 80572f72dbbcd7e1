/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_NAMED_PIPES_H
#define RULES_TABLES_NAMED_PIPES_H

#include "dissect/fact.h"

/* Named pipes: when they were opened, which interfaces they serve by what was seen, and which could not be opened.
 * Names are compared without "\PIPE\" and without regard to case, as Windows does. Internal to rules/. */
struct named_pipes;

/* That a pipe belongs to an interface, at one address. */
struct pipe_use {
    struct syntax_id interface;
    struct endpoint server; /* the mapper, as long as it is not served */
    struct sighting mapped; /* the mapper there named it; frame 0 = not seen */
    struct sighting served; /* a bind on it was accepted, the latest; likewise */
    int64_t served_since;   /* the first such */
};

struct pipe_refusal {
    struct endpoint client, server;
    struct sighting seen;
    uint32_t status;           /* NTSTATUS */
    char name[FACT_TEXT_SIZE]; /* without "\PIPE\" */
    bool told;                 /* with the failure of an endpoint, whose client fell back to it */
    struct pipe_refusal *older;
};

/* tally is borrowed. 4,096 names of pipes, each with 4 interfaces, and as many refusals are kept, more are counted as
 * LIMIT_EVIDENCE; as are openings, of the last minute, that no bind has followed yet. */
struct named_pipes *named_pipes_open(struct tally *tally);
void named_pipes_close(struct named_pipes *pipes);

/* FACT_PIPE_OPENED; when this pipe of this connection was last opened, frame 0 if that was not seen. */
void named_pipes_opens(struct named_pipes *pipes, const struct fact *fact);
struct sighting named_pipes_opened(struct named_pipes *pipes, uint64_t flow, const char *name);

/* What a mapper at `server` said, or what a bind there showed. */
void named_pipes_mapped(struct named_pipes *pipes, const struct endpoint *server, const char *name,
                        const struct syntax_id *interface, struct sighting seen);
void named_pipes_served(struct named_pipes *pipes, const struct endpoint *server, const char *name,
                        const struct syntax_id *interface, struct sighting seen);
/* Whether the pipe of this name belongs to the interface, wherever, also by Windows's own custom. */
bool named_pipes_belong(const struct named_pipes *pipes, const char *name, const struct syntax_id *interface);
/* The interfaces that this pipe has at this address; NULL past the end, index counts from 0. */
const struct pipe_use *named_pipes_at(const struct named_pipes *pipes, const struct address *address, const char *name,
                                      size_t index);

/* FACT_PIPE_REFUSED. */
void named_pipes_refuses(struct named_pipes *pipes, const struct fact *fact);
/* Refusals in order, NULL past the end; the newest of this client, then ->older. */
struct pipe_refusal *named_pipes_refusal(const struct named_pipes *pipes, size_t index);
struct pipe_refusal *named_pipes_newest_refusal(const struct named_pipes *pipes, const struct address *client);

/* Behind "\PIPE\", if that is there. */
const char *pipe_plain(const char *name);
/* "STATUS_OBJECT_NAME_NOT_FOUND", else the number. Returns text. */
enum { PIPE_STATUS_TEXT_SIZE = 40 };
char *pipe_status_text(uint32_t status, char text[static PIPE_STATUS_TEXT_SIZE]);

static const uint32_t PIPE_NOT_THERE = 0xc0000034;

#endif
