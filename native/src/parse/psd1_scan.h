/* The characters, blanks and literals of PowerShell data files; what psd1.c builds values from. */
#ifndef PARSE_PSD1_SCAN_H
#define PARSE_PSD1_SCAN_H

#include "core/text_builder.h"
#include "parse/psd1.h"

typedef struct psd1_reader {
    const char *text; /* NUL-ended, without NULs inside: peeking at the character behind any other is safe */
    size_t length;
    size_t at;
    size_t values; /* so far, against PSD1_VALUE_LIMIT */
    unsigned depth;
    text_builder content; /* the string being read */
    arena *memory;
    fact *why;
} psd1_reader;

/* The line, from 1, of an offset. */
size_t psd1_line(const psd1_reader *reader, size_t at);
/* Says what is wrong at an offset; always false. */
bool psd1_fail(psd1_reader *reader, size_t at, const char *what);
bool psd1_fail_limit(psd1_reader *reader, const char *what);
bool psd1_fail_memory(psd1_reader *reader);

typedef enum psd1_skip {
    PSD1_BLANKS,     /* white space, comments, continued lines */
    PSD1_LINES,      /* and line ends */
    PSD1_SEPARATORS, /* and semicolons */
} psd1_skip;
/* False if a comment does not end. */
bool psd1_skip_over(psd1_reader *reader, psd1_skip what);

/* Whether a quotation mark of the kind (' or ") is at the offset: its length, or 0. PowerShell takes
 * typographic ones for plain ones. */
size_t psd1_quote(const psd1_reader *reader, size_t at, char kind);

/* At a quotation mark. */
bool psd1_scan_string(psd1_reader *reader, psd1_value *out);
/* At an @ before a quotation mark. */
bool psd1_scan_here_string(psd1_reader *reader, psd1_value *out);
/* At a digit, or a dot before one. */
bool psd1_scan_number(psd1_reader *reader, psd1_value *out);
/* Letters, digits and underscores from here on; advances. Its length, maybe 0. */
size_t psd1_scan_word(psd1_reader *reader);

/* The value for the source between two offsets. */
bool psd1_unevaluated(psd1_reader *reader, size_t begin, size_t end, psd1_value *out);

#endif
