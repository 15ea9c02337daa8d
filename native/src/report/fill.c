#include "report/report.h"

#include "core/instant.h"
#include "core/unicode.h"

#include <inttypes.h>
#include <string.h>

/* 1024-based with one decimal, as Windows shows sizes: "1.5 GB". Integers only, so that no locale meddles. */
static void add_size(text_builder *out, int64_t count) {
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
    uint64_t size = count < 0 ? 0 : (uint64_t)count;
    size_t unit = 0;
    uint64_t scale = 1;
    while (unit + 1 < sizeof units / sizeof units[0] && size / scale >= 1024) {
        scale *= 1024;
        unit++;
    }
    uint64_t whole = size / scale;
    uint64_t tenth = size % scale / (scale / 10 > 0 ? scale / 10 : 1);
    if (unit == 0 || tenth == 0) {
        text_addf(out, "%" PRIu64 " %s", whole, units[unit]);
    } else {
        text_addf(out, "%" PRIu64 ".%" PRIu64 " %s", whole, tenth > 9 ? 9 : tenth, units[unit]);
    }
}

static void add_time(text_builder *out, int64_t instant) {
    char text[INSTANT_TEXT_SIZE];
    instant_format(instant, text);
    text_add(out, text);
}

static void add_value(text_builder *out, const finding_value *value) {
    switch (value->kind) {
    case VALUE_TEXT:
        text_add(out, value->text);
        break;
    case VALUE_NUMBER:
        text_addf(out, "%" PRId64, value->number);
        break;
    case VALUE_BYTES:
        add_size(out, value->number);
        break;
    case VALUE_TIME:
        add_time(out, value->number);
        break;
    case VALUE_TEXTS:
        for (size_t i = 0; i < value->texts.count; i++) {
            text_add(out, i > 0 ? ", " : "");
            text_add(out, value->texts.items[i]);
        }
        break;
    }
}

static const finding_value *value_named(const finding_value *values, size_t count, const char *name,
                                        size_t length) {
    for (size_t i = 0; i < count; i++) {
        if (strlen(values[i].name) == length && strncmp(values[i].name, name, length) == 0) {
            return &values[i];
        }
    }
    return NULL;
}

/* What PowerShell takes for a single quote: the plain one and the typographic ones. */
static bool is_quote(uint32_t code_point) {
    return code_point == '\'' || (code_point >= 0x2018 && code_point <= 0x201B);
}

/* Doubles quotes, so that the value stays inside the single quotes that the catalogue puts around it. */
static void add_quoted(text_builder *out, const finding_value *value) {
    text_builder plain = {0};
    add_value(&plain, value);
    const char *text = text_builder_text(&plain);
    for (size_t at = 0, start = 0; at < plain.length; start = at) {
        bool quote = is_quote(utf8_next(text, plain.length, &at));
        for (int i = 0; i < 1 + quote; i++) {
            text_add_n(out, text + start, at - start);
        }
    }
    out->failed = out->failed || text_builder_failed(&plain);
    text_builder_free(&plain);
}

static const char *fill(arena *memory, const char *text, const finding_value *values, size_t count,
                        void (*add)(text_builder *out, const finding_value *value)) {
    text_builder out = {0};
    while (*text != '\0') {
        size_t name = *text == '{' ? strcspn(text + 1, "{}") : 0;
        const finding_value *value =
            name > 0 && text[name + 1] == '}' ? value_named(values, count, text + 1, name) : NULL;
        if (value != NULL) {
            add(&out, value);
            text += name + 2;
        } else {
            size_t plain = 1 + strcspn(text + 1, "{");
            text_add_n(&out, text, plain);
            text += plain;
        }
    }
    size_t length = out.length;
    while (length > 0 && out.data[length - 1] == ' ') {
        length--;
    }
    const char *result = arena_text_n(memory, text_builder_text(&out), length);
    if (text_builder_failed(&out)) {
        arena_set_failed(memory);
    }
    text_builder_free(&out);
    return result;
}

const char *fill_text(arena *memory, const char *text, const finding_value *values, size_t count) {
    return fill(memory, text, values, count, add_value);
}

const char *fill_command(arena *memory, const char *text, const finding_value *values, size_t count) {
    return fill(memory, text, values, count, add_quoted);
}
