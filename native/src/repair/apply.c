#include "repair/apply.h"

#include "checks/baseline.h"
#include "core/alloc.h"
#include "core/error.h"
#include "repair/applying.h"
#include "report/json_builder.h"

#include <string.h>

/* ---- What is to be done ---- */

static step_outcome make_step(arena *memory, const repair_offer *offer, uint64_t number, const char *title) {
    return (step_outcome){
        .number = number,
        .operation = offer->operation->id,
        .arguments = json_line(memory, &(json_builder){0}, offer_arguments(offer)),
        .title = arena_text(memory, title),
        .state = STEP_NOT_REACHED,
    };
}

/* Holds what this machine cannot take. */
static void hold_unless_live(const host *machine, const operation *row, step_outcome *step) {
    if (row->needs != NEEDS_NOTHING && (machine->capabilities & HOST_LIVE) == 0) {
        step->state = STEP_HELD;
        step->message = operation_needs_reason(row->needs);
    }
}

static bool make_room(applying *work, act **acts, size_t count) {
    *acts = arena_array(work->memory, count, sizeof **acts);
    work->acts = *acts;
    work->steps = arena_array(work->memory, count, sizeof *work->steps);
    work->count = *acts != NULL && work->steps != NULL ? count : 0;
    work->result->steps = work->steps;
    work->result->step_count = work->count;
    return work->count == count;
}

static void take_plan(applying *work, const host *machine, const plan *document) {
    act *acts = NULL;
    bool room = make_room(work, &acts, document->step_count);
    for (size_t i = 0; room && i < document->step_count; i++) {
        const plan_step *planned = &document->steps[i];
        step_outcome *step = &work->steps[i];
        acts[i] = (act){.operation = planned->offer.operation,
                        .values = planned->offer.values,
                        .risk = planned->risk,
                        .planned = planned};
        *step = make_step(work->memory, &planned->offer, i + 1, planned->title);
        if (planned->hold != PLAN_TAKEN) {
            step->state = STEP_HELD;
            step->message = arena_text(work->memory, planned->hold_reason);
        } else {
            hold_unless_live(machine, acts[i].operation, step);
        }
    }
}

static void take_operation(applying *work, const host *machine, const operation *row,
                           const operation_value *values) {
    act *acts = NULL;
    if (!make_room(work, &acts, 1)) {
        return;
    }
    repair_offer offer = {.operation = row};
    for (size_t i = 0; i < row->count; i++) {
        offer.known[i] = !argument_is_default(row->parameters[i].kind, &values[i]);
        offer.values[i] = values[i];
    }
    acts[0] = (act){.operation = row, .values = values, .risk = operation_risk_with(row, values)};
    work->steps[0] = make_step(work->memory, &offer, 1, offer_title(work->memory, &offer));
    hold_unless_live(machine, row, &work->steps[0]);
}

/* ---- Doing it ---- */

static bool is_confirmed(applying *work, bool alone) {
    const apply_settings *settings = work->settings;
    if (settings->what_if || settings->confirm == NULL) {
        return true;
    }
    bool own = alone && act_asks(&work->acts[0]);
    const char *text = own ? confirmation_text_of(work, 0) : confirmation_text(work);
    work->confirmed = own;
    return settings->confirm(settings->user, own ? work->acts[0].operation->id : NULL, text);
}

/* What a step waits for is progress of that step. */
static void tell_waiting(void *user, const char *what) {
    const applying *work = user;
    work->settings->progress(work->settings->user, what, work->done, work->total);
}

static void take_steps(applying *work, host *machine, bool alone) {
    size_t total = steps_to_take(work);
    if (total > 0 && !is_confirmed(work, alone)) {
        work->result->state = OUTCOME_CANCELLED;
        work->result->status = MARS_E_CANCELLED;
        return;
    }
    bool watched = work->settings->progress != NULL;
    bool going = true;
    work->total = total;
    machine->waiting = watched ? tell_waiting : NULL;
    machine->waiting_user = work;
    for (size_t i = 0; going && i < work->count; i++) {
        if (work->steps[i].state == STEP_HELD) {
            continue;
        }
        if (watched) {
            work->settings->progress(work->settings->user, work->steps[i].title, work->done, total);
        }
        going = take_step(work, i);
        work->done++;
    }
    machine->waiting = NULL;
}

/* ---- What came of it ---- */

static const char *stopped_text(const applying *work) {
    for (size_t i = 0; i < work->count; i++) {
        const step_outcome *step = &work->steps[i];
        bool stopped = step->state == STEP_REFUSED || step->state == STEP_FAILED ||
                       (step->state == STEP_NOT_REACHED && step->message != NULL);
        if (stopped) {
            return arena_printf(work->memory, "step %llu (%s): %s", (unsigned long long)step->number,
                                step->title, step->message);
        }
    }
    return "it was not confirmed";
}

