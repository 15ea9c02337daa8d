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

/* Exit codes of every command; `test` has its own meaning for 1 and 2 (see its help). */
enum { EXIT_DONE = 0, EXIT_WARNINGS = 1, EXIT_FAILURES = 2, EXIT_NOT_JUDGED = 3 };

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
    const char *format;   /* as written, or NULL */
    const char *output;   /* file, or NULL for standard output */
    const char *baseline; /* file, or NULL */
    const char *argument; /* the one argument that is no option, or NULL */
    long jobs;            /* 0: one per processor */
    bool redact;
    bool unknown_ok;
    bool no_color;
    bool all;
    bool verbose;
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
} option_bit;

typedef struct command {
    const char *name;
    const char *arguments; /* for the usage line: what follows the options, or "" */
    const char *summary;   /* one line */
    const char *details;   /* paragraphs for --help */
    unsigned takes;        /* option_bit */
    bool needs_argument;
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
int run_checks(const options *given);
int run_schema(const options *given);
int run_version(const options *given);

/* ---- Shared ---- */

/* A message on stderr: "marshealth: ...". */
void complain(const char *format, ...) PRINTF_LIKE(1, 2);
/* The library's last error on stderr, with the source it happened on (NULL: none). */
void complain_error(const char *about);

/* A whole file ("-": standard input), with a NUL behind it; free() it. NULL: message says why. */
char *read_whole_file(const char *path, size_t *size, char *message, size_t message_size);

/* Where output goes: standard output, or a file that appears only when it is complete. */
typedef struct output {
    FILE *to;
    const char *path; /* NULL: standard output */
    char *temporary;
} output;
bool output_open(output *out, const char *path);
/* keep false: throw the file away. False after a message if it could not be written whole. */
bool output_close(output *out, bool keep);
/* Writes a text and frees it. */
bool output_text(const char *path, mars_text *text);

/* "text", "json", ... to MARS_FORMAT_...; 0 after a message. allowed: a set of bits 1 << MARS_FORMAT_... */
int32_t format_named(const char *name, unsigned allowed);

#endif
