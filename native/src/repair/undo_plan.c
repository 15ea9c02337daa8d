#include "repair/undo_plan.h"

#include "core/error.h"
#include "core/unicode.h"
#include "repair/change_text.h"
#include "repair/undo_records.h"

#include <string.h>

typedef struct planner {
    const undo_source *source;
    size_t run;
    arena_vector items;
    undo_plan *plan;
} planner;

static mars_status no_memory(void) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out before a run was taken back");
}

static void add_note(planner *p, const char *text) {
    const char **note = arena_push(&p->plan->notes);
    if (note != NULL) {
        *note = text;
    }
}

size_t undo_tip(const undo_source *source, size_t run) {
    for (size_t next = run; next < source->count; next = history_undoer(source->runs, source->count, run)) {
        run = next;
    }
    return run;
}

static const char *kept_path(const planner *p, const char *name) {
    return arena_printf(p->source->memory, "%s\\%s/%s", p->source->journal_path, p->source->runs[p->run].id,
                        name);
}

/* ---- Who changed it since ---- */

/* A later run that left what is there now. */
static const char *changed_by(const planner *p, const change_record *change, const change_state *now) {
    const undo_source *source = p->source;
    for (size_t i = 0; i < p->run; i++) {
        const journal_run *recorded = &source->runs[i].journal;
        for (size_t k = 0; k < recorded->change_count && source->runs[i].undone_by == NULL; k++) {
            const change_record *other = &recorded->changes[k];
            if (other->done && other->kind == change->kind && ascii_equal(other->target, change->target) &&
                target_same(source->memory, change->kind, &other->read_back, now)) {
                return source->runs[undo_tip(source, i)].id;
            }
        }
    }
    return NULL;
}

static const char *conflict_text(const planner *p, const change_record *change, const change_state *now) {
    arena *memory = p->source->memory;
    const char *run = changed_by(p, change, now);
    const char *what = change_state_text(memory, change->kind, now);
    return run != NULL ? arena_printf(memory, "%s was changed since (it is %s now) by run %s: undo %s first",
                                      change->target, what, run, run)
                       : arena_printf(memory, "%s was changed since (it is %s now) by someone outside",
                                      change->target, what);
}

/* ---- One target ---- */

/* A file that was kept must still be what it was. */
static mars_status check_kept(const planner *p, undo_item *item) {
    digest_value value;
    mars_status status =
        host_writer_of(p->source->machine)->file_digest(p->source->machine, item->kept, &value);
    if (status == MARS_E_NO_MEMORY) {
        return status;
    }
    bool sound = status == MARS_OK && value.size == item->back.data.size &&
                 memcmp(value.data, item->back.data.data, value.size) == 0;
    if (!sound && !item->is_back) {
        item->impossible = true;
        item->conflict =
            arena_printf(p->source->memory, "what was kept of %s is gone or was changed", item->target);
    }
    return MARS_OK;
}

static mars_status read_item(const planner *p, const change_record *change, undo_item *item) {
    const undo_source *source = p->source;
    arena *memory = source->memory;
    mars_status status = target_read(source->machine, memory, change->kind, change->target, &item->now);
    if (status == MARS_E_NO_MEMORY) {
        return status;
    }
    if (status != MARS_OK) {
        item->conflict = arena_text(memory, error_message());
        item->impossible = true;
        return MARS_OK;
    }
    item->is_back = target_same(memory, change->kind, &item->now, &item->back);
    bool as_left = target_same(memory, change->kind, &item->now, &change->after) ||
                   target_same(memory, change->kind, &item->now, &change->read_back);
    if (!item->is_back && !as_left) {
        item->conflict = conflict_text(p, change, &item->now);
    }
    return MARS_OK;
}

static mars_status push(planner *p, const undo_item *item) {
    undo_item *kept = arena_push(&p->items);
    if (kept == NULL) {
        return no_memory();
    }
    *kept = *item;
    p->plan->conflicts += item->conflict != NULL;
    p->plan->to_do += item->conflict == NULL && !item->is_back;
    return MARS_OK;
}

static mars_status add_target(planner *p, const undo_record *record) {
    const change_record *change = &record->change;
    undo_item item = {.kind = change->kind, .target = change->target, .back = change->before};
    item.parents = change->before.present ? 0 : change->parents_created;
    item.restart = target_needs_restart(change->kind, change->target);
    item.kept = change->kind == CHANGE_FILE && change->kept != NULL ? kept_path(p, change->kept) : NULL;
    mars_status status = read_item(p, change, &item);
    if (status == MARS_OK && change->kind == CHANGE_FILE && change->before.present) {
        item.kept = item.kept != NULL ? item.kept : "";
        status = check_kept(p, &item);
    }
    return status == MARS_OK ? push(p, &item) : status;
}

/* ---- Registry files ---- */

typedef enum file_state {
    FILE_IS_BACK,
    FILE_AS_LEFT,
    FILE_CHANGED,   /* since the run */
    FILE_KEPT_LOST, /* as left, but what was kept of it is gone or is another */
} file_state;

/* Whether the values in it are to be looked at one by one. */
static bool is_by_value(file_state state) {
    return state == FILE_CHANGED || state == FILE_KEPT_LOST;
}

static change_state digest_state(const planner *p, const digest_value *value) {
    return state_of_file(p->source->memory, value);
}

