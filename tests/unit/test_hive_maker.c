#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_maker.h"
#include "host/host.h"

#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AS_OF = 1772438400 }; /* 2026-03-02T08:00:00Z */
static const uint64_t as_of_filetime = 134169120000000000u;

typedef struct fixture {
    char path[64];
    char error[HIVE_ERROR_SIZE];
    hive_h *hive;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    (void)snprintf(f->path, sizeof f->path, "/tmp/hive-maker-XXXXXX");
    int file = mkstemp(f->path);
    assert_true(file >= 0);
    (void)close(file);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    if (f->hive != NULL) {
        (void)hivex_close(f->hive);
    }
    (void)unlink(f->path);
    free(f);
    return 0;
}

static const hive_options clean = {.as_of = AS_OF};

static void make(fixture *f, hive_kind kind, const char *text) {
    if (!hive_make(f->path, kind, text, &clean, f->error)) {
        fail_msg("%s", f->error);
    }
    f->hive = hivex_open(f->path, 0);
    assert_non_null(f->hive);
}

/* 0 if there is none. */
static hive_node_h node_at(fixture *f, const char *path) {
    hive_node_h node = hivex_root(f->hive);
    char copy[256];
    (void)snprintf(copy, sizeof copy, "%s", path);
    char *rest = NULL;
    for (char *name = strtok_r(copy, "\\", &rest); name != NULL && node != 0;
         name = strtok_r(NULL, "\\", &rest)) {
        node = hivex_node_get_child(f->hive, node, name);
    }
    return node;
}

static void expect(fixture *f, const char *path, const char *name, hive_type type, const void *data,
                   size_t size) {
    hive_node_h node = node_at(f, path);
    assert_true(node != 0);
    hive_value_h value = hivex_node_get_value(f->hive, node, name);
    assert_true(value != 0);
    hive_type actual_type = 0;
    size_t actual_size = 0;
    char *actual = hivex_value_value(f->hive, value, &actual_type, &actual_size);
    assert_non_null(actual);
    assert_int_equal(actual_type, type);
    assert_int_equal(actual_size, size);
    assert_memory_equal(actual, data, size);
    free(actual);
}

/* The bytes of a string literal without the terminator that C adds. */
#define EXPECT(f, path, name, type, literal) expect(f, path, name, type, literal, sizeof(literal) - 1)

static void test_every_kind_of_value(void **state) {
    fixture *f = *state;
    make(f, HIVE_SOFTWARE,
         "Windows Registry Editor Version 5.00\r\n\r\n"
         "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\B]\r\n"
         "@=\"d\"\r\n"
         "\"text\"=\"a\\\\\\\"\\n\" ; a comment\r\n"
         "\"n\\\\ame\"=dword:0001f00F\r\n"
         "\"bin\"=hex:01,ff, 2 , \\\r\n  ab,\\\r\n  cd\r\n"
         "\"none\"=hex(0):\r\n"
         "\"expand raw\"=hex(2):25,00\r\n"
         "\"quad\"=hex(b):01,02,03,04,05,06,07,08\r\n"
         "\"expand\"=str(2):\"%x\"\r\n"
         "\"multi\"=str(7):\"a\\0b\"\r\n"
         "\"multi empty\"=str(7):\"\"\r\n"
         "\"tail\"=str(1):\"a\\0b\"\r\n"
         "\"wide\"=\"\xD0\x96\xF0\x9F\x98\x80\"\r\n"
         "\"odd type\"=hex(ffff0012):00\r\n");
    const char *key = "A\\B";
    EXPECT(f, key, "", hive_t_REG_SZ, "d\0\0\0");
    EXPECT(f, key, "text", hive_t_REG_SZ, "a\0\\\0\"\0\n\0\0\0");
    EXPECT(f, key, "n\\ame", hive_t_REG_DWORD, "\x0F\xF0\x01\0");
    EXPECT(f, key, "bin", hive_t_REG_BINARY, "\x01\xFF\x02\xAB\xCD");
    EXPECT(f, key, "none", hive_t_REG_NONE, "");
    EXPECT(f, key, "expand raw", hive_t_REG_EXPAND_SZ, "%\0");
    EXPECT(f, key, "quad", hive_t_REG_QWORD, "\1\2\3\4\5\6\7\x08");
    EXPECT(f, key, "expand", hive_t_REG_EXPAND_SZ, "%\0x\0\0\0");
    EXPECT(f, key, "multi", hive_t_REG_MULTI_SZ, "a\0\0\0b\0\0\0\0\0");
    EXPECT(f, key, "multi empty", hive_t_REG_MULTI_SZ, "\0\0");
    EXPECT(f, key, "tail", hive_t_REG_SZ, "a\0\0\0b\0\0\0");
    EXPECT(f, key, "wide", hive_t_REG_SZ, "\x16\x04\x3D\xD8\x00\xDE\0\0");
    EXPECT(f, key, "odd type", (hive_type)0xFFFF0012, "\0");
}

