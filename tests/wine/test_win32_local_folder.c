/* Folders and files that a person names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/local_folder.h"
#include "host/win32/wide.h"
#include "live_machine.h"

#include <stdio.h>
#include <string.h>

#define FOLDER "C:\\mars source"

static int make_folder(void **state) {
    (void)live_open(state);
    live_machine *on = *state;
    assert_int_equal(on->write->folder_make(on->machine, FOLDER), MARS_OK);
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\inner"), MARS_OK);
    store(FOLDER "\\ten.txt", "0123456789", 10);
    store(FOLDER "\\inner\\Deep.txt", "deep", 4);
    return 0;
}

static int remove_folder(void **state) {
    live_machine *on = *state;
    int ignored = 0;
    (void)tool_output(on, "cmd /c rd /s /q \"" FOLDER "\"", &ignored);
    return live_close(state);
}

static host *open_folder(const char *path) {
    host *folder = NULL;
    if (local_folder_open(&folder, path) != MARS_OK) {
        fail_msg("%s: %s", path, error_message());
    }
    return folder;
}

static void assert_refused(const char *path, mars_status expected) {
    host *folder = NULL;
    assert_int_equal(local_folder_open(&folder, path), expected);
    assert_null(folder);
    assert_non_null(strstr(error_message(), path));
}

static void assert_deep(live_machine *on, const char *path) {
    host *folder = open_folder(path);
    bytes data;
    assert_int_equal(
        folder->read->file_read(folder, "C:\\INNER\\deep.TXT", 0, 100, &on->memory, &data, &on->why),
        FACT_KNOWN);
    assert_int_equal(data.size, 4);
    assert_memory_equal(data.data, "deep", 4);
    assert_string_equal(on->why.where, "C:\\INNER\\deep.TXT");
    host_close(folder);
}

static void every_way_to_name_it(void **state) {
    live_machine *on = *state;
    assert_deep(on, FOLDER);
    assert_deep(on, FOLDER "\\");
    assert_deep(on, "c:/Mars Source/");
    assert_deep(on, "\\\\?\\" FOLDER);
    assert_deep(on, FOLDER "\\inner/..");
    assert_deep(on, "\\\\?\\" FOLDER "\\inner\\x/../..");
    assert_true(SetCurrentDirectoryW(L"" FOLDER "\\inner"));
    assert_deep(on, "..");
    assert_true(SetCurrentDirectoryW(L"" FOLDER));
    assert_deep(on, ".");
    assert_deep(on, "C:.");
    assert_true(SetCurrentDirectoryW(L"C:\\"));
    assert_deep(on, "mars source");
    host *drive = open_folder("C:\\");
    file_info info;
    assert_int_equal(drive->read->file_info(drive, "C:\\mars source\\ten.txt", &on->memory, &info, &on->why),
                     FACT_KNOWN);
    host_close(drive);
}

static void names_beyond_ascii(void **state) {
    live_machine *on = *state;
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\Quelle \xC3\xBC"), MARS_OK);
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\Quelle \xC3\xBC\\inner"), MARS_OK);
    store(FOLDER "\\Quelle \xC3\xBC\\inner\\deep.txt", "deep", 4);
    assert_deep(on, FOLDER "\\QUELLE \xC3\x9C");
}

/* Wine has no network shares; what would be asked of Windows is seen here. */
static void shares_are_named_without_a_limit(void **state) {
    live_machine *on = *state;
    static const struct {
        const char *given;
        const wchar_t *wide;
    } cases[] = {
        {"\\\\server\\share\\a\\..\\b", L"\\\\?\\UNC\\server\\share\\b"},
        {"//server/share/bin/Modules/MSOnlineBackup/../..", L"\\\\?\\UNC\\server\\share\\bin"},
        {"\\\\server\\share\\b/../..", L"\\\\?\\UNC\\server\\share\\"},
        {"\\\\?\\UNC\\server\\share\\b", L"\\\\?\\UNC\\server\\share\\b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const wchar_t *wide = wide_path(&on->memory, cases[i].given);
        assert_non_null(wide);
        assert_string_equal(text_from_wide(&on->memory, wide), text_from_wide(&on->memory, cases[i].wide));
    }
    host *folder = NULL;
    assert_int_not_equal(local_folder_open(&folder, "\\\\no-such-server\\share\\folder"), MARS_OK);
    assert_non_null(strstr(error_message(), "\\\\no-such-server\\share\\folder"));
}

static void what_is_no_folder(void **state) {
    (void)state;
    assert_refused(FOLDER "\\none", MARS_E_NOT_FOUND);
    assert_refused(FOLDER "\\none\\none", MARS_E_NOT_FOUND);
    assert_refused(FOLDER "\\ten.txt", MARS_E_NOT_FOUND);
    assert_refused(FOLDER "\\ten.txt\\none", MARS_E_NOT_FOUND);
    assert_refused("Q:\\folder", MARS_E_NOT_FOUND);
    assert_refused("", MARS_E_NOT_FOUND);
    assert_refused(FOLDER "\\a*b", MARS_E_NOT_FOUND);
}

static void only_what_is_below(void **state) {
    live_machine *on = *state;
    host *folder = open_folder(FOLDER "\\inner");
    file_info info;
    assert_int_equal(folder->read->file_info(folder, "C:\\..\\ten.txt", &on->memory, &info, &on->why),
                     FACT_ABSENT);
    assert_int_equal(folder->read->file_info(folder, "C:\\deep.txt\\x", &on->memory, &info, &on->why),
                     FACT_ABSENT);
    assert_int_equal(folder->read->file_info(folder, "D:\\deep.txt", &on->memory, &info, &on->why),
                     FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_NOT_ON_HOST);
    assert_int_equal(folder->read->file_info(folder, "C:\\", &on->memory, &info, &on->why), FACT_KNOWN);
    assert_int_equal(info.kind, FILE_FOLDER);
    static const char *const outside[] = {"C:\\..\\..\\windows\\win.ini", "Z:\\etc\\passwd",
                                          "\\\\server\\share\\x", "deep.txt"};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        assert_int_not_equal(folder->read->file_info(folder, outside[i], &on->memory, &info, &on->why),
                             FACT_KNOWN);
    }
    file_marks marks;
    assert_int_equal(folder->read->file_marks(folder, "C:\\deep.txt", &on->memory, &marks, &on->why),
                     FACT_UNKNOWN);
    assert_null(folder->writer);
    host_close(folder);
}

