/* Hives whose keys list much, whose values lie in several cells, or that are small and pretend so: laid out
 * by hand in one bin, because hivex writes none of this. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/image/image_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BASE = 4096,
    BIN_HEADER = 32,
    PART = 16344, /* what each cell of data but the last holds */
    LONGEST = 8 * 1000 * 1000,
    MILLION = 1000 * 1000,
    LEAF = 50000, /* keys in one list of them */
    MADE_SIZE = 6 * MILLION,
};

/* What is behind `at` is one free cell. */
typedef struct maker {
    uint8_t *data; /* room for MADE_SIZE */
    size_t at;
    size_t root;
} maker;

typedef struct opened {
    FILE *file;
    image_hive hive;
    arena memory;
    fact why;
} opened;

static void put16(maker *m, size_t at, unsigned number) {
    m->data[at] = (uint8_t)(number & 0xFF);
    m->data[at + 1] = (uint8_t)(number >> 8 & 0xFF);
}

static void put32(maker *m, size_t at, size_t number) {
    put16(m, at, number & 0xFFFF);
    put16(m, at + 2, number >> 16 & 0xFFFF);
}

static void put_link(maker *m, size_t at, size_t cell) {
    put32(m, at, cell - BASE);
}

/* An allocated cell with room for so many bytes. */
static size_t add_cell(maker *m, size_t room, const char *id) {
    size_t cell = m->at;
    size_t size = (4 + room + 7) / 8 * 8;
    m->at += size;
    assert_true(m->at + 8 <= MADE_SIZE);
    put32(m, cell, (uint32_t)(0 - size));
    memcpy(m->data + cell + 4, id, strlen(id));
    return cell;
}

static size_t add_key(maker *m, char name) {
    size_t key = add_cell(m, 80, "nk");
    put16(m, key + 6, 0x20);
    put32(m, key + 0x30, UINT32_MAX);
    put16(m, key + 0x4C, 1);
    m->data[key + 0x50] = (uint8_t)name;
    return key;
}

static size_t add_value(maker *m, char name, size_t size, size_t data) {
    size_t value = add_cell(m, 24, "vk");
    put16(m, value + 6, 1);
    put32(m, value + 8, size);
    put_link(m, value + 12, data);
    put32(m, value + 16, REGISTRY_BINARY);
    put16(m, value + 0x14, 1);
    m->data[value + 0x18] = (uint8_t)name;
    return value;
}

/* A list that leads to one value so often. */
static size_t add_values(maker *m, size_t value, size_t count) {
    size_t list = add_cell(m, 4 * count, "");
    for (size_t i = 0; i < count; i++) {
        put_link(m, list + 4 + 4 * i, value);
    }
    return list;
}

static void give_values(maker *m, size_t key, size_t list, size_t count) {
    put32(m, key + 0x28, count);
    put_link(m, key + 0x2C, list);
}

/* Lists that lead to one key so often. */
static void give_keys(maker *m, size_t key, size_t below, size_t count) {
    size_t leaves = (count + LEAF - 1) / LEAF;
    size_t list = add_cell(m, 4 + 4 * leaves, "ri");
    put16(m, list + 6, (unsigned)leaves);
    put32(m, key + 0x18, count);
    put_link(m, key + 0x20, list);
    for (size_t i = 0; i < leaves; i++) {
        size_t items = count < LEAF ? count : LEAF;
        size_t leaf = add_cell(m, 4 + 4 * items, "li");
        put16(m, leaf + 6, (unsigned)items);
        put_link(m, list + 8 + 4 * i, leaf);
        for (size_t j = 0; j < items; j++) {
            put_link(m, leaf + 8 + 4 * j, below);
        }
        count -= items;
    }
}

/* Data of so many bytes in so many parts, each of which leads to one cell with room for so many. */
static size_t add_data(maker *m, size_t parts, size_t room) {
    size_t record = add_cell(m, 8, "db");
    size_t list = add_cell(m, 4 * parts, "");
    size_t part = add_cell(m, room, "");
    put16(m, record + 6, (unsigned)parts);
    put_link(m, record + 8, list);
    for (size_t i = 0; i < parts; i++) {
        put_link(m, list + 4 + 4 * i, part);
    }
    return record;
}

