/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

/* Exit statuses; the manual page lists them. */
enum status {
    STATUS_CLEAN,    /* nothing at or above --fail-on */
    STATUS_FINDINGS, /* something is */
    STATUS_FAILED    /* the work could not be done, or not all of it */
};

#endif
