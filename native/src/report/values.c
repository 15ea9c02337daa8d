#include "report/values.h"

static json_t *value_json(json_builder *builder, const finding_value *value) {
    switch (value->kind) {
    case VALUE_NUMBER:
    case VALUE_BYTES:
        return json_integer(value->number);
    case VALUE_TIME:
        return json_time(value->number);
    case VALUE_TEXTS:
        return json_texts(builder, &value->texts);
    case VALUE_TEXT:
        break;
    }
    return json_text(value->text);
}

json_t *values_json(json_builder *builder, const finding_part *part) {
    json_t *object = json_object();
    for (size_t i = 0; i < part->value_count; i++) {
        json_put(builder, object, part->values[i].name, value_json(builder, &part->values[i]));
    }
    return object;
}

const char *values_text(arena *memory, const finding_part *part) {
    json_builder builder = {0};
    text_builder out = {0};
    json_t *object = values_json(&builder, part);
    json_write(&out, &builder, object, false);
    if (text_builder_failed(&out)) {
        arena_set_failed(memory);
    }
    size_t length = out.length > 0 ? out.length - 1 : 0; /* without the line feed */
    const char *result = arena_text_n(memory, text_builder_text(&out), length);
    text_builder_free(&out);
    return result;
}
