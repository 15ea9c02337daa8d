#include "parse/vssadmin.h"

#include "core/unicode.h"
#include "parse/console_text.h"
#include "parse/vssadmin_common.h"

#include <string.h>

enum { NAME_LINES_MAX = 6, NAME_BYTES_MAX = 1024 };

/* A GUID in the original text. */
typedef struct guid_token {
    size_t begin;
    size_t end;
    const char *guid;
} guid_token;

static bool refuse(arena *memory, fact *why, const char *detail, size_t entry) {
    *why =
        fact_unknown(REASON_MALFORMED, NULL, arena_printf(memory, "VSS writer %zu: %s", entry + 1, detail));
    return false;
}

static bool find_guids(pattern_set *patterns, const console_squeezed *squeezed, arena *memory,
                       arena_vector *out, fact *why) {
    if (vss_count_braces(squeezed->text, squeezed->length) > VSS_BRACES_MAX) {
        *why = fact_unknown(REASON_TOO_LARGE, NULL, "the output has more than 65536 braces");
        return false;
    }
    size_t at = 0;
    pattern_match match;
    pattern_result result = PATTERN_NO_MATCH;
    while ((result = vss_find_at_brace(patterns, PATTERN_GUID, squeezed, at, &match)) == PATTERN_MATCHED) {
        at = match.group[0].end;
        if (out->count == (size_t)2 * VSS_ENTRIES_MAX) {
            *why = fact_unknown(REASON_TOO_LARGE, NULL, "the list has more than 4096 writers");
            return false;
        }
        guid_token *token = arena_push(out);
        if (token == NULL) {
            *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
            return false;
        }
        *token = (guid_token){.begin = squeezed->map[match.group[0].begin],
                              .end = squeezed->map[at - 1] + 1,
                              .guid = vss_guid(memory, squeezed->text + match.group[0].begin)};
    }
    if (result == PATTERN_GAVE_UP) {
        *why = fact_unknown(REASON_MALFORMED, NULL, "the output is not text that can be searched");
        return false;
    }
    return true;
}

/* Narrows [begin, *end) by a quote at its end; false if there is none. */
static bool drop_closing_quote(const char *text, size_t begin, size_t *end) {
    console_trim(text, &begin, end);
    size_t last = begin;
    uint32_t c = 0;
    for (size_t at = begin; at < *end;) {
        last = at;
        c = utf8_next(text, *end, &at);
    }
    if (begin == *end || !console_is_quote(c)) {
        return false;
    }
    *end = last;
    return true;
}

/* Where the name begins: behind a colon, blanks and a quote. SIZE_MAX if there is no such place. */
static size_t behind_opening_quote(const char *text, size_t begin, size_t end) {
    size_t at = begin;
    while (console_find_colon(text, at, end, &at) != SIZE_MAX) {
        size_t next = at;
        while (next < end) {
            uint32_t c = utf8_next(text, end, &next);
            if (console_is_quote(c)) {
                return next;
            }
            if (!console_is_blank(c) && c != '\n') {
                break;
            }
        }
    }
    return SIZE_MAX;
}

/* The text with its line ends left out. */
static const char *joined(arena *memory, const char *text, size_t begin, size_t end) {
    console_trim(text, &begin, &end);
    char *copy = arena_alloc(memory, end - begin + 1);
    if (copy == NULL) {
        return "";
    }
    size_t used = 0;
    for (size_t at = begin; at < end; at++) {
        if (text[at] != '\n') {
            copy[used++] = text[at];
        }
    }
    return copy;
}

/* The quoted name between the previous entry and the first GUID: the last line there that ends with a quote,
 * and the lines before it if it was wrapped. */
static const char *name_before(const console_text *console, size_t begin, size_t guid, arena *memory) {
    size_t first = console_line_at(console, begin);
    size_t line = console_line_at(console, guid);
    size_t end = 0;
    for (int i = 0; i < NAME_LINES_MAX && line > first; i++) {
        line--;
        end = console->lines[line].end;
        if (drop_closing_quote(console->text, console->lines[line].begin, &end)) {
            for (int j = 0; j < NAME_LINES_MAX; j++, line--) {
                size_t from = console->lines[line].begin > begin ? console->lines[line].begin : begin;
                size_t name = behind_opening_quote(console->text, from, end);
                if (name != SIZE_MAX) {
                    return end - name <= NAME_BYTES_MAX ? joined(memory, console->text, name, end) : NULL;
                }
                if (line == first) {
                    break;
                }
            }
            return NULL;
        }
    }
    return NULL;
}

/* From `begin` to the end of its line and of the lines that continue it. */
static size_t end_of_wrapped(const console_text *console, size_t begin, size_t limit) {
    size_t line = console_line_at(console, begin);
    while (console_line_continues(console, line) && console->lines[line + 1].begin < limit) {
        line++;
    }
    return console->lines[line].end < limit ? console->lines[line].end : limit;
}

