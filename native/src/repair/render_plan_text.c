/* A plan for people: what will be done, what is held and why, and how to go on. */
#include "repair/plan.h"
#include "report/display.h"

#include "core/instant.h"

#include <string.h>

enum { HEAD_COLUMN = 10, TEXT_COLUMN = 11, INDENT = 4 };

static const char *const risk_colors[] = {
    [RISK_LOW] = "\x1b[32m", [RISK_MEDIUM] = "\x1b[1;33m", [RISK_HIGH] = "\x1b[1;31m"};

static void done_with(text_builder *out, text_builder *part) {
    out->failed = out->failed || text_builder_failed(part);
    text_builder_free(part);
}

static void add_head_line(text_builder *out, const char *label, const char *text) {
    text_addf(out, "%-*s", HEAD_COLUMN, label);
    display_wrap(out, HEAD_COLUMN, HEAD_COLUMN, text);
}

static void add_labelled(text_builder *out, const char *label, const char *text) {
    display_indent(out, INDENT);
    text_addf(out, "%-*s", TEXT_COLUMN - INDENT, label);
    display_wrap(out, TEXT_COLUMN, TEXT_COLUMN, text);
}

static size_t taken_count(const plan *document) {
    size_t taken = 0;
    for (size_t i = 0; i < document->step_count; i++) {
        taken += document->steps[i].hold == PLAN_TAKEN;
    }
    return taken;
}

static void add_head(text_builder *out, const plan *document) {
    char made[INSTANT_TEXT_SIZE] = "unknown";
    if (document->made != 0) {
        instant_format(document->made, made);
    }
    const char *computer = document->machine.computer_name;
    text_builder line = {0};
    add_head_line(out, "Computer", computer != NULL ? computer : "unknown");
    text_addf(&line, "%s %s", document->source_kind != NULL ? document->source_kind : "unknown",
              document->source_name != NULL ? document->source_name : "");
    add_head_line(out, "Source", text_builder_text(&line));
    done_with(out, &line);
    add_head_line(out, "Findings", made);
    text_add_char(out, '\n');
}

/* ---- A step ---- */

static void add_title(text_builder *out, const plan_step *step, size_t number, bool color) {
    bool taken = step->hold == PLAN_TAKEN;
    text_builder head = {0};
    text_addf(&head, "%zu. ", number);
    size_t column = head.length + (taken ? 0 : strlen("HELD "));
    text_add(out, text_builder_text(&head));
    done_with(out, &head);
    if (!taken) {
        text_addf(out, "%sHELD%s ", color ? "\x1b[1;33m" : "", color ? "\x1b[0m" : "");
    }
    display_wrap(out, column, INDENT, step->title);
}

static void add_call(text_builder *out, const plan_step *step) {
    text_builder call = {0};
    text_addf(&call, "%s %s", step->offer.operation->id, step->arguments_json);
    add_labelled(out, "call:", text_builder_text(&call));
    done_with(out, &call);
}

static void add_reasons(text_builder *out, const plan_step *step) {
    text_builder reasons = {0};
    for (size_t i = 0; i < step->reason_count; i++) {
        const plan_reason *reason = &step->reasons[i];
        text_addf(&reasons, "%s%s/%s", i > 0 ? "; " : "", reason->check->id, reason->verdict);
        if (reason->subject != NULL) {
            text_addf(&reasons, " [%s]", reason->subject);
        }
    }
    add_labelled(out, "for:", text_builder_text(&reasons));
    done_with(out, &reasons);
}

static void add_risk(text_builder *out, const plan_step *step, bool color) {
    const operation *row = step->offer.operation;
    display_indent(out, INDENT);
    text_addf(out, "%-*s%s%s%s; %s%s\n", TEXT_COLUMN - INDENT, "risk:", color ? risk_colors[step->risk] : "",
              operation_risk_name(step->risk), color ? "\x1b[0m" : "",
              row->undo == UNDO_EXACT ? "can be undone" : "cannot be undone",
              row->asks ? "; asks before it is done" : "");
    if (row->restart_advised) {
        add_labelled(out, "note:", "running programs see the change only after they restart");
    }
}

static void add_step(text_builder *out, const plan_step *step, size_t number, bool color) {
    add_title(out, step, number, color);
    add_call(out, step);
    add_reasons(out, step);
    add_risk(out, step, color);
    if (step->hold_reason != NULL) {
        add_labelled(out, "held:", step->hold_reason);
    }
    text_add_char(out, '\n');
}

/* ---- The end ---- */

static void add_advice(text_builder *out, const plan *document) {
    if (document->advice.count == 0) {
        return;
    }
    text_add(out, "No operation answers these:\n");
    for (size_t i = 0; i < document->advice.count; i++) {
        text_add(out, "  - ");
        display_wrap(out, INDENT, INDENT, document->advice.items[i]);
    }
    text_add_char(out, '\n');
}

/* The command is not wrapped: half a command must not be run. */
static void add_command(text_builder *out, const plan *document) {
    bool image = document->source_kind != NULL && strcmp(document->source_kind, "image") == 0;
    text_add(out,
             "Save it with marshealth plan -o FILE; apply it, edited or not, with\n    marshealth repair");
    text_add(out, image ? " --image DIR" : "");
    text_add(out, " --plan FILE\n");
}

void render_plan_text(text_builder *out, const plan *document, bool color) {
    size_t taken = taken_count(document);
    add_head(out, document);
    for (size_t i = 0; i < document->step_count; i++) {
        add_step(out, &document->steps[i], i + 1, color);
    }
    add_advice(out, document);
    if (document->step_count == 0) {
        text_add(out, "Nothing to repair: no finding has an operation that answers it\n");
        return;
    }
    text_addf(out, "%zu %s to be taken, %zu held\n", taken, taken == 1 ? "step" : "steps",
              document->step_count - taken);
    add_command(out, document);
}
