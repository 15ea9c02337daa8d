/* The operations on scheduled tasks, on a machine in memory: broken, what it would do, repaired, healthy,
 * taken back, as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/collect.h"
#include "core/alloc.h"
#include "core/error.h"
#include "judging.h"
#include "memory_tasks.h"
#include "parse/task_xml.h"
#include "recorded_storage.h"
#include "repair/change.h"
#include "repair/target_task.h"

#include <string.h>

#define TASK_PATH "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"
#define DEFINITION(trigger, principal, settings)                                                             \
    "<Task version=\"1.2\" xmlns=\"" TASK_XML_NAME_SPACE "\"><!-- c --><Settings>" settings                  \
    "<ExecutionTimeLimit>PT0S</ExecutionTimeLimit></Settings>"                                               \
    "<Triggers><CalendarTrigger><StartBoundary>2026-01-01T02:00:00</StartBoundary>" trigger                  \
    "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger></Triggers>"             \
    "<Principals><Principal id=\"Author\">" principal "</Principal></Principals>"                            \
    "<Actions Context=\"Author\"><Exec><Command>C:\\powershell.exe</Command>"                                \
    "<Arguments>-Command \"Start-OBBackup\"</Arguments></Exec></Actions></Task>"
#define SYSTEM      "<UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel>"
#define GROUP_OF    "<GroupId>S-1-5-32-544</GroupId><RunLevel>LeastPrivilege</RunLevel>"
#define DISABLED    "<Enabled>false</Enabled>"
#define QUEUE       "<MultipleInstancesPolicy>Queue</MultipleInstancesPolicy>"
#define USER(logon) "<UserId>S-1-5-21-1-2-3-1001</UserId>" logon "<RunLevel>HighestAvailable</RunLevel>"

static const char run_id[] = "20260302T080000Z-4711";

typedef struct fixture {
    memory_tasks *tasks;
    journal_storage *storage;
    size_t journals; /* how many were begun */
    arena memory;
    operation_run run;
} fixture;

static mars_status open_journal(void *user, journal **out) {
    fixture *it = user;
    const journal_head head = {.id = run_id, .tool_version = "0.1.0", .started = 1772438400};
    it->journals++;
    return journal_begin(out, it->storage, &head);
}

static void begin(fixture *it, bool what_if) {
    journal_close(it->run.journal);
    it->run = (operation_run){.machine = &it->tasks->machine,
                              .memory = &it->memory,
                              .what_if = what_if,
                              .step = 1,
                              .open_journal = open_journal,
                              .user = it,
                              .changes = ARENA_VECTOR(&it->memory, change_record)};
}

static int set_up(void **state) {
    static fixture it;
    it = (fixture){.tasks = memory_tasks_new(), .storage = recorded_storage_new()};
    if (it.tasks == NULL || it.storage == NULL) {
        return -1;
    }
    it.tasks->normalizes = true;
    begin(&it, false);
    *state = &it;
    return 0;
}

static int tear_down(void **state) {
    fixture *it = *state;
    journal_close(it->run.journal);
    it->storage->close(it->storage);
    memory_tasks_free(it->tasks);
    arena_free(&it->memory);
    return 0;
}

static void set_up_again(void **state) {
    assert_int_equal(tear_down(state), 0);
    assert_int_equal(set_up(state), 0);
}

static void add(fixture *it, const char *definition) {
    const bytes xml = {.data = (const uint8_t *)definition, .size = strlen(definition)};
    assert_true(memory_tasks_add(it->tasks, TASK_PATH, xml));
}

static bytes xml_of(fixture *it) {
    const memory_task *task = memory_tasks_find(it->tasks, TASK_PATH);
    return task != NULL ? task->xml : (bytes){0};
}

static void assert_xml(fixture *it, bytes expected) {
    bytes actual = xml_of(it);
    assert_int_equal(actual.size, expected.size);
    assert_memory_equal(actual.data, expected.data, expected.size);
}

