/* Files of the machine we run on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/win32/wide.h"
#include "live_machine.h"

#include <stdio.h>
#include <string.h>

#define FOLDER   "C:\\mars files"
#define NEW_FILE FOLDER "\\~marshealth.new"
/* A folder on another volume, where there is one: Linux keeps it in memory. */
#define OTHER_VOLUME "Z:\\dev\\shm"

static bytes text_bytes(const char *text) {
    return (bytes){.data = (const uint8_t *)text, .size = strlen(text)};
}

static int open_folder(void **state) {
    (void)live_open(state);
    live_machine *on = *state;
    assert_int_equal(on->write->folder_make(on->machine, FOLDER), MARS_OK);
    store(FOLDER "\\old.txt", "old", 3);
    return 0;
}

/* Whatever a test left, with Wine's own commands. */
static int close_folder(void **state) {
    live_machine *on = *state;
    int ignored = 0;
    (void)tool_output(on, "cmd /c attrib -r \"" FOLDER "\\*\" /s", &ignored);
    (void)tool_output(on, "cmd /c rd /s /q \"" FOLDER "\"", &ignored);
    return live_close(state);
}

static fact_state info_of(live_machine *on, const char *path, file_info *out) {
    return on->read->file_info(on->machine, path, &on->memory, out, &on->why);
}

static bool is_there(live_machine *on, const char *path) {
    file_info info;
    return info_of(on, path, &info) == FACT_KNOWN;
}

static void assert_content(live_machine *on, const char *path, const char *content) {
    bytes data;
    assert_int_equal(on->read->file_read(on->machine, path, 0, 1000000, &on->memory, &data, &on->why),
                     FACT_KNOWN);
    assert_int_equal(data.size, strlen(content));
    assert_memory_equal(data.data, content, data.size);
}

static void assert_nothing_left(live_machine *on) {
    assert_false(is_there(on, NEW_FILE));
}

/* ---- Reading ---- */

static void what_is_there(void **state) {
    live_machine *on = *state;
    file_info info;
    int64_t now = 0;
    assert_int_equal(info_of(on, FOLDER "\\old.txt", &info), FACT_KNOWN);
    assert_int_equal(info.kind, FILE_REGULAR);
    assert_int_equal(info.size, 3);
    (void)on->read->now(on->machine, &on->memory, &now, &on->why);
    assert_in_range(now - info.modified, 0, 60);
    assert_int_equal(info_of(on, "c:/MARS files/OLD.TXT", &info), FACT_KNOWN);
    assert_string_equal(on->why.where, "C:\\MARS files\\OLD.TXT");
    assert_int_equal(info_of(on, FOLDER, &info), FACT_KNOWN);
    assert_int_equal(info.kind, FILE_FOLDER);
    assert_int_equal(info_of(on, "C:\\", &info), FACT_KNOWN);
    assert_int_equal(info.kind, FILE_FOLDER);
    assert_int_equal(info_of(on, FOLDER "\\none.txt", &info), FACT_ABSENT);
    assert_int_equal(info_of(on, FOLDER "\\none\\none.txt", &info), FACT_ABSENT);
    assert_int_equal(info_of(on, FOLDER "\\old.txt\\none.txt", &info), FACT_ABSENT);
    assert_int_equal(info_of(on, "Q:\\x", &info), FACT_ABSENT);
}

static void what_is_no_path(void **state) {
    live_machine *on = *state;
    file_info info;
    static const char *const wrong[] = {"old.txt",      "C:old.txt",   "",
                                        FOLDER "\\a:b", FOLDER "\\a*", "\\Windows"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(info_of(on, wrong[i], &info), FACT_UNKNOWN);
        assert_int_equal(on->why.reason, REASON_MALFORMED);
    }
    assert_int_equal(info_of(on, "\\\\server\\share\\x", &info), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_NOT_ON_HOST);
}

