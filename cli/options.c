/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* getopt */
#include "cli/options.h"

#include "cli/complaint.h"

#include <getopt.h>
#include <string.h>

/* Options without a short form, by a letter that is none. */
enum {
    OPTION_FAIL_ON = 'F',
    OPTION_COLOR = 'C',
    OPTION_FOLLOW = 'L',
    OPTION_CHECK = 'K',
    OPTION_STATE = 'S',
    OPTION_HELP = 'h',
    OPTION_VERSION = 'V'
};

static const struct option LONG_OPTIONS[] = {
    {"fail-on", required_argument, NULL, OPTION_FAIL_ON}, {"color", required_argument, NULL, OPTION_COLOR},
    {"check-config", no_argument, NULL, OPTION_CHECK},    {"follow", no_argument, NULL, OPTION_FOLLOW},
    {"state", required_argument, NULL, OPTION_STATE},     {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},       {NULL, 0, NULL, 0},
};

struct command_form {
    const char *name;
    const char *options; /* the letters that it takes, --help and --version apart */
    uint32_t least, most;
};

static const struct command_form FORMS[COMMANDS] = {
    [COMMAND_ANALYZE] = {"analyze", "cfowqvFCLKS", 1, UINT32_MAX},
    [COMMAND_FACTS] = {"facts", "fowL", 1, UINT32_MAX},
    [COMMAND_JUDGE] = {"judge", "cowqvFCS", 1, UINT32_MAX},
    [COMMAND_BINDINGS] = {"bindings", "cfowvCLS", 1, UINT32_MAX},
    [COMMAND_RULES] = {"rules", "ow", 0, 1},
    [COMMAND_INTERFACES] = {"interfaces", "cow", 0, 1},
};

/* The index of a word among names; false if it is none of them. */
static bool choose(const char *word, const char *const *names, unsigned count, unsigned *index) {
    for (*index = 0; *index < count; (*index)++)
        if (strcmp(word, names[*index]) == 0)
            return true;
    return false;
}

static bool wrong(const struct options *options, const char *what, const char *word) {
    char line[256];
    const char *name = FORMS[options->command].name;
    snprintf(line, sizeof line, "%s '%.120s': see 'bindsight %s --help'", what, word, name);
    complain(name, line);
    return false;
}

static bool read_form(struct options *options, const char *word) {
    static const char *const names[] = {"text", "json"};
    unsigned index;
    if (!choose(word, names, 2, &index) || (options->command == COMMAND_FACTS && index == 0))
        return wrong(options, "no such form of output", word);
    options->json = index == 1;
    return true;
}

static bool read_fail_on(struct options *options, const char *word) {
    options->fail_on = FAIL_ON_NEVER;
    if (strcmp(word, "never") == 0 || choose(word, SEVERITY_NAMES, SEVERITIES, &options->fail_on))
        return true;
    return wrong(options, "no such severity", word);
}

static bool read_color(struct options *options, const char *word) {
    static const char *const names[COLORS] = {"auto", "always", "never"};
    unsigned index;
    if (!choose(word, names, COLORS, &index))
        return wrong(options, "no such choice of --color", word);
    options->color = (enum color)index;
    return true;
}

static bool read_option(struct options *options, int letter, const char *value) {
    switch (letter) {
    case 'c':
        options->config = value;
        return true;
    case 'f':
        options->filter = value;
        return true;
    case 'o':
        return read_form(options, value);
    case 'w':
        options->output = value;
        return true;
    case 'q':
        options->detail = DETAIL_QUIET;
        return true;
    case 'v':
        options->detail = DETAIL_VERBOSE;
        return true;
    case OPTION_FOLLOW:
        options->follow = true;
        return true;
    case OPTION_STATE:
        options->state = value;
        return strcmp(value, "-") != 0 || wrong(options, "--state wants a file, not", value);
    case OPTION_CHECK:
        options->check_config = true;
        return true;
    case OPTION_FAIL_ON:
        return read_fail_on(options, value);
    default:
        return read_color(options, value);
    }
}

/* What getopt_long has stumbled over, as it was typed. */
static const char *typed(char **argv, char letter[static 3]) {
    if (optopt == 0 || strchr("FCLKSVh", optopt) != NULL) /* a long option; -F is none of ours */
        return argv[optarg != NULL && optarg == argv[optind - 1] ? optind - 2 : optind - 1];
    letter[0] = '-';
    letter[1] = (char)optopt;
    letter[2] = '\0';
    return letter;
}

static enum options_outcome read_options(int argc, char **argv, struct options *options) {
    const struct command_form *form = &FORMS[options->command];
    opterr = 0; /* the complaints are ours */
    for (int letter; (letter = getopt_long(argc, argv, ":c:f:o:w:qv", LONG_OPTIONS, NULL)) != -1;) {
        char short_form[3];
        if (letter == OPTION_HELP)
            return OPTIONS_HELP;
        if (letter == OPTION_VERSION)
            return OPTIONS_VERSION;
        if (letter == ':')
            wrong(options, "a value is missing after", typed(argv, short_form));
        else if (letter == '?' || strchr(form->options, letter) == NULL) {
            optopt = letter == '?' ? optopt : letter;
            wrong(options, "unknown option", typed(argv, short_form));
        } else if (read_option(options, letter, optarg))
            continue;
        return OPTIONS_WRONG;
    }
    return OPTIONS_RUN;
}

/* What is checked is all that there is. */
static bool is_check_alone(const struct options *options) {
    if (options->config == NULL)
        complain("--check-config", "what file? Name it with -c");
    else if (options->count > 0)
        return wrong(options, "with --check-config no capture is read, so not", options->arguments[0]);
    else if (options->json)
        return wrong(options, "--check-config has no form of output", "json");
    return options->config != NULL;
}

static bool count_arguments(const struct options *options) {
    const struct command_form *form = &FORMS[options->command];
    bool may_be_none = options->command == COMMAND_BINDINGS && options->state != NULL;
    uint32_t least = may_be_none ? 0 : form->least;
    if (options->count < least)
        complain(form->name, "no file is given: name one, or - for standard input");
    else if (options->count > form->most)
        return wrong(options, "one argument is enough, not also", options->arguments[form->most]);
    return options->count >= least;
}

/* A command that is named, else the default; how many words that took. */
static int read_command(int argc, char **argv, enum command *command) {
    *command = COMMAND_ANALYZE;
    for (unsigned i = 0; argc > 1 && i < COMMANDS; i++) {
        if (strcmp(argv[1], FORMS[i].name) == 0) {
            *command = (enum command)i;
            return 1;
        }
    }
    return 0;
}

enum options_outcome options_read(int argc, char **argv, struct options *options) {
    *options = (struct options){.fail_on = SEVERITY_WARNING, .detail = DETAIL_NORMAL};
    int words = read_command(argc, argv, &options->command);
    argc -= words;
    argv += words;
    enum options_outcome outcome = read_options(argc, argv, options);
    if (outcome == OPTIONS_HELP && words == 0)
        return OPTIONS_HELP_ALL;
    if (outcome != OPTIONS_RUN)
        return outcome;
    options->arguments = (const char *const *)argv + optind;
    options->count = (uint32_t)(argc - optind);
    bool sound = options->check_config ? is_check_alone(options) : count_arguments(options);
    return sound ? OPTIONS_RUN : OPTIONS_WRONG;
}
