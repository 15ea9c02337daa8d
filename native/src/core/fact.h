/* A fact: something read from a machine, or the reason why it could not be read. Zeroed memory means unknown, so a
 * forgotten fact is never good. */
#ifndef CORE_FACT_H
#define CORE_FACT_H

#include "core/arena.h"

typedef enum fact_state { FACT_UNKNOWN = 0, FACT_ABSENT, FACT_KNOWN } fact_state;

/* Why a fact is unknown: X(enumerator, slug, sentence). Slugs are part of the evidence format. */
#define UNKNOWN_REASONS(X)                                                                                   \
    X(NOT_COLLECTED, "not-collected", "it was not collected")                                                \
    X(NOT_ON_HOST, "not-on-host", "this kind of source cannot tell")                                         \
    X(NO_CAPTURE, "no-capture", "the capture of the command's output is missing")                            \
    X(ACCESS_DENIED, "access-denied", "access was denied")                                                   \
    X(UNREADABLE, "unreadable", "it could not be read")                                                      \
    X(MALFORMED, "malformed", "it is damaged or not in the expected form")                                   \
    X(TOO_LARGE, "too-large", "it is larger than the limit")                                                 \
    X(AMBIGUOUS, "ambiguous", "two names differ only by case")                                               \
    X(OUTSIDE, "outside", "it lies outside the image")                                                       \
    X(NO_MEMORY, "no-memory", "memory ran out")                                                              \
    X(REDACTED, "redacted", "it was left out on request")                                                    \
    X(DEPENDS, "depends", "what it follows from is not known")

typedef enum unknown_reason {
#define X(name, slug, sentence) REASON_##name,
    UNKNOWN_REASONS(X)
#undef X
    REASON_COUNT
} unknown_reason;

const char *unknown_reason_slug(unknown_reason reason);
const char *unknown_reason_sentence(unknown_reason reason);
/* False if there is no such slug. */
bool unknown_reason_from_slug(const char *slug, unknown_reason *out);

typedef struct fact {
    fact_state state;
    unknown_reason reason; /* when unknown */
    const char *where;     /* where it was read, or NULL: a registry path, a file, a command */
    const char *detail;    /* what exactly went wrong, or NULL */
} fact;

fact fact_known(const char *where);
fact fact_absent(const char *where);
fact fact_unknown(unknown_reason reason, const char *where, const char *detail);

typedef struct fact_text {
    fact fact;
    const char *value;
} fact_text;
typedef struct fact_number {
    fact fact;
    int64_t value;
} fact_number;
typedef struct fact_flag {
    fact fact;
    bool value;
} fact_flag;
typedef struct fact_time {
    fact fact;
    int64_t value; /* seconds since 1970, UTC */
} fact_time;
typedef struct fact_bytes {
    fact fact;
    bytes value;
} fact_bytes;
typedef struct fact_texts {
    fact fact;
    text_list value;
} fact_texts;
typedef struct fact_list {
    fact fact;
    size_t count;
    void *items;
} fact_list;

/* Known and true; known and false. Neither holds for an unknown or absent flag. */
bool fact_is_true(const fact_flag *flag);
bool fact_is_false(const fact_flag *flag);
/* The value if known, else the fallback. */
const char *fact_text_or(const fact_text *text, const char *fallback);

#endif
