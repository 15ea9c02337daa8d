/* Hives are read here without hivex, which so is a witness: both must see the same keys, values, data and
 * times, and refuse the same damage of bins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_grow.h"
#include "host/image/image_hive.h"
#include "temp_image.h"

#include <fcntl.h>
#include <hivex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char hive_path[] = TEMP_IMAGE_CONFIG "SOFTWARE";
static const char text[] =
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID]\n"
    "; time: 2026-03-01T00:00:00Z\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Some\\\xC3\x84rger \xD0\xB6]\n"
    "@=\"\"\n\"number\"=dword:00000007\n\"\xD0\xB6\"=\"text\"\n\"three\"=hex:01,02,03\n\"nothing\"=hex:\n"
    "\"many\"=hex(7):61,00,00,00,62,00,00,00,00,00\n\"big\"=hex(b):01,02,03,04,05,06,07,08\n";

typedef struct both {
    hive_h *witness;
    image_hive hive;
    arena memory;
    size_t keys;
    size_t values;
} both;

static int set_up(void **state) {
    (void)temp_image_set_up(state);
    temp_image_hive(*state, HIVE_SOFTWARE, text);
    return 0;
}

static bool open_here(temp_image *image, both *of) {
    int file = open(temp_image_path(image, hive_path), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    fact why;
    bool opened = image_hive_open(&of->hive, file, hive_path, &of->memory, &why);
    (void)close(file);
    return opened;
}

static void close_both(both *of) {
    image_hive_close(&of->hive);
    if (of->witness != NULL) {
        (void)hivex_close(of->witness);
    }
    arena_free(&of->memory);
}

static void expect_same_values(both *of, size_t key) {
    text_list names;
    fact why;
    assert_int_equal(image_hive_values(&of->hive, key, &of->memory, &names, &why), FACT_KNOWN);
    hive_value_h *values = hivex_node_values(of->witness, key);
    assert_non_null(values);
    for (size_t i = 0; i < names.count; i++) {
        registry_value value;
        hive_type type = hive_t_REG_NONE;
        size_t size = 0;
        assert_int_not_equal(values[i], 0);
        char *name = hivex_value_key(of->witness, values[i]);
        char *data = hivex_value_value(of->witness, values[i], &type, &size);
        assert_string_equal(names.items[i], name);
        assert_int_equal(image_hive_value(&of->hive, key, name, &of->memory, &value, &why), FACT_KNOWN);
        assert_int_equal(value.type, type);
        assert_int_equal(value.data.size, size);
        assert_true(size == 0 || memcmp(value.data.data, data, size) == 0);
        free(name);
        free(data);
        of->values++;
    }
    assert_int_equal(values[names.count], 0);
    free(values);
}

/* NOLINTNEXTLINE(misc-no-recursion): the trees are a few keys deep */
static void expect_same(both *of, size_t key) {
    text_list names;
    fact why;
    uint64_t time = 0;
    of->keys++;
    assert_int_equal(image_hive_time(&of->hive, key, &time, &why), FACT_KNOWN);
    assert_int_equal(time, hivex_node_timestamp(of->witness, key));
    expect_same_values(of, key);
    assert_int_equal(image_hive_keys(&of->hive, key, &of->memory, &names, &why), FACT_KNOWN);
    hive_node_h *children = hivex_node_children(of->witness, key);
    assert_non_null(children);
    for (size_t i = 0; i < names.count; i++) {
        size_t child = key;
        assert_int_equal(
            image_hive_child(&of->hive, names.items[i], strlen(names.items[i]), &of->memory, &child, &why),
            FACT_KNOWN);
        assert_int_equal(child, children[i]);
        expect_same(of, child);
    }
    assert_int_equal(children[names.count], 0);
    free(children);
}

static void expect_same_hive(temp_image *image, size_t keys, size_t values) {
    both of = {.witness = hivex_open(temp_image_path(image, hive_path), 0)};
    assert_non_null(of.witness);
    assert_true(open_here(image, &of));
    assert_int_equal(of.hive.header.root, hivex_root(of.witness));
    expect_same(&of, of.hive.header.root);
    assert_in_range(of.keys, keys, keys + keys / 2);
    assert_in_range(of.values, values, values + values / 2);
    close_both(&of);
}

static void test_a_small_hive(void **state) {
    expect_same_hive(*state, 5, 7);
}

static void test_a_large_hive(void **state) {
    temp_image *image = *state;
    char error[HIVE_ERROR_SIZE];
    assert_true(hive_grow(temp_image_path(image, hive_path), "Classes\\CLSID", 300000, error));
    expect_same_hive(image, 1000, 1500);
}

/* Any damage of the frame that bins and cells make. */
static void test_damaged_bins(void **state) {
    temp_image *image = *state;
    bytes whole = temp_image_bytes(image, hive_path);
    uint8_t *data = malloc(whole.size);
    size_t refused = 0;
    for (size_t at = 4096; at < whole.size; at += 4) {
        static const uint8_t damage[4] = {0x10, 0x02, 0, 0x80};
        memcpy(data, whole.data, whole.size);
        data[at + at / 4 % 4] ^= damage[at / 4 % 4] | 1;
        temp_image_file(image, hive_path, data, whole.size);
        both of = {.witness = hivex_open(temp_image_path(image, hive_path), 0)};
        bool opened = open_here(image, &of);
        if (opened != (of.witness != NULL)) {
            fail_msg("damage at 0x%zx: %s here", at, opened ? "opened" : "refused");
        }
        refused += !opened;
        close_both(&of);
    }
    assert_in_range(refused, 20, whole.size / 8);
    free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_small_hive, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(test_a_large_hive, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_bins, set_up, temp_image_tear_down),
    };
    return cmocka_run_group_tests_name("image hive", tests, NULL, NULL);
}
