/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_COMPLAINT_H
#define CLI_COMPLAINT_H

/* One line on standard error: "bindsight: where: what". where may be NULL. What a file name holds is made visible. */
void complain(const char *where, const char *what);
/* The same for a call that set errno. */
void complain_errno(const char *where);

#endif
