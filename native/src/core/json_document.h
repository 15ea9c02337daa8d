/* Reading a JSON document that came from anywhere: bounded, strict, with sentences that never quote it. */
#ifndef CORE_JSON_DOCUMENT_H
#define CORE_JSON_DOCUMENT_H

#include "marshealth.h"

#include <jansson.h>

typedef struct json_limits {
    size_t size;              /* bytes */
    const char *size_words;   /* "64 MiB" */
    size_t values;            /* what the parser would build is counted before it does */
    const char *values_words; /* "a million" */
} json_limits;

/* Parses a document, with or without a byte order mark. MARS_E_TOO_LARGE, MARS_E_MALFORMED with line and
 * column (also for a key that occurs twice), MARS_E_NO_MEMORY; name is what messages call it. */
mars_status json_document_parse(json_t **out, const char *data, size_t size, const json_limits *limits,
                                const char *name);

#endif