/* How a registry file is. *item is filled where it can be put back as a whole. */
static mars_status look_at_file(const planner *p, const undo_file *file, file_state *state, undo_item *item) {
    host *machine = p->source->machine;
    digest_value now;
    digest_value kept;
    *state = FILE_CHANGED;
    mars_status status = host_writer_of(machine)->file_digest(machine, file->file, &now);
    if (status != MARS_OK) {
        return status;
    }
    if (digest_equal(&now, &file->was)) {
        *state = FILE_IS_BACK;
        return MARS_OK;
    }
    *item = (undo_item){.kind = CHANGE_FILE,
                        .target = file->file,
                        .values = ARENA_VECTOR(p->source->memory, const char *),
                        .now = digest_state(p, &now),
                        .back = digest_state(p, &file->was),
                        .kept = kept_path(p, file->kept)};
    if (file->left.size == 0 || !digest_equal(&now, &file->left)) {
        return MARS_OK;
    }
    status = host_writer_of(machine)->file_digest(machine, item->kept, &kept);
    *state = status == MARS_OK && digest_equal(&kept, &file->was) ? FILE_AS_LEFT : FILE_KEPT_LOST;
    return status == MARS_E_NO_MEMORY ? status : MARS_OK;
}

/* Whether values of a registry file need not be looked at one by one. */
typedef struct known_file {
    const char *file;
    file_state state;
} known_file;

static const known_file *find_known(const arena_vector *known, const char *file) {
    const known_file *all = known->items;
    for (size_t i = 0; i < known->count && file != NULL; i++) {
        if (ascii_equal(all[i].file, file)) {
            return &all[i];
        }
    }
    return NULL;
}

static mars_status add_files(planner *p, arena_vector *known) {
    arena_vector files;
    mars_status status = undo_files_of(p->source, p->run, &files);
    *known = (arena_vector)ARENA_VECTOR(p->source->memory, known_file);
    const undo_file *all = files.items;
    for (size_t i = 0; i < files.count && status == MARS_OK; i++) {
        undo_item item = {0};
        known_file *one = arena_push(known);
        if (one == NULL) {
            return no_memory();
        }
        one->file = all[i].file;
        status = look_at_file(p, &all[i], &one->state, &item);
        if (status == MARS_OK && one->state == FILE_AS_LEFT) {
            status = push(p, &item);
        }
    }
    return status;
}

/* ---- All ---- */

static void tell_events(planner *p) {
    const journal_run *recorded = &p->source->runs[p->run].journal;
    arena *memory = p->source->memory;
    for (size_t i = 0; i < recorded->change_count; i++) {
        const change_record *change = &recorded->changes[i];
        if (change->kind == CHANGE_EVENT) {
            add_note(p, arena_printf(memory, "This cannot be taken back: %s (%s).", change->target,
                                     change_state_text(memory, CHANGE_EVENT, &change->after)));
        }
    }
}

static void tell_values(planner *p, const arena_vector *known, const arena_vector *records) {
    const known_file *files = known->items;
    const undo_record *all = records->items;
    for (size_t i = 0; i < known->count; i++) {
        bool any = false;
        for (size_t k = 0; k < records->count; k++) {
            any = any || (all[k].file != NULL && ascii_equal(all[k].file, files[i].file));
        }
        if (is_by_value(files[i].state) && any) {
            bool changed = files[i].state == FILE_CHANGED;
            add_note(p, arena_printf(p->source->memory,
                                     "%s%s %s: its values are put back one by one, so that it is not byte "
                                     "for byte what it was.",
                                     changed ? "" : "What was kept of ", files[i].file,
                                     changed ? "was changed since" : "is gone or was changed"));
        }
    }
}

/* A value that comes back with its file: people want to know which. */
static void tell_value(planner *p, const undo_record *record) {
    const change_record *change = &record->change;
    arena *memory = p->source->memory;
    undo_item *items = p->items.items;
    for (size_t i = 0; i < p->items.count; i++) {
        bool of_file = items[i].kind == CHANGE_FILE && ascii_equal(items[i].target, record->file);
        const char **value = of_file ? arena_push(&items[i].values) : NULL;
        if (value != NULL) {
            items[i].restart = items[i].restart || target_needs_restart(change->kind, change->target);
            *value = arena_printf(memory, "With %s comes back: %s: %s -> %s", record->file, change->target,
                                  change_state_text(memory, change->kind, &change->read_back),
                                  change_state_text(memory, change->kind, &change->before));
        }
    }
}

static void turn_round(undo_item *items, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        undo_item other = items[i];
        items[i] = items[count - 1 - i];
        items[count - 1 - i] = other;
    }
}

mars_status undo_plan_make(const undo_source *source, size_t run, undo_plan *out) {
    *out = (undo_plan){.notes = ARENA_VECTOR(source->memory, const char *)};
    planner p = {.source = source, .run = run, .items = ARENA_VECTOR(source->memory, undo_item), .plan = out};
    arena_vector records;
    arena_vector known;
    mars_status status = undo_records_of(source, run, &records);
    status = status == MARS_OK ? add_files(&p, &known) : status;
    const undo_record *all = records.items;
    for (size_t i = 0; i < records.count && status == MARS_OK; i++) {
        const known_file *file = find_known(&known, all[i].file);
        if (file == NULL || is_by_value(file->state)) {
            status = add_target(&p, &all[i]);
        } else if (file->state == FILE_AS_LEFT) {
            tell_value(&p, &all[i]);
        }
    }
    if (status == MARS_OK) {
        tell_events(&p);
        tell_values(&p, &known, &records);
        out->items = p.items.items;
        out->count = p.items.count;
        if (out->count > 0) {
            turn_round(out->items, out->count);
        }
    }
    return status == MARS_OK && arena_failed(source->memory) ? no_memory() : status;
}
