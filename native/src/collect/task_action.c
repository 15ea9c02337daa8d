/* What a task's action runs, and what its arguments tell PowerShell. */
#include "collect/task_facts.h"

#include "collect/read.h"
#include "core/unicode.h"

#include <string.h>

/* ---- The program ---- */

static const char *without_quotes(arena *memory, const char *text) {
    const char *clean = path_clean(memory, text);
    size_t length = strlen(clean);
    if (length >= 2 && clean[0] == '"' && clean[length - 1] == '"') {
        return path_clean(memory, arena_text_n(memory, clean + 1, length - 2));
    }
    return clean;
}

static bool has_extension(const char *path) {
    const char *name = strrchr(path, '\\');
    return strchr(name != NULL ? name : path, '.') != NULL;
}

/* The candidate if it is there; *unread keeps a place that could not be looked at. */
static bool try_program(collector *c, const char *path, fact_flag *present, fact *unread) {
    const char *candidate = has_extension(path) ? path : arena_printf(c->memory, "%s.exe", path);
    *present = read_file_present(c, candidate);
    if (present->fact.state == FACT_UNKNOWN) {
        *unread = present->fact;
    }
    return fact_is_true(present);
}

static const char *search_path(collector *c, const char *name, fact_flag *present, fact *unread) {
    const char *system_root = environment_value(c, "SystemRoot");
    const char *folders = environment_value(c, "Path");
    const char *all = arena_printf(c->memory, "%s\\system32;%s;%s", system_root, system_root,
                                   folders != NULL ? folders : "");
    while (*all != '\0') {
        size_t length = strcspn(all, ";");
        const char *folder = without_quotes(c->memory, arena_text_n(c->memory, all, length));
        const char *path = path_join(c->memory, folder, name);
        if (length > 0 && try_program(c, path, present, unread)) {
            return has_extension(path) ? path : arena_printf(c->memory, "%s.exe", path);
        }
        all += length + (all[length] == ';');
    }
    return NULL;
}

static bool is_powershell(const char *program) {
    const char *name = strrchr(program, '\\');
    name = name != NULL ? name + 1 : program;
    return ascii_equal(name, "powershell.exe") || ascii_equal(name, "powershell");
}

void resolve_program(collector *c, const char *command, const char *where, action_facts *out) {
    const char *wanted = without_quotes(c->memory, environment_expand(c, command));
    fact unread = {.state = FACT_ABSENT};
    fact_flag present = {0};
    out->powershell = fact_flag_known(is_powershell(wanted), where);
    if (strchr(wanted, '\\') != NULL) {
        bool there = try_program(c, wanted, &present, &unread);
        out->program = fact_text_known(
            there && !has_extension(wanted) ? arena_printf(c->memory, "%s.exe", wanted) : wanted, where);
        out->program_present = present;
        return;
    }
    const char *found = search_path(c, wanted, &present, &unread);
    if (found != NULL) {
        out->program = fact_text_known(found, where);
        out->program_present = present;
    } else if (unread.state == FACT_UNKNOWN) {
        out->program.fact = unread;
        out->program_present.fact = unread;
    } else {
        out->program.fact = fact_absent(where);
        out->program_present = fact_flag_known(false, where);
    }
}

/* ---- PowerShell's arguments ---- */

enum { LONGEST_COMMAND_LINE = 32767 }; /* characters; Windows starts nothing with more */

/* Where the word at text ends: at a blank outside double quotes. */
static size_t word_length(const char *text) {
    size_t length = 0;
    bool quoted = false;
    while (text[length] != '\0' && (quoted || (text[length] != ' ' && text[length] != '\t'))) {
        quoted = quoted != (text[length] == '"');
        length++;
    }
    return length;
}

/* The next word of a command line, its quotes left out. False at the end. */
static bool next_word(arena *memory, const char **at, const char **word) {
    *at += strspn(*at, " \t");
    if (**at == '\0') {
        return false;
    }
    size_t length = word_length(*at);
    char *text = arena_alloc(memory, length + 1);
    size_t used = 0;
    for (size_t i = 0; text != NULL && i < length; i++) {
        if ((*at)[i] != '"') {
            text[used++] = (*at)[i];
        }
    }
    *at += length;
    *word = text != NULL ? text : "";
    return true;
}

