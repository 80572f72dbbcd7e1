/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_CHECK_CONFIG_H
#define CLI_CHECK_CONFIG_H

#include "cli/config.h"

#include <stdio.h>

/* Tells what was understood of a sound configuration, and warns of what is legal and still looks like a mistake.
 * False: no memory; it has been complained of. */
bool check_config(const struct config *config, FILE *out);

#endif
