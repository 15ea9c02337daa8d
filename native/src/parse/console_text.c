#include "parse/console_text.h"

#include "core/unicode.h"

#include <string.h>

/* A console narrower than this wraps nothing that anyone could read. */
enum { WRAP_WIDTH_MIN = 40 };

/* Marks of writing direction and byte order, and the carriage return: nothing that is printed. */
static bool is_invisible(uint32_t c) {
    return c == '\r' || c == 0xFEFF || c == 0x61C || c == 0x200E || c == 0x200F ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool console_is_blank(uint32_t c) {
    return c == ' ' || c == '\t' || c == 0xA0 || c == 0x202F || c == 0x2009 || c == 0x2007 || c == 0x3000;
}

bool console_is_colon(uint32_t c) {
    return c == ':' || c == 0xFF1A || c == 0xFE55 || c == 0xFE13;
}

bool console_is_quote(uint32_t c) {
    return c == '\'' || c == '"' || c == '`' || c == 0xB4 || c == 0xAB || c == 0xBB ||
           (c >= 0x2018 && c <= 0x201F) || c == 0x2039 || c == 0x203A || (c >= 0x300C && c <= 0x300F) ||
           c == 0xFF02 || c == 0xFF07;
}

/* Characters that take two columns. */
static bool is_wide(uint32_t c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

static size_t columns(const char *text, size_t begin, size_t end) {
    size_t width = 0;
    while (begin < end) {
        width += is_wide(utf8_next(text, end, &begin)) ? 2 : 1;
    }
    return width;
}

static bool clean(const char *text, arena *memory, console_text *out) {
    size_t length = strlen(text);
    char *copy = arena_alloc(memory, length + 1);
    if (copy == NULL) {
        return false;
    }
    size_t used = 0;
    size_t at = 0;
    while (at < length) {
        size_t from = at;
        if (!is_invisible(utf8_next(text, length, &at))) {
            memcpy(copy + used, text + from, at - from);
            used += at - from;
        }
    }
    out->text = copy;
    out->length = used;
    out->ends_in_line = used > 0 && copy[used - 1] != '\n';
    return true;
}

static console_line line_of(const char *text, size_t begin, size_t end) {
    console_line line = {.begin = begin, .end = end};
    size_t at = begin;
    bool first_is_blank = begin < end && console_is_blank(utf8_next(text, end, &at));
    size_t from = begin;
    size_t to = end;
    console_trim(text, &from, &to);
    line.blank = from == to;
    line.indented = first_is_blank && !line.blank;
    return line;
}

static void mark_wrapped(console_text *console) {
    size_t widest = 0;
    for (size_t i = 0; i < console->line_count; i++) {
        size_t width = columns(console->text, console->lines[i].begin, console->lines[i].end);
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; widest >= WRAP_WIDTH_MIN && i < console->line_count; i++) {
        /* A character of two columns does not fit into a single one that is left. */
        console->lines[i].wrapped =
            columns(console->text, console->lines[i].begin, console->lines[i].end) + 1 >= widest;
    }
}

bool console_text_split(const char *text, arena *memory, console_text *out) {
    *out = (console_text){0};
    if (!clean(text, memory, out)) {
        return false;
    }
    size_t count = 1;
    for (size_t i = 0; i < out->length; i++) {
        count += out->text[i] == '\n';
    }
    out->lines = arena_array(memory, count, sizeof *out->lines);
    if (out->lines == NULL) {
        return false;
    }
    size_t begin = 0;
    for (size_t i = 0; i <= out->length; i++) {
        if (i == out->length || out->text[i] == '\n') {
            out->lines[out->line_count++] = line_of(out->text, begin, i);
            begin = i + 1;
        }
    }
    mark_wrapped(out);
    return true;
}

size_t console_line_at(const console_text *console, size_t at) {
    size_t low = 0;
    size_t high = console->line_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (console->lines[middle].end < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool console_line_continues(const console_text *console, size_t index) {
    return index + 1 < console->line_count && console->lines[index].wrapped &&
           !console->lines[index + 1].blank && !console->lines[index + 1].indented;
}

bool console_text_squeeze(const console_text *console, arena *memory, console_squeezed *out) {
    *out = (console_squeezed){
        .text = arena_alloc(memory, console->length + 1),
        .map = arena_array(memory, console->length + 1, sizeof *out->map),
    };
    if (out->text == NULL || out->map == NULL) {
        return false;
    }
    for (size_t i = 0; i < console->line_count; i++) {
        size_t from = console->lines[i].begin;
        size_t end = console->lines[i].end;
        size_t trimmed_end = end;
        console_trim(console->text, &from, &trimmed_end);
        for (size_t at = from; at < end; at++) {
            out->map[out->length] = at;
            out->text[out->length++] = console->text[at];
        }
    }
    out->map[out->length] = console->length;
    return true;
}

size_t console_find_colon(const char *text, size_t begin, size_t end, size_t *after) {
    while (begin < end) {
        size_t at = begin;
        if (console_is_colon(utf8_next(text, end, &begin))) {
            *after = begin;
            return at;
        }
    }
    return SIZE_MAX;
}

void console_trim(const char *text, size_t *begin, size_t *end) {
    size_t last = *begin; /* behind the last character that is not blank */
    bool started = false;
    size_t at = *begin;
    size_t first = *end;
    while (at < *end) {
        size_t from = at;
        uint32_t c = utf8_next(text, *end, &at);
        if (c == '\n' || console_is_blank(c)) {
            continue;
        }
        if (!started) {
            first = from;
            started = true;
        }
        last = at;
    }
    *begin = started ? first : *end;
    *end = started ? last : *end;
}
