#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/host.h"

#include <stdlib.h>
#include <string.h>

/* A value in memory of exactly its size, so that the sanitizers see one byte too far. */
static registry_value value_of(uint32_t type, const char *data, size_t size) {
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    return (registry_value){.type = type, .data = {copy, size}};
}

static void text_is(uint32_t type, const char *data, size_t size, const char *expected) {
    arena memory = {0};
    registry_value value = value_of(type, data, size);
    const char *text = NULL;
    assert_true(registry_value_text(&value, &memory, &text));
    assert_string_equal(text, expected);
    free((void *)value.data.data);
    arena_free(&memory);
}
#define TEXT_IS(data, expected) text_is(REGISTRY_SZ, data, sizeof(data) - 1, expected)

static void test_texts(void **state) {
    (void)state;
    TEXT_IS("a\0b\0\0\0", "ab");
    text_is(REGISTRY_EXPAND_SZ, "%\0\0\0", 4, "%");
    TEXT_IS("\0\0", "");
    TEXT_IS("\x3D\xD8\x00\xDE\0\0", "\xF0\x9F\x98\x80");
    TEXT_IS("\0\x01\0\0", "\xC4\x80"); /* U+0100, whose low byte is 0 */
}

static void test_texts_without_a_nul(void **state) {
    (void)state;
    TEXT_IS("a\0b\0", "ab");
    TEXT_IS("", "");
}

static void test_texts_of_odd_length(void **state) {
    (void)state;
    TEXT_IS("a\0b", "a");
    TEXT_IS("a\0b\0\0", "ab");
    TEXT_IS("a", "");
    TEXT_IS("a\0\0", "a");
}

static void test_garbage_behind_the_first_nul(void **state) {
    (void)state;
    TEXT_IS("a\0\0\0x\0y\0\0\0", "a");
    TEXT_IS("\0\0x\0", "");
}

static void test_texts_of_other_types(void **state) {
    (void)state;
    static const uint32_t types[] = {
        REGISTRY_NONE, REGISTRY_BINARY,   REGISTRY_DWORD, REGISTRY_DWORD_BIG_ENDIAN,
        REGISTRY_LINK, REGISTRY_MULTI_SZ, REGISTRY_QWORD, 0xFFFF0001};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        arena memory = {0};
        const registry_value value = {.type = types[i], .data = {(const uint8_t *)"a\0\0", 4}};
        const char *text = "untouched";
        assert_false(registry_value_text(&value, &memory, &text));
        assert_string_equal(text, "untouched");
        arena_free(&memory);
    }
}

static void number_is(uint32_t type, const char *data, size_t size, int64_t expected) {
    registry_value value = value_of(type, data, size);
    int64_t number = ~expected;
    assert_true(registry_value_number(&value, &number));
    assert_true(number == expected);
    free((void *)value.data.data);
}

static void test_numbers(void **state) {
    (void)state;
    number_is(REGISTRY_DWORD, "\x01\x02\x03\x04", 4, 0x04030201);
    number_is(REGISTRY_DWORD, "\xFF\xFF\xFF\xFF", 4, 0xFFFFFFFF); /* unsigned */
    number_is(REGISTRY_DWORD_BIG_ENDIAN, "\x01\x02\x03\x04", 4, 0x01020304);
    number_is(REGISTRY_DWORD_BIG_ENDIAN, "\0\0\0\x01", 4, 1);
    number_is(REGISTRY_QWORD, "\x08\x07\x06\x05\x04\x03\x02\x01", 8, 0x0102030405060708);
    number_is(REGISTRY_QWORD, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 8, INT64_MAX);
}

static void test_numbers_of_the_wrong_size_or_type(void **state) {
    (void)state;
    static const uint8_t data[16] = {1};
    static const uint32_t types[] = {
        REGISTRY_NONE, REGISTRY_SZ,    REGISTRY_BINARY,   REGISTRY_DWORD,
        REGISTRY_LINK, REGISTRY_QWORD, REGISTRY_MULTI_SZ, REGISTRY_DWORD_BIG_ENDIAN};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (size_t size = 0; size <= sizeof data; size++) {
            const registry_value value = {.type = types[i], .data = {data, size}};
            bool dword = types[i] == REGISTRY_DWORD || types[i] == REGISTRY_DWORD_BIG_ENDIAN;
            bool right = (dword && size == 4) || (types[i] == REGISTRY_QWORD && size == 8);
            int64_t number = -7;
            assert_int_equal(registry_value_number(&value, &number), right);
            assert_true(right || number == -7);
        }
    }
}

static void test_paths(void **state) {
    (void)state;
    arena memory = {0};
    const registry_path machine = {REGISTRY_MACHINE, REGISTRY_64, "SOFTWARE\\X"};
    const registry_path old = {REGISTRY_MACHINE, REGISTRY_32, "SOFTWARE\\X"};
    const registry_path account = {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, "Environment"};
    assert_string_equal(registry_path_text(&memory, &machine, NULL), "HKLM\\SOFTWARE\\X");
    assert_string_equal(registry_path_text(&memory, &old, "v"), "HKLM\\SOFTWARE\\X [v] (32-bit view)");
    assert_string_equal(registry_path_text(&memory, &account, ""), "HKU\\S-1-5-18\\Environment []");
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_texts_without_a_nul),
        cmocka_unit_test(test_texts_of_odd_length),
        cmocka_unit_test(test_garbage_behind_the_first_nul),
        cmocka_unit_test(test_texts_of_other_types),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_of_the_wrong_size_or_type),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests_name("registry_value", tests, NULL, NULL);
}
