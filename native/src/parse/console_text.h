/* Console output taken apart: physical lines, lines that the console wrapped, signs that come in many forms.
 */
#ifndef PARSE_CONSOLE_TEXT_H
#define PARSE_CONSOLE_TEXT_H

#include "core/arena.h"

/* One physical line: its bytes are text[begin, end), without the line end. */
typedef struct console_line {
    size_t begin;
    size_t end;
    bool blank;    /* nothing but blanks */
    bool indented; /* begins with a blank, and is not blank */
    bool wrapped;  /* as wide as the widest: the next line may be its rest */
} console_line;

typedef struct console_text {
    const char
        *text; /* without carriage returns, byte order marks and marks of writing direction; NUL-ended */
    size_t length;
    console_line *lines;
    size_t line_count;
    bool ends_in_line; /* the last line has no line end: the text may be cut off there */
} console_text;

/* Cleans the text and finds its lines. False if memory ran out. */
bool console_text_split(const char *text, arena *memory, console_text *out);

/* The line that holds the byte at `at`; line_count if there is none. */
size_t console_line_at(const console_text *console, size_t at);

/* Whether line `index + 1` is the rest of a wrapped line `index`: that one is full, and this one is neither
 * blank nor indented. */
bool console_line_continues(const console_text *console, size_t index);

/* The text with line ends, and the blanks that begin lines, left out, so that what was wrapped is whole
 * again. map[i]: where byte i stands in the text; map[length] is the text's length. */
typedef struct console_squeezed {
    char *text;
    size_t length;
    size_t *map;
} console_squeezed;
bool console_text_squeeze(const console_text *console, arena *memory, console_squeezed *out);

bool console_is_blank(uint32_t code_point);
/* ':' and its full-width forms. */
bool console_is_colon(uint32_t code_point);
/* Straight, typographic and angle quotes, opening or closing. */
bool console_is_quote(uint32_t code_point);

/* The first colon in [begin, end); SIZE_MAX if there is none. *after: the byte behind it. */
size_t console_find_colon(const char *text, size_t begin, size_t end, size_t *after);
/* Narrows [*begin, *end) to what is not blank. Line ends count as blank. */
void console_trim(const char *text, size_t *begin, size_t *end);

#endif
