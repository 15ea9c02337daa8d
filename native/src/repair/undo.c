#include "repair/undo.h"

#include "core/alloc.h"
#include "core/error.h"
#include "repair/run.h"
#include "repair/undo_plan.h"

#include <string.h>

/* One undo under way. */
typedef struct undo_work {
    outcome *document;
    arena *memory; /* the outcome's */
    const undo_settings *settings;
    repair_run run;
    journal_storage *storage; /* that of the run; with what_if one of its own */
    undo_source source;
    size_t target; /* the run that is taken back */
    undo_plan plan;
    bool restart_advised; /* by what came back */
} undo_work;

static mars_status no_memory(void) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out before a run was taken back");
}

/* ---- Which run ---- */

/* What cannot be read is told as it was when it was read. */
static mars_status unreadable(const undo_work *w, size_t run) {
    journal_run again;
    mars_status status = journal_read(w->storage, w->source.runs[run].id, w->memory, &again);
    return status != MARS_OK ? status
                             : error_set(MARS_E_MALFORMED, "run %s cannot be read", w->source.runs[run].id);
}

static mars_status check_not_undone(const undo_work *w, size_t run) {
    const undo_source *source = &w->source;
    const history_run *of = &source->runs[run];
    size_t undoer = history_undoer(source->runs, source->count, run);
    if (undoer == source->count) {
        return MARS_OK;
    }
    if (of->undone_by != NULL) {
        return error_set(MARS_E_REFUSED, "run %s was already taken back by %s", of->id, of->undone_by);
    }
    return error_set(MARS_E_REFUSED,
                     "run %s was taken back by %s, and that was taken back itself: undo %s instead", of->id,
                     source->runs[undoer].id, source->runs[undo_tip(source, run)].id);
}

static mars_status choose_named(undo_work *w, const char *id) {
    const undo_source *source = &w->source;
    w->target = history_find(source->runs, source->count, id);
    if (w->target == source->count) {
        return error_set(MARS_E_NOT_FOUND, "there is no run \"%s\", or more than one begins so", id);
    }
    if (strcmp(source->runs[w->target].state, "unreadable") == 0) {
        return unreadable(w, w->target);
    }
    mars_status status = check_not_undone(w, w->target);
    return status == MARS_OK ? undo_plan_make(source, w->target, &w->plan) : status;
}

static bool anything_to_do(const undo_plan *plan) {
    return plan->to_do > 0 || plan->conflicts > 0;
}

/* The newest that changed something which is not as it was before. */
static mars_status choose_newest(undo_work *w) {
    const undo_source *source = &w->source;
    for (size_t i = 0; i < source->count; i++) {
        const history_run *run = &source->runs[i];
        if (strcmp(run->state, "unreadable") == 0) {
            return unreadable(w, i);
        }
        if (run->journal.head.undoes != NULL || run->undone_by != NULL || !history_changed(run)) {
            continue;
        }
        w->target = undo_tip(source, i);
        mars_status status = undo_plan_make(source, w->target, &w->plan);
        if (status != MARS_OK || anything_to_do(&w->plan)) {
            return status;
        }
    }
    return error_set(MARS_E_NOT_FOUND, "there is no run that could be taken back");
}

/* A run that knows nothing of its machine is kept on it all the same. */
static mars_status check_machine(const undo_work *w) {
    const journal_head *head = &w->source.runs[w->target].journal.head;
    const machine_identity meant = {.computer_name = head->computer_name,
                                    .machine_guid = head->machine_guid,
                                    .mars_machine_id = head->mars_machine_id};
    bool known = meant.computer_name != NULL || meant.machine_guid != NULL || meant.mars_machine_id != NULL;
    return known && !w->settings->any_machine ? machine_identity_same(&meant, &w->run.identity) : MARS_OK;
}

/* ---- What stands in the way ---- */

static bool is_skipped(const undo_work *w, const undo_item *item) {
    return item->conflict != NULL && !(w->settings->force && !item->impossible);
}

static mars_status check_conflicts(const undo_work *w) {
    enum { NAMED = 8 };
    const char *all = "";
    size_t found = 0;
    for (size_t i = 0; i < w->plan.count; i++) {
        const undo_item *item = &w->plan.items[i];
        if (!is_skipped(w, item)) {
            continue;
        }
        if (found++ < NAMED) {
            all = arena_printf(w->memory, "%s%s%s", all, found > 1 ? "; " : "", item->conflict);
        }
    }
    if (found == 0 || w->settings->partial) {
        return MARS_OK;
    }
    return found > NAMED ? error_set(MARS_E_CONFLICT, "%zu targets were changed since: %s; ...", found, all)
                         : error_set(MARS_E_CONFLICT, "%s", all);
}

