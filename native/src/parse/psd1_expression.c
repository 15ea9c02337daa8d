#include "parse/psd1_parse.h"

#include "core/unicode.h"

#include <string.h>

static const char would_run[] = "a bare word here would run a command";

/* ---- Variables ---- */

static const struct {
    const char *name;
    psd1_value value;
} constants[] = {
    {"true", {.kind = PSD1_BOOLEAN, .boolean = true, .text = ""}},
    {"false", {.kind = PSD1_BOOLEAN, .text = ""}},
    {"null", {.kind = PSD1_NULL, .text = ""}},
};

static bool parse_variable(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at++;
    if (psd1_peek(reader, 0) == '(') {
        return psd1_fail(reader, begin, "$(...) would run code");
    }
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (psd1_at_keyword(reader, constants[i].name)) {
            reader->at += strlen(constants[i].name);
            *out = constants[i].value;
            return true;
        }
    }
    if (psd1_peek(reader, 0) == '{') {
        reader->at += strcspn(reader->text + reader->at, "}\n");
        if (!psd1_expect(reader, '}', "the variable name that begins here does not end")) {
            return false;
        }
    } else {
        psd1_scan_joined_words(reader, ":");
    }
    if (reader->at == begin + 1) {
        return psd1_fail(reader, begin, "a $ without a variable's name");
    }
    return psd1_unevaluated(reader, begin, reader->at, out);
}

static bool parse_unary(psd1_reader *reader, psd1_value *out);

/* ---- Casts ---- */

/* The types that restricted language allows. */
static const char *const simple_types[] = {
    "string", "char",   "bool",   "boolean", "byte",   "sbyte",   "int16",    "short",
    "uint16", "ushort", "int",    "int32",   "uint32", "uint",    "int64",    "long",
    "uint64", "ulong",  "single", "float",   "double", "decimal", "datetime",
};

static bool is_simple_type(const char *name) {
    name += ascii_starts(name, "System.") ? strlen("System.") : 0;
    for (size_t i = 0; i < sizeof simple_types / sizeof simple_types[0]; i++) {
        if (ascii_equal(name, simple_types[i])) {
            return true;
        }
    }
    return false;
}

static bool all_text(const psd1_value *value) {
    for (size_t i = 0; i < value->count; i++) {
        if (value->items[i].kind != PSD1_TEXT) {
            return false;
        }
    }
    return true;
}

/* [string] before a text and [string[]] before texts change nothing; every other cast would convert. */
static bool cast_keeps(const char *type, bool array, const psd1_value *value) {
    return ascii_ends(type, "string") &&
           (value->kind == PSD1_TEXT || (array && value->kind == PSD1_ARRAY && all_text(value)));
}

static bool parse_cast(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at++;
    psd1_scan_joined_words(reader, ".");
    const char *type = arena_text_n(reader->memory, reader->text + begin + 1, reader->at - begin - 1);
    bool array = psd1_peek(reader, 0) == '[' && psd1_peek(reader, 1) == ']';
    reader->at += array ? 2 : 0;
    if (!psd1_expect(reader, ']', "a type name in brackets was expected")) {
        return false;
    }
    if (!is_simple_type(type)) {
        return psd1_fail(reader, begin, "a cast to this type is not allowed in a data file");
    }
    if (!psd1_enter(reader) || !psd1_skip_over(reader, PSD1_BLANKS) || !parse_unary(reader, out)) {
        return false;
    }
    reader->depth--;
    return cast_keeps(type, array, out) || psd1_unevaluated(reader, begin, reader->at, out);
}

/* ---- Expressions ---- */

bool psd1_parse_parentheses(psd1_reader *reader, psd1_value *out) {
    reader->at++;
    if (!psd1_enter(reader) || !psd1_skip_over(reader, PSD1_LINES) || !psd1_parse_expression(reader, out) ||
        !psd1_skip_over(reader, PSD1_LINES) ||
        !psd1_expect(reader, ')', "a closing parenthesis was expected")) {
        return false;
    }
    reader->depth--;
    return true;
}

