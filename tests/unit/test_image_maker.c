#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "file_tree.h"
#include "image_maker.h"
#include "parse/authenticode.h"
#include "parse/pe.h"
#include "parse/script_signature.h"

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

static bytes load(fixture *f, const char *path) {
    bytes content = {0};
    const maker_error error = {f->error, sizeof f->error};
    if (!file_load(at(f, path), &f->memory, &content, &error)) {
        fail_msg("%s", f->error);
    }
    return content;
}

static void expect_file(fixture *f, const char *path, const void *data, size_t size) {
    bytes content = load(f, path);
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

static void test_bases_are_applied_in_their_order(void **state) {
    fixture *f = *state;
    put(f, "one/files/a.txt", "one");
    put(f, "one/files/b.txt", "one");
    put(f, "two/files/b.txt", "two");
    put(f, "two/files/c.txt", "two");
    put(f, "top/image.json", "{\"base\": [\"../one\", \"../two\"]}");
    put(f, "top/files/c.txt", "top");
    make(f, "top");
    EXPECT_FILE(f, "out/a.txt", "one");
    EXPECT_FILE(f, "out/b.txt", "two");
    EXPECT_FILE(f, "out/c.txt", "top");
}

static signature_state state_of(fixture *f, bytes program) {
    signature_info signature = {0};
    fact why = {0};
    assert_true(authenticode_check(program.data, program.size, &f->memory, &signature, &why));
    return signature.state;
}

static void test_programs_are_as_described(void **state) {
    fixture *f = *state;
    put(f, "top/image.json",
        "{\"pe\": [{\"path\": \"bin/a.dll\", \"version\": \"2.0.9506.0\", \"product\": \"P\", \"dll\": true,"
        " \"managed\": true, \"signed\": true}, {\"path\": \"b.exe\"}]}");
    make(f, "top");
    bytes program = load(f, "out/bin/a.dll");
    pe_info info = {0};
    fact why = {0};
    assert_true(pe_read(program.data, program.size, &f->memory, &info, &why));
    assert_string_equal(pe_version_text(&f->memory, info.file_version), "2.0.9506.0");
    assert_string_equal(info.product_name, "P");
    assert_string_equal(info.original_filename, "a.dll");
    assert_true(info.is_dll && info.is_managed);
    assert_int_equal(state_of(f, program), SIGNATURE_MATCHES);
    program = load(f, "out/b.exe");
    assert_true(pe_read(program.data, program.size, &f->memory, &info, &why));
    assert_string_equal(pe_version_text(&f->memory, info.file_version), "1.0.0.0");
    assert_false(info.is_dll || info.is_managed);
    assert_int_equal(state_of(f, program), SIGNATURE_NONE);
}

static void test_programs_can_be_damaged(void **state) {
    fixture *f = *state;
    put(f, "top/image.json",
        "{\"pe\": [{\"path\": \"byte.dll\", \"dll\": true, \"signed\": true, \"damage\": \"byte\"},"
        " {\"path\": \"part.dll\", \"dll\": true, \"damage\": \"truncate\"},"
        " {\"path\": \"none.dll\", \"dll\": true, \"damage\": \"empty\"}]}");
    make(f, "top");
    assert_int_equal(state_of(f, load(f, "out/byte.dll")), SIGNATURE_DIFFERS);
    bytes part = load(f, "out/part.dll");
    pe_info info = {0};
    fact why = {0};
    assert_true(pe_read(part.data, part.size, &f->memory, &info, &why));
    assert_true(info.is_truncated);
    EXPECT_FILE(f, "out/none.dll", "");
}

static void test_scripts_can_be_signed(void **state) {
    fixture *f = *state;
    put(f, "top/image.json", "{\"sign_scripts\": [\"a.psm1\", \"a.ps1xml\"]}");
    put(f, "top/files/a.psm1", "function f { 1 }\r\n");
    put(f, "top/files/a.ps1xml", "<Configuration />\r\n");
    make(f, "top");
    static const char *const names[] = {"out/a.psm1", "out/a.ps1xml"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bytes script = load(f, names[i]);
        script_style style = SCRIPT_HASH;
        signature_info signature = {0};
        fact why = {0};
        assert_true(script_style_of(names[i], &style));
        assert_true(script_signature_check(script.data, script.size, style, &f->memory, &signature, &why));
        assert_int_equal(signature.state, SIGNATURE_MATCHES);
    }
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
        bytes hive = load(f, arena_printf(&f->memory, "out/Windows/System32/config/%s", names[i]));
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
        {"{\"base\": 1}", "base is no folder"},
        {"{\"base\": [\"../base\", {}]}", "base is no folder"},
        {"{\"remove\": [\"x\"]}", "the base has no x"},
        {"{\"folders\": [\"../x\"]}", "does not stay in the image"},
        {"{\"folders\": [\"/x\"]}", "does not stay in the image"},
        {"{\"utf16\": [\"x\"]}", "out"},
        {"{\"dirty\": [\"SAM\"]}", "a hive that is not made"},
        {"{\"pe\": [{\"path\": \"a.exe\", \"damage\": \"some\"}]}", "damage is"},
        {"{\"pe\": [{\"version\": \"1\"}]}", "path"},
        {"{\"pe\": [{\"path\": \"a.exe\", \"version\": \"1.2.3\"}]}", "is not four numbers"},
        {"{\"pe\": [{\"path\": \"a.exe\", \"version\": \"1.2.3.65536\"}]}", "is not four numbers"},
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
        TEST(test_bases_are_applied_in_their_order),
        TEST(test_programs_are_as_described),
        TEST(test_programs_can_be_damaged),
        TEST(test_scripts_can_be_signed),
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
