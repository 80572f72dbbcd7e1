/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* isatty */
#include "cli/analysis.h"
#include "cli/check_config.h"
#include "cli/complaint.h"
#include "cli/config.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/status.h"
#include "report/interface_list.h"
#include "report/json.h"
#include "report/manual.h"
#include "report/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Colours where a person looks, unless the environment says no (no-color.org). */
static bool wants_color(const struct options *options) {
    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return (no_color == NULL || no_color[0] == '\0') && (terminal == NULL || strcmp(terminal, "dumb") != 0) &&
           options->output == NULL && isatty(STDOUT_FILENO) == 1;
}

static bool is_loud(const struct finding *finding, unsigned fail_on) {
    return finding->state != FINDING_AVERTED && (unsigned)finding->severity >= fail_on;
}

static enum status verdict(const struct judge *judge, unsigned fail_on) {
    const struct finding *finding;
    for (size_t i = 0; (finding = judge_finding(judge, i)) != NULL; i++)
        if (is_loud(finding, fail_on))
            return STATUS_FINDINGS;
    return STATUS_CLEAN;
}

static bool print(const struct options *options, const struct results *results, FILE *out) {
    bool table_only = options->command == COMMAND_BINDINGS;
    if (options->json)
        return table_only ? json_bindings(out, results) : json_report(out, results);
    struct page page = page_over(out, options->detail, wants_color(options), results);
    return table_only ? text_bindings_report(&page, results) : text_report(&page, results);
}

/* Prints what was found. Where nothing could be read at all, a verdict would mislead. */
static bool report(const struct options *options, struct analysis *analysis, FILE *out) {
    struct results results = analysis_results(analysis);
    bool anything = results.tally->frames > 0 || judge_session(results.judge, 0) != NULL;
    if (results.incomplete && !anything)
        return true;
    bool printed = print(options, &results, out);
    if (!printed && !ferror(out))
        complain(NULL, "no memory to report what was found");
    return printed;
}

static enum status judged(const struct options *options, const struct inventory *inventory, FILE *out) {
    struct analysis analysis;
    if (!analysis_open_judge(&analysis, inventory))
        return STATUS_FAILED;
    bool learns = options->count > 0;
    if (options->state != NULL && !analysis_recall(&analysis, options->state, learns)) {
        analysis_close(&analysis);
        return STATUS_FAILED;
    }
    if (!learns)
        judge_finish(analysis.judge);
    else if (options->command == COMMAND_JUDGE)
        analysis_facts(&analysis, options->arguments, options->count);
    else
        analysis_captures(&analysis, options->arguments, options->count, options->filter, options->follow);
    if (options->command == COMMAND_BINDINGS)
        judge_list_recalled(analysis.judge);
    enum status status = STATUS_FAILED;
    bool reported = report(options, &analysis, out);
    if (options->state != NULL && learns && !analysis_remember(&analysis, options->state))
        analysis.failed = true;
    if (reported && !analysis.failed)
        status = options->command == COMMAND_BINDINGS ? STATUS_CLEAN : verdict(analysis.judge, options->fail_on);
    analysis_close(&analysis);
    return status;
}

static enum status facts(const struct options *options, FILE *out) {
    struct analysis analysis;
    analysis_open_writer(&analysis, out);
    analysis_captures(&analysis, options->arguments, options->count, options->filter, options->follow);
    bool failed = analysis.failed;
    if (!analysis.written && !ferror(out))
        complain(NULL, "no memory to write facts");
    analysis_close(&analysis);
    return failed ? STATUS_FAILED : STATUS_CLEAN;
}

static enum status one_rule(const struct options *options, FILE *out) {
    const char *id = options->arguments[0];
    const struct rule *rule = rule_find(id);
    if (rule == NULL) {
        complain(id, "there is no such rule: 'bindsight rules' lists them");
        return STATUS_FAILED;
    }
    if (options->json)
        return manual_json(out, rule) ? STATUS_CLEAN : STATUS_FAILED;
    manual_page(out, rule);
    return STATUS_CLEAN;
}

static enum status rules(const struct options *options, FILE *out) {
    if (options->count > 0)
        return one_rule(options, out);
    bool written = true;
    if (!options->json)
        manual_list(out);
    for (size_t i = 0; options->json && written && i < RULE_COUNT; i++)
        written = manual_json(out, RULES[i]);
    return written ? STATUS_CLEAN : STATUS_FAILED;
}

/* Those that match; false if the writing failed. */
static bool some_interfaces(const struct options *options, FILE *out, size_t *count) {
    const struct interface *interface;
    bool written = true;
    *count = 0;
    for (size_t at = 0; written && (interface = interface_next(&at)) != NULL;) {
        if (options->count > 0 && !interface_matches(interface, options->arguments[0]))
            continue;
        (*count)++;
        if (options->json)
            written = interface_json(out, interface);
        else
            interface_page(out, interface);
    }
    return written;
}

static enum status interfaces(const struct options *options, FILE *out) {
    size_t count = 1;
    bool all = options->count == 0;
    bool written = all && !options->json ? interface_list(out) : some_interfaces(options, out, &count);
    if (!written && !ferror(out))
        complain(NULL, "no memory to list interfaces");
    if (count == 0)
        complain(options->arguments[0], "no interface has this name or UUID: 'bindsight interfaces' lists them");
    return written && count > 0 ? STATUS_CLEAN : STATUS_FAILED;
}

static bool takes_files(enum command command) { return command != COMMAND_RULES && command != COMMAND_INTERFACES; }

static enum status command(const struct options *options, const struct config *config, FILE *out) {
    switch (options->command) {
    case COMMAND_ANALYZE:
    case COMMAND_JUDGE:
    case COMMAND_BINDINGS:
        return judged(options, &config->inventory, out);
    case COMMAND_FACTS:
        return facts(options, out);
    case COMMAND_RULES:
        return rules(options, out);
    case COMMAND_INTERFACES:
        return interfaces(options, out);
    case COMMANDS:
        break;
    }
    return STATUS_FAILED;
}

static enum status run_configured(const struct options *options, const struct config *config) {
    struct output output;
    uint32_t inputs = takes_files(options->command) ? options->count : 0;
    if (!output_open(&output, options->output, options->arguments, inputs, options->config, options->state))
        return STATUS_FAILED;
    interrupt_catch();
    enum status status = STATUS_CLEAN;
    if (!options->check_config)
        status = command(options, config, output.file);
    else if (!check_config(config, output.file))
        status = STATUS_FAILED;
    return output_close(&output) ? status : STATUS_FAILED;
}

static enum status run(const struct options *options) {
    struct config config;
    if (!config_read(&config, options->config))
        return STATUS_FAILED;
    enum status status = run_configured(options, &config);
    config_free(&config);
    return status;
}

int main(int argc, char **argv) {
    struct options options;
    switch (options_read(argc, argv, &options)) {
    case OPTIONS_RUN:
        return (int)run(&options);
    case OPTIONS_HELP:
        help_print_command(options.command);
        return STATUS_CLEAN;
    case OPTIONS_HELP_ALL:
        help_print();
        return STATUS_CLEAN;
    case OPTIONS_VERSION:
        puts("bindsight " BINDSIGHT_VERSION);
        return STATUS_CLEAN;
    case OPTIONS_WRONG:
        break;
    }
    return STATUS_FAILED;
}
