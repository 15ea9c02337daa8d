#include "parse/sc_queryex.h"

#include "core/unicode.h"
#include "parse/console_text.h"

#include <string.h>

/* The numbered fields of a block, in the order printed. FLAGS, the ninth, may be empty and is not read. */
enum {
    FIELD_TYPE,
    FIELD_STATE,
    FIELD_EXIT_CODE,
    FIELD_SERVICE_EXIT_CODE,
    FIELD_CHECKPOINT,
    FIELD_WAIT_HINT,
    FIELD_PID,
    FIELD_COUNT
};

/* Lines [first, last) of the text, between empty ones. */
typedef struct block {
    size_t first;
    size_t last;
} block;

static bool next_block(const console_text *console, size_t *line, block *out) {
    while (*line < console->line_count && console->lines[*line].blank) {
        ++*line;
    }
    out->first = *line;
    while (*line < console->line_count && !console->lines[*line].blank) {
        ++*line;
    }
    out->last = *line;
    return out->first < out->last;
}

/* What stands behind the first colon of a line; false if it has none. */
static bool value_of(const console_text *console, size_t line, size_t *begin, size_t *end) {
    *end = console->lines[line].end;
    if (console_find_colon(console->text, console->lines[line].begin, *end, begin) == SIZE_MAX) {
        return false;
    }
    console_trim(console->text, begin, end);
    return true;
}

static int digit_of(char c, int base) {
    int value = c >= '0' && c <= '9'                             ? c - '0'
                : ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f' ? ascii_lower(c) - 'a' + 10
                                                                 : 99;
    return value < base ? value : -1;
}

/* The number that begins a value: decimal, 0x..., or hexadecimal without a prefix (the type). -1: none, or
 * too large. */
static int64_t number_at(const char *text, size_t begin, size_t end, int base) {
    if (end - begin > 2 && text[begin] == '0' && ascii_lower(text[begin + 1]) == 'x') {
        base = 16;
        begin += 2;
    }
    int64_t value = -1;
    for (; begin < end && digit_of(text[begin], base) >= 0; begin++) {
        value = (value < 0 ? 0 : value) * base + digit_of(text[begin], base);
        if (value > UINT32_MAX) {
            return -1;
        }
    }
    bool ends_there = begin == end || text[begin] == ' ' || text[begin] == '\t';
    return ends_there ? value : -1;
}

/* The fields of a block from a line on, by their order. Lines without a colon hold a field's flags. */
static size_t read_fields(const console_text *console, size_t line, size_t last,
                          int64_t fields[FIELD_COUNT]) {
    size_t count = 0;
    for (; line < last && count < FIELD_COUNT; line++) {
        size_t begin = 0;
        size_t end = 0;
        if (!value_of(console, line, &begin, &end)) {
            continue;
        }
        fields[count] = number_at(console->text, begin, end, count == FIELD_TYPE ? 16 : 10);
        if (fields[count] < 0) {
            break;
        }
        count++;
    }
    return count;
}

static const char *text_of(const console_text *console, size_t begin, size_t end, arena *memory) {
    console_trim(console->text, &begin, &end);
    return arena_text_n(memory, console->text + begin, end - begin);
}

typedef enum block_kind { BLOCK_OTHER, BLOCK_SERVICE, BLOCK_CUT_OFF } block_kind;

/* The first line that is a field: the first indented one; the third where indentation was lost. */
static size_t first_field(const console_text *console, const block *lines) {
    for (size_t i = lines->first; i < lines->last; i++) {
        if (console->lines[i].indented) {
            return i;
        }
    }
    return lines->first + 2 < lines->last ? lines->first + 2 : lines->last;
}

/* A block is a service's if two lines with a colon are followed by the type's and the state's number. */
static block_kind read_block(const console_text *console, const block *lines, arena *memory,
                             sc_service *out) {
    size_t field_line = first_field(console, lines);
    size_t name_begin = 0;
    size_t name_end = 0;
    size_t display_begin = 0;
    size_t display_end = 0;
    if (field_line < lines->first + 2 || !value_of(console, lines->first, &name_begin, &name_end) ||
        !value_of(console, lines->first + 1, &display_begin, &display_end) || name_begin == name_end) {
        return BLOCK_OTHER;
    }
    int64_t fields[FIELD_COUNT] = {0};
    size_t count = read_fields(console, field_line, lines->last, fields);
    if (count <= FIELD_STATE || fields[FIELD_STATE] < 1 || fields[FIELD_STATE] > 7) {
        return BLOCK_OTHER;
    }
    if (count <= FIELD_WAIT_HINT) {
        return BLOCK_CUT_OFF;
    }
    const char *display = text_of(console, display_begin, display_end, memory);
    for (size_t i = lines->first + 2; i < field_line; i++) { /* wrapped by the console */
        display = arena_printf(memory, "%s%s", display,
                               text_of(console, console->lines[i].begin, console->lines[i].end, memory));
    }
    *out = (sc_service){
        .name = text_of(console, name_begin, name_end, memory),
        .display_name = display,
        .state = (int)fields[FIELD_STATE],
        .exit_code = fields[FIELD_EXIT_CODE],
        .process_id = count > FIELD_PID ? fields[FIELD_PID] : -1,
    };
    return BLOCK_SERVICE;
}

/* Whether every block of the output has the process id, which only its last fields have, if any has. */
static bool ends_whole(const sc_service *services, size_t count) {
    return count < 2 || (services[count - 1].process_id >= 0) == (services[0].process_id >= 0);
}

static bool read_services(const console_text *console, arena *memory, sc_service_list *out, fact *why) {
    arena_vector services = ARENA_VECTOR(memory, sc_service);
    size_t line = 0;
    block lines;
    out->complete = true;
    while (next_block(console, &line, &lines)) {
        sc_service service;
        block_kind kind = read_block(console, &lines, memory, &service);
        bool is_last_text = lines.last >= console->line_count;
        if (kind == BLOCK_CUT_OFF || (kind == BLOCK_OTHER && is_last_text && services.count > 0)) {
            *why = fact_unknown(REASON_MALFORMED, NULL,
                                arena_printf(memory, "service %zu is cut off", services.count + 1));
            return false;
        }
        if (kind == BLOCK_OTHER) {
            out->complete = out->complete && services.count == 0;
            continue;
        }
        if (services.count == SC_SERVICES_MAX) {
            *why = fact_unknown(REASON_TOO_LARGE, NULL, "the output lists more than 16384 services");
            return false;
        }
        sc_service *item = arena_push(&services);
        if (item == NULL) {
            return false;
        }
        *item = service;
    }
    out->items = services.items;
    out->count = services.count;
    if (out->count == 0) {
        *why =
            fact_unknown(REASON_MALFORMED, NULL, "the output lists no service; the command may have failed");
        return false;
    }
    if (!ends_whole(out->items, out->count)) {
        *why =
            fact_unknown(REASON_MALFORMED, NULL, arena_printf(memory, "service %zu is cut off", out->count));
        return false;
    }
    return true;
}

bool sc_queryex_read(const char *text, arena *memory, sc_service_list *out, fact *why) {
    *out = (sc_service_list){0};
    *why = fact_known(NULL);
    console_text console;
    bool read = console_text_split(text, memory, &console) && read_services(&console, memory, out, why);
    if (arena_failed(memory)) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        read = false;
    }
    if (!read) {
        *out = (sc_service_list){0};
    }
    return read;
}

const sc_service *sc_service_find(const sc_service_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++) {
        if (windows_name_equal(list->items[i].name, name)) {
            return &list->items[i];
        }
    }
    return NULL;
}
