/* Hives that were made to hurt whoever reads them: one bin, laid out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "temp_image.h"

#include <stdlib.h>
#include <string.h>

enum {
    HIVE_SIZE = 8192,
    BASE = 4096,
    ROOT = 32,
    LIST = 160,
    VALUE = 320,
    DATA = 400,
    SECOND = 480,
    LAST = 4088
};

typedef struct fixture {
    temp_image image;
    uint8_t data[HIVE_SIZE];
} fixture;

static void put16(fixture *f, size_t at, unsigned number) {
    f->data[BASE + at] = (uint8_t)(number & 0xFF);
    f->data[BASE + at + 1] = (uint8_t)(number >> 8 & 0xFF);
}

static void put32(fixture *f, size_t at, uint32_t number) {
    put16(f, at, number & 0xFFFF);
    put16(f, at + 2, number >> 16);
}

/* An allocated cell; what follows it up to next is a free one. */
static void put_cell(fixture *f, size_t at, uint32_t size, size_t next, const char *id) {
    put32(f, at, 0 - size);
    memcpy(f->data + BASE + at + 4, id, strlen(id));
    if (at + size < next) {
        put32(f, at + size, (uint32_t)(next - at - size));
    }
}

static void put_key(fixture *f, size_t at, size_t next, char name) {
    put_cell(f, at, 88, next, "nk");
    put16(f, at + 6, 0x20);
    put16(f, at + 0x4C, 1);
    f->data[BASE + at + 0x50] = (uint8_t)name;
}

/* A root key R with the sub-key S, whose value v has eight bytes. */
static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    temp_image_make(&f->image);
    static const uint8_t bin[12] = {'h', 'b', 'i', 'n', 0, 0, 0, 0, 0, 16, 0, 0};
    memcpy(f->data + BASE, bin, sizeof bin);
    put_key(f, ROOT, LIST, 'R');
    put32(f, ROOT + 0x18, 1);
    put32(f, ROOT + 0x20, LIST);
    put_cell(f, LIST, 16, VALUE, "lh");
    put16(f, LIST + 6, 1);
    put32(f, LIST + 8, SECOND);
    put_cell(f, VALUE, 32, DATA, "vk");
    put16(f, VALUE + 6, 1);
    put32(f, VALUE + 8, 8);
    put32(f, VALUE + 12, DATA);
    put32(f, VALUE + 16, REGISTRY_BINARY);
    put16(f, VALUE + 0x14, 1);
    f->data[BASE + VALUE + 0x18] = 'v';
    put_cell(f, DATA, 16, DATA + 32, "abcdefgh");
    put_cell(f, DATA + 32, 8, SECOND, "");
    put32(f, DATA + 36, VALUE); /* the list of values */
    put_key(f, SECOND, LAST, 'S');
    put32(f, SECOND + 0x28, 1);
    put32(f, SECOND + 0x2C, DATA + 32);
    put_cell(f, LAST, 8, LAST, "");
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    temp_image_remove(&f->image);
    free(f);
    return 0;
}

static fact_state read_back(fixture *f) {
    uint8_t base[BASE] = {'r', 'e', 'g', 'f', [20] = 1, [24] = 5, [36] = ROOT, [41] = 16, [44] = 1};
    for (size_t i = 0; i < 508; i++) {
        base[508 + i % 4] ^= base[i];
    }
    memcpy(f->data, base, sizeof base);
    temp_image *image = &f->image;
    temp_image_file(image, TEMP_IMAGE_CONFIG "SOFTWARE", f->data, HIVE_SIZE);
    temp_image_open(image);
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\s"};
    registry_value value;
    fact_state state =
        image->machine->read->registry_read(image->machine, &path, "V", &image->memory, &value, &image->why);
    if (state == FACT_KNOWN) {
        assert_int_equal(value.data.size, 8);
        assert_memory_equal(value.data.data, "abcdefgh", 8);
    }
    return state;
}

static void expect_damage(fixture *f, const char *words) {
    assert_int_equal(read_back(f), FACT_UNKNOWN);
    assert_int_equal(f->image.why.reason, REASON_MALFORMED);
    if (strstr(f->image.why.detail, words) == NULL) {
        fail_msg("%s", f->image.why.detail);
    }
}

static void test_the_sound_hive(void **state) {
    assert_int_equal(read_back(*state), FACT_KNOWN);
}

static void test_a_key_at_the_end_of_the_file(void **state) {
    fixture *f = *state;
    memcpy(f->data + BASE + LAST + 4, "nk", 2); /* eight bytes: its fields would lie behind the file */
    put32(f, LIST + 8, LAST);
    expect_damage(f, "a key's cell is none");
}

