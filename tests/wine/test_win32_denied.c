/* What Windows refuses, to a process that is not elevated: whatever was asked is unknown, never absent or
 * good, and what is to be done is said. Wine refuses next to nothing, so that the calls are made to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "failing_calls.h"
#include "host/win32/win32.h"
#include "live_machine.h"

#include <string.h>

#define FOLDER   "C:\\mars denied"
#define FILE     FOLDER "\\file.txt"
#define JOURNALS "C:\\ProgramData\\MarsHealth"

static int open_machine(void **state) {
    (void)live_open(state);
    live_machine *on = *state;
    win32_of(on->machine)->elevated = false;
    (void)on->write->folder_make(on->machine, FOLDER);
    store(FILE, "text", 4);
    return 0;
}

static int close_machine(void **state) {
    calls_work();
    return live_close(state);
}

static void assert_is_denied(const fact *why) {
    assert_int_equal(why->state, FACT_UNKNOWN);
    assert_int_equal(why->reason, REASON_ACCESS_DENIED);
    assert_non_null(why->detail);
    assert_non_null(strstr(why->detail, "run elevated"));
}

static void assert_write_denied(mars_status status) {
    assert_int_equal(status, MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "access was denied; run elevated"));
}

/* ---- Files ---- */

static bool no_entry(void *user, const folder_entry *entry) {
    (void)user;
    fail_msg("%s was told", entry->name);
    return false;
}

static void files(void **state) {
    live_machine *on = *state;
    bytes content;
    file_info info;
    file_marks marks;
    call_fails("CreateFileW", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->file_read(on->machine, FILE, 0, 100, &on->memory, &content, &on->why),
                     FACT_UNKNOWN);
    assert_is_denied(&on->why);
    (void)on->read->file_marks(on->machine, FILE, &on->memory, &marks, &on->why);
    assert_is_denied(&marks.security.fact);
    assert_is_denied(&marks.zone.fact);
    calls_work();
    call_fails("GetFileAttributesW", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->file_info(on->machine, FILE, &on->memory, &info, &on->why), FACT_UNKNOWN);
    assert_is_denied(&on->why);
    calls_work();
    call_fails("FindFirstFileExW", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->folder_each(on->machine, FOLDER, no_entry, NULL, &on->memory, &on->why),
                     FACT_UNKNOWN);
    assert_is_denied(&on->why);
}

static void changing_files(void **state) {
    live_machine *on = *state;
    const bytes content = {.data = (const uint8_t *)"new", .size = 3};
    digest_value value;
    call_fails("CreateFileW", ERROR_ACCESS_DENIED);
    assert_write_denied(on->write->file_write(on->machine, FILE, content, NULL));
    assert_int_equal(on->write->file_digest(on->machine, FILE, &value), MARS_E_UNREADABLE);
    assert_non_null(strstr(error_message(), "run elevated"));
    calls_work();
    call_fails("CreateHardLinkW", ERROR_ACCESS_DENIED);
    assert_write_denied(on->write->file_keep(on->machine, FILE, FOLDER "\\kept"));
    calls_work();
    call_fails("CreateDirectoryW", ERROR_ACCESS_DENIED);
    assert_write_denied(on->write->folder_make(on->machine, FOLDER "\\new"));
}

/* Windows denies it also where a program has the file loaded. */
static void replacing_files(void **state) {
    live_machine *on = *state;
    const bytes content = {.data = (const uint8_t *)"new", .size = 3};
    call_fails("MoveFileExW", ERROR_ACCESS_DENIED);
    assert_write_denied(on->write->file_write(on->machine, FILE, content, NULL));
    win32_of(on->machine)->elevated = true;
    assert_int_equal(on->write->file_write(on->machine, FILE, content, NULL), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "a program may be using it, or the file's rights"));
    call_fails("MoveFileExW", ERROR_USER_MAPPED_FILE);
    assert_int_equal(on->write->file_write(on->machine, FILE, content, NULL), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "is in use"));
}

/* ---- Signatures ---- */

