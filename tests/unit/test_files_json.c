#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/files_json.h"

#include <string.h>

static bool read(const char *text, arena *memory, files_json *out) {
    fact why;
    bool good = files_json_read((const uint8_t *)text, strlen(text), "files.json", memory, out, &why);
    assert_int_equal(why.state, good ? FACT_KNOWN : FACT_UNKNOWN);
    return good;
}

static void test_lookup(void **state) {
    (void)state;
    arena memory = {0};
    files_json files;
    assert_true(read("[{\"FullName\":\"D:\\\\Scratch\",\"Attributes\":\"Directory, "
                     "Compressed\",\"Sddl\":\"O:SY\",\"Zone\":null},"
                     "{\"FullName\":\"C:\\\\Ünï\\\\b.ps1\",\"Attributes\":32,\"Sddl\":null,\"Zone\":3},"
                     "{\"FullName\":\"C:\\\\a\",\"Attributes\":\"16416\"},"
                     "{\"FullName\":\"c:/A\",\"Attributes\":\"Sparkling\"}]",
                     &memory, &files));
    assert_int_equal(files.count, 3);
    const file_marks *scratch = files_json_find(&files, "d:/scratch/", &memory);
    assert_non_null(scratch);
    assert_int_equal(scratch->attributes.value, FILE_ATTR_DIRECTORY | FILE_ATTR_COMPRESSED);
    assert_string_equal(scratch->security.value, "O:SY");
    assert_int_equal(scratch->zone.fact.state, FACT_ABSENT);
    const file_marks *script = files_json_find(&files, "C:\\ÜNÏ\\B.PS1", &memory);
    assert_non_null(script);
    assert_int_equal(script->attributes.value, 32);
    assert_int_equal(script->security.fact.state, FACT_UNKNOWN);
    assert_int_equal(script->zone.value, 3);
    /* The last entry of a path counts. */
    const file_marks *last = files_json_find(&files, "C:\\a", &memory);
    assert_int_equal(last->attributes.fact.state, FACT_UNKNOWN);
    assert_int_equal(last->zone.fact.state, FACT_UNKNOWN);
    assert_null(files_json_find(&files, "C:\\b", &memory));
    arena_free(&memory);
}

static void test_one_object_and_none(void **state) {
    (void)state;
    arena memory = {0};
    files_json files;
    assert_true(read("{\"FullName\":\"C:\\\\\",\"Attributes\":22}", &memory, &files));
    assert_non_null(files_json_find(&files, "c:", &memory));
    assert_true(read("[]", &memory, &files));
    assert_null(files_json_find(&files, "c:", &memory));
    arena_free(&memory);
}

static void test_refused(void **state) {
    (void)state;
    const char *const texts[] = {"", "[{}]", "[{\"FullName\":null}]", "[{\"FullName\":\"\"}]", "{", "3"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        arena memory = {0};
        files_json files;
        assert_false(read(texts[i], &memory, &files));
        assert_int_equal(files.count, 0);
        arena_free(&memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_one_object_and_none),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("files_json", tests, NULL, NULL);
}
