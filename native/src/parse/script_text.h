/* The text of a script file in whatever encoding it is stored, for finding lines in it and for digesting it
 * the way PowerShell does: as UTF-16LE. */
#ifndef PARSE_SCRIPT_TEXT_H
#define PARSE_SCRIPT_TEXT_H

#include "core/digest.h"

typedef enum script_encoding {
    SCRIPT_UNMARKED, /* no byte order mark: UTF-8 or a code page */
    SCRIPT_UTF8,
    SCRIPT_UTF16_LITTLE,
    SCRIPT_UTF16_BIG
} script_encoding;

/* `text` serves for finding ASCII: one character for each unit (byte or UTF-16 unit) of the file, from its
 * very first one; a UTF-16 unit beyond ASCII is a U+001A there. */
typedef struct script_text {
    bytes file;
    script_encoding encoding;
    const char *text;
    size_t length;
} script_text;

/* False only if memory ran out, which the arena knows. `text` may point into the file. */
bool script_text_read(bytes file, arena *memory, script_text *out);
/* The digest of the first `units` units as UTF-16LE, byte order mark included. An unmarked text is taken for
 * Windows-1252 if `western`, else for UTF-8. False if it could not be computed. */
bool script_text_digest(const script_text *script, size_t units, bool western, digest_kind kind,
                        digest_value *out);
/* The first `units` units hold characters whose encoding can only be guessed. */
bool script_text_ambiguous(const script_text *script, size_t units);

#endif
