#include "repair/history.h"

#include "core/instant.h"
#include "repair/change_text.h"
#include "report/display.h"
#include "report/json_builder.h"

#define HISTORY_SCHEMA "marshealth/history/1"

enum { INDENT = 4, FURTHER = 6 };

/* ---- Text ---- */

/* A line behind an indent, as it may be shown on a terminal. */
static void add_line(text_builder *out, arena *memory, const char *label, const char *text) {
    display_indent(out, INDENT);
    display_wrap(out, INDENT, FURTHER, arena_printf(memory, "%s%s", label, text));
}

static void add_change(text_builder *out, arena *memory, const change_record *change) {
    const char *what = arena_printf(memory, "%s %s: %s -> %s%s%s", change_kind_name(change->kind),
                                    change->target, change_state_text(memory, change->kind, &change->before),
                                    change_state_text(memory, change->kind, &change->after),
                                    change->done                   ? ""
                                    : change->kind == CHANGE_EVENT ? " (it failed or was cut short)"
                                                                   : " (not done)",
                                    change->kind == CHANGE_EVENT ? " (cannot be taken back)" : "");
    add_line(out, memory, "", what);
}

static void add_run(text_builder *out, arena *memory, const history_run *run) {
    char started[INSTANT_TEXT_SIZE] = "";
    if (run->journal.head.id != NULL) {
        instant_format(run->journal.head.started, started);
    }
    display_add(out, run->id, 0);
    text_addf(out, "  %s  ", started);
    display_add(out, run->state, 0);
    text_add_char(out, '\n');
    if (run->journal.head.undoes != NULL) {
        add_line(out, memory, "takes back ", run->journal.head.undoes);
    }
    if (run->undone_by != NULL) {
        add_line(out, memory, "taken back by ", run->undone_by);
    }
    if (run->problem != NULL) {
        add_line(out, memory, "", run->problem);
    }
    for (size_t i = 0; i < run->journal.change_count; i++) {
        add_change(out, memory, &run->journal.changes[i]);
    }
}

void render_history_text(text_builder *out, const history *document) {
    arena memory = {0};
    if (document->count == 0) {
        text_add(out, "No run has changed anything here.\n");
    }
    for (size_t i = 0; i < document->count; i++) {
        text_add(out, i > 0 ? "\n" : "");
        add_run(out, &memory, &document->runs[i]);
    }
    for (size_t i = 0; i < document->notes.count; i++) {
        text_add(out, i == 0 ? "\n" : "");
        display_wrap(out, 0, 2, document->notes.items[i]);
    }
    out->failed = out->failed || arena_failed(&memory);
    arena_free(&memory);
}

/* ---- JSON ---- */

static json_t *change_json(json_builder *builder, arena *memory, const change_record *change) {
    json_t *object = json_object();
    json_put(builder, object, "step", json_integer((json_int_t)change->step));
    json_put(builder, object, "kind", json_text(change_kind_name(change->kind)));
    json_put(builder, object, "target", json_text(change->target));
    json_put(builder, object, "before", json_text(change_state_text(memory, change->kind, &change->before)));
    json_put(builder, object, "after", json_text(change_state_text(memory, change->kind, &change->after)));
    json_put(builder, object, "done", json_boolean(change->done));
    json_put(builder, object, "undoable", json_boolean(change->kind != CHANGE_EVENT));
    return object;
}

static json_t *run_json(json_builder *builder, arena *memory, const history_run *run) {
    const journal_run *recorded = &run->journal;
    json_t *object = json_object();
    json_t *changes = json_array();
    for (size_t i = 0; i < recorded->change_count; i++) {
        json_add(builder, changes, change_json(builder, memory, &recorded->changes[i]));
    }
    json_put(builder, object, "id", json_text(run->id));
    json_put(builder, object, "started",
             recorded->head.id != NULL ? json_time(recorded->head.started) : json_null());
    json_put(builder, object, "state", json_text(run->state));
    json_put(builder, object, "undoes", json_text(recorded->head.undoes));
    json_put(builder, object, "undone_by", json_text(run->undone_by));
    json_put(builder, object, "changes", changes);
    json_put(builder, object, "problem", json_text(run->problem));
    return object;
}

void render_history_json(text_builder *out, const history *document, bool indent) {
    arena memory = {0};
    json_builder builder = {0};
    json_t *object = json_object();
    json_t *runs = json_array();
    for (size_t i = 0; i < document->count; i++) {
        json_add(&builder, runs, run_json(&builder, &memory, &document->runs[i]));
    }
    json_put(&builder, object, "schema", json_text(HISTORY_SCHEMA));
    json_put(&builder, object, "runs", runs);
    json_put(&builder, object, "notes", json_texts(&builder, &document->notes));
    builder.failed = builder.failed || arena_failed(&memory);
    json_write(out, &builder, object, indent);
    arena_free(&memory);
}
