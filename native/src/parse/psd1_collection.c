#include "parse/psd1_parse.h"

#include "core/unicode.h"

#include <string.h>

/* What a statement puts out: an array comes apart, once. */
static bool add_output(psd1_reader *reader, arena_vector *items, const psd1_value *value) {
    if (value->kind != PSD1_ARRAY) {
        return psd1_push(reader, items, value);
    }
    for (size_t i = 0; i < value->count; i++) {
        if (++reader->values > PSD1_VALUE_LIMIT) {
            return psd1_fail_limit(reader, "too many values");
        }
        if (!psd1_push(reader, items, &value->items[i])) {
            return false;
        }
    }
    return true;
}

/* Statements up to a closing character, which is taken: ) of @( ), or } of a block. */
bool psd1_parse_statements(psd1_reader *reader, char end, arena_vector *items) {
    size_t begin = reader->at;
    for (;;) {
        if (!psd1_skip_over(reader, PSD1_SEPARATORS)) {
            return false;
        }
        if (psd1_peek(reader, 0) == end && end != '\0') {
            reader->at++;
            return true;
        }
        if (psd1_peek(reader, 0) == '\0') {
            return psd1_fail(reader, begin, "the list that begins here does not end");
        }
        psd1_value value = {0};
        if (!psd1_parse_statement(reader, &value) || !add_output(reader, items, &value)) {
            return false;
        }
        char next = psd1_peek(reader, 0);
        if (next != end && next != ';' && next != '\n' && next != '\0') {
            return psd1_fail(reader, reader->at, "something unexpected follows a value");
        }
    }
}

bool psd1_parse_array(psd1_reader *reader, psd1_value *out) {
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    reader->at += 2;
    if (!psd1_enter(reader) || !psd1_parse_statements(reader, ')', &items)) {
        return false;
    }
    reader->depth--;
    *out = psd1_array_of(&items);
    return true;
}

static bool parse_key(psd1_reader *reader, const char **out) {
    size_t begin = reader->at;
    psd1_value key = {0};
    if (psd1_quote(reader, begin, '\'') > 0 || psd1_quote(reader, begin, '"') > 0) {
        if (!psd1_scan_string(reader, &key)) {
            return false;
        }
    } else if (psd1_is_digit(psd1_peek(reader, 0))) {
        if (!psd1_scan_number(reader, &key)) {
            return false;
        }
    } else {
        psd1_scan_joined_words(reader, "-.");
        key.kind = reader->at > begin ? PSD1_TEXT : PSD1_UNEVALUATED;
        key.text = arena_text_n(reader->memory, reader->text + begin, reader->at - begin);
    }
    if (key.kind == PSD1_UNEVALUATED) {
        return psd1_fail(reader, begin, "a key must be a word, a number or a plain string");
    }
    *out = key.text;
    return true;
}

/* So that looking for a key given twice compares few texts. */
static uint32_t key_hash(const char *key) {
    uint32_t hash = 2166136261U;
    size_t length = strlen(key);
    for (size_t at = 0; at < length;) {
        hash = (hash ^ unicode_upper(utf8_next(key, length, &at))) * 16777619U;
    }
    return hash;
}

static bool add_key(psd1_reader *reader, arena_vector *entries, const char *key, size_t at) {
    if (entries->count >= PSD1_KEY_LIMIT) {
        return psd1_fail_limit(reader, "a table has too many keys");
    }
    const psd1_entry *items = entries->items;
    uint32_t hash = key_hash(key);
    for (size_t i = 0; i < entries->count; i++) {
        if (items[i].hash == hash && windows_name_equal(items[i].key, key)) {
            return psd1_fail(reader, at, "this key is given twice");
        }
    }
    psd1_entry *entry = arena_push(entries);
    if (entry == NULL) {
        return psd1_fail_memory(reader);
    }
    entry->key = key;
    entry->hash = hash;
    return true;
}

static bool parse_entry(psd1_reader *reader, arena_vector *entries) {
    size_t begin = reader->at;
    const char *key = "";
    psd1_value value = {0};
    if (!parse_key(reader, &key) || !add_key(reader, entries, key, begin) ||
        !psd1_skip_over(reader, PSD1_BLANKS) || !psd1_expect(reader, '=', "a = must follow the key") ||
        !psd1_skip_over(reader, PSD1_LINES) || !psd1_parse_statement(reader, &value)) {
        return false;
    }
    ((psd1_entry *)entries->items)[entries->count - 1].value = value;
    char next = psd1_peek(reader, 0);
    return next == '}' || next == ';' || next == '\n' ||
           psd1_fail(reader, reader->at, "something unexpected follows a value");
}

bool psd1_parse_table(psd1_reader *reader, psd1_value *out) {
    arena_vector entries = ARENA_VECTOR(reader->memory, psd1_entry);
    size_t begin = reader->at;
    reader->at += 2;
    if (!psd1_enter(reader)) {
        return false;
    }
    for (;;) {
        if (!psd1_skip_over(reader, PSD1_SEPARATORS)) {
            return false;
        }
        if (psd1_peek(reader, 0) == '}') {
            break;
        }
        if (psd1_peek(reader, 0) == '\0') {
            return psd1_fail(reader, begin, "the table that begins here does not end");
        }
        if (!parse_entry(reader, &entries)) {
            return false;
        }
    }
    reader->at++;
    reader->depth--;
    *out = (psd1_value){.kind = PSD1_TABLE, .text = "", .count = entries.count, .entries = entries.items};
    return true;
}
