#include "parse/json_capture.h"

#include "core/unicode.h"

#include <math.h>
#include <string.h>

/* Brackets inside strings do not nest. */
static bool too_deep(const uint8_t *data, size_t size) {
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        if (in_string) {
            i += data[i] == '\\';
            in_string = i < size && data[i] != '"';
        } else if (data[i] == '"') {
            in_string = true;
        } else if (data[i] == '[' || data[i] == '{') {
            if (++depth > JSON_CAPTURE_DEPTH_MAX) {
                return true;
            }
        } else if (data[i] == ']' || data[i] == '}') {
            depth--;
        }
    }
    return false;
}

/* An array of objects out of what was written; takes over the reference. NULL if it is nothing of the kind.
 */
static json_t *as_array(json_t *root) {
    json_t *wrapped = json_object_get(root, "value");
    if (json_is_array(wrapped) && json_is_integer(json_object_get(root, "Count"))) {
        json_incref(wrapped);
        json_decref(root);
        root = wrapped;
    } else if (json_is_object(root)) {
        json_t *array = json_array();
        if (array == NULL || json_array_append_new(array, root) != 0) {
            json_decref(array);
            return NULL;
        }
        root = array;
    }
    size_t index = 0;
    const json_t *item = NULL;
    bool good = json_is_array(root);
    json_array_foreach(root, index, item) {
        good = good && json_is_object(item);
    }
    if (!good) {
        json_decref(root);
        return NULL;
    }
    return root;
}

json_t *json_capture_load(const uint8_t *data, size_t size, arena *memory, fact *why) {
    if (size > JSON_CAPTURE_SIZE_MAX) {
        *why = fact_unknown(REASON_TOO_LARGE, NULL, "the JSON text is larger than 32 MiB");
        return NULL;
    }
    if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
        data += 3;
        size -= 3;
    }
    if (too_deep(data, size)) {
        *why = fact_unknown(REASON_MALFORMED, NULL, "the JSON text is nested deeper than 32 levels");
        return NULL;
    }
    json_error_t error;
    json_t *root = json_loadb((const char *)data, size, JSON_ALLOW_NUL, &error);
    if (root == NULL) {
        *why = fact_unknown(
            json_error_code(&error) == json_error_out_of_memory ? REASON_NO_MEMORY : REASON_MALFORMED, NULL,
            arena_printf(memory, "it is no valid JSON (line %d): %s", error.line, error.text));
        return NULL;
    }
    json_t *array = as_array(root);
    if (array == NULL) {
        *why = fact_unknown(REASON_MALFORMED, NULL,
                            "the JSON text is neither an object nor an array of objects");
    } else if (json_array_size(array) > JSON_CAPTURE_ITEMS_MAX) {
        *why = fact_unknown(REASON_TOO_LARGE, NULL, "the JSON array has more than 200000 items");
        json_decref(array);
        array = NULL;
    }
    return array;
}

const char *json_capture_text(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

/* A decimal number with nothing around it. */
static bool number_of_text(const char *text, int64_t *out) {
    int64_t value = 0;
    bool negative = text[0] == '-';
    const char *at = text + negative;
    if (*at == '\0') {
        return false;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        if (value > (INT64_MAX - (*at - '0')) / 10) {
            return false;
        }
        value = value * 10 + (*at - '0');
    }
    *out = negative ? -value : value;
    return *at == '\0';
}

bool json_capture_number(const json_t *object, const char *key, int64_t *out) {
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    if (json_is_real(value)) {
        double real = json_real_value(value);
        /* Doubles hold whole numbers exactly up to 2^53. */
        if (fabs(real) > 9007199254740992.0 || floor(real) != real) {
            return false;
        }
        *out = (int64_t)real;
        return true;
    }
    return json_is_string(value) && number_of_text(json_string_value(value), out);
}
