#include "parse/psd1.h"

#include "core/unicode.h"
#include "parse/psd1_parse.h"
#include "text/decode.h"

#include <string.h>

static bool parse_block(psd1_reader *reader, psd1_value *out) {
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    if (!psd1_skip_over(reader, PSD1_LINES) || !psd1_expect(reader, '{', "a { was expected") ||
        !psd1_enter(reader) || !psd1_parse_statements(reader, '}', &items)) {
        return false;
    }
    reader->depth--;
    if (items.count == 1) {
        *out = *(const psd1_value *)items.items;
    } else if (items.count == 0) {
        *out = (psd1_value){.kind = PSD1_NULL, .text = ""};
    } else {
        *out = psd1_array_of(&items);
    }
    return true;
}

/* What is known of an if statement while its clauses are read. */
typedef struct choice {
    enum { NOTHING_TAKEN, TAKEN, DEPENDS } state;
    psd1_value value;
} choice;

/* A block whose condition is this. */
static bool parse_clause(psd1_reader *reader, const psd1_value *condition, choice *made) {
    psd1_value value = {0};
    if (!parse_block(reader, &value)) {
        return false;
    }
    bool known = condition->kind == PSD1_BOOLEAN;
    if (made->state == NOTHING_TAKEN && known && condition->boolean) {
        made->state = TAKEN;
        made->value = value;
    } else if (made->state == NOTHING_TAKEN && !known) {
        made->state = DEPENDS;
    }
    return true;
}

/* Behind a block: the next clause's keyword may follow on another line; else the line ends are left alone. */
static bool take_keyword(psd1_reader *reader, const char *keyword) {
    size_t before = reader->at;
    if (psd1_skip_over(reader, PSD1_LINES) && psd1_at_keyword(reader, keyword)) {
        reader->at += strlen(keyword);
        return true;
    }
    reader->at = before;
    return false;
}

static bool parse_if(psd1_reader *reader, psd1_value *out) {
    static const psd1_value otherwise = {.kind = PSD1_BOOLEAN, .boolean = true, .text = ""};
    size_t begin = reader->at;
    choice made = {.state = NOTHING_TAKEN, .value = {.kind = PSD1_NULL, .text = ""}};
    reader->at += strlen("if");
    do {
        psd1_value condition = {0};
        if (!psd1_skip_over(reader, PSD1_LINES)) {
            return false;
        }
        if (psd1_peek(reader, 0) != '(') {
            return psd1_fail(reader, reader->at, "a condition in parentheses was expected");
        }
        if (!psd1_parse_parentheses(reader, &condition) || !parse_clause(reader, &condition, &made)) {
            return false;
        }
    } while (take_keyword(reader, "elseif"));
    if (take_keyword(reader, "else") && !parse_clause(reader, &otherwise, &made)) {
        return false;
    }
    *out = made.value;
    return made.state != DEPENDS || psd1_unevaluated(reader, begin, reader->at, out);
}

/* Ends before what ends it: a line end, a semicolon, or a closing character. */
bool psd1_parse_statement(psd1_reader *reader, psd1_value *out) {
    bool parsed = psd1_at_keyword(reader, "if") ? parse_if(reader, out) : psd1_parse_expression(reader, out);
    return parsed && psd1_skip_over(reader, PSD1_BLANKS);
}

static bool parse_file(psd1_reader *reader, psd1_value *out) {
    if (!psd1_skip_over(reader, PSD1_SEPARATORS) || !psd1_parse_statement(reader, out) ||
        !psd1_skip_over(reader, PSD1_SEPARATORS)) {
        return false;
    }
    return psd1_peek(reader, 0) == '\0' || psd1_fail(reader, reader->at, "more than one value in the file");
}

bool psd1_parse(const uint8_t *data, size_t size, arena *memory, const psd1_value **out, fact *why) {
    *out = NULL;
    if (size > PSD1_SIZE_LIMIT) {
        *why = fact_unknown(REASON_TOO_LARGE, NULL, "a data file of more than 4 MiB");
        return false;
    }
    const char *text = "";
    if (!decode_text(data, size, "1252", memory, &text, why)) {
        return false;
    }
    psd1_reader reader = {.text = text, .length = strlen(text), .memory = memory, .why = why};
    psd1_value *value = arena_alloc(memory, sizeof *value);
    bool parsed = value != NULL && parse_file(&reader, value);
    text_builder_free(&reader.content);
    if (arena_failed(memory)) {
        return psd1_fail_memory(&reader);
    }
    *out = parsed ? value : NULL;
    return parsed;
}

const psd1_value *psd1_find(const psd1_value *table, const char *key) {
    for (size_t i = 0; table != NULL && table->kind == PSD1_TABLE && i < table->count; i++) {
        if (windows_name_equal(table->entries[i].key, key)) {
            return &table->entries[i].value;
        }
    }
    return NULL;
}
