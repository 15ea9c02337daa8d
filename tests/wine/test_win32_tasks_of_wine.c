/* Scheduled tasks of Wine's own Task Scheduler, made with Wine's schtasks. It keeps a definition's settings,
 * but neither triggers nor principals nor what an action does, and lists no tasks: so of what is not there
 * nothing is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "live_machine.h"
#include "parse/task_xml.h"
#include "task_store.h"

#include <string.h>

#define TASK "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"

/* Wine's schtasks takes a file in 8 bits. */
static int create(void **state) {
    (void)live_open(state);
    live_machine *on = *state;
    const char *definition =
        strstr(task_store_definition(&on->memory, TASK, task_store_system, "of Wine", true), "<Task");
    store("C:\\task.xml", definition, strlen(definition));
    (void)tool(on, "schtasks /create /f /tn " TASK " /xml C:\\task.xml");
    return 0;
}

static void settings_are_read(void **state) {
    live_machine *on = *state;
    bytes data;
    task_definition definition;
    assert_int_equal(on->read->task_xml(on->machine, TASK, &on->memory, &data, &on->why), FACT_KNOWN);
    if (!task_xml_read(data.data, data.size, &on->memory, &definition, &on->why)) {
        fail_msg("%s", on->why.detail);
    }
    assert_int_equal(definition.multiple_instances, TASK_INSTANCES_IGNORE_NEW);
    assert_true(definition.start_when_available);
    assert_true(definition.enabled);
    assert_false(definition.stop_on_batteries);
    assert_string_equal(definition.execution_time_limit, "PT0S");
}

static void what_wine_cannot_tell_is_unknown(void **state) {
    live_machine *on = *state;
    task_entry_list tasks;
    task_status is;
    assert_int_equal(
        on->read->task_list(on->machine, "\\Microsoft\\OnlineBackup", &on->memory, &tasks, &on->why),
        FACT_UNKNOWN);
    assert_string_equal(on->why.detail, "Windows answered with 0x80004001");
    assert_int_equal(on->read->task_status(on->machine, TASK, &on->memory, &is, &on->why), FACT_KNOWN);
    assert_int_equal(is.last_result.fact.state, FACT_UNKNOWN);
    assert_true(fact_is_false(&is.running));
    assert_int_equal(on->read->task_xml(on->machine, TASK "2", &on->memory, &(bytes){0}, &on->why),
                     FACT_ABSENT);
}

/* It takes some changes without a word and makes none: a change counts once it is read. */
static void what_wine_does_not_change_is_said(void **state) {
    live_machine *on = *state;
    assert_int_equal(on->write->task_enable(on->machine, TASK, false), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "the task is enabled as before"));
    const char *definition =
        strstr(task_store_definition(&on->memory, TASK, task_store_system, "after", true), "<Task");
    const bytes xml = {.data = (const uint8_t *)definition, .size = strlen(definition)};
    assert_int_equal(on->write->task_register(on->machine, TASK, xml), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "0x80004001"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(settings_are_read, create, live_close),
        cmocka_unit_test_setup_teardown(what_wine_cannot_tell_is_unknown, create, live_close),
        cmocka_unit_test_setup_teardown(what_wine_does_not_change_is_said, create, live_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
