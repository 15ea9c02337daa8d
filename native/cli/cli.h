/* The command line tool. It uses the public ABI only: what it can do, any caller can. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "marshealth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#if defined(__MINGW32__)
#    define PRINTF_LIKE(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#    define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#endif

/* Exit codes: of `test`, of what changes a machine, and of everything else (done or not). */
enum { EXIT_DONE = 0, EXIT_WARNINGS = 1, EXIT_FAILURES = 2, EXIT_NOT_JUDGED = 3 };
enum { EXIT_STOPPED = 1, EXIT_REFUSED = 2, EXIT_NOT_BEGUN = 3 };

/* ---- Options ---- */

typedef enum source_kind { SOURCE_IMAGE, SOURCE_EVIDENCE } source_kind;
typedef struct source {
    source_kind kind;
    const char *path;
} source;

typedef struct options {
    source *sources;
    size_t source_count;
    char *checks;         /* comma-separated, or NULL */
    char *sets;           /* lines OPERATION.ARGUMENT=VALUE, or NULL */
    char *confirmed;      /* operations of --yes-to, comma-separated, or NULL */
    const char *format;   /* as written, or NULL */
    const char *output;   /* file, or NULL for standard output */
    const char *baseline; /* file, or NULL */
    const char *plan;     /* file, or NULL */
    const char *agent_version;
    const char *arguments[2]; /* what is no option; NULL where there is none */
    int32_t include_risk;     /* MARS_RISK_...; 0: not given */
    long jobs;                /* 0: one per processor */
    bool redact;
    bool unknown_ok;
    bool no_color;
    bool all;
    bool verbose;
    bool what_if;
    bool yes;
    bool any_machine;
    bool force;
    bool partial;
    bool help;
} options;

typedef enum option_bit {
    TAKES_IMAGE = 1 << 0,
    TAKES_EVIDENCE = 1 << 1,
    TAKES_CHECK = 1 << 2,
    TAKES_FORMAT = 1 << 3,
    TAKES_OUTPUT = 1 << 4,
    TAKES_BASELINE = 1 << 5,
    TAKES_REDACT = 1 << 6,
    TAKES_UNKNOWN_OK = 1 << 7,
    TAKES_NO_COLOR = 1 << 8,
    TAKES_ALL = 1 << 9,
    TAKES_VERBOSE = 1 << 10,
    TAKES_JOBS = 1 << 11,
    TAKES_SET = 1 << 12,
    TAKES_INCLUDE_RISK = 1 << 13,
    TAKES_PLAN = 1 << 14,
    TAKES_WHAT_IF = 1 << 15,
    TAKES_YES = 1 << 16,
    TAKES_ANY_MACHINE = 1 << 17,
    TAKES_FORCE = 1 << 18,
    TAKES_AGENT_VERSION = 1 << 19,
} option_bit;

typedef struct command {
    const char *name;
    const char *arguments; /* for the usage line: what follows the options, or "" */
    const char *summary;   /* one line */
    const char *details;   /* paragraphs for --help */
    unsigned takes;        /* option_bit */
    int least_arguments;
    int most_arguments;
    int (*run)(const options *given);
} command;

/* Every command; ended by a row without a name. */
extern const command commands[];

/* Reads the words behind the command's name. False after a message on stderr. */
bool options_read(const command *of, int count, char **words, options *out);
void options_free(options *given);
void print_command_help(const command *of, FILE *to);

/* ---- Commands ---- */

int run_test(const options *given);
int run_collect(const options *given);
int run_plan(const options *given);
int run_repair(const options *given);
int run_undo(const options *given);
int run_call(const options *given);
int run_history(const options *given);
int run_baseline(const options *given);
int run_checks(const options *given);
int run_operations(const options *given);
int run_schema(const options *given);
int run_version(const options *given);

/* ---- Shared ---- */

/* A message on stderr: "marshealth: ...". */
void complain(const char *format, ...) PRINTF_LIKE(1, 2);
/* The library's last error on stderr, with the source it happened on (NULL: none). */
void complain_error(const char *about);

const char *source_name(const source *from);
/* Reads or collects evidence. error: filled for what the library's own record does not tell. */
mars_status source_evidence(const source *from, const options *given, mars_evidence **out, mars_error *error);

/* A whole file ("-": standard input), with a NUL behind it; free() it. NULL: message says why. */
char *read_whole_file(const char *path, size_t *size, char *message, size_t message_size);
/* The same; false after a message on stderr. */
bool read_input(const char *path, char **out, size_t *size);

/* Where output goes: standard output, or a file that appears only when it is complete. */
typedef struct output {
    FILE *to;
    const char *path; /* NULL: standard output */
    char *temporary;
} output;
bool output_open(output *out, const char *path);
/* keep false: throw the file away. False after a message if it could not be written whole. */
bool output_close(output *out, bool keep);
/* What a command that reads one machine or document reads; false after a message if several were given. */
bool one_source(const char *name, const options *given, source *out);
/* Whether standard output is a terminal that wants colours. */
bool wants_color(const options *given);

/* Writes a text and frees it. */
bool output_text(const char *path, mars_text *text);

/* "text", "json", ... to MARS_FORMAT_...; 0 after a message. allowed: a set of bits 1 << MARS_FORMAT_... */
int32_t format_named(const char *name, unsigned allowed);

#endif
