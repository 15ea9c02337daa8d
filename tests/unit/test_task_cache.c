#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/instant.h"
#include "parse/task_cache.h"

#include <string.h>

static void put(uint8_t *data, size_t at, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        data[at + i] = (uint8_t)(value >> (8 * i) & 0xFF);
    }
}

static void fill(uint8_t data[36]) {
    memset(data, 0, 36);
    put(data, 0, 3, 4);
    put(data, 4, filetime_from_instant(1700000000), 8);
    put(data, 12, filetime_from_instant(1700003600), 8);
    put(data, 20, 1, 4);
    put(data, 24, 0x80041326, 4);
    put(data, 28, filetime_from_instant(1700001800), 8);
}

static void test_long_form(void **state) {
    (void)state;
    arena memory = {0};
    uint8_t data[36];
    task_dynamic_info info;
    fact why;
    fill(data);
    assert_true(task_dynamic_info_read(data, 36, "HKLM", &memory, &info, &why));
    assert_int_equal(why.state, FACT_KNOWN);
    assert_int_equal(info.registered.value, 1700000000);
    assert_int_equal(info.last_run.value, 1700003600);
    assert_int_equal(info.state.value, 1);
    assert_true(info.last_result.value == 0x80041326);
    assert_int_equal(info.last_success.value, 1700001800);
    assert_string_equal(info.last_success.fact.where, "HKLM");
    put(data, 28, 0, 8);
    assert_true(task_dynamic_info_read(data, 36, "HKLM", &memory, &info, &why));
    assert_int_equal(info.last_success.fact.state, FACT_ABSENT);
    arena_free(&memory);
}

static void test_short_form_and_never_run(void **state) {
    (void)state;
    arena memory = {0};
    uint8_t data[36];
    task_dynamic_info info;
    fact why;
    fill(data);
    put(data, 12, 0, 8);
    assert_true(task_dynamic_info_read(data, 28, NULL, &memory, &info, &why));
    assert_int_equal(info.last_run.fact.state, FACT_ABSENT);
    assert_int_equal(info.last_result.fact.state, FACT_ABSENT);
    assert_int_equal(info.last_success.fact.state, FACT_UNKNOWN);
    put(data, 12, UINT64_MAX, 8);
    assert_true(task_dynamic_info_read(data, 28, NULL, &memory, &info, &why));
    assert_int_equal(info.last_run.fact.state, FACT_UNKNOWN);
    arena_free(&memory);
}

static void test_other_forms_are_unknown(void **state) {
    (void)state;
    arena memory = {0};
    uint8_t data[64] = {0};
    task_dynamic_info info;
    fact why;
    fill(data);
    for (size_t size = 0; size <= sizeof data; size++) {
        bool good = task_dynamic_info_read(data, size, NULL, &memory, &info, &why);
        assert_int_equal(good, size == 28 || size == 36);
        assert_int_equal(why.state, good ? FACT_KNOWN : FACT_UNKNOWN);
    }
    data[0] = 4;
    assert_false(task_dynamic_info_read(data, 36, NULL, &memory, &info, &why));
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_form),
        cmocka_unit_test(test_short_form_and_never_run),
        cmocka_unit_test(test_other_forms_are_unknown),
    };
    return cmocka_run_group_tests_name("task_cache", tests, NULL, NULL);
}
