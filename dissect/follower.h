/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_FOLLOWER_H
#define DISSECT_FOLLOWER_H

#include <stdbool.h>

/* Who follows a flow's streams. struct conversation and struct pipes begin with one, so that a flow's packets find
 * either by one pointer: each further one is a wait for memory where many connections are open. */
struct follower {
    enum { FOLLOWS_RPC, FOLLOWS_SMB } kind;
    bool blind; /* the connection was told to stand without a packet of the server */
};

#endif
