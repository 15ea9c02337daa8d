/* What the journal's reader and writer share: lines, each a JSON object with the CRC-32C of what is before it
 * as its last member, and names. */
#ifndef REPAIR_JOURNAL_LINE_H
#define REPAIR_JOURNAL_LINE_H

#include "core/text_builder.h"
#include "repair/journal.h"

#include <jansson.h>

/* Appends the line with its end of line; the object is freed. A NULL object is memory that ran out. */
void journal_line_add(text_builder *out, json_t *object);
/* The object of a line without its end; NULL if it is damaged. json_decref it. */
json_t *journal_line_parse(const char *line, size_t length);

enum { JOURNAL_RECOVERED_FILES = 20 }; /* a power cut at each of them is no accident */
/* recovered.jsonl, recovered-2.jsonl, ... of a run; number from 1. */
const char *journal_recovered_name(arena *memory, const char *id, unsigned number);
const char *journal_found_name(journal_found found);

#endif
