/* Applying: each step's findings are collected and judged again right before it, its operation is called, and
 * they are judged once more. The first step that fails ends the run; what was done until then can be undone.
 */
#ifndef REPAIR_APPLY_H
#define REPAIR_APPLY_H

#include "repair/outcome.h"
#include "repair/plan.h"

typedef struct apply_settings {
    bool what_if;
    bool any_machine;
    const char *baseline; /* JSON text for powershell.module-integrity, as when the plan was made; NULL */
    /* NULL: not asked, and steps that ask for themselves are refused. step NULL: the whole plan, asked once
     * before the first step. text: what will be done and what of it cannot be undone. */
    bool (*confirm)(void *user, const char *operation, const char *text);
    /* title: of the step that begins, or what it waits for. May be NULL. */
    void (*progress)(void *user, const char *title, uint64_t done, uint64_t total);
    bool (*cancelled)(void *user);                                                  /* may be NULL */
    void *user;
} apply_settings;

/* A negative status: nothing was begun (MARS_E_BUSY, MARS_E_OTHER_MACHINE, MARS_E_REFUSED, ...). MARS_OK:
 * *out says what came of it. */
mars_status apply_plan(outcome **out, host *machine, const plan *document, const apply_settings *settings);
/* One operation, without findings. */
mars_status apply_operation(outcome **out, host *machine, const operation *row, const operation_value *values,
                            const apply_settings *settings);

#endif
