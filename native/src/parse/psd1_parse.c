#include "parse/psd1_parse.h"

#include "core/unicode.h"

#include <string.h>

char psd1_peek(const psd1_reader *reader, size_t ahead) {
    return reader->text[reader->at + ahead];
}

bool psd1_is_letter(char c) {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

bool psd1_is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool psd1_expect(psd1_reader *reader, char c, const char *otherwise) {
    if (psd1_peek(reader, 0) != c) {
        return psd1_fail(reader, reader->at, otherwise);
    }
    reader->at++;
    return true;
}

/* Every nested construct goes through here on its way in, and takes one from depth on its way out. */
bool psd1_enter(psd1_reader *reader) {
    if (reader->depth >= PSD1_DEPTH_LIMIT) {
        return psd1_fail_limit(reader, "values are nested more than 64 deep");
    }
    reader->depth++;
    return true;
}

/* The word of letters at the reader equals a keyword. Not advanced. */
bool psd1_at_keyword(const psd1_reader *reader, const char *keyword) {
    psd1_reader ahead = *reader;
    size_t length = psd1_scan_word(&ahead);
    return length == strlen(keyword) && ascii_equal_n(reader->text + reader->at, keyword, length);
}

psd1_value psd1_array_of(const arena_vector *items) {
    return (psd1_value){.kind = PSD1_ARRAY, .text = "", .count = items->count, .items = items->items};
}

bool psd1_push(psd1_reader *reader, arena_vector *items, const psd1_value *value) {
    psd1_value *item = arena_push(items);
    if (item == NULL) {
        return psd1_fail_memory(reader);
    }
    *item = *value;
    return true;
}

/* Words joined by single marks, as in env:Path; advances. */
void psd1_scan_joined_words(psd1_reader *reader, const char *marks) {
    while (psd1_scan_word(reader) > 0 && psd1_peek(reader, 0) != '\0' &&
           strchr(marks, psd1_peek(reader, 0)) != NULL && psd1_peek(reader, 1) != psd1_peek(reader, 0)) {
        reader->at++;
    }
}
