#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/base64.h"
#include "parse/der.h"

#include <string.h>

#define BYTES(...) ((bytes){(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})})

static void test_items_in_order(void **state) {
    (void)state;
    der_reader reader = der_over(BYTES(0x30, 0x03, 0x02, 0x01, 0x05, 0x04, 0x00));
    der_item item;
    assert_true(der_expect(&reader, DER_SEQUENCE, &item));
    assert_int_equal(item.whole.size, 5);
    der_reader inside = der_inside(&item);
    assert_false(der_optional(&inside, DER_OCTET_STRING, &item));
    assert_true(der_expect(&inside, DER_INTEGER, &item));
    assert_int_equal(item.content.data[0], 5);
    assert_false(der_next(&inside, &item));
    assert_false(inside.failed);
    assert_true(der_optional(&reader, DER_OCTET_STRING, &item));
    assert_int_equal(item.content.size, 0);
    assert_false(der_next(&reader, &item));
    assert_false(reader.failed);
}

static void test_long_length(void **state) {
    (void)state;
    uint8_t data[4 + 300] = {0x04, 0x82, 0x01, 0x2C};
    der_reader reader = der_over((bytes){data, sizeof data});
    der_item item;
    assert_true(der_next(&reader, &item));
    assert_int_equal(item.content.size, 300);
}

static void test_what_is_refused(void **state) {
    (void)state;
    const bytes bad[] = {
        BYTES(0x30),                                           /* no length */
        BYTES(0x04, 0x02, 0x00),                               /* too long */
        BYTES(0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x00),       /* far too long */
        BYTES(0x04, 0x85, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00), /* a length of five bytes */
        BYTES(0x04, 0x82, 0x00),                               /* a length cut off */
        BYTES(0x1F, 0x01, 0x00),                               /* a high tag number */
        BYTES(0x30, 0x80, 0x00, 0x00),                         /* indefinite */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        der_reader reader = der_over(bad[i]);
        der_item item;
        assert_false(der_next(&reader, &item));
        assert_true(reader.failed);
        assert_int_equal(reader.indefinite, bad[i].size > 1 && bad[i].data[1] == 0x80);
        assert_false(der_next(&reader, &item));
    }
}

static void test_another_tag_is_a_failure(void **state) {
    (void)state;
    der_reader reader = der_over(BYTES(0x02, 0x01, 0x05));
    der_item item;
    assert_false(der_expect(&reader, DER_OID, &item));
    assert_true(reader.failed);
}

static void test_base64(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *value; /* NULL: refused */
    } cases[] = {
        {"", ""},           {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"},    {" Zm9v\r\nYg==\t", "foob"},
        {"Zg=", NULL},      {"Zg", NULL},  {"Z===", NULL}, {"Zg==Zg==", NULL}, {"Zm9*", NULL},
        {"Zm9v====", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena memory = {0};
        bytes out;
        bool good = base64_decode(cases[i].text, strlen(cases[i].text), &memory, &out);
        assert_int_equal(good, cases[i].value != NULL);
        if (good) {
            assert_int_equal(out.size, strlen(cases[i].value));
            assert_memory_equal(out.data, cases[i].value, out.size);
        }
        arena_free(&memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items_in_order),  cmocka_unit_test(test_long_length),
        cmocka_unit_test(test_what_is_refused), cmocka_unit_test(test_another_tag_is_a_failure),
        cmocka_unit_test(test_base64),
    };
    return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
