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

#include <errno.h>
#include <fcntl.h>
#include <hivex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* ---- Files that change ---- */

/* What goes wrong with the next reads; PIECE bytes are read at a time then. */
typedef enum read_fault { NO_FAULT, INTERRUPTED, CUT_OFF, WRITTEN_TO, FAILING } read_fault;
enum { PIECE = 5000 };
static read_fault fault;
static const char *fault_path;

/* In place of the C library's. */
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
ssize_t pread(int file, void *data, size_t size, off_t at) {
    static bool answered;
    answered = fault == INTERRUPTED && !answered;
    if (answered || fault == FAILING) {
        errno = answered ? EINTR : EIO;
        return -1;
    }
    if (fault == CUT_OFF && at > 0) {
        assert_int_equal(truncate(fault_path, 4096), 0);
    } else if (fault == WRITTEN_TO && at > 0) {
        const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
        assert_int_equal(utimensat(AT_FDCWD, fault_path, times, 0), 0);
    }
    return syscall(SYS_pread64, file, data, fault != NO_FAULT && size > PIECE ? PIECE : size, at);
}

static bool open_with(temp_image *image, both *of, read_fault with) {
    fault_path = temp_image_path(image, hive_path);
    fault = with;
    bool opened = open_here(image, of);
    fault = NO_FAULT;
    return opened;
}

static void test_reads_that_are_interrupted(void **state) {
    both of = {.witness = hivex_open(temp_image_path(*state, hive_path), 0)};
    assert_true(open_with(*state, &of, INTERRUPTED));
    expect_same(&of, of.hive.header.root);
    close_both(&of);
}

static void test_files_that_change_while_they_are_read(void **state) {
    static const read_fault faults[] = {FAILING, WRITTEN_TO, CUT_OFF};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        both of = {0};
        assert_false(open_with(*state, &of, faults[i]));
        assert_int_equal(of.hive.state.state, FACT_UNKNOWN);
        assert_int_equal(of.hive.state.reason, REASON_UNREADABLE);
        assert_true((of.hive.state.detail != NULL) == (faults[i] != FAILING));
        assert_null(of.hive.data.data);
        close_both(&of);
    }
}

/* What was checked stays as it is, whatever becomes of the file. */
static void test_files_that_change_afterwards(void **state) {
    temp_image *image = *state;
    const char *path = temp_image_path(image, hive_path);
    both of = {.witness = hivex_open(path, HIVEX_OPEN_WRITE)}; /* which has a copy too */
    assert_true(open_here(image, &of));
    bytes whole = temp_image_bytes(image, hive_path);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    for (size_t at = 0; at < whole.size; at += 4) {
        assert_int_equal(pwrite(file, "\xFF\xFF\xFF\x7F", 4, (off_t)at), 4);
    }
    expect_same(&of, of.hive.header.root);
    assert_int_equal(ftruncate(file, 0), 0);
    expect_same(&of, of.hive.header.root);
    (void)close(file);
    close_both(&of);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_small_hive, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(test_a_large_hive, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_bins, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(test_reads_that_are_interrupted, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(test_files_that_change_while_they_are_read, set_up,
                                        temp_image_tear_down),
        cmocka_unit_test_setup_teardown(test_files_that_change_afterwards, set_up, temp_image_tear_down),
    };
    return cmocka_run_group_tests_name("image hive", tests, NULL, NULL);
}
