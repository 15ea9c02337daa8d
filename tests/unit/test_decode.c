#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/unicode.h"
#include "text/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decodes a literal with its NULs; the length leaves out the one that C adds. */
#define DECODES(data, page, expected)   decodes((const uint8_t *)(data), sizeof(data) - 1, page, expected)
#define FAILS(data, page, reason, part) fails((const uint8_t *)(data), sizeof(data) - 1, page, reason, part)

static void decodes(const uint8_t *data, size_t size, const char *page, const char *expected) {
    arena memory = {0};
    const char *text = NULL;
    fact why = {0};
    if (!decode_text(data, size, page, &memory, &text, &why)) {
        fail_msg("not decoded: %s", why.detail);
    }
    assert_string_equal(text, expected);
    arena_free(&memory);
}

static void fails(const uint8_t *data, size_t size, const char *page, unknown_reason reason,
                  const char *part) {
    arena memory = {0};
    const char *text = NULL;
    fact why = fact_known(NULL);
    assert_false(decode_text(data, size, page, &memory, &text, &why));
    assert_int_equal(why.state, FACT_UNKNOWN);
    assert_int_equal(why.reason, reason);
    if (strstr(why.detail, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", why.detail, part);
    }
    arena_free(&memory);
}

static void test_utf8_with_and_without_mark(void **state) {
    (void)state;
    DECODES("", NULL, "");
    DECODES("plain", NULL, "plain");
    DECODES("\xEF\xBB\xBFGr\xC3\xB6\xC3\x9F"
            "e",
            NULL,
            "Gr\xC3\xB6\xC3\x9F"
            "e");
    DECODES("Gr\xC3\xB6\xC3\x9F"
            "e",
            NULL,
            "Gr\xC3\xB6\xC3\x9F"
            "e");
    DECODES("\xEF\xBB\xBF", NULL, "");
}

static void test_valid_utf8_wins_over_the_code_page(void **state) {
    (void)state;
    DECODES("\xC3\xB6", "850", "\xC3\xB6");
}

static void test_utf16_with_mark(void **state) {
    (void)state;
    DECODES("\xFF\xFE"
            "A\0\xF6\0\r\0\n\0",
            NULL, "A\xC3\xB6\n");
    DECODES("\xFE\xFF\0A\0\xF6\0\r\0\n", NULL, "A\xC3\xB6\n");
    DECODES("\xFF\xFE", NULL, "");
    /* No ASCII at all: only the mark tells. */
    DECODES("\xFF\xFE\xE5\x65\x2C\x67", NULL, "\xE6\x97\xA5\xE6\x9C\xAC");
    DECODES("\xFF\xFE\x3D\xD8\x00\xDE", NULL, "\xF0\x9F\x98\x80");
}

static void test_utf16_without_mark_is_told_by_its_nuls(void **state) {
    (void)state;
    DECODES("v\0s\0s\0\xE5\x65", "437", "vss\xE6\x97\xA5");
    DECODES("\0v\0s\0s\x65\xE5", "437", "vss\xE6\x97\xA5");
    DECODES("A\0\0\1B\0", NULL,
            "A\xC4\x80"
            "B"); /* U+0100 has its NUL on the other side */
}

static void test_lone_surrogates_are_escaped(void **state) {
    (void)state;
    DECODES("\xFF\xFE"
            "a\0\x00\xD8"
            "b\0",
            NULL,
            "a\x1A"
            "D800b");
}

static void test_code_pages(void **state) {
    (void)state;
    DECODES("Gr\x94\xE1"
            "e",
            "437",
            "Gr\xC3\xB6\xC3\x9F"
            "e");
    DECODES("Gr\x94\xE1"
            "e",
            "850",
            "Gr\xC3\xB6\xC3\x9F"
            "e");
    DECODES("\x88", "852", "\xC5\x82");
    DECODES("\x98", "737", "\xCE\xB1");
    DECODES("\x98", "857", "\xC4\xB0");
    DECODES("\x8F", "866", "\xD0\x9F");
    DECODES("\x93\xFA\x96{", "932", "\xE6\x97\xA5\xE6\x9C\xAC");
    DECODES("\xD6\xD0", "936", "\xE4\xB8\xAD");
    DECODES("\xC7\xD1", "949", "\xED\x95\x9C");
    DECODES("\xA4\xA4", "950", "\xE4\xB8\xAD");
    DECODES("Gr\xF6\xDF"
            "e \x80",
            "1252",
            "Gr\xC3\xB6\xC3\x9F"
            "e \xE2\x82\xAC");
    DECODES("\xC4", "1258", "\xC3\x84"); /* held back for a tone mark that does not come */
}

static void test_undefined_bytes_are_replaced_one_by_one(void **state) {
    (void)state;
    DECODES("a\x81\x8D"
            "b\xF6",
            "1252",
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b\xC3\xB6");
    DECODES("\x93\xFA\x93", "932", "\xE6\x97\xA5\xEF\xBF\xBD"); /* cut inside a double-byte character */
    DECODES("\xC3\xB6\xFF", "65001", "\xC3\xB6\xEF\xBF\xBD");
    DECODES("\xF5\x9F\x92\xB6", "65001", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* Longer than the converter's buffer, with characters across its border. */
static void test_long_code_page_text(void **state) {
    (void)state;
    enum { COUNT = 20001 };
    uint8_t *data = malloc(COUNT);
    char *expected = calloc(2, COUNT + 1);
    assert_non_null(data);
    assert_non_null(expected);
    for (size_t i = 0; i < COUNT; i++) {
        data[i] = 0x94;
        expected[2 * i] = '\xC3';
        expected[2 * i + 1] = '\xB6';
    }
    decodes(data, COUNT, "437", expected);
    free(data);
    free(expected);
}

static void test_line_ends(void **state) {
    (void)state;
    DECODES("a\r\nb\nc\rd\r\r\ne\r", NULL, "a\nb\nc\nd\ne\n");
    DECODES("a\r\rb", NULL, "a\n\nb");
    DECODES("\x94\r\n", "437", "\xC3\xB6\n");
}

static void test_failures_name_the_byte(void **state) {
    (void)state;
    FAILS("abc\xF6"
          "d",
          NULL, REASON_DEPENDS, "byte 3 ");
    FAILS("abc\xF6"
          "d",
          "720000", REASON_UNREADABLE, "(not a number)");
    FAILS("abc\xF6"
          "d",
          "37", REASON_UNREADABLE, "byte 3 is not UTF-8 and code page 37 is not supported");
    FAILS("abc\xF6"
          "d",
          "", REASON_UNREADABLE, "not supported");
    FAILS("\xEF\xBB\xBF"
          "ab\xF6",
          "437", REASON_MALFORMED, "byte 5 ");
    FAILS("\xFF\xFE"
          "a\0b",
          "437", REASON_MALFORMED, "byte 4 ");
    FAILS("\xFF\xFE"
          "a\0\0\0",
          "437", REASON_MALFORMED, "byte 4 ");
    FAILS("abcdefgh\0ijklmnopqrst", "437", REASON_MALFORMED, "byte 8 is a NUL");
    FAILS("\0\0\0\0", "437", REASON_MALFORMED, "byte 0 is a NUL");
    FAILS("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmn\xF6\0", "437", REASON_MALFORMED,
          "byte 67 is a NUL");
}

/* The size is judged before anything is read. */
static void test_too_large(void **state) {
    (void)state;
    static const uint8_t one = 'a';
    fails(&one, (size_t)DECODE_LIMIT + 1, "437", REASON_TOO_LARGE, "64 MiB");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_with_and_without_mark),
        cmocka_unit_test(test_valid_utf8_wins_over_the_code_page),
        cmocka_unit_test(test_utf16_with_mark),
        cmocka_unit_test(test_utf16_without_mark_is_told_by_its_nuls),
        cmocka_unit_test(test_lone_surrogates_are_escaped),
        cmocka_unit_test(test_code_pages),
        cmocka_unit_test(test_undefined_bytes_are_replaced_one_by_one),
        cmocka_unit_test(test_long_code_page_text),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_failures_name_the_byte),
        cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
