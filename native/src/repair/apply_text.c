#include "repair/applying.h"
#include "repair/service_control.h"
#include "repair/service_ending.h"

bool act_asks(const act *what) {
    return what->operation->asks || what->risk == RISK_HIGH;
}

size_t steps_to_take(const applying *work) {
    size_t count = 0;
    for (size_t i = 0; i < work->count; i++) {
        count += work->steps[i].state != STEP_HELD;
    }
    return count;
}

size_t changes_made(const applying *work, size_t *lasting) {
    size_t made = 0;
    *lasting = 0;
    for (size_t i = 0; i < work->count; i++) {
        made += work->steps[i].change_count;
        for (size_t n = 0; n < work->steps[i].change_count; n++) {
            *lasting += !work->steps[i].changes[n].undoable;
        }
    }
    return made;
}

/* The services that are restarted with another one, and what ends with them. Where they cannot be told, the
 * operation refuses. */
static const char *taken_along(const applying *work, const act *what) {
    host *machine = work->run.machine;
    const char *service = operation_restarted_service(what->operation, what->values);
    text_list names = {0};
    fact why = {0};
    if (service == NULL || machine->read->service_dependents == NULL ||
        machine->read->service_dependents(machine, service, work->memory, &names, &why) != FACT_KNOWN ||
        names.count == 0) {
        return "";
    }
    const char *text = arena_printf(work->memory, " With it are restarted: %s.",
                                    service_control_names(work->memory, &names));
    for (size_t i = 0; i < names.count; i++) {
        const service_ending *ending = service_ending_find(names.items[i]);
        if (ending != NULL) {
            text = arena_printf(work->memory, "%s %s: %s", text, names.items[i], ending->consequence);
        }
    }
    return text;
}

/* What of it cannot be undone, and what else ends with it. */
static const char *last_words(const applying *work, const act *what) {
    const char *undo = what->operation->undo == UNDO_EXACT ? "" : " This cannot be undone.";
    const char *consequence = operation_consequence(what->operation, what->values);
    return arena_printf(work->memory, "%s%s%s%s", consequence != NULL ? " " : "",
                        consequence != NULL ? consequence : "", taken_along(work, what), undo);
}

const char *confirmation_text_of(const applying *work, size_t index) {
    return arena_printf(work->memory, "%s.%s", work->steps[index].title,
                        last_words(work, &work->acts[index]));
}

/* A step on a line. */
static const char *step_line(const applying *work, size_t index) {
    const act *what = &work->acts[index];
    return arena_printf(work->memory, "%llu. %s.%s%s\n", (unsigned long long)work->steps[index].number,
                        work->steps[index].title, last_words(work, what),
                        act_asks(what) ? " You are asked again before it." : "");
}

static void take_over(applying *work, text_builder *text) {
    if (text_builder_failed(text)) {
        arena_set_failed(work->memory);
    }
}

const char *confirmation_text(const applying *work) {
    text_builder text = {0};
    for (size_t i = 0; i < work->count; i++) {
        if (work->steps[i].state != STEP_HELD) {
            text_add(&text, step_line(work, i));
        }
    }
    take_over((applying *)work, &text);
    const char *result = arena_text(work->memory, text_builder_text(&text));
    text_builder_free(&text);
    return result;
}

static size_t changes_unsettled(const applying *work) {
    size_t count = 0;
    for (size_t i = 0; i < work->count; i++) {
        for (size_t n = 0; n < work->steps[i].change_count; n++) {
            count += work->steps[i].changes[n].unsettled;
        }
    }
    return count;
}

/* What an event that failed has changed is said before this. */
const char *way_back_text(const applying *work) {
    size_t lasting = 0;
    size_t unsettled = changes_unsettled(work);
    size_t made = changes_made(work, &lasting) - unsettled;
    const char *other = unsettled > 0 ? " other" : "";
    lasting -= unsettled;
    if (work->run.id == NULL || made == 0) {
        return unsettled > 0 ? "nothing else was changed" : "nothing was changed";
    }
    const char *changes = made == 1 ? arena_printf(work->memory, "1%s change was made", other)
                                    : arena_printf(work->memory, "%zu%s changes were made", made, other);
    if (lasting == made) {
        return arena_printf(work->memory, "%s, which cannot be taken back", changes);
    }
    const char *rest =
        lasting == 0 ? "" : arena_printf(work->memory, ", but for %zu that cannot be taken back", lasting);
    return arena_printf(work->memory, "%s; `%s` takes %s back%s", changes,
                        outcome_undo_command(work->memory, work->run.machine, work->run.id),
                        made == 1 ? "it" : "them", rest);
}
