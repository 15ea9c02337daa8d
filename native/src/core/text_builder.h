/* A growing text. Failure is sticky; text_builder_failed() tells at the end. */
#ifndef CORE_TEXT_BUILDER_H
#define CORE_TEXT_BUILDER_H

#include "core/arena.h"

typedef struct text_builder {
    char *data; /* NUL-ended once anything was added; owned, freed by text_builder_free */
    size_t length;
    size_t capacity;
    bool failed;
} text_builder;

/* A zeroed builder is ready for use. */
void text_builder_free(text_builder *builder);
bool text_builder_failed(const text_builder *builder);
void text_add(text_builder *builder, const char *text);
void text_add_n(text_builder *builder, const char *text, size_t length);
void text_add_char(text_builder *builder, char c);
void text_addf(text_builder *builder, const char *format, ...) PRINTF_LIKE(2, 3);
/* The text so far, never NULL, owned by the builder. */
const char *text_builder_text(const text_builder *builder);

#endif
