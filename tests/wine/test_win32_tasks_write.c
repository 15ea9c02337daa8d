/* Changing scheduled tasks, on a stand-in for the Task Scheduler (tools/task_server), which says what it was
 * called with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "live_machine.h"
#include "task_store.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#define FOLDER "\\Microsoft\\OnlineBackup"
#define TASK   FOLDER "\\Microsoft-OnlineBackup"

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

static fact_state xml(live_machine *on, bytes *out) {
    return on->read->task_xml(on->machine, TASK, &on->memory, out, &on->why);
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

int main(void) {
#define CASE(function) cmocka_unit_test_setup_teardown(function, task_store_begin, task_store_end)
    const struct CMUnitTest tests[] = {
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
    };
#undef CASE
    return cmocka_run_group_tests(tests, task_store_set_up, NULL);
}
