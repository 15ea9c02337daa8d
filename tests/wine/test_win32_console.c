/* Console tools, with a vssadmin.exe of ours in the real system folder that does what files tell it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/win32/wide.h"
#include "host/win32/win32.h"
#include "live_machine.h"
#include "wrapped_call.h"

#include <string.h>
#include <windows.h>

#define FOLDER  "C:\\vssadmin"
#define PROGRAM "C:\\windows\\system32\\vssadmin.exe"
enum { PLENTY_S = 120 };

/* A copy of the stand-in. */
static void install(live_machine *on, const char *path) {
    const wchar_t *from = wide_text(&on->memory, tool_path(on, "vssadmin.exe"));
    assert_true(CopyFileW(from, wide_text(&on->memory, path), FALSE));
}

static int prepare(void **state) {
    (void)live_open(state);
    install(*state, PROGRAM);
    (void)CreateDirectoryW(L"" FOLDER, NULL);
    (void)DeleteFileW(L"" FOLDER "\\arguments.txt");
    return 0;
}

/* Nothing of the program runs any longer: its file can be removed. */
static void expect_nothing_runs(void) {
    assert_true(DeleteFileW(L"" PROGRAM));
}

static void set(const char *mode, const void *answer, size_t size) {
    store(FOLDER "\\mode.txt", mode, strlen(mode));
    store(FOLDER "\\answer.bin", answer, size);
}

static fact_state run(live_machine *on, const console_tool *program, const char **out) {
    return on->read->console(on->machine, program, &on->memory, out, &on->why);
}

static const char *arguments(live_machine *on) {
    size_t size = 0;
    const char *text = load(on, FOLDER "\\arguments.txt", &size);
    return text != NULL ? text : "";
}

static void prints_what_it_prints(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    set("0", "one\r\ntwo\r\n", 10);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "one\ntwo\n");
    assert_string_equal(on->why.where, "vssadmin list shadowstorage");
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_WRITERS), &text), FACT_KNOWN);
    assert_string_equal(arguments(on), "[list] [shadowstorage]\n[list] [writers]\n");
}

/* Every answer is decoded: this machine's OEM page, UTF-16 with and without a mark, UTF-8. */
static void is_decoded(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    const unsigned char oem[] = {0x84, '\r', '\n'}; /* an a with two dots in 437, 850 and 852 */
    set("0", oem, sizeof oem);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    if (GetOEMCP() == 437 || GetOEMCP() == 850) {
        assert_string_equal(text, "\xC3\xA4\n");
    }
    set("0",
        "\xFF\xFE"
        "a\0\xE4\0\n\0",
        8);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "a\xC3\xA4\n");
    set("0", "a\0b\0c\0\n\0", 8);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "abc\n");
    set("0", "\xD0\x93\xD0\x91\n", 5);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "\xD0\x93\xD0\x91\n");
}

static void exit_codes_alone_mean_nothing(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    set("1", "No items found.\r\n", 17);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "No items found.\n");
    set("5", "", 0);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_UNREADABLE);
    assert_non_null(strstr(on->why.detail, "code 5"));
    set("0 errors", "x", 1);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "x");
}

/* vssadmin then prints why it does not work, in whatever language; a list without items has that code, too.
 */
static void without_rights_an_exit_code_is_a_denial(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    win32_of(on->machine)->elevated = false;
    set("2", "Error: You don't have the correct permissions to run this command.\r\n", 68);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    assert_string_equal(on->why.detail, "run elevated (as administrator)");
    set("0", "x", 1);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
}

static void late_answers_are_waited_for(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    set("0 late", "late", 4);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "late");
}

/* Whether a program has ended is answered only when it has: as on a machine that lets it run just then. */
static bool ends_when_asked;
static DWORD(WINAPI *real_wait)(HANDLE, DWORD);
static DWORD WINAPI wait_for(HANDLE object, DWORD limit_ms) {
    return real_wait(object, ends_when_asked && limit_ms == 0 ? INFINITE : limit_ms);
}

static void what_it_prints_at_its_end_is_read(void **state) {
    static const wrapped_call wait = {"WaitForSingleObject", (FARPROC)(void (*)(void))wait_for,
                                      (FARPROC *)(void *)&real_wait};
    live_machine *on = *state;
    const char *text = NULL;
    wrap_call(&wait);
    set("0 late", "late", 4);
    ends_when_asked = true;
    fact_state read = run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text);
    ends_when_asked = false;
    assert_int_equal(read, FACT_KNOWN);
    assert_string_equal(text, "late");
}

static void a_tool_that_hangs_is_ended(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    console_tool impatient = *console_tool_of(CONSOLE_SHADOW_STORAGE);
    impatient.time_limit_s = 1;
    set("0 hang", "begin", 5);
    assert_int_equal(run(on, &impatient, &text), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_UNREADABLE);
    assert_non_null(strstr(on->why.detail, "1 seconds"));
    expect_nothing_runs();
}

static void too_much_is_too_large(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    set("0 flood", "x", 1);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_TOO_LARGE);
}

