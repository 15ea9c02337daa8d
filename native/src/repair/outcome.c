#include "repair/outcome.h"

#include "core/alloc.h"
#include "repair/change_text.h"

static const char *const outcome_states[] = {
    [OUTCOME_APPLIED] = "applied",           [OUTCOME_NOTHING_TO_DO] = "nothing-to-do",
    [OUTCOME_WOULD_CHANGE] = "would-change", [OUTCOME_STOPPED] = "stopped",
    [OUTCOME_CANCELLED] = "cancelled",       [OUTCOME_NEEDS_RECOVERY] = "needs-recovery",
};

const char *outcome_state_name(outcome_state state) {
    return outcome_states[state];
}

static const char *const step_states[] = {
    [STEP_DONE] = "done",
    [STEP_ALREADY_GOOD] = "already-good",
    [STEP_WOULD_CHANGE] = "would-change",
    [STEP_HELD] = "held",
    [STEP_REFUSED] = "refused",
    [STEP_FAILED] = "failed",
    [STEP_NOT_REACHED] = "not-reached",
};

const char *step_state_name(step_state state) {
    return step_states[state];
}

void outcome_free(outcome *document) {
    if (document != NULL) {
        arena_free(&document->memory);
        mem_free(document);
    }
}

void outcome_changes(arena *memory, const change_record *records, size_t count, step_outcome *out) {
    change_outcome *changes = arena_array(memory, count, sizeof *changes);
    if (changes == NULL) {
        arena_set_failed(memory);
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const change_record *record = &records[i];
        changes[i] = (change_outcome){
            .kind = change_kind_name(record->kind),
            .target = arena_text(memory, record->target),
            .before = change_state_text(memory, record->kind, &record->before),
            .after = change_state_text(memory, record->kind, &record->after),
            .undoable = record->kind != CHANGE_EVENT,
        };
    }
    out->changes = changes;
    out->change_count = count;
}
