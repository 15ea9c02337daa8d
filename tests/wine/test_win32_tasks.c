/* Scheduled tasks, on a stand-in for the Task Scheduler (tools/task_server), which says what it was called
 * with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/instant.h"
#include "core/unicode.h"
#include "live_machine.h"
#include "task_store.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#include <objbase.h>

#define FOLDER "\\Microsoft\\OnlineBackup"
#define TASK   FOLDER "\\Microsoft-OnlineBackup"

static int prepare(void **state) {
    (void)live_open(state);
    task_store_new(*state);
    return 0;
}

static int finish(void **state) {
    assert_int_equal(task_store_objects(), 0);
    return live_close(state);
}

static int install(void **state) {
    (void)live_open(state);
    task_store_install(*state);
    return live_close(state);
}

static const char *system_task(live_machine *on, const char *description) {
    return task_store_definition(&on->memory, TASK, task_store_system, description, true);
}

static void put(live_machine *on, const char *path) {
    task_store_put(on, path, task_store_definition(&on->memory, path, task_store_system, "before", true));
}

static bytes text_bytes(const char *text) {
    return (bytes){.data = (const uint8_t *)text, .size = strlen(text)};
}

static bool contains(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        print_error("\"%s\" lacks \"%s\"\n", text, part);
        return false;
    }
    return true;
}

/* ---- Listing ---- */

static task_entry_list list(live_machine *on, const char *folder, fact_state expected) {
    task_entry_list tasks;
    assert_int_equal(on->read->task_list(on->machine, folder, &on->memory, &tasks, &on->why), expected);
    assert_int_equal(on->why.state, expected);
    return tasks;
}

static void all_tasks_are_listed(void **state) {
    live_machine *on = *state;
    task_store_folder(on, FOLDER "\\Sub");
    put(on, FOLDER "\\beta");
    put(on, FOLDER "\\Alpha");
    put(on, FOLDER "\\Sub\\deep");
    put(on, "\\elsewhere");
    task_entry_list tasks = list(on, FOLDER, FACT_KNOWN);
    assert_int_equal(tasks.count, 3);
    assert_string_equal(tasks.items[0].path, FOLDER "\\Alpha");
    assert_string_equal(tasks.items[1].path, FOLDER "\\beta");
    assert_string_equal(tasks.items[2].path, FOLDER "\\Sub\\deep");
    assert_true(fact_is_true(&tasks.items[2].defined));
    assert_true(fact_is_true(&tasks.items[2].registered));
    assert_string_equal(on->why.where, "Task Scheduler: " FOLDER);
    assert_int_equal(list(on, "Microsoft\\OnlineBackup\\", FACT_KNOWN).count, 3);
    assert_int_equal(list(on, "\\", FACT_KNOWN).count, 4);
}

static void hidden_tasks_are_listed(void **state) {
    live_machine *on = *state;
    const char *visible = system_task(on, "hidden");
    const char *flag = strstr(visible, "<Hidden>false");
    assert_non_null(flag);
    task_store_put(on, TASK,
                   arena_printf(&on->memory, "%.*s<Hidden>true%s", (int)(flag - visible), visible,
                                flag + strlen("<Hidden>false")));
    assert_int_equal(list(on, FOLDER, FACT_KNOWN).count, 1);
}

static void an_empty_folder_and_none(void **state) {
    live_machine *on = *state;
    assert_int_equal(list(on, FOLDER, FACT_KNOWN).count, 0);
    assert_int_equal(list(on, "\\Microsoft\\Nothing", FACT_ABSENT).count, 0);
}

