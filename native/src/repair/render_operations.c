#include "repair/render_operations.h"

#include "repair/operations.h"
#include "report/catalog.h"
#include "report/display.h"
#include "report/json_builder.h"

#include <string.h>

enum { INDENT = 4, FURTHER_INDENT = 8 };

static const char *guards_of(const operation *row) {
    const catalog_operation *entry = catalog_operation_find(row->id);
    return entry != NULL ? entry->guards : NULL;
}

/* ---- Text ---- */

/* "low risk, can be undone, asks before it is done" */
static const char *traits(arena *memory, const operation *row) {
    return arena_printf(memory, "%s risk, %s%s%s", operation_risk_name(row->risk),
                        row->undo == UNDO_EXACT ? "can be undone" : "cannot be undone",
                        row->needs != NEEDS_NOTHING ? ", only on the running server" : "",
                        row->asks ? ", asks before it is done" : "");
}

static void add_line(text_builder *out, const char *text) {
    display_indent(out, INDENT);
    display_wrap(out, INDENT, FURTHER_INDENT, text);
}

void render_operations_text(text_builder *out) {
    arena scratch = {0};
    for (size_t i = 0; i < all_operations_count; i++) {
        const operation *row = &all_operations[i];
        text_addf(out, "%s%s: ", i > 0 ? "\n" : "", row->id);
        display_wrap(out, strlen(row->id) + strlen(": "), INDENT, row->title);
        add_line(out, traits(&scratch, row));
        for (size_t p = 0; p < row->count; p++) {
            const argument_type *type = &argument_types[row->parameters[p].kind];
            add_line(out, arena_printf(&scratch, "%s: %s%s", row->parameters[p].name, type->words,
                                       type->optional ? " (may be left out)" : ""));
        }
    }
    out->failed = out->failed || arena_failed(&scratch);
    arena_free(&scratch);
}

/* ---- JSON ---- */

static json_t *argument_schema(json_builder *builder, const operation_parameter *parameter) {
    const argument_type *type = &argument_types[parameter->kind];
    json_t *schema = json_loads(type->schema, 0, NULL);
    json_put(builder, schema, "description", json_string(type->words));
    return schema;
}

static json_t *arguments_schema(json_builder *builder, const operation *row) {
    json_t *properties = json_object();
    json_t *required = json_array();
    for (size_t i = 0; i < row->count; i++) {
        const operation_parameter *parameter = &row->parameters[i];
        json_put(builder, properties, parameter->name, argument_schema(builder, parameter));
        if (!argument_types[parameter->kind].optional) {
            json_add(builder, required, json_string(parameter->name));
        }
    }
    json_t *schema = json_object();
    json_put(builder, schema, "type", json_string("object"));
    json_put(builder, schema, "properties", properties);
    json_put(builder, schema, "required", required);
    json_put(builder, schema, "additionalProperties", json_false());
    return schema;
}

static json_t *operation_json(json_builder *builder, const operation *row) {
    json_t *object = json_object();
    bool anywhere = row->needs == NEEDS_NOTHING;
    json_put(builder, object, "operation", json_string(row->id));
    json_put(builder, object, "title", json_string(row->title));
    json_put(builder, object, "risk", json_string(operation_risk_name(row->risk)));
    json_put(builder, object, "undo", json_string(undo_class_name(row->undo)));
    json_put(builder, object, "needs",
             anywhere ? json_null() : json_string(operation_needs_reason(row->needs)));
    json_put(builder, object, "asks", json_boolean(row->asks));
    json_put(builder, object, "restart_advised", json_boolean(row->restart_advised));
    json_put(builder, object, "guards", json_text(guards_of(row)));
    json_put(builder, object, "arguments", arguments_schema(builder, row));
    return object;
}

void render_operations_json(text_builder *out) {
    json_builder builder = {0};
    json_t *array = json_array();
    for (size_t i = 0; i < all_operations_count; i++) {
        json_add(&builder, array, operation_json(&builder, &all_operations[i]));
    }
    json_write(out, &builder, array, true);
}
