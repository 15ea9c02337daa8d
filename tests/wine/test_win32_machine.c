/* The machine itself, its volumes, and where its journals are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/win32/win32.h"
#include "live_machine.h"
#include "repair/journal_storage.h"
#include "wrapped_call.h"

#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>
#include <string.h>

#define JOURNALS "C:\\ProgramData\\MarsHealth"

static void what_the_host_says(void **state) {
    live_machine *on = *state;
    bool elevated = false;
    int64_t now = 0;
    FILETIME time;
    assert_true((on->machine->capabilities & HOST_LIVE) != 0);
    assert_string_equal(on->machine->source_kind, "live");
    assert_string_equal(on->machine->system_drive, "C:");
    assert_true(on->machine->source_name[0] != '\0');
    assert_int_equal(on->read->elevated(on->machine, &on->memory, &elevated, &on->why), FACT_KNOWN);
    assert_true(elevated); /* as every program of Wine's is by default */
    assert_int_equal(on->machine->warnings.count, 0);
    GetSystemTimeAsFileTime(&time);
    assert_int_equal(on->read->now(on->machine, &on->memory, &now, &on->why), FACT_KNOWN);
    int64_t expected =
        (int64_t)(((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) / 10000000) - 11644473600;
    assert_in_range(expected - now + 5, 0, 10);
}

static void volumes_are_told(void **state) {
    live_machine *on = *state;
    volume_info_list volumes;
    bool found = false;
    assert_int_equal(on->read->volume_list(on->machine, &on->memory, &volumes, &on->why), FACT_KNOWN);
    for (size_t i = 0; i < volumes.count; i++) {
        const volume_info *volume = &volumes.items[i];
        assert_int_equal(strncmp(fact_text_or(&volume->path, ""), "\\\\?\\Volume{", 11), 0);
        if (strcmp(fact_text_or(&volume->letter, ""), "C") == 0) {
            found = true;
            assert_string_equal(fact_text_or(&volume->drive_type, ""), "Fixed");
            assert_int_equal(volume->file_system.fact.state, FACT_KNOWN);
            assert_int_equal(volume->size.fact.state, FACT_KNOWN);
            assert_int_equal(volume->free.fact.state, FACT_KNOWN);
            assert_in_range(volume->free.value, 1, volume->size.value);
            assert_true(fact_is_false(&volume->deduplicated)); /* Windows has that feature only on request */
        }
    }
    assert_true(found);
}

/* ---- The volume of a file ---- */

static fact_state volume_of(live_machine *on, const char *path, file_volume *out) {
    return on->read->volume_of(on->machine, path, &on->memory, out, &on->why);
}

static void a_file_is_on_its_drive(void **state) {
    live_machine *on = *state;
    volume_info_list volumes;
    file_volume found;
    const char *drive_c = "";
    assert_int_equal(on->read->volume_list(on->machine, &on->memory, &volumes, &on->why), FACT_KNOWN);
    for (size_t i = 0; i < volumes.count; i++) {
        bool is_c = strcmp(fact_text_or(&volumes.items[i].letter, ""), "C") == 0;
        drive_c = is_c ? volumes.items[i].path.value : drive_c;
    }
    static const char *const paths[] = {"C:\\", "c:\\windows\\system32", "C:\\none\\of\\these"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_int_equal(volume_of(on, paths[i], &found), FACT_KNOWN);
        assert_string_equal(found.path, drive_c);
        assert_int_equal(strlen(found.mount_point), strlen("C:\\"));
    }
    assert_int_equal(volume_of(on, "no path", &found), FACT_UNKNOWN);
}

/* Wine knows no volume that is mounted into a folder. */
static bool is_mounted;
static BOOL(WINAPI *real_path_name)(LPCWSTR, LPWSTR, DWORD);
static BOOL WINAPI path_name(LPCWSTR path, LPWSTR out, DWORD room) {
    static const wchar_t mounted[] = L"\\\\?\\C:\\windows\\";
    if (!is_mounted || wcsncmp(path, mounted, wcslen(mounted)) != 0) {
        return real_path_name(path, out, room);
    }
    assert_true(room > wcslen(mounted));
    memcpy(out, mounted, sizeof mounted);
    return TRUE;
}

