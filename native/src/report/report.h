/* A report: the findings of judging one document, complete with their texts. Never changes once made. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "checks/check.h"
#include "core/text_builder.h"
#include "report/catalog.h"
#include "report/offer.h"

#define REPORT_SCHEMA "marshealth/report/1"

/* One verdict on a subject, its texts filled in. */
typedef struct finding_part {
    const verdict *verdict;
    const char *code; /* "schedule.enabled/disabled" */
    const char *title;
    const char *cause; /* NULL if nothing is to be said; likewise the next two */
    const char *advice;
    const char *command;
    const finding_value *values;
    size_t value_count;
    text_list where;
    repair_offer_list offers; /* what answers this verdict */
} finding_part;

/* One per check and subject: the worst verdict, then the others. */
typedef struct finding {
    const check *check;
    const char *subject; /* NULL: the machine */
    const finding_part *parts;
    size_t part_count;          /* at least 1 */
    const char *const *sources; /* NULL-ended */
    /* What the ABI hands out as one text, made once. */
    const char *where_lines; /* NULL if nowhere */
    const char *values_json;
    const char *repairs_json;
    repair_offer_list offers; /* of all parts, the worst part's first, each once */
} finding;

typedef struct report_summary {
    uint64_t count[MARS_STATUS_SKIPPED + 1]; /* by finding_status */
    uint64_t unknown_blocking;
} report_summary;

/* Whether the next scheduled backup starts: it does if no blocking check fails or is unknown or was left out.
 */
typedef enum next_backup { NEXT_BACKUP_STARTS, NEXT_BACKUP_FAILS, NEXT_BACKUP_UNKNOWN } next_backup;

struct mars_report {
    arena memory;
    /* Copied from the evidence, which may be freed first. NULL where not known. */
    const char *tool_version;
    const char *computer_name;
    const char *machine_guid;
    const char *mars_machine_id;
    const char *os_name;
    const char *os_build;
    const char *source_kind;
    const char *source_name;
    int64_t collected;
    int64_t as_of;
    bool has_as_of;
    text_list warnings;
    const finding *findings;
    size_t finding_count;
    report_summary summary;
    next_backup next_backup;
};
typedef struct mars_report report;

/* Which checks to judge. NULL selection: all. */
typedef struct check_selection {
    const check *const *items;
    size_t count;
} check_selection;
/* "a.b,schedule": ids and group names, in the order of the catalogue, each once. MARS_E_NOT_FOUND names a
 * wrong one. */
mars_status check_select(const char *list, arena *memory, check_selection *out);
evidence_groups check_selection_needs(const check_selection *selection);

mars_status report_make(report **out, const evidence *e, const check_selection *selection,
                        const check_settings *settings);
void report_free(report *document);

/* For report_make: what the findings say. */
next_backup next_backup_expected(const report *document);
/* Whether a check is among those that keep the next backup from starting, or, if that is unknown, among those
 * that leave it so. */
bool next_backup_told_by(const report *document, const check *row);

/* The worst first: fail, warn, unknown, info, pass, skipped. */
int finding_urgency(finding_status status);
const char *finding_status_name(finding_status status);

/* The views. Each appends to the builder, which tells at the end whether memory ran out. */
typedef struct render_options {
    bool color;
    bool all; /* text: passed and skipped checks one by one */
} render_options;
void render_text(text_builder *out, const report *document, const render_options *options);
void render_json(text_builder *out, const report *document, bool indent);
/* part: the testsuite element only, without declaration and root. */
void render_junit(text_builder *out, const report *document, bool part);
void render_nagios(text_builder *out, const report *document);
/* What the library knows: every check with its verdicts. */
void render_checks_text(text_builder *out);
void render_checks_json(text_builder *out);
/* JSON Schema of the report. */
void render_report_schema(text_builder *out);

/* A finding's offers as a JSON array on one line. */
const char *repairs_text(arena *memory, const finding *f);

/* A part's values as a JSON object on one line; "{}" for none. */
const char *values_text(arena *memory, const finding_part *part);

/* A catalogue text with its {name} places filled. Sizes are written like "1.5 GB", times as ISO 8601, lists
 * with commas; an unknown name stays as written. No blanks are left at the end, where an empty value stood.
 */
const char *fill_text(arena *memory, const char *text, const finding_value *values, size_t count);
/* The same for a command, which people paste into PowerShell: a value, which may come from anywhere, cannot
 * end the single quotes that stand around its place. */
const char *fill_command(arena *memory, const char *text, const finding_value *values, size_t count);

#endif
