/* The grammar of PowerShell data files, one function per construct. Each begins at the construct, ends right
 * behind it, and returns false with the reader's *why filled. psd1.c has statements, psd1_expression.c what
 * they are made of, psd1_collection.c arrays and tables. */
#ifndef PARSE_PSD1_PARSE_H
#define PARSE_PSD1_PARSE_H

#include "parse/psd1_scan.h"

/* The character so many places ahead; 0 at the end, behind which nobody may look. */
char psd1_peek(const psd1_reader *reader, size_t ahead);
bool psd1_is_letter(char c);
bool psd1_is_digit(char c);
/* Takes the character, or fails with the sentence. */
bool psd1_expect(psd1_reader *reader, char c, const char *otherwise);
/* Every nested construct goes through here on its way in, and takes one from depth on its way out. */
bool psd1_enter(psd1_reader *reader);
/* Whether the word at the reader is this, whatever its case. Takes nothing. */
bool psd1_at_keyword(const psd1_reader *reader, const char *keyword);
/* Takes words joined by single marks out of the given ones, as in env:Path. */
void psd1_scan_joined_words(psd1_reader *reader, const char *marks);

psd1_value psd1_array_of(const arena_vector *items);
bool psd1_push(psd1_reader *reader, arena_vector *items, const psd1_value *value);

/* Takes the blanks behind it too. */
bool psd1_parse_statement(psd1_reader *reader, psd1_value *out);
/* What statements put out, up to a closing character, which is taken: ) of @( ), or } of a block. */
bool psd1_parse_statements(psd1_reader *reader, char end, arena_vector *items);
bool psd1_parse_expression(psd1_reader *reader, psd1_value *out);
bool psd1_parse_parentheses(psd1_reader *reader, psd1_value *out);
bool psd1_parse_array(psd1_reader *reader, psd1_value *out);
bool psd1_parse_table(psd1_reader *reader, psd1_value *out);

#endif
