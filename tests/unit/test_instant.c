#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const int64_t year_0 = -62167219200;
static const int64_t end_of_9999 = 253402300799;

/* Every day of the ten thousand years, each at another time of day, against the C library, as far as that
 * goes: Microsoft's knows 1970 to 3000. */
static void test_every_day_as_the_c_library_has_it(void **state) {
    (void)state;
    size_t compared = 0;
    for (int64_t day = year_0 / 86400; day <= end_of_9999 / 86400; day++) {
        time_t instant = (time_t)(day * 86400 + ((day * 7919) % 86400 + 86400) % 86400);
        struct tm civil;
        char expected[INSTANT_TEXT_SIZE];
        char text[INSTANT_TEXT_SIZE];
        if (gmtime_r(&instant, &civil) == NULL) {
            continue;
        }
        compared++;
        (void)snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02dZ", civil.tm_year + 1900,
                       civil.tm_mon + 1, civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec);
        instant_format(instant, text);
        assert_string_equal(text, expected);
        assert_int_equal(instant_from_civil(civil.tm_year + 1900, civil.tm_mon + 1, civil.tm_mday,
                                            civil.tm_hour, civil.tm_min, civil.tm_sec),
                         instant);
        int64_t parsed = 0;
        bool has_zone = false;
        assert_true(instant_parse(text, &parsed, &has_zone));
        assert_true(has_zone);
        assert_int_equal(parsed, instant);
    }
    assert_true(compared > (size_t)365 * 1000);
}

static void test_format_clamps(void **state) {
    (void)state;
    char text[INSTANT_TEXT_SIZE];
    instant_format(INT64_MIN, text);
    assert_string_equal(text, "0000-01-01T00:00:00Z");
    instant_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    instant_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
}

static void test_filetimes(void **state) {
    (void)state;
    assert_int_equal(instant_from_filetime(0), -11644473600);
    assert_int_equal(instant_from_filetime(116444736000000000), 0);
    assert_int_equal(instant_from_filetime(116444736000000000 + 9999999), 0);
    assert_int_equal(instant_from_filetime(116444736000000000 - 1), -1);
    assert_int_equal(filetime_from_instant(1772438400), 134169120000000000);
    assert_int_equal(instant_from_filetime(134169120000000000), 1772438400);
    assert_int_equal(filetime_from_instant(-11644473601), 0);
    assert_int_equal(filetime_from_instant(INT64_MIN), 0);
    assert_int_equal(instant_from_filetime(filetime_from_instant(INT64_MAX)),
                     instant_from_filetime(UINT64_MAX));
}

static void parses(const char *text, int64_t expected, bool expected_zone) {
    int64_t instant = 0;
    bool has_zone = !expected_zone;
    assert_true(instant_parse(text, &instant, &has_zone));
    assert_int_equal(instant, expected);
    assert_int_equal(has_zone, expected_zone);
}

static void test_parse_zones_and_fractions(void **state) {
    (void)state;
    parses("2026-03-02T08:00:00Z", 1772438400, true);
    parses("2026-03-02T08:00:00", 1772438400, false);
    parses("2026-03-02T08:00:00.1234567Z", 1772438400, true);
    parses("2026-03-02T08:00:00.5", 1772438400, false);
    parses("2026-03-02T10:00:00+02:00", 1772438400, true);
    parses("2026-03-01T22:15:00-09:45", 1772438400, true);
    parses("2024-02-29T00:00:00Z", 1709164800, true);
    parses("2000-02-29T00:00:00Z", 951782400, true);
}

static void test_garbage_is_refused(void **state) {
    (void)state;
    static const char *const garbage[] = {
        "",
        "2026",
        "2026-03-02",
        "2026-03-02 08:00:00Z",
        "2026-3-02T08:00:00Z",
        "2026-00-02T08:00:00Z",
        "2026-13-02T08:00:00Z",
        "2026-03-00T08:00:00Z",
        "2026-04-31T08:00:00Z",
        "2026-02-29T08:00:00Z",
        "1900-02-29T08:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T08:60:00Z",
        "2026-03-02T08:00:60Z",
        "2026-03-02T08:00Z",
        "2026-03-02T08:00:00.Z",
        "2026-03-02T08:00:00.",
        "2026-03-02T08:00:00z",
        "2026-03-02T08:00:00ZZ",
        "2026-03-02T08:00:00 ",
        "2026-03-02T08:00:00+2:00",
        "2026-03-02T08:00:00+0200",
        "2026-03-02T08:00:00+24:00",
        "2026-03-02T08:00:00+02:60",
        "2026-03-02T08:00:00+02:00Z",
        " 2026-03-02T08:00:00Z",
        "-026-03-02T08:00:00Z",
        "12026-03-02T08:00:00Z",
        "\xD9\xA2\xD9\xA0-03-02T08:00:00Z", /* Arabic digits */
    };
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        int64_t instant = 0;
        bool has_zone = false;
        if (instant_parse(garbage[i], &instant, &has_zone)) {
            fail_msg("accepted: %s", garbage[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_as_the_c_library_has_it),
        cmocka_unit_test(test_format_clamps),
        cmocka_unit_test(test_filetimes),
        cmocka_unit_test(test_parse_zones_and_fractions),
        cmocka_unit_test(test_garbage_is_refused),
    };
    return cmocka_run_group_tests_name("instant", tests, NULL, NULL);
}
