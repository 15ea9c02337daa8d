#include "core/text_builder.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

void text_builder_free(text_builder *builder) {
    mem_free(builder->data);
    *builder = (text_builder){0};
}

bool text_builder_failed(const text_builder *builder) {
    return builder->failed;
}

static bool reserve(text_builder *builder, size_t more) {
    if (builder->failed || more > SIZE_MAX / 2 - builder->length) {
        builder->failed = true;
        return false;
    }
    size_t needed = builder->length + more + 1;
    if (needed <= builder->capacity) {
        return true;
    }
    size_t capacity = builder->capacity == 0 ? 256 : builder->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *data = mem_resize(builder->data, capacity);
    if (data == NULL) {
        builder->failed = true;
        return false;
    }
    builder->data = data;
    builder->capacity = capacity;
    return true;
}

void text_add_n(text_builder *builder, const char *text, size_t length) {
    if (!reserve(builder, length)) {
        return;
    }
    if (length > 0) {
        memcpy(builder->data + builder->length, text, length);
    }
    builder->length += length;
    builder->data[builder->length] = '\0';
}

void text_add(text_builder *builder, const char *text) {
    text_add_n(builder, text, strlen(text));
}

void text_add_char(text_builder *builder, char c) {
    text_add_n(builder, &c, 1);
}

void text_addf(text_builder *builder, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !reserve(builder, (size_t)length)) {
        builder->failed = true;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(builder->data + builder->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    builder->length += (size_t)length;
}

const char *text_builder_text(const text_builder *builder) {
    return builder->data != NULL ? builder->data : "";
}