static void reading_is_bounded(void **state) {
    live_machine *on = *state;
    bytes data;
    const char *path = FOLDER "\\ten.txt";
    store(path, "0123456789", 10);
    assert_int_equal(on->read->file_read(on->machine, path, 0, 9, &on->memory, &data, &on->why),
                     FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_TOO_LARGE);
    assert_int_equal(on->read->file_read(on->machine, path, 4, 6, &on->memory, &data, &on->why), FACT_KNOWN);
    assert_int_equal(data.size, 6);
    assert_memory_equal(data.data, "456789", 6);
    assert_int_equal(on->read->file_read(on->machine, path, 100, 6, &on->memory, &data, &on->why),
                     FACT_KNOWN);
    assert_int_equal(data.size, 0);
    assert_int_equal(on->read->file_read(on->machine, FOLDER, 0, 6, &on->memory, &data, &on->why),
                     FACT_UNKNOWN);
    assert_int_equal(on->read->file_read(on->machine, FOLDER "\\none", 0, 6, &on->memory, &data, &on->why),
                     FACT_ABSENT);
}

static void an_exclusive_file_is_unknown(void **state) {
    live_machine *on = *state;
    bytes data;
    file_info info;
    HANDLE held = CreateFileW(L"" FOLDER "\\old.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    assert_ptr_not_equal(held, INVALID_HANDLE_VALUE);
    assert_int_equal(info_of(on, FOLDER "\\old.txt", &info), FACT_KNOWN);
    assert_int_equal(
        on->read->file_read(on->machine, FOLDER "\\old.txt", 0, 10, &on->memory, &data, &on->why),
        FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_UNREADABLE);
    assert_non_null(strstr(on->why.detail, "another program"));
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\old.txt", text_bytes("new"), NULL),
                     MARS_E_UNWRITABLE);
    (void)CloseHandle(held);
    assert_content(on, FOLDER "\\old.txt", "old");
    assert_nothing_left(on);
}

static void long_and_odd_names(void **state) {
    live_machine *on = *state;
    const char *path = FOLDER;
    for (int i = 0; i < 6; i++) {
        path = arena_printf(&on->memory, "%s\\%060d", path, i);
        assert_int_equal(on->write->folder_make(on->machine, path), MARS_OK);
    }
    path = arena_printf(&on->memory, "%s\\\xC3\xA4\xF0\x9F\x98\x80.txt", path);
    assert_true(strlen(path) > MAX_PATH);
    assert_int_equal(on->write->file_write(on->machine, path, text_bytes("deep"), NULL), MARS_OK);
    assert_content(on, path, "deep");
    file_info info;
    assert_int_equal(info_of(on, path, &info), FACT_KNOWN);
    for (int i = 0; i < 7; i++) { /* the commands of Wine cannot go so deep */
        assert_int_equal(on->write->file_remove(on->machine, path), MARS_OK);
        path = arena_text_n(&on->memory, path, (size_t)(strrchr(path, '\\') - path));
    }
}

typedef struct seen {
    size_t count;
    size_t folders;
    size_t stop_at;
} seen;

static bool see(void *user, const folder_entry *entry) {
    seen *all = user;
    all->count++;
    all->folders += entry->kind == FILE_FOLDER;
    assert_int_not_equal(entry->name[0], '.');
    return all->count != all->stop_at;
}

static void folders_are_streamed(void **state) {
    live_machine *on = *state;
    enum { FILES = 3000 };
    const char *folder = FOLDER "\\many";
    assert_int_equal(on->write->folder_make(on->machine, folder), MARS_OK);
    seen all = {0};
    assert_int_equal(on->read->folder_each(on->machine, folder, see, &all, &on->memory, &on->why),
                     FACT_KNOWN);
    assert_int_equal(all.count, 0);
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\many\\folder"), MARS_OK);
    for (int i = 0; i < FILES; i++) {
        store(arena_printf(&on->memory, "%s\\f%d", folder, i), "", 0);
    }
    assert_int_equal(on->read->folder_each(on->machine, folder, see, &all, &on->memory, &on->why),
                     FACT_KNOWN);
    assert_int_equal(all.count, FILES + 1);
    assert_int_equal(all.folders, 1);
    all = (seen){.stop_at = 5};
    assert_int_equal(on->read->folder_each(on->machine, folder, see, &all, &on->memory, &on->why),
                     FACT_KNOWN);
    assert_int_equal(all.count, 5);
    assert_int_equal(on->read->folder_each(on->machine, FOLDER "\\old.txt", see, &all, &on->memory, &on->why),
                     FACT_ABSENT);
    assert_int_equal(on->read->folder_each(on->machine, FOLDER "\\none", see, &all, &on->memory, &on->why),
                     FACT_ABSENT);
}

