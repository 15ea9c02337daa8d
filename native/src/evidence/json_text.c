#include "evidence/json_text.h"

#include "core/unicode.h"

#include <string.h>

static void add_escaped(text_builder *out, uint32_t code_point) {
    static const struct {
        char character;
        char letter;
    } short_forms[] = {{'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}};
    for (size_t i = 0; i < sizeof short_forms / sizeof short_forms[0]; i++) {
        if (code_point == (uint32_t)(unsigned char)short_forms[i].character) {
            text_add_char(out, '\\');
            text_add_char(out, short_forms[i].letter);
            return;
        }
    }
    text_addf(out, "\\u%04X", (unsigned)code_point);
}

static bool must_escape(uint32_t code_point) {
    return code_point < ' ' || code_point == '"' || code_point == '\\' || code_point == 0x7F;
}

/* Length of the run at text that needs neither an escape nor a look at its encoding. */
static size_t plain_run(const char *text, size_t length) {
    size_t run = 0;
    while (run < length && (unsigned char)text[run] < 0x80 && !must_escape((unsigned char)text[run])) {
        run++;
    }
    return run;
}

void json_text_add_n(text_builder *out, const char *text, size_t length) {
    text_add_char(out, '"');
    size_t at = 0;
    while (at < length) {
        size_t run = plain_run(text + at, length - at);
        if (run > 0) {
            text_add_n(out, text + at, run);
            at += run;
            continue;
        }
        uint32_t code_point = utf8_next(text, length, &at);
        if (must_escape(code_point)) {
            add_escaped(out, code_point);
        } else {
            char bytes_of_it[4];
            text_add_n(out, bytes_of_it, utf8_encode(code_point, bytes_of_it));
        }
    }
    text_add_char(out, '"');
}

void json_text_add(text_builder *out, const char *text) {
    json_text_add_n(out, text, strlen(text));
}

void json_line_add(text_builder *out, int depth) {
    text_add_char(out, '\n');
    for (int i = 0; i < depth; i++) {
        text_add_char(out, ' ');
    }
}