static BOOL(WINAPI *real_volume_name)(LPCWSTR, LPWSTR, DWORD);
static BOOL WINAPI volume_name(LPCWSTR mount_point, LPWSTR out, DWORD room) {
    static const wchar_t volume[] = L"\\\\?\\Volume{00000000-0000-0000-0000-000000000007}\\";
    if (!is_mounted || wcscmp(mount_point, L"\\\\?\\C:\\windows\\") != 0) {
        return real_volume_name(mount_point, out, room);
    }
    assert_true(room > wcslen(volume));
    memcpy(out, volume, sizeof volume);
    return TRUE;
}

static void a_file_is_on_the_volume_mounted_there(void **state) {
    static const wrapped_call calls[] = {
        {"GetVolumePathNameW", (FARPROC)(void (*)(void))path_name, (FARPROC *)(void *)&real_path_name},
        {"GetVolumeNameForVolumeMountPointW", (FARPROC)(void (*)(void))volume_name,
         (FARPROC *)(void *)&real_volume_name},
    };
    live_machine *on = *state;
    file_volume found;
    wrap_call(&calls[0]);
    wrap_call(&calls[1]);
    is_mounted = true;
    fact_state told = volume_of(on, "C:\\windows\\system32\\x", &found);
    is_mounted = false;
    assert_int_equal(told, FACT_KNOWN);
    assert_string_equal(found.path, "\\\\?\\Volume{00000000-0000-0000-0000-000000000007}\\");
    assert_string_equal(found.mount_point, "C:\\windows\\");
}

/* ---- Answers ---- */

static const DWORD denied = ERROR_ACCESS_DENIED;
static const DWORD no_path = ERROR_PATH_NOT_FOUND;
static const DWORD broken = ERROR_CRC;
static const DWORD full = ERROR_DISK_FULL;

static void errors_say_what_to_do(void **state) {
    live_machine *on = *state;
    win32_host *self = win32_of(on->machine);
    self->elevated = false;
    assert_int_equal(win32_failure(self, denied, "x", &on->memory, &on->why), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    assert_string_equal(on->why.detail, "run elevated (as administrator)");
    assert_int_equal(win32_write_failed(self, denied, "x"), MARS_E_UNWRITABLE);
    assert_string_equal(error_message(), "x: access was denied; run elevated (as administrator)");
    self->elevated = true;
    assert_int_equal(win32_failure(self, denied, "x", &on->memory, &on->why), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    assert_int_equal(win32_failure(self, no_path, "x", &on->memory, &on->why), FACT_ABSENT);
    assert_int_equal(win32_failure(self, broken, "x", &on->memory, &on->why), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_UNREADABLE);
    assert_non_null(strstr(on->why.detail, "23"));
    assert_int_equal(win32_write_failed(self, full, "x"), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "no space"));
}

/* ---- Journals ---- */

static const DWORD done = ERROR_SUCCESS;

static void remove_journals(void) {
    (void)DeleteFileW(L"" JOURNALS "\\lock");
    (void)RemoveDirectoryW(L"" JOURNALS);
}

/* How many of those who may do something there are neither us nor SYSTEM nor the administrators: read by name
 * and taken apart by the system, as the product does not. Wine shows the permissions of Linux so: those of
 * others belong to Everyone. */
static unsigned others_with_rights(void) {
    static const wchar_t *const trusted[] = {L"S-1-5-18", L"S-1-5-32-544"};
    PACL dacl = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    EXPLICIT_ACCESSW *entries = NULL;
    ULONG count = 0;
    unsigned others = 0;
    wchar_t name[] = L"" JOURNALS;
    uint8_t user[WIN32_SID_ROOM];
    assert_true(win32_user_sid(user));
    DWORD read = GetNamedSecurityInfoW(name, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl,
                                       NULL, &descriptor);
    assert_true(read == done);
    assert_non_null(dacl);
    assert_true(GetExplicitEntriesFromAclW(dacl, &count, &entries) == done);
    assert_true(count > 0);
    for (ULONG i = 0; i < count; i++) {
        wchar_t *sid = NULL;
        assert_int_equal(entries[i].Trustee.TrusteeForm, TRUSTEE_IS_SID);
        assert_true(ConvertSidToStringSidW(entries[i].Trustee.ptstrName, &sid) != FALSE);
        others += wcscmp(sid, trusted[0]) != 0 && wcscmp(sid, trusted[1]) != 0 &&
                  EqualSid(entries[i].Trustee.ptstrName, user) == FALSE;
        (void)LocalFree(sid);
    }
    (void)LocalFree(entries);
    (void)LocalFree(descriptor);
    return others;
}

static void the_folder_is_made_once(void **state) {
    live_machine *on = *state;
    journal_place place;
    remove_journals();
    assert_int_equal(on->write->journal_folder(on->machine, false, &on->memory, &place), MARS_E_NOT_FOUND);
    assert_int_equal(on->write->journal_folder(on->machine, true, &on->memory, &place), MARS_OK);
    assert_string_equal(place.path, JOURNALS);
    assert_int_equal(place.descriptor, -1);
    assert_int_equal(on->write->journal_folder(on->machine, false, &on->memory, &place), MARS_OK);
    assert_int_equal(others_with_rights(), 0);
}

#define ALL_FOR_EVERYONE "D:(A;;FA;;;WD)"
#define READ_BY_EVERYONE "D:(A;;FA;;;BA)(A;;FA;;;SY)(A;;FRFX;;;WD)"

static PSECURITY_DESCRIPTOR descriptor_of(const char *sddl) {
    PSECURITY_DESCRIPTOR descriptor = NULL;
    assert_true(
        ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1, &descriptor, NULL));
    return descriptor;
}

