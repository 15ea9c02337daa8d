#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "report/report.h"

static void assert_filled(const char *text, const char *expected) {
    const char *drives[] = {"C:", "D:"};
    const finding_value values[] = {
        {.name = "name", .kind = VALUE_TEXT, .text = "{count} %s"},
        {.name = "count", .kind = VALUE_NUMBER, .number = -12},
        {.name = "when", .kind = VALUE_TIME, .number = 1772438400},
        {.name = "drives", .kind = VALUE_TEXTS, .texts = {drives, 2}},
        {.name = "drive", .kind = VALUE_TEXTS, .texts = {drives, 1}},
        {.name = "none", .kind = VALUE_TEXTS},
        {.name = "nothing", .kind = VALUE_TEXT, .text = ""},
    };
    arena memory = {0};
    assert_string_equal(fill_text(&memory, text, values, sizeof values / sizeof values[0]), expected);
    assert_false(arena_failed(&memory));
    arena_free(&memory);
}

static void test_places_are_filled(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"{count}", "-12"},
        {"a {count}b{count} c", "a -12b-12 c"},
        {"{when}", "2026-03-02T08:00:00Z"},
        {"[{drives}] [{drive}] [{none}] [{nothing}]", "[C:, D:] [C:] [] []"},
        /* What is filled in is not filled again. */
        {"{name}!", "{count} %s!"},
        /* What is no place, or an unknown one, stays. */
        {"{unknown} {Count} {coun} {counts}", "{unknown} {Count} {coun} {counts}"},
        {"Denied. {nothing}", "Denied."},
        {"{nothing}", ""},
        {"{", "{"},
        {"}", "}"},
        {"{}", "{}"},
        {"{count", "{count"},
        {"{ count}", "{ count}"},
        {"{{count}}", "{-12}"},
        {"{a {count}", "{a -12"},
        {"Get-Item | % { $_ }", "Get-Item | % { $_ }"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_filled(rows[i].text, rows[i].expected);
    }
}

static void test_sizes_are_written_as_windows_shows_them(void **state) {
    (void)state;
    static const struct {
        int64_t size;
        const char *expected;
    } rows[] = {
        {0, "0 bytes"},
        {-1, "0 bytes"},
        {1023, "1023 bytes"},
        {1024, "1 KB"},
        {1536, "1.5 KB"},
        {1048575, "1023.9 KB"},
        {1048576, "1 MB"},
        {INT64_C(5) << 30, "5 GB"},
        {(INT64_C(3) << 30) + (INT64_C(1) << 29), "3.5 GB"},
        {INT64_C(1) << 40, "1 TB"},
        {INT64_MAX, "7.9 EB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const finding_value value = {.name = "size", .kind = VALUE_BYTES, .number = rows[i].size};
        arena memory = {0};
        assert_string_equal(fill_text(&memory, "{size}", &value, 1), rows[i].expected);
        arena_free(&memory);
    }
}

/* PowerShell takes typographic quotes for plain ones. */
static void test_a_value_cannot_end_a_commands_quotes(void **state) {
    (void)state;
    static const struct {
        const char *value;
        const char *expected;
    } rows[] = {
        {"\\A\\B", "x '\\A\\B'"},
        {"a'; Stop-Computer #", "x 'a''; Stop-Computer #'"},
        {"\u2018\u2019\u201A\u201B\u201C", "x '\u2018\u2018\u2019\u2019\u201A\u201A\u201B\u201B\u201C'"},
        {"'", "x ''''"},
        {"", "x ''"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const finding_value value = {.name = "task", .kind = VALUE_TEXT, .text = rows[i].value};
        arena memory = {0};
        assert_string_equal(fill_command(&memory, "x '{task}'", &value, 1), rows[i].expected);
        arena_free(&memory);
    }
}

static void test_failed_allocation_is_told(void **state) {
    (void)state;
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        arena memory = {0};
        mem_test_fail_at(n);
        (void)fill_text(&memory, "a {unknown} text", NULL, 0);
        bool reached = mem_test_count() >= n;
        mem_test_fail_at(0);
        failed = arena_failed(&memory);
        assert_int_equal(failed, reached);
        arena_free(&memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_are_filled),
        cmocka_unit_test(test_sizes_are_written_as_windows_shows_them),
        cmocka_unit_test(test_a_value_cannot_end_a_commands_quotes),
        cmocka_unit_test(test_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