static int set_up(void **state) {
    maker *m = calloc(1, sizeof *m);
    m->data = calloc(1, MADE_SIZE);
    m->at = BASE + BIN_HEADER;
    m->root = add_key(m, 'R');
    *state = m;
    return 0;
}

static int tear_down(void **state) {
    maker *m = *state;
    free(m->data);
    free(m);
    return 0;
}

/* Opens what was made as a file of that size, or as small a one as will do (0). */
static opened open_made(maker *m, size_t size) {
    size_t least = (m->at + 8 + BASE - 1) / BASE * BASE;
    size = size > least ? size / BASE * BASE : least;
    uint8_t base[BASE] = {'r', 'e', 'g', 'f', [20] = 1, [24] = 5, [44] = 1};
    memcpy(m->data, base, sizeof base);
    put_link(m, 0x24, m->root);
    put32(m, 0x28, size - BASE);
    for (size_t i = 0; i < 508; i++) {
        m->data[508 + i % 4] ^= m->data[i];
    }
    memcpy(m->data + BASE, "hbin", 4);
    put32(m, BASE + 8, size - BASE);
    put32(m, m->at, size - m->at);
    opened of = {.file = tmpfile()};
    assert_non_null(of.file);
    size_t made = m->at + 4;
    assert_int_equal(fwrite(m->data, 1, made, of.file), made);
    assert_int_equal(fflush(of.file), 0);
    assert_int_equal(ftruncate(fileno(of.file), (off_t)size), 0);
    if (!image_hive_open(&of.hive, fileno(of.file), "SOFTWARE", &of.memory, &of.why)) {
        fail_msg("%s", of.why.detail != NULL ? of.why.detail : "not opened");
    }
    return of;
}

static void close_opened(opened *of) {
    image_hive_close(&of->hive);
    arena_free(&of->memory);
    (void)fclose(of->file);
}

static void expect_reason(opened *of, fact_state state, unknown_reason reason, const char *words) {
    assert_int_equal(state, FACT_UNKNOWN);
    assert_int_equal(of->why.reason, reason);
    if (of->why.detail == NULL || strstr(of->why.detail, words) == NULL) {
        fail_msg("%s", of->why.detail != NULL ? of->why.detail : "(no detail)");
    }
}

static const char *compare(opened *of) {
    return hive_compare(of->hive.data, of->hive.data, NULL, &of->memory);
}

static fact_state read_value(opened *of, registry_value *value) {
    return image_hive_value(&of->hive, of->hive.header.root, "v", &of->memory, value, &of->why);
}

/* ---- Data ---- */

/* The root's value v: three parts, of which the second has so much room, and the last is full to its end. */
enum { LAST_PART = 1004 };
static void make_three_parts(maker *m, size_t second) {
    const size_t rooms[3] = {PART, second, LAST_PART};
    size_t record = add_cell(m, 8, "db");
    size_t list = add_cell(m, 12, "");
    put16(m, record + 6, 3);
    put_link(m, record + 8, list);
    for (size_t i = 0; i < 3; i++) {
        size_t part = add_cell(m, rooms[i], "");
        put_link(m, list + 4 + 4 * i, part);
        memset(m->data + part + 4, 'a' + (int)i, m->at - part - 4);
    }
    size_t value = add_value(m, 'v', 2 * PART + LAST_PART, record);
    give_values(m, m->root, add_values(m, value, 1), 1);
}

static void expect_three_parts(maker *m) {
    opened of = open_made(m, 0);
    registry_value value;
    assert_int_equal(read_value(&of, &value), FACT_KNOWN);
    assert_int_equal(value.data.size, 2 * PART + LAST_PART);
    for (size_t i = 0; i < value.data.size; i++) {
        if (value.data.data[i] != 'a' + i / PART) {
            fail_msg("byte %zu is %c", i, value.data.data[i]);
        }
    }
    assert_null(compare(&of));
    close_opened(&of);
}

