/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/help.h"

#define CONFIG_HELP                                                                                                    \
    "  -c FILE               configuration (YAML): clusters and where their services are bound, names,\n"              \
    "                        suppressions, severities …\n"
#define FILTER_HELP "  -f BPF                only frames that match a libpcap filter\n"
#define FOLLOW_HELP "  --follow              wait for more at the end of the last file, until an interrupt\n"
#define STATE_HELP "  --state FILE          use what earlier runs left in FILE, and leave there what this one proves\n"
#define OUTPUT_HELP                                                                                                    \
    "  -o text|json          text (default), or JSON Lines\n"                                                          \
    "  -w FILE               write to FILE instead of standard output\n"
#define EVIDENCE_HELP "  -v                    all evidence of each row\n"
#define JUDGED_HELP                                                                                                    \
    "  --fail-on SEVERITY    info, warning (default), critical or never: status 1 from it on\n"                        \
    "  -q, -v                the verdict and findings only; every session and all evidence\n"                          \
    "  --color WHEN          auto (default), always, never\n"

void help_print(void) {
    fputs("bindsight - finds DCE/RPC sessions that go to an address where the interface is not bound\n"
          "\n"
          "usage: bindsight [analyze] [options] FILE...   judge saved captures (- is standard input)\n"
          "       bindsight facts FILE...                 what the captures prove, as JSON Lines\n"
          "       bindsight judge FACTS...                judge facts, from any number of captures\n"
          "       bindsight bindings FILE...              which interface is bound at which address\n"
          "       bindsight rules [ID]                    what the rules say\n"
          "       bindsight interfaces [NAME|UUID]        the interfaces that have a name\n"
          "\n" CONFIG_HELP STATE_HELP FILTER_HELP FOLLOW_HELP OUTPUT_HELP JUDGED_HELP
          "  --check-config        read the file of -c, tell what it says, and nothing else\n"
          "  --help, --version     also: bindsight COMMAND --help\n"
          "\n"
          "Exit status: 0 nothing found, 1 findings, 2 the work could not be done. More: man bindsight\n",
          stdout);
}

static const char *const COMMAND_HELP[COMMANDS] = {
    [COMMAND_ANALYZE] = "usage: bindsight [analyze] [options] FILE...\n"
                        "\n"
                        "Reads captures (pcap, pcapng; plain, gzip, zstd), merged by time, and tells which RPC\n"
                        "sessions go where their interface is not bound.\n"
                        "\n" CONFIG_HELP STATE_HELP FILTER_HELP FOLLOW_HELP OUTPUT_HELP JUDGED_HELP
                        "  --check-config        read the file of -c, tell what it says, and nothing else\n"
                        "\n"
                        "examples:\n"
                        "  bindsight backup.pcap\n"
                        "  bindsight -c inventory.yaml --check-config\n"
                        "  bindsight analyze -o json -w result.jsonl client.pcap server.pcap\n"
                        "  tcpdump -r big.pcap -w - host 10.0.1.20 | bindsight -\n",
    [COMMAND_FACTS] = "usage: bindsight facts [-f BPF] [--follow] [-w FILE] FILE...\n"
                      "\n"
                      "Writes what the captures prove as JSON Lines: small, and all that 'bindsight judge' needs.\n"
                      "\n" FILTER_HELP FOLLOW_HELP "  -o json               the only form there is\n"
                      "  -w FILE               write to FILE instead of standard output\n"
                      "\n"
                      "example:\n"
                      "  bindsight facts -w site-a.facts site-a.pcap\n",
    [COMMAND_JUDGE] = "usage: bindsight judge [options] FACTS...\n"
                      "\n"
                      "Judges facts that 'bindsight facts' wrote (- is standard input). Several files are merged\n"
                      "by time, as if one capture had seen all of it.\n"
                      "\n" CONFIG_HELP STATE_HELP OUTPUT_HELP JUDGED_HELP "\n"
                      "example:\n"
                      "  bindsight judge site-a.facts site-b.facts\n",
    [COMMAND_BINDINGS] = "usage: bindsight bindings [options] FILE...\n"
                         "\n"
                         "Tells which interface is bound at which address, by what the captures prove.\n"
                         "\n" CONFIG_HELP STATE_HELP FILTER_HELP FOLLOW_HELP OUTPUT_HELP EVIDENCE_HELP
                         "  --color WHEN          auto (default), always, never\n"
                         "\n"
                         "example:\n"
                         "  bindsight bindings backup.pcap\n",
    [COMMAND_RULES] = "usage: bindsight rules [-o text|json] [-w FILE] [ID]\n"
                      "\n"
                      "Lists the rules; with an ID, what that rule means, how it knows, and what to do.\n"
                      "\n" OUTPUT_HELP "\n"
                      "example:\n"
                      "  bindsight rules unbound-address\n",
    [COMMAND_INTERFACES] = "usage: bindsight interfaces [-c FILE] [-o text|json] [-w FILE] [NAME|UUID]\n"
                           "\n"
                           "Lists the interfaces that have a name; with a part of a name or UUID, those that have it,\n"
                           "and the names of their operations.\n"
                           "\n" CONFIG_HELP OUTPUT_HELP "\n"
                           "examples:\n"
                           "  bindsight interfaces exchange\n"
                           "  bindsight interfaces a4f1db00-ca47-1067-b31f-00dd010662da\n",
};

void help_print_command(enum command command) { fputs(COMMAND_HELP[command], stdout); }