static void signatures(void **state) {
    live_machine *on = *state;
    const bytes content = {.data = (const uint8_t *)"MZ", .size = 2};
    file_trust trust;
    call_fails("CreateFileW", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->file_trust(on->machine, "Engine.dll", content, &on->memory, &trust, &on->why),
                     FACT_UNKNOWN);
    assert_is_denied(&on->why);
    assert_false(trust.trusted);
    calls_work();
    /* that there is no file to judge is not that there is no signature */
    call_fails("CreateFileW", ERROR_PATH_NOT_FOUND);
    assert_int_equal(on->read->file_trust(on->machine, "Engine.dll", content, &on->memory, &trust, &on->why),
                     FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_UNREADABLE);
}

/* ---- Services ---- */

static void services(void **state) {
    live_machine *on = *state;
    service_info info;
    text_list names;
    static const char *const calls[] = {"OpenSCManagerW", "OpenServiceW"};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        call_fails(calls[i], ERROR_ACCESS_DENIED);
        assert_int_equal(on->read->service_info(on->machine, "EventLog", &on->memory, &info, &on->why),
                         FACT_UNKNOWN);
        assert_is_denied(&on->why);
        assert_int_equal(on->read->service_dependents(on->machine, "EventLog", &on->memory, &names, &on->why),
                         FACT_UNKNOWN);
        assert_is_denied(&on->why);
        assert_write_denied(on->write->service_start(on->machine, "EventLog", 1));
        assert_write_denied(on->write->service_stop(on->machine, "EventLog", 1));
        calls_work();
    }
    call_fails("EnumServicesStatusExW", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->service_dependents(on->machine, "EventLog", &on->memory, &names, &on->why),
                     FACT_UNKNOWN);
    assert_is_denied(&on->why);
}

/* A service may let be asked one thing and not another. */
static void parts_of_a_service(void **state) {
    live_machine *on = *state;
    service_info info;
    service_config config;
    call_fails("QueryServiceConfigW", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->service_info(on->machine, "EventLog", &on->memory, &info, &on->why),
                     FACT_KNOWN);
    assert_is_denied(&info.start.fact);
    assert_is_denied(&info.account.fact);
    assert_int_equal(info.state.fact.state, FACT_KNOWN);
    assert_write_denied(on->write->service_config(on->machine, "EventLog", &config));
    calls_work();
    call_fails("QueryServiceStatusEx", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->service_info(on->machine, "EventLog", &on->memory, &info, &on->why),
                     FACT_KNOWN);
    assert_is_denied(&info.state.fact);
    assert_int_equal(info.start.fact.state, FACT_KNOWN);
}

/* ---- Volumes ---- */

static const volume_info *drive_c(live_machine *on) {
    volume_info_list volumes;
    assert_int_equal(on->read->volume_list(on->machine, &on->memory, &volumes, &on->why), FACT_KNOWN);
    for (size_t i = 0; i < volumes.count; i++) {
        if (strcmp(fact_text_or(&volumes.items[i].letter, ""), "C") == 0) {
            return &volumes.items[i];
        }
    }
    fail_msg("there is no drive C");
    return NULL;
}

static void volumes(void **state) {
    live_machine *on = *state;
    volume_info_list all;
    call_fails("GetVolumeInformationW", ERROR_ACCESS_DENIED);
    assert_is_denied(&drive_c(on)->file_system.fact);
    call_fails("GetDiskFreeSpaceExW", ERROR_ACCESS_DENIED);
    assert_is_denied(&drive_c(on)->free.fact);
    call_fails("CreateFileW",
               ERROR_ACCESS_DENIED); /* the chunk store; without that feature it is not asked for */
    assert_true(fact_is_false(&drive_c(on)->deduplicated));
    (void)tool(on, "reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\dedup /f");
    assert_is_denied(&drive_c(on)->deduplicated.fact);
    (void)tool(on, "reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\dedup /f");
    call_fails("FindFirstVolumeW", ERROR_ACCESS_DENIED);
    assert_int_equal(on->read->volume_list(on->machine, &on->memory, &all, &on->why), FACT_UNKNOWN);
    assert_is_denied(&on->why);
}

