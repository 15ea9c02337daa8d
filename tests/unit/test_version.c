#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "checks/version.h"

static void test_good_versions(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t part[4];
    } rows[] = {
        {"2.0.9083.0", {2, 0, 9083, 0}},
        {"1", {1, 0, 0, 0}},
        {"10.0", {10, 0, 0, 0}},
        {"1.2.3", {1, 2, 3, 0}},
        {"0.0.0.0", {0, 0, 0, 0}},
        {"01.002.3.4", {1, 2, 3, 4}},
        {"65535.65535.65535.65535", {65535, 65535, 65535, 65535}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        version_number version;
        assert_true(version_parse(rows[i].text, &version));
        assert_memory_equal(version.part, rows[i].part, sizeof version.part);
    }
}

static void test_bad_versions(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        ".",
        "1.",
        ".1",
        "1..2",
        "1.2.3.4.5",
        "1.2.3.4.",
        " 1.2",
        "1.2 ",
        "1,2",
        "v1.2",
        "1.2b",
        "-1",
        "+1",
        "0x10",
        "\xd9\xa1.2",
        "99999999999999999999.0",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        version_number version;
        assert_false(version_parse(texts[i], &version));
    }
}

/* Each row is newer than the one before. */
static void test_order(void **state) {
    (void)state;
    static const char *const texts[] = {"0.9", "1.0", "1.0.0.1", "1.0.1", "1.0.10", "1.2", "2", "10.0.0.0"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            version_number a;
            version_number b;
            assert_true(version_parse(texts[i], &a) && version_parse(texts[k], &b));
            int order = version_compare(&a, &b);
            assert_int_equal(order < 0, i < k);
            assert_int_equal(order > 0, i > k);
            assert_int_equal(version_before(&a, texts[k]), i < k);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_versions),
        cmocka_unit_test(test_bad_versions),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
