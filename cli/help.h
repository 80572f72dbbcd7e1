/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/options.h"

/* Short help, on standard output. */
void help_print(void);
void help_print_command(enum command command);

#endif
