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
    OPTION_SET,
    OPTION_INCLUDE_RISK,
    OPTION_PLAN,
    OPTION_WHAT_IF,
    OPTION_YES_TO,
    OPTION_ANY_MACHINE,
    OPTION_FORCE,
    OPTION_PARTIAL,
    OPTION_AGENT_VERSION,
};

static const option_row rows[] = {
    {"image", "DIR", OPTION_IMAGE, TAKES_IMAGE, "a folder laid out like the server's system drive"},
    {"evidence", "FILE", OPTION_EVIDENCE, TAKES_EVIDENCE,
     "a file that `marshealth collect` wrote (-: standard input)"},
    {"check", "ID", OPTION_CHECK, TAKES_CHECK,
     "only this check, or a group such as schedule; may be repeated"},
    {"format", "FORMAT", OPTION_FORMAT, TAKES_FORMAT, "form of the output (see above)"},
    {"output", "FILE", 'o', TAKES_OUTPUT, "write there instead of to standard output"},
    {"baseline", "FILE", OPTION_BASELINE, TAKES_BASELINE, "compare the agent's module with this baseline"},
    {"redact", NULL, OPTION_REDACT, TAKES_REDACT, "leave out what tells whose server it is"},
    {"unknown-ok", NULL, OPTION_UNKNOWN_OK, TAKES_UNKNOWN_OK,
     "exit 0, not 3, where a blocking check could not be judged"},
    {"plan", "FILE", OPTION_PLAN, TAKES_PLAN,
     "apply this plan, as `marshealth plan` wrote it (-: standard input)"},
    {"set", "O.A=VALUE", OPTION_SET, TAKES_SET,
     "argument A of operation O, which no check can know; may be repeated"},
    {"include-risk", "RISK", OPTION_INCLUDE_RISK, TAKES_INCLUDE_RISK,
     "also take steps of this risk: medium or high"},
    {"what-if", NULL, OPTION_WHAT_IF, TAKES_WHAT_IF, "say what would be changed, and change nothing"},
    {"yes", NULL, 'y', TAKES_YES, "do not ask before changing anything"},
    {"yes-to", "OPERATION", OPTION_YES_TO, TAKES_YES,
     "nor before this operation, which wants a confirmation of its own"},
    {"any-machine", NULL, OPTION_ANY_MACHINE, TAKES_ANY_MACHINE,
     "also where it was made for another machine"},
    {"force", NULL, OPTION_FORCE, TAKES_FORCE, "overwrite what was changed since"},
    {"partial", NULL, OPTION_PARTIAL, TAKES_FORCE, "leave what was changed since, take back the rest"},
    {"agent-version", "VERSION", OPTION_AGENT_VERSION, TAKES_AGENT_VERSION,
     "the agent that the module belongs to (default: that of cbengine.exe)"},
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

/* Adds a part to a list in one text. */
static bool add_part(char **list, const char *part, char separator, const char *wanted) {
    if (part[0] == '\0' || strchr(part, separator) != NULL) {
        complain("%s", wanted);
        return false;
    }
    size_t before = *list != NULL ? strlen(*list) : 0;
    char *longer = realloc(*list, before + strlen(part) + 2);
    if (longer == NULL) {
        complain("memory ran out");
        return false;
    }
    if (before > 0) {
        longer[before++] = separator;
    }
    memcpy(longer + before, part, strlen(part) + 1);
    *list = longer;
    return true;
}

static bool read_risk(options *out, const char *text) {
    static const char *const names[] = {
        [MARS_RISK_LOW] = "low", [MARS_RISK_MEDIUM] = "medium", [MARS_RISK_HIGH] = "high"};
    for (int32_t risk = MARS_RISK_LOW; risk <= MARS_RISK_HIGH; risk++) {
        if (strcmp(text, names[risk]) == 0) {
            out->include_risk = risk;
            return true;
        }
    }
    complain("--include-risk wants low, medium or high, not \"%s\"", text);
    return false;
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
        return add_part(&out->checks, value, ',', "--check wants a check's id, or a group");
    case OPTION_SET:
        return add_part(&out->sets, value, '\n', "--set wants OPERATION.ARGUMENT=VALUE, on one line");
    case OPTION_YES_TO:
        return add_part(&out->confirmed, value, ',', "--yes-to wants an operation");
    case OPTION_INCLUDE_RISK:
        return read_risk(out, value);
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
    case OPTION_PLAN:
        out->plan = value;
        return true;
    case OPTION_AGENT_VERSION:
        out->agent_version = value;
        return true;
    case OPTION_WHAT_IF:
        return out->what_if = true;
    case 'y':
        return out->yes = true;
    case OPTION_ANY_MACHINE:
        return out->any_machine = true;
    case OPTION_FORCE:
        return out->force = true;
    case OPTION_PARTIAL:
        return out->partial = true;
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

static bool take_arguments(const command *of, int count, char **words, options *out) {
    int given = count - optind;
    if (given > of->most_arguments) {
        complain("%s takes no \"%s\"; see marshealth %s --help", of->name, words[optind + of->most_arguments],
                 of->name);
        return false;
    }
    if (given < of->least_arguments && !out->help) {
        complain("%s needs %s; see marshealth %s --help", of->name, of->arguments, of->name);
        return false;
    }
    for (int i = 0; i < given; i++) {
        out->arguments[i] = words[optind + i];
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
            return take_arguments(of, count, words, out);
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
    free(given->sets);
    free(given->confirmed);
}
