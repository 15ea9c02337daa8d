/* A plan: ordered steps that would turn a report's findings good. People read it, edit it, approve it: it is
 * a JSON document (schema "plan"), and what comes back is untrusted. What the table of operations knows of a
 * step (risk, undo, what it needs) is written into the document for its readers and never believed when read.
 */
#ifndef REPAIR_PLAN_H
#define REPAIR_PLAN_H

#include "core/text_builder.h"
#include "repair/machine_identity.h"
#include "report/offer.h"
#include "report/report.h"

#define PLAN_SCHEMA "marshealth/plan/1"

/* A finding that a step answers: its precondition. Each must still be so when the step is taken. */
typedef struct plan_reason {
    const check *check;
    const char *subject; /* NULL: the machine */
    const char *verdict; /* slug */
} plan_reason;

/* Why a step is not taken. */
typedef enum plan_hold {
    PLAN_TAKEN = 0,
    PLAN_NEEDS_ARGUMENT, /* one that no check can know: --set */
    PLAN_TOO_RISKY,      /* above what was asked to be included */
    PLAN_EXCLUDED,       /* whoever edited the document said "take": false */
    PLAN_NOT_HERE,       /* the machine that was read is no running server */
} plan_hold;

typedef struct plan_step {
    repair_offer offer; /* the operation with its arguments */
    operation_risk risk;
    plan_hold hold;
    const char *hold_reason;    /* a sentence; NULL if it is taken */
    const char *title;          /* what it does, arguments filled in */
    const char *arguments_json; /* what the ABI hands out, made once */
    const plan_reason *reasons;
    size_t reason_count;
} plan_step;

struct mars_plan {
    arena memory;
    machine_identity machine;
    const char *tool_version;
    const char *source_kind;
    const char *source_name;
    int64_t made; /* when the findings were collected */
    const plan_step *steps;
    size_t step_count;
    text_list advice; /* findings that fail or warn and that no operation answers: "check: what to do" */
    const char *hash; /* SHA-256 of the document, hex */
};
typedef struct mars_plan plan;

typedef struct plan_settings {
    const check_selection *checks; /* plan for these findings only; NULL: all of the report */
    const char *sets;              /* lines OPERATION.ARGUMENT=VALUE; NULL: none */
    operation_risk include_risk;   /* steps up to this are taken; one that --set names counts as asked for */
} plan_settings;

/* MARS_E_INVALID_ARGUMENT names what is wrong in sets. */
mars_status plan_make(plan **out, const report *document, const plan_settings *settings);
/* Reads a document of at most 4 MiB and 1,000 steps. MARS_E_MALFORMED and MARS_E_INVALID_ARGUMENT name the
 * step and what is wrong with it; nothing of such a plan is used. */
mars_status plan_load(plan **out, const char *data, size_t size, const char *name);
void plan_free(plan *document);

void render_plan_text(text_builder *out, const plan *document, bool color);
void render_plan_json(text_builder *out, const plan *document, bool indent);
void render_plan_schema(text_builder *out);

#endif
