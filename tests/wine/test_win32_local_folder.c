/* A folder of this machine as a host that has files and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/local_folder.h"
#include "live_machine.h"

#include <string.h>
#include <windows.h>

#define FOLDER "C:\\Quelle \xC3\xBC"

static int prepare(void **state) {
    (void)live_open(state);
    live_machine *on = *state;
    (void)on->write->folder_make(on->machine, FOLDER);
    (void)on->write->folder_make(on->machine, FOLDER "\\en-US");
    store(FOLDER "\\Module.psd1", "@{}", 3);
    store(FOLDER "\\en-US\\help.xml", "<a/>", 4);
    return 0;
}

static bool note(void *user, const folder_entry *entry) {
    unsigned *seen = user;
    *seen += strcmp(entry->name, "Module.psd1") == 0 && entry->kind == FILE_REGULAR ? 1 : 0;
    *seen += strcmp(entry->name, "en-US") == 0 && entry->kind == FILE_FOLDER ? 10 : 0;
    return true;
}

static void its_files_are_those_of_drive_c(void **state) {
    live_machine *on = *state;
    host *folder = NULL;
    file_info info;
    bytes content;
    unsigned seen = 0;
    assert_int_equal(local_folder_open(&folder, FOLDER "\\"), MARS_OK);
    assert_null(folder->writer);
    assert_int_equal(folder->read->folder_each(folder, "C:\\", note, &seen, &on->memory, &on->why),
                     FACT_KNOWN);
    assert_int_equal(seen, 11);
    assert_int_equal(folder->read->file_info(folder, "C:\\module.PSD1", &on->memory, &info, &on->why),
                     FACT_KNOWN);
    assert_int_equal(info.size, 3);
    assert_int_equal(folder->read->file_read(folder, "C:\\en-US\\..\\en-US/help.xml", 0, 100, &on->memory,
                                             &content, &on->why),
                     FACT_KNOWN);
    assert_int_equal(content.size, 4);
    assert_memory_equal(content.data, "<a/>", 4);
    host_close(folder);
}

static void nothing_outside_of_it_is_read(void **state) {
    static const char *const paths[] = {"C:\\..\\windows\\system32\\kernel32.dll", "C:\\windows\\win.ini",
                                        "Z:\\etc\\passwd", "\\\\server\\share\\file", "Module.psd1"};
    live_machine *on = *state;
    host *folder = NULL;
    assert_int_equal(local_folder_open(&folder, FOLDER), MARS_OK);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        file_info info;
        assert_int_not_equal(folder->read->file_info(folder, paths[i], &on->memory, &info, &on->why),
                             FACT_KNOWN);
    }
    host_close(folder);
}

static void what_is_no_folder(void **state) {
    (void)state;
    host *folder = NULL;
    assert_int_equal(local_folder_open(&folder, "C:\\nowhere"), MARS_E_NOT_FOUND);
    assert_null(folder);
    assert_int_equal(local_folder_open(&folder, FOLDER "\\Module.psd1"), MARS_E_NOT_FOUND);
    assert_non_null(strstr(error_message(), "is not a folder"));
}

static void a_file(void **state) {
    live_machine *on = *state;
    bytes content;
    assert_int_equal(local_file_read(FOLDER "/Module.psd1", 3, &on->memory, &content), MARS_OK);
    assert_int_equal(content.size, 3);
    assert_memory_equal(content.data, "@{}", 3);
    assert_int_equal(local_file_read(FOLDER "\\Module.psd1", 2, &on->memory, &content), MARS_E_TOO_LARGE);
    assert_int_equal(local_file_read(FOLDER "\\none", 2, &on->memory, &content), MARS_E_NOT_FOUND);
    assert_int_equal(local_file_read("NUL", 2, &on->memory, &content), MARS_E_UNREADABLE);
    assert_int_not_equal(local_file_read(FOLDER, 2, &on->memory, &content), MARS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(its_files_are_those_of_drive_c, prepare, live_close),
        cmocka_unit_test_setup_teardown(nothing_outside_of_it_is_read, prepare, live_close),
        cmocka_unit_test_setup_teardown(what_is_no_folder, prepare, live_close),
        cmocka_unit_test_setup_teardown(a_file, prepare, live_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
