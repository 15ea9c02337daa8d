/* The view for people: what is wrong first, a finding in about five lines. What stands on a line of its own
 * to be copied, the command, is not wrapped: half a command must not be run. */
#include "report/display.h"
#include "report/label.h"

#include "core/instant.h"

#include <string.h>

enum { INDENT = 4, TEXT_COLUMN = 12, HEAD_COLUMN = 10 };

typedef struct mark {
    const char *word;
    const char *color;
} mark;

static const mark marks[] = {
    [STATUS_FAIL] = {"FAIL", "\x1b[1;31m"},     [STATUS_WARN] = {"WARN", "\x1b[1;33m"},
    [STATUS_UNKNOWN] = {"UNKNOWN", "\x1b[35m"}, [STATUS_INFO] = {"INFO", "\x1b[36m"},
    [STATUS_PASS] = {"PASS", "\x1b[32m"},       [STATUS_SKIPPED] = {"SKIPPED", "\x1b[2m"},
};

/* Frees a text that went into the output; if it failed, so does the output. */
static void done_with(text_builder *out, text_builder *part) {
    out->failed = out->failed || text_builder_failed(part);
    text_builder_free(part);
}

static void add_mark(text_builder *out, finding_status status, bool color) {
    text_add(out, color ? marks[status].color : "");
    text_add(out, marks[status].word);
    text_add(out, color ? "\x1b[0m" : "");
}

/* "    why:   text", wrapped behind the label. */
static void add_labelled(text_builder *out, const char *label, const char *text) {
    if (text != NULL && text[0] != '\0') {
        display_indent(out, INDENT);
        text_addf(out, "%-*s", TEXT_COLUMN - INDENT, label);
        display_wrap(out, TEXT_COLUMN, TEXT_COLUMN, text);
    }
}

static void add_command(text_builder *out, const char *command) {
    if (command != NULL) {
        display_indent(out, INDENT);
        text_addf(out, "%-*s", TEXT_COLUMN - INDENT, "run:");
        display_add(out, command, 0);
        text_add_char(out, '\n');
    }
}

/* Whether the machine that was read can take the step, as far as the report tells. */
static bool is_useful(const report *document, const repair_offer *offer) {
    bool live = document->source_kind != NULL && strcmp(document->source_kind, "live") == 0;
    return live || offer->operation->needs == NEEDS_NOTHING;
}

/* "marshealth repair --check agent.service", with what the first useful offers need to be taken. */
static void add_repair(text_builder *out, const report *document, const finding *f) {
    text_builder line = {0};
    arena scratch = {0};
    operation_risk risk = RISK_LOW;
    bool useful = false;
    for (size_t i = 0; i < f->offers.count; i++) {
        const repair_offer *offer = &f->offers.items[i];
        if (!is_useful(document, offer)) {
            continue;
        }
        text_list needs = offer_needs(&scratch, offer);
        for (size_t n = 0; n < needs.count; n++) {
            text_addf(&line, " --set %s.%s=...", offer->operation->id, needs.items[n]);
        }
        /* What is set counts as asked for. */
        operation_risk own = needs.count > 0 ? RISK_LOW : offer_risk(offer);
        risk = own > risk ? own : risk;
        useful = true;
    }
    if (useful) {
        display_indent(out, INDENT);
        text_addf(out, "%-*smarshealth repair --check %s%s", TEXT_COLUMN - INDENT, "repair:", f->check->id,
                  text_builder_text(&line));
        if (risk > RISK_LOW) {
            text_addf(out, " --include-risk %s", operation_risk_name(risk));
        }
        text_add_char(out, '\n');
    }
    out->failed = out->failed || arena_failed(&scratch);
    arena_free(&scratch);
    done_with(out, &line);
}

static void add_where(text_builder *out, const text_list *where) {
    text_builder places = {0};
    for (size_t i = 0; i < where->count; i++) {
        text_add(&places, i > 0 ? "; " : "");
        text_add(&places, where->items[i]);
    }
    add_labelled(out, "where:", text_builder_text(&places));
    done_with(out, &places);
}

