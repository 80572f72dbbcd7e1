/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_PREDICTION_H
#define RULES_PREDICTION_H

#include <stdint.h>

/* What a prediction rests on. */
enum prediction {
    PREDICTED_NOT,
    PREDICTED_BY_DECLARATION,     /* the inventory: it is bound at other addresses only */
    PREDICTED_BY_TOWER,           /* the mapper's answer: it names other addresses only */
    PREDICTED_BY_EARLIER,         /* the same interface failed here before */
    PREDICTED_BY_OTHER_INTERFACE, /* another one was refused here, while the server has it elsewhere */
    PREDICTIONS
};

/* What became of the predictions, a session each; made = came_true + averted + open. */
struct predictions {
    uint64_t made;
    uint64_t came_true; /* the session failed */
    uint64_t averted;   /* it was served, or showed in another way that the prediction was wrong */
    uint64_t open;      /* how it ended is not in the capture */
};

#endif
