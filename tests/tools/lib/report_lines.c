#include "report_lines.h"

#include "fixture.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef void (*part_visitor)(void *user, const json_t *finding, const json_t *part);

static bool each_part(const json_t *root, part_visitor visit, void *user) {
    const json_t *findings = json_object_get(root, "findings");
    size_t i = 0;
    const json_t *finding = NULL;
    json_array_foreach(findings, i, finding) {
        size_t k = 0;
        const json_t *part = NULL;
        visit(user, finding, finding);
        json_array_foreach(json_object_get(finding, "also"), k, part) {
            visit(user, finding, part);
        }
    }
    return json_is_array(findings);
}

static const char *text_of(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

static void push(arena_vector *lines, const char *line) {
    const char **item = arena_push(lines);
    if (item != NULL) {
        *item = line;
    }
}

static const char *line_of(arena *memory, const json_t *finding, const json_t *part, bool with_subject) {
    const char *subject = with_subject ? text_of(finding, "subject") : NULL;
    const char *verdict = text_of(part, "verdict");
    verdict = verdict != NULL ? verdict : "(no verdict)";
    return subject != NULL ? arena_printf(memory, "%s [%s]", verdict, subject) : arena_text(memory, verdict);
}

/* "repair check [subject] operation {arguments}", and what it needs. */
static const char *repair_line(arena *memory, const json_t *finding, const json_t *repair) {
    const char *subject = text_of(finding, "subject");
    char *arguments = json_dumps(json_object_get(repair, "arguments"), JSON_COMPACT);
    const char *line = arena_printf(memory, "repair %s%s%s%s %s %s", text_of(finding, "check"),
                                    subject != NULL ? " [" : "", subject != NULL ? subject : "",
                                    subject != NULL ? "]" : "", text_of(repair, "operation"), arguments);
    free(arguments);
    size_t i = 0;
    const json_t *need = NULL;
    json_array_foreach(json_object_get(repair, "needs"), i, need) {
        line = arena_printf(memory, "%s needs %s", line, json_string_value(need));
    }
    return line;
}

static void add_repairs(arena_vector *lines, const json_t *root) {
    size_t i = 0;
    const json_t *finding = NULL;
    json_array_foreach(json_object_get(root, "findings"), i, finding) {
        size_t k = 0;
        const json_t *repair = NULL;
        json_array_foreach(json_object_get(finding, "repairs"), k, repair) {
            push(lines, repair_line(lines->memory, finding, repair));
        }
    }
}

typedef struct line_visit {
    arena_vector lines;
    bool with_subject;
} line_visit;

static void add_line(void *user, const json_t *finding, const json_t *part) {
    line_visit *visit = user;
    push(&visit->lines, line_of(visit->lines.memory, finding, part, visit->with_subject));
}

static void add_warnings(arena_vector *lines, const json_t *root) {
    size_t i = 0;
    const json_t *warning = NULL;
    json_array_foreach(json_object_get(json_object_get(root, "source"), "warnings"), i, warning) {
        push(lines, arena_printf(lines->memory, "! %s", json_string_value(warning)));
    }
}

bool report_lines(text_list *out, const char *json, bool with_subject, arena *memory) {
    line_visit visit = {.lines = ARENA_VECTOR(memory, const char *), .with_subject = with_subject};
    json_t *root = json_loads(json, 0, NULL);
    bool is_report = each_part(root, add_line, &visit);
    if (with_subject) {
        add_warnings(&visit.lines, root);
        add_repairs(&visit.lines, root);
    }
    json_decref(root);
    *out = (text_list){.items = visit.lines.items, .count = visit.lines.count};
    lines_sort(out);
    return is_report && !arena_failed(memory);
}

/* ---- Shortcomings ---- */

static bool is_filled(const char *text) {
    const char *open = text != NULL ? strchr(text, '{') : NULL;
    size_t name = open != NULL ? strspn(open + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
    return name == 0 || open[name + 1] != '}';
}

static void find_shortcomings(void *user, const json_t *finding, const json_t *part) {
    static const char *const texts[] = {"title", "cause", "advice", "command"};
    arena_vector *lines = user;
    const char *status = text_of(part, "status");
    const char *line = line_of(lines->memory, finding, part, true);
    bool grave = status != NULL && (strcmp(status, "fail") == 0 || strcmp(status, "warn") == 0);
    bool unknown = status != NULL && strcmp(status, "unknown") == 0;
    if ((grave || unknown) && text_of(part, "cause") == NULL) {
        push(lines, arena_printf(lines->memory, "%s has no cause", line));
    }
    if (grave && text_of(part, "advice") == NULL) {
        push(lines, arena_printf(lines->memory, "%s has no advice", line));
    }
    if (grave && json_array_size(json_object_get(part, "where")) == 0) {
        push(lines, arena_printf(lines->memory, "%s does not say where", line));
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!is_filled(text_of(part, texts[i]))) {
            push(lines, arena_printf(lines->memory, "%s has an unfilled %s", line, texts[i]));
        }
    }
}

bool report_shortcomings(text_list *out, const char *json, arena *memory) {
    arena_vector lines = ARENA_VECTOR(memory, const char *);
    json_t *root = json_loads(json, 0, NULL);
    bool is_report = each_part(root, find_shortcomings, &lines);
    json_decref(root);
    *out = (text_list){.items = lines.items, .count = lines.count};
    return is_report && !arena_failed(memory);
}
