/* The runs whose journals a machine keeps. */
#ifndef REPAIR_HISTORY_H
#define REPAIR_HISTORY_H

#include "core/text_builder.h"
#include "host/host.h"
#include "repair/journal.h"

typedef struct history_run {
    const char *id;
    journal_run journal;   /* empty if it could not be read */
    const char *state;     /* "applied", "stopped", "interrupted", "unreadable", ... */
    const char *problem;   /* unreadable: why; interrupted: what recovery found of the last change; NULL */
    const char *undone_by; /* the run that took it back, if that was not itself taken back; NULL */
} history_run;

/* Newest first. Never changes once made. */
struct mars_history {
    arena memory;
    const history_run *runs;
    size_t count;
    text_list notes; /* what recovery found just now, or why it could not look; sentences */
};
typedef struct mars_history history;

/* Reads them, and looks after an interrupted one where the machine can be changed and no run is under way. No
 * journal folder: no runs. */
mars_status history_read(history **out, host *machine);
/* The same from a storage, without recovery. For undo and recovery. */
mars_status history_of(journal_storage *storage, arena *memory, history_run **runs, size_t *count);
void history_free(history *document);
/* The index of a run; count if there is none. A unique beginning of an id will do. */
size_t history_find(const history_run *runs, size_t count, const char *id);
/* The index of the run that took this one back, all of it, whatever became of that one later; count if there
 * is none. An undo that was cut short or stopped took nothing back yet: it is to be done again. */
size_t history_undoer(const history_run *runs, size_t count, size_t of);
/* Whether it changed anything. */
bool history_changed(const history_run *run);

void render_history_text(text_builder *out, const history *document);
void render_history_json(text_builder *out, const history *document, bool indent);

#endif
