#include "core/error.h"
#include "repair/apply_judge.h"
#include "repair/applying.h"

static bool stop_at(applying *work, size_t index, step_state state, mars_status status, const char *message) {
    work->steps[index].state = state;
    work->steps[index].message = message;
    work->result->status = status;
    work->result->state = status == MARS_E_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_STOPPED;
    return false;
}

/* The same with what the error record says. */
static bool stop_with_error(applying *work, size_t index, step_state state, mars_status status) {
    return stop_at(work, index, state, status, arena_text(work->memory, error_message()));
}

/* ---- Its findings ---- */

static bool has_reason(const plan_step *step, const plan_reason *reason) {
    for (size_t i = 0; i < step->reason_count; i++) {
        if (same_reason(&step->reasons[i], reason)) {
            return true;
        }
    }
    return false;
}

/* Whether another step between two indices that is in this state answers the same verdict: one verdict may
 * need several steps, and only after the last of them it can be gone. */
static bool answered_by_others(const applying *work, const plan_reason *reason, size_t from, size_t to,
                               step_state state) {
    for (size_t i = from; i < to; i++) {
        if (work->steps[i].state == state && work->acts[i].planned != NULL &&
            has_reason(work->acts[i].planned, reason)) {
            return true;
        }
    }
    return false;
}

static mars_status judge(applying *work, size_t index, const collect_watch *watch, reason_standing **out) {
    const plan_step *step = work->acts[index].planned;
    *out = arena_array(work->memory, step->reason_count, sizeof **out);
    return *out != NULL ? judge_reasons(work->run.machine, step, &work->judging, watch, work->memory, *out)
                        : error_set(MARS_E_NO_MEMORY, "memory ran out while judging");
}

/* Whether the step is to be taken, by its findings. If not, its state says why. */
static bool still_wanted(applying *work, size_t index) {
    const plan_step *step = work->acts[index].planned;
    if (step->reason_count == 0) {
        return stop_at(work, index, STEP_REFUSED, MARS_E_REFUSED,
                       "the plan names no finding that this step answers");
    }
    const collect_watch watch = {.user = work->settings->user, .cancelled = work->settings->cancelled};
    reason_standing *standings = NULL;
    mars_status status = judge(work, index, &watch, &standings);
    if (status != MARS_OK) {
        return stop_with_error(work, index, status == MARS_E_CANCELLED ? STEP_NOT_REACHED : STEP_FAILED,
                               status);
    }
    bool wanted = false;
    for (size_t i = 0; i < step->reason_count; i++) {
        bool ours = answered_by_others(work, &step->reasons[i], 0, index, STEP_DONE);
        bool other = standings[i].standing == STANDING_OTHER ||
                     (standings[i].standing == STANDING_SAME && !standings[i].answered);
        if (other && !ours) {
            return stop_at(work, index, STEP_REFUSED, MARS_E_REFUSED,
                           arena_printf(work->memory, "changed since planned: %s", standings[i].now));
        }
        wanted = wanted || standings[i].standing != STANDING_GOOD;
    }
    work->steps[index].state = wanted ? STEP_NOT_REACHED : STEP_ALREADY_GOOD;
    return wanted;
}

/* After the operation. Cancelling waits: what was begun is judged. */
static bool has_helped(applying *work, size_t index) {
    step_outcome *step = &work->steps[index];
    const plan_step *planned = work->acts[index].planned;
    const char *did = step->change_count > 0 ? "it was changed" : "there was nothing to change";
    reason_standing *standings = NULL;
    mars_status status = judge(work, index, NULL, &standings);
    if (status != MARS_OK) {
        return stop_at(
            work, index, STEP_FAILED, status,
            arena_printf(work->memory, "%s, but could not be judged again: %s", did, error_message()));
    }
    for (size_t i = 0; i < planned->reason_count; i++) {
        bool later = answered_by_others(work, &planned->reasons[i], index + 1, work->count, STEP_NOT_REACHED);
        if (standings[i].standing == STANDING_SAME && !later) {
            return stop_at(work, index, STEP_FAILED, MARS_E_REFUSED,
                           arena_printf(work->memory, "%s, but %s", did, standings[i].now));
        }
        if (standings[i].standing == STANDING_OTHER) {
            step->message = arena_printf(work->memory, "%s, and %s", did, standings[i].now);
        }
    }
    return true;
}