/* What is to be done, in lines. */
static const char *item_lines(const undo_work *w, const undo_item *item) {
    const char *const *values = item->values.items;
    const char *lines = arena_printf(w->memory, "%s %s: %s -> %s\n", change_kind_name(item->kind),
                                     item->target, change_state_text(w->memory, item->kind, &item->now),
                                     change_state_text(w->memory, item->kind, &item->back));
    for (size_t i = 0; i < item->values.count; i++) {
        lines = arena_printf(w->memory, "%s  %s\n", lines, values[i]);
    }
    return lines;
}

static bool is_confirmed(const undo_work *w) {
    if (w->settings->confirm == NULL || w->settings->what_if || w->run.planned == 0) {
        return true; /* nobody is asked about nothing */
    }
    text_builder text = {0};
    text_addf(&text, "Take back run %s:\n", w->source.runs[w->target].id);
    for (size_t i = 0; i < w->plan.count; i++) {
        const undo_item *item = &w->plan.items[i];
        if (!item->is_back && !is_skipped(w, item)) {
            text_addf(&text, "  %s", item_lines(w, item));
        }
    }
    const char **notes = w->plan.notes.items;
    for (size_t i = 0; i < w->plan.notes.count; i++) {
        text_addf(&text, "%s\n", notes[i]);
    }
    bool yes = !text_builder_failed(&text) && !arena_failed(w->memory) &&
               w->settings->confirm(w->settings->user, text_builder_text(&text));
    text_builder_free(&text);
    return yes;
}

/* ---- Taking back ---- */

/* What is back already may have left empty keys or folders, which are none of the things that the journal
 * records. */
static mars_status take_back(undo_work *w, const undo_item *item) {
    operation_run *run = &w->run.changing;
    if (item->is_back) {
        bool left = item->parents > 0 && !item->back.present && !run->what_if;
        return left ? target_remove_parents(run->machine, w->memory, item->kind, item->target, item->parents)
                    : MARS_OK;
    }
    return item->kind == CHANGE_FILE
               ? change_file_back(run, item->target, item->back.present ? item->kept : NULL, &item->back,
                                  item->parents)
               : change_target_back(run, item->kind, item->target, &item->back, item->parents);
}

static void tell_back(undo_work *w, const undo_item *item) {
    const char *const *values = item->values.items;
    for (size_t i = 0; i < item->values.count; i++) {
        change_note(&w->run.changing, values[i]);
    }
    w->restart_advised = w->restart_advised || item->restart;
}

static mars_status take_all_back(undo_work *w) {
    mars_status status = MARS_OK;
    for (size_t i = 0; i < w->plan.count && status == MARS_OK; i++) {
        const undo_item *item = &w->plan.items[i];
        if (is_skipped(w, item)) {
            change_note(&w->run.changing, arena_printf(w->memory, "Left as it is: %s.", item->conflict));
            continue;
        }
        status = take_back(w, item);
        if (status == MARS_OK && !item->is_back) {
            tell_back(w, item);
        }
    }
    return status;
}

/* ---- The outcome ---- */

static void append(arena_vector *to, const char *const *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char **note = arena_push(to);
        if (note != NULL) {
            *note = items[i];
        }
    }
}

static outcome_state state_after(const undo_work *w, mars_status status) {
    if (w->run.changing.unsettled) {
        return OUTCOME_NEEDS_RECOVERY;
    }
    if (status != MARS_OK) {
        return status == MARS_E_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_STOPPED;
    }
    if (w->run.changing.changes.count == 0) {
        return OUTCOME_NOTHING_TO_DO;
    }
    return w->settings->what_if ? OUTCOME_WOULD_CHANGE : OUTCOME_APPLIED;
}

static step_state step_after(outcome_state state) {
    static const step_state states[] = {
        [OUTCOME_APPLIED] = STEP_DONE,
        [OUTCOME_NOTHING_TO_DO] = STEP_ALREADY_GOOD,
        [OUTCOME_WOULD_CHANGE] = STEP_WOULD_CHANGE,
        [OUTCOME_STOPPED] = STEP_FAILED,
        [OUTCOME_CANCELLED] = STEP_NOT_REACHED,
        [OUTCOME_NEEDS_RECOVERY] = STEP_FAILED,
    };
    return states[state];
}

static void fill_step(undo_work *w, const char *message) {
    outcome *document = w->document;
    step_outcome *step = arena_alloc(w->memory, sizeof *step);
    const operation_run *run = &w->run.changing;
    if (step == NULL) {
        return;
    }
    *step = (step_outcome){.number = 1,
                           .operation = "undo",
                           .arguments = arena_printf(w->memory, "{\"run\":\"%s\"}", document->undoes),
                           .title = arena_printf(w->memory, "Take back run %s", document->undoes),
                           .state = step_after(document->state),
                           .message = message};
    outcome_changes(w->memory, run->changes.items, run->changes.count, w->settings->what_if, step);
    document->steps = step;
    document->step_count = 1;
}

