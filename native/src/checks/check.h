/* Checks: pure functions over evidence. "Now" is the evidence's as_of, so judging again gives the same
 * findings.
 *
 * To add a check: a judging function declared in checks/checks.h, a row in checks/checks.c, a catalogue entry
 * (native/catalog/checks/<id>.json) with a text for every verdict, and fixtures that produce every verdict.
 */
#ifndef CHECKS_CHECK_H
#define CHECKS_CHECK_H

#include "evidence/evidence.h"
#include "marshealth.h"

typedef enum finding_status {
    STATUS_PASS = MARS_STATUS_PASS,
    STATUS_INFO = MARS_STATUS_INFO,
    STATUS_WARN = MARS_STATUS_WARN,
    STATUS_FAIL = MARS_STATUS_FAIL,
    STATUS_UNKNOWN = MARS_STATUS_UNKNOWN,
    STATUS_SKIPPED = MARS_STATUS_SKIPPED,
} finding_status;

/* What a check can say. The slug is stable: catalogue text, documentation anchor and tests hang on it. Full
 * form: "schedule.enabled/disabled". */
typedef struct verdict {
    const char *slug;
    finding_status status;
} verdict;

typedef struct judgement judgement;
typedef void (*check_function)(judgement *j, const evidence *e);

/* The rows of the table are read in this order. */
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
typedef struct check {
    const char *id;
    bool blocking;    /* decides whether the next backup starts */
    bool needs_agent; /* skipped with verdict "no-agent" where no agent is installed */
    evidence_groups needs;
    check_function judge;
    const verdict *verdicts; /* ended by a row without slug */
    bool only_when_asked;    /* left out unless the check or its group is named */
} check;

/* Every check, in the order of the report. */
extern const check all_checks[];
extern const size_t all_checks_count;

/* NULL if there is none. */
const check *check_find(const char *id);
const verdict *check_verdict(const check *row, const char *slug);

/* ---- What judging functions say ---- */

typedef enum value_kind { VALUE_TEXT, VALUE_NUMBER, VALUE_BYTES, VALUE_TIME, VALUE_TEXTS } value_kind;
typedef struct finding_value {
    const char *name;
    value_kind kind;
    const char *text;
    int64_t number; /* VALUE_NUMBER; VALUE_BYTES: bytes; VALUE_TIME: seconds since 1970 */
    text_list texts;
} finding_value;

typedef struct said said; /* one verdict on one subject, being filled */

/* Options of judging. */
typedef struct check_settings {
    const struct baseline *baseline; /* of the agent's module; NULL: none */
} check_settings;
const check_settings *judge_settings(const judgement *j);
/* The arena that the report's texts live in. */
arena *judge_memory(judgement *j);

/* Says a verdict of this check about a subject (NULL: the machine). Several on one subject make one finding,
 * worst first. Never NULL: if memory runs out, what is said goes nowhere and the report fails as a whole. */
said *judge_say(judgement *j, const char *subject, const char *slug);
/* Says "unknown" about a subject because a fact is not known. what: what it would have told, a noun phrase.
 */
said *judge_unknown(judgement *j, const char *subject, const char *what, const fact *why);

/* Values fill the catalogue's texts ({name}) and stand in the report, typed. Texts are copied (names are
 * not), since a report outlives its evidence; NULL counts as "". */
void say_text(said *s, const char *name, const char *text);
void say_number(said *s, const char *name, int64_t value);
void say_bytes(said *s, const char *name, int64_t value);
void say_time(said *s, const char *name, int64_t value);
void say_texts(said *s, const char *name, const text_list *texts);
/* Adds where a fact was read. Each place is named once. */
void say_where(said *s, const fact *read);

/* ---- Rules that several checks share ---- */

/* When the newest scheduled backup that is known to have succeeded ran. False if none is known. */
bool last_known_success(const evidence *e, int64_t *when);
/* A suspicion is contradicted if a scheduled backup succeeded after the suspicious setting was last written.
 */
bool succeeded_since(const evidence *e, const fact_time *written, int64_t *when);
/* The same of one task, where the suspicion is of its own settings. */
bool task_succeeded_since(const scheduled_task *task, const fact_time *written);
/* Says "backup-server": such a server starts the agent itself. It must be known to be there. */
void say_backup_server(judgement *j, const evidence *e);
/* Whether it is, and the agent has no tasks of its own either; then it is said, and there is nothing to judge
 * about what only tasks need. */
bool backup_server_runs_agent(judgement *j, const evidence *e);

#endif
