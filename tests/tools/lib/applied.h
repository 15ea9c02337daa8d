/* Plans and runs on a temporary image of the healthy example server with faults. Whatever goes wrong here
 * ends the program with a message; what is returned lives until applied_free. */
#ifndef APPLIED_H
#define APPLIED_H

#include "faulty_image.h"
#include "repair/apply.h"

enum { APPLIED_MAX = 16 };

typedef struct applied {
    temp_image image;
    plan *plans[APPLIED_MAX];
    size_t plan_count;
    outcome *outcomes[APPLIED_MAX];
    size_t outcome_count;
} applied;

/* healthy: the source folder of the healthy example; reg_text: the faults. */
void applied_make(applied *a, const char *healthy, const char *reg_text);
void applied_free(applied *a);

/* A plan for these checks, separated by commas. */
const plan *applied_plan(applied *a, const char *checks, operation_risk include_risk);
/* Applies it; MARS_OK is expected. */
const outcome *applied_run(applied *a, const plan *document, const apply_settings *settings);
/* Undoes the newest run. */
const outcome *applied_undo(applied *a);
/* Takes over an outcome. */
const outcome *applied_keep(applied *a, outcome *result);

/* Whether these checks find nothing wrong and nothing unknown. */
bool applied_is_good(applied *a, const char *checks);
/* How many runs the image's journals hold. */
size_t applied_runs(applied *a);
/* Sets a text below HKLM past all that keeps records, as a person would. */
void applied_set_text(applied *a, const char *key, const char *name, const char *text);

#endif
