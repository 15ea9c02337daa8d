#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/unicode.h"

#include <string.h>

#define VALID(text) utf8_valid(text, sizeof(text) - 1)

static void test_utf8_is_strict(void **state) {
    (void)state;
    assert_true(VALID(""));
    assert_true(VALID("a\0b"));
    assert_true(VALID("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
    assert_true(VALID("\xED\x9F\xBF\xEE\x80\x80")); /* just around the surrogates */
    assert_false(VALID("\x80"));
    assert_false(VALID("\xC0\x80"));
    assert_false(VALID("\xC1\xBF"));
    assert_false(VALID("\xE0\x9F\xBF"));
    assert_false(VALID("\xF0\x8F\xBF\xBF"));
    assert_false(VALID("\xED\xA0\x80"));
    assert_false(VALID("\xED\xBF\xBF"));
    assert_false(VALID("\xF4\x90\x80\x80"));
    assert_false(VALID("\xF5\x80\x80\x80"));
    assert_false(VALID("\xFF"));
    assert_false(VALID("\xE2\x82"));
    assert_false(VALID("\xC3"
                       "a"));
}

static void test_every_scalar_value_round_trips(void **state) {
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        if (code_point == 0xD800) {
            code_point = 0xE000;
        }
        char text[4] = {0};
        size_t length = utf8_encode(code_point, text);
        size_t at = 0;
        assert_true(utf8_valid(text, length));
        assert_int_equal(utf8_next(text, length, &at), code_point);
        assert_int_equal(at, length);
    }
}

static void test_an_invalid_byte_is_one_step(void **state) {
    (void)state;
    size_t at = 0;
    assert_int_equal(utf8_next("\xE2\x82z", 3, &at), 0xFFFD);
    assert_int_equal(at, 1);
    assert_int_equal(utf8_next("\xE2\x82z", 3, &at), 0xFFFD);
    assert_int_equal(utf8_next("\xE2\x82z", 3, &at), 'z');
    assert_int_equal(at, 3);
}

static void round_trip(const uint8_t *units, size_t count) {
    arena memory = {0};
    size_t length = 0;
    const char *text = utf8_from_utf16(&memory, units, count, &length);
    assert_true(utf8_valid(text, length));
    bytes back = utf16_from_utf8(&memory, text, length);
    assert_int_equal(back.size, 2 * count);
    assert_memory_equal(back.data, units, 2 * count);
    arena_free(&memory);
}

static void test_every_unit_round_trips_alone_and_in_pairs(void **state) {
    (void)state;
    static const uint16_t others[] = {'A', '0', 0x1A, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0};
    for (uint32_t unit = 0; unit <= 0xFFFF; unit++) {
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            const uint8_t units[] = {(uint8_t)(unit & 0xFF),      (uint8_t)(unit >> 8),
                                     (uint8_t)(others[i] & 0xFF), (uint8_t)(others[i] >> 8),
                                     (uint8_t)(unit & 0xFF),      (uint8_t)(unit >> 8)};
            round_trip(units, 3);
        }
    }
}

static void test_escapes_are_written_as_documented(void **state) {
    (void)state;
    arena memory = {0};
    size_t length = 0;
    const uint8_t units[] = {0x1A, 0, 0x0F, 0xDC, 'x', 0};
    assert_string_equal(utf8_from_utf16(&memory, units, 3, &length), "\x1A"
                                                                     "001A\x1A"
                                                                     "DC0Fx");
    assert_int_equal(length, 11);
    /* A SUBSTITUTE that begins no escape is itself. */
    bytes plain = utf16_from_utf8(&memory,
                                  "\x1A"
                                  "00g",
                                  4);
    assert_int_equal(plain.size, 8);
    assert_memory_equal(plain.data,
                        "\x1A\0"
                        "0\0"
                        "0\0g\0",
                        8);
    assert_string_equal(utf8_from_utf16(&memory, NULL, 0, &length), "");
    assert_int_equal(length, 0);
    arena_free(&memory);
}

