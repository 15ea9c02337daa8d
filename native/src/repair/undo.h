/* Taking a run back: the inverse of what its journal records, below operations. First every target is read;
 * where one is not as the run left it nothing is done, unless asked for. Undo is itself a run. */
#ifndef REPAIR_UNDO_H
#define REPAIR_UNDO_H

#include "repair/history.h"
#include "repair/outcome.h"

typedef struct undo_settings {
    bool what_if;
    bool any_machine;
    bool force;   /* overwrite what was changed since */
    bool partial; /* leave what was changed since as it is, take the rest back */
    bool (*cancelled)(void *user);
    void *user;
    /* Asked once, after every target was read and before anything is changed, with what will be done, in
     * words. NULL: not asked. False: cancelled. */
    bool (*confirm)(void *user, const char *text);
} undo_settings;

/* run_id NULL: the newest run that changed something and was not taken back. MARS_E_NOT_FOUND, MARS_E_BUSY,
 * MARS_E_CONFLICT (naming each target that was changed since, and the later run that did, which is to be
 * undone first), MARS_E_OTHER_MACHINE, MARS_E_REFUSED, MARS_E_MALFORMED: nothing was done. MARS_OK: *out says
 * what came of it. */
mars_status undo_run(outcome **out, host *machine, const char *run_id, const undo_settings *settings);

#endif
