/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/identity/history.h"

#include "rules/tables/table.h"

#include <string.h>

bool history_add(struct history *history, const struct past *past) {
    bool full = history->count == HISTORY_MAX;
    if (history->at == NULL)
        history->at = allocate(HISTORY_MAX, sizeof *history->at);
    if (full) {
        free(history->at[0].name);
        memmove(history->at, history->at + 1, --history->count * sizeof *history->at);
    }
    history->at[history->count++] = *past;
    return !full;
}

void history_free(struct history *history) {
    for (size_t i = 0; i < history->count; i++)
        free(history->at[i].name);
    free(history->at);
    *history = (struct history){.count = 0};
}