/* "[n]" and the text behind it. */
static bool read_state(pattern_set *patterns, const console_text *console, size_t begin, size_t limit,
                       arena *memory, vss_writer *out, size_t *end) {
    pattern_match match;
    if (pattern_find(patterns, PATTERN_WRITER_STATE, console->text, limit, begin, &match) !=
        PATTERN_MATCHED) {
        return false;
    }
    size_t after = 0;
    if (console_find_colon(console->text, begin, match.group[0].begin, &after) == SIZE_MAX ||
        console_find_colon(console->text, after, match.group[0].begin, &after) != SIZE_MAX) {
        return false; /* a bracket of another line */
    }
    for (size_t at = match.group[1].begin; at < match.group[1].end; at++) {
        if (console->text[at] >= '0' && console->text[at] <= '9') {
            out->state = out->state * 10 + (console->text[at] - '0');
        }
    }
    *end = end_of_wrapped(console, match.group[0].end, limit);
    out->state_text = joined(memory, console->text, match.group[0].end, *end);
    return true;
}

static bool read_error(const console_text *console, size_t begin, size_t limit, arena *memory,
                       vss_writer *out, size_t *end) {
    size_t after = 0;
    if (console_find_colon(console->text, begin, limit, &after) == SIZE_MAX) {
        return false;
    }
    *end = end_of_wrapped(console, after, limit);
    out->last_error = joined(memory, console->text, after, *end);
    return out->last_error[0] != '\0';
}

/* Whether what follows the last entry begins another one: an indented line, or the label of the first name
 * again. */
static bool another_begins(const console_text *console, size_t end, size_t first_guid) {
    size_t head = console_line_at(console, first_guid);
    size_t label_end = SIZE_MAX;
    while (head > 0 && label_end == SIZE_MAX) {
        size_t after = 0;
        head--;
        label_end =
            console_find_colon(console->text, console->lines[head].begin, console->lines[head].end, &after);
    }
    size_t label = label_end == SIZE_MAX ? 0 : label_end - console->lines[head].begin;
    for (size_t i = console_line_at(console, end) + 1; i < console->line_count; i++) {
        const console_line *line = &console->lines[i];
        size_t length = line->end - line->begin;
        size_t common = length < label ? length : label;
        if (line->indented ||
            (!line->blank && common > 0 &&
             memcmp(console->text + line->begin, console->text + console->lines[head].begin, common) == 0)) {
            return true;
        }
    }
    return false;
}

static bool read_writer(pattern_set *patterns, const console_text *console, size_t begin,
                        const guid_token ids[2], size_t limit, arena *memory, vss_writer *out, size_t *end) {
    size_t after = 0;
    out->writer_id = ids[0].guid;
    out->instance_id = ids[1].guid;
    out->name = name_before(console, begin, ids[0].begin, memory);
    return out->name != NULL &&
           console_find_colon(console->text, ids[0].end, ids[1].begin, &after) != SIZE_MAX &&
           read_state(patterns, console, ids[1].end, limit, memory, out, end) &&
           read_error(console, *end, limit, memory, out, end);
}

static bool read_writers(pattern_set *patterns, const char *text, arena *memory, vss_writer_list *out,
                         fact *why) {
    console_text console;
    console_squeezed squeezed;
    arena_vector tokens = ARENA_VECTOR(memory, guid_token);
    if (!console_text_split(text, memory, &console) || !console_text_squeeze(&console, memory, &squeezed)) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        return false;
    }
    if (!find_guids(patterns, &squeezed, memory, &tokens, why)) {
        return false;
    }
    size_t count = tokens.count / 2;
    if (tokens.count == 0 || tokens.count % 2 != 0 || vss_ends_in_guid(squeezed.text, squeezed.length)) {
        return refuse(memory, why, "it has no ids; the command failed, or its output is cut off", count);
    }
    out->items = arena_array(memory, count, sizeof *out->items);
    if (out->items == NULL) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        return false;
    }
    const guid_token *ids = tokens.items;
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        size_t limit = i + 1 < count ? ids[2 * i + 2].begin : console.length;
        if (!read_writer(patterns, &console, end, &ids[2 * i], limit, memory, &out->items[i], &end)) {
            return refuse(memory, why, "its name, state or last error is missing, the output may be cut off",
                          i);
        }
    }
    if (another_begins(&console, end, ids[0].begin)) {
        return refuse(memory, why, "it is cut off", count);
    }
    out->count = count;
    return true;
}

bool vssadmin_read_writers(pattern_set *patterns, const char *text, arena *memory, vss_writer_list *out,
                           fact *why) {
    *out = (vss_writer_list){0};
    *why = fact_known(NULL);
    bool read = read_writers(patterns, text, memory, out, why);
    if (read && arena_failed(memory)) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        read = false;
    }
    if (!read) {
        *out = (vss_writer_list){0};
    }
    return read;
}
