#include "parse/vss_size.h"

#include "core/unicode.h"

#include <string.h>

enum { WHOLE_DIGITS_MAX = 19, FRACTION_DIGITS_MAX = 9, UNIT_LETTERS_MAX = 24 };

/* A number with the signs in it, and the unit, before any of it is understood. */
typedef struct printed_size {
    uint8_t digits[WHOLE_DIGITS_MAX + FRACTION_DIGITS_MAX];
    size_t digit_count;
    size_t points; /* how many of each sign */
    size_t commas;
    char last_sign; /* '.' or ',', 0: none */
    size_t after;   /* digits behind the last sign */
    bool too_long;
    bool grouped_by_blank;
    uint32_t unit[UNIT_LETTERS_MAX]; /* letters, upper case */
    size_t unit_length;
} printed_size;

/* First letters of the multiples in Latin, Cyrillic and Greek script, upper case. */
static const struct {
    uint32_t letter;
    int power; /* of 1024 */
} multiples[] = {
    {'K', 1},   {'M', 2},   {'G', 3},   {'T', 4},   {'P', 5},   {'E', 6},
    {0x41A, 1}, {0x41C, 2}, {0x413, 3}, {0x422, 4}, {0x41F, 5}, {0x42D, 6}, /* К М Г Т П Э */
    {0x39A, 1}, {0x39C, 2}, {0x3A4, 4}, {0x395, 6},                         /* Κ Μ Τ Ε */
};

/* Second letters: byte, octet, tavu, in Latin and Cyrillic script and as Greek look-alikes. */
static const uint32_t byte_letters[] = {'B', 'O', 'T', 0x411, 0x412, 0x392, 0x39F};

/* Beginnings of the word for bytes, upper case. */
static const char *const byte_words[] = {
    "B", "OCTET", "OCTEȚI", "O",      "BAJT",   "BÁJT",   "BAIT", "BAYT", "TAVU", "БАЙТ", "БАИТ",
    "Б", "字节",  "字節",   "位元組", "バイト", "바이트", "בתים", "בייט", "بايت", "ไบต์",
};

static bool is_blank(uint32_t c) {
    return c == ' ' || c == '\t' || c == 0xA0 || c == 0x202F || c == 0x2009 || c == 0x2007;
}

static bool is_apostrophe(uint32_t c) {
    return c == '\'' || c == 0x2019 || c == 0x2BC;
}

/* Digits of the scripts in which a server may print numbers: ASCII, full-width, Arabic-Indic, Extended
 * Arabic-Indic, Devanagari, Thai. -1: no digit. */
static int digit_value(uint32_t c) {
    static const uint32_t zeros[] = {'0', 0xFF10, 0x660, 0x6F0, 0x966, 0xE50};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        if (c >= zeros[i] && c <= zeros[i] + 9) {
            return (int)(c - zeros[i]);
        }
    }
    return -1;
}

static char sign_of(uint32_t c) {
    if (c == '.' || c == 0xFF0E) {
        return '.';
    }
    if (c == ',' || c == 0xFF0C || c == 0x66B) {
        return ',';
    }
    return '\0';
}

static void add_digit(printed_size *size, int digit) {
    /* Leading zeros say nothing, except behind a sign. */
    if (size->digit_count == 1 && size->digits[0] == 0 && size->last_sign == '\0') {
        size->digit_count = 0;
    }
    if (size->digit_count == sizeof size->digits) {
        size->too_long = true;
        return;
    }
    size->digits[size->digit_count++] = (uint8_t)digit;
    size->after += size->last_sign != '\0';
}

static void add_sign(printed_size *size, char sign) {
    size->points += sign == '.';
    size->commas += sign == ',';
    size->last_sign = sign;
    size->after = 0;
}

/* Whether a sign or blank at `at` stands between two digits, i.e. belongs to the number. */
static bool digit_follows(const char *text, size_t length, size_t at) {
    return at < length && digit_value(utf8_next(text, length, &at)) >= 0;
}