static void fill_outcome(undo_work *w, outcome_state state, mars_status status, const char *message) {
    outcome *document = w->document;
    arena_vector notes = ARENA_VECTOR(w->memory, const char *);
    append(&notes, w->run.recovered.items, w->run.recovered.count);
    append(&notes, w->plan.notes.items, w->plan.notes.count);
    append(&notes, w->run.changing.notes.items, w->run.changing.notes.count);
    document->state = state;
    document->status = status;
    document->message = message;
    document->run_id = w->run.id;
    document->undo_command = outcome_undo_command(w->memory, w->run.machine, w->run.id);
    document->restart_advised = w->restart_advised;
    document->what_if = w->settings->what_if;
    document->notes = (text_list){.items = notes.items, .count = notes.count};
    fill_step(w, message);
}

/* ---- The way through ---- */

static mars_status prepare(undo_work *w, const char *run_id) {
    undo_source *source = &w->source;
    history_run *runs = NULL;
    const char *path = NULL;
    mars_status status = MARS_OK;
    if (w->run.storage == NULL) {
        status = run_journals(w->run.machine, w->memory, false, &w->storage, &path);
    } else {
        w->storage = w->run.storage;
        path = w->run.journal_path;
    }
    status = status == MARS_OK ? history_of(w->storage, w->memory, &runs, &source->count) : status;
    source->machine = w->run.machine;
    source->memory = w->memory;
    source->journal_path = path;
    source->runs = runs;
    if (status == MARS_OK) {
        status = run_id != NULL ? choose_named(w, run_id) : choose_newest(w);
    }
    status = status == MARS_OK ? check_machine(w) : status;
    status = status == MARS_OK ? check_conflicts(w) : status;
    return status == MARS_OK && arena_failed(w->memory) ? no_memory() : status;
}

/* Whatever happens from here on is told in the outcome. */
static void carry_out(undo_work *w) {
    repair_run *run = &w->run;
    w->document->machine = run->identity;
    w->document->undoes = arena_text(w->memory, w->source.runs[w->target].id);
    run->undoes = w->document->undoes;
    for (size_t i = 0; i < w->plan.count; i++) {
        run->planned += !w->plan.items[i].is_back && !is_skipped(w, &w->plan.items[i]);
    }
    run->changing.step = 1;
    mars_status status = is_confirmed(w) ? take_all_back(w)
                                         : error_set(MARS_E_CANCELLED, "not confirmed: nothing was changed");
    const char *message = status != MARS_OK ? arena_text(w->memory, error_message()) : NULL;
    outcome_state state = state_after(w, status);
    mars_status ended = run_end(run, outcome_state_name(state));
    if (ended != MARS_OK && status == MARS_OK) { /* all is done, but the journal does not say so */
        state = OUTCOME_NEEDS_RECOVERY;
        status = ended;
        message = arena_text(w->memory, error_message());
    }
    fill_outcome(w, state, status, message);
}

static mars_status begin(undo_work *w, host *machine) {
    const host_writer *writer = host_writer_of(machine);
    const run_options options = {
        .what_if = w->settings->what_if, .cancelled = w->settings->cancelled, .user = w->settings->user};
    if (writer != NULL && writer->journal_folder != NULL) { /* the lock would make it */
        journal_storage *storage = NULL;
        const char *path = NULL;
        mars_status status = run_journals(machine, w->memory, false, &storage, &path);
        if (status != MARS_OK) {
            return status == MARS_E_NOT_FOUND
                       ? error_set(MARS_E_NOT_FOUND, "no run has changed anything here")
                       : status;
        }
        storage->close(storage);
    }
    return run_begin(&w->run, machine, w->memory, &options);
}

mars_status undo_run(outcome **out, host *machine, const char *run_id, const undo_settings *settings) {
    *out = NULL;
    outcome *document = mem_alloc(sizeof *document);
    if (document == NULL) {
        return no_memory();
    }
    undo_work w = {.document = document, .memory = &document->memory, .settings = settings};
    mars_status status = begin(&w, machine);
    if (status != MARS_OK) {
        outcome_free(document);
        return status;
    }
    status = prepare(&w, run_id);
    if (status == MARS_OK) {
        carry_out(&w);
        *out = document;
    } else {
        char message[MARS_ERROR_MESSAGE_SIZE];
        (void)strncpy(message, error_message(), sizeof message - 1);
        message[sizeof message - 1] = '\0';
        (void)run_end(&w.run, "");
        (void)error_set(status, "%s", message);
    }
    if (settings->what_if && w.storage != NULL) {
        w.storage->close(w.storage);
    }
    if (*out == NULL) {
        outcome_free(document);
    }
    return status;
}
