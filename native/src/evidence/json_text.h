/* Writing JSON: a text as a string literal. Numbers and punctuation are plain text. */
#ifndef EVIDENCE_JSON_TEXT_H
#define EVIDENCE_JSON_TEXT_H

#include "core/text_builder.h"

/* Adds the text in quotes, with ", \ and control characters escaped (RFC 8259, section 7). JSON is UTF-8, so
 * a byte that is not is written as U+FFFD. */
void json_text_add(text_builder *out, const char *text);
void json_text_add_n(text_builder *out, const char *text, size_t length);
/* A line break and one blank per level of depth. */
void json_line_add(text_builder *out, int depth);

#endif
