#include "parse/psd1_scan.h"

#include "core/unicode.h"

#include <string.h>

size_t psd1_line(const psd1_reader *reader, size_t at) {
    size_t line = 1;
    for (size_t i = 0; i < at; i++) {
        line += reader->text[i] == '\n';
    }
    return line;
}

bool psd1_fail(psd1_reader *reader, size_t at, const char *what) {
    const char *detail = arena_printf(reader->memory, "line %zu: %s", psd1_line(reader, at), what);
    *reader->why = fact_unknown(REASON_MALFORMED, NULL, detail);
    return false;
}

bool psd1_fail_limit(psd1_reader *reader, const char *what) {
    const char *detail = arena_printf(reader->memory, "line %zu: %s", psd1_line(reader, reader->at), what);
    *reader->why = fact_unknown(REASON_TOO_LARGE, NULL, detail);
    return false;
}

bool psd1_fail_memory(psd1_reader *reader) {
    *reader->why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
    return false;
}

/* ---- Blanks ---- */

/* White space within a line: the length of the character, or 0. */
static size_t white_space(const char *text) {
    if (*text == ' ' || *text == '\t' || *text == '\v' || *text == '\f') {
        return 1;
    }
    static const char *const wide[] = {"\xC2\xA0", "\xC2\x85", "\xE3\x80\x80", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (strncmp(text, wide[i], strlen(wide[i])) == 0) {
            return strlen(wide[i]);
        }
    }
    return 0;
}

static bool skip_block_comment(psd1_reader *reader) {
    const char *end = strstr(reader->text + reader->at + 2, "#>");
    if (end == NULL) {
        return psd1_fail(reader, reader->at, "the comment that begins here does not end");
    }
    reader->at = (size_t)(end - reader->text) + 2;
    return true;
}

bool psd1_skip_over(psd1_reader *reader, psd1_skip what) {
    for (;;) {
        const char *here = reader->text + reader->at;
        size_t blank = white_space(here);
        if (blank > 0) {
            reader->at += blank;
        } else if (here[0] == '`' && here[1] == '\n') {
            reader->at += 2;
        } else if (here[0] == '#') {
            reader->at += strcspn(here, "\n");
        } else if (here[0] == '<' && here[1] == '#') {
            if (!skip_block_comment(reader)) {
                return false;
            }
        } else if ((here[0] == '\n' && what >= PSD1_LINES) || (here[0] == ';' && what == PSD1_SEPARATORS)) {
            reader->at++;
        } else {
            return true;
        }
    }
}

/* ---- Strings ---- */

size_t psd1_quote(const psd1_reader *reader, size_t at, char kind) {
    const char *here = reader->text + at;
    if (*here == kind) {
        return 1;
    }
    /* U+2018 to U+201B are single, U+201C to U+201E double. */
    if (here[0] != '\xE2' || here[1] != '\x80') {
        return 0;
    }
    unsigned char last = (unsigned char)here[2];
    bool found = kind == '\'' ? last >= 0x98 && last <= 0x9B : last >= 0x9C && last <= 0x9E;
    return found ? 3 : 0;
}

bool psd1_unevaluated(psd1_reader *reader, size_t begin, size_t end, psd1_value *out) {
    enum { SHOWN = 200 };
    while (end > begin && (reader->text[end - 1] == ' ' || reader->text[end - 1] == '\t')) {
        end--;
    }
    size_t length = end - begin < SHOWN ? end - begin : SHOWN;
    while (length > 0 && !utf8_valid(reader->text + begin, length)) {
        length--;
    }
    *out = (psd1_value){.kind = PSD1_UNEVALUATED,
                        .text = arena_text_n(reader->memory, reader->text + begin, length)};
    return true;
}

/* What a backtick and this character mean in Windows PowerShell; any other character means itself. */
static char escaped(char c) {
    static const char escapes[][2] = {{'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'},
                                      {'r', '\r'}, {'t', '\t'}, {'v', '\v'}};
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        if (escapes[i][0] == c) {
            return escapes[i][1];
        }
    }
    return c;
}

/* A dollar sign followed by this begins a variable; else it is a dollar sign. */
static bool begins_variable(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || (c != '\0' && strchr("_{?:^$", c) != NULL);
}

/* One step in an expandable string, other than its end. *depends: it has a part that no literal can hold. */
static bool scan_expandable(psd1_reader *reader, bool *depends) {
    const char *here = reader->text + reader->at;
    if (here[0] == '`' && here[1] != '\0') {
        *depends = *depends || here[1] == '0'; /* a NUL */
        /* Of a character of several bytes the first is taken here and the others in the next steps. */
        text_add_char(&reader->content, escaped(here[1]));
        reader->at += 2;
        return true;
    }
    if (here[0] == '$' && here[1] == '(') {
        return psd1_fail(reader, reader->at, "a string with $(...) in it would run code");
    }
    *depends = *depends || (here[0] == '$' && begins_variable(here[1]));
    text_add_char(&reader->content, here[0]);
    reader->at++;
    return true;
}

static bool finish_string(psd1_reader *reader, size_t begin, bool depends, psd1_value *out) {
    if (depends) {
        return psd1_unevaluated(reader, begin, reader->at, out);
    }
    if (text_builder_failed(&reader->content)) {
        return psd1_fail_memory(reader);
    }
    const char *text =
        arena_text_n(reader->memory, text_builder_text(&reader->content), reader->content.length);
    *out = (psd1_value){.kind = PSD1_TEXT, .text = text};
    return true;
}

