/* Text files of a Windows server, in whatever encoding they were written, to UTF-8. */
#ifndef TEXT_DECODE_H
#define TEXT_DECODE_H

#include "core/fact.h"

enum { DECODE_LIMIT = 64 * 1024 * 1024 }; /* bytes; more is "too large" */

/* Decodes console output and other text. In this order: a byte order mark decides (UTF-8, UTF-16LE, UTF-16BE;
 * what PowerShell's redirection writes is UTF-16LE with one); NUL bytes that lie mostly at odd or mostly at
 * even positions mean UTF-16LE or UTF-16BE without a mark; valid UTF-8 is UTF-8; anything else is in
 * oem_code_page, the number that the registry holds as OEMCP ("437", "932", ...), or NULL if that is not
 * known.
 *
 * Line ends become \n: \r\n, a \r alone, and the \r\r\n of programs whose output was translated twice. A byte
 * order mark is dropped. Bytes that the code page does not define become U+FFFD. A lone surrogate in UTF-16
 * appears as U+001A and four hex digits, as everywhere in this library.
 *
 * *out lives in the arena. False, with the byte offset in *why: a NUL in the decoded text, UTF-16 of an odd
 * length, UTF-8 announced by its mark but invalid, bytes that are not UTF-8 and a code page that is unknown
 * or unsupported. */
bool decode_text(const uint8_t *data, size_t size, const char *oem_code_page, arena *memory, const char **out,
                 fact *why);

#endif