static void test_names_that_are_equal(void **state) {
    (void)state;
    static const char *const equal[][2] = {
        {"", ""},
        {"System32", "SYSTEM32"},
        {"gr\xC3\xB6\xC3\x9F"
         "e",
         "GR\xC3\x96\xC3\x9F"
         "E"},
        {"\xC3\xBF", "\xC5\xB8"},         /* y with diaeresis, whose capital is in another block */
        {"\xCF\x83", "\xCF\x82"},         /* sigma and final sigma */
        {"\xCF\x82", "\xCE\xA3"},         /* final sigma and capital sigma */
        {"\xCE\xAC", "\xCE\x86"},         /* alpha with tonos */
        {"\xCF\x8E", "\xCE\x8F"},         /* omega with tonos */
        {"\xD1\x8F", "\xD0\xAF"},         /* Cyrillic ya */
        {"\xD1\x91", "\xD0\x81"},         /* Cyrillic io */
        {"\xD5\xA1", "\xD4\xB1"},         /* Armenian ayb */
        {"\xC4\xBA", "\xC4\xB9"},         /* l with acute: an even lower-case letter */
        {"\xC5\x91", "\xC5\x90"},         /* o with double acute: an odd one */
        {"\xEF\xBD\x81", "\xEF\xBC\xA1"}, /* full-width a */
    };
    for (size_t i = 0; i < sizeof equal / sizeof equal[0]; i++) {
        assert_true(windows_name_equal(equal[i][0], equal[i][1]));
        assert_true(windows_name_equal(equal[i][1], equal[i][0]));
        assert_int_equal(windows_name_compare(equal[i][0], equal[i][1]), 0);
    }
}

static void test_names_that_differ(void **state) {
    (void)state;
    static const char *const different[][2] = {
        {"a", ""},
        {"a", "ab"},
        {"i", "\xC4\xB0"}, /* capital I with a dot */
        {"I", "\xC4\xB1"}, /* small i without one */
        {"i", "\xC4\xB1"},
        {"\xC4\xB0", "\xC4\xB1"},
        {"\xC3\x9F", "ss"},
        {"\xC3\x9F", "\xE1\xBA\x9E"}, /* capital sharp s */
        {"\xC3\x97", "\xC3\xB7"},     /* multiplication and division sign are no pair */
        {"[", "{"},
        {"@", "`"},
        {"k", "\xE2\x84\xAA"}, /* Kelvin sign */
    };
    for (size_t i = 0; i < sizeof different / sizeof different[0]; i++) {
        assert_false(windows_name_equal(different[i][0], different[i][1]));
        assert_false(windows_name_equal(different[i][1], different[i][0]));
        assert_int_not_equal(windows_name_compare(different[i][0], different[i][1]), 0);
        assert_int_equal(windows_name_compare(different[i][0], different[i][1]),
                         -windows_name_compare(different[i][1], different[i][0]));
    }
}

static void test_names_in_order(void **state) {
    (void)state;
    static const char *const order[] = {"", "a", "A b", "ab", "B", "b\\c", "\xC3\xA4", "\xC3\x96"};
    for (size_t i = 0; i + 1 < sizeof order / sizeof order[0]; i++) {
        assert_true(windows_name_compare(order[i], order[i + 1]) < 0);
        assert_true(windows_name_compare(order[i + 1], order[i]) > 0);
    }
}

static void test_upper_is_stable(void **state) {
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        assert_int_equal(unicode_upper(unicode_upper(code_point)), unicode_upper(code_point));
    }
}

static void test_ascii_functions_know_only_ascii(void **state) {
    (void)state;
    assert_true(ascii_equal("Ab1", "aB1"));
    assert_false(ascii_equal("ab", "abc"));
    assert_false(ascii_equal("\xC3\xA4", "\xC3\x84"));
    assert_true(ascii_equal_n("abX", "ABy", 2));
    assert_true(ascii_equal_n("ab", "AB", 100));
    assert_true(ascii_starts("HKLM\\x", "hklm\\"));
    assert_false(ascii_starts("HK", "hklm"));
    assert_true(ascii_ends("a.PSM1", ".psm1"));
    assert_false(ascii_ends("m1", ".psm1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_is_strict),
        cmocka_unit_test(test_every_scalar_value_round_trips),
        cmocka_unit_test(test_an_invalid_byte_is_one_step),
        cmocka_unit_test(test_every_unit_round_trips_alone_and_in_pairs),
        cmocka_unit_test(test_escapes_are_written_as_documented),
        cmocka_unit_test(test_names_that_are_equal),
        cmocka_unit_test(test_names_that_differ),
        cmocka_unit_test(test_names_in_order),
        cmocka_unit_test(test_upper_is_stable),
        cmocka_unit_test(test_ascii_functions_know_only_ascii),
    };
    return cmocka_run_group_tests_name("unicode", tests, NULL, NULL);
}