static void what_cannot_be_listed_is_unknown(void **state) {
    static const struct {
        const char *control;
        unknown_reason reason;
        const char *detail;
    } cases[] = {
        {"GetFolder=80070005\n", REASON_ACCESS_DENIED, "elevated"},
        {"GetTasks=80070005\n", REASON_ACCESS_DENIED, "elevated"},
        {"Connect=80070005\n", REASON_ACCESS_DENIED, "elevated"},
        {"IRegisteredTaskCollection.get_Item=80070005\n", REASON_ACCESS_DENIED, "elevated"},
        {"Connect=80041315\n", REASON_UNREADABLE, "the Task Scheduler's service does not run (0x80041315)"},
        {"CoCreateInstance=80040154\n", REASON_UNREADABLE, "there is no Task Scheduler"},
        {"GetFolders=8000FFFF\n", REASON_UNREADABLE, "0x8000FFFF"},
        {"GetTasks=8007000E\n", REASON_NO_MEMORY, NULL},
    };
    live_machine *on = *state;
    put(on, TASK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        task_store_control(on, cases[i].control);
        assert_int_equal(list(on, FOLDER, FACT_UNKNOWN).count, 0);
        assert_int_equal(on->why.reason, cases[i].reason);
        assert_true(cases[i].detail == NULL || contains(on->why.detail, cases[i].detail));
    }
}

/* Of a folder that can be read only in part, what was read counts. */
static void a_part_is_listed(void **state) {
    live_machine *on = *state;
    task_store_folder(on, FOLDER "\\Sub");
    put(on, TASK);
    put(on, FOLDER "\\Sub\\deep");
    task_store_control(on, "ITaskFolderCollection.get_Item=80070005\n");
    assert_int_equal(list(on, FOLDER, FACT_KNOWN).count, 1);
}

static void a_slow_service_is_waited_for(void **state) {
    live_machine *on = *state;
    put(on, TASK);
    task_store_control(on, "sleep=300\n");
    ULONGLONG before = GetTickCount64();
    assert_int_equal(list(on, FOLDER, FACT_KNOWN).count, 1);
    assert_true(GetTickCount64() - before >= 250);
}

/* ---- Definitions ---- */

static fact_state xml(live_machine *on, bytes *out) {
    return on->read->task_xml(on->machine, TASK, &on->memory, out, &on->why);
}

static void the_definition_as_windows_gives_it(void **state) {
    live_machine *on = *state;
    const char *definition = system_task(on, "Größe 健康 \xF0\x9F\x98\x80");
    bytes data;
    task_store_put(on, TASK, definition);
    assert_int_equal(xml(on, &data), FACT_KNOWN);
    assert_int_equal(data.data[0], 0xFF);
    assert_int_equal(data.data[1], 0xFE);
    size_t length = 0;
    assert_string_equal(utf8_from_utf16(&on->memory, data.data + 2, (data.size - 2) / 2, &length),
                        definition);
    assert_string_equal(on->why.where, "Task Scheduler: " TASK);
}

