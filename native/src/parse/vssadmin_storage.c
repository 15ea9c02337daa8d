#include "parse/vssadmin.h"

#include "core/unicode.h"
#include "parse/console_text.h"
#include "parse/vssadmin_common.h"

#include <string.h>

enum { SIZES = 3, VALUE_LINES_MAX = 4, DISPLAY_NAME_MAX = 520 };

/* A volume in the squeezed text, with whatever stands in parentheses before it. */
typedef struct volume_token {
    size_t begin; /* in the original text */
    size_t end;
    vss_volume volume;
} volume_token;

static bool refuse(arena *memory, fact *why, unknown_reason reason, const char *detail, size_t entry) {
    *why = fact_unknown(reason, NULL,
                        arena_printf(memory, "shadow storage association %zu: %s", entry + 1, detail));
    return false;
}

/* "(C:)" gives the letter. A volume mounted in a folder has the folder there, one without any its own name:
 * "(D:\Data\)", "(\\?\Volume{...}\)". Returns where the token begins. */
static size_t display_name_before(const char *text, size_t volume_begin) {
    if (volume_begin < 2 || text[volume_begin - 1] != ')') {
        return volume_begin;
    }
    size_t lowest = volume_begin > DISPLAY_NAME_MAX ? volume_begin - DISPLAY_NAME_MAX : 0;
    int depth = 0;
    for (size_t at = volume_begin; at > lowest; at--) {
        depth += (text[at - 1] == ')') - (text[at - 1] == '(');
        if (depth == 0) {
            return at - 1;
        }
    }
    return volume_begin;
}

static vss_volume volume_of(arena *memory, const char *text, const pattern_match *match) {
    vss_volume volume = {0};
    if (match->group[1].begin != SIZE_MAX) {
        char letter = ascii_lower(text[match->group[1].begin]);
        volume.letter = arena_printf(memory, "%c", letter - 'a' + 'A');
    }
    volume.guid = vss_guid(memory, text + match->group[2].begin);
    return volume;
}

/* All volumes; false if matching failed or there are too many. */
static bool find_volumes(pattern_set *patterns, const console_squeezed *squeezed, arena *memory,
                         arena_vector *out, fact *why) {
    if (vss_count_braces(squeezed->text, squeezed->length) > VSS_BRACES_MAX) {
        *why = fact_unknown(REASON_TOO_LARGE, NULL, "the output has more than 65536 braces");
        return false;
    }
    size_t at = 0;
    pattern_match match;
    pattern_result result = PATTERN_NO_MATCH;
    while ((result = vss_find_at_brace(patterns, PATTERN_VOLUME, squeezed, at, &match)) == PATTERN_MATCHED) {
        at = match.group[0].end;
        size_t begin = display_name_before(squeezed->text, match.group[0].begin);
        if (squeezed->text[at] == ')' && squeezed->text[at + 1] == '\\') {
            continue; /* a volume's own name in parentheses; the volume follows */
        }
        if (out->count == (size_t)2 * VSS_ENTRIES_MAX) {
            *why = fact_unknown(REASON_TOO_LARGE, NULL, "the list has more than 4096 associations");
            return false;
        }
        volume_token *token = arena_push(out);
        if (token == NULL) {
            *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
            return false;
        }
        *token = (volume_token){.begin = squeezed->map[begin],
                                .end = squeezed->map[match.group[0].end],
                                .volume = volume_of(memory, squeezed->text, &match)};
    }
    if (result == PATTERN_GAVE_UP) {
        *why = fact_unknown(REASON_MALFORMED, NULL, "the output is not text that can be searched");
        return false;
    }
    return true;
}

/* A size's text, without its percentage. */
static const char *size_text(arena *memory, const char *text, size_t begin, size_t end) {
    size_t at = begin;
    while (at < end) {
        size_t from = at;
        uint32_t c = utf8_next(text, end, &at);
        if (c == '(' || c == 0xFF08) {
            end = from;
        }
    }
    console_trim(text, &begin, &end);
    return arena_text_n(memory, text + begin, end - begin);
}

static bool has_open_parenthesis(const char *text) {
    int depth = 0;
    for (size_t at = 0, length = strlen(text); at < length;) {
        uint32_t c = utf8_next(text, length, &at);
        depth += (c == '(' || c == 0xFF08) - (c == ')' || c == 0xFF09);
    }
    return depth > 0;
}

typedef struct printed_value {
    const char *whole; /* with the percentage, wrapped lines joined */
    size_t end;        /* in the original text */
} printed_value;

/* The value that begins at `begin`: the rest of the line, and of the following ones as long as what is there
 * is no whole size: nothing, a number without a unit, an open parenthesis. */
