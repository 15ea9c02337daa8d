/* What the parts of applying share. */
#ifndef REPAIR_APPLYING_H
#define REPAIR_APPLYING_H

#include "repair/apply.h"
#include "repair/run.h"

/* A step as it is taken: from a plan, or one operation called by itself. */
typedef struct act {
    const operation *operation;
    const operation_value *values;
    operation_risk risk;
    const plan_step *planned; /* NULL: called by itself, without findings */
} act;

typedef struct applying {
    const apply_settings *settings;
    check_settings judging;
    outcome *result;
    arena *memory; /* the outcome's; everything that is said lives in it */
    const act *acts;
    step_outcome *steps; /* one for each act */
    size_t count;
    size_t done; /* of how many steps that are taken */
    size_t total;
    bool confirmed; /* what asks for itself was confirmed already: a single operation is asked for once */
    repair_run run;
} applying;

/* Whether a confirmation of the whole is not enough for it. */
bool act_asks(const act *what);
/* How many steps the run is to take. */
size_t steps_to_take(const applying *work);
/* The changes that were made (with what-if: would be), and how many of them cannot be taken back. */
size_t changes_made(const applying *work, size_t *lasting);

/* What will be done, and what of it cannot be undone, for whoever is to confirm it. */
const char *confirmation_text(const applying *work);
/* The same for one step that asks for itself. */
const char *confirmation_text_of(const applying *work, size_t index);
/* "2 changes were made; `marshealth undo <id>` takes them back" */
const char *way_back_text(const applying *work);

/* Takes a step: judges, calls, judges. False: the run stops here, and the outcome says why. */
bool take_step(applying *work, size_t index);

#endif
