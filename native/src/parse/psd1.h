/* PowerShell data files (module manifests): literals only, read without evaluating anything.
 *
 * The rules are those of PowerShell's restricted language, in which Windows PowerShell 5.1 reads a manifest,
 * less what would have to be run. Read: tables, arrays and comma lists, the four kinds of strings, numbers,
 * $true, $false, $null, parentheses, comments, line continuations, casts to simple types ([string], [int],
 * ...; PowerShell refuses others, [version] among them), and if statements as values. Of an if statement
 * whose conditions are comparisons of $PSEdition with a string the branch for "Desktop" is taken. Values that
 * depend on anything else (another variable, an expandable string with a variable, an operator, a cast that
 * converts) are PSD1_UNEVALUATED.
 *
 * Refused as a whole, as PowerShell does: $( ), commands, script blocks, member access, other statements,
 * keys that are given twice. PowerShell would run Join-Path and four more commands in a manifest; here they
 * are refused too. */
#ifndef PARSE_PSD1_H
#define PARSE_PSD1_H

#include "core/fact.h"

enum {
    PSD1_SIZE_LIMIT = 4 * 1024 * 1024, /* bytes of a file */
    PSD1_DEPTH_LIMIT = 64,             /* nested tables, arrays, parentheses, casts, blocks */
    PSD1_VALUE_LIMIT = 100000,         /* values in a file */
    PSD1_KEY_LIMIT = 1000,             /* keys of one table */
};

typedef enum psd1_kind {
    PSD1_UNEVALUATED = 0, /* it depends on something that is not evaluated here */
    PSD1_TEXT,
    PSD1_NUMBER,
    PSD1_BOOLEAN,
    PSD1_NULL,
    PSD1_ARRAY,
    PSD1_TABLE,
} psd1_kind;

typedef struct psd1_entry psd1_entry;

typedef struct psd1_value {
    psd1_kind kind;
    bool boolean;
    bool has_number; /* a number that is whole and fits */
    int64_t number;
    const char
        *text; /* TEXT: the string; NUMBER: as written; UNEVALUATED: the beginning of its source; else "" */
    size_t count; /* of items or entries */
    const struct psd1_value *items;
    const psd1_entry *entries;
} psd1_value;

struct psd1_entry {
    const char *key;
    uint32_t hash; /* of the key without regard to case */
    psd1_value value;
};

/* Reads a data file that holds one value. The encoding is found as Windows PowerShell does, but for valid
 * UTF-8 without a byte order mark, which is taken as that: else without a mark, Windows-1252. Line ends in
 * strings become \n. The result lives in the arena. False with the line and what is wrong there in *why. */
bool psd1_parse(const uint8_t *data, size_t size, arena *memory, const psd1_value **out, fact *why);

/* The value of a key, case-insensitive; NULL if the table (or whatever else it is) has none. */
const psd1_value *psd1_find(const psd1_value *table, const char *key);

typedef enum psd1_reference_kind {
    PSD1_REFERENCE_FILE, /* a known extension, a path separator, or from a key that only ever names files */
    PSD1_REFERENCE_NAME, /* a module's or an assembly's name: "Utility", "System.Xml, Version=4.0.0.0, ..." */
    PSD1_REFERENCE_UNEVALUATED, /* it cannot be told what is referred to; text is the beginning of the source
                                 */
} psd1_reference_kind;

typedef struct psd1_reference {
    const char *key; /* "RootModule", as in the documentation */
    const char *text;
    psd1_reference_kind kind;
} psd1_reference;
typedef struct psd1_reference_list {
    psd1_reference *items;
    size_t count;
} psd1_reference_list;

/* What a module manifest refers to, from RootModule (or ModuleToProcess, its older name), NestedModules,
 * ScriptsToProcess, TypesToProcess, FormatsToProcess, RequiredAssemblies and FileList, in the order of the
 * keys here. Modules may be given as tables with a ModuleName. Empty and $null entries refer to nothing.
 * False if the manifest is not a table or memory ran out (then arena_failed). */
bool psd1_module_references(const psd1_value *manifest, arena *memory, psd1_reference_list *out);

/* The text of ModuleVersion, or NULL if there is none or it is not a literal. */
const char *psd1_module_version(const psd1_value *manifest);

#endif