static printed_value value_at(const console_text *console, size_t begin, size_t limit, arena *memory) {
    printed_value value = {.whole = "", .end = begin};
    size_t line = console_line_at(console, begin);
    size_t from = begin;
    for (int i = 0; i < VALUE_LINES_MAX && line < console->line_count && from <= limit; i++, line++) {
        size_t end = console->lines[line].end < limit ? console->lines[line].end : limit;
        size_t after = 0;
        if (i > 0 && (console->lines[line].blank ||
                      console_find_colon(console->text, from, end, &after) != SIZE_MAX)) {
            break;
        }
        value.whole = arena_printf(memory, "%s%.*s", value.whole, (int)(end - from), console->text + from);
        value.end = end;
        vss_size size = {0};
        vss_size_result result = vss_size_read(value.whole, VSS_DECIMAL_UNCERTAIN, &size);
        size_t trimmed = 0;
        size_t trimmed_end = strlen(value.whole);
        console_trim(value.whole, &trimmed, &trimmed_end);
        bool word_is_wrapped = result == VSS_SIZE_NO_NUMBER && console->lines[line].wrapped;
        if (trimmed < trimmed_end && result != VSS_SIZE_NO_UNIT && !word_is_wrapped &&
            !has_open_parenthesis(value.whole)) {
            break;
        }
        from = line + 1 < console->line_count ? console->lines[line + 1].begin : limit + 1;
    }
    return value;
}

/* Whether a value that ends where the text ends was cut off there. */
static bool is_cut_off(const printed_value *value, const console_text *console) {
    if (has_open_parenthesis(value->whole)) {
        return true;
    }
    if (!console->ends_in_line || value->end < console->length) {
        return false;
    }
    vss_size size = {0};
    vss_size_result result = vss_size_read(value->whole, VSS_DECIMAL_UNCERTAIN, &size);
    bool unbounded = strstr(value->whole, "UNBOUNDED") != NULL || strchr(value->whole, ')') != NULL;
    return result == VSS_SIZE_NO_UNIT || (result == VSS_SIZE_NO_NUMBER && !unbounded);
}

/* The three sizes between a storage volume and the next association (or the end). *end: behind the last one.
 */
static bool read_sizes(const console_text *console, size_t begin, size_t limit, arena *memory,
                       const char *values[SIZES], size_t *end, const char **problem) {
    size_t at = begin;
    for (int i = 0; i < SIZES; i++) {
        size_t after = 0;
        if (console_find_colon(console->text, at, limit, &after) == SIZE_MAX) {
            *problem = "it has fewer than three sizes, the output may be cut off";
            return false;
        }
        printed_value value = value_at(console, after, limit, memory);
        size_t from = 0;
        size_t to = strlen(value.whole);
        console_trim(value.whole, &from, &to);
        if (from == to || is_cut_off(&value, console)) {
            *problem = "one of its sizes is cut off";
            return false;
        }
        values[i] = arena_text_n(memory, value.whole + from, to - from);
        at = value.end;
    }
    *end = at;
    return true;
}

static bool fill_size(const char *whole, bool may_be_unbounded, vss_decimal decimal, arena *memory,
                      vss_size *out) {
    out->text = size_text(memory, whole, 0, strlen(whole));
    vss_size_result result = vss_size_read(whole, decimal, out);
    if (result == VSS_SIZE_NO_NUMBER && may_be_unbounded) {
        out->known = true;
        out->unbounded = true;
    }
    return result != VSS_SIZE_OVERFLOW;
}

/* What all sizes together tell of the decimal sign; uncertain if they contradict each other. */
static vss_decimal decimal_of(const char *const (*values)[SIZES], size_t count) {
    for (int likely = 0; likely < 2; likely++) {
        bool seen[3] = {false};
        for (size_t i = 0; i < count * SIZES; i++) {
            seen[vss_size_decimal(values[i / SIZES][i % SIZES], likely != 0)] = true;
        }
        if (seen[VSS_DECIMAL_POINT] != seen[VSS_DECIMAL_COMMA]) {
            return seen[VSS_DECIMAL_POINT] ? VSS_DECIMAL_POINT : VSS_DECIMAL_COMMA;
        }
        if (seen[VSS_DECIMAL_POINT]) {
            break;
        }
    }
    return VSS_DECIMAL_UNCERTAIN;
}

/* A line that holds the percentage of the line before, which was wrapped between the two. */
static bool is_percentage(const console_text *console, size_t index) {
    if (index >= console->line_count) {
        return false;
    }
    size_t begin = console->lines[index].begin;
    size_t end = console->lines[index].end;
    console_trim(console->text, &begin, &end);
    uint32_t c = begin < end ? utf8_next(console->text, end, &begin) : 0;
    return c == '(' || c == 0xFF08;
}

/* After the last association there may be a prompt or the like, but no beginning of another one: an indented
 * line, or the heading again. */
static bool another_begins(const console_text *console, size_t end, size_t first_volume) {
    size_t heading = console_line_at(console, first_volume);
    while (heading > 0 && (console->lines[heading].blank || console->lines[heading].indented)) {
        heading--;
    }
    const console_line *head = &console->lines[heading];
    size_t after = 0;
    size_t colon = console_find_colon(console->text, head->begin, head->end, &after);
    size_t label = (colon == SIZE_MAX ? head->end : colon) - head->begin;
    size_t last = console_line_at(console, end);
    last += is_percentage(console, last + 1);
    for (size_t i = last + 1; i < console->line_count; i++) {
        const console_line *line = &console->lines[i];
        size_t length = line->end - line->begin;
        size_t common = length < label ? length : label;
        bool repeats = !line->blank && !head->blank && common > 0 &&
                       memcmp(console->text + line->begin, console->text + head->begin, common) == 0;
        if (line->indented || repeats) {
            return true;
        }
    }
    return false;
}

