#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/arena.h"

#include <string.h>

static void test_blocks_are_zeroed_and_apart(void **state) {
    (void)state;
    arena memory = {0};
    uint8_t *small = arena_alloc(&memory, 100);
    uint8_t *large = arena_alloc(&memory, 100000);
    memset(small, 1, 100);
    for (size_t i = 0; i < 100000; i++) {
        assert_int_equal(large[i], 0);
    }
    assert_false(arena_failed(&memory));
    arena_free(&memory);
}

static void test_vector_keeps_its_items(void **state) {
    (void)state;
    arena memory = {0};
    arena_vector numbers = ARENA_VECTOR(&memory, int);
    for (int i = 0; i < 1000; i++) {
        int *item = arena_push(&numbers);
        assert_non_null(item);
        *item = i;
    }
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(((int *)numbers.items)[i], i);
    }
    arena_free(&memory);
}

static void test_failure_is_sticky_and_texts_are_never_null(void **state) {
    (void)state;
    arena memory = {0};
    mem_test_fail_at(1);
    assert_string_equal(arena_printf(&memory, "%d", 7), "");
    mem_test_fail_at(0);
    assert_true(arena_failed(&memory));
    assert_string_equal(arena_text(&memory, "later"), "later");
    assert_true(arena_failed(&memory));
    arena_free(&memory);
}

static void test_absurd_sizes_fail(void **state) {
    (void)state;
    arena memory = {0};
    assert_null(arena_alloc(&memory, SIZE_MAX));
    assert_null(arena_array(&memory, SIZE_MAX / 2, 16));
    assert_true(arena_failed(&memory));
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_zeroed_and_apart),
        cmocka_unit_test(test_vector_keeps_its_items),
        cmocka_unit_test(test_failure_is_sticky_and_texts_are_never_null),
        cmocka_unit_test(test_absurd_sizes_fail),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