static void a_definition_that_cannot_be_had(void **state) {
    live_machine *on = *state;
    bytes data;
    assert_int_equal(xml(on, &data), FACT_ABSENT);
    assert_int_equal(data.size, 0);
    put(on, TASK);
    task_store_control(on, "get_Xml=80070005\n");
    assert_int_equal(xml(on, &data), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    task_store_control(on, "GetTask=80041321\n");
    assert_int_equal(xml(on, &data), FACT_UNKNOWN);
    assert_true(contains(on->why.detail, "(0x80041321)"));
    enum { MORE_THAN_THE_LIMIT = 9 * 1024 * 1024 };
    char *large = arena_alloc(&on->memory, MORE_THAN_THE_LIMIT);
    memset(large, 'x', MORE_THAN_THE_LIMIT - 1);
    task_store_control(on, "");
    task_store_put(on, TASK, large);
    assert_int_equal(xml(on, &data), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_TOO_LARGE);
}

/* ---- Status ---- */

static task_status status(live_machine *on) {
    task_status out;
    assert_int_equal(on->read->task_status(on->machine, TASK, &on->memory, &out, &on->why), FACT_KNOWN);
    return out;
}

/* Seconds since 1970 of a local time in January 2026, which is day 46,023 and following of COM. */
static int64_t local_time(int day, int hour) {
    SYSTEMTIME local = {.wYear = 2026, .wMonth = 1, .wDay = (WORD)day, .wHour = (WORD)hour};
    SYSTEMTIME utc;
    assert_true(TzSpecificLocalTimeToSystemTime(NULL, &local, &utc));
    return instant_from_civil(utc.wYear, utc.wMonth, utc.wDay, utc.wHour, utc.wMinute, utc.wSecond);
}

static void a_task_that_never_ran(void **state) {
    live_machine *on = *state;
    put(on, TASK);
    task_status is = status(on);
    assert_int_equal(is.last_run.fact.state, FACT_ABSENT);
    assert_int_equal(is.last_success.fact.state, FACT_ABSENT);
    assert_int_equal(is.last_result.value, 0x41303);
    assert_true(fact_is_false(&is.running));
    task_store_state(on, TASK, "last_run=0\n");
    assert_int_equal(status(on).last_run.fact.state, FACT_ABSENT);
    task_store_state(on, TASK, "last_run=46027.875\n");
    task_store_control(on, "get_LastRunTime=00041303\n");
    assert_int_equal(status(on).last_run.fact.state, FACT_ABSENT);
}

static void a_run_that_went_well(void **state) {
    live_machine *on = *state;
    put(on, TASK);
    task_store_state(on, TASK, "last_run=46027.875\nlast_result=0\n");
    task_status is = status(on);
    assert_int_equal(is.last_run.fact.state, FACT_KNOWN);
    assert_int_equal(is.last_run.value, local_time(5, 21));
    assert_int_equal(is.last_result.fact.state, FACT_KNOWN);
    assert_int_equal(is.last_result.value, 0);
    assert_int_equal(is.last_success.fact.state, FACT_KNOWN);
    assert_int_equal(is.last_success.value, is.last_run.value);
}

static void a_run_that_failed(void **state) {
    live_machine *on = *state;
    put(on, TASK);
    task_store_state(on, TASK, "last_run=46027.875\nlast_result=0x8004131F\n");
    task_status is = status(on);
    assert_int_equal(is.last_result.value, 0x8004131F);
    assert_int_equal(is.last_success.fact.state, FACT_UNKNOWN);
}

static void a_run_that_is_under_way(void **state) {
    static const struct {
        const char *state;
        fact_state known;
        bool running;
    } cases[] = {{"state=4\n", FACT_KNOWN, true},
                 {"state=2\n", FACT_KNOWN, true},
                 {"state=3\n", FACT_KNOWN, false},
                 {"state=1\n", FACT_KNOWN, false},
                 {"state=0\n", FACT_UNKNOWN, false}};
    live_machine *on = *state;
    put(on, TASK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        task_store_state(on, TASK,
                         arena_printf(&on->memory, "last_run=46027\nlast_result=0\n%s", cases[i].state));
        task_status is = status(on);
        assert_int_equal(is.running.fact.state, cases[i].known);
        assert_int_equal(is.running.value, cases[i].running);
        /* A result from before says nothing of the run that is under way. */
        assert_int_equal(is.last_success.fact.state, fact_is_false(&is.running) ? FACT_KNOWN : FACT_UNKNOWN);
    }
}

static void a_status_that_is_denied(void **state) {
    live_machine *on = *state;
    put(on, TASK);
    task_store_control(on, "get_State=80070005\n");
    task_status is = status(on);
    assert_int_equal(is.running.fact.state, FACT_UNKNOWN);
    assert_int_equal(is.running.fact.reason, REASON_ACCESS_DENIED);
    assert_int_equal(is.last_result.fact.state, FACT_KNOWN);
    task_store_control(on, "GetTask=80070005\n");
    assert_int_equal(on->read->task_status(on->machine, TASK, &on->memory, &is, &on->why), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
}

/* ---- Registering ---- */

static mars_status reg(live_machine *on, const char *definition) {
    return on->write->task_register(on->machine, TASK, text_bytes(definition));
}

static void registered_only_after_it_was_validated(void **state) {
    static const char sddl[] = "O:SYG:SYD:(A;;FA;;;SY)";
    live_machine *on = *state;
    put(on, TASK);
    task_store_state(on, TASK, arena_printf(&on->memory, "sddl=%s\n", sddl));
    const char *wanted = system_task(on, "after");
    /* Without the declaration's UTF-16, which is not true of these bytes. */
    assert_int_equal(reg(on, strstr(wanted, "<Task")), MARS_OK);
    assert_string_equal(task_store_get(on, TASK), wanted);
    assert_string_equal(task_store_calls(on), arena_printf(&on->memory,
                                                           "RegisterTask:1 path=" TASK
                                                           " logon=5 user=empty password=empty sddl=(none)\n"
                                                           "RegisterTask:34 path=" TASK
                                                           " logon=5 user=empty password=empty sddl=%s\n",
                                                           sddl));
    assert_true(contains(task_store_state_of(on, TASK), sddl));
}

static void what_was_read_can_be_registered_again(void **state) {
    live_machine *on = *state;
    bytes before;
    bytes after;
    task_store_put(on, TASK, system_task(on, "Größe 健康 \xF0\x9F\x98\x80 &amp;"));
    assert_int_equal(xml(on, &before), FACT_KNOWN);
    assert_int_equal(reg(on, strstr(system_task(on, "other"), "<Task")), MARS_OK);
    assert_int_equal(on->write->task_register(on->machine, TASK, before), MARS_OK);
    assert_int_equal(xml(on, &after), FACT_KNOWN);
    assert_int_equal(after.size, before.size);
    assert_memory_equal(after.data, before.data, before.size);
}

static void the_account_decides_the_logon_type(void **state) {
    static const struct {
        const char *principal;
        const char *logon;
    } cases[] = {
        {"<UserId>S-1-5-18</UserId>", "logon=5 "},
        {"<UserId>SYSTEM</UserId>", "logon=5 "},
        {"<UserId>S-1-5-20</UserId>", "logon=5 "},
        {"<UserId>S-1-5-18</UserId><LogonType>InteractiveToken</LogonType>", "logon=5 "},
        {"<GroupId>S-1-5-32-544</GroupId>", "logon=4 "},
        {"<UserId>S-1-5-21-1-2-3-500</UserId><LogonType>S4U</LogonType>", "logon=2 "},
        {"<UserId>S-1-5-21-1-2-3-500</UserId><LogonType>InteractiveToken</LogonType>", "logon=3 "},
    };
    live_machine *on = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put(on, TASK);
        task_store_control(on, "");
        const char *wanted = task_store_definition(&on->memory, TASK, cases[i].principal, "after", true);
        assert_int_equal(reg(on, strstr(wanted, "<Task")), MARS_OK);
        assert_true(contains(strstr(task_store_calls(on), "RegisterTask:34"), cases[i].logon));
        assert_true(contains(task_store_get(on, TASK), "after"));
    }
}

static void refused(live_machine *on, const char *definition, mars_status expected, const char *message) {
    const char *before = task_store_get(on, TASK);
    assert_int_equal(reg(on, definition), expected);
    assert_true(contains(error_message(), message));
    assert_string_equal(task_store_get(on, TASK), before);
}

static void a_stored_password_would_be_lost(void **state) {
    static const char *const principals[] = {
        "<UserId>S-1-5-21-1-2-3-500</UserId><LogonType>Password</LogonType>",
        "<UserId>S-1-5-21-1-2-3-500</UserId><LogonType>InteractiveTokenOrPassword</LogonType>",
        "<UserId>S-1-5-21-1-2-3-500</UserId>",
    };
    live_machine *on = *state;
    for (size_t i = 0; i < sizeof principals / sizeof principals[0]; i++) {
        const char *with = task_store_definition(&on->memory, TASK, principals[i], "with", true);
        put(on, TASK);
        refused(on, strstr(with, "<Task"), MARS_E_REFUSED, "password");
        task_store_put(on, TASK, with);
        refused(on, strstr(system_task(on, "after"), "<Task"), MARS_E_REFUSED, "password");
        assert_string_equal(task_store_calls(on), "");
    }
}

static void a_definition_that_is_none(void **state) {
    live_machine *on = *state;
    put(on, TASK);
    refused(on, "<Task", MARS_E_MALFORMED, TASK);
    refused(on, "<Task xmlns=\"" TASK_NAMESPACE "\"><Actions/></Task>", MARS_E_REFUSED, "which account");
    assert_string_equal(task_store_calls(on), "");
}

/* Windows has the last word on a definition, before anything is changed. */
static void a_definition_that_windows_refuses(void **state) {
    static const struct {
        const char *from;
        const char *to;
        const char *message;
    } cases[] = {
        {"<Priority>7", "<Priority>seven", "(0x80041318)"},
        {"<Command>powershell.exe</Command>", "", "(0x80041319)"},
        {"<Priority>7</Priority>", "<Urgency>7</Urgency>", "(0x80041316)"},
    };
    live_machine *on = *state;
    put(on, TASK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *good = strstr(system_task(on, "after"), "<Task");
        const char *at = strstr(good, cases[i].from);
        assert_non_null(at);
        task_store_control(on, "");
        refused(on,
                arena_printf(&on->memory, "%.*s%s%s", (int)(at - good), good, cases[i].to,
                             at + strlen(cases[i].from)),
                MARS_E_MALFORMED, cases[i].message);
        assert_null(strstr(task_store_calls(on), "RegisterTask:34"));
    }
}

static void a_registration_that_fails(void **state) {
    live_machine *on = *state;
    const char *wanted = strstr(system_task(on, "after"), "<Task");
    put(on, TASK);
    task_store_control(on, "RegisterTask:34=80070005\n");
    refused(on, wanted, MARS_E_UNWRITABLE, "access was denied");
    task_store_control(on, "RegisterTask:1=80041323\n");
    refused(on, wanted, MARS_E_UNWRITABLE, "too busy; try again (0x80041323)");
    task_store_control(on, "GetSecurityDescriptor=80070005\n");
    refused(on, wanted, MARS_E_UNWRITABLE, "access was denied");
    assert_string_equal(task_store_calls(on), "");
}

static void no_task_no_registration(void **state) {
    live_machine *on = *state;
    assert_int_equal(reg(on, strstr(system_task(on, "after"), "<Task")), MARS_E_NOT_FOUND);
    assert_string_equal(task_store_calls(on), "");
    assert_null(task_store_get(on, TASK));
}

/* Codes that COM calls no errors. */
static void registered_but_not_going_to_run(void **state) {
    live_machine *on = *state;
    const char *wanted = strstr(system_task(on, "after"), "<Task");
    put(on, TASK);
    task_store_control(on, "RegisterTask:34#1=0004131C\n");
    refused(on, wanted, MARS_E_REFUSED,
            "log on as a batch job (0x0004131C); the definition from before was registered");
    assert_true(contains(error_message(), "the definition is the one from before"));
    task_store_control(on, "RegisterTask:34#1=00041307\n");
    refused(on, wanted, MARS_E_REFUSED, "(0x00041307)");
}

static void registered_and_not_to_be_taken_back(void **state) {
    live_machine *on = *state;
    put(on, TASK);
    task_store_control(on, "RegisterTask:34#1=0004131B\nRegisterTask:34#2=80070005\n");
    assert_int_equal(reg(on, strstr(system_task(on, "after"), "<Task")), MARS_E_UNWRITABLE);
    assert_true(contains(error_message(), "(0x0004131B)"));
    assert_true(contains(error_message(), "could not be registered again"));
    assert_true(contains(error_message(), "no longer the one from before"));
    assert_true(contains(task_store_get(on, TASK), "after"));
}

/* ---- Enabling ---- */

static void enabled_without_registering_it(void **state) {
    static const char principal[] = "      <UserId>S-1-5-21-1-2-3-500</UserId>\r\n"
                                    "      <LogonType>Password</LogonType>\r\n";
    live_machine *on = *state;
    const char *disabled = task_store_definition(&on->memory, TASK, principal, "same", false);
    task_store_put(on, TASK, disabled);
    assert_int_equal(on->write->task_enable(on->machine, TASK, true), MARS_OK);
    assert_string_equal(task_store_calls(on), "put_Enabled path=" TASK " enabled=1\n");
    assert_string_equal(task_store_get(on, TASK),
                        task_store_definition(&on->memory, TASK, principal, "same", true));
    assert_int_equal(on->write->task_enable(on->machine, TASK, false), MARS_OK);
    assert_string_equal(task_store_get(on, TASK), disabled);
}

static void not_enabled(void **state) {
    static const struct {
        const char *control;
        const char *message;
    } cases[] = {
        {"put_Enabled=80070005\n", "access was denied"},
        {"put_Enabled=80041323\n", "(0x80041323)"},
        {"put_Enabled=00000001\n", "the task is disabled as before"},
        {"get_Enabled=8000FFFF\n", "0x8000FFFF"},
    };
    live_machine *on = *state;
    assert_int_equal(on->write->task_enable(on->machine, TASK, true), MARS_E_NOT_FOUND);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        task_store_put(on, TASK, task_store_definition(&on->memory, TASK, task_store_system, "same", false));
        task_store_control(on, cases[i].control);
        assert_int_equal(on->write->task_enable(on->machine, TASK, true), MARS_E_UNWRITABLE);
        assert_true(contains(error_message(), cases[i].message));
    }
}