/* A letter that could not be asked for is not "none": volumes without one are not judged. */
static void letters_of_volumes(void **state) {
    static const DWORD errors[] = {ERROR_ACCESS_DENIED, ERROR_CRC, ERROR_FILE_NOT_FOUND, ERROR_MORE_DATA};
    live_machine *on = *state;
    volume_info_list all;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        call_fails("GetVolumePathNamesForVolumeNameW", errors[i]);
        assert_int_equal(on->read->volume_list(on->machine, &on->memory, &all, &on->why), FACT_KNOWN);
        assert_true(all.count > 0);
        for (size_t k = 0; k < all.count; k++) {
            assert_int_equal(all.items[k].letter.fact.state, FACT_UNKNOWN);
        }
    }
}

/* What BitLocker has locked shows no file system, as one that is not formatted. */
static void locked_volumes(void **state) {
    live_machine *on = *state;
    call_fails("GetVolumeInformationW", WIN32_LOCKED_BY_BITLOCKER);
    call_fails("GetDiskFreeSpaceExW", WIN32_LOCKED_BY_BITLOCKER);
    const volume_info *volume = drive_c(on);
    assert_int_equal(volume->file_system.fact.state, FACT_ABSENT);
    assert_int_equal(volume->label.fact.state, FACT_ABSENT);
    assert_int_equal(volume->free.fact.state, FACT_UNKNOWN);
    assert_non_null(strstr(volume->free.fact.detail, "BitLocker"));
}

/* ---- Console tools ---- */

static void console_tools(void **state) {
    enum { ELEVATION_REQUIRED = 740 };
    static const DWORD errors[] = {ERROR_ACCESS_DENIED, ELEVATION_REQUIRED};
    live_machine *on = *state;
    const char *text = NULL;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        call_fails("CreateProcessW", errors[i]);
        assert_int_equal(on->read->console(on->machine, console_tool_of(CONSOLE_SHADOW_STORAGE), &on->memory,
                                           &text, &on->why),
                         FACT_UNKNOWN);
        assert_is_denied(&on->why);
        assert_int_not_equal(on->write->shadow_resize(on->machine, "C:", "C:", 1), MARS_OK);
        assert_non_null(strstr(error_message(), "run elevated"));
    }
}

/* ---- Journals ---- */

/* Who is not elevated may not make a folder that belongs to the Administrators. */
static void journals(void **state) {
    static const DWORD errors[] = {ERROR_ACCESS_DENIED, ERROR_INVALID_OWNER};
    live_machine *on = *state;
    journal_place place;
    (void)DeleteFileW(L"" JOURNALS "\\lock");
    (void)RemoveDirectoryW(L"" JOURNALS);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        call_fails("CreateDirectoryW", errors[i]);
        assert_write_denied(on->write->journal_folder(on->machine, true, &on->memory, &place));
        assert_write_denied(on->write->lock(on->machine));
    }
}

/* ---- The caller's thread ---- */

/* Who the thread is may not even be asked: then it is left as it is. */
static void the_thread_stays_who_it_was(void **state) {
    (void)state;
    HANDLE token = NULL;
    assert_true(ImpersonateSelf(SecurityImpersonation));
    call_fails("OpenThreadToken", ERROR_ACCESS_DENIED);
    win32_privilege borrowed = win32_privilege_borrow(L"SeRestorePrivilege");
    win32_privilege_return(&borrowed);
    calls_work();
    assert_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    (void)CloseHandle(token);
    borrowed = win32_privilege_borrow(L"SeRestorePrivilege");
    assert_true(borrowed.lent);
    win32_privilege_return(&borrowed);
    assert_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    (void)CloseHandle(token);
    assert_true(RevertToSelf());
    borrowed = win32_privilege_borrow(L"SeRestorePrivilege");
    assert_true(borrowed.lent);
    win32_privilege_return(&borrowed);
    assert_false(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_machine, close_machine)
    const struct CMUnitTest tests[] = {
        TEST(files),         TEST(changing_files),     TEST(replacing_files),
        TEST(signatures),    TEST(services),           TEST(parts_of_a_service),
        TEST(volumes),       TEST(letters_of_volumes), TEST(locked_volumes),
        TEST(console_tools), TEST(journals),           TEST(the_thread_stays_who_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