static void test_utf16_text_is_read(void **state) {
    fixture *f = *state;
    static const char text[] = "[HKEY_USERS\\.DEFAULT\\K]\n\"a\"=dword:1\n";
    uint8_t wide[2 * sizeof text] = {0xFF, 0xFE};
    for (size_t i = 0; i < sizeof text - 1; i++) {
        wide[2 + 2 * i] = (uint8_t)text[i];
    }
    hive_maker *maker = hive_maker_new();
    assert_true(hive_maker_add(maker, "wide.reg", wide, sizeof wide, f->error));
    assert_true(hive_maker_write(maker, HIVE_DEFAULT, f->path, &clean, f->error));
    hive_maker_free(maker);
    f->hive = hivex_open(f->path, 0);
    EXPECT(f, "K", "a", hive_t_REG_DWORD, "\1\0\0\0");
}

static void test_names_outside_ascii(void **state) {
    fixture *f = *state;
    make(f, HIVE_SOFTWARE,
         "\xEF\xBB\xBF[HKEY_LOCAL_MACHINE\\SOFTWARE\\\xC3\xA4\\\xD0\x96]\n\"\xE4\xB8\xAD\"=dword:1\n");
    EXPECT(f, "\xC3\xA4\\\xD0\x96", "\xE4\xB8\xAD", hive_t_REG_DWORD, "\1\0\0\0");
}

static void test_later_texts_overlay(void **state) {
    fixture *f = *state;
    static const char first[] =
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"keep\"=dword:1\n\"change\"=dword:1\n\"drop\"=dword:1\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Gone\\Below]\n\"x\"=dword:1\n";
    static const char second[] =
        "[HKEY_LOCAL_MACHINE\\software\\a]\n\"CHANGE\"=dword:2\n\"drop\"=-\n\"absent\"=-\n"
        "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Gone]\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Never\\Was]\n";
    hive_maker *maker = hive_maker_new();
    assert_true(hive_maker_add(maker, "1.reg", first, sizeof first - 1, f->error));
    assert_true(hive_maker_add(maker, "2.reg", second, sizeof second - 1, f->error));
    assert_true(hive_maker_write(maker, HIVE_SOFTWARE, f->path, &clean, f->error));
    hive_maker_free(maker);
    f->hive = hivex_open(f->path, 0);
    EXPECT(f, "A", "keep", hive_t_REG_DWORD, "\1\0\0\0");
    EXPECT(f, "A", "change", hive_t_REG_DWORD, "\2\0\0\0");
    assert_int_equal(hivex_node_nr_values(f->hive, node_at(f, "A")), 2);
    assert_int_equal(hivex_node_nr_children(f->hive, hivex_root(f->hive)), 1);
}

static void test_control_set_and_select(void **state) {
    fixture *f = *state;
    make(f, HIVE_SYSTEM,
         "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS]\n\"Start\"=dword:3\n");
    EXPECT(f, "ControlSet001\\Services\\VSS", "Start", hive_t_REG_DWORD, "\3\0\0\0");
    EXPECT(f, "Select", "Current", hive_t_REG_DWORD, "\1\0\0\0");
    assert_int_equal(node_at(f, "CurrentControlSet"), 0);
}

static void test_own_select_is_kept(void **state) {
    fixture *f = *state;
    make(f, HIVE_SYSTEM, "[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\"Current\"=dword:2\n");
    EXPECT(f, "Select", "Current", hive_t_REG_DWORD, "\2\0\0\0");
    assert_int_equal(hivex_node_nr_values(f->hive, node_at(f, "Select")), 1);
}

static void test_key_times(void **state) {
    fixture *f = *state;
    make(f, HIVE_SOFTWARE,
         "; time: 2026-03-01T08:00:00Z\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\B]\n\"x\"=dword:1\n"
         "[HKEY_LOCAL_MACHINE\\SOFTWARE\\C]\n");
    assert_int_equal(hivex_node_timestamp(f->hive, node_at(f, "A\\B")), as_of_filetime - 864000000000u);
    assert_int_equal(hivex_node_timestamp(f->hive, node_at(f, "A")), as_of_filetime);
    assert_int_equal(hivex_node_timestamp(f->hive, node_at(f, "C")), as_of_filetime);
    assert_int_equal(hivex_node_timestamp(f->hive, hivex_root(f->hive)), as_of_filetime);
    assert_int_equal(hivex_last_modified(f->hive), as_of_filetime);
}

static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct stat info;
    assert_int_equal(fstat(fileno(file), &info), 0);
    *size = (size_t)info.st_size;
    uint8_t *data = malloc(*size);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    (void)fclose(file);
    return data;
}

