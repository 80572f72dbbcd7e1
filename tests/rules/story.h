/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_RULES_STORY_H
#define TESTS_RULES_STORY_H

#include "rules/judge.h"

/* Tells a judge facts as a capture would give them: every call is one frame, a millisecond after the one before. */
struct story {
    struct judge *judge;
    struct inventory inventory;
    struct tally tally;          /* the judge's */
    struct tally captured;       /* as the end of the capture tells it */
    const struct memory *memory; /* what the judge recalls; NULL: nothing */
    struct sighting now;
    uint64_t flows;
    uint8_t client_ttl;
    uint8_t server_ttl;       /* 0: no packet of the server was seen when it happened; 64 at first */
    enum transport asked_for; /* what the mapper is asked for; TCP at first */
    enum transport over;      /* UDP: what is told goes over that, each line as a conversation; or HTTP */
    uint32_t towers_cut;      /* towers of a mapper's answer that are not kept */
    uint16_t opnum;           /* of calls and faults */
    bool maybe;               /* no answer to calls is wanted */
};

/* The interfaces and the addresses of the stories. A and B are one server, by their link-layer address. */
extern const struct syntax_id LSA, SAM, JETBACK; /* the last is a backup's */
#define CLIENT "10.0.0.50"
#define OTHER_CLIENT "10.0.0.51"
#define A "10.0.1.20"
#define B "10.0.0.20"
#define STRANGER "10.0.0.99"

struct story story_begin(void);
void story_wait(struct story *story, double seconds);
/* Ends the capture here and lets the judge finish. */
void story_end(struct story *story);
void story_close(struct story *story);

/* One connection's fate. The numbers that they return are frames. */
struct line {
    uint64_t flow;
    const char *client, *server;
    uint16_t port;
    uint32_t syns;
    const char *pipe; /* what it carries, it carries on this named pipe, "": of unknown name; NULL: over TCP */
};
struct line story_syn(struct story *story, const char *client, const char *server, uint16_t port);
uint64_t story_syn_again(struct story *story, struct line *line);
uint64_t story_accepts(struct story *story, const struct line *line);
uint64_t story_refuses(struct story *story, const struct line *line);
uint64_t story_icmp(struct story *story, const struct line *line, uint8_t type, uint8_t code);
/* Sent not by the server, but by this address. */
uint64_t story_icmp_from(struct story *story, const struct line *line, uint8_t type, uint8_t code,
                         const char *reporter);
void story_silent(struct story *story, const struct line *line, struct sighting last_syn);
void story_closes(struct story *story, const struct line *line);
/* Its end, and what of it is not in the capture. */
void story_closes_as(struct story *story, const struct line *line, const struct fact_closing *closing);
/* Bytes of it are missing here. */
void story_loses(struct story *story, const struct line *line, enum direction from);
/* The same, by the snap length. */
void story_cuts(struct story *story, const struct line *line, enum direction from);
/* The connection to a mapper that carried the last question. */
struct line story_line_to_mapper(const struct story *story, const char *client, const char *server);

/* ept_map: the question and its answer, over a connection of its own to port 135. tower NULL: the wildcard 0.0.0.0. */
uint64_t story_asks(struct story *story, const char *client, const char *server, const struct syntax_id *interface);
uint64_t story_maps(struct story *story, const char *client, const char *server, const struct syntax_id *interface,
                    const char *tower, uint16_t port);
uint64_t story_does_not_know(struct story *story, const char *client, const char *server,
                             const struct syntax_id *interface);
uint64_t story_fails_to_map(struct story *story, const char *client, const char *server,
                            const struct syntax_id *interface, uint32_t status);

/* A name service tells the client that this name is at the address. */
uint64_t story_names(struct story *story, const char *client, const char *address, enum name_source source,
                     const char *name);

/* DCOM's answer: an object's exporter is at this port of all of these, addresses or names; NULL at the end. */
uint64_t story_tells_bindings(struct story *story, const char *client, const char *server, uint16_t port,
                              const char *const *hosts);

/* The answer names a pipe. */
uint64_t story_maps_to_pipe(struct story *story, const char *client, const char *server,
                            const struct syntax_id *interface, const char *name);
/* The pipe of the line is opened, or not: NTSTATUS. */
uint64_t story_opens(struct story *story, const struct line *line);
uint64_t story_does_not_open(struct story *story, const struct line *line, uint32_t status);

uint64_t story_binds(struct story *story, const struct line *line, const struct syntax_id *interface);
uint64_t story_accepts_bind(struct story *story, const struct line *line, const struct syntax_id *interface);
uint64_t story_rejects_bind(struct story *story, const struct line *line, const struct syntax_id *interface);
uint64_t story_naks(struct story *story, const struct line *line, const struct syntax_id *interface, uint16_t reason);
uint64_t story_calls(struct story *story, const struct line *line, const struct syntax_id *interface);
uint64_t story_answers(struct story *story, const struct line *line, const struct syntax_id *interface);
uint64_t story_faults(struct story *story, const struct line *line, const struct syntax_id *interface, uint32_t status);

/* The server tells of an address of its cluster. */
void story_tells_resource(struct story *story, const char *server, const char *address);

/* What this story leaves to a later one. */
void story_remember(const struct story *story, struct memory *memory);

/* All of it: map, connect, bind, call, answer. */
struct line story_served(struct story *story, const char *client, const char *server, const struct syntax_id *interface,
                         uint16_t port);
/* Map and SYN. */
struct line story_maps_and_connects(struct story *story, const char *client, const char *server,
                                    const struct syntax_id *interface, uint16_t port);
/* Map, connect, RST; returns the frame of the RST. */
uint64_t story_refused(struct story *story, const char *client, const char *server, const struct syntax_id *interface,
                       uint16_t port);

/* A connect, and its RST. */
void story_meets_shut(struct story *story, const char *client, const char *server, uint16_t port);

size_t story_sessions(const struct story *story);
/* One of them; the test fails if there are not so many. */
const struct session *story_session(const struct story *story, size_t index);
/* How many findings, averted ones too. */
size_t story_findings(const struct story *story);
/* The one finding of a story that has ended; the test fails if it has more or none. */
const struct finding *story_only(const struct story *story);
/* Ends and closes a story that has one finding, by this rule; NULL: that has none. */
void story_ends_with(struct story *story, const char *rule);
/* The same, and its finding has this caveat alone; NULL: none. */
void story_ends_with_caveat(struct story *story, const char *rule, const char *caveat);
/* signature may be NULL: there must be none. */
void story_check(const struct finding *finding, const char *rule, const char *signature, uint32_t win32);
/* Bound at this one endpoint, "10.0.0.20:1112". */
void story_check_bound_at(const struct finding *finding, const char *endpoint);
/* What is said of this frame; "": it is no evidence. */
void story_check_evidence(const struct finding *finding, uint64_t frame, const char *what);

#endif
