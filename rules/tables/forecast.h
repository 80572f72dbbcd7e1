/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_FORECAST_H
#define RULES_TABLES_FORECAST_H

#include "rules/prediction.h"
#include "rules/tables/binding.h"

/* A prediction about a session: what it rests on, and why it was taken back. Internal to rules/. */

/* The earlier failure that it rests on. */
struct omen {
    enum binding_proof kind;
    struct syntax_id interface;
    struct endpoint endpoint; /* port 0: none was involved */
    struct sighting seen;     /* the latest of several alike; frame 0: there is no omen */
    bool structural; /* the port that was refused here was served at another address of the server, and never here: the
                      * addresses differ, whatever port comes after it */
    bool doubtful;   /* it may have been a hiccup: it did not last, and no other address is known to serve it */
};

enum withdrawal {
    WITHDRAWN_NOT,
    WITHDRAWN_SERVED,
    WITHDRAWN_CONNECTED,     /* what was expected to refuse accepts */
    WITHDRAWN_OTHER_PORT,    /* the mapper names another endpoint than the one that failed; or this address after all */
    WITHDRAWN_OTHER_WISH,    /* the client asks for something that the prediction is not about */
    WITHDRAWN_NOTHING_ASKED, /* it was made at the SYN to the mapper, and the client went without a question */
};

struct forecast {
    enum prediction kind;
    struct sighting seen;       /* the packet at which it was made */
    struct syntax_id interface; /* nil: whatever the client would ask for */
    bool at_syn;                /* it was made at the SYN to the mapper, */
    bool presumed;              /* and the client has not yet said what it wants */
    /* BY_DECLARATION; no service: nothing of the cluster is declared bound here. */
    const struct declared_cluster *cluster;
    const struct declared_service *service;
    struct endpoint named; /* BY_TOWER: the first */
    struct omen omen;      /* BY_EARLIER, BY_OTHER_INTERFACE */
    enum withdrawal withdrawn;
};

/* How long a SYN waited until it was sent again, and what this server needed for its handshakes until then. */
struct patience {
    int64_t waited; /* ns; 0: it did not wait, or that is not known */
    int64_t longest;
    uint32_t handshakes;
};
/* It may just have been slow, as it was before. */
static inline bool patience_is_short(const struct patience *patience) {
    enum { FAR_MORE = 10 };
    return patience->handshakes != 0 && patience->waited != 0 && patience->waited / FAR_MORE < patience->longest;
}

#endif
