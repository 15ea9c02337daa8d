/* Building JSON with jansson so that a failure in between is seen at the end, not at every step. */
#ifndef REPORT_JSON_BUILDER_H
#define REPORT_JSON_BUILDER_H

#include "core/text_builder.h"

#include <jansson.h>

/* A zeroed builder is ready for use. Failure is sticky. */
typedef struct json_builder {
    bool failed;
} json_builder;

/* Both take over the value; NULL, which jansson returns when memory ran out, is a failure. */
void json_put(json_builder *builder, json_t *object, const char *key, json_t *value);
void json_add(json_builder *builder, json_t *array, json_t *value);

/* null for NULL. Bytes that are no UTF-8 become U+FFFD, since jansson takes nothing else. */
json_t *json_text(const char *text);
json_t *json_texts(json_builder *builder, const text_list *texts);
/* ISO 8601, UTC. */
json_t *json_time(int64_t instant);

/* Appends the document, ended by a line feed, and frees it. If the builder failed, so does the text. */
void json_write(text_builder *out, const json_builder *builder, json_t *document, bool indent);
/* The document on one line without a line feed, freed. What failed makes the arena fail. */
const char *json_line(arena *memory, const json_builder *builder, json_t *document);

#endif
