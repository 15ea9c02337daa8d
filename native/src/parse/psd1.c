#include "parse/psd1.h"

#include "core/unicode.h"
#include "parse/psd1_scan.h"
#include "text/decode.h"

#include <string.h>

static const char would_run[] = "a bare word here would run a command";

static bool parse_statement(psd1_reader *reader, psd1_value *out);
static bool parse_expression(psd1_reader *reader, psd1_value *out);
static bool parse_unary(psd1_reader *reader, psd1_value *out);

/* ---- Small helpers ---- */

static char peek(const psd1_reader *reader, size_t ahead) {
    return reader->text[reader->at + ahead];
}

static bool is_letter(char c) {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool expect(psd1_reader *reader, char c, const char *otherwise) {
    if (peek(reader, 0) != c) {
        return psd1_fail(reader, reader->at, otherwise);
    }
    reader->at++;
    return true;
}

/* Every nested construct goes through here on its way in, and takes one from depth on its way out. */
static bool enter(psd1_reader *reader) {
    if (reader->depth >= PSD1_DEPTH_LIMIT) {
        return psd1_fail_limit(reader, "values are nested more than 64 deep");
    }
    reader->depth++;
    return true;
}

/* The word of letters at the reader equals a keyword. Not advanced. */
static bool at_keyword(const psd1_reader *reader, const char *keyword) {
    psd1_reader ahead = *reader;
    size_t length = psd1_scan_word(&ahead);
    return length == strlen(keyword) && ascii_equal_n(reader->text + reader->at, keyword, length);
}

static psd1_value array_of(const arena_vector *items) {
    return (psd1_value){.kind = PSD1_ARRAY, .text = "", .count = items->count, .items = items->items};
}

static bool push(psd1_reader *reader, arena_vector *items, const psd1_value *value) {
    psd1_value *item = arena_push(items);
    if (item == NULL) {
        return psd1_fail_memory(reader);
    }
    *item = *value;
    return true;
}

/* Words joined by single marks, as in env:Path; advances. */
static void scan_joined_words(psd1_reader *reader, const char *marks) {
    while (psd1_scan_word(reader) > 0 && peek(reader, 0) != '\0' && strchr(marks, peek(reader, 0)) != NULL
           && peek(reader, 1) != peek(reader, 0)) {
        reader->at++;
    }
}

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
    if (peek(reader, 0) == '(') {
        return psd1_fail(reader, begin, "$(...) would run code");
    }
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (at_keyword(reader, constants[i].name)) {
            reader->at += strlen(constants[i].name);
            *out = constants[i].value;
            return true;
        }
    }
    if (peek(reader, 0) == '{') {
        reader->at += strcspn(reader->text + reader->at, "}\n");
        if (!expect(reader, '}', "the variable name that begins here does not end")) {
            return false;
        }
    } else {
        scan_joined_words(reader, ":");
    }
    if (reader->at == begin + 1) {
        return psd1_fail(reader, begin, "a $ without a variable's name");
    }
    return psd1_unevaluated(reader, begin, reader->at, out);
}

/* ---- Arrays and tables ---- */

/* What a statement puts out: an array comes apart, once. */
static bool add_output(psd1_reader *reader, arena_vector *items, const psd1_value *value) {
    if (value->kind != PSD1_ARRAY) {
        return push(reader, items, value);
    }
    for (size_t i = 0; i < value->count; i++) {
        if (++reader->values > PSD1_VALUE_LIMIT) {
            return psd1_fail_limit(reader, "too many values");
        }
        if (!push(reader, items, &value->items[i])) {
            return false;
        }
    }
    return true;
}

/* Statements up to a closing character, which is taken: ) of @( ), or } of a block. */
static bool parse_statements(psd1_reader *reader, char end, arena_vector *items, size_t *statements) {
    size_t begin = reader->at;
    *statements = 0;
    for (;;) {
        if (!psd1_skip_over(reader, PSD1_SEPARATORS)) {
            return false;
        }
        if (peek(reader, 0) == end && end != '\0') {
            reader->at++;
            return true;
        }
        if (peek(reader, 0) == '\0') {
            return psd1_fail(reader, begin, "the list that begins here does not end");
        }
        psd1_value value = {0};
        if (!parse_statement(reader, &value) || !add_output(reader, items, &value)) {
            return false;
        }
        ++*statements;
        char next = peek(reader, 0);
        if (next != end && next != ';' && next != '\n' && next != '\0') {
            return psd1_fail(reader, reader->at, "something unexpected follows a value");
        }
    }
}

static bool parse_array(psd1_reader *reader, psd1_value *out) {
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    size_t statements = 0;
    reader->at += 2;
    if (!enter(reader) || !parse_statements(reader, ')', &items, &statements)) {
        return false;
    }
    reader->depth--;
    *out = array_of(&items);
    return true;
}