static void marks_are_told(void **state) {
    live_machine *on = *state;
    file_marks marks;
    (void)tool(on, "cmd /c attrib +r \"" FOLDER "\\old.txt\"");
    assert_int_equal(on->read->file_marks(on->machine, FOLDER "\\old.txt", &on->memory, &marks, &on->why),
                     FACT_KNOWN);
    assert_int_equal(marks.attributes.fact.state, FACT_KNOWN);
    assert_true((marks.attributes.value & FILE_ATTR_READONLY) != 0);
    assert_int_equal(marks.security.fact.state, FACT_KNOWN);
    assert_int_equal(strncmp(marks.security.value, "O:", 2), 0);
    assert_non_null(strstr(marks.security.value, "D:"));
    assert_int_equal(marks.zone.fact.state, FACT_ABSENT);
    assert_int_equal(on->read->file_marks(on->machine, FOLDER, &on->memory, &marks, &on->why), FACT_KNOWN);
    assert_true((marks.attributes.value & FILE_ATTR_DIRECTORY) != 0);
    assert_int_equal(on->read->file_marks(on->machine, FOLDER "\\none", &on->memory, &marks, &on->why),
                     FACT_ABSENT);
}

/* ---- Writing ---- */

static uint64_t number_of(const char *path) {
    arena memory = {0};
    BY_HANDLE_FILE_INFORMATION information;
    HANDLE file =
        CreateFileW(wide_path(&memory, path), 0, 7, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
    assert_true(GetFileInformationByHandle(file, &information));
    (void)CloseHandle(file);
    arena_free(&memory);
    return (uint64_t)information.nFileIndexHigh << 32 | information.nFileIndexLow;
}

static void files_are_written_whole(void **state) {
    live_machine *on = *state;
    uint64_t old = number_of(FOLDER "\\old.txt");
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\made.txt", text_bytes("made"), "aside"),
                     MARS_OK);
    assert_content(on, FOLDER "\\made.txt", "made");
    assert_false(is_there(on, FOLDER "\\aside"));
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\old.txt", text_bytes("new"), "old.aside"),
                     MARS_OK);
    assert_content(on, FOLDER "\\old.txt", "new");
    assert_content(on, FOLDER "\\old.aside", "old");
    assert_int_equal(number_of(FOLDER "\\old.aside"), old);
    assert_int_not_equal(number_of(FOLDER "\\old.txt"), old);
    /* an aside that is another file stands in the way, and nothing is changed */
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\old.txt", text_bytes("x"), "made.txt"),
                     MARS_E_REFUSED);
    assert_content(on, FOLDER "\\old.txt", "new");
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\none\\x", text_bytes("x"), NULL),
                     MARS_E_NOT_FOUND);
    assert_int_equal(on->write->file_write(on->machine, FOLDER, text_bytes("x"), NULL), MARS_E_REFUSED);
    assert_nothing_left(on);
}

static void what_was_left_is_taken_away(void **state) {
    live_machine *on = *state;
    store(NEW_FILE, "half", 4);
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\old.txt", text_bytes("new"), NULL),
                     MARS_OK);
    assert_content(on, FOLDER "\\old.txt", "new");
    assert_nothing_left(on);
    store(NEW_FILE, "half", 4);
    assert_int_equal(on->write->file_sweep(on->machine, FOLDER "\\old.txt"), MARS_OK);
    assert_nothing_left(on);
}

static void attributes_stay(void **state) {
    live_machine *on = *state;
    file_marks marks;
    (void)tool(on, "cmd /c attrib +r \"" FOLDER "\\old.txt\"");
    assert_int_equal(on->write->file_keep(on->machine, FOLDER "\\old.txt", FOLDER "\\kept.txt"), MARS_OK);
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\old.txt", text_bytes("new"), NULL),
                     MARS_OK);
    assert_content(on, FOLDER "\\old.txt", "new");
    (void)on->read->file_marks(on->machine, FOLDER "\\old.txt", &on->memory, &marks, &on->why);
    assert_true((marks.attributes.value & FILE_ATTR_READONLY) != 0);
    (void)on->read->file_marks(on->machine, FOLDER "\\kept.txt", &on->memory, &marks, &on->why);
    assert_true((marks.attributes.value & FILE_ATTR_READONLY) != 0);
    assert_int_equal(on->write->file_put_back(on->machine, FOLDER "\\kept.txt", FOLDER "\\old.txt"), MARS_OK);
    assert_content(on, FOLDER "\\old.txt", "old");
    (void)on->read->file_marks(on->machine, FOLDER "\\old.txt", &on->memory, &marks, &on->why);
    assert_true((marks.attributes.value & FILE_ATTR_READONLY) != 0);
    assert_int_equal(on->write->file_remove(on->machine, FOLDER "\\old.txt"), MARS_OK);
    assert_false(is_there(on, FOLDER "\\old.txt"));
}