/* Changes who may do what to a file or folder. */
static void give(live_machine *on, const char *path, const char *sddl) {
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(sddl);
    PACL dacl = NULL;
    BOOL present = FALSE;
    BOOL ignored = FALSE;
    assert_true(GetSecurityDescriptorDacl(descriptor, &present, &dacl, &ignored));
    const wchar_t *wide = wide_text(&on->memory, path);
    wchar_t *name = arena_copy(&on->memory, wide, (wcslen(wide) + 1) * sizeof *name);
    DWORD set =
        SetNamedSecurityInfoW(name, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, dacl, NULL);
    assert_true(set == done);
    (void)LocalFree(descriptor);
}

static void one_open_to_others_is_refused(void **state) {
    live_machine *on = *state;
    journal_place place;
    remove_journals();
    assert_int_equal(on->write->journal_folder(on->machine, true, &on->memory, &place), MARS_OK);
    give(on, JOURNALS, ALL_FOR_EVERYONE);
    assert_int_equal(others_with_rights(), 1);
    assert_int_equal(on->write->journal_folder(on->machine, true, &on->memory, &place), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), JOURNALS));
    assert_int_equal(on->write->lock(on->machine), MARS_E_REFUSED);
    remove_journals();
}

static void someone_elses_is_refused(void **state) {
    live_machine *on = *state;
    journal_place place;
    win32_host *self = win32_of(on->machine);
    remove_journals();
    assert_true(CreateDirectoryW(L"" JOURNALS, NULL));
    self->elevated = false; /* then the running user, who made it, is nobody to be trusted */
    assert_int_equal(on->write->journal_folder(on->machine, true, &on->memory, &place), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "does not belong to"));
    self->elevated = true;
    remove_journals();
    store(JOURNALS, "x", 1);
    assert_int_equal(on->write->journal_folder(on->machine, true, &on->memory, &place), MARS_E_REFUSED);
    (void)DeleteFileW(L"" JOURNALS);
}

