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
     0, 0, run_test},
    {"collect", "", "Read the facts of one server and save them, to be judged elsewhere or later.",
     "Writes evidence as JSON; `marshealth test --evidence FILE` finds in it what `test --image` would.\n"
     "--redact replaces names and ids by pseudonyms and leaves raw console output out.",
     TAKES_IMAGE | TAKES_CHECK | TAKES_OUTPUT | TAKES_REDACT | TAKES_VERBOSE, 0, 0, run_collect},
    {"plan", "", "Say what would repair a server, step by step.",
     "Formats: text (default), json (default where -o names a file ending in .json), jsonl. The JSON can be\n"
     "read, edited and applied with `marshealth repair --plan FILE`: \"take\": false leaves a step out,\n"
     "\"take\": true approves one that is held for its risk. Steps of more than low risk are held unless\n"
     "--include-risk asks for them.",
     TAKES_IMAGE | TAKES_EVIDENCE | TAKES_CHECK | TAKES_SET | TAKES_INCLUDE_RISK | TAKES_BASELINE |
         TAKES_FORMAT | TAKES_OUTPUT | TAKES_NO_COLOR | TAKES_VERBOSE,
     0, 0, run_plan},
    {"repair", "", "Repair a server, as planned or as it is judged now.",
     "Each step is judged again before and after it; the first one that fails ends the run. Everything is\n"
     "recorded before it is changed: `marshealth undo` takes it back. Asks before it changes anything.\n"
     "Formats: text (default), json, jsonl.\n\n"
     "Exit code: 0 if all is done (or nothing was to do), 1 if it stopped part of the way, 2 if it was\n"
     "refused and nothing was changed, 3 if it could not begin.",
     TAKES_IMAGE | TAKES_PLAN | TAKES_CHECK | TAKES_SET | TAKES_INCLUDE_RISK | TAKES_BASELINE |
         TAKES_WHAT_IF | TAKES_YES | TAKES_ANY_MACHINE | TAKES_FORMAT | TAKES_OUTPUT | TAKES_NO_COLOR |
         TAKES_VERBOSE,
     0, 0, run_repair},
    {"undo", "[RUN-ID]", "Take a repair back (default: the newest that was not taken back).",
     "RUN-ID is one of `marshealth history`, or a unique beginning of one. Where something was changed "
     "since,\n"
     "nothing is done, unless --force or --partial says how to go on. Exit codes are those of repair.",
     TAKES_IMAGE | TAKES_WHAT_IF | TAKES_YES | TAKES_ANY_MACHINE | TAKES_FORCE | TAKES_FORMAT | TAKES_OUTPUT |
         TAKES_NO_COLOR | TAKES_VERBOSE,
     0, 1, run_undo},
    {"history", "", "List the repairs recorded on a server, and what became of each.",
     "Formats: text (default), json, jsonl.", TAKES_IMAGE | TAKES_FORMAT | TAKES_OUTPUT | TAKES_VERBOSE, 0, 0,
     run_history},
    {"call", "OPERATION JSON",
     "Call one operation with its arguments, such as '{\"policy\": \"RemoteSigned\"}'.",
     "`marshealth operations` lists them. Guards, record and undo are those of repair, and so are the exit\n"
     "codes.",
     TAKES_IMAGE | TAKES_WHAT_IF | TAKES_YES | TAKES_FORMAT | TAKES_OUTPUT | TAKES_NO_COLOR | TAKES_VERBOSE,
     2, 2, run_call},
    {"operations", "", "List every operation, its arguments and its risk.",
     "Formats: text (default), json, where each operation has the JSON Schema of its arguments.",
     TAKES_FORMAT | TAKES_OUTPUT, 0, 0, run_operations},
    {"baseline", "DIR", "Record the files of the agent's PowerShell module on a good server.",
     "DIR is the folder MSOnlineBackup, in a copy of the server's disk or on this machine. The result is "
     "for\n"
     "test --baseline, repair --baseline, and as an argument of powershell.restore-module.",
     TAKES_OUTPUT | TAKES_AGENT_VERSION, 1, 1, run_baseline},
    {"checks", "", "List every check and what it can say.", "Formats: text (default), json.",
     TAKES_FORMAT | TAKES_OUTPUT, 0, 0, run_checks},
    {"schema", "evidence|report|plan|outcome", "Print the JSON Schema of a document.",
     "Each is JSON Schema 2020-12.", TAKES_OUTPUT, 1, 1, run_schema},
    {"version", "", "Print the version.", "Formats: text (default), json.", TAKES_FORMAT, 0, 0, run_version},
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
                "agent do not run, and repairs what can be repaired.\n\n"
                "commands:\n",
                to);
    for (const command *c = commands; c->name != NULL; c++) {
        (void)fprintf(to, "  %-10s  %s\n", c->name, c->summary);
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