static void what_it_leaves_running_does_not_hold_us(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    set("0 child", "parent\n", 7);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_KNOWN);
    assert_string_equal(text, "parent\n");
    expect_nothing_runs();
}

static bool yes(void *user) {
    (*(int *)user)++;
    return true;
}

static void can_be_cancelled(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    int asked = 0;
    set("0 hang", "", 0);
    on->machine->cancelled = yes;
    on->machine->cancel_user = &asked;
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_UNKNOWN);
    assert_true(asked > 0);
    assert_string_equal(on->why.detail, "cancelled");
    expect_nothing_runs();
}

/* Half of a change would be worse than all of it or none. */
static void a_change_is_not_cancelled(void **state) {
    live_machine *on = *state;
    int asked = 0;
    set("0 late", "done", 4);
    on->machine->cancelled = yes;
    on->machine->cancel_user = &asked;
    mars_status status = on->write->shadow_resize(on->machine, "C:", "C:", UINT64_C(400) << 20);
    on->machine->cancelled = NULL;
    assert_int_equal(status, MARS_OK);
    assert_int_equal(asked, 0);
}

static DWORD WINAPI cancel_once_it_runs(void *user) {
    while (GetFileAttributesW(L"" FOLDER "\\arguments.txt") == INVALID_FILE_ATTRIBUTES) {
        Sleep(10);
    }
    (void)mars_session_cancel(user);
    return 0;
}

static void a_session_can_be_cancelled(void **state) {
    (void)state;
    mars_session *session = NULL;
    mars_evidence *evidence = NULL;
    const mars_collect_options options = {.struct_size = sizeof options, .checks = "shadow.storage"};
    set("0 hang", "", 0);
    assert_int_equal(mars_session_open(&session, NULL), MARS_OK);
    HANDLE thread = CreateThread(NULL, 0, cancel_once_it_runs, session, 0, NULL);
    assert_int_equal(mars_collect(&evidence, session, &options), MARS_E_CANCELLED);
    assert_null(evidence);
    (void)WaitForSingleObject(thread, INFINITE);
    (void)CloseHandle(thread);
    mars_session_close(session);
    expect_nothing_runs();
}

/* A program of that name in the current folder or on the PATH is no tool of Windows. */
static void only_the_system_folder_counts(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    assert_true(DeleteFileW(L"" PROGRAM));
    install(on, FOLDER "\\vssadmin.exe");
    assert_true(SetCurrentDirectoryW(L"" FOLDER));
    assert_true(SetEnvironmentVariableW(L"PATH", L"" FOLDER));
    set("0", "x", 1);
    assert_int_equal(run(on, console_tool_of(CONSOLE_SHADOW_STORAGE), &text), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_NOT_ON_HOST);
    assert_string_equal(arguments(on), "");
    assert_true(SetCurrentDirectoryW(L"C:\\"));
    assert_true(SetEnvironmentVariableW(L"PATH", L"C:\\windows\\system32;C:\\windows"));
}

/* An argument with blanks stays one. */
static void real_tools_answer(void **state) {
    live_machine *on = *state;
    const char *text = NULL;
    const console_tool reg = {CONSOLE_SERVICE_STATES, PLENTY_S, "", "reg.exe",
                              (const char *const[]){"query",
                                                    "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                                                    "/v", "ProductName", NULL}};
    assert_int_equal(run(on, &reg, &text), FACT_KNOWN);
    assert_non_null(strstr(text, "ProductName    REG_SZ    "));
}

static void shadow_storage_is_resized(void **state) {
    live_machine *on = *state;
    const uint64_t megabyte = UINT64_C(1024) * 1024;
    set("0", "done", 4);
    assert_int_equal(on->write->shadow_resize(on->machine, "C:", "\\\\?\\Volume{x}\\", 400 * megabyte + 1),
                     MARS_OK);
    assert_string_equal(arguments(on),
                        "[resize] [shadowstorage] [/for=C:] [/on=\\\\?\\Volume{x}\\] [/maxsize=401MB]\n");
    set("2", "Error: not\r\n  allowed\r\n", 23);
    assert_int_equal(on->write->shadow_resize(on->machine, "C:", "D:", 400 * megabyte), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "code 2: Error: not allowed"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, live_close)
    const struct CMUnitTest tests[] = {
        TEST(prints_what_it_prints),
        TEST(is_decoded),
        TEST(exit_codes_alone_mean_nothing),
        TEST(without_rights_an_exit_code_is_a_denial),
        TEST(late_answers_are_waited_for),
        TEST(what_it_prints_at_its_end_is_read),
        TEST(a_tool_that_hangs_is_ended),
        TEST(too_much_is_too_large),
        TEST(what_it_leaves_running_does_not_hold_us),
        TEST(can_be_cancelled),
        TEST(a_change_is_not_cancelled),
        TEST(a_session_can_be_cancelled),
        TEST(only_the_system_folder_counts),
        TEST(real_tools_answer),
        TEST(shadow_storage_is_resized),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
