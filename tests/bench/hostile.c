/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What hostile captures cost: time for each byte, beside that of an ordinary one.
 *
 * usage: hostile [--size MB] [--rounds N] [--most FACTOR] [--only WORDS] [--dir DIR]
 *
 * --size    megabytes of each capture (20)
 * --rounds  how often each is read; the least of the times counts (3)
 * --most    fail if one takes so many times as long for a byte as the ordinary one (10)
 * --only    those whose name has the words in it
 * --dir     make the captures there, and leave them (in memory)
 *
 * Prints a table. Each capture is made and read once at a quarter of its size and once whole, so that what grows faster
 * than the input shows; each reading is a process of its own, the whole program's way from the file to the report. */
#define _GNU_SOURCE /* memfd_create, timeval */
#include "cli/analysis.h"
#include "report/text.h"
#include "tests/bench/attack.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct options {
    double size, most;
    unsigned rounds;
    const char *only, *directory;
} options = {20, 10, 3, "", NULL};

struct cost {
    double seconds;
    double bytes, packets;
    double peak; /* MiB */
};

static void fail(const char *what) {
    perror(what);
    exit(2);
}

static void analyze(const char *path) {
    static struct analysis analysis;
    FILE *nowhere = fopen("/dev/null", "w");
    const char *const paths[] = {path};
    static const struct inventory nothing;
    if (nowhere == NULL || !analysis_open_judge(&analysis, &nothing))
        fail("hostile");
    analysis_captures(&analysis, paths, 1, NULL, false);
    struct results results = analysis_results(&analysis);
    struct page page = page_over(nowhere, DETAIL_NORMAL, false, &results);
    if (analysis.failed || !text_report(&page, &results))
        fail(path);
    analysis_close(&analysis);
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

/* What this process took, in MiB: not what it was born with, as ru_maxrss has it. */
static double peak(void) {
    static const char field[] = "VmHWM:";
    char line[128];
    double kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, field, sizeof field - 1) == 0)
            kilobytes = strtod(line + sizeof field - 1, NULL);
    if (status != NULL)
        fclose(status);
    return kilobytes / 1024;
}

/* The reading, and what it cost on standard output. */
static int read_and_tell(const char *path) {
    struct rusage usage;
    analyze(path);
    getrusage(RUSAGE_SELF, &usage);
    printf("%f %f\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), peak());
    return 0;
}

/* In a process of its own, whose processor time and memory are those of the reading alone. */
static void read_once(const char *path, struct cost *cost) {
    int ends[2], status;
    char line[128], *second;
    if (pipe(ends) != 0)
        fail("pipe");
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/proc/self/exe", "hostile", "--read", path, (char *)NULL);
        _exit(2);
    }
    close(ends[1]);
    FILE *told = fdopen(ends[0], "r");
    if (child < 0 || told == NULL || fgets(line, sizeof line, told) == NULL || waitpid(child, &status, 0) != child ||
        status != 0)
        fail("a reading");
    fclose(told);
    double passed = strtod(line, &second);
    cost->peak = strtod(second, NULL);
    if (cost->seconds == 0 || passed < cost->seconds)
        cost->seconds = passed;
}

static struct cost measure(const struct attack *attack, double bytes) {
    static struct trace trace;
    char path[FILENAME_MAX];
    int fd = memfd_create("hostile", 0);
    if (options.directory != NULL)
        snprintf(path, sizeof path, "%s/%s.pcap", options.directory, attack->name);
    else
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || !trace_open(&trace, path))
        fail(path);
    attack->write(&trace, (uint64_t)bytes);
    if (!trace_close(&trace))
        fail(path);
    struct cost cost = {.bytes = (double)trace.bytes, .packets = (double)trace.frames};
    for (unsigned i = 0; i < options.rounds; i++)
        read_once(path, &cost);
    close(fd);
    return cost;
}

static double for_each_byte(const struct cost *cost) { return cost->seconds / cost->bytes * 1e9; }

/* How many times as long as the ordinary one. */
static double compare(const struct attack *attack, const struct cost *ordinary) {
    struct cost quarter = measure(attack, options.size * 1e6 / 4);
    struct cost whole = measure(attack, options.size * 1e6);
    double times = ordinary == NULL ? 1 : for_each_byte(&whole) / for_each_byte(ordinary);
    printf("| %s | %.2f | %.0f | %.2f | %.2f | %.1f | %.0f |\n", attack->name, whole.packets / 1e6,
           whole.seconds / whole.packets * 1e9, for_each_byte(&quarter), for_each_byte(&whole), times, whole.peak);
    fflush(stdout);
    return times;
}

static const struct attack ORDINARY = {"ordinary sessions", write_ordinary};

static int run(void) {
    static const struct attack *const kinds[] = {ATTACKS_BY_RPC,       ATTACKS_BY_SMB,   ATTACKS_BY_TCP,
                                                 ATTACKS_BY_DATAGRAMS, ATTACKS_ON_RULES, NULL};
    unsigned failed = 0;
    printf("| capture | Mpackets | ns/packet | ns/byte, a quarter | ns/byte | × ordinary | peak MiB |\n");
    printf("|---|---:|---:|---:|---:|---:|---:|\n");
    struct cost ordinary = measure(&ORDINARY, options.size * 1e6);
    compare(&ORDINARY, NULL);
    for (size_t kind = 0; kinds[kind] != NULL; kind++)
        for (const struct attack *attack = kinds[kind]; attack->name != NULL; attack++)
            if (strstr(attack->name, options.only) != NULL)
                failed += compare(attack, &ordinary) > options.most;
    if (failed > 0)
        fprintf(stderr, "%u of them take more than %g times as long\n", failed, options.most);
    return failed > 0;
}

static int usage(void) {
    fputs("usage: hostile [--size MB] [--rounds N] [--most FACTOR] [--only WORDS] [--dir DIR]\n", stderr);
    return 2;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--read") == 0) /* by read_once */
        return read_and_tell(argv[2]);
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return usage();
        if (strcmp(argv[i], "--size") == 0)
            options.size = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--rounds") == 0)
            options.rounds = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--most") == 0)
            options.most = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--only") == 0)
            options.only = argv[i + 1];
        else if (strcmp(argv[i], "--dir") == 0)
            options.directory = argv[i + 1];
        else
            return usage();
    }
    if (options.size <= 0 || options.rounds == 0)
        return usage();
    return run();
}