static const struct {
    const char *begin;
    const char *why;
} refused[] = {
    {"{", "a script block is not allowed in a data file"},
    {"&", "the call operator would run a command"},
    {".", "a dot here would run a command"},
    {"@", "a splatted variable is not allowed in a data file"},
    {"|", "a pipeline would run a command"},
    {"<", "a redirection is not allowed in a data file"},
    {">", "a redirection is not allowed in a data file"},
};

static bool refuse(psd1_reader *reader) {
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (psd1_peek(reader, 0) == refused[i].begin[0]) {
            return psd1_fail(reader, reader->at, refused[i].why);
        }
    }
    char next = psd1_peek(reader, 0);
    bool nothing = next == '\0' || strchr("\n;,)}", next) != NULL;
    return psd1_fail(reader, reader->at, nothing ? "a value is missing here" : would_run);
}

static bool at_string(const psd1_reader *reader, size_t at) {
    return psd1_quote(reader, at, '\'') > 0 || psd1_quote(reader, at, '"') > 0;
}

static bool parse_primary(psd1_reader *reader, psd1_value *out) {
    char first = psd1_peek(reader, 0);
    char second = '\0';
    if (first != '\0') {
        second = psd1_peek(reader, 1);
    }
    if (at_string(reader, reader->at)) {
        return psd1_scan_string(reader, out);
    }
    if (psd1_is_digit(first) || (first == '.' && psd1_is_digit(second))) {
        return psd1_scan_number(reader, out);
    }
    if (first == '$') {
        return parse_variable(reader, out);
    }
    if (first == '(') {
        return psd1_parse_parentheses(reader, out);
    }
    if (first == '@' && second == '(') {
        return psd1_parse_array(reader, out);
    }
    if (first == '@' && second == '{') {
        return psd1_parse_table(reader, out);
    }
    if (first == '@' && at_string(reader, reader->at + 1)) {
        return psd1_scan_here_string(reader, out);
    }
    return refuse(reader);
}

static bool parse_value(psd1_reader *reader, psd1_value *out) {
    if (++reader->values > PSD1_VALUE_LIMIT) {
        return psd1_fail_limit(reader, "too many values");
    }
    if (!parse_primary(reader, out)) {
        return false;
    }
    char next = psd1_peek(reader, 0);
    bool range = next == '.' && psd1_peek(reader, 1) == '.';
    if ((next == '.' && !range) || next == '[' || next == '(' ||
        (next == ':' && psd1_peek(reader, 1) == ':')) {
        return psd1_fail(reader, reader->at, "members and elements of a value are not read in a data file");
    }
    return true;
}

/* The length of a word operator (-eq) at the reader, or 0. */
static size_t word_operator(const psd1_reader *reader) {
    if (psd1_peek(reader, 0) != '-' || !psd1_is_letter(psd1_peek(reader, 1))) {
        return 0;
    }
    psd1_reader ahead = *reader;
    ahead.at++;
    return 1 + psd1_scan_word(&ahead);
}

static bool parse_negative(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at++;
    if (!parse_value(reader, out)) {
        return false;
    }
    if (out->kind != PSD1_NUMBER) {
        return psd1_unevaluated(reader, begin, reader->at, out);
    }
    out->number = -out->number;
    out->text = arena_text_n(reader->memory, reader->text + begin, reader->at - begin);
    return true;
}