/* ---- COM ---- */

typedef struct apartment {
    live_machine *on;
    DWORD before; /* what the thread initialised COM for; nothing: it did not */
    bool as_before;
    bool listed;
} apartment;
static const DWORD nothing = 0xFFFFFFFF;

/* The thread's apartment afterwards shows in what initialising it once more answers. */
static DWORD WINAPI in_an_apartment(void *argument) {
    apartment *self = argument;
    arena memory = {0};
    fact why;
    task_entry_list tasks;
    HRESULT first = self->before != nothing ? CoInitializeEx(NULL, self->before) : S_OK;
    self->listed = self->on->read->task_list(self->on->machine, FOLDER, &memory, &tasks, &why) == FACT_KNOWN;
    DWORD again = self->before != nothing ? self->before : COINIT_APARTMENTTHREADED;
    HRESULT second = CoInitializeEx(NULL, again);
    self->as_before = first == S_OK && second == (self->before != nothing ? S_FALSE : S_OK);
    CoUninitialize();
    if (self->before != nothing) {
        CoUninitialize();
    }
    arena_free(&memory);
    return 0;
}

static void every_apartment_stays_as_it_is(void **state) {
    const DWORD apartments[] = {COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED, nothing};
    live_machine *on = *state;
    put(on, TASK);
    for (size_t i = 0; i < sizeof apartments / sizeof apartments[0]; i++) {
        apartment one = {.on = on, .before = apartments[i]};
        HANDLE thread = CreateThread(NULL, 0, in_an_apartment, &one, 0, NULL);
        assert_non_null(thread);
        assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
        (void)CloseHandle(thread);
        assert_true(one.listed);
        assert_true(one.as_before);
    }
}

