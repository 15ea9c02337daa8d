/* Base64 (RFC 4648, section 4): the standard alphabet, padded. */
#ifndef EVIDENCE_BASE64_H
#define EVIDENCE_BASE64_H

#include "core/text_builder.h"

void base64_add(text_builder *out, bytes data);
/* Strict: no blanks, full padding, no stray bits, so that each value has one text. False also if memory ran
 * out, which the arena remembers. */
bool base64_decode_strict(const char *text, size_t length, arena *memory, bytes *out);

#endif
