#include "repair/undo_records.h"

#include "core/error.h"
#include "core/unicode.h"

#include <string.h>

enum { DEPTH_MAXIMUM = 64 }; /* of undos of undos */

static size_t undone_run(const undo_source *source, size_t run) {
    const char *undoes = source->runs[run].journal.head.undoes;
    for (size_t i = run + 1; undoes != NULL && i < source->count; i++) { /* only what is older */
        if (strcmp(source->runs[i].id, undoes) == 0) {
            return i;
        }
    }
    return source->count;
}

/* The file that a run kept, by its name; NULL if it kept none such. */
static const journal_kept *kept_of(const history_run *run, const char *file) {
    for (size_t i = 0; i < run->journal.kept_count; i++) {
        if (ascii_equal(run->journal.kept[i].file, file)) {
            return &run->journal.kept[i];
        }
    }
    return NULL;
}

/* Whether a change put a registry file back as a whole: a run that was taken back, or one that that one took
 * back, had changed values in it. */
static bool is_whole_file(const undo_source *source, size_t run, const change_record *change) {
    if (change->kind != CHANGE_FILE) {
        return false;
    }
    for (size_t i = undone_run(source, run); i < source->count; i = undone_run(source, i)) {
        if (kept_of(&source->runs[i], change->target) != NULL) {
            return true;
        }
    }
    return false;
}

/* ---- Records ---- */

static change_record inverse(const change_record *change) {
    change_record result = *change;
    result.before = change->read_back;
    result.after = change->before;
    result.read_back = change->before;
    result.parents_created = change->parents_removed;
    result.parents_removed = change->parents_created;
    return result;
}

static mars_status add(const undo_source *source, const change_record *change, const char *file,
                       arena_vector *records) {
    undo_record *all = records->items;
    for (size_t i = 0; i < records->count; i++) {
        change_record *first = &all[i].change;
        if (first->kind == change->kind && strcmp(first->target, change->target) == 0) {
            uint32_t parents = first->parents_created;
            change_state before = first->before;
            const char *kept = first->kept;
            /* one that was not done leaves what the one before it left, which is its before */
            *first = *change;
            first->read_back = change->done ? change->read_back : change->before;
            first->before = before;
            first->kept = kept;
            first->parents_created = change->parents_created > parents ? change->parents_created : parents;
            return MARS_OK;
        }
    }
    undo_record *item = arena_push(records);
    if (item == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out before run %s was taken back", source->runs[0].id);
    }
    *item = (undo_record){.change = *change, .file = file};
    if (!change->done) {
        item->change.read_back = change->before;
    }
    return MARS_OK;
}

typedef struct walk {
    const undo_source *source;
    arena_vector *records;
    const char *only; /* changes in this file; NULL: all */
    bool inverted;
    unsigned depth;
} walk;

static mars_status add_run(const walk *w, size_t run);

/* Where an undo put a whole file back, what it did is the inverse of what was done in that file. */
static mars_status add_whole_file(const walk *w, size_t run, const change_record *change) {
    const undo_source *source = w->source;
    const walk below = {.source = source,
                        .records = w->records,
                        .only = change->target,
                        .inverted = !w->inverted,
                        .depth = w->depth + 1};
    bool wanted = w->only == NULL || ascii_equal(w->only, change->target);
    if (!wanted || !change->done) {
        return MARS_OK;
    }
    if (below.depth > DEPTH_MAXIMUM) {
        return error_set(MARS_E_TOO_LARGE, "run %s takes back what took back too many others",
                         source->runs[run].id);
    }
    return add_run(&below, undone_run(source, run));
}

static mars_status add_change(const walk *w, size_t run, const change_record *change) {
    const undo_source *source = w->source;
    const char *file = NULL;
    if (change->kind == CHANGE_EVENT) {
        return MARS_OK;
    }
    mars_status status = target_allowed(change->kind, change->target);
    if (status != MARS_OK) {
        return status;
    }
    if (is_whole_file(source, run, change)) {
        return add_whole_file(w, run, change);
    }
    status = target_file(source->machine, source->memory, change->kind, change->target, &file);
    if (status != MARS_OK || (w->only != NULL && (file == NULL || !ascii_equal(file, w->only)))) {
        return status;
    }
    if (!w->inverted) {
        return add(source, change, file, w->records);
    }
    const change_record back = inverse(change);
    return change->done ? add(source, &back, file, w->records) : MARS_OK;
}

static mars_status add_run(const walk *w, size_t run) {
    if (run >= w->source->count) {
        return MARS_OK;
    }
    const journal_run *recorded = &w->source->runs[run].journal;
    mars_status status = MARS_OK;
    for (size_t i = 0; i < recorded->change_count && status == MARS_OK; i++) {
        size_t at = w->inverted ? recorded->change_count - 1 - i : i;
        status = add_change(w, run, &recorded->changes[at]);
    }
    return status;
}

mars_status undo_records_of(const undo_source *source, size_t run, arena_vector *records) {
    *records = (arena_vector)ARENA_VECTOR(source->memory, undo_record);
    const walk all = {.source = source, .records = records};
    return add_run(&all, run);
}

/* ---- Files ---- */

static mars_status push_file(const undo_file *file, arena_vector *files) {
    undo_file *item = arena_push(files);
    if (item != NULL) {
        *item = *file;
    }
    return item != NULL ? MARS_OK : error_set(MARS_E_NO_MEMORY, "memory ran out before a run was taken back");
}

static digest_value digest_of_state(const change_state *state) {
    digest_value value = {0};
    if (state->present && state->data.size == digest_size(DIGEST_SHA256)) {
        memcpy(value.data, state->data.data, state->data.size);
        value.size = state->data.size;
    }
    return value;
}

/* A registry file in which values were changed: what the last of them left. */
static mars_status left_in(const undo_source *source, const journal_run *recorded, undo_file *out) {
    out->left = out->was;
    mars_status status = MARS_OK;
    for (size_t i = 0; i < recorded->change_count && status == MARS_OK; i++) {
        const change_record *change = &recorded->changes[i];
        const char *file = NULL;
        if (change->done && change->kind != CHANGE_EVENT) {
            status = target_file(source->machine, source->memory, change->kind, change->target, &file);
        }
        if (status == MARS_OK && file != NULL && ascii_equal(file, out->file)) {
            out->left = change->file;
        }
    }
    return status;
}

mars_status undo_files_of(const undo_source *source, size_t run, arena_vector *files) {
    const journal_run *recorded = &source->runs[run].journal;
    mars_status status = MARS_OK;
    *files = (arena_vector)ARENA_VECTOR(source->memory, undo_file);
    for (size_t i = 0; i < recorded->kept_count && status == MARS_OK; i++) {
        const journal_kept *kept = &recorded->kept[i];
        undo_file file = {.file = kept->file, .kept = kept->name, .was = kept->digest};
        status = target_allowed(CHANGE_FILE, kept->file);
        status = status == MARS_OK ? left_in(source, recorded, &file) : status;
        status = status == MARS_OK ? push_file(&file, files) : status;
    }
    for (size_t i = 0; i < recorded->change_count && status == MARS_OK; i++) {
        const change_record *change = &recorded->changes[i];
        if (change->done && is_whole_file(source, run, change) && change->kept != NULL) {
            const undo_file file = {.file = change->target,
                                    .kept = change->kept,
                                    .was = digest_of_state(&change->before),
                                    .left = digest_of_state(&change->read_back)};
            status = push_file(&file, files);
        }
    }
    return status;
}
