/* Base64 (RFC 4648) as it stands in text files: white space anywhere. */
#ifndef PARSE_BASE64_H
#define PARSE_BASE64_H

#include "core/text_builder.h"

/* False if a character does not belong, the padding is wrong or memory ran out (then the arena has failed).
 */
bool base64_decode(const char *text, size_t length, arena *memory, bytes *out);
/* Adds the bytes as base64, padded, without line breaks. */
void base64_add(text_builder *out, bytes data);

#endif
