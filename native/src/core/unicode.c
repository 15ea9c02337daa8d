#include "core/unicode.h"

#include <string.h>

enum { ESCAPE = 0x1A, REPLACEMENT = 0xFFFD };

/* Length of the valid UTF-8 sequence at text, or 0. */
static size_t sequence_length(const unsigned char *text, size_t length, uint32_t *code_point) {
    unsigned char first = text[0];
    if (first < 0x80) {
        *code_point = first;
        return 1;
    }
    size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (size == 0 || first > 0xF4 || size > length) {
        return 0;
    }
    uint32_t value = first & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (text[i] & 0x3Fu);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *code_point = value;
    return size;
}

bool utf8_valid(const char *text, size_t length) {
    size_t at = 0;
    while (at < length) {
        uint32_t code_point = 0;
        size_t size = sequence_length((const unsigned char *)text + at, length - at, &code_point);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

uint32_t utf8_next(const char *text, size_t length, size_t *at) {
    uint32_t code_point = REPLACEMENT;
    size_t size = sequence_length((const unsigned char *)text + *at, length - *at, &code_point);
    *at += size > 0 ? size : 1;
    return code_point;
}

size_t utf8_encode(uint32_t code_point, char out[4]) {
    unsigned char *to = (unsigned char *)out;
    if (code_point < 0x80) {
        to[0] = (unsigned char)code_point;
        return 1;
    }
    size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        to[i] = (unsigned char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    to[0] = (unsigned char)(lead[size] | code_point);
    return size;
}

static bool is_high_surrogate(uint32_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(uint32_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static size_t write_escaped(uint32_t unit, char *out) {
    static const char digits[] = "0123456789ABCDEF";
    out[0] = ESCAPE;
    for (int i = 0; i < 4; i++) {
        out[1 + i] = digits[unit >> (12 - 4 * i) & 0xF];
    }
    return 5;
}

const char *utf8_from_utf16(arena *memory, const uint8_t *data, size_t utf16_units, size_t *length) {
    *length = 0;
    /* The escape, five bytes, is the longest that one unit can become. */
    char *text = utf16_units < SIZE_MAX / 5 ? arena_alloc(memory, utf16_units * 5 + 1) : NULL;
    if (text == NULL) {
        arena_set_failed(memory);
        return "";
    }
    size_t used = 0;
    for (size_t i = 0; i < utf16_units; i++) {
        uint32_t unit = (uint32_t)data[2 * i] | (uint32_t)data[2 * i + 1] << 8;
        uint32_t next = i + 1 < utf16_units ? (uint32_t)data[2 * i + 2] | (uint32_t)data[2 * i + 3] << 8 : 0;
        if (is_high_surrogate(unit) && is_low_surrogate(next)) {
            used += utf8_encode(0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00), text + used);
            i++;
        } else if (unit == ESCAPE || is_high_surrogate(unit) || is_low_surrogate(unit)) {
            used += write_escaped(unit, text + used);
        } else {
            used += utf8_encode(unit, text + used);
        }
    }
    text[used] = '\0';
    *length = used;
    return text;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The unit behind an escape at text, or false if there is none. */
static bool read_escaped(const char *text, size_t length, uint32_t *unit) {
    if (length < 5 || text[0] != ESCAPE) {
        return false;
    }
    uint32_t value = 0;
    for (int i = 1; i <= 4; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint32_t)digit;
    }
    *unit = value;
    return true;
}

static void put_unit(uint8_t *data, size_t *size, uint32_t unit) {
    data[(*size)++] = (uint8_t)(unit & 0xFF);
    data[(*size)++] = (uint8_t)(unit >> 8 & 0xFF);
}

bytes utf16_from_utf8(arena *memory, const char *text, size_t length) {
    uint8_t *data = length < SIZE_MAX / 2 ? arena_alloc(memory, length * 2) : NULL;
    if (data == NULL) {
        arena_set_failed(memory);
        return (bytes){0};
    }
    size_t size = 0;
    size_t at = 0;
    while (at < length) {
        uint32_t unit = 0;
        if (read_escaped(text + at, length - at, &unit)) {
            put_unit(data, &size, unit);
            at += 5;
            continue;
        }
        uint32_t code_point = utf8_next(text, length, &at);
        if (code_point >= 0x10000) {
            put_unit(data, &size, 0xD800 + ((code_point - 0x10000) >> 10));
            put_unit(data, &size, 0xDC00 + ((code_point - 0x10000) & 0x3FF));
        } else {
            put_unit(data, &size, code_point);
        }
    }
    return (bytes){.data = data, .size = size};
}

char ascii_lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool ascii_equal_n(const char *a, const char *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (ascii_lower(a[i]) != ascii_lower(b[i])) {
            return false;
        }
        if (a[i] == '\0') {
            return true;
        }
    }
    return true;
}

bool ascii_equal(const char *a, const char *b) {
    return ascii_equal_n(a, b, SIZE_MAX);
}

bool ascii_starts(const char *text, const char *prefix) {
    return ascii_equal_n(text, prefix, strlen(prefix));
}

bool ascii_ends(const char *text, const char *suffix) {
    size_t length = strlen(text);
    size_t end = strlen(suffix);
    return length >= end && ascii_equal(text + length - end, suffix);
}

/* Ranges whose lower-case letters lie a fixed distance above the upper-case ones, or alternate with them. */
static const struct {
    uint16_t first;
    uint16_t last;
    int16_t to_upper; /* added to a lower-case letter; 0: odd (or even) neighbours are pairs */
    bool lower_is_even;
} case_ranges[] = {
    {0x61, 0x7A, -32, false},     {0xE0, 0xF6, -32, false},      {0xF8, 0xFE, -32, false},
    {0xFF, 0xFF, 121, false},     {0x100, 0x12F, 0, false},      {0x132, 0x137, 0, false},
    {0x139, 0x148, 0, true},      {0x14A, 0x177, 0, false},      {0x179, 0x17E, 0, true},
    {0x1CD, 0x1DC, 0, true},      {0x1DE, 0x1EF, 0, false},      {0x1F8, 0x21F, 0, false},
    {0x222, 0x233, 0, false},     {0x3AC, 0x3AC, -38, false},    {0x3AD, 0x3AF, -37, false},
    {0x3B1, 0x3C1, -32, false},   {0x3C2, 0x3C2, -31, false},    {0x3C3, 0x3CB, -32, false},
    {0x3CC, 0x3CC, -64, false},   {0x3CD, 0x3CE, -63, false},    {0x3D8, 0x3EF, 0, false},
    {0x430, 0x44F, -32, false},   {0x450, 0x45F, -80, false},    {0x460, 0x481, 0, false},
    {0x48A, 0x4BF, 0, false},     {0x4C1, 0x4CE, 0, true},       {0x4D0, 0x52F, 0, false},
    {0x561, 0x586, -48, false},   {0x1E00, 0x1E95, 0, false},    {0x1EA0, 0x1EFF, 0, false},
    {0x2170, 0x217F, -16, false}, {0x24D0, 0x24E9, -26, false},  {0xFF41, 0xFF5A, -32, false},
};

uint32_t unicode_upper(uint32_t code_point) {
    for (size_t i = 0; i < sizeof case_ranges / sizeof case_ranges[0]; i++) {
        if (code_point < case_ranges[i].first) {
            return code_point;
        }
        if (code_point > case_ranges[i].last) {
            continue;
        }
        if (case_ranges[i].to_upper != 0) {
            return (uint32_t)((int32_t)code_point + case_ranges[i].to_upper);
        }
        bool lower = (code_point % 2 == 0) == case_ranges[i].lower_is_even;
        return lower ? code_point - 1 : code_point;
    }
    return code_point;
}

bool windows_name_equal_n(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t i = 0;
    size_t j = 0;
    while (i < a_length && j < b_length) {
        if (unicode_upper(utf8_next(a, a_length, &i)) != unicode_upper(utf8_next(b, b_length, &j))) {
            return false;
        }
    }
    return i == a_length && j == b_length;
}

bool windows_name_equal(const char *a, const char *b) {
    return windows_name_equal_n(a, strlen(a), b, strlen(b));
}

int windows_name_compare(const char *a, const char *b) {
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    size_t i = 0;
    size_t j = 0;
    while (i < a_length && j < b_length) {
        uint32_t left = unicode_upper(utf8_next(a, a_length, &i));
        uint32_t right = unicode_upper(utf8_next(b, b_length, &j));
        if (left != right) {
            return left < right ? -1 : 1;
        }
    }
    return (i < a_length) - (j < b_length);
}