static void assert_verdict(fixture *it, const char *check_id, const char *slug) {
    evidence *document = NULL;
    judging judged;
    assert_int_equal(collect(&document, &it->tasks->machine, GROUP(agent) | GROUP(schedule), NULL), MARS_OK);
    judging_run(&judged, check_id, document, NULL);
    assert_string_equal(judging_verdicts(&judged), arena_printf(&it->memory, "%s: %s", TASK_PATH, slug));
    judging_free(&judged);
    evidence_free(document);
}

static mars_status run_as_system(operation_run *run, const char *task) {
    return operation_set_task_principal(run, task, "SYSTEM");
}

static mars_status ignore_new(operation_run *run, const char *task) {
    return operation_set_task_multiple_instances(run, task, "IgnoreNew");
}

typedef mars_status (*operation_call_of)(operation_run *run, const char *task);

static const struct {
    operation_call_of call;
    const char *broken;
    const char *check;
    const char *bad;
    const char *good;
    bool registers;
} operations_tested[] = {
    {operation_enable_task, DEFINITION("", SYSTEM, DISABLED), "schedule.enabled", "disabled", "enabled",
     false},
    {operation_enable_task_triggers, DEFINITION(DISABLED, SYSTEM, ""), "schedule.enabled",
     "triggers-disabled", "enabled", true},
    {run_as_system, DEFINITION("", GROUP_OF, ""), "schedule.principal", "administrators-not-elevated",
     "system", true},
    {ignore_new, DEFINITION("", SYSTEM, QUEUE), "schedule.multiple-instances", "other-policy", "ignore-new",
     true},
};
enum { OPERATION_COUNT = sizeof operations_tested / sizeof operations_tested[0] };
/* Wrong in everything that the operations are about. */
#define BROKEN(principal) DEFINITION(DISABLED, principal, DISABLED QUEUE)

static void assert_nothing_done(fixture *it, bytes before) {
    assert_xml(it, before);
    assert_int_equal(it->tasks->registrations, 0);
    assert_int_equal(it->tasks->enablings, 0);
    assert_int_equal(it->journals, 0);
}

/* Writes back what the journal says was there. */
static void take_back(fixture *it) {
    journal_run read = {0};
    assert_int_equal(journal_read(it->storage, run_id, &it->memory, &read), MARS_OK);
    assert_int_equal(read.change_count, 1);
    const change_record *change = &read.changes[0];
    assert_true(change->done);
    assert_string_equal(change->target, TASK_PATH);
    change_state now = {0};
    assert_int_equal(target_read(&it->tasks->machine, &it->memory, change->kind, TASK_PATH, &now), MARS_OK);
    assert_true(target_same(&it->memory, change->kind, &now, &change->after));
    assert_false(target_same(&it->memory, change->kind, &now, &change->before));
    assert_int_equal(target_write(&it->tasks->machine, &it->memory, change->kind, TASK_PATH, &change->before),
                     MARS_OK);
}

static void repair_and_take_back(fixture *it, size_t n, bool normalizes) {
    it->tasks->normalizes = normalizes;
    add(it, operations_tested[n].broken);
    bytes before = xml_of(it);
    assert_verdict(it, operations_tested[n].check, operations_tested[n].bad);
    begin(it, true);
    assert_int_equal(operations_tested[n].call(&it->run, TASK_PATH), MARS_OK);
    assert_int_equal(it->run.changes.count, 1);
    assert_nothing_done(it, before);
    begin(it, false);
    assert_int_equal(operations_tested[n].call(&it->run, TASK_PATH), MARS_OK);
    assert_int_equal(it->run.changes.count, 1);
    assert_int_equal(it->tasks->registrations, operations_tested[n].registers ? 1 : 0);
    assert_int_equal(it->tasks->enablings, operations_tested[n].registers ? 0 : 1);
    assert_verdict(it, operations_tested[n].check, operations_tested[n].good);
    begin(it, false);
    assert_int_equal(operations_tested[n].call(&it->run, TASK_PATH), MARS_OK); /* it is so already */
    assert_int_equal(it->run.changes.count, 0);
    assert_int_equal(it->journals, 1);
    take_back(it);
    assert_verdict(it, operations_tested[n].check, operations_tested[n].bad);
    if (normalizes || operations_tested[n].registers) {
        assert_xml(it, before);
    }
    assert_int_equal(it->tasks->registrations, operations_tested[n].registers ? 2 : 0);
}

