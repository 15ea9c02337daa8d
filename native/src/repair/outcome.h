/* What came of applying a plan, calling an operation, or undoing a run. Never changes once made. */
#ifndef REPAIR_OUTCOME_H
#define REPAIR_OUTCOME_H

#include "core/text_builder.h"
#include "host/host.h"
#include "repair/change_text.h"
#include "repair/journal.h"
#include "repair/machine_identity.h"

#define OUTCOME_SCHEMA "marshealth/outcome/1"

typedef enum outcome_state {
    OUTCOME_APPLIED = MARS_OUTCOME_APPLIED,             /* all that was to be done is done */
    OUTCOME_NOTHING_TO_DO = MARS_OUTCOME_NOTHING_TO_DO, /* all was so already */
    OUTCOME_WOULD_CHANGE = MARS_OUTCOME_WOULD_CHANGE,   /* what-if: this is what would be done */
    OUTCOME_STOPPED = MARS_OUTCOME_STOPPED, /* a step failed or was refused; the ones before it are done */
    OUTCOME_CANCELLED = MARS_OUTCOME_CANCELLED, /* asked to stop, or not confirmed */
    OUTCOME_NEEDS_RECOVERY =
        MARS_OUTCOME_NEEDS_RECOVERY, /* what a change left cannot be told; history says more */
} outcome_state;
const char *outcome_state_name(outcome_state state); /* "applied", "nothing-to-do", ... */

typedef enum step_state {
    STEP_DONE = MARS_STEP_DONE,
    STEP_ALREADY_GOOD = MARS_STEP_ALREADY_GOOD, /* its finding is gone, or what it sets is set */
    STEP_WOULD_CHANGE = MARS_STEP_WOULD_CHANGE, /* what-if */
    STEP_HELD = MARS_STEP_HELD,                 /* not taken: its risk, an argument it needs, or this host */
    STEP_REFUSED = MARS_STEP_REFUSED, /* a guard or a changed finding stood in its way; nothing was changed */
    STEP_FAILED = MARS_STEP_FAILED,   /* it was begun and did not work */
    STEP_NOT_REACHED = MARS_STEP_NOT_REACHED, /* an earlier one stopped the run */
} step_state;
const char *step_state_name(step_state state);

/* One thing changed (or with what-if to be changed), as people read it. */
typedef struct change_outcome {
    const char *kind;   /* change_kind_name */
    const char *target; /* as in the journal */
    const char
        *before; /* readable: a registry value's text or number, "absent", a file's size and digest, ... */
    const char *after;
    bool undoable;
    bool unsettled; /* an event that failed: what came of it is for the step's message to say */
} change_outcome;

typedef struct step_outcome {
    uint64_t number;       /* of the plan; from 1 */
    const char *operation; /* "task.enable"; "undo" where a run is taken back */
    const char *arguments; /* JSON object on one line */
    const char *title;     /* what it does */
    step_state state;
    const char *message; /* why it was held, refused, failed, or what else is to be known; NULL: nothing */
    const change_outcome *changes;
    size_t change_count;
} step_outcome;

struct mars_outcome {
    arena memory;
    machine_identity machine;
    outcome_state state;
    mars_status status;       /* what stopped it; MARS_OK otherwise */
    const char *message;      /* one sentence that goes with it; NULL: none */
    const char *run_id;       /* its journal; NULL: nothing was changed, so there is none */
    const char *undo_command; /* the command line that takes the run back; NULL where run_id is */
    const char *undoes;       /* the run that was taken back; NULL */
    bool what_if;
    bool restart_advised;
    const step_outcome *steps;
    size_t step_count;
    text_list notes; /* sentences: what recovery found, what cannot be undone, what was left as it was */
};
typedef struct mars_outcome outcome;

void outcome_free(outcome *document);
/* Fills a step's changes from the records of a run: what was there, and what was read back, or with what_if
 * would be there. */
void outcome_changes(arena *memory, const change_record *records, size_t count, bool what_if,
                     step_outcome *out);
/* "marshealth undo <id>", with the image where the machine is one, quoted as a shell wants it. NULL
 * without a run. */
const char *outcome_undo_command(arena *memory, const host *machine, const char *run_id);

void render_outcome_text(text_builder *out, const outcome *document, bool color);
void render_outcome_json(text_builder *out, const outcome *document, bool indent);
void render_outcome_schema(text_builder *out);

#endif
