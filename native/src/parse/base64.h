/* Base64 (RFC 4648) as it stands in text files: white space anywhere. */
#ifndef PARSE_BASE64_H
#define PARSE_BASE64_H

#include "core/arena.h"

/* False if a character does not belong, the padding is wrong or memory ran out (then the arena has failed).
 */
bool base64_decode(const char *text, size_t length, arena *memory, bytes *out);

#endif