static void who_is_trusted(void **state) {
    static const struct {
        const char *sddl;
        mars_status nothing; /* others may do nothing */
        mars_status read;
    } cases[] = {
        {"O:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)", MARS_OK, MARS_OK},
        {"O:SYD:(D;;FA;;;WD)(A;;FA;;;SY)", MARS_OK, MARS_OK},
        {"O:BAD:(A;;FA;;;BA)(A;OICI;FR;;;BU)", MARS_E_REFUSED, MARS_OK},
        {"O:BAD:(A;;FA;;;BA)(A;OICIIO;GXGR;;;BU)", MARS_E_REFUSED, MARS_OK},
        {"O:BAD:(A;;FA;;;BA)(A;;0x2;;;BU)", MARS_E_REFUSED, MARS_E_REFUSED}, /* adds files */
        {"O:BAD:(A;;FA;;;BA)(A;;WD;;;BU)", MARS_E_REFUSED, MARS_E_REFUSED},  /* changes these rights */
        {"O:BAD:(A;;FA;;;BA)(A;;GA;;;BU)", MARS_E_REFUSED, MARS_E_REFUSED},
        /* what is made there later is everyone's, or belongs to who makes it */
        {"O:BAD:(A;OICI;FA;;;BA)(A;OICIIO;FA;;;WD)", MARS_E_REFUSED, MARS_E_REFUSED},
        {"O:BAD:(A;OICI;FA;;;BA)(A;OICIIO;FA;;;S-1-3-0)", MARS_OK, MARS_OK},
        {"O:BAD:(A;OICI;FA;;;BA)(A;OICIIO;FA;;;S-1-3-4)", MARS_OK, MARS_OK},
        /* the maker's group may be one that everybody is in */
        {"O:BAD:(A;OICI;FA;;;BA)(A;OICIIO;FA;;;S-1-3-1)", MARS_E_REFUSED, MARS_E_REFUSED},
        {"O:BUD:(A;;FA;;;BA)", MARS_E_REFUSED, MARS_E_REFUSED},
        {"O:BA", MARS_E_REFUSED, MARS_E_REFUSED}, /* no list: anybody may do anything */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PSECURITY_DESCRIPTOR descriptor = descriptor_of(cases[i].sddl);
        mars_status nothing = win32_check_descriptor(descriptor, false, OTHERS_MAY_NOTHING, "it");
        mars_status read = win32_check_descriptor(descriptor, false, OTHERS_MAY_READ, "it");
        if (nothing != cases[i].nothing || read != cases[i].read) {
            fail_msg("%s: %d and %d", cases[i].sddl, nothing, read);
        }
        (void)LocalFree(descriptor);
    }
}

#define RUN "20260302T080000Z-4711"

/* What was put there while the folder was open to others stays theirs when it is closed. */
static void a_run_that_others_could_write(void **state) {
    static const char *const parts[] = {JOURNALS "\\" RUN, JOURNALS "\\" RUN "\\run.jsonl"};
    live_machine *on = *state;
    journal_place place;
    journal_storage *storage = NULL;
    bytes data;
    remove_journals();
    assert_int_equal(on->write->journal_folder(on->machine, true, &on->memory, &place), MARS_OK);
    assert_int_equal(journal_storage_open(&storage, &place), MARS_OK);
    assert_int_equal(storage->make_folder(storage, RUN), MARS_OK);
    assert_int_equal(storage->create(storage, RUN "/run.jsonl", 0), MARS_OK);
    assert_int_equal(storage->read(storage, RUN "/run.jsonl", 100, &on->memory, &data), MARS_OK);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        give(on, parts[i], ALL_FOR_EVERYONE);
        assert_int_equal(storage->read(storage, RUN "/run.jsonl", 100, &on->memory, &data), MARS_E_REFUSED);
        assert_non_null(strstr(error_message(), RUN));
        assert_non_null(strstr(error_message(), "is open to others"));
        give(on, parts[i], READ_BY_EVERYONE);
        assert_int_equal(storage->read(storage, RUN "/run.jsonl", 100, &on->memory, &data), MARS_OK);
    }
    storage->close(storage);
    (void)tool(on, "cmd /c rd /s /q " JOURNALS);
}

static bool owner_fails;
static BOOL(WINAPI *real_descriptor)(LPCWSTR, DWORD, PSECURITY_DESCRIPTOR *, PULONG);
static BOOL WINAPI descriptor(LPCWSTR text, DWORD revision, PSECURITY_DESCRIPTOR *out, PULONG size) {
    if (owner_fails && wcscmp(text, L"O:BA") == 0) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return FALSE;
    }
    return real_descriptor(text, revision, out, size);
}