static void reading_is_bounded(void **state) {
    live_machine *on = *state;
    host *folder = open_folder(FOLDER);
    bytes data;
    assert_int_equal(folder->read->file_read(folder, "C:\\ten.txt", 0, 9, &on->memory, &data, &on->why),
                     FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_TOO_LARGE);
    assert_int_equal(folder->read->file_read(folder, "C:\\ten.txt", 4, 6, &on->memory, &data, &on->why),
                     FACT_KNOWN);
    assert_memory_equal(data.data, "456789", 6);
    host_close(folder);
}

static bool count_name(void *user, const folder_entry *entry) {
    int *counts = user;
    counts[entry->kind == FILE_FOLDER ? 0 : 1]++;
    return true;
}

static void names_are_streamed(void **state) {
    live_machine *on = *state;
    host *folder = open_folder(FOLDER);
    int counts[2] = {0};
    assert_int_equal(folder->read->folder_each(folder, "C:\\", count_name, counts, &on->memory, &on->why),
                     FACT_KNOWN);
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[1], 1);
    assert_int_equal(
        folder->read->folder_each(folder, "C:\\ten.txt", count_name, counts, &on->memory, &on->why),
        FACT_ABSENT);
    host_close(folder);
}

/* As in a folder where case counts: Linux' way to the prefix is such a one. False where there is no prefix.
 */
static bool make_exactly(live_machine *on, const char *below_drive) {
    const wchar_t *prefix = _wgetenv(L"WINEPREFIX");
    if (prefix == NULL) {
        return false;
    }
    char path[1024];
    int length = snprintf(path, sizeof path, "\\\\?\\unix%s\\drive_c\\%s",
                          text_from_wide(&on->memory, prefix), below_drive);
    assert_in_range(length, 1, sizeof path - 1);
    for (char *c = strchr(path, '/'); c != NULL; c = strchr(c, '/')) {
        *c = '\\';
    }
    store(path, "10", 2);
    return true;
}

static void names_that_differ_by_case(void **state) {
    live_machine *on = *state;
    if (!make_exactly(on, "mars source\\TEN.txt")) {
        skip();
    }
    host *folder = open_folder(FOLDER);
    file_info info;
    bytes data;
    assert_int_equal(folder->read->file_info(folder, "C:\\ten.txt", &on->memory, &info, &on->why),
                     FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_AMBIGUOUS);
    assert_int_equal(folder->read->file_read(folder, "C:\\ten.txt", 0, 10, &on->memory, &data, &on->why),
                     FACT_UNKNOWN);
    assert_deep(on, FOLDER);
    host_close(folder);
}

static void a_file_is_read(void **state) {
    live_machine *on = *state;
    bytes data;
    assert_int_equal(local_file_read(FOLDER "/ten.txt", 10, &on->memory, &data), MARS_OK);
    assert_int_equal(data.size, 10);
    assert_memory_equal(data.data, "0123456789", 10);
    assert_int_equal(local_file_read(FOLDER "\\ten.txt", 9, &on->memory, &data), MARS_E_TOO_LARGE);
    assert_int_equal(local_file_read(FOLDER "\\none.txt", 9, &on->memory, &data), MARS_E_NOT_FOUND);
    assert_int_equal(local_file_read("", 9, &on->memory, &data), MARS_E_NOT_FOUND);
    assert_int_equal(local_file_read(FOLDER, 9, &on->memory, &data), MARS_E_UNREADABLE);
    assert_non_null(strstr(error_message(), "not a regular file"));
    assert_int_equal(local_file_read("NUL", 9, &on->memory, &data), MARS_E_UNREADABLE);
    HANDLE held = CreateFileW(L"" FOLDER "\\ten.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    assert_int_equal(local_file_read(FOLDER "\\ten.txt", 10, &on->memory, &data), MARS_E_UNREADABLE);
    (void)CloseHandle(held);
    held = CreateFileW(L"" FOLDER "\\ten.txt", GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    assert_int_equal(local_file_read(FOLDER "\\ten.txt", 10, &on->memory, &data), MARS_OK);
    (void)CloseHandle(held);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(every_way_to_name_it), TEST(shares_are_named_without_a_limit),
        TEST(names_beyond_ascii),   TEST(what_is_no_folder),
        TEST(only_what_is_below),   TEST(reading_is_bounded),
        TEST(names_are_streamed),   TEST(names_that_differ_by_case),
        TEST(a_file_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