/* False if there is no digit. Texts in parentheses (percentages) are skipped before the number. */
static bool scan(const char *text, printed_size *out) {
    *out = (printed_size){0};
    size_t length = strlen(text);
    size_t at = 0;
    int depth = 0;
    while (at < length) {
        uint32_t c = utf8_next(text, length, &at);
        depth += (c == '(' || c == 0xFF08) - (depth > 0 && (c == ')' || c == 0xFF09));
        int digit = depth == 0 ? digit_value(c) : -1;
        char sign = sign_of(c);
        if (digit >= 0) {
            add_digit(out, digit);
        } else if (out->digit_count == 0) {
            continue;
        } else if (out->unit_length == 0 && sign != '\0' && digit_follows(text, length, at)) {
            add_sign(out, sign);
        } else if (out->unit_length == 0 && (is_blank(c) || is_apostrophe(c))) {
            out->grouped_by_blank = out->grouped_by_blank || digit_follows(text, length, at);
        } else if (is_blank(c) || depth > 0 || out->unit_length == UNIT_LETTERS_MAX) {
            break;
        } else {
            out->unit[out->unit_length++] = unicode_upper(c);
        }
        if (digit >= 0 && out->unit_length > 0) {
            out->unit_length = UNIT_LETTERS_MAX; /* "12x3": no unit that is known */
            break;
        }
    }
    return out->digit_count > 0;
}

static bool unit_begins(const printed_size *size, const char *word) {
    size_t length = strlen(word);
    size_t at = 0;
    size_t i = 0;
    while (at < length && i < size->unit_length) {
        if (utf8_next(word, length, &at) != size->unit[i++]) {
            return false;
        }
    }
    return at == length;
}

/* The power of 1024, or -1 if the unit is not known. */
static int unit_power(const printed_size *size) {
    if (size->unit_length == 0 || size->unit_length == UNIT_LETTERS_MAX) {
        return -1;
    }
    bool two = size->unit_length == 2 || (size->unit_length == 3 && size->unit[1] == 'I'); /* GB, GiB */
    for (size_t i = 0; two && i < sizeof multiples / sizeof multiples[0]; i++) {
        for (size_t j = 0; j < sizeof byte_letters / sizeof byte_letters[0]; j++) {
            if (size->unit[0] == multiples[i].letter &&
                size->unit[size->unit_length - 1] == byte_letters[j]) {
                return multiples[i].power;
            }
        }
    }
    for (size_t i = 0; i < sizeof byte_words / sizeof byte_words[0]; i++) {
        bool short_word = byte_words[i][1] == '\0' || strcmp(byte_words[i], "Б") == 0;
        if (unit_begins(size, byte_words[i]) &&
            (!short_word || size->unit_length == 1 || size->unit[1] == 'Y')) {
            return 0;
        }
    }
    return -1;
}

static bool is_zero(const printed_size *size) {
    for (size_t i = 0; i < size->digit_count; i++) {
        if (size->digits[i] != 0) {
            return false;
        }
    }
    return true;
}

/* How a lone sign before three digits is to be taken. */
typedef enum sign_role { SIGN_DECIMAL, SIGN_GROUPS, SIGN_UNCERTAIN } sign_role;

static sign_role role_of(const printed_size *size, int power) {
    if (size->points > 0 && size->commas > 0) {
        return (size->last_sign == '.' ? size->points : size->commas) == 1 ? SIGN_DECIMAL : SIGN_GROUPS;
    }
    if (size->points + size->commas > 1 || power == 0) {
        return SIGN_GROUPS;
    }
    if (size->after != 3 || size->grouped_by_blank || size->digit_count > 6 || size->digit_count == 3 ||
        size->digits[0] == 0) {
        return SIGN_DECIMAL;
    }
    return SIGN_UNCERTAIN;
}