static void test_data_in_parts(void **state) {
    make_three_parts(*state, PART);
    expect_three_parts(*state);
}

/* Windows takes no more than 16,344 bytes from a part, however large its cell is. */
static void test_a_part_with_too_much_room(void **state) {
    make_three_parts(*state, (size_t)PART + 64);
    expect_three_parts(*state);
}

static void expect_damaged_data(maker *m, const char *words) {
    opened of = open_made(m, 0);
    registry_value value;
    fact_state read = read_value(&of, &value);
    expect_reason(&of, read, REASON_MALFORMED, words);
    assert_non_null(strstr(compare(&of), words));
    close_opened(&of);
}

static void test_a_part_that_is_too_short(void **state) {
    make_three_parts(*state, PART - 8);
    expect_damaged_data(*state, "too short");
}

static void make_shared_parts(maker *m, size_t parts, size_t room, size_t values) {
    size_t value = add_value(m, 'v', LONGEST, add_data(m, parts, room));
    give_values(m, m->root, add_values(m, value, values), values);
}

/* Each of 65,535 parts begins where the others end: looking for it from the first one on took seconds. */
static void test_one_small_cell_as_all_parts(void **state) {
    make_shared_parts(*state, 65535, 128, 1);
    opened of = open_made(*state, 0);
    registry_value value;
    fact_state read = read_value(&of, &value);
    expect_reason(&of, read, REASON_MALFORMED, "too short");
    close_opened(&of);
}

/* Nothing says that parts must differ. What is written to must not say it of 8 MB in a file of 40 KB. */
static void test_one_full_cell_as_all_parts(void **state) {
    make_shared_parts(*state, LONGEST / PART + 1, PART, 1);
    opened of = open_made(*state, 0);
    registry_value value;
    assert_int_equal(read_value(&of, &value), FACT_KNOWN);
    assert_int_equal(value.data.size, LONGEST);
    assert_non_null(strstr(compare(&of), "share"));
    close_opened(&of);
}

/* ---- Lists ---- */

static void expect_values(maker *m, size_t size, size_t count) {
    opened of = open_made(m, size);
    text_list names;
    assert_int_equal(image_hive_values(&of.hive, of.hive.header.root, &of.memory, &names, &of.why),
                     FACT_KNOWN);
    assert_int_equal(names.count, count);
    close_opened(&of);
}

static void test_many_values(void **state) {
    maker *m = *state;
    size_t list = add_values(m, add_value(m, 'v', 0, BASE), MILLION + 1);
    size_t size = (size_t)25 * MILLION;
    give_values(m, m->root, list, 200000);
    expect_values(m, size, 200000);
    give_values(m, m->root, list, MILLION);
    expect_values(m, size, MILLION);
    give_values(m, m->root, list, MILLION + 1);
    opened of = open_made(m, size);
    text_list names;
    fact_state read = image_hive_values(&of.hive, m->root, &of.memory, &names, &of.why);
    expect_reason(&of, read, REASON_TOO_LARGE, "1000001 values");
    close_opened(&of);
    of = open_made(m, 0); /* which is smaller than so many values are */
    read = image_hive_values(&of.hive, m->root, &of.memory, &names, &of.why);
    expect_reason(&of, read, REASON_MALFORMED, "more values than the hive has room for");
    close_opened(&of);
}

static void test_many_keys(void **state) {
    maker *m = *state;
    give_keys(m, m->root, add_key(m, 'S'), 200000);
    opened of = open_made(m, (size_t)17 * MILLION);
    text_list names;
    assert_int_equal(image_hive_keys(&of.hive, m->root, &of.memory, &names, &of.why), FACT_KNOWN);
    assert_int_equal(names.count, 200000);
    close_opened(&of);
    of = open_made(m, 0);
    fact_state read = image_hive_keys(&of.hive, m->root, &of.memory, &names, &of.why);
    expect_reason(&of, read, REASON_MALFORMED, "more sub-keys than the hive has room for");
    close_opened(&of);
}