static bool same_size(const vss_size *a, const vss_size *b) {
    return a->known == b->known && a->unbounded == b->unbounded && a->bytes == b->bytes &&
           strcmp(a->text, b->text) == 0;
}

/* Drops repeated associations. False if the figures of a pair differ: *conflict tells which. */
static bool drop_repeated(vss_storage_list *list, size_t *conflict) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        const vss_storage *item = &list->items[i];
        bool repeated = false;
        for (size_t j = 0; j < kept && !repeated; j++) {
            const vss_storage *other = &list->items[j];
            if (strcmp(item->volume.guid, other->volume.guid) != 0 ||
                strcmp(item->storage.guid, other->storage.guid) != 0) {
                continue;
            }
            repeated = true;
            if (!same_size(&item->used, &other->used) || !same_size(&item->allocated, &other->allocated) ||
                !same_size(&item->maximum, &other->maximum)) {
                *conflict = i;
                return false;
            }
        }
        if (!repeated) {
            list->items[kept++] = *item;
        }
    }
    list->count = kept;
    return true;
}

static bool fill_list(const volume_token *tokens, const char *const (*values)[SIZES], size_t count,
                      arena *memory, vss_storage_list *out, fact *why) {
    vss_decimal decimal = decimal_of(values, count);
    for (size_t i = 0; i < count; i++) {
        vss_storage *item = &out->items[i];
        item->volume = tokens[2 * i].volume;
        item->storage = tokens[2 * i + 1].volume;
        if (!fill_size(values[i][0], false, decimal, memory, &item->used) ||
            !fill_size(values[i][1], false, decimal, memory, &item->allocated) ||
            !fill_size(values[i][2], true, decimal, memory, &item->maximum)) {
            return refuse(memory, why, REASON_MALFORMED, "a size is larger than any volume", i);
        }
    }
    out->count = count;
    size_t conflict = 0;
    if (!drop_repeated(out, &conflict)) {
        return refuse(memory, why, REASON_MALFORMED, "the same volumes were listed before with other sizes",
                      conflict);
    }
    return true;
}

/* Reads the associations between the volumes found. */
static bool read_associations(const console_text *console, const volume_token *tokens, size_t count,
                              arena *memory, vss_storage_list *out, fact *why) {
    const char *(*values)[SIZES] = arena_array(memory, count, sizeof *values);
    out->items = arena_array(memory, count, sizeof *out->items);
    if (values == NULL || out->items == NULL) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        return false;
    }
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        size_t after = 0;
        const volume_token *source = &tokens[2 * i];
        const volume_token *storage = &tokens[2 * i + 1];
        size_t limit = i + 1 < count ? tokens[2 * i + 2].begin : console->length;
        const char *problem = NULL;
        if (console_find_colon(console->text, source->end, storage->begin, &after) == SIZE_MAX ||
            console_find_colon(console->text, after, storage->begin, &after) != SIZE_MAX) {
            return refuse(memory, why, REASON_MALFORMED, "its second volume does not follow the first", i);
        }
        if (!read_sizes(console, storage->end, limit, memory, values[i], &end, &problem)) {
            return refuse(memory, why, REASON_MALFORMED, problem, i);
        }
    }
    if (another_begins(console, end, tokens[0].begin)) {
        return refuse(memory, why, REASON_MALFORMED, "it is cut off", count);
    }
    return fill_list(tokens, (const char *const(*)[SIZES])values, count, memory, out, why);
}

static bool read_storage(pattern_set *patterns, const char *text, arena *memory, vss_storage_list *out,
                         fact *why) {
    console_text console;
    console_squeezed squeezed;
    if (!console_text_split(text, memory, &console) || !console_text_squeeze(&console, memory, &squeezed)) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        return false;
    }
    arena_vector tokens = ARENA_VECTOR(memory, volume_token);
    if (!find_volumes(patterns, &squeezed, memory, &tokens, why)) {
        return false;
    }
    size_t braces = vss_count_braces(squeezed.text, squeezed.length);
    if (tokens.count == 0 && braces == 0) {
        return vss_says_none(&console, memory, "association", why);
    }
    if (tokens.count == 0 || tokens.count % 2 != 0 || vss_ends_in_guid(squeezed.text, squeezed.length)) {
        return refuse(memory, why, REASON_MALFORMED, "a volume is missing, the output may be cut off",
                      tokens.count / 2);
    }
    return read_associations(&console, tokens.items, tokens.count / 2, memory, out, why);
}

bool vssadmin_read_storage(pattern_set *patterns, const char *text, arena *memory, vss_storage_list *out,
                           fact *why) {
    *out = (vss_storage_list){0};
    *why = fact_known(NULL);
    bool read = read_storage(patterns, text, memory, out, why);
    if (read && arena_failed(memory)) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        read = false;
    }
    if (!read) {
        *out = (vss_storage_list){0};
    }
    return read;
}
