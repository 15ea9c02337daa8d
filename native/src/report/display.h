/* Text for terminals: what a machine's data says must not steer the terminal, and lines end before its edge.
 */
#ifndef REPORT_DISPLAY_H
#define REPORT_DISPLAY_H

#include "core/text_builder.h"

enum { DISPLAY_WIDTH = 80 };

/* Decodes one code point at *at as it may be shown, advances *at. Line ends and tabs become a blank; other
 * control characters, what changes the writing direction, invisible tags and bytes that are no UTF-8 become
 * U+FFFD. */
uint32_t display_next(const char *text, size_t length, size_t *at);
/* Columns that a code point takes on a terminal: 0 (combining), 1, or 2 (East Asian wide). */
size_t display_width(uint32_t code_point);

/* Appends a text as it may be shown, at most limit columns of it (then "..."); 0: all. Returns its columns.
 */
size_t display_add(text_builder *out, const char *text, size_t limit);
/* Appends a text as it may be shown, wrapped; the line is already column wide, further lines are indented.
 * Breaks at blanks and between wide characters, and inside words that are longer than a line. Ends with a
 * line feed. */
void display_wrap(text_builder *out, size_t column, size_t indent, const char *text);
/* Appends blanks. */
void display_indent(text_builder *out, size_t count);

#endif
