/* The catalogue: what is said to people, and data that the rules need. Written in native/catalog/ as JSON and
 * made into these tables at build time. All static. */
#ifndef REPORT_CATALOG_H
#define REPORT_CATALOG_H

#include <stddef.h>
#include <stdint.h>

/* A value of the finding, and the text that it must have; NULL: any. Without a name: no condition. */
typedef struct catalog_condition {
    const char *name;
    const char *text;
} catalog_condition;

typedef struct catalog_argument {
    const char *name;
    const char *text; /* a literal, or exactly "{name}" for a value of the finding, or "{subject}" */
} catalog_argument;

/* An operation that answers a verdict. An argument that is not named, or whose value the finding does not
 * know, is one that someone has to supply. */
typedef struct catalog_repair {
    const char *operation;
    catalog_condition when;   /* offered only where this holds */
    catalog_condition unless; /* and not where this does */
    const catalog_argument *arguments;
    size_t argument_count;
} catalog_repair;

/* Texts hold {name} for a value of the finding. cause, advice and command may be NULL. */
typedef struct catalog_verdict {
    const char *slug;
    const char *title;   /* one line: what is the case */
    const char *cause;   /* why it matters */
    const char *advice;  /* what to do */
    const char *command; /* the command that does it */
    const catalog_repair *repairs;
    size_t repair_count;
} catalog_verdict;

typedef struct catalog_check {
    const char *id;
    const char *title;          /* what is checked, a noun phrase */
    const char *rule;           /* the rule, a paragraph for the documentation */
    const char *const *sources; /* addresses of the articles behind it, NULL-ended */
    const catalog_verdict *verdicts;
    size_t verdict_count;
} catalog_check;

extern const catalog_check catalog_checks[];
extern const size_t catalog_checks_count;

/* NULL if there is none. A verdict that a check's own entry lacks is looked up in the entry "common"
 * ("unknown", "no-agent"). */
const catalog_check *catalog_check_find(const char *id);
const catalog_verdict *catalog_verdict_find(const char *id, const char *slug);

/* What is said of an operation besides its title. */
typedef struct catalog_operation {
    const char *id;
    const char *guards; /* what it checks first and refuses to do, sentences */
} catalog_operation;
extern const catalog_operation catalog_operations[];
extern const size_t catalog_operations_count;
/* NULL if there is none. */
const catalog_operation *catalog_operation_find(const char *id);

/* Released agent versions, oldest first. */
extern const char *const catalog_agent_versions[];
extern const size_t catalog_agent_versions_count;
extern const char *const catalog_agent_versions_dated; /* when that table was last looked after */

/* Windows versions and whether the agent is supported on them. */
typedef struct catalog_os {
    const char *name;
    int32_t server;      /* 1: a server, 0: a client */
    int64_t first_build; /* CurrentBuild, inclusive */
    int64_t last_build;
    int32_t supported; /* 1 or 0 */
} catalog_os;
extern const catalog_os catalog_os_support[];
extern const size_t catalog_os_support_count;
extern const char *const catalog_os_support_dated; /* when that table was last looked after */

/* VSS writers and the service behind each. */
typedef struct catalog_writer {
    const char *id;      /* lower case, without braces */
    const char *name;    /* English */
    const char *service; /* the service whose restart brings the writer back; NULL: none can */
    int32_t system;      /* 1: the writer takes part in every system state backup */
} catalog_writer;
extern const catalog_writer catalog_writers[];
extern const size_t catalog_writers_count;
const catalog_writer *catalog_writer_find(const char *id);

/* Services behind VSS writers, and whether they may be restarted. */
typedef enum catalog_restart {
    CATALOG_RESTART_YES,
    CATALOG_RESTART_ASK,  /* others notice it: only when named and confirmed */
    CATALOG_RESTART_NEVER /* advice says why, and what to do instead */
} catalog_restart;
typedef struct catalog_service {
    const char *name;
    catalog_restart restart;
    const char *advice; /* NULL: none */
} catalog_service;
extern const catalog_service catalog_services[];
extern const size_t catalog_services_count;
/* By name, as Windows compares them. NULL if no writer is behind it. */
const catalog_service *catalog_service_find(const char *name);

/* Names of accounts that every Windows has, in the languages for which they are documented. */
typedef struct catalog_account_name {
    const char *sid;
    const char *authority; /* what stands before the backslash */
    const char *name;
} catalog_account_name;
extern const catalog_account_name catalog_account_names[];
extern const size_t catalog_account_names_count;
/* The SID of such an account, written with its authority or without, in any case. NULL: another account, or a
 * language that is not in the table. */
const char *catalog_account_sid(const char *account);

#endif