/* ---- The operation ---- */

static bool is_confirmed(applying *work, size_t index) {
    const act *what = &work->acts[index];
    const apply_settings *settings = work->settings;
    if (!act_asks(what) || work->confirmed || settings->what_if) {
        return true;
    }
    if (settings->confirm == NULL) {
        return stop_at(work, index, STEP_REFUSED, MARS_E_REFUSED,
                       "it wants a confirmation of its own, and there is nobody to ask");
    }
    const char *text = confirmation_text_of(work, index);
    return settings->confirm(settings->user, what->operation->id, text) ||
           stop_at(work, index, STEP_REFUSED, MARS_E_CANCELLED, "it was not confirmed");
}

/* How many of the records say what was made. The last may have failed, or be one that cannot be told: an
 * event that failed may have done half of it. */
static size_t count_made(const applying *work, const change_record *records, size_t count) {
    const change_record *last = count > 0 ? &records[count - 1] : NULL;
    bool made = work->settings->what_if || last == NULL || last->done || last->kind == CHANGE_EVENT ||
                work->run.changing.unsettled;
    return made ? count : count - 1;
}

static bool stop_in_operation(applying *work, size_t index, mars_status status, const char *why) {
    bool refusal = status == MARS_E_REFUSED || status == MARS_E_UNSUPPORTED;
    bool untouched = work->steps[index].change_count == 0;
    step_state state = untouched && refusal                      ? STEP_REFUSED
                       : untouched && status == MARS_E_CANCELLED ? STEP_NOT_REACHED
                                                                 : STEP_FAILED;
    (void)stop_at(work, index, state, status, why);
    if (work->run.changing.unsettled) {
        work->result->state = OUTCOME_NEEDS_RECOVERY;
    }
    return false;
}

static bool call(applying *work, size_t index) {
    const act *what = &work->acts[index];
    step_outcome *step = &work->steps[index];
    const arena_vector *changes = &work->run.changing.changes;
    size_t first = changes->count;
    work->run.changing.step = step->number;
    mars_status status = operation_accept(what->operation, what->values);
    if (status == MARS_OK) {
        status = operation_call(what->operation, &work->run.changing, what->values);
    }
    const char *why = status != MARS_OK ? arena_text(work->memory, error_message()) : NULL;
    const change_record *records = changes->items;
    size_t made = changes->count == first ? 0 : count_made(work, records + first, changes->count - first);
    if (made > 0) {
        outcome_changes(work->memory, records + first, made, work->settings->what_if, step);
    }
    work->result->restart_advised =
        work->result->restart_advised || (made > 0 && what->operation->restart_advised);
    if (status != MARS_OK) {
        return stop_in_operation(work, index, status, why);
    }
    step->state = made == 0 ? STEP_ALREADY_GOOD : work->settings->what_if ? STEP_WOULD_CHANGE : STEP_DONE;
    return true;
}

static bool is_cancelled(const applying *work) {
    return work->settings->cancelled != NULL && work->settings->cancelled(work->settings->user);
}

bool take_step(applying *work, size_t index) {
    step_outcome *step = &work->steps[index];
    bool planned = work->acts[index].planned != NULL;
    if (is_cancelled(work)) {
        return stop_at(work, index, STEP_NOT_REACHED, MARS_E_CANCELLED, "it was cancelled before it began");
    }
    if (planned && !still_wanted(work, index)) {
        return step->state == STEP_ALREADY_GOOD;
    }
    if (!is_confirmed(work, index) || !call(work, index)) {
        return false;
    }
    /* With what-if nothing was changed that could be judged; but where nothing would be, nothing would help.
     */
    return !planned || step->state == STEP_WOULD_CHANGE || has_helped(work, index);
}