static uint32_t number_at(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static const char many_keys[] =
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\b]\n\"x\"=\"a longer text than fits in the record itself\"\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\a\\c]\n\"y\"=hex:01,02,03,04,05,06,07\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\a\\B]\n@=\"\"\n";

static void test_same_input_gives_same_bytes(void **state) {
    fixture *f = *state;
    size_t sizes[2];
    uint8_t *files[2];
    for (int i = 0; i < 2; i++) {
        assert_true(hive_make(f->path, HIVE_SOFTWARE, many_keys, &clean, f->error));
        files[i] = read_file(f->path, &sizes[i]);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(files[0], files[1], sizes[0]);
    free(files[0]);
    free(files[1]);
}

static void test_base_block(void **state) {
    fixture *f = *state;
    for (int dirty = 0; dirty < 2; dirty++) {
        const hive_options options = {.as_of = AS_OF, .dirty = dirty != 0};
        assert_true(hive_make(f->path, HIVE_SOFTWARE, many_keys, &options, f->error));
        size_t size = 0;
        uint8_t *file = read_file(f->path, &size);
        assert_int_equal(number_at(file + 4) != number_at(file + 8), dirty);
        uint32_t sum = 0;
        for (size_t i = 0; i < 508; i += 4) {
            sum ^= number_at(file + i);
        }
        assert_int_equal(number_at(file + 508), sum);
        assert_int_equal(number_at(file + 40) + 4096, size);
        assert_memory_equal(file + 48, "S\0O\0F\0T\0W\0A\0R\0E\0\0", 18);
        free(file);
    }
}

static void test_errors_name_file_and_line(void **state) {
    fixture *f = *state;
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"\n\"a\"=dword:1\n", "x.reg:2: a value needs a key"},
        {"[HKEY_CURRENT_USER\\A]\n", "x.reg:1: the key lies in none"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWAREX\\A]\n", "x.reg:1: the key lies in none"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\n", "x.reg:1: a key's line must end"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\\\B]\n", "x.reg:1: a key's name cannot be empty"},
        {"[-HKEY_LOCAL_MACHINE\\SOFTWARE]\n", "x.reg:1: a hive's root"},
        {"[-HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=dword:1\n", "x.reg:2: a value needs a key"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\n\"a\"=dword:x\n", "x.reg:3: dword:"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=dword:123456789\n", "x.reg:2: dword:"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=hex:1,100\n", "x.reg:2: expected hex"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=hex:1,\\\n", "x.reg:2: a backslash must"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=\"b\n", "x.reg:2: the quoted text has no end"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=\"b\\q\"\n", "x.reg:2: unknown escape"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=str(3):\"b\"\n", "x.reg:2: str takes"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=\"b\"c\n", "x.reg:2: unexpected text"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"a\"=1\n", "x.reg:2: unknown kind"},
        {"; time: yesterday\n", "x.reg:1: a time comment needs"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n; time: 2026-03-02T08:00:00Z\n\"a\"=dword:1\n",
         "x.reg:3: a time comment belongs"},
        {"[HKEY_LOCAL_MACHINE\\SOFTWARE\\\xFF]\n", "x.reg:0: the text is neither"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hive_maker *maker = hive_maker_new();
        assert_false(hive_maker_add(maker, "x.reg", cases[i].text, strlen(cases[i].text), f->error));
        f->error[strlen(cases[i].error)] = '\0';
        assert_string_equal(f->error, cases[i].error);
        hive_maker_free(maker);
    }
}

static void test_what_hivex_cannot_write_is_refused(void **state) {
    fixture *f = *state;
    size_t size = 0;
    char *text = malloc(60000);
    assert_non_null(text);
    size += (size_t)snprintf(text, 60000, "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"big\"=hex:00");
    for (int i = 0; i < 16344; i++) {
        size += (size_t)snprintf(text + size, 60000 - size, ",00");
    }
    assert_false(hive_make(f->path, HIVE_SOFTWARE, text, &clean, f->error));
    assert_non_null(strstr(f->error, "value big of key A"));
    assert_int_equal(access(f->path, F_OK), -1);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_every_kind_of_value),
        TEST(test_utf16_text_is_read),
        TEST(test_names_outside_ascii),
        TEST(test_later_texts_overlay),
        TEST(test_control_set_and_select),
        TEST(test_own_select_is_kept),
        TEST(test_key_times),
        TEST(test_same_input_gives_same_bytes),
        TEST(test_base_block),
        TEST(test_errors_name_file_and_line),
        TEST(test_what_hivex_cannot_write_is_refused),
    };
    return cmocka_run_group_tests_name("hive_maker", tests, NULL, NULL);
}