static void add_also(text_builder *out, const finding *f) {
    text_builder also = {0};
    for (size_t i = 1; i < f->part_count; i++) {
        const finding_part *part = &f->parts[i];
        text_addf(&also, "%s%s: %s", i > 1 ? "; " : "", finding_status_name(part->verdict->status),
                  part->title);
    }
    add_labelled(out, "also:", text_builder_text(&also));
    done_with(out, &also);
}

/* "FAIL schedule.enabled [task]: The task is disabled" */
static void add_title(text_builder *out, const finding *f, bool color) {
    finding_status status = f->parts[0].verdict->status;
    text_builder title = {0};
    label_add(&title, f);
    text_addf(&title, ": %s", f->parts[0].title);
    add_mark(out, status, color);
    text_add_char(out, ' ');
    display_wrap(out, strlen(marks[status].word) + 1, INDENT, text_builder_text(&title));
    done_with(out, &title);
}

static void add_finding(text_builder *out, const report *document, const finding *f,
                        const render_options *options) {
    const finding_part *worst = &f->parts[0];
    if (worst->verdict->status == STATUS_PASS || worst->verdict->status == STATUS_SKIPPED) {
        if (options->all) {
            add_title(out, f, options->color);
        }
        return;
    }
    add_title(out, f, options->color);
    add_where(out, &worst->where);
    add_labelled(out, "why:", worst->cause);
    add_labelled(out, "do:", worst->advice);
    add_command(out, worst->command);
    add_repair(out, document, f);
    add_also(out, f);
    text_add_char(out, '\n');
}

static void add_head_line(text_builder *out, const char *label, const char *text) {
    text_addf(out, "%-*s", HEAD_COLUMN, label);
    display_wrap(out, HEAD_COLUMN, HEAD_COLUMN, text);
}

static void add_head(text_builder *out, const report *document) {
    char as_of[INSTANT_TEXT_SIZE] = "unknown";
    if (document->has_as_of) {
        instant_format(document->as_of, as_of);
    }
    text_builder line = {0};
    add_head_line(out, "Computer", document->computer_name != NULL ? document->computer_name : "unknown");
    text_addf(&line, "%s", document->os_name != NULL ? document->os_name : "unknown");
    if (document->os_build != NULL) {
        text_addf(&line, ", build %s", document->os_build);
    }
    add_head_line(out, "System", text_builder_text(&line));
    done_with(out, &line);
    text_addf(&line, "%s %s", document->source_kind != NULL ? document->source_kind : "unknown",
              document->source_name != NULL ? document->source_name : "");
    add_head_line(out, "Source", text_builder_text(&line));
    done_with(out, &line);
    add_head_line(out, "As of", as_of);
    for (size_t i = 0; i < document->warnings.count; i++) {
        add_head_line(out, "Note", document->warnings.items[i]);
    }
    text_add_char(out, '\n');
}

static void add_last_line(text_builder *out, const report *document) {
    static const char *const outlook[] = {
        [NEXT_BACKUP_STARTS] = "nothing keeps the next backup from starting",
        [NEXT_BACKUP_FAILS] = "the next backup will not start",
        [NEXT_BACKUP_UNKNOWN] = "whether the next backup starts is unknown",
    };
    display_add(out, report_name(document), DISPLAY_WIDTH);
    text_add(out, ": ");
    counts_add(out, document);
    text_addf(out, " - %s\n", outlook[document->next_backup]);
}

void render_text(text_builder *out, const report *document, const render_options *options) {
    arena scratch = {0};
    const size_t *order = findings_by_urgency(&scratch, document);
    add_head(out, document);
    for (size_t i = 0; order != NULL && i < document->finding_count; i++) {
        add_finding(out, document, &document->findings[order[i]], options);
    }
    if (options->all && document->summary.count[STATUS_PASS] + document->summary.count[STATUS_SKIPPED] > 0) {
        text_add_char(out, '\n');
    }
    add_last_line(out, document);
    out->failed = out->failed || arena_failed(&scratch);
    arena_free(&scratch);
}
