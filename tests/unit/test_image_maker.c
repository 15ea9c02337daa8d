#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "file_tree.h"
#include "image_maker.h"

#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AS_OF = 1772438400 }; /* 2026-03-02T08:00:00Z */

typedef struct fixture {
    char root[64]; /* holds the sources "base" and "top", and the image "out" */
    arena memory;
    char error[512];
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    (void)snprintf(f->root, sizeof f->root, "/tmp/image-maker-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    *state = f;
    return 0;
}

static const char *at(fixture *f, const char *path) {
    return arena_printf(&f->memory, "%s/%s", f->root, path);
}

static int tear_down(void **state) {
    fixture *f = *state;
    const maker_error error = {f->error, sizeof f->error};
    assert_true(tree_remove(f->root, &error));
    arena_free(&f->memory);
    free(f);
    return 0;
}

static void put(fixture *f, const char *path, const char *text) {
    const maker_error error = {f->error, sizeof f->error};
    assert_true(file_store(at(f, path), text, strlen(text), &error));
}

static void make(fixture *f, const char *source) {
    if (!image_make(at(f, source), at(f, "out"), f->error, sizeof f->error)) {
        fail_msg("%s", f->error);
    }
}

static void expect_file(fixture *f, const char *path, const void *data, size_t size) {
    const maker_error error = {f->error, sizeof f->error};
    bytes content = {0};
    if (!file_load(at(f, path), &f->memory, &content, &error)) {
        fail_msg("%s", f->error);
    }
    assert_int_equal(content.size, size);
    assert_memory_equal(content.data, data, size);
}
#define EXPECT_FILE(f, path, literal) expect_file(f, path, literal, sizeof(literal) - 1)

static void expect_absent(fixture *f, const char *path) {
    assert_int_equal(access(at(f, path), F_OK), -1);
}

static void expect_error(fixture *f, const char *source, const char *part) {
    assert_false(image_make(at(f, source), at(f, "out"), f->error, sizeof f->error));
    if (strstr(f->error, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, f->error);
    }
    expect_absent(f, "out");
}

static int64_t time_of(fixture *f, const char *path) {
    struct stat info;
    assert_int_equal(stat(at(f, path), &info), 0);
    return info.st_mtime;
}

static void put_base(fixture *f) {
    put(f, "base/image.json",
        "{\"utf16\": [\"Tasks\"], \"folders\": [\"Empty/Inside\"],"
        " \"pe\": [{\"path\": \"bin/a.exe\", \"version\": \"1.2.3.4\"}, {\"path\": \"bin/b.dll\", \"dll\": "
        "true}]}");
    put(f, "base/registry/1.reg", "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"from\"=\"1\"\n");
    put(f, "base/registry/2.reg", "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"from\"=\"2\"\n");
    put(f, "base/files/Tasks/t", "a\n");
    put(f, "base/files/plain.txt", "a\n");
    put(f, "base/files/gone/x.txt", "x");
}

static void test_source_becomes_an_image(void **state) {
    fixture *f = *state;
    put_base(f);
    make(f, "base");
    EXPECT_FILE(f, "out/plain.txt", "a\n");
    EXPECT_FILE(f, "out/Tasks/t",
                "\xFF\xFE"
                "a\0\r\0\n\0");
    assert_int_equal(access(at(f, "out/bin/a.exe"), F_OK), 0);
    assert_int_equal(access(at(f, "out/Empty/Inside"), F_OK), 0);
    static const char *const everything[] = {"out",
                                             "out/plain.txt",
                                             "out/Empty/Inside",
                                             "out/bin/a.exe",
                                             "out/Windows/System32/config/SYSTEM",
                                             "out/Tasks/t"};
    for (size_t i = 0; i < sizeof everything / sizeof everything[0]; i++) {
        assert_int_equal(time_of(f, everything[i]), AS_OF);
    }
}

static void test_registry_texts_apply_in_name_order(void **state) {
    fixture *f = *state;
    put_base(f);
    make(f, "base");
    hive_h *hive = hivex_open(at(f, "out/Windows/System32/config/SOFTWARE"), 0);
    assert_non_null(hive);
    hive_node_h node = hivex_node_get_child(hive, hivex_root(hive), "A");
    char *text = hivex_value_string(hive, hivex_node_get_value(hive, node, "from"));
    assert_string_equal(text, "2");
    free(text);
    (void)hivex_close(hive);
}

static void test_overlay_changes_its_base(void **state) {
    fixture *f = *state;
    put_base(f);
    put(f, "top/image.json",
        "{\"base\": \"../base\", \"as_of\": \"2026-03-03T08:00:00Z\", \"remove\": [\"gone\", \"bin/b.dll\"],"
        " \"times\": {\"plain.txt\": \"2026-03-01T08:00:00Z\"}}");
    put(f, "top/files/plain.txt", "b\n");
    put(f, "top/files/Tasks/t", "b\n");
    put(f, "top/files/bin/a.exe", "no program");
    make(f, "top");
    EXPECT_FILE(f, "out/plain.txt", "b\n");
    EXPECT_FILE(f, "out/Tasks/t",
                "\xFF\xFE"
                "b\0\r\0\n\0");
    EXPECT_FILE(f, "out/bin/a.exe", "no program");
    expect_absent(f, "out/gone");
    expect_absent(f, "out/bin/b.dll");
    assert_int_equal(time_of(f, "out/Tasks/t"), AS_OF + 86400);
    assert_int_equal(time_of(f, "out/plain.txt"), AS_OF - 86400);
}

static void test_text_in_another_encoding(void **state) {
    fixture *f = *state;
    put(f, "top/image.json", "{\"utf16\": [\"captures\"], \"encode\": {\"captures/a.txt\": \"CP866\"}}");
    put(f, "top/files/captures/a.txt", "\xD0\x96\n");
    put(f, "top/files/captures/b.txt", "");
    make(f, "top");
    EXPECT_FILE(f, "out/captures/a.txt", "\x86\r\n");
    EXPECT_FILE(f, "out/captures/b.txt", "\xFF\xFE");
}

static void test_character_that_the_encoding_lacks(void **state) {
    fixture *f = *state;
    put(f, "top/image.json", "{\"encode\": {\"a.txt\": \"CP437\"}}");
    put(f, "top/files/a.txt", "\xD0\x96\n");
    expect_error(f, "top", "a.txt: cannot be written as CP437");
}

static void test_dirty_hive(void **state) {
    fixture *f = *state;
    put(f, "top/image.json", "{\"dirty\": [\"SYSTEM\"]}");
    make(f, "top");
    static const char *const names[] = {"SYSTEM", "SOFTWARE"};
    for (int i = 0; i < 2; i++) {
        bytes hive = {0};
        const maker_error error = {f->error, sizeof f->error};
        const char *path = arena_printf(&f->memory, "%s/out/Windows/System32/config/%s", f->root, names[i]);
        assert_true(file_load(path, &f->memory, &hive, &error));
        assert_int_equal(memcmp(hive.data + 4, hive.data + 8, 4) != 0, i == 0);
    }
}

static void test_image_is_replaced_and_nothing_else(void **state) {
    fixture *f = *state;
    put_base(f);
    make(f, "base");
    put(f, "out/left over.txt", "");
    make(f, "base");
    expect_absent(f, "out/left over.txt");
    put(f, "mine/letter.txt", "dear");
    assert_false(image_make(at(f, "base"), at(f, "mine"), f->error, sizeof f->error));
    assert_non_null(strstr(f->error, "is no image"));
    EXPECT_FILE(f, "mine/letter.txt", "dear");
}

static void test_failure_keeps_the_old_image(void **state) {
    fixture *f = *state;
    put_base(f);
    make(f, "base");
    put(f, "base/registry/3.reg", "\nnonsense\n");
    assert_false(image_make(at(f, "base"), at(f, "out"), f->error, sizeof f->error));
    assert_non_null(strstr(f->error, "registry/3.reg:2: "));
    EXPECT_FILE(f, "out/plain.txt", "a\n");
}

static void test_wrong_descriptions(void **state) {
    fixture *f = *state;
    static const struct {
        const char *json;
        const char *error;
    } cases[] = {
        {"{\"as_off\": \"x\"}", "as_off"},
        {"{\"as_of\": \"2026\"}", "2026 is no time"},
        {"{", "image.json:1:"},
        {"{\"base\": \"../nowhere\"}", "nowhere: no such source folder"},
        {"{\"base\": \".\"}", "too many layers"},
        {"{\"remove\": [\"x\"]}", "the base has no x"},
        {"{\"folders\": [\"../x\"]}", "does not stay in the image"},
        {"{\"folders\": [\"/x\"]}", "does not stay in the image"},
        {"{\"utf16\": [\"x\"]}", "out"},
        {"{\"dirty\": [\"SAM\"]}", "a hive that is not made"},
        {"{\"pe\": [{\"path\": \"a.exe\", \"damage\": \"some\"}]}", "damage is"},
        {"{\"pe\": [{\"version\": \"1\"}]}", "path"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put(f, "top/image.json", cases[i].json);
        expect_error(f, "top", cases[i].error);
    }
}

static void test_more_bases_come_first(void **state) {
    fixture *f = *state;
    put(f, "one/files/a.txt", "1");
    put(f, "one/files/b.txt", "1");
    put(f, "two/files/b.txt", "2");
    put(f, "two/files/c.txt", "2");
    put(f, "top/files/c.txt", "3");
    const char *const bases[] = {at(f, "one"), at(f, "two")};
    assert_true(image_make_over(bases, 2, at(f, "top"), at(f, "out/"), f->error, sizeof f->error));
    EXPECT_FILE(f, "out/a.txt", "1");
    EXPECT_FILE(f, "out/b.txt", "2");
    EXPECT_FILE(f, "out/c.txt", "3");
}

static void test_example_images_can_be_made(void **state) {
    fixture *f = *state;
    static const char *const names[] = {"healthy", "broken"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *source = arena_printf(&f->memory, "%s/%s", EXAMPLE_IMAGES, names[i]);
        if (!image_make(source, at(f, "out"), f->error, sizeof f->error)) {
            fail_msg("%s", f->error);
        }
    }
    EXPECT_FILE(f,
                "out/Program Files/Microsoft Azure Recovery Services "
                "Agent/bin/Modules/MSOnlineBackup/MSOnlineBackup.Common.dll",
                "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_source_becomes_an_image),
        TEST(test_registry_texts_apply_in_name_order),
        TEST(test_overlay_changes_its_base),
        TEST(test_text_in_another_encoding),
        TEST(test_character_that_the_encoding_lacks),
        TEST(test_dirty_hive),
        TEST(test_image_is_replaced_and_nothing_else),
        TEST(test_failure_keeps_the_old_image),
        TEST(test_wrong_descriptions),
        TEST(test_more_bases_come_first),
        TEST(test_example_images_can_be_made),
    };
    return cmocka_run_group_tests_name("image_maker", tests, NULL, NULL);
}
