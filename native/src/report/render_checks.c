/* What the library knows: every check with its verdicts, for people and for programs. */
#include "report/display.h"
#include "report/json_builder.h"
#include "report/report.h"

#include <string.h>

enum { INDENT = 4, STATUS_COLUMNS = 8, SLUG_COLUMNS = 26 };

static const char *title_of(const check *row) {
    const catalog_check *entry = catalog_check_find(row->id);
    return entry != NULL ? entry->title : row->id;
}

static const char *verdict_title(const check *row, const verdict *v) {
    const catalog_verdict *texts = catalog_verdict_find(row->id, v->slug);
    return texts != NULL ? texts->title : v->slug;
}

void render_checks_text(text_builder *out) {
    for (size_t i = 0; i < all_checks_count; i++) {
        const check *row = &all_checks[i];
        const char *mark = row->blocking          ? " (blocking)"
                           : row->only_when_asked ? " (only when asked for)"
                                                  : "";
        text_addf(out, "%s%s%s: ", i > 0 ? "\n" : "", row->id, mark);
        display_wrap(out, strlen(row->id) + strlen(mark) + strlen(": "), INDENT, title_of(row));
        for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
            display_indent(out, INDENT);
            text_addf(out, "%-*s%-*s ", STATUS_COLUMNS, finding_status_name(v->status), SLUG_COLUMNS,
                      v->slug);
            size_t slug = strlen(v->slug) > SLUG_COLUMNS ? strlen(v->slug) : SLUG_COLUMNS;
            display_wrap(out, INDENT + STATUS_COLUMNS + slug + 1, INDENT + STATUS_COLUMNS + SLUG_COLUMNS + 1,
                         verdict_title(row, v));
        }
    }
}

static json_t *groups_json(json_builder *builder, const check *row) {
    evidence_groups needs = row->needs | (row->needs_agent ? GROUP(agent) : 0);
    json_t *array = json_array();
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        if ((needs >> i & 1) != 0) {
            json_add(builder, array, json_string(evidence_group_rows[i].name));
        }
    }
    return array;
}

/* The operations that may answer it, each once. */
static json_t *verdict_repairs_json(json_builder *builder, const check *row, const verdict *v) {
    const catalog_verdict *texts = catalog_verdict_find(row->id, v->slug);
    json_t *array = json_array();
    for (size_t i = 0; texts != NULL && i < texts->repair_count; i++) {
        const char *id = texts->repairs[i].operation;
        if (i == 0 || strcmp(texts->repairs[i - 1].operation, id) != 0) {
            json_add(builder, array, json_string(id));
        }
    }
    return array;
}

static json_t *verdict_json(json_builder *builder, const check *row, const verdict *v) {
    json_t *object = json_object();
    json_put(builder, object, "verdict", json_sprintf("%s/%s", row->id, v->slug));
    json_put(builder, object, "status", json_string(finding_status_name(v->status)));
    json_put(builder, object, "title", json_text(verdict_title(row, v)));
    json_put(builder, object, "repairs", verdict_repairs_json(builder, row, v));
    return object;
}

static json_t *check_json(json_builder *builder, const check *row) {
    const catalog_check *entry = catalog_check_find(row->id);
    json_t *object = json_object();
    json_put(builder, object, "check", json_string(row->id));
    json_put(builder, object, "title", json_text(title_of(row)));
    json_put(builder, object, "blocking", json_boolean(row->blocking));
    json_put(builder, object, "only_when_asked", json_boolean(row->only_when_asked));
    json_put(builder, object, "groups", groups_json(builder, row));
    json_t *verdicts = json_array();
    for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
        json_add(builder, verdicts, verdict_json(builder, row, v));
    }
    json_put(builder, object, "verdicts", verdicts);
    json_put(builder, object, "rule", json_text(entry != NULL ? entry->rule : NULL));
    json_t *sources = json_array();
    for (size_t i = 0; entry != NULL && entry->sources[i] != NULL; i++) {
        json_add(builder, sources, json_text(entry->sources[i]));
    }
    json_put(builder, object, "sources", sources);
    return object;
}

void render_checks_json(text_builder *out) {
    json_builder builder = {0};
    json_t *array = json_array();
    for (size_t i = 0; i < all_checks_count; i++) {
        json_add(&builder, array, check_json(&builder, &all_checks[i]));
    }
    json_write(out, &builder, array, true);
}
