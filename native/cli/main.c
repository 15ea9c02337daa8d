#include "cli.h"
#include "system.h"

#include <stdarg.h>
#include <string.h>

const command commands[] = {
    {"test", "", "Judge servers and say what is wrong, why, and what to do.",
     "Formats: text (default), json, jsonl, junit, nagios. --image and --evidence may be repeated: several\n"
     "sources are judged side by side and reported in the order given; json then gives an array, jsonl a\n"
     "line each.\n\n"
     "Exit code: 2 if anything fails, else 1 if anything warns, else 3 if a check that decides whether\n"
     "the next backup starts could not be judged, else 0. 3 also where nothing could be judged at all.",
     TAKES_IMAGE | TAKES_EVIDENCE | TAKES_CHECK | TAKES_FORMAT | TAKES_OUTPUT | TAKES_BASELINE |
         TAKES_UNKNOWN_OK | TAKES_NO_COLOR | TAKES_ALL | TAKES_VERBOSE | TAKES_JOBS,
     false, run_test},
    {"collect", "", "Read the facts of one server and save them, to be judged elsewhere or later.",
     "Writes evidence as JSON; `marshealth test --evidence FILE` finds in it what `test --image` would.\n"
     "--redact replaces names and ids by pseudonyms and leaves raw console output out.",
     TAKES_IMAGE | TAKES_CHECK | TAKES_OUTPUT | TAKES_REDACT | TAKES_VERBOSE, false, run_collect},
    {"checks", "", "List every check and what it can say.", "Formats: text (default), json.",
     TAKES_FORMAT | TAKES_OUTPUT, false, run_checks},
    {"schema", "evidence|report", "Print the JSON Schema of a document.", "Both are JSON Schema 2020-12.",
     TAKES_OUTPUT, true, run_schema},
    {"version", "", "Print the version.", "Formats: text (default), json.", TAKES_FORMAT, false, run_version},
    {0},
};

void complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("marshealth: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    (void)fflush(stderr); /* not every system leaves this stream unbuffered */
    va_end(arguments);
}

void complain_error(const char *about) {
    mars_error error = MARS_ERROR_INIT;
    (void)mars_error_copy(&error);
    if (about != NULL && strstr(error.message, about) == NULL) {
        complain("%s: %s", about, error.message);
    } else {
        complain("%s", error.message);
    }
}

static void print_help(FILE *to) {
    (void)fputs("usage: marshealth COMMAND [options]\n\n"
                "Finds out why backups of a Windows server by the Microsoft Azure Recovery Services (MARS)\n"
                "agent do not run.\n\n"
                "commands:\n",
                to);
    for (const command *c = commands; c->name != NULL; c++) {
        (void)fprintf(to, "  %-8s  %s\n", c->name, c->summary);
    }
    (void)fputs("\n`marshealth COMMAND --help` tells more.\n", to);
}

static const command *command_named(const char *name) {
    for (const command *c = commands; c->name != NULL; c++) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

static int run_command(const command *c, int count, char **words) {
    options given = {0};
    int code = EXIT_NOT_JUDGED;
    if (options_read(c, count, words, &given)) {
        if (given.help) {
            print_command_help(c, stdout);
            code = EXIT_DONE;
        } else {
            code = c->run(&given);
        }
    }
    options_free(&given);
    return code;
}

int run_marshealth(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (name == NULL) {
        print_help(stderr);
        return EXIT_NOT_JUDGED;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        const command *about = argc > 2 ? command_named(argv[2]) : NULL;
        if (about != NULL) {
            print_command_help(about, stdout);
        } else {
            print_help(stdout);
        }
        return EXIT_DONE;
    }
    const command *c = command_named(strcmp(name, "--version") == 0 ? "version" : name);
    if (c == NULL) {
        complain("there is no command \"%s\"; see marshealth --help", name);
        return EXIT_NOT_JUDGED;
    }
    return run_command(c, argc - 1, argv + 1);
}
