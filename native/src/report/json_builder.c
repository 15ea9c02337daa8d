#include "report/json_builder.h"

#include "core/instant.h"
#include "core/unicode.h"
#include "evidence/json_text.h"

#include <inttypes.h>
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

/* ---- Writing ---- */

/* jansson's own writer looks at one character at a time, and took a fifth of judging evidence. */
typedef struct json_writer {
    text_builder *out;
    bool indent;
    int depth;
    bool failed;
} json_writer;

static void write_value(json_writer *w, json_t *value);

static void write_line_break(json_writer *w) {
    if (w->indent) {
        json_line_add(w->out, 2 * w->depth);
    }
}

static void write_array(json_writer *w, const json_t *array) {
    text_add_char(w->out, '[');
    w->depth++;
    for (size_t i = 0; i < json_array_size(array); i++) {
        text_add(w->out, i > 0 ? "," : "");
        write_line_break(w);
        write_value(w, json_array_get(array, i));
    }
    w->depth--;
    if (json_array_size(array) > 0) {
        write_line_break(w);
    }
    text_add_char(w->out, ']');
}

static void write_object(json_writer *w, json_t *object) {
    const char *key = NULL;
    json_t *member = NULL;
    size_t written = 0;
    text_add_char(w->out, '{');
    w->depth++;
    json_object_foreach(object, key, member) {
        text_add(w->out, written++ > 0 ? "," : "");
        write_line_break(w);
        json_text_add(w->out, key);
        text_add(w->out, w->indent ? ": " : ":");
        write_value(w, member);
    }
    w->depth--;
    if (written > 0) {
        write_line_break(w);
    }
    text_add_char(w->out, '}');
}

/* NOLINTNEXTLINE(misc-no-recursion): documents made here are a few levels deep */
static void write_value(json_writer *w, json_t *value) {
    if (value == NULL) {
        w->failed = true;
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(w, value);
        break;
    case JSON_ARRAY:
        write_array(w, value);
        break;
    case JSON_STRING:
        json_text_add_n(w->out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        text_addf(w->out, "%" PRId64, (int64_t)json_integer_value(value));
        break;
    case JSON_TRUE:
        text_add(w->out, "true");
        break;
    case JSON_FALSE:
        text_add(w->out, "false");
        break;
    case JSON_NULL:
        text_add(w->out, "null");
        break;
    case JSON_REAL: /* is in none of these documents */
        w->failed = true;
        break;
    }
}

void json_write(text_builder *out, const json_builder *builder, json_t *document, bool indent) {
    json_writer w = {.out = out, .indent = indent, .failed = builder->failed};
    write_value(&w, document);
    out->failed = out->failed || w.failed;
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
