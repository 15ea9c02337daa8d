#include "cli.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct option_row {
    const char *name;
    const char *value; /* what the help calls its value; NULL: none */
    int letter;        /* short form, or a number above CHAR_MAX */
    unsigned bit;      /* 0: every command takes it */
    const char *doc;
} option_row;

enum { LONG_ONLY = CHAR_MAX + 1 };
enum {
    OPTION_IMAGE = LONG_ONLY,
    OPTION_EVIDENCE,
    OPTION_CHECK,
    OPTION_FORMAT,
    OPTION_BASELINE,
    OPTION_REDACT,
    OPTION_UNKNOWN_OK,
    OPTION_NO_COLOR,
    OPTION_ALL,
};

static const option_row rows[] = {
    {"image", "DIR", OPTION_IMAGE, TAKES_IMAGE,
     "a folder laid out like the server's system drive"},
    {"evidence", "FILE", OPTION_EVIDENCE, TAKES_EVIDENCE,
     "a file that `marshealth collect` wrote (-: standard input)"},
    {"check", "ID", OPTION_CHECK, TAKES_CHECK,
     "only this check, or a group such as schedule; may be repeated"},
    {"format", "FORMAT", OPTION_FORMAT, TAKES_FORMAT, "form of the output (see below)"},
    {"output", "FILE", 'o', TAKES_OUTPUT, "write there instead of to standard output"},
    {"baseline", "FILE", OPTION_BASELINE, TAKES_BASELINE, "compare the agent's module with this baseline"},
    {"redact", NULL, OPTION_REDACT, TAKES_REDACT, "leave out what tells whose server it is"},
    {"unknown-ok", NULL, OPTION_UNKNOWN_OK, TAKES_UNKNOWN_OK,
     "exit 0, not 3, where a blocking check could not be judged"},
    {"all", NULL, OPTION_ALL, TAKES_ALL, "show passed and skipped checks one by one"},
    {"no-color", NULL, OPTION_NO_COLOR, TAKES_NO_COLOR, "no colours (also: NO_COLOR in the environment)"},
    {"jobs", "N", 'j', TAKES_JOBS, "how many sources to judge at a time (default: one per processor)"},
    {"verbose", NULL, 'v', TAKES_VERBOSE, "say on standard error what is being done"},
    {"help", NULL, 'h', 0, "this help"},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static bool takes(const command *of, const option_row *row) {
    return row->bit == 0 || (of->takes & row->bit) != 0;
}

void print_command_help(const command *of, FILE *to) {
    (void)fprintf(to, "usage: marshealth %s [options]%s%s\n\n%s\n\n%s\n\noptions:\n", of->name,
                  of->arguments[0] != '\0' ? " " : "", of->arguments, of->summary, of->details);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (takes(of, &rows[i])) {
            char form[64];
            bool has_letter = rows[i].letter < LONG_ONLY;
            (void)snprintf(form, sizeof form, "%s%c%s--%s%s%s", has_letter ? "-" : " ",
                           has_letter ? rows[i].letter : ' ', has_letter ? ", " : "  ", rows[i].name,
                           rows[i].value != NULL ? " " : "", rows[i].value != NULL ? rows[i].value : "");
            (void)fprintf(to, "  %-22s  %s\n", form, rows[i].doc);
        }
    }
}

static bool add_source(options *out, source_kind kind, const char *path) {
    source *sources = realloc(out->sources, (out->source_count + 1) * sizeof *sources);
    if (sources == NULL) {
        complain("memory ran out");
        return false;
    }
    out->sources = sources;
    sources[out->source_count++] = (source){.kind = kind, .path = path};
    return true;
}

static bool add_check(options *out, const char *id) {
    if (id[0] == '\0') {
        complain("--check wants a check's id, or a group");
        return false;
    }
    size_t before = out->checks != NULL ? strlen(out->checks) : 0;
    char *checks = realloc(out->checks, before + strlen(id) + 2);
    if (checks == NULL) {
        complain("memory ran out");
        return false;
    }
    (void)snprintf(checks + before, strlen(id) + 2, "%s%s", before > 0 ? "," : "", id);
    out->checks = checks;
    return true;
}

static bool read_jobs(options *out, const char *text) {
    char *end = NULL;
    out->jobs = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || out->jobs < 1 || out->jobs > 256) {
        complain("--jobs wants a number from 1 to 256, not \"%s\"", text);
        return false;
    }
    return true;
}

static bool apply(options *out, int letter, const char *value) {
    switch (letter) {
    case OPTION_IMAGE:
        return add_source(out, SOURCE_IMAGE, value);
    case OPTION_EVIDENCE:
        return add_source(out, SOURCE_EVIDENCE, value);
    case OPTION_CHECK:
        return add_check(out, value);
    case OPTION_FORMAT:
        out->format = value;
        return true;
    case OPTION_BASELINE:
        out->baseline = value;
        return true;
    case OPTION_REDACT:
        return out->redact = true;
    case OPTION_UNKNOWN_OK:
        return out->unknown_ok = true;
    case OPTION_NO_COLOR:
        return out->no_color = true;
    case OPTION_ALL:
        return out->all = true;
    case 'o':
        out->output = value;
        return true;
    case 'j':
        return read_jobs(out, value);
    case 'v':
        return out->verbose = true;
    case 'h':
        return out->help = true;
    default:
        return false;
    }
}

static bool take_argument(const command *of, int count, char **words, options *out) {
    if (optind < count) {
        out->argument = words[optind++];
    }
    if (optind < count || (out->argument != NULL && !of->needs_argument)) {
        complain("%s takes no \"%s\"; see marshealth %s --help", of->name,
                 optind < count ? words[optind] : out->argument, of->name);
        return false;
    }
    if (out->argument == NULL && of->needs_argument && !out->help) {
        complain("%s needs %s; see marshealth %s --help", of->name, of->arguments, of->name);
        return false;
    }
    return true;
}

bool options_read(const command *of, int count, char **words, options *out) {
    struct option long_options[ROW_COUNT + 1] = {{0}};
    char short_options[2 * ROW_COUNT + 1] = "";
    size_t longs = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!takes(of, &rows[i])) {
            continue;
        }
        int has = rows[i].value != NULL ? required_argument : no_argument;
        long_options[longs++] = (struct option){rows[i].name, has, NULL, rows[i].letter};
        if (rows[i].letter < LONG_ONLY) {
            size_t at = strlen(short_options);
            short_options[at] = (char)rows[i].letter;
            short_options[at + 1] = has == required_argument ? ':' : '\0';
        }
    }
    *out = (options){0};
    for (;;) {
        int letter = getopt_long(count, words, short_options, long_options, NULL);
        if (letter == -1) {
            return take_argument(of, count, words, out);
        }
        if (!apply(out, letter, optarg)) {
            if (letter == '?') {
                (void)fprintf(stderr, "see marshealth %s --help\n", of->name);
            }
            return false;
        }
    }
}

void options_free(options *given) {
    free(given->sources);
    free(given->checks);
}
