#include "core/version.h"
#include "repair/machine_json.h"
#include "repair/outcome.h"
#include "report/display.h"

#include <string.h>

/* ---- For people ---- */

enum { NUMBER_WIDTH = 3, STATE_WIDTH = 14, TEXT_COLUMN = NUMBER_WIDTH + 1 + STATE_WIDTH, HEAD_COLUMN = 10 };

typedef struct mark {
    const char *word;
    const char *color;
} mark;

static const mark step_marks[] = {
    [STEP_DONE] = {"DONE", "\x1b[32m"},
    [STEP_ALREADY_GOOD] = {"ALREADY GOOD", "\x1b[32m"},
    [STEP_WOULD_CHANGE] = {"WOULD CHANGE", "\x1b[36m"},
    [STEP_HELD] = {"HELD", "\x1b[1;33m"},
    [STEP_REFUSED] = {"REFUSED", "\x1b[1;31m"},
    [STEP_FAILED] = {"FAILED", "\x1b[1;31m"},
    [STEP_NOT_REACHED] = {"NOT REACHED", "\x1b[2m"},
};

static const char *const summaries[] = {
    [OUTCOME_APPLIED] = "Done",
    [OUTCOME_NOTHING_TO_DO] = "There was nothing to do",
    [OUTCOME_WOULD_CHANGE] = "Nothing was changed",
    [OUTCOME_STOPPED] = "Stopped",
    [OUTCOME_CANCELLED] = "Cancelled",
    [OUTCOME_NEEDS_RECOVERY] =
        "Stopped: the next repair, undo or history finds out what the last change left",
};

static void add_line(text_builder *out, size_t column, const char *text) {
    display_indent(out, column);
    display_wrap(out, column, column, text);
}

/* "before -> after" on a line, or on two where one is not wide enough. */
static void add_change(text_builder *out, const change_outcome *change) {
    const char *lasting = change->undoable ? "" : " (cannot be taken back)";
    size_t column = TEXT_COLUMN + 2;
    text_builder line = {0};
    add_line(out, TEXT_COLUMN, change->target);
    text_addf(&line, "%s -> %s%s", change->before, change->after, lasting);
    if (line.length > DISPLAY_WIDTH - column) {
        add_line(out, column, change->before);
        out->failed = out->failed || text_builder_failed(&line);
        text_builder_free(&line);
        text_addf(&line, "-> %s%s", change->after, lasting);
    }
    add_line(out, column, text_builder_text(&line));
    out->failed = out->failed || text_builder_failed(&line);
    text_builder_free(&line);
}

static void add_step(text_builder *out, const step_outcome *step, bool color) {
    const mark *word = &step_marks[step->state];
    text_addf(out, "%*llu %s%s%s", NUMBER_WIDTH, (unsigned long long)step->number, color ? word->color : "",
              word->word, color ? "\x1b[0m" : "");
    display_indent(out, STATE_WIDTH - strlen(word->word));
    display_wrap(out, TEXT_COLUMN, TEXT_COLUMN, step->title);
    for (size_t i = 0; i < step->change_count; i++) {
        add_change(out, &step->changes[i]);
    }
    if (step->message != NULL) {
        add_line(out, TEXT_COLUMN, step->message);
    }
}

static void add_labelled(text_builder *out, const char *label, const char *text) {
    text_addf(out, "%-*s", HEAD_COLUMN, label);
    display_wrap(out, HEAD_COLUMN, HEAD_COLUMN, text);
}

static void add_count(text_builder *out, size_t count, const char *one, const char *many) {
    if (count > 0) {
        text_addf(out, ", %zu %s", count, count == 1 ? one : many);
    }
}

/* "Done, 2 changes made, 1 step held" */
static void add_result(text_builder *out, const outcome *document) {
    size_t changes = 0;
    size_t held = 0;
    for (size_t i = 0; i < document->step_count; i++) {
        changes += document->steps[i].change_count;
        held += document->steps[i].state == STEP_HELD;
    }
    text_builder line = {0};
    text_add(&line, summaries[document->state]);
    add_count(&line, changes, document->what_if ? "change would be made" : "change made",
              document->what_if ? "changes would be made" : "changes made");
    add_count(&line, held, "step held", "steps held");
    add_labelled(out, "Result", text_builder_text(&line));
    out->failed = out->failed || text_builder_failed(&line);
    text_builder_free(&line);
}

