/* What the JSON captures have in common: what ConvertTo-Json wrote, read under limits. */
#ifndef PARSE_JSON_CAPTURE_H
#define PARSE_JSON_CAPTURE_H

#include "core/fact.h"

#include <jansson.h>

enum {
    JSON_CAPTURE_SIZE_MAX = 32 * 1024 * 1024,
    JSON_CAPTURE_DEPTH_MAX = 32,
    JSON_CAPTURE_ITEMS_MAX = 200000,
};

/* Parses UTF-8 text, with or without a byte order mark. Accepts one object, an array of objects, or the
 * wrapper
 * {"value": [...], "Count": n} that Windows PowerShell 5.1 puts around some arrays. The result is always an
 * array, to be freed with json_decref; of a key that is there twice the last one counts. NULL: *why tells the
 * reason. */
json_t *json_capture_load(const uint8_t *data, size_t size, arena *memory, fact *why);

/* A member's text up to its first NUL, or NULL if it is no text. */
const char *json_capture_text(const json_t *object, const char *key);
/* A whole number, also one that was written as text or as a real without a fraction. */
bool json_capture_number(const json_t *object, const char *key, int64_t *out);

#endif