/* powershell.exe takes any beginning of a parameter's name that is long enough to tell, and a few short
 * forms. */
static bool names_parameter(const char *word, const char *name, size_t shortest, const char *short_form) {
    if (word[0] != '-' && word[0] != '/') {
        return false;
    }
    const char *given = word + 1;
    size_t length = strlen(given);
    return (length >= shortest && length <= strlen(name) && ascii_equal_n(given, name, length)) ||
           (short_form != NULL && ascii_equal(given, short_form));
}

/* What follows -Command, -EncodedCommand or -File belongs to the script. */
static bool begins_script(const char *word) {
    return names_parameter(word, "Command", 1, NULL) || names_parameter(word, "File", 1, NULL) ||
           names_parameter(word, "EncodedCommand", 1, "ec");
}

/* Parameters that come with a word of their own. */
static bool takes_value(const char *word) {
    return names_parameter(word, "ExecutionPolicy", 2, "ep") || names_parameter(word, "Version", 1, NULL) ||
           names_parameter(word, "PSConsoleFile", 1, NULL) || names_parameter(word, "WindowStyle", 1, NULL) ||
           names_parameter(word, "InputFormat", 3, "if") || names_parameter(word, "OutputFormat", 1, "of") ||
           names_parameter(word, "ConfigurationName", 6, NULL);
}

/* The next of powershell.exe's own parameters. False where they end: a word that is none begins the script.
 */
static bool next_parameter(arena *memory, const char **at, const char **word) {
    return next_word(memory, at, word) && ((*word)[0] == '-' || (*word)[0] == '/');
}

typedef struct shell_parameters {
    const char *policy; /* NULL: none is named */
    bool encoded;       /* the script is given as -EncodedCommand */
} shell_parameters;

static shell_parameters read_parameters(arena *memory, const char *arguments) {
    shell_parameters found = {0};
    const char *at = arguments;
    const char *word = NULL;
    while (next_parameter(memory, &at, &word)) {
        if (takes_value(word)) {
            const char *value = "";
            (void)next_word(memory, &at, &value);
            if (names_parameter(word, "ExecutionPolicy", 2, "ep")) {
                found.policy = value;
            }
        } else if (begins_script(word)) {
            found.encoded = names_parameter(word, "EncodedCommand", 1, "ec");
            break;
        }
    }
    return found;
}

static fact_texts find_imports(collector *c, const char *arguments, const char *where) {
    arena_vector names = ARENA_VECTOR(c->memory, const char *);
    size_t length = strlen(arguments);
    size_t at = 0;
    pattern_match match = {0};
    pattern_result result = PATTERN_NO_MATCH;
    while ((result = pattern_find(c->patterns, PATTERN_IMPORT_MODULE, arguments, length, at, &match)) ==
           PATTERN_MATCHED) {
        const char **name = arena_push(&names);
        if (name != NULL) {
            *name = pattern_group(c->memory, arguments, &match, 1);
        }
        at = match.group[0].end;
    }
    if (result == PATTERN_GAVE_UP) {
        return (fact_texts){
            .fact = fact_unknown(REASON_MALFORMED, where, "the arguments are not text that can be searched")};
    }
    return (fact_texts){.fact = fact_known(where), .value = {.items = names.items, .count = names.count}};
}

void read_powershell_arguments(collector *c, const char *arguments, const char *where, action_facts *out) {
    const char *text = arguments != NULL ? arguments : "";
    if (strlen(text) > (size_t)LONGEST_COMMAND_LINE * 3) { /* bytes of UTF-8 */
        out->imports.fact =
            fact_unknown(REASON_TOO_LARGE, where, "the arguments are longer than a command line can be");
        out->execution_policy.fact = out->imports.fact;
        return;
    }
    shell_parameters given = read_parameters(c->memory, text);
    out->execution_policy =
        given.policy != NULL ? fact_text_known(given.policy, where) : (fact_text){.fact = fact_absent(where)};
    if (given.encoded) {
        out->imports.fact = fact_unknown(REASON_MALFORMED, where, "the command is encoded");
    } else {
        out->imports = find_imports(c, text, where);
    }
}
