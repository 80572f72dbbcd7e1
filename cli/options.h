/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "report/page.h"

/* What the command line asks for. Everything is borrowed from argv. */

enum command {
    COMMAND_ANALYZE,
    COMMAND_FACTS,
    COMMAND_JUDGE,
    COMMAND_BINDINGS,
    COMMAND_RULES,
    COMMAND_INTERFACES,
    COMMANDS
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER, COLORS };

enum { FAIL_ON_NEVER = SEVERITIES };

struct options {
    enum command command;
    const char *const *arguments; /* files, the id of a rule, or the uuid or name of an interface */
    uint32_t count;
    const char *config; /* -c; NULL: none */
    const char *filter; /* -f; NULL: none */
    const char *output; /* -w; NULL: standard output */
    const char *state;  /* --state; NULL: none */
    bool follow;
    bool check_config; /* that, and nothing else */
    bool json;
    unsigned fail_on; /* enum severity, or FAIL_ON_NEVER */
    enum detail detail;
    enum color color;
};

/* What is to be done after reading the command line. */
enum options_outcome {
    OPTIONS_RUN,
    OPTIONS_HELP, /* of the command */
    OPTIONS_HELP_ALL,
    OPTIONS_VERSION,
    OPTIONS_WRONG /* it has been complained of */
};

enum options_outcome options_read(int argc, char **argv, struct options *options);

#endif
