/* race RUNS NAME COMMAND ARGUMENT... [--against NAME COMMAND ARGUMENT...]
 *
 * Runs one command, or two by turns, so often each, with output to /dev/null, and prints for each the best
 * and the median wall time, the processor time of the best run in that respect, the largest resident size and
 * the exit code; for two also the ratios of the first to the second. Ends with 1 if a command could not be
 * run or was killed. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RUNS = 1000, CANNOT_RUN = 126 };

typedef struct runner {
    const char *name;
    char **command; /* ended by NULL */
    double wall[MOST_RUNS];
    double processor[MOST_RUNS];
    long resident; /* KiB */
    int code;
} runner;

static double seconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static _Noreturn void become(char **command) {
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0) {
        _exit(CANNOT_RUN);
    }
    (void)execvp(command[0], command);
    perror(command[0]);
    _exit(CANNOT_RUN);
}

/* The usage is that of the command and of all it has waited for. */
static bool run_once(runner *of, int run) {
    struct rusage usage;
    int status = 0;
    double start = seconds_now();
    pid_t child = fork();
    if (child == 0) {
        become(of->command);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror(of->name);
        return false;
    }
    of->wall[run] = seconds_now() - start;
    of->processor[run] = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    of->resident = usage.ru_maxrss > of->resident ? usage.ru_maxrss : of->resident;
    of->code = WIFEXITED(status) ? WEXITSTATUS(status) : CANNOT_RUN;
    if (of->code >= CANNOT_RUN) {
        (void)fprintf(stderr, "race: %s did not end by itself\n", of->name);
        return false;
    }
    return true;
}

static int compare(const void *a, const void *b) {
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void print(runner *of, int runs) {
    qsort(of->wall, (size_t)runs, sizeof *of->wall, compare);
    qsort(of->processor, (size_t)runs, sizeof *of->processor, compare);
    (void)printf("  %-34s best %8.1f ms  median %8.1f ms  processor %8.1f ms  peak %7.1f MiB  exit %d\n",
                 of->name, of->wall[0] * 1e3, of->wall[runs / 2] * 1e3, of->processor[0] * 1e3,
                 (double)of->resident / 1024, of->code);
}

static int race(runner *racers, int count, int runs) {
    for (int run = 0; run < runs; run++) {
        for (int i = 0; i < count; i++) {
            if (!run_once(&racers[i], run)) {
                return 1;
            }
        }
    }
    for (int i = 0; i < count; i++) {
        print(&racers[i], runs);
    }
    if (count == 2) {
        (void)printf("  ratio: best %.2f, median %.2f, processor %.2f\n",
                     racers[0].wall[0] / racers[1].wall[0],
                     racers[0].wall[runs / 2] / racers[1].wall[runs / 2],
                     racers[0].processor[0] / racers[1].processor[0]);
    }
    return 0;
}

int main(int argc, char **argv) {
    static runner racers[2];
    int runs = argc > 3 ? (int)strtol(argv[1], NULL, 10) : 0;
    if (runs < 1 || runs > MOST_RUNS) {
        (void)fputs("usage: race RUNS NAME COMMAND ARGUMENT... [--against NAME COMMAND ARGUMENT...]\n",
                    stderr);
        return 2;
    }
    racers[0].name = argv[2];
    racers[0].command = argv + 3;
    int count = 1;
    for (int i = 4; i + 2 < argc && count == 1; i++) {
        if (strcmp(argv[i], "--against") == 0) {
            argv[i] = NULL;
            racers[1].name = argv[i + 1];
            racers[1].command = argv + i + 2;
            count = 2;
        }
    }
    return race(racers, count, runs);
}