static void test_enable(void **state) {
    repair_and_take_back(*state, 0, true);
}

static void test_enable_triggers(void **state) {
    repair_and_take_back(*state, 1, true);
}

static void test_principal(void **state) {
    repair_and_take_back(*state, 2, true);
}

static void test_instances(void **state) {
    repair_and_take_back(*state, 3, true);
}

/* Where Windows keeps what it is given. */
static void test_stored_as_given(void **state) {
    for (size_t n = 0; n < OPERATION_COUNT; n++) {
        set_up_again(state);
        repair_and_take_back(*state, n, false);
    }
}

/* One after the other, each without harm to what the others did. */
static void test_all_of_them(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    for (size_t n = OPERATION_COUNT; n-- > 0;) {
        assert_int_equal(operations_tested[n].call(&it->run, TASK_PATH), MARS_OK);
    }
    for (size_t n = 0; n < OPERATION_COUNT; n++) {
        assert_verdict(it, operations_tested[n].check, operations_tested[n].good);
    }
    assert_int_equal(it->run.changes.count, OPERATION_COUNT);
}

/* ---- Guards ---- */

static void assert_refused(fixture *it, size_t n, mars_status expected, const char *message) {
    bytes before = xml_of(it);
    for (int what_if = 0; what_if < 2; what_if++) {
        begin(it, what_if != 0);
        assert_int_equal(operations_tested[n].call(&it->run, TASK_PATH), expected);
        if (strstr(error_message(), message) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", error_message(), message);
        }
        assert_int_equal(it->run.changes.count, 0);
        assert_nothing_done(it, before);
    }
}

static void assert_all_refused(fixture *it, mars_status expected, const char *message) {
    for (size_t n = 0; n < OPERATION_COUNT; n++) {
        assert_refused(it, n, expected, message);
    }
}

static void test_passwords(void **state) {
    static const char *const principals[] = {
        USER("<LogonType>Password</LogonType>"),
        USER("<LogonType>InteractiveTokenOrPassword</LogonType>"),
        USER(""),
    };
    for (size_t i = 0; i < sizeof principals / sizeof principals[0]; i++) {
        set_up_again(state);
        fixture *it = *state;
        const char *form = BROKEN("%s");
        const char *at = strstr(form, "%s");
        add(it, arena_printf(&it->memory, "%.*s%s%s", (int)(at - form), form, principals[i], at + 2));
        for (size_t n = 0; n < OPERATION_COUNT; n++) {
            if (operations_tested[n].registers) {
                assert_refused(it, n, MARS_E_REFUSED, "password");
            }
        }
        begin(it, false); /* the Task Scheduler keeps the password of a task that is only enabled */
        assert_int_equal(operation_enable_task(&it->run, TASK_PATH), MARS_OK);
        assert_int_equal(it->tasks->enablings, 1);
        assert_int_equal(it->tasks->registrations, 0);
    }
}

static void test_users_without_password(void **state) {
    fixture *it = *state;
    add(it, BROKEN(USER("<LogonType>S4U</LogonType>")));
    for (size_t n = 0; n < OPERATION_COUNT; n++) {
        assert_int_equal(operations_tested[n].call(&it->run, TASK_PATH), MARS_OK);
    }
    assert_int_equal(it->run.changes.count, OPERATION_COUNT);
}

static void test_running(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    memory_task *task = memory_tasks_find(it->tasks, TASK_PATH);
    task->running.value = true;
    assert_all_refused(it, MARS_E_REFUSED, "is running");
    task->running.fact = fact_unknown(REASON_ACCESS_DENIED, "x", NULL);
    assert_all_refused(it, MARS_E_REFUSED, "access was denied");
    task->running.fact = fact_absent("x");
    assert_all_refused(it, MARS_E_REFUSED, "cannot be told whether the task");
}

static void test_missing(void **state) {
    fixture *it = *state;
    assert_all_refused(it, MARS_E_REFUSED, "there is no task");
}

