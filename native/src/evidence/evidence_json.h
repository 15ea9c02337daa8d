/* Evidence as a JSON document of schema EVIDENCE_SCHEMA. Every fact is an object with exactly one of
 *   "value": ...        known; a time as "2026-03-02T08:00:00Z", a list as an array of objects
 *   "absent": true      read, and there is none
 *   "unknown": "slug"   could not be read; the slugs are those of UNKNOWN_REASONS
 * and, where there is one, "where" and "detail". A fact never collected is left out, and so is a group of
 * such facts. */
#ifndef EVIDENCE_EVIDENCE_JSON_H
#define EVIDENCE_EVIDENCE_JSON_H

#include "core/text_builder.h"
#include "evidence/evidence.h"

enum {
    EVIDENCE_SIZE_MAX = 64 * 1024 * 1024, /* bytes of a document */
    EVIDENCE_VALUES_MAX = 1000000,        /* brackets and commas in it: what parsing costs in memory */
    EVIDENCE_ITEMS_MAX = 65536            /* items of one list */
};

/* Appends the document to out. The same evidence always gives the same bytes. Times are clamped to years 0 to
 * 9999, and bytes of a text that are not UTF-8 become U+FFFD. redact: see redaction.h. MARS_E_NO_MEMORY. */
mars_status evidence_save(text_builder *out, const evidence *document, bool redact);

/* Reads a document into evidence of its own, which the caller frees with evidence_free. name is what errors
 * call the document. Strict on everything it knows; unknown keys, which a later version may add, are passed
 * over. A UTF-8 byte order mark is accepted. MARS_E_NO_MEMORY, MARS_E_TOO_LARGE, MARS_E_UNSUPPORTED for a
 * newer schema, and MARS_E_MALFORMED for all else, naming the line or the place: "e.json:
 * schedule.tasks[2].enabled.value: expected true or false". */
mars_status evidence_load(evidence **out, const char *data, size_t size, const char *name);

/* The parts that work on any record, so that tests can use tables of their own. */
typedef struct evidence_loader {
    arena *memory;    /* where everything is copied to */
    const char *name; /* of the document */
    mars_status status;
} evidence_loader;
typedef struct evidence_place {
    const struct evidence_place *up; /* NULL at the top */
    const char *key;                 /* NULL: an array's item */
    size_t index;
} evidence_place;
struct json_t;
struct redaction;
/* hidden: NULL writes everything. */
void evidence_save_record(text_builder *out, const record *table, const void *from, struct redaction *hidden,
                          int depth);
/* Fills *into, which is zeroed. False: see loader->status, and the error record has the sentence. */
bool evidence_load_record(evidence_loader *loader, const evidence_place *at, const struct json_t *json,
                          const record *table, void *into);

#endif