static bool parse_key(psd1_reader *reader, const char **out) {
    size_t begin = reader->at;
    psd1_value key = {0};
    if (psd1_quote(reader, begin, '\'') > 0 || psd1_quote(reader, begin, '"') > 0) {
        if (!psd1_scan_string(reader, &key)) {
            return false;
        }
    } else if (is_digit(peek(reader, 0))) {
        if (!psd1_scan_number(reader, &key)) {
            return false;
        }
    } else {
        scan_joined_words(reader, "-.");
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
    if (!parse_key(reader, &key) || !add_key(reader, entries, key, begin)
        || !psd1_skip_over(reader, PSD1_BLANKS) || !expect(reader, '=', "a = must follow the key")
        || !psd1_skip_over(reader, PSD1_LINES) || !parse_statement(reader, &value)) {
        return false;
    }
    ((psd1_entry *)entries->items)[entries->count - 1].value = value;
    char next = peek(reader, 0);
    return next == '}' || next == ';' || next == '\n'
           || psd1_fail(reader, reader->at, "something unexpected follows a value");
}

static bool parse_table(psd1_reader *reader, psd1_value *out) {
    arena_vector entries = ARENA_VECTOR(reader->memory, psd1_entry);
    size_t begin = reader->at;
    reader->at += 2;
    if (!enter(reader)) {
        return false;
    }
    for (;;) {
        if (!psd1_skip_over(reader, PSD1_SEPARATORS)) {
            return false;
        }
        if (peek(reader, 0) == '}') {
            break;
        }
        if (peek(reader, 0) == '\0') {
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

/* ---- Casts ---- */

/* The types that restricted language allows. */
static const char *const simple_types[] = {
    "string", "char",   "bool",   "boolean", "byte",  "sbyte",  "int16",  "short",   "uint16",   "ushort", "int",
    "int32",  "uint32", "uint",   "int64",   "long",  "uint64", "ulong",  "single",  "float",    "double", "decimal",
    "datetime",
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
    return ascii_ends(type, "string")
           && (value->kind == PSD1_TEXT || (array && value->kind == PSD1_ARRAY && all_text(value)));
}

static bool parse_cast(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at++;
    scan_joined_words(reader, ".");
    const char *type = arena_text_n(reader->memory, reader->text + begin + 1, reader->at - begin - 1);
    bool array = peek(reader, 0) == '[' && peek(reader, 1) == ']';
    reader->at += array ? 2 : 0;
    if (!expect(reader, ']', "a type name in brackets was expected")) {
        return false;
    }
    if (!is_simple_type(type)) {
        return psd1_fail(reader, begin, "a cast to this type is not allowed in a data file");
    }
    if (!enter(reader) || !psd1_skip_over(reader, PSD1_BLANKS) || !parse_unary(reader, out)) {
        return false;
    }
    reader->depth--;
    return cast_keeps(type, array, out) || psd1_unevaluated(reader, begin, reader->at, out);
}

/* ---- Expressions ---- */

static bool parse_parentheses(psd1_reader *reader, psd1_value *out) {
    reader->at++;
    if (!enter(reader) || !psd1_skip_over(reader, PSD1_LINES) || !parse_expression(reader, out)
        || !psd1_skip_over(reader, PSD1_LINES) || !expect(reader, ')', "a closing parenthesis was expected")) {
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
        if (peek(reader, 0) == refused[i].begin[0]) {
            return psd1_fail(reader, reader->at, refused[i].why);
        }
    }
    char next = peek(reader, 0);
    bool nothing = next == '\0' || strchr("\n;,)}", next) != NULL;
    return psd1_fail(reader, reader->at, nothing ? "a value is missing here" : would_run);
}

static bool at_string(const psd1_reader *reader, size_t at) {
    return psd1_quote(reader, at, '\'') > 0 || psd1_quote(reader, at, '"') > 0;
}

static bool parse_primary(psd1_reader *reader, psd1_value *out) {
    char first = peek(reader, 0);
    char second = first == '\0' ? '\0' : peek(reader, 1);
    if (at_string(reader, reader->at)) {
        return psd1_scan_string(reader, out);
    }
    if (is_digit(first) || (first == '.' && is_digit(second))) {
        return psd1_scan_number(reader, out);
    }
    if (first == '$') {
        return parse_variable(reader, out);
    }
    if (first == '(') {
        return parse_parentheses(reader, out);
    }
    if (first == '@' && second == '(') {
        return parse_array(reader, out);
    }
    if (first == '@' && second == '{') {
        return parse_table(reader, out);
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
    char next = peek(reader, 0);
    bool range = next == '.' && peek(reader, 1) == '.';
    if ((next == '.' && !range) || next == '[' || next == '(' || (next == ':' && peek(reader, 1) == ':')) {
        return psd1_fail(reader, reader->at, "members and elements of a value are not read in a data file");
    }
    return true;
}

/* The length of a word operator (-eq) at the reader, or 0. */
static size_t word_operator(const psd1_reader *reader) {
    if (peek(reader, 0) != '-' || !is_letter(peek(reader, 1))) {
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
    if (peek(reader, 0) == '[') {
        return parse_cast(reader, out);
    }
    if (peek(reader, 0) == '-' && word == 0) {
        return parse_negative(reader, out);
    }
    if (peek(reader, 0) != '!' && peek(reader, 0) != '+' && peek(reader, 0) != ',' && word == 0) {
        return parse_value(reader, out);
    }
    reader->at += word > 0 ? word : 1;
    if (!enter(reader) || !psd1_skip_over(reader, PSD1_BLANKS) || !parse_unary(reader, out)) {
        return false;
    }
    reader->depth--;
    if (reader->text[begin] != ',') {
        return psd1_unevaluated(reader, begin, reader->at, out);
    }
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    bool pushed = push(reader, &items, out);
    *out = array_of(&items);
    return pushed;
}

/* One value, or several with commas between. */
static bool parse_comma_list(psd1_reader *reader, psd1_value *out) {
    if (!parse_unary(reader, out) || !psd1_skip_over(reader, PSD1_BLANKS)) {
        return false;
    }
    if (peek(reader, 0) != ',') {
        return true;
    }
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    if (!push(reader, &items, out)) {
        return false;
    }
    while (peek(reader, 0) == ',') {
        psd1_value item = {0};
        reader->at++;
        if (!psd1_skip_over(reader, PSD1_LINES) || !parse_unary(reader, &item) || !push(reader, &items, &item)
            || !psd1_skip_over(reader, PSD1_BLANKS)) {
            return false;
        }
    }
    *out = array_of(&items);
    return true;
}

static size_t binary_operator(const psd1_reader *reader) {
    char first = peek(reader, 0);
    if (first == '.') {
        return peek(reader, 1) == '.' ? 2 : 0;
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

/* $PSEdition -eq 'Core' and its like, which Windows PowerShell decides with "Desktop". False: it is something else. */
static bool decide_edition(const char *operator, size_t length, const psd1_value *left, const psd1_value *right,
                           psd1_value *out) {
    const psd1_value *other = is_edition(left) ? right : left;
    if (is_edition(left) == is_edition(right) || other->kind != PSD1_TEXT) {
        return false;
    }
    bool equal = ascii_equal(other->text, "Desktop");
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (length == strlen(comparisons[i].operator) && ascii_equal_n(operator, comparisons[i].operator, length)) {
            bool value = equal == comparisons[i].value_if_equal;
            *out = (psd1_value){.kind = PSD1_BOOLEAN, .boolean = value, .text = ""};
            return true;
        }
    }
    return false;
}

/* Values with operators between, of which only the comparison of the edition, alone, has a value here. */
static bool parse_expression(psd1_reader *reader, psd1_value *out) {
    size_t begin = reader->at;
    if (!parse_comma_list(reader, out)) {
        return false;
    }
    size_t operators = 0;
    psd1_value first = *out;
    for (size_t length = 0; (length = binary_operator(reader)) > 0; operators++) {
        const char *operator = reader->text + reader->at;
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

/* ---- Statements ---- */

static bool parse_block(psd1_reader *reader, psd1_value *out) {
    arena_vector items = ARENA_VECTOR(reader->memory, psd1_value);
    size_t statements = 0;
    if (!psd1_skip_over(reader, PSD1_LINES) || !expect(reader, '{', "a { was expected") || !enter(reader)
        || !parse_statements(reader, '}', &items, &statements)) {
        return false;
    }
    reader->depth--;
    if (items.count == 1) {
        *out = *(const psd1_value *)items.items;
    } else if (items.count == 0) {
        *out = (psd1_value){.kind = PSD1_NULL, .text = ""};
    } else {
        *out = array_of(&items);
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
    if (psd1_skip_over(reader, PSD1_LINES) && at_keyword(reader, keyword)) {
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
        if (peek(reader, 0) != '(') {
            return psd1_fail(reader, reader->at, "a condition in parentheses was expected");
        }
        if (!parse_parentheses(reader, &condition) || !parse_clause(reader, &condition, &made)) {
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
static bool parse_statement(psd1_reader *reader, psd1_value *out) {
    bool parsed = at_keyword(reader, "if") ? parse_if(reader, out) : parse_expression(reader, out);
    return parsed && psd1_skip_over(reader, PSD1_BLANKS);
}

static bool parse_file(psd1_reader *reader, psd1_value *out) {
    if (!psd1_skip_over(reader, PSD1_SEPARATORS) || !parse_statement(reader, out)
        || !psd1_skip_over(reader, PSD1_SEPARATORS)) {
        return false;
    }
    return peek(reader, 0) == '\0' || psd1_fail(reader, reader->at, "more than one value in the file");
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