/* What would then be made is the user's own, and no other administrator's run believes it. */
static void a_journal_without_its_owner(void **state) {
    static const wrapped_call call = {"ConvertStringSecurityDescriptorToSecurityDescriptorW",
                                      (FARPROC)(void (*)(void))descriptor,
                                      (FARPROC *)(void *)&real_descriptor};
    live_machine *on = *state;
    journal_place place;
    journal_storage *storage = NULL;
    if (!win32_is_elevated()) {
        skip();
    }
    remove_journals();
    assert_int_equal(on->write->journal_folder(on->machine, true, &on->memory, &place), MARS_OK);
    wrap_call(&call);
    owner_fails = true;
    assert_int_equal(journal_storage_open(&storage, &place), MARS_E_UNREADABLE);
    assert_null(storage);
    owner_fails = false;
    assert_int_equal(journal_storage_open(&storage, &place), MARS_OK);
    storage->close(storage);
    (void)tool(on, "cmd /c rd /s /q " JOURNALS);
}

/* ---- The lock ---- */

static HANDLE start_holder(void) {
    wchar_t line[MAX_PATH + 16];
    wchar_t path[MAX_PATH];
    STARTUPINFOW info = {.cb = sizeof info};
    PROCESS_INFORMATION made;
    assert_true(GetModuleFileNameW(NULL, path, MAX_PATH) < MAX_PATH);
    (void)swprintf(line, sizeof line / sizeof line[0], L"\"%ls\" hold", path);
    assert_true(CreateProcessW(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &info, &made));
    (void)CloseHandle(made.hThread);
    return made.hProcess;
}

static int hold(void) {
    host *machine = NULL;
    if (host_open_live(&machine) != MARS_OK || host_writer_of(machine)->lock(machine) != MARS_OK) {
        return 1;
    }
    HANDLE held = CreateEventW(NULL, TRUE, FALSE, L"marshealth-test-held");
    (void)SetEvent(held);
    Sleep(INFINITE);
    return 0;
}

static void one_run_at_a_time(void **state) {
    live_machine *on = *state;
    host *other = NULL;
    remove_journals();
    assert_int_equal(host_open_live(&other), MARS_OK);
    assert_int_equal(on->write->lock(on->machine), MARS_OK);
    assert_int_equal(host_writer_of(other)->lock(other), MARS_E_BUSY);
    assert_int_equal(on->write->lock(on->machine), MARS_E_BUSY);
    on->write->unlock(on->machine);
    assert_int_equal(host_writer_of(other)->lock(other), MARS_OK);
    host_close(other); /* gives it back */
    assert_int_equal(on->write->lock(on->machine), MARS_OK);
    on->write->unlock(on->machine);
}

static void the_system_releases_it(void **state) {
    live_machine *on = *state;
    HANDLE held = CreateEventW(NULL, TRUE, FALSE, L"marshealth-test-held");
    HANDLE holder = start_holder();
    assert_int_equal(WaitForSingleObject(held, 30000), 0);
    assert_int_equal(on->write->lock(on->machine), MARS_E_BUSY);
    assert_true(TerminateProcess(holder, 9));
    assert_int_equal(WaitForSingleObject(holder, 30000), 0);
    assert_int_equal(on->write->lock(on->machine), MARS_OK);
    on->write->unlock(on->machine);
    (void)CloseHandle(holder);
    (void)CloseHandle(held);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "hold") == 0) {
        return hold();
    }
#define TEST(name) cmocka_unit_test_setup_teardown(name, live_open, live_close)
    const struct CMUnitTest tests[] = {
        TEST(what_the_host_says),
        TEST(volumes_are_told),
        TEST(a_file_is_on_its_drive),
        TEST(a_file_is_on_the_volume_mounted_there),
        TEST(errors_say_what_to_do),
        TEST(the_folder_is_made_once),
        TEST(one_open_to_others_is_refused),
        TEST(someone_elses_is_refused),
        TEST(who_is_trusted),
        TEST(a_run_that_others_could_write),
        TEST(a_journal_without_its_owner),
        TEST(one_run_at_a_time),
        TEST(the_system_releases_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
