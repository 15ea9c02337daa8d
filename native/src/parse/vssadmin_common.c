#include "parse/vssadmin_common.h"

#include "core/unicode.h"

#include <string.h>

/* "(C:)\\?\Volume" stands before a brace. */
enum { BEFORE_BRACE = 16 };
enum { BANNER_LINES = 2, SENTENCE_LINES_MAX = 2, SENTENCE_BYTES_MAX = 400 };

const char *vss_guid(arena *memory, const char *braced) {
    char guid[GUID_BRACED_LENGTH - 2];
    for (size_t i = 0; i < sizeof guid; i++) {
        guid[i] = ascii_lower(braced[1 + i]);
    }
    return arena_text_n(memory, guid, sizeof guid);
}

/* The nearest beginning of a character at or before `at`. */
static size_t character_begin(const char *text, size_t at) {
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) {
        at--;
    }
    return at;
}

pattern_result vss_find_at_brace(pattern_set *patterns, pattern_id id, const console_squeezed *squeezed,
                                 size_t start, pattern_match *match) {
    for (size_t at = start; at < squeezed->length; at++) {
        if (squeezed->text[at] != '{') {
            continue;
        }
        size_t begin = character_begin(squeezed->text, at > start + BEFORE_BRACE ? at - BEFORE_BRACE : start);
        size_t end =
            squeezed->length - at > GUID_BRACED_LENGTH + 1 ? at + GUID_BRACED_LENGTH + 1 : squeezed->length;
        end = end < squeezed->length ? character_begin(squeezed->text, end) : end;
        pattern_result result = pattern_find(patterns, id, squeezed->text, end, begin, match);
        if (result != PATTERN_NO_MATCH) {
            return result;
        }
    }
    return PATTERN_NO_MATCH;
}

size_t vss_count_braces(const char *text, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count += text[i] == '{';
    }
    return count;
}

bool vss_ends_in_guid(const char *text, size_t length) {
    for (size_t i = length; i > 0; i--) {
        if (text[i - 1] == '{') {
            return length - (i - 1) < GUID_BRACED_LENGTH;
        }
    }
    return false;
}

static bool contains(const console_text *console, const console_line *line, const char *word) {
    size_t length = strlen(word);
    for (size_t at = line->begin; at + length <= line->end; at++) {
        if (ascii_equal_n(console->text + at, word, length)) {
            return true;
        }
    }
    return false;
}

/* The line after the banner: a line with the program's name, one with its maker's; neither is ever
 * translated. line_count if there is no banner. */
static size_t after_banner(const console_text *console) {
    static const char *const words[BANNER_LINES] = {"vssadmin", "Microsoft"};
    int found = 0;
    for (size_t i = 0; i < console->line_count; i++) {
        if (console->lines[i].blank) {
            continue;
        }
        bool expected = contains(console, &console->lines[i], words[found]);
        if (!expected && found == 1 && contains(console, &console->lines[i], words[0])) {
            continue; /* the line before was the command itself, pasted with its output */
        }
        if (!expected) {
            return console->line_count;
        }
        if (++found == BANNER_LINES) {
            return i + 1;
        }
    }
    return console->line_count;
}

static bool ends_sentence(uint32_t c) {
    return c == '.' || c == '!' || c == 0x3002 || c == 0xFF0E || c == 0xFF61 || c == 0x964 || c == 0x6D4 ||
           c == 0x589;
}

/* Signs that an error message, a usage text or a list has and the sentence "no items found" has not. */
static bool belongs_to_no_plain_sentence(uint32_t c) {
    return console_is_colon(c) || (c >= '0' && c <= '9') ||
           (c > 0 && c < 0x80 && strchr("/\\{}<>=\"", (int)c) != NULL);
}

/* One sentence: it ends as one, and nothing in it does. */
static bool is_plain_sentence(const char *text, size_t begin, size_t end) {
    console_trim(text, &begin, &end);
    if (begin == end || end - begin > SENTENCE_BYTES_MAX) {
        return false;
    }
    for (size_t at = begin; at < end;) {
        uint32_t c = utf8_next(text, end, &at);
        if (belongs_to_no_plain_sentence(c) || ends_sentence(c) != (at == end)) {
            return false;
        }
    }
    return true;
}

bool vss_says_none(const console_text *console, arena *memory, const char *what, fact *why) {
    size_t first = after_banner(console);
    while (first < console->line_count && console->lines[first].blank) {
        first++;
    }
    size_t last = first;
    while (last < console->line_count && !console->lines[last].blank) {
        last++;
    }
    size_t rest = last;
    while (rest < console->line_count && console->lines[rest].blank) {
        rest++;
    }
    bool alone = first < last && last - first <= SENTENCE_LINES_MAX && rest == console->line_count;
    if (alone &&
        is_plain_sentence(console->text, console->lines[first].begin, console->lines[last - 1].end)) {
        return true;
    }
    const char *detail =
        console->length == 0
            ? "the output is empty"
            : arena_printf(
                  memory,
                  "the output holds no %s; it is not clear whether there is none or the command failed",
                  what);
    *why = fact_unknown(console->length == 0 ? REASON_UNREADABLE : REASON_MALFORMED, NULL, detail);
    return false;
}
