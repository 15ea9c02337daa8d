#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/text_builder.h"

#include <stdio.h>
#include <string.h>

static void test_an_empty_builder_has_a_text(void **state) {
    (void)state;
    text_builder builder = {0};
    assert_string_equal(text_builder_text(&builder), "");
    text_add(&builder, "");
    text_add_n(&builder, NULL, 0);
    assert_string_equal(text_builder_text(&builder), "");
    assert_int_equal(builder.length, 0);
    assert_false(text_builder_failed(&builder));
    text_builder_free(&builder);
    text_builder_free(&builder);
}

static void test_pieces_come_in_order(void **state) {
    (void)state;
    text_builder builder = {0};
    text_add(&builder, "one ");
    text_add_char(&builder, '2');
    text_add_n(&builder, " three and more", 6);
    text_addf(&builder, " %d%%", 4);
    assert_string_equal(text_builder_text(&builder), "one 2 three 4%");
    assert_int_equal(builder.length, 14);
    text_add_n(&builder, "\0x", 2);
    assert_int_equal(builder.length, 16);
    assert_memory_equal(builder.data, "one 2 three 4%\0x", 17);
    text_builder_free(&builder);
}

/* Every length across the first growths, by each of the ways to add. */
static void test_growth(void **state) {
    (void)state;
    for (size_t first = 0; first < 1030; first++) {
        text_builder builder = {0};
        for (size_t i = 0; i < first; i++) {
            text_add_char(&builder, 'x');
        }
        text_addf(&builder, "%0300d", 1);
        assert_false(text_builder_failed(&builder));
        assert_int_equal(builder.length, first + 300);
        assert_int_equal(strlen(text_builder_text(&builder)), first + 300);
        assert_int_equal(builder.data[builder.length - 1], '1');
        text_builder_free(&builder);
    }
}

static void test_failure_is_sticky(void **state) {
    (void)state;
    text_builder builder = {0};
    text_add(&builder, "kept");
    char large[1000];
    memset(large, 'y', sizeof large);
    mem_test_fail_at(1);
    text_add_n(&builder, large, sizeof large);
    mem_test_fail_at(0);
    assert_true(text_builder_failed(&builder));
    text_add(&builder, "lost");
    text_addf(&builder, "%d", 1);
    assert_string_equal(text_builder_text(&builder), "kept");
    text_builder_free(&builder);
    assert_false(text_builder_failed(&builder));

    mem_test_fail_at(1);
    text_add(&builder, "x");
    mem_test_fail_at(0);
    assert_true(text_builder_failed(&builder));
    assert_string_equal(text_builder_text(&builder), "");
    text_builder_free(&builder);
}

static void test_an_absurd_length_fails(void **state) {
    (void)state;
    text_builder builder = {0};
    text_add_n(&builder, "x", SIZE_MAX - 1);
    assert_true(text_builder_failed(&builder));
    text_builder_free(&builder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_builder_has_a_text),
        cmocka_unit_test(test_pieces_come_in_order),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_failure_is_sticky),
        cmocka_unit_test(test_an_absurd_length_fails),
    };
    return cmocka_run_group_tests_name("text_builder", tests, NULL, NULL);
}