static void test_too_many_keys(void **state) {
    maker *m = *state;
    give_keys(m, m->root, add_key(m, 'S'), MILLION + 1);
    opened of = open_made(m, (size_t)81 * MILLION);
    text_list names;
    fact_state read = image_hive_keys(&of.hive, m->root, &of.memory, &names, &of.why);
    expect_reason(&of, read, REASON_TOO_LARGE, "1000001 sub-keys");
    close_opened(&of);
}

/* A list of keys that says less than the key does, or more, is damaged however long it is. */
static void test_lists_of_another_number(void **state) {
    maker *m = *state;
    give_keys(m, m->root, add_key(m, 'S'), (size_t)2 * LEAF);
    static const size_t declared[] = {2 * LEAF - 1, LEAF - 1, 2 * LEAF + 1};
    for (size_t i = 0; i < sizeof declared / sizeof declared[0]; i++) {
        put32(m, m->root + 0x18, declared[i]);
        opened of = open_made(m, (size_t)17 * MILLION);
        text_list names;
        fact_state read = image_hive_keys(&of.hive, m->root, &of.memory, &names, &of.why);
        expect_reason(&of, read, REASON_MALFORMED, "number of sub-keys differs");
        close_opened(&of);
    }
}

/* ---- What is compared before it is written to ---- */

/* So many keys below the root, each with so many values: of one list, or each its own. */
static void make_keys_with_values(maker *m, size_t keys, size_t values, bool shared) {
    size_t leaf = add_cell(m, 4 + 4 * keys, "li");
    size_t list = 0;
    put16(m, leaf + 6, (unsigned)keys);
    put32(m, m->root + 0x18, keys);
    put_link(m, m->root + 0x20, leaf);
    for (size_t i = 0; i < keys; i++) {
        size_t key = add_key(m, (char)('A' + i % 26));
        put_link(m, leaf + 8 + 4 * i, key);
        if (list == 0 || !shared) {
            list = add_cell(m, 4 * values, "");
            for (size_t j = 0; j < values; j++) {
                put_link(m, list + 4 + 4 * j, add_value(m, 'v', 0, BASE));
            }
        }
        give_values(m, key, list, values);
    }
}

static void test_keys_with_values_of_their_own(void **state) {
    make_keys_with_values(*state, 100, 500, false);
    opened of = open_made(*state, 0);
    assert_null(compare(&of));
    close_opened(&of);
}

static void test_keys_that_share_their_values(void **state) {
    make_keys_with_values(*state, 100, 500, true);
    opened of = open_made(*state, 0);
    assert_non_null(strstr(compare(&of), "share"));
    close_opened(&of);
}

/* 20,000 values of 8 MB each would be 160 GB to compare. */
static void test_values_that_share_their_data(void **state) {
    make_shared_parts(*state, LONGEST / PART + 1, PART, 20000);
    opened of = open_made(*state, MILLION);
    assert_non_null(strstr(compare(&of), "share"));
    close_opened(&of);
}

#define HIVE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        HIVE_TEST(test_data_in_parts),
        HIVE_TEST(test_a_part_with_too_much_room),
        HIVE_TEST(test_a_part_that_is_too_short),
        HIVE_TEST(test_one_small_cell_as_all_parts),
        HIVE_TEST(test_one_full_cell_as_all_parts),
        HIVE_TEST(test_many_values),
        HIVE_TEST(test_many_keys),
        HIVE_TEST(test_too_many_keys),
        HIVE_TEST(test_lists_of_another_number),
        HIVE_TEST(test_keys_with_values_of_their_own),
        HIVE_TEST(test_keys_that_share_their_values),
        HIVE_TEST(test_values_that_share_their_data),
    };
    return cmocka_run_group_tests_name("image big hive", tests, NULL, NULL);
}
