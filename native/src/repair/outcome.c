#include "repair/outcome.h"

#include "core/alloc.h"
#include "repair/change_text.h"

#include <string.h>

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

/* Of an event that failed nothing can be read that tells what is there now. */
static bool is_unsettled(const change_record *record, bool what_if) {
    return record->kind == CHANGE_EVENT && !record->done && !what_if;
}

static const char *text_after(arena *memory, const change_record *record, bool what_if) {
    if (is_unsettled(record, what_if)) {
        return "not known, as it failed";
    }
    return change_state_text(memory, record->kind, record->done ? &record->read_back : &record->after);
}

void outcome_changes(arena *memory, const change_record *records, size_t count, bool what_if,
                     step_outcome *out) {
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
            .after = text_after(memory, record, what_if),
            .undoable = record->kind != CHANGE_EVENT,
            .unsettled = is_unsettled(record, what_if),
        };
    }
    out->changes = changes;
    out->change_count = count;
}

/* As a POSIX shell reads it: what needs it stands in single quotes. */
static const char *shell_word(arena *memory, const char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:-+,@%";
    if (text[0] != '\0' && text[0] != '-' && strspn(text, plain) == strlen(text)) {
        return text;
    }
    const char *word = "'";
    for (size_t length = strcspn(text, "'"); text[length] != '\0'; length = strcspn(text, "'")) {
        word = arena_printf(memory, "%s%.*s'\\''", word, (int)length, text);
        text += length + 1;
    }
    return arena_printf(memory, "%s%s'", word, text);
}

const char *outcome_undo_command(arena *memory, const host *machine, const char *run_id) {
    if (run_id == NULL) {
        return NULL;
    }
    bool image = strcmp(machine->source_kind, "image") == 0;
    return arena_printf(memory, "marshealth undo %s%s%s", run_id, image ? " --image " : "",
                        image ? shell_word(memory, machine->source_name) : "");
}
