/* UTF-8 and UTF-16, and the few text operations that must not depend on a locale. */
#ifndef CORE_UNICODE_H
#define CORE_UNICODE_H

#include "core/arena.h"

/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(const char *text, size_t length);
/* Decodes one code point at *at, advances *at; 0xFFFD for an invalid byte, which is one step. */
uint32_t utf8_next(const char *text, size_t length, size_t *at);
/* Appends one code point (must be a scalar value) to out[4]; returns its length. */
size_t utf8_encode(uint32_t code_point, char out[4]);

/* UTF-16LE bytes to UTF-8. An odd last byte is ignored. A lone surrogate, which UTF-8 cannot hold, is written as U+001A
 * (SUBSTITUTE) and four upper-case hex digits; a U+001A in the text is written the same way, so the way back is exact.
 * utf16_units: how many 16-bit units there are. The result is never NULL and may contain NULs (see *length). */
const char *utf8_from_utf16(arena *memory, const uint8_t *data, size_t utf16_units, size_t *length);
/* The way back. Input must be valid UTF-8. Without a terminator. */
bytes utf16_from_utf8(arena *memory, const char *text, size_t length);

/* Only A-Z and a-z count as letters. */
char ascii_lower(char c);
bool ascii_equal(const char *a, const char *b);              /* case-insensitive */
bool ascii_equal_n(const char *a, const char *b, size_t n);  /* the first n characters, case-insensitive */
bool ascii_starts(const char *text, const char *prefix);     /* case-insensitive */
bool ascii_ends(const char *text, const char *suffix);       /* case-insensitive */

/* Windows file and registry names: equal when simple upper-casing makes them equal. Covers Latin, Greek, Cyrillic and
 * Armenian as NTFS's table does, with no Turkish special case. */
uint32_t unicode_upper(uint32_t code_point);
bool windows_name_equal(const char *a, const char *b);
bool windows_name_equal_n(const char *a, size_t a_length, const char *b, size_t b_length);
/* For sorting: zero for equal ones. */
int windows_name_compare(const char *a, const char *b);

#endif