static void test_unreadable(void **state) {
    fixture *it = *state;
    add(it, "<Task/>");
    assert_all_refused(it, MARS_E_REFUSED, "cannot be read");
}

static void test_unclear_principal(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF "</Principal><Principal id=\"Author\">" SYSTEM));
    for (size_t n = 1; n < OPERATION_COUNT; n++) {
        assert_refused(it, n, MARS_E_REFUSED, "actions run under");
    }
}

static void test_no_trigger(void **state) {
    fixture *it = *state;
    add(it, "<Task xmlns=\"" TASK_XML_NAME_SPACE "\"><Actions/></Task>");
    assert_refused(it, 1, MARS_E_REFUSED, "no trigger");
}

static void test_backup_server(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    it->tasks->backup_server = FACT_KNOWN;
    assert_all_refused(it, MARS_E_REFUSED, "backup server");
    it->tasks->backup_server = FACT_UNKNOWN;
    assert_all_refused(it, MARS_E_REFUSED, "access was denied");
}

static void test_other_tasks(void **state) {
    fixture *it = *state;
    static const char *const paths[] = {
        "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag",   "\\Microsoft\\OnlineBackup",
        "\\Microsoft\\OnlineBackup\\..\\Windows\\Defrag",  "\\Microsoft\\OnlineBackupX\\a",
        "Microsoft\\OnlineBackup\\Microsoft-OnlineBackup",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const char *definition = BROKEN(GROUP_OF);
        it->tasks->count = 0;
        assert_true(memory_tasks_add(
            it->tasks, paths[i], (bytes){.data = (const uint8_t *)definition, .size = strlen(definition)}));
        for (size_t n = 0; n < OPERATION_COUNT; n++) {
            assert_int_equal(operations_tested[n].call(&it->run, paths[i]), MARS_E_REFUSED);
        }
    }
    assert_int_equal(it->tasks->registrations + it->tasks->enablings + it->journals, 0);
}

static void test_other_arguments(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    assert_int_equal(operation_set_task_principal(&it->run, TASK_PATH, "Administrator"),
                     MARS_E_INVALID_ARGUMENT);
    assert_int_equal(operation_set_task_multiple_instances(&it->run, TASK_PATH, "Parallel"),
                     MARS_E_INVALID_ARGUMENT);
    assert_int_equal(it->journals, 0);
}

static void test_without_task_scheduler(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    it->tasks->writer.task_enable = NULL;
    assert_all_refused(it, MARS_E_UNSUPPORTED, "Task Scheduler of the running server");
    it->tasks->machine.writer = NULL;
    assert_all_refused(it, MARS_E_UNSUPPORTED, "Task Scheduler of the running server");
}

/* ---- Failures ---- */

static void test_scheduler_refuses(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    bytes before = xml_of(it);
    for (size_t n = 0; n < OPERATION_COUNT; n++) {
        it->tasks->fails = MARS_E_UNWRITABLE;
        assert_int_equal(operations_tested[n].call(&it->run, TASK_PATH), MARS_E_UNWRITABLE);
        assert_non_null(strstr(error_message(), "told to fail"));
        assert_xml(it, before);
    }
}

static void test_registered_but_will_not_run(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    it->tasks->registers_but_fails = true;
    assert_int_equal(ignore_new(&it->run, TASK_PATH), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "will not run"));
    assert_int_equal(it->tasks->registrations, 1);
}

static void test_read_back_differs(void **state) {
    fixture *it = *state;
    add(it, BROKEN(GROUP_OF));
    it->tasks->stores = DEFINITION("", GROUP_OF, DISABLED); /* the policy is set, but a trigger is enabled */
    assert_int_equal(ignore_new(&it->run, TASK_PATH), MARS_E_UNREADABLE);
    assert_non_null(strstr(error_message(), "not what was written"));
}