/* The state, unless a step has set it. */
static void sum_up(applying *work, bool alone) {
    outcome *result = work->result;
    size_t lasting = 0;
    if (result->state != 0) {
        result->message = arena_printf(work->memory, "%s; %s", stopped_text(work), way_back_text(work));
    } else if (alone && work->steps[0].state == STEP_HELD) {
        result->state = OUTCOME_STOPPED;
        result->status = MARS_E_UNSUPPORTED;
        result->message = work->steps[0].message;
    } else if (changes_made(work, &lasting) == 0) {
        result->state = OUTCOME_NOTHING_TO_DO;
    } else {
        result->state = work->settings->what_if ? OUTCOME_WOULD_CHANGE : OUTCOME_APPLIED;
    }
}

/* What the run's end could not do is said, and left to recovery. */
static void end_run(applying *work) {
    outcome *result = work->result;
    mars_status status = run_end(&work->run, outcome_state_name(result->state));
    if (status != MARS_OK) {
        result->state = work->run.id != NULL ? OUTCOME_NEEDS_RECOVERY : OUTCOME_STOPPED;
        result->status = status;
        result->message = arena_printf(work->memory, "%s; %s", error_message(), way_back_text(work));
    }
    size_t lasting = 0;
    bool changed = changes_made(work, &lasting) > 0 || result->state == OUTCOME_NEEDS_RECOVERY;
    result->run_id = changed ? work->run.id : NULL;
    result->undo_command = outcome_undo_command(work->memory, work->run.machine, result->run_id);
}

static mars_status hand_out(applying *work, outcome **out) {
    outcome *result = work->result;
    if (arena_failed(work->memory) && work->run.id == NULL) {
        outcome_free(result);
        return error_set(MARS_E_NO_MEMORY, "memory ran out; nothing was changed");
    }
    if (arena_failed(work->memory)) {
        result->status = MARS_E_NO_MEMORY;
        result->state = result->state == OUTCOME_NEEDS_RECOVERY ? OUTCOME_NEEDS_RECOVERY : OUTCOME_STOPPED;
        result->message = "memory ran out, so that not all that was done can be told here; "
                          "`marshealth history` tells it, and `marshealth undo` takes it back";
    }
    *out = result;
    return MARS_OK;
}

/* What recovery found, and what operations have to say. */
static text_list notes_of(const applying *work) {
    const text_list *recovered = &work->run.recovered;
    const arena_vector *own = &work->run.changing.notes;
    const char *const *sentences = own->items;
    /* An array of pointers is meant. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    const char **items = arena_array(work->memory, recovered->count + own->count, sizeof *items);
    for (size_t i = 0; items != NULL && i < recovered->count; i++) {
        items[i] = recovered->items[i];
    }
    for (size_t i = 0; items != NULL && i < own->count; i++) {
        items[recovered->count + i] = sentences[i];
    }
    return (text_list){.items = items, .count = items != NULL ? recovered->count + own->count : 0};
}

static mars_status carry_out(applying *work, host *machine, const char *plan_hash, bool alone,
                             outcome **out) {
    const run_options options = {
        .what_if = work->settings->what_if,
        .plan_hash = plan_hash,
        .cancelled = work->settings->cancelled,
        .user = work->settings->user,
    };
    mars_status status = arena_failed(work->memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out")
                                                    : run_begin(&work->run, machine, work->memory, &options);
    if (status != MARS_OK) {
        outcome_free(work->result);
        return status;
    }
    work->result->machine = work->run.identity;
    take_steps(work, machine, alone);
    sum_up(work, alone);
    end_run(work);
    work->result->notes = notes_of(work);
    return hand_out(work, out);
}

static mars_status begin(applying *work, const apply_settings *settings) {
    *work = (applying){.settings = settings, .result = mem_alloc(sizeof *work->result)};
    if (work->result == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out");
    }
    work->memory = &work->result->memory;
    work->result->what_if = settings->what_if;
    mars_status status = MARS_OK;
    if (settings->baseline != NULL) {
        status = baseline_read(&work->judging.baseline, work->memory, settings->baseline,
                               strlen(settings->baseline));
    }
    if (status != MARS_OK) {
        outcome_free(work->result);
    }
    return status;
}

mars_status apply_plan(outcome **out, host *machine, const plan *document, const apply_settings *settings) {
    *out = NULL;
    applying work;
    mars_status status = begin(&work, settings);
    if (status != MARS_OK) {
        return status;
    }
    const machine_identity actual = machine_identity_of(machine, work.memory);
    status = arena_failed(work.memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out")
             : settings->any_machine   ? MARS_OK
                                       : machine_identity_same(&document->machine, &actual);
    if (status != MARS_OK) {
        outcome_free(work.result);
        return status;
    }
    take_plan(&work, machine, document);
    return carry_out(&work, machine, document->hash, false, out);
}

mars_status apply_operation(outcome **out, host *machine, const operation *row, const operation_value *values,
                            const apply_settings *settings) {
    *out = NULL;
    mars_status status = operation_accept(row, values);
    applying work;
    if (status == MARS_OK) {
        status = begin(&work, settings);
    }
    if (status != MARS_OK) {
        return status;
    }
    take_operation(&work, machine, row, values);
    return carry_out(&work, machine, NULL, true, out);
}