int main(void) {
#define CASE(function) cmocka_unit_test_setup_teardown(function, prepare, finish)
    const struct CMUnitTest tests[] = {
        CASE(all_tasks_are_listed),
        CASE(hidden_tasks_are_listed),
        CASE(an_empty_folder_and_none),
        CASE(what_cannot_be_listed_is_unknown),
        CASE(a_part_is_listed),
        CASE(a_slow_service_is_waited_for),
        CASE(the_definition_as_windows_gives_it),
        CASE(a_definition_that_cannot_be_had),
        CASE(a_task_that_never_ran),
        CASE(a_run_that_went_well),
        CASE(a_run_that_failed),
        CASE(a_run_that_is_under_way),
        CASE(a_status_that_is_denied),
        CASE(registered_only_after_it_was_validated),
        CASE(what_was_read_can_be_registered_again),
        CASE(the_account_decides_the_logon_type),
        CASE(a_stored_password_would_be_lost),
        CASE(a_definition_that_is_none),
        CASE(a_definition_that_windows_refuses),
        CASE(a_registration_that_fails),
        CASE(no_task_no_registration),
        CASE(registered_but_not_going_to_run),
        CASE(registered_and_not_to_be_taken_back),
        CASE(enabled_without_registering_it),
        CASE(not_enabled),
        CASE(every_apartment_stays_as_it_is),
    };
#undef CASE
    return cmocka_run_group_tests(tests, install, NULL);
}
