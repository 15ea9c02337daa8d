/* Patterns: the only door to PCRE2. Every pattern of the library is a row of the table here; a set compiles
 * each the first time it is used and keeps it, and belongs to one thread at a time. */
#ifndef TEXT_PATTERN_H
#define TEXT_PATTERN_H

#include "core/arena.h"

/* X(enumerator, pattern). All are UTF, in extended syntax off; add (?i) and the like in the pattern. \w, \d
 * and \s mean ASCII unless the pattern begins with (*UCP). */
#define PATTERNS(X)                                                                                          \
    X(GUID, "\\{[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\\}")             \
    X(VOLUME, "(?:\\(([A-Za-z]):\\))?\\\\\\\\\\?\\\\Volume(\\{[0-9A-Fa-f-]{36}\\})\\\\?")                    \
    X(WRITER_STATE, "\\[\\s*((?:[0-9]\\s*){1,4})\\]")                                                        \
    X(IMPORT_MODULE, "(?i)\\b(?:Import-Module|ipmo)\\s+(?:-(?!Name\\b)\\w+\\s+)*(?:-Name\\s+)?\\\\?[\"']?([" \
                     "^\\s;|\"'][^;|\"']*?)"                                                                 \
                     "(?=\\\\?[\"']|\\s*[;|]|\\s+-|\\s*$)")                                                  \
    X(SHADOW_SHORTAGE, "(?i)\\b0x0*186C2\\b")                                                                \
    X(REGISTRATION_MISMATCH, "\\b230006\\b")                                                                 \
    X(ALLOWS_SYSTEM_ALL_SCRIPTS,                                                                             \
      "UserOrGroupSid=\"S-1-(?:1-0|5-18|5-32-544)\"\\s+Action=\"Allow\"\\s*>\\s*<Conditions>\\s*"            \
      "<FilePathCondition\\s+Path=\"\\*\"\\s*/>\\s*</Conditions>\\s*</FilePathRule>")

typedef enum pattern_id {
#define X(name, text) PATTERN_##name,
    PATTERNS(X)
#undef X
        PATTERN_COUNT
} pattern_id;

typedef struct pattern_set pattern_set;

/* NULL if memory ran out. */
pattern_set *pattern_set_new(void);
void pattern_set_free(pattern_set *set);

/* For tests: from now on the set uses another text for a pattern, one that a hostile input makes expensive. */
void pattern_test_replace(pattern_set *set, pattern_id id, const char *text);

enum { PATTERN_GROUPS = 10 };

/* Group 0 is the whole match. A group that took no part has begin == end == SIZE_MAX. */
typedef struct pattern_match {
    struct {
        size_t begin;
        size_t end;
    } group[PATTERN_GROUPS];
} pattern_match;

typedef enum pattern_result {
    PATTERN_NO_MATCH = 0,
    PATTERN_MATCHED = 1,
    PATTERN_GAVE_UP = -1, /* the text made matching too expensive, the start is past its end, or memory ran out */
} pattern_result;

/* Finds the first match at or after start. Bytes that are not UTF-8 match nothing, and part what is before them from what
 * is behind. */
pattern_result pattern_find(pattern_set *set, pattern_id id, const char *text, size_t length, size_t start,
                            pattern_match *match);
/* A group's text, or NULL if it took no part. */
const char *pattern_group(arena *memory, const char *text, const pattern_match *match, size_t group);

#endif
