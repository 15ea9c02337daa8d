#include "core/json_document.h"

#include "core/error.h"

#include <string.h>

/* The parser's own sentences quote the document, which may hold anything; these do not. */
static const char *syntax_complaint(enum json_error_code code) {
    static const struct {
        enum json_error_code code;
        const char *complaint;
    } complaints[] = {
        {json_error_stack_overflow, "it is nested too deeply"},
        {json_error_invalid_utf8, "it is not UTF-8"},
        {json_error_premature_end_of_input, "it ends too early"},
        {json_error_end_of_input_expected, "something follows the end of the document"},
        {json_error_null_character, "a text contains a NUL"},
        {json_error_null_byte_in_key, "a key contains a NUL"},
        {json_error_duplicate_key, "a key occurs twice"},
        {json_error_numeric_overflow, "a number is out of range"},
    };
    for (size_t i = 0; i < sizeof complaints / sizeof complaints[0]; i++) {
        if (complaints[i].code == code) {
            return complaints[i].complaint;
        }
    }
    return "it is not JSON";
}

static mars_status syntax_error(const json_error_t *error, const char *name) {
    enum json_error_code code = json_error_code(error);
    if (code == json_error_out_of_memory) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while reading %s", name);
    }
    return error_set(MARS_E_MALFORMED, "%s: line %d, column %d: %s", name, error->line, error->column,
                     syntax_complaint(code));
}

/* Three bytes can cost the parser hundreds, so what it would build is counted first, texts included. A
 * document of fewer bytes, as almost every one is, cannot hold more. */
static bool too_many_values(const char *data, size_t size, size_t limit) {
    size_t count = 0;
    for (size_t i = 0; size > limit && i < size; i++) {
        count += (data[i] == '{') | (data[i] == '[') | (data[i] == ',');
    }
    return count > limit;
}

mars_status json_document_parse(json_t **out, const char *data, size_t size, const json_limits *limits,
                                const char *name) {
    *out = NULL;
    if (size > limits->size) {
        return error_set(MARS_E_TOO_LARGE, "%s: it is larger than %s", name, limits->size_words);
    }
    if (too_many_values(data, size, limits->values)) {
        return error_set(MARS_E_TOO_LARGE, "%s: it holds more than %s values", name, limits->values_words);
    }
    static const char mark[] = "\xEF\xBB\xBF";
    size_t skipped = size >= 3 && memcmp(data, mark, 3) == 0 ? 3 : 0;
    json_error_t error;
    *out = json_loadb(data + skipped, size - skipped, JSON_REJECT_DUPLICATES, &error);
    return *out != NULL ? MARS_OK : syntax_error(&error, name);
}
