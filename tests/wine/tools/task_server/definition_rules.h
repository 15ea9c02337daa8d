/* The elements of a task's definition, as the task schema documents them (MS-TSCH 2.5). */
#ifndef DEFINITION_RULES_H
#define DEFINITION_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

/* SCHED_E_..., which the compiler's headers lack. */
#define UNEXPECTED_NODE   ((HRESULT)0x80041316)
#define UNKNOWN_NAMESPACE ((HRESULT)0x80041317)
#define INVALID_VALUE     ((HRESULT)0x80041318)
#define MISSING_NODE      ((HRESULT)0x80041319)
#define MALFORMED_XML     ((HRESULT)0x8004131A)
#define TOO_MANY_NODES    ((HRESULT)0x8004131D)

typedef enum value_kind {
    VALUE_GROUP = 0, /* elements; which ones, the rules with this one's name as parent say */
    VALUE_TEXT,
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_DURATION, /* "PT72H" */
    VALUE_TIME,     /* "2026-01-05T21:00:00", an offset or Z behind it or not */
    VALUE_WORD,     /* one of a list */
    VALUE_ANY,      /* elements that nobody looks at here */
} value_kind;

typedef struct element_rule {
    const char *parent; /* "*Trigger": every trigger */
    const char *name;
    value_kind kind;
    bool required;
    unsigned most;           /* 0: one */
    const char *words;       /* VALUE_WORD: " A B " */
    const char *written_out; /* what Windows writes where it is not given; NULL: nothing */
} element_rule;

/* In the order in which Windows writes them. */
extern const element_rule element_rules[];
extern const size_t element_rule_count;

#endif
