#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/pattern.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int make_set(void **state) {
    *state = pattern_set_new();
    return *state == NULL;
}

static int free_set(void **state) {
    pattern_set_free(*state);
    return 0;
}

static const char volume[] = "For volume: (C:)\\\\?\\Volume{01234567-89ab-cdef-0123-456789abcdef}\\ end";

static void test_groups(void **state) {
    arena memory = {0};
    pattern_match match;
    assert_int_equal(pattern_find(*state, PATTERN_VOLUME, volume, strlen(volume), 0, &match),
                     PATTERN_MATCHED);
    assert_int_equal(match.group[0].begin, 12);
    assert_int_equal(match.group[0].end, strlen(volume) - 4);
    assert_string_equal(pattern_group(&memory, volume, &match, 1), "C");
    assert_string_equal(pattern_group(&memory, volume, &match, 2), "{01234567-89ab-cdef-0123-456789abcdef}");
    for (size_t i = 3; i < PATTERN_GROUPS; i++) {
        assert_null(pattern_group(&memory, volume, &match, i));
    }
    arena_free(&memory);
}

static void test_a_group_that_took_no_part(void **state) {
    arena memory = {0};
    pattern_match match;
    assert_int_equal(pattern_find(*state, PATTERN_VOLUME, volume, strlen(volume), 16, &match),
                     PATTERN_MATCHED);
    assert_null(pattern_group(&memory, volume, &match, 1));
    assert_int_equal(match.group[1].begin, SIZE_MAX);
    assert_int_equal(match.group[0].begin, 16);
    assert_non_null(pattern_group(&memory, volume, &match, 2));
    arena_free(&memory);
}

static void test_no_match(void **state) {
    pattern_match match;
    assert_int_equal(pattern_find(*state, PATTERN_VOLUME, "", 0, 0, &match), PATTERN_NO_MATCH);
    assert_int_equal(pattern_find(*state, PATTERN_VOLUME, volume, strlen(volume), 17, &match),
                     PATTERN_NO_MATCH);
    assert_int_equal(pattern_find(*state, PATTERN_VOLUME, volume, 40, 0, &match), PATTERN_NO_MATCH);
    assert_int_equal(
        pattern_find(*state, PATTERN_GUID, "{01234567-89ab-cdef-0123-456789abcde}", 37, 0, &match),
        PATTERN_NO_MATCH);
}

static void test_every_pattern_compiles(void **state) {
    for (int i = 0; i < PATTERN_COUNT; i++) {
        pattern_match match;
        assert_int_not_equal(pattern_find(*state, (pattern_id)i, "", 0, 0, &match), PATTERN_GAVE_UP);
    }
}

static void test_what_is_not_utf8_is_given_up(void **state) {
    pattern_match match;
    assert_int_equal(pattern_find(*state, PATTERN_GUID, "a\xFFz", 3, 0, &match), PATTERN_GAVE_UP);
    assert_int_equal(pattern_find(*state, PATTERN_GUID, "abc", 3, 4, &match), PATTERN_GAVE_UP);
}

/* Without limits each of these takes longer than anybody waits, or all the memory. */
static void test_expensive_matches_are_given_up(void **state) {
    static const char *const expensive[] = {
        "^(a+)+$",
        "^(a|aa)+$",
        "^(?:a?){40}a{40}$!",
        "(*NO_JIT)^(a+)+$",
    };
    enum { LENGTH = 20000 };
    char *text = malloc(LENGTH + 1);
    assert_non_null(text);
    memset(text, 'a', LENGTH);
    memcpy(text + LENGTH - 1, "!", 2);
    for (size_t i = 0; i < sizeof expensive / sizeof expensive[0]; i++) {
        pattern_match match;
        clock_t begin = clock();
        pattern_test_replace(*state, PATTERN_GUID, expensive[i]);
        pattern_result result = pattern_find(*state, PATTERN_GUID, text, LENGTH, 0, &match);
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (result != PATTERN_GAVE_UP || seconds > 5) {
            fail_msg("%s: result %d after %.1f s", expensive[i], (int)result, seconds);
        }
    }
    free(text);
}

static void test_a_pattern_that_is_wrong_is_given_up(void **state) {
    pattern_match match;
    pattern_test_replace(*state, PATTERN_GUID, "(");
    assert_int_equal(pattern_find(*state, PATTERN_GUID, "(", 1, 0, &match), PATTERN_GAVE_UP);
    pattern_set_free(NULL);
}

#define WITH_SET(test) cmocka_unit_test_setup_teardown(test, make_set, free_set)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_SET(test_groups),
        WITH_SET(test_a_group_that_took_no_part),
        WITH_SET(test_no_match),
        WITH_SET(test_every_pattern_compiles),
        WITH_SET(test_what_is_not_utf8_is_given_up),
        WITH_SET(test_expensive_matches_are_given_up),
        WITH_SET(test_a_pattern_that_is_wrong_is_given_up),
    };
    return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