bool psd1_scan_string(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at;
    char kind = psd1_quote(reader, begin, '"') > 0 ? '"' : '\'';
    bool depends = false;
    reader->content.length = 0;
    reader->at += psd1_quote(reader, begin, kind);
    for (;;) {
        size_t quote = psd1_quote(reader, reader->at, kind);
        if (quote > 0) {
            reader->at += quote;
            size_t second = psd1_quote(reader, reader->at, kind);
            if (second == 0) {
                return finish_string(reader, begin, depends, out);
            }
            text_add_n(&reader->content, reader->text + reader->at, second);
            reader->at += second;
        } else if (reader->text[reader->at] == '\0') {
            return psd1_fail(reader, begin, "the string that begins here does not end");
        } else if (kind == '\'') {
            text_add_char(&reader->content, reader->text[reader->at++]);
        } else if (!scan_expandable(reader, &depends)) {
            return false;
        }
    }
}

/* A quotation mark and an @ at the beginning of a line: the end of a here-string. */
static size_t here_string_end(const psd1_reader *reader, char kind) {
    size_t quote = psd1_quote(reader, reader->at, kind);
    return quote > 0 && reader->text[reader->at + quote] == '@' ? quote + 1 : 0;
}

bool psd1_scan_here_string(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at;
    char kind = psd1_quote(reader, begin + 1, '"') > 0 ? '"' : '\'';
    bool depends = false;
    reader->content.length = 0;
    reader->at += 1 + psd1_quote(reader, begin + 1, kind);
    size_t blank = 0;
    while ((blank = white_space(reader->text + reader->at)) > 0) {
        reader->at += blank;
    }
    if (reader->text[reader->at] != '\n') {
        return psd1_fail(reader, begin, "a here-string must begin on a line of its own");
    }
    reader->at++;
    for (bool line_begins = true; !line_begins || here_string_end(reader, kind) == 0;) {
        line_begins = reader->text[reader->at] == '\n';
        if (reader->text[reader->at] == '\0') {
            return psd1_fail(reader, begin, "the here-string that begins here does not end");
        }
        if (kind == '\'') {
            text_add_char(&reader->content, reader->text[reader->at++]);
        } else if (!scan_expandable(reader, &depends)) {
            return false;
        }
    }
    reader->at += here_string_end(reader, kind);
    if (reader->content.length > 0) {
        reader->content.length--; /* the line end before the end mark is no part of it */
    }
    return finish_string(reader, begin, depends, out);
}

/* ---- Numbers and words ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static int digit_value(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

/* Digits of a base into *number; *fits becomes false when they are too many. */
static void scan_digits(psd1_reader *reader, int base, int64_t *number, bool *fits) {
    for (int digit = 0; (digit = digit_value(reader->text[reader->at])) < base; reader->at++) {
        if (*number > (INT64_MAX - digit) / base) {
            *fits = false;
        } else {
            *number = *number * base + digit;
        }
    }
}

/* A fraction and an exponent. Two dots are the range operator. */
static bool scan_real_part(psd1_reader *reader) {
    size_t begin = reader->at;
    const char *here = reader->text + reader->at;
    if (here[0] == '.' && here[1] != '.') {
        reader->at++;
        reader->at += strspn(reader->text + reader->at, "0123456789");
    }
    here = reader->text + reader->at;
    if (ascii_lower(here[0]) == 'e') {
        size_t sign = here[1] == '+' || here[1] == '-' ? 1 : 0;
        size_t digits = strspn(here + 1 + sign, "0123456789");
        reader->at += digits > 0 ? 1 + sign + digits : 0;
    }
    return reader->at > begin;
}

/* Type suffixes (l, d) and multipliers (kb to pb). */
static void scan_number_suffix(psd1_reader *reader, int64_t *number, bool *fits) {
    char type = ascii_lower(reader->text[reader->at]);
    reader->at += type == 'l' || type == 'd' ? 1 : 0;
    static const char *const multipliers[] = {"kb", "mb", "gb", "tb", "pb"};
    for (size_t i = 0; i < sizeof multipliers / sizeof multipliers[0]; i++) {
        if (ascii_starts(reader->text + reader->at, multipliers[i])) {
            int64_t factor = INT64_C(1) << (10 * (i + 1));
            reader->at += 2;
            *fits = *fits && *number <= INT64_MAX / factor;
            *number = *fits ? *number * factor : 0;
            return;
        }
    }
}

bool psd1_scan_number(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at;
    const char *here = reader->text + begin;
    int64_t number = 0;
    bool fits = true;
    if (here[0] == '0' && ascii_lower(here[1]) == 'x' && digit_value(here[2]) < 16) {
        reader->at += 2;
        scan_digits(reader, 16, &number, &fits);
    } else {
        scan_digits(reader, 10, &number, &fits);
        fits = !scan_real_part(reader) && fits;
    }
    scan_number_suffix(reader, &number, &fits);
    char next = reader->text[reader->at];
    bool range = next == '.' && reader->text[reader->at + 1] == '.';
    bool ends = next == '\0' || strchr(" \t\n,;)}+-*/%#|\v\f`", next) != NULL || (unsigned char)next >= 0x80;
    if (!ends && !range) {
        return psd1_fail(reader, begin, "this is no number, and a bare word would run a command");
    }
    const char *text = arena_text_n(reader->memory, reader->text + begin, reader->at - begin);
    *out = (psd1_value){.kind = PSD1_NUMBER, .text = text, .has_number = fits, .number = fits ? number : 0};
    return true;
}

size_t psd1_scan_word(psd1_reader *reader) {
    size_t begin = reader->at;
    for (;;) {
        char c = reader->text[reader->at];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
        if ((!letter && !is_digit(c) && c != '_') || white_space(reader->text + reader->at) > 0 ||
            psd1_quote(reader, reader->at, '\'') > 0 || psd1_quote(reader, reader->at, '"') > 0) {
            return reader->at - begin;
        }
        reader->at++;
    }
}