static void kept_files_come_back(void **state) {
    live_machine *on = *state;
    const char *path = FOLDER "\\old.txt";
    const char *kept = FOLDER "\\keep\\1";
    uint64_t number = number_of(path);
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\keep"), MARS_OK);
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\keep"), MARS_OK); /* there already: fine */
    assert_int_equal(on->write->file_keep(on->machine, path, kept), MARS_OK);
    assert_int_equal(on->write->file_keep(on->machine, path, kept), MARS_OK); /* has it already: fine */
    assert_int_equal(number_of(kept), number);
    /* not changed since: only the second name goes */
    assert_int_equal(on->write->file_put_back(on->machine, kept, path), MARS_OK);
    assert_false(is_there(on, kept));
    assert_int_equal(number_of(path), number);
    /* changed */
    assert_int_equal(on->write->file_keep(on->machine, path, kept), MARS_OK);
    assert_int_equal(on->write->file_write(on->machine, path, text_bytes("new"), NULL), MARS_OK);
    assert_content(on, kept, "old");
    assert_int_equal(on->write->file_put_back(on->machine, kept, path), MARS_OK);
    assert_content(on, path, "old");
    assert_int_equal(number_of(path), number);
    /* gone */
    assert_int_equal(on->write->file_keep(on->machine, path, kept), MARS_OK);
    assert_int_equal(on->write->file_remove(on->machine, path), MARS_OK);
    assert_int_equal(on->write->file_remove(on->machine, path), MARS_OK);
    assert_int_equal(on->write->file_put_back(on->machine, kept, path), MARS_OK);
    assert_content(on, path, "old");
    assert_int_equal(on->write->file_keep(on->machine, FOLDER "\\none", kept), MARS_E_NOT_FOUND);
    store(kept, "another", 7);
    assert_int_equal(on->write->file_keep(on->machine, path, kept), MARS_E_REFUSED);
}

static void other_volumes_get_copies(void **state) {
    live_machine *on = *state;
    const char *kept = arena_printf(&on->memory, OTHER_VOLUME "\\marshealth-%lu", GetCurrentProcessId());
    file_info before;
    file_info after;
    if (!is_there(on, OTHER_VOLUME)) {
        skip();
    }
    assert_int_equal(info_of(on, FOLDER "\\old.txt", &before), FACT_KNOWN);
    assert_int_equal(on->write->file_keep(on->machine, FOLDER "\\old.txt", kept), MARS_OK);
    assert_content(on, kept, "old");
    assert_int_equal(on->write->file_write(on->machine, FOLDER "\\old.txt", text_bytes("new"), NULL),
                     MARS_OK);
    assert_int_equal(on->write->file_put_back(on->machine, kept, FOLDER "\\old.txt"), MARS_OK);
    assert_content(on, FOLDER "\\old.txt", "old");
    assert_int_equal(info_of(on, FOLDER "\\old.txt", &after), FACT_KNOWN);
    assert_int_equal(after.modified, before.modified);
    assert_false(is_there(on, kept));
    assert_nothing_left(on);
}

static bool is_readonly(live_machine *on, const char *path) {
    file_marks marks;
    (void)on->read->file_marks(on->machine, path, &on->memory, &marks, &on->why);
    return marks.attributes.fact.state == FACT_KNOWN && (marks.attributes.value & FILE_ATTR_READONLY) != 0;
}

/* Below one drive letter there may be several volumes: a file is found again on its own, not on the drive's.
 */