/* A value with what may stand before it: a cast, a sign, an operator such as -not. */
static bool parse_unary(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at;
    size_t word = word_operator(reader);
    if (psd1_peek(reader, 0) == '[') {
        return parse_cast(reader, out);
    }
    if (psd1_peek(reader, 0) == '-' && word == 0) {
        return parse_negative(reader, out);
    }
    if (psd1_peek(reader, 0) != '!' && psd1_peek(reader, 0) != '+' && psd1_peek(reader, 0) != ',' &&
        word == 0) {
        return parse_value(reader, out);
    }
    reader->at += word > 0 ? word : 1;
    if (!psd1_enter(reader) || !psd1_skip_over(reader, PSD1_BLANKS) || !parse_unary(reader, out)) {
        return false;
    }
    reader->depth--;
    if (reader->text[begin] != ',') {
        return psd1_unevaluated(reader, begin, reader->at, out);
    }
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    bool pushed = psd1_push(reader, &items, out);
    *out = psd1_array_of(&items);
    return pushed;
}

/* One value, or several with commas between. */
static bool parse_comma_list(psd1_reader *reader, psd1_value *out) {
    if (!parse_unary(reader, out) || !psd1_skip_over(reader, PSD1_BLANKS)) {
        return false;
    }
    if (psd1_peek(reader, 0) != ',') {
        return true;
    }
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    if (!psd1_push(reader, &items, out)) {
        return false;
    }
    while (psd1_peek(reader, 0) == ',') {
        psd1_value item = {0};
        reader->at++;
        if (!psd1_skip_over(reader, PSD1_LINES) || !parse_unary(reader, &item) ||
            !psd1_push(reader, &items, &item) || !psd1_skip_over(reader, PSD1_BLANKS)) {
            return false;
        }
    }
    *out = psd1_array_of(&items);
    return true;
}

static size_t binary_operator(const psd1_reader *reader) {
    char first = psd1_peek(reader, 0);
    if (first == '.') {
        return psd1_peek(reader, 1) == '.' ? 2 : 0;
    }
    size_t word = word_operator(reader);
    return word > 0 ? word : first != '\0' && strchr("+-*/%", first) != NULL ? 1 : 0;
}

static const struct {
    const char *operator;
    bool value_if_equal;
} comparisons[] = {{"-eq", true}, {"-ieq", true}, {"-ne", false}, {"-ine", false}};

static bool is_edition(const psd1_value *value) {
    return value->kind == PSD1_UNEVALUATED && ascii_equal(value->text, "$PSEdition");
}

/* $PSEdition -eq 'Core' and its like, which Windows PowerShell decides with "Desktop". False: it is something
 * else. */
static bool decide_edition(const char *operator, size_t length, const psd1_value *left,
                           const psd1_value *right, psd1_value *out) {
    const psd1_value *other = is_edition(left) ? right : left;
    if (is_edition(left) == is_edition(right) || other->kind != PSD1_TEXT) {
        return false;
    }
    bool equal = ascii_equal(other->text, "Desktop");
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (length == strlen(comparisons[i].operator) &&
            ascii_equal_n(operator, comparisons[i].operator, length)) {
            bool value = equal == comparisons[i].value_if_equal;
            *out = (psd1_value){.kind = PSD1_BOOLEAN, .boolean = value, .text = ""};
            return true;
        }
    }
    return false;
}

/* Values with operators between, of which only the comparison of the edition, alone, has a value here. */
bool psd1_parse_expression(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at;
    if (!parse_comma_list(reader, out)) {
        return false;
    }
    size_t operators = 0;
    psd1_value first = *out;
    for (size_t length = 0; (length = binary_operator(reader)) > 0; operators++) {
        const char *operator= reader->text + reader->at;
        psd1_value right = {0};
        reader->at += length;
        if (!psd1_skip_over(reader, PSD1_LINES) || !parse_comma_list(reader, &right)) {
            return false;
        }
        if (operators > 0 || !decide_edition(operator, length, &first, &right, out)) {
            out->kind = PSD1_UNEVALUATED;
        }
    }
    bool decided = operators == 0 || out->kind == PSD1_BOOLEAN;
    return decided || psd1_unevaluated(reader, begin, reader->at, out);
}
