/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/complaint.h"

#include "report/visible.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void print(const char *text) {
    char shown[VISIBLE_SIZE];
    for (size_t taken; (taken = visible_next(text, shown)) != 0; text += taken)
        fputs(shown, stderr);
}

void complain(const char *where, const char *what) {
    fputs("bindsight: ", stderr);
    if (where != NULL) {
        print(where);
        fputs(": ", stderr);
    }
    print(what);
    fputc('\n', stderr);
}

void complain_errno(const char *where) { complain(where, strerror(errno)); }