/* A sign that could group digits is the decimal one if there would otherwise be 1024 or more of the unit: the
 * tool takes the next larger one for these. */
static sign_role likely_role_of(const printed_size *size, int power) {
    sign_role role = role_of(size, power);
    int whole = 0;
    for (size_t i = 0; role == SIGN_UNCERTAIN && i < size->digit_count; i++) {
        whole = whole * 10 + size->digits[i];
    }
    return whole >= 1024 ? SIGN_DECIMAL : role;
}

vss_decimal vss_size_decimal(const char *text, bool likely) {
    printed_size size;
    if (!scan(text, &size) || size.last_sign == '\0') {
        return VSS_DECIMAL_UNCERTAIN;
    }
    int power = unit_power(&size);
    sign_role role = likely ? likely_role_of(&size, power) : role_of(&size, power);
    if (role == SIGN_UNCERTAIN) {
        return VSS_DECIMAL_UNCERTAIN;
    }
    bool point = (size.last_sign == '.') == (role == SIGN_DECIMAL);
    return point ? VSS_DECIMAL_POINT : VSS_DECIMAL_COMMA;
}

/* whole and decimals times unit, rounded down; false if it does not fit. */
static bool multiply(const printed_size *size, size_t decimals, int64_t unit, int64_t *out) {
    size_t whole_digits = size->digit_count - decimals;
    int64_t whole = 0;
    for (size_t i = 0; i < whole_digits; i++) {
        if (whole > (INT64_MAX - size->digits[i]) / 10) {
            return false;
        }
        whole = whole * 10 + size->digits[i];
    }
    /* From the last decimal to the first; 10 * 2^60 fits an unsigned 64-bit number. */
    uint64_t part = 0;
    for (size_t i = size->digit_count; i > whole_digits; i--) {
        part = (part + (uint64_t)size->digits[i - 1] * (uint64_t)unit) / 10;
    }
    if (whole > (INT64_MAX - (int64_t)part) / unit) {
        return false;
    }
    *out = whole * unit + (int64_t)part;
    return true;
}

static vss_size_result convert(const printed_size *size, size_t decimals, int power, vss_size *out) {
    int64_t unit = (int64_t)1 << (10 * power);
    if (size->too_long || decimals > FRACTION_DIGITS_MAX || !multiply(size, decimals, unit, &out->bytes)) {
        return VSS_SIZE_OVERFLOW;
    }
    int64_t step = unit;
    for (size_t i = 0; i < decimals; i++) {
        step /= 10;
    }
    out->margin = power == 0 ? 0 : step / 2 + 1;
    out->known = true;
    return VSS_SIZE_READ;
}

vss_size_result vss_size_read(const char *text, vss_decimal decimal, vss_size *out) {
    *out = (vss_size){.text = out->text};
    printed_size size;
    if (!scan(text, &size)) {
        return VSS_SIZE_NO_NUMBER;
    }
    int power = unit_power(&size);
    if (power < 0 && is_zero(&size) && size.unit_length > 0) {
        power = 0; /* nothing is nothing in any unit */
    }
    if (power < 0) {
        return VSS_SIZE_NO_UNIT;
    }
    sign_role role = size.last_sign == '\0' ? SIGN_GROUPS : role_of(&size, power);
    if (role == SIGN_UNCERTAIN && decimal == VSS_DECIMAL_UNCERTAIN) {
        role = likely_role_of(&size, power);
    }
    if (role == SIGN_UNCERTAIN && decimal == VSS_DECIMAL_UNCERTAIN) {
        return VSS_SIZE_UNCERTAIN;
    }
    if (role == SIGN_UNCERTAIN) {
        role = (decimal == VSS_DECIMAL_POINT) == (size.last_sign == '.') ? SIGN_DECIMAL : SIGN_GROUPS;
    }
    return convert(&size, role == SIGN_DECIMAL ? size.after : 0, power, out);
}
