#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_grow.h"
#include "temp_image.h"

#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WANTED = 1000 * 1000 };

static const char hive_path[] = TEMP_IMAGE_CONFIG "SOFTWARE";
static const char text[] = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID]\n"
                           "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows]\n\"Name\"=\"kept\"\n";

static int set_up(void **state) {
    (void)temp_image_set_up(state);
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SOFTWARE, text);
    return 0;
}

static const char *grow(temp_image *image, const char *key, char *error) {
    const char *path = temp_image_path(image, hive_path);
    return hive_grow(path, key, WANTED, error) ? NULL : error;
}

static fact_state read_text(temp_image *image, const char *key, const char *name, const char **out) {
    registry_path path = {.root = REGISTRY_MACHINE, .view = REGISTRY_64, .key = key};
    registry_value value;
    *out = "";
    fact_state state =
        image->machine->read->registry_read(image->machine, &path, name, &image->memory, &value, &image->why);
    assert_true(state != FACT_KNOWN || registry_value_text(&value, &image->memory, out));
    return state;
}

static void the_image_reads_old_and_new_keys(void **state) {
    temp_image *image = *state;
    char error[HIVE_ERROR_SIZE];
    assert_null(grow(image, "Classes\\CLSID", error));
    temp_image_open(image);
    const char *value = NULL;
    assert_int_equal(read_text(image, "SOFTWARE\\Microsoft\\Windows", "Name", &value), FACT_KNOWN);
    assert_string_equal(value, "kept");
    const char *server =
        "SOFTWARE\\Classes\\CLSID\\Group0000\\{00000007-5A1D-4C3B-9E70-00AA006D2EA4}\\InprocServer32";
    assert_int_equal(read_text(image, server, "ThreadingModel", &value), FACT_KNOWN);
    assert_string_equal(value, "Both");
    assert_int_equal(image->machine->warnings.count, 1); /* of the hive that it does not have, DEFAULT */
}

/* All below the key. NOLINTNEXTLINE(misc-no-recursion): the tree is four deep */
static size_t count_keys(hive_h *hive, hive_node_h key) {
    hive_node_h *children = hivex_node_children(hive, key);
    assert_non_null(children);
    size_t count = 0;
    for (; children[count] != 0; count++) {
    }
    size_t all = count;
    for (size_t i = 0; i < count; i++) {
        hive_value_h *values = hivex_node_values(hive, children[i]);
        assert_non_null(values);
        for (size_t v = 0; values[v] != 0; v++) {
            hive_type type;
            size_t size = 0;
            char *data = hivex_value_value(hive, values[v], &type, &size);
            assert_non_null(data);
            free(data);
        }
        free(values);
        all += count_keys(hive, children[i]);
    }
    free(children);
    return all;
}

static void hivex_walks_all_of_it(void **state) {
    temp_image *image = *state;
    char error[HIVE_ERROR_SIZE];
    assert_null(grow(image, "Classes\\CLSID", error));
    struct stat status;
    const char *path = temp_image_path(image, hive_path);
    assert_int_equal(stat(path, &status), 0);
    assert_in_range(status.st_size, WANTED, WANTED + 64 * 1024);
    hive_h *hive = hivex_open(path, 0);
    assert_non_null(hive);
    /* A class takes some 700 bytes for three keys. */
    assert_in_range(count_keys(hive, hivex_root(hive)), WANTED / 400, WANTED / 150);
    (void)hivex_close(hive);
}

static void a_key_with_sub_keys_or_none_is_refused(void **state) {
    char error[HIVE_ERROR_SIZE];
    assert_non_null(strstr(grow(*state, "Classes", error), "no key Classes without sub-keys"));
    assert_non_null(strstr(grow(*state, "Nothing", error), "no key Nothing without sub-keys"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_image_reads_old_and_new_keys, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(hivex_walks_all_of_it, set_up, temp_image_tear_down),
        cmocka_unit_test_setup_teardown(a_key_with_sub_keys_or_none_is_refused, set_up, temp_image_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
