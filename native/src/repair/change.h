/* The only code that changes a machine. Each change: what is there is read, written to the journal, made
 * durable there; then the change is made, and read back. A change to what is already there is no change and
 * leaves no record. With what_if everything happens but the writing.
 *
 * What a file was before is kept as a file in the run's own folder, with all it has. So is a file that the
 * registry lives in, on a host where it lives in files, before the first change that a run makes in it. */
#ifndef REPAIR_CHANGE_H
#define REPAIR_CHANGE_H

#include "repair/operations.h"
#include "repair/target.h"

/* Begins the journal when the first change is about to be made, so that a run without changes leaves nothing.
 */
typedef mars_status (*journal_opener)(void *user, journal **out);

/* What is behind "changes" may be left zero. */
struct operation_run {
    host *machine;
    arena *memory; /* records live in it */
    bool what_if;
    uint64_t step;
    journal_opener open_journal; /* not used with what_if */
    void *user;
    journal *journal;     /* NULL until the first change; closed by whoever made the run */
    arena_vector changes; /* of change_record: made, or with what_if to be made */

    const char *folder;            /* of the run's journal, as a path of the host; NULL: no files are kept */
    arena_vector kept;             /* of journal_kept */
    arena_vector notes;            /* of const char *, by change_note */
    bool (*cancelled)(void *user); /* asked before each change; NULL: never */
    void *cancel_user;
    bool unsettled; /* what the last change left could not be told, or not be written down: for recovery */
};

/* MARS_E_CANCELLED from any of these: asked to stop, and this change was not begun. MARS_E_REFUSED where the
 * target is none that a repair may change (target_allowed). */
mars_status change_registry_value(operation_run *run, const registry_path *path, const char *name,
                                  const registry_value *after);
/* Writes a file anew, or replaces it; the folders above it are made. What was there is kept, with all it has,
 * and comes back when the run is undone. */
mars_status change_file(operation_run *run, const char *path, bytes content);
/* Registers a task again with this definition. A definition that says the same is no change. */
mars_status change_task(operation_run *run, const char *task, bytes xml);
mars_status change_task_enabled(operation_run *run, const char *task, bool enabled);
mars_status change_service(operation_run *run, const char *service, const service_config *after);
/* Events: recorded before and after, but never taken back. act does it, and may be called again; before and
 * after say in words what was and what is to be. */
typedef mars_status (*change_act)(host *machine, const host_writer *writer, void *user);
mars_status change_event(operation_run *run, const char *target, const char *before, const char *after,
                         change_act act, void *user);
/* Something that an operation wants the person to know, a sentence; it goes into the outcome. */
void change_note(operation_run *run, const char *sentence);

/* ---- The general forms, for undo ---- */

/* Of every kind but files and events. */
mars_status change_target(operation_run *run, change_kind kind, const char *target,
                          const change_state *after);
/* The same; so many keys above a registry value that is deleted are removed after it as far as they are
 * empty. */
mars_status change_target_back(operation_run *run, change_kind kind, const char *target,
                               const change_state *after, uint32_t parents_removed);
/* Gives a file back what was kept (a path of the host, whose content is what after says); kept NULL: removes
 * it, and so many folders above it as far as they are empty. */
mars_status change_file_back(operation_run *run, const char *path, const char *kept,
                             const change_state *after, uint32_t parents_removed);

#endif