/* Whichever allocation fails, a task is as it was or as it was to be. */
static void test_memory(void **state) {
    for (size_t n = 0; n < OPERATION_COUNT; n++) {
        bool failed = true;
        for (uint64_t at = 1; failed; at++) {
            set_up_again(state);
            fixture *it = *state;
            add(it, operations_tested[n].broken);
            mem_test_fail_at(at);
            mars_status status = operations_tested[n].call(&it->run, TASK_PATH);
            failed = mem_test_count() >= at;
            mem_test_fail_at(0);
            size_t made = it->tasks->registrations + it->tasks->enablings;
            assert_true(failed ? made <= 1 : status == MARS_OK && made == 1);
            assert_true(!operations_tested[n].registers || it->tasks->enablings == 0);
            assert_true(operations_tested[n].registers || it->tasks->registrations == 0);
            it->memory.failed = false;
            assert_verdict(it, operations_tested[n].check,
                           made == 0 ? operations_tested[n].bad : operations_tested[n].good);
        }
    }
}

/* ---- Writing, with no operation in the way ---- */

static mars_status write_definition(fixture *it, const char *definition) {
    const change_state state = {.present = true,
                                .data = {.data = (const uint8_t *)definition, .size = strlen(definition)}};
    return target_write(&it->tasks->machine, &it->memory, CHANGE_TASK, TASK_PATH, &state);
}

static void test_password_is_never_lost(void **state) {
    fixture *it = *state;
    add(it, DEFINITION("", USER("<LogonType>Password</LogonType>"), ""));
    bytes before = xml_of(it);
    assert_int_equal(write_definition(it, DEFINITION("", SYSTEM, "")), MARS_E_REFUSED);
    assert_xml(it, before);
    it->tasks->count = 0;
    add(it, DEFINITION("", SYSTEM, ""));
    assert_int_equal(write_definition(it, DEFINITION("", USER("<LogonType>Password</LogonType>"), "")),
                     MARS_E_REFUSED);
    assert_int_equal(it->tasks->registrations, 0);
}

static void test_deleted_task_comes_back(void **state) {
    fixture *it = *state;
    assert_int_equal(write_definition(it, DEFINITION("", SYSTEM, DISABLED)), MARS_OK);
    assert_verdict(it, "schedule.enabled", "disabled");
    assert_int_equal(it->tasks->registrations, 1);
}

static void test_no_definition(void **state) {
    fixture *it = *state;
    const change_state gone = {0};
    add(it, DEFINITION("", SYSTEM, ""));
    bytes before = xml_of(it);
    assert_int_equal(write_definition(it, "<Task/>"), MARS_E_UNREADABLE);
    assert_int_equal(target_write(&it->tasks->machine, &it->memory, CHANGE_TASK, TASK_PATH, &gone),
                     MARS_E_UNSUPPORTED);
    assert_nothing_done(it, before);
    it->tasks->count = 0;
    assert_int_equal(change_task_enabled(&it->run, TASK_PATH, true), MARS_E_NOT_FOUND);
}

static void test_disabling(void **state) {
    fixture *it = *state;
    add(it, DEFINITION("", SYSTEM, ""));
    assert_int_equal(change_task_enabled(&it->run, TASK_PATH, false), MARS_OK);
    assert_verdict(it, "schedule.enabled", "disabled");
    assert_int_equal(it->tasks->enablings, 1);
    assert_int_equal(it->tasks->registrations, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_enable),
        TEST(test_enable_triggers),
        TEST(test_principal),
        TEST(test_instances),
        TEST(test_stored_as_given),
        TEST(test_all_of_them),
        TEST(test_passwords),
        TEST(test_users_without_password),
        TEST(test_running),
        TEST(test_missing),
        TEST(test_unreadable),
        TEST(test_unclear_principal),
        TEST(test_no_trigger),
        TEST(test_backup_server),
        TEST(test_other_tasks),
        TEST(test_other_arguments),
        TEST(test_without_task_scheduler),
        TEST(test_scheduler_refuses),
        TEST(test_registered_but_will_not_run),
        TEST(test_read_back_differs),
        TEST(test_memory),
        TEST(test_password_is_never_lost),
        TEST(test_deleted_task_comes_back),
        TEST(test_no_definition),
        TEST(test_disabling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
