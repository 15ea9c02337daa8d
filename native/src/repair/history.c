#include "repair/history.h"

#include "core/alloc.h"
#include "core/error.h"
#include "repair/recovery.h"
#include "repair/run.h"

#include <stdlib.h>
#include <string.h>

/* ---- Which run took which back ---- */

/* An undo that was cut short behind its last change is whole. */
static bool is_whole_undo(const history_run *run) {
    const journal_run *recorded = &run->journal;
    if (recorded->head.undoes == NULL) {
        return false;
    }
    if (recorded->end != NULL) {
        return strcmp(recorded->end, "applied") == 0;
    }
    return recorded->found != FOUND_NOT_LOOKED && recorded->head.planned > 0 &&
           recorded->change_count == recorded->head.planned &&
           recorded->changes[recorded->change_count - 1].done;
}

size_t history_undoer(const history_run *runs, size_t count, size_t of) {
    /* Only what is newer: so nothing a journal says leads in a circle. */
    for (size_t i = 0; i < of && i < count; i++) {
        if (is_whole_undo(&runs[i]) && strcmp(runs[i].journal.head.undoes, runs[of].id) == 0) {
            return i;
        }
    }
    return count;
}

/* A run is taken back if the run that took it back is not itself taken back. Newest first, so each answer
 * needs only those before it. */
static void find_undoers(history_run *runs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t undoer = history_undoer(runs, count, i);
        runs[i].undone_by = undoer < count && runs[undoer].undone_by == NULL ? runs[undoer].id : NULL;
    }
}

bool history_changed(const history_run *run) {
    const journal_run *recorded = &run->journal;
    return recorded->change_count > 1 || (recorded->change_count == 1 && recorded->changes[0].done);
}

size_t history_find(const history_run *runs, size_t count, const char *id) {
    size_t found = count;
    size_t length = strlen(id);
    for (size_t i = 0; i < count; i++) {
        if (length == 0 || strncmp(runs[i].id, id, length) != 0) {
            continue;
        }
        if (runs[i].id[length] == '\0') {
            return i;
        }
        if (found < count) {
            return count;
        }
        found = i;
    }
    return found;
}

/* ---- Reading ---- */

static int newer_first(const void *a, const void *b) {
    return strcmp(((const history_run *)b)->id, ((const history_run *)a)->id);
}

static mars_status read_run(journal_storage *storage, arena *memory, history_run *run) {
    mars_status status = journal_read(storage, run->id, memory, &run->journal);
    if (status == MARS_E_NO_MEMORY) {
        return status;
    }
    if (status == MARS_E_NOT_FOUND) {
        run->state = "interrupted";
        run->problem = "it was interrupted before it changed anything";
    } else if (status != MARS_OK) {
        run->state = "unreadable";
        run->problem = arena_text(memory, error_message());
    } else if (run->journal.end != NULL) {
        run->state = run->journal.end;
    } else {
        run->state = "interrupted";
        run->problem = run->journal.found != FOUND_NOT_LOOKED
                           ? recovery_sentence(memory, &run->journal)
                           : "it was interrupted, and nobody has looked yet what became of its last change";
    }
    if (status != MARS_OK) {
        run->journal = (journal_run){0};
    }
    return MARS_OK;
}

mars_status history_of(journal_storage *storage, arena *memory, history_run **runs, size_t *count) {
    text_list names = {0};
    arena_vector found = ARENA_VECTOR(memory, history_run);
    *runs = NULL;
    *count = 0;
    mars_status status = storage->list(storage, memory, &names);
    for (size_t i = 0; i < names.count && status == MARS_OK; i++) {
        history_run *run = journal_is_id(names.items[i]) ? arena_push(&found) : NULL;
        if (run != NULL) {
            run->id = names.items[i];
            status = read_run(storage, memory, run);
        }
    }
    if (status == MARS_OK && arena_failed(memory)) {
        status = error_set(MARS_E_NO_MEMORY, "memory ran out while the journals were read");
    }
    if (status == MARS_OK && found.count > 0) {
        qsort(found.items, found.count, sizeof(history_run), newer_first);
        find_undoers(found.items, found.count);
        *runs = found.items;
        *count = found.count;
    }
    return status;
}

/* ---- The history of a machine ---- */

static void add_note(arena_vector *notes, const char *text) {
    const char **note = arena_push(notes);
    if (note != NULL) {
        *note = arena_text(notes->memory, text);
    }
}

static bool any_interrupted(const history_run *runs, size_t count) {
    for (size_t i = 0; i < count && runs != NULL; i++) {
        if (runs[i].journal.head.id != NULL && runs[i].journal.end == NULL &&
            runs[i].journal.found == FOUND_NOT_LOOKED) {
            return true;
        }
    }
    return false;
}

/* What has no end while another holds the lock is that one's, if it is the newest. */
static void mark_running(history_run *runs, size_t count) {
    if (count > 0 && runs != NULL && strcmp(runs[0].state, "interrupted") == 0 &&
        runs[0].journal.found == FOUND_NOT_LOOKED) {
        runs[0].state = "running";
        runs[0].problem = NULL;
    }
}

static mars_status read_all(history *document, host *machine, journal_storage *storage, const char *path) {
    const host_writer *writer = host_writer_of(machine);
    arena_vector notes = ARENA_VECTOR(&document->memory, const char *);
    history_run *runs = NULL;
    mars_status locked = writer->lock(machine);
    const char *why = locked != MARS_OK ? arena_text(&document->memory, error_message()) : NULL;
    mars_status status =
        locked == MARS_OK ? recover_runs(machine, storage, path, &document->memory, &notes) : MARS_OK;
    if (status == MARS_OK) {
        status = history_of(storage, &document->memory, &runs, &document->count);
    }
    if (locked == MARS_OK) {
        writer->unlock(machine);
    } else if (locked == MARS_E_NO_MEMORY) {
        status = locked;
    } else if (locked == MARS_E_BUSY) {
        mark_running(runs, document->count);
    } else if (any_interrupted(runs, document->count)) {
        add_note(&notes, arena_printf(&document->memory, "interrupted runs were not looked after: %s", why));
    }
    document->runs = runs;
    document->notes = (text_list){.items = notes.items, .count = notes.count};
    return status == MARS_OK && arena_failed(&document->memory)
               ? error_set(MARS_E_NO_MEMORY, "memory ran out while the history was read")
               : status;
}

mars_status history_read(history **out, host *machine) {
    *out = NULL;
    history *document = mem_alloc(sizeof *document);
    if (document == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the history was read");
    }
    journal_storage *storage = NULL;
    const char *path = NULL;
    mars_status status = run_journals(machine, &document->memory, false, &storage, &path);
    if (status == MARS_OK) {
        status = read_all(document, machine, storage, path);
        storage->close(storage);
    } else if (status == MARS_E_NOT_FOUND || status == MARS_E_UNSUPPORTED) {
        status = MARS_OK;
    }
    if (status != MARS_OK) {
        history_free(document);
        return status;
    }
    *out = document;
    return MARS_OK;
}

void history_free(history *document) {
    if (document != NULL) {
        arena_free(&document->memory);
        mem_free(document);
    }
}
