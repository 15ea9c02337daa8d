#include "report/json_builder.h"

#include "core/instant.h"
#include "core/unicode.h"

#include <string.h>

void json_put(json_builder *builder, json_t *object, const char *key, json_t *value) {
    if (json_object_set_new_nocheck(object, key, value) != 0) {
        builder->failed = true;
    }
}

void json_add(json_builder *builder, json_t *array, json_t *value) {
    if (json_array_append_new(array, value) != 0) {
        builder->failed = true;
    }
}

static json_t *repaired_text(const char *text, size_t length) {
    text_builder repaired = {0};
    for (size_t at = 0; at < length;) {
        char encoded[4];
        size_t size = utf8_encode(utf8_next(text, length, &at), encoded);
        text_add_n(&repaired, encoded, size);
    }
    json_t *result = text_builder_failed(&repaired) ? NULL : json_string(text_builder_text(&repaired));
    text_builder_free(&repaired);
    return result;
}

json_t *json_text(const char *text) {
    if (text == NULL) {
        return json_null();
    }
    size_t length = strlen(text);
    return utf8_valid(text, length) ? json_stringn_nocheck(text, length) : repaired_text(text, length);
}

json_t *json_texts(json_builder *builder, const text_list *texts) {
    json_t *array = json_array();
    for (size_t i = 0; i < texts->count; i++) {
        json_add(builder, array, json_text(texts->items[i]));
    }
    return array;
}

json_t *json_time(int64_t instant) {
    char text[INSTANT_TEXT_SIZE];
    instant_format(instant, text);
    return json_string(text);
}

static int append(const char *data, size_t size, void *user) {
    text_builder *out = user;
    text_add_n(out, data, size);
    return text_builder_failed(out) ? -1 : 0;
}

void json_write(text_builder *out, const json_builder *builder, json_t *document, bool indent) {
    size_t flags = indent ? JSON_INDENT(2) : JSON_COMPACT;
    if (builder->failed || json_dump_callback(document, append, out, flags) != 0) {
        out->failed = true;
    }
    text_add_char(out, '\n');
    json_decref(document);
}

const char *json_line(arena *memory, const json_builder *builder, json_t *document) {
    text_builder out = {0};
    json_write(&out, builder, document, false);
    if (text_builder_failed(&out)) {
        arena_set_failed(memory);
    }
    size_t length = out.length > 0 ? out.length - 1 : 0; /* without the line feed */
    const char *result = arena_text_n(memory, text_builder_text(&out), length);
    text_builder_free(&out);
    return result;
}