static void attributes_stay_below_a_mounted_volume(void **state) {
    live_machine *on = *state;
    const char *path = arena_printf(&on->memory, OTHER_VOLUME "\\marshealth-%lu", GetCurrentProcessId());
    const char *kept = arena_printf(&on->memory, "%s.kept", path);
    if (!is_there(on, OTHER_VOLUME)) {
        skip();
    }
    store(path, "old", 3);
    (void)tool(on, arena_printf(&on->memory, "cmd /c attrib +r %s", path));
    assert_int_equal(on->write->file_keep(on->machine, path, kept), MARS_OK);
    assert_int_equal(on->write->file_write(on->machine, path, text_bytes("new"), NULL), MARS_OK);
    bool stays = is_readonly(on, path) && is_readonly(on, kept);
    (void)tool(on, arena_printf(&on->memory, "cmd /c attrib -r %s*", path));
    assert_int_equal(on->write->file_remove(on->machine, kept), MARS_OK);
    assert_int_equal(on->write->file_remove(on->machine, path), MARS_OK);
    assert_int_equal(on->write->file_remove(on->machine, arena_printf(&on->memory, "%s.readonly", kept)),
                     MARS_OK);
    assert_true(stays);
}

/* Windows calls that denied; what helps is to end the program. */
static void a_library_that_is_loaded(void **state) {
    live_machine *on = *state;
    const char *path = FOLDER "\\loaded.dll";
    HMODULE library = NULL;
    (void)tool(on, arena_printf(&on->memory, "cmd /c copy /y \"%s\" \"%s\" >NUL",
                                tool_path(on, "task_server.dll"), path));
    library = LoadLibraryExW(L"" FOLDER "\\loaded.dll", NULL, DONT_RESOLVE_DLL_REFERENCES);
    assert_non_null(library);
    assert_int_equal(on->write->file_write(on->machine, path, text_bytes("new"), NULL), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "is in use"));
    assert_nothing_left(on);
    assert_true(FreeLibrary(library));
    assert_int_equal(on->write->file_write(on->machine, path, text_bytes("new"), NULL), MARS_OK);
    assert_content(on, path, "new");
}

static void names_change(void **state) {
    live_machine *on = *state;
    store(FOLDER "\\other.txt", "other", 5);
    assert_int_equal(on->write->file_rename(on->machine, FOLDER "\\old.txt", "other.txt"), MARS_E_REFUSED);
    assert_int_equal(on->write->file_rename(on->machine, FOLDER "\\old.txt", "..\\x"),
                     MARS_E_INVALID_ARGUMENT);
    assert_int_equal(on->write->file_rename(on->machine, FOLDER "\\old.txt", "renamed.txt"), MARS_OK);
    assert_content(on, FOLDER "\\renamed.txt", "old");
    assert_int_equal(on->write->file_rename(on->machine, FOLDER "\\old.txt", "again.txt"), MARS_E_NOT_FOUND);
    assert_int_equal(on->write->file_remove(on->machine, FOLDER), MARS_E_REFUSED); /* not empty */
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\other.txt"), MARS_E_REFUSED);
    assert_int_equal(on->write->folder_make(on->machine, FOLDER "\\none\\x"), MARS_E_NOT_FOUND);
}

static void digests(void **state) {
    live_machine *on = *state;
    digest_value value;
    digest_value whole;
    static char large[3 * 256 * 1024 + 5];
    store(FOLDER "\\old.txt", "abc", 3);
    assert_int_equal(on->write->file_digest(on->machine, FOLDER "\\old.txt", &value), MARS_OK);
    assert_string_equal(hex_lower(&on->memory, value.data, value.size),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    memset(large, 'x', sizeof large);
    store(FOLDER "\\large", large, sizeof large);
    assert_int_equal(on->write->file_digest(on->machine, FOLDER "\\large", &value), MARS_OK);
    assert_true(digest_of(DIGEST_SHA256, large, sizeof large, &whole));
    assert_true(digest_equal(&value, &whole));
    assert_int_equal(on->write->file_digest(on->machine, FOLDER "\\none", &value), MARS_E_NOT_FOUND);
    assert_int_equal(on->write->file_digest(on->machine, FOLDER, &value), MARS_E_REFUSED);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_folder, close_folder)
    const struct CMUnitTest tests[] = {
        TEST(what_is_there),
        TEST(what_is_no_path),
        TEST(reading_is_bounded),
        TEST(an_exclusive_file_is_unknown),
        TEST(long_and_odd_names),
        TEST(folders_are_streamed),
        TEST(marks_are_told),
        TEST(files_are_written_whole),
        TEST(what_was_left_is_taken_away),
        TEST(attributes_stay),
        TEST(kept_files_come_back),
        TEST(other_volumes_get_copies),
        TEST(attributes_stay_below_a_mounted_volume),
        TEST(a_library_that_is_loaded),
        TEST(names_change),
        TEST(digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