static void test_a_value_at_the_end_of_the_file(void **state) {
    fixture *f = *state;
    memcpy(f->data + BASE + LAST + 4, "vk", 2);
    put32(f, DATA + 36, LAST);
    expect_damage(f, "a value's cell is none");
}

static void test_names_longer_than_their_cells(void **state) {
    fixture *f = *state;
    put16(f, SECOND + 0x4C, 0xFFFF);
    expect_damage(f, "a key's name is longer");
    put16(f, SECOND + 0x4C, 1);
    put16(f, VALUE + 6, 0xFFFF);
    expect_damage(f, "a value's name is longer");
}

static void test_lists_that_do_not_fit(void **state) {
    fixture *f = *state;
    put16(f, LIST + 6, 0xFFFF);
    expect_damage(f, "longer than its cell");
    put16(f, LIST + 6, 0);
    expect_damage(f, "number of sub-keys differs");
    put16(f, LIST + 6, 1);
    put32(f, ROOT + 0x18, 0xFFFFFFFF);
    expect_damage(f, "more sub-keys than the hive has room for");
    put32(f, ROOT + 0x18, 1);
    put32(f, SECOND + 0x28, 0x40000001);
    expect_damage(f, "more values than the hive has room for");
    put32(f, SECOND + 0x28, 2);
    expect_damage(f, "shorter than the key says");
}

static void test_a_list_of_itself(void **state) {
    fixture *f = *state;
    memcpy(f->data + BASE + LIST + 4, "ri", 2);
    put32(f, LIST + 8, LIST);
    expect_damage(f, "a list of keys is none");
}

static void test_offsets_out_of_the_hive(void **state) {
    fixture *f = *state;
    static const uint32_t offsets[] = {0xFFFFFFFF, 0xFFFFF000, 4096, 8192, 0x80000000, 4094, 1};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        put32(f, ROOT + 0x20, offsets[i]);
        expect_damage(f, "list");
        put32(f, ROOT + 0x20, LIST);
        put32(f, LIST + 8, offsets[i]);
        expect_damage(f, "key's cell");
        put32(f, LIST + 8, SECOND);
        put32(f, VALUE + 12, offsets[i]);
        expect_damage(f, "data are outside");
        put32(f, VALUE + 12, DATA);
    }
    assert_int_equal(read_back(f), FACT_KNOWN);
}

static void test_sizes_of_data(void **state) {
    fixture *f = *state;
    put32(f, VALUE + 8, 13);
    expect_damage(f, "longer than their cell");
    put32(f, VALUE + 8, 0x7FFFFFFF);
    expect_damage(f, "longer than their cell");
    put32(f, VALUE + 8, 0x80000005);
    expect_damage(f, "more than four bytes are inside");
}

/* A list of parts that is shorter than the record says would make hivex read behind it. */
static void test_big_data(void **state) {
    fixture *f = *state;
    memcpy(f->data + BASE + DATA + 4, "db", 2);
    put16(f, DATA + 6, 0xFFFF);
    put32(f, DATA + 8, LAST);
    put32(f, VALUE + 8, 20000);
    expect_damage(f, "list of a value's data is outside");
    put16(f, DATA + 6, 1);
    put32(f, LAST + 4, DATA + 32);
    expect_damage(f, "too short");
    put32(f, VALUE + 8, 16344 + 20000);
    put16(f, DATA + 6, 0);
    expect_damage(f, "shorter than it says");
}

static void test_links_between_keys_are_not_followed(void **state) {
    fixture *f = *state;
    put16(f, SECOND + 6, 0x30);
    assert_int_equal(read_back(f), FACT_UNKNOWN);
    assert_int_equal(f->image.why.reason, REASON_NOT_ON_HOST);
}

#define HIVE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        HIVE_TEST(test_the_sound_hive),
        HIVE_TEST(test_a_key_at_the_end_of_the_file),
        HIVE_TEST(test_a_value_at_the_end_of_the_file),
        HIVE_TEST(test_names_longer_than_their_cells),
        HIVE_TEST(test_lists_that_do_not_fit),
        HIVE_TEST(test_a_list_of_itself),
        HIVE_TEST(test_offsets_out_of_the_hive),
        HIVE_TEST(test_sizes_of_data),
        HIVE_TEST(test_big_data),
        HIVE_TEST(test_links_between_keys_are_not_followed),
    };
    return cmocka_run_group_tests_name("image cells", tests, NULL, NULL);
}
