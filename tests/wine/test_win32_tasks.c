/* Scheduled tasks, on a stand-in for the Task Scheduler (tools/task_server), which says what it was called
 * with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/instant.h"
#include "core/unicode.h"
#include "host/win32/win32.h"
#include "live_machine.h"
#include "memory_spy.h"
#include "task_store.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#include <objbase.h>

#define FOLDER "\\Microsoft\\OnlineBackup"
#define TASK   FOLDER "\\Microsoft-OnlineBackup"

static const char *system_task(live_machine *on, const char *description) {
    return task_store_definition(&on->memory, TASK, task_store_system, description, true);
}

static void put(live_machine *on, const char *path) {
    task_store_put(on, path, task_store_definition(&on->memory, path, task_store_system, "before", true));
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

/* Windows does not show to everybody what he may not read: it looks as if it were not there. */
static void not_elevated_nothing_is_unknown(void **state) {
    live_machine *on = *state;
    task_status is;
    bytes data;
    win32_of(on->machine)->elevated = false;
    (void)list(on, FOLDER, FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    assert_string_equal(on->why.detail, "run elevated (as administrator)");
    (void)list(on, "\\Microsoft\\Nothing", FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    assert_int_equal(on->read->task_xml(on->machine, TASK, &on->memory, &data, &on->why), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    assert_int_equal(on->read->task_status(on->machine, TASK, &on->memory, &is, &on->why), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    put(on, TASK); /* what is shown is there */
    assert_int_equal(list(on, FOLDER, FACT_KNOWN).count, 1);
    assert_int_equal(on->read->task_xml(on->machine, TASK, &on->memory, &data, &on->why), FACT_KNOWN);
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

/* ---- Accounts ---- */

static void accounts_have_sids(void **state) {
    static const char *const accounts[][2] = {{"SYSTEM", "S-1-5-18"},
                                              {"BUILTIN\\Administrators", "S-1-5-32-544"}};
    live_machine *on = *state;
    const char *sid = NULL;
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        assert_int_equal(on->read->account_sid(on->machine, accounts[i][0], &on->memory, &sid, &on->why),
                         FACT_KNOWN);
        assert_string_equal(sid, accounts[i][1]);
    }
    assert_int_equal(on->read->account_sid(on->machine, "nobody at all", &on->memory, &sid, &on->why),
                     FACT_ABSENT);
    assert_string_equal(sid, "");
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

/* ---- What is left behind ---- */

/* Everything that is asked of the Task Scheduler, once. */
static void ask_everything(live_machine *on, bytes definition) {
    arena memory = {0};
    fact why;
    task_entry_list tasks;
    task_status is;
    bytes data;
    (void)on->read->task_list(on->machine, FOLDER, &memory, &tasks, &why);
    (void)on->read->task_xml(on->machine, TASK, &memory, &data, &why);
    (void)on->read->task_status(on->machine, TASK, &memory, &is, &why);
    (void)on->write->task_register(on->machine, TASK, definition);
    (void)on->write->task_enable(on->machine, TASK, true);
    arena_free(&memory);
}

/* The first time, COM itself keeps something. */
static void nothing_is_left_whatever_fails(void **state) {
    static const char *const failing[] = {
        "None",
        "CoCreateInstance",
        "Connect",
        "GetFolder",
        "GetTasks",
        "GetFolders",
        "IRegisteredTaskCollection.get_Count",
        "IRegisteredTaskCollection.get_Item",
        "ITaskFolderCollection.get_Count",
        "ITaskFolderCollection.get_Item",
        "GetTask",
        "get_Path",
        "get_Xml",
        "get_State",
        "get_LastRunTime",
        "get_LastTaskResult",
        "GetSecurityDescriptor",
        "RegisterTask:1",
        "RegisterTask:34",
        "put_Enabled",
        "get_Enabled",
    };
    static const char *const answers[] = {"8000FFFF", "80070005", "0004131C"};
    live_machine *on = *state;
    task_store_folder(on, FOLDER "\\Sub");
    const char *text = strstr(system_task(on, "after"), "<Task");
    const bytes definition = {.data = (const uint8_t *)text, .size = strlen(text)};
    memory_spy_start();
    put(on, TASK);
    ask_everything(on, definition);
    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++) {
        for (size_t j = 0; j < sizeof answers / sizeof answers[0]; j++) {
            put(on, TASK);
            task_store_control(on, arena_printf(&on->memory, "%s=%s\n", failing[i], answers[j]));
            ask_everything(on, definition);
            long before = memory_spy_count();
            ask_everything(on, definition);
            if (memory_spy_count() != before || task_store_objects() != 0) {
                fail_msg("%s=%s: %ld texts and %ld objects are left", failing[i], answers[j],
                         memory_spy_count() - before, task_store_objects());
            }
        }
    }
}

int main(void) {
#define CASE(function) cmocka_unit_test_setup_teardown(function, task_store_begin, task_store_end)
    const struct CMUnitTest tests[] = {
        CASE(all_tasks_are_listed),
        CASE(hidden_tasks_are_listed),
        CASE(an_empty_folder_and_none),
        CASE(what_cannot_be_listed_is_unknown),
        CASE(not_elevated_nothing_is_unknown),
        CASE(a_part_is_listed),
        CASE(a_slow_service_is_waited_for),
        CASE(the_definition_as_windows_gives_it),
        CASE(a_definition_that_cannot_be_had),
        CASE(a_task_that_never_ran),
        CASE(a_run_that_went_well),
        CASE(a_run_that_failed),
        CASE(a_run_that_is_under_way),
        CASE(a_status_that_is_denied),
        CASE(accounts_have_sids),
        CASE(every_apartment_stays_as_it_is),
        CASE(nothing_is_left_whatever_fails),
    };
#undef CASE
    return cmocka_run_group_tests(tests, task_store_set_up, NULL);
}