static bool has_undoable_change(const outcome *document) {
    for (size_t i = 0; i < document->step_count; i++) {
        for (size_t n = 0; n < document->steps[i].change_count; n++) {
            if (document->steps[i].changes[n].undoable) {
                return true;
            }
        }
    }
    return false;
}

/* A command is not wrapped: half of it must not be run. After a run that did not end it is said in any case:
 * more may have been changed than is known. */
static void add_way_back(text_builder *out, const outcome *document) {
    bool sure = document->state != OUTCOME_NEEDS_RECOVERY;
    if (document->undo_command != NULL && (!sure || has_undoable_change(document))) {
        text_addf(out, "%-*s", HEAD_COLUMN, "Undo");
        display_add(out, document->undo_command, 0);
        text_add_char(out, '\n');
    }
}

void render_outcome_text(text_builder *out, const outcome *document, bool color) {
    for (size_t i = 0; i < document->step_count; i++) {
        add_step(out, &document->steps[i], color);
    }
    if (document->step_count > 0) {
        text_add_char(out, '\n');
    }
    add_result(out, document);
    if (document->message != NULL) {
        add_labelled(out, "", document->message);
    }
    for (size_t i = 0; i < document->notes.count; i++) {
        add_labelled(out, "Note", document->notes.items[i]);
    }
    if (document->restart_advised) {
        add_labelled(out, "Restart",
                     "programs that run, the agent's service among them, see this only after they restart");
    }
    add_way_back(out, document);
}

/* ---- For programs ---- */

static json_t *changes_json(json_builder *builder, const step_outcome *step) {
    json_t *array = json_array();
    for (size_t i = 0; i < step->change_count; i++) {
        const change_outcome *change = &step->changes[i];
        json_t *object = json_object();
        json_put(builder, object, "kind", json_text(change->kind));
        json_put(builder, object, "target", json_text(change->target));
        json_put(builder, object, "before", json_text(change->before));
        json_put(builder, object, "after", json_text(change->after));
        json_put(builder, object, "undoable", json_boolean(change->undoable));
        json_add(builder, array, object);
    }
    return array;
}

static json_t *step_json(json_builder *builder, const step_outcome *step) {
    json_t *object = json_object();
    json_put(builder, object, "number", json_integer((json_int_t)step->number));
    json_put(builder, object, "operation", json_text(step->operation));
    json_put(builder, object, "arguments", json_loads(step->arguments, 0, NULL));
    json_put(builder, object, "title", json_text(step->title));
    json_put(builder, object, "state", json_string(step_state_name(step->state)));
    json_put(builder, object, "message", json_text(step->message));
    json_put(builder, object, "changes", changes_json(builder, step));
    return object;
}

static json_t *steps_json(json_builder *builder, const outcome *document) {
    json_t *array = json_array();
    for (size_t i = 0; i < document->step_count; i++) {
        json_add(builder, array, step_json(builder, &document->steps[i]));
    }
    return array;
}

void render_outcome_json(text_builder *out, const outcome *document, bool indent) {
    json_builder builder = {0};
    json_t *tool = json_object();
    json_put(&builder, tool, "name", json_string("marshealth"));
    json_put(&builder, tool, "version", json_string(MARSHEALTH_VERSION));
    json_t *object = json_object();
    json_put(&builder, object, "schema", json_string(OUTCOME_SCHEMA));
    json_put(&builder, object, "tool", tool);
    json_put(&builder, object, "machine", machine_json(&builder, &document->machine));
    json_put(&builder, object, "state", json_string(outcome_state_name(document->state)));
    json_put(&builder, object, "what_if", json_boolean(document->what_if));
    json_put(&builder, object, "run_id", json_text(document->run_id));
    json_put(&builder, object, "undoes", json_text(document->undoes));
    json_put(&builder, object, "restart_advised", json_boolean(document->restart_advised));
    json_put(&builder, object, "message", json_text(document->message));
    json_put(&builder, object, "steps", steps_json(&builder, document));
    json_put(&builder, object, "notes", json_texts(&builder, &document->notes));
    json_write(out, &builder, object, indent);
}
