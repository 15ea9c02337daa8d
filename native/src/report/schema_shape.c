#include "report/schema_shape.h"

#include "report/json_builder.h"

static json_t *shape_json(json_builder *builder, const shape *s);

static void put_type(json_builder *builder, json_t *object, const member *m) {
    static const char *const types[] = {
        [MEMBER_TEXT] = "string",   [MEMBER_TIME] = "string",   [MEMBER_FLAG] = "boolean",
        [MEMBER_COUNT] = "integer", [MEMBER_CHOICE] = "string", [MEMBER_VALUES] = "object",
        [MEMBER_TEXTS] = "array",   [MEMBER_OBJECT] = "object", [MEMBER_OBJECTS] = "array",
    };
    json_t *type = json_string(types[m->kind]);
    if (m->nullable) {
        json_t *either = json_array();
        json_add(builder, either, type);
        json_add(builder, either, json_string("null"));
        type = either;
    }
    json_put(builder, object, "type", type);
}

static json_t *choices_json(json_builder *builder, const char *const *choices) {
    json_t *array = json_array();
    for (; *choices != NULL; choices++) {
        json_add(builder, array, json_string(*choices));
    }
    return array;
}

static void put_limits(json_builder *builder, json_t *object, const member *m) {
    switch (m->kind) {
    case MEMBER_TIME:
        json_put(builder, object, "format", json_string("date-time"));
        break;
    case MEMBER_COUNT:
        json_put(builder, object, "minimum", json_integer(0));
        break;
    case MEMBER_CHOICE:
        json_put(builder, object, "enum", choices_json(builder, m->choices));
        break;
    case MEMBER_TEXTS:
        json_put(builder, object, "items", json_pack("{ss}", "type", "string"));
        break;
    case MEMBER_OBJECTS:
        json_put(builder, object, "items", shape_json(builder, m->of));
        break;
    case MEMBER_TEXT:
    case MEMBER_FLAG:
    case MEMBER_VALUES:
    case MEMBER_OBJECT:
        break;
    }
}

static json_t *member_json(json_builder *builder, const member *m) {
    json_t *object = m->kind == MEMBER_OBJECT ? shape_json(builder, m->of) : json_object();
    put_type(builder, object, m);
    put_limits(builder, object, m);
    json_put(builder, object, "description", json_string(m->doc));
    return object;
}

/* Shapes nest four deep at most. */
static json_t *shape_json(json_builder *builder, const shape *s) {
    json_t *object = json_object();
    json_t *properties = json_object();
    json_t *required = json_array();
    for (const member *m = s->members; m->name != NULL; m++) {
        json_put(builder, properties, m->name, member_json(builder, m));
        json_add(builder, required, json_string(m->name));
    }
    json_put(builder, object, "type", json_string("object"));
    json_put(builder, object, "properties", properties);
    json_put(builder, object, "required", required);
    return object;
}

void schema_write(text_builder *out, const char *id, const char *title, const shape *document) {
    json_builder builder = {0};
    json_t *schema = json_object();
    json_put(&builder, schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    json_put(&builder, schema, "$id", json_string(id));
    json_put(&builder, schema, "title", json_string(title));
    json_t *shape_of_document = shape_json(&builder, document);
    if (json_object_update(schema, shape_of_document) != 0) {
        builder.failed = true;
    }
    json_decref(shape_of_document);
    json_write(out, &builder, schema, true);
}
