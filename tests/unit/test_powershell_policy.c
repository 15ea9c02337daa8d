/* powershell.execution-policy over evidence built by hand: every scope, every word, softening, tasks that
 * differ. */
#include "collect/read.h"
#include "judging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CHECK "powershell.execution-policy"

enum { WRITTEN = 1000, BEFORE = 900, AFTER = 2000 };

static const fact_text unreadable = {.fact = {.state = FACT_UNKNOWN, .reason = REASON_ACCESS_DENIED}};

typedef struct scene {
    evidence e;
    scheduled_task tasks[2];
    action_facts actions[2];
    module_file files[2];
} scene;

static fact_text text(const char *value) {
    return value != NULL ? fact_text_known(value, "somewhere")
                         : (fact_text){.fact = fact_absent("somewhere")};
}

/* A server on which no scope sets anything, two tasks run PowerShell without a policy of their own, no
 * success known; the module has a script and a program. */
static void set_scene(scene *s) {
    *s = (scene){0};
    powershell_evidence *p = &s->e.powershell;
    p->machine_policy_enabled.fact = fact_absent("gpo");
    p->user_policy_enabled.fact = fact_absent("gpo");
    fact_text *texts[] = {&p->machine_policy,     &p->user_policy,  &p->system_preference,
                          &p->machine_preference, &p->current_user, &p->local_machine};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = text(NULL);
    }
    p->policy_written = (fact_time){.fact = fact_known("keys"), .value = WRITTEN};
    p->files = (fact_list){.fact = fact_known("module"), .count = 2, .items = s->files};
    static const char *const names[] = {"Init.psm1", "Engine.dll"};
    static const char *const kinds[] = {"script", "program"};
    for (size_t i = 0; i < 2; i++) {
        s->files[i].path = text(names[i]);
        s->files[i].kind = text(kinds[i]);
        s->files[i].signature = text("none");
        s->files[i].publisher_trusted.fact = fact_absent("none");
        s->files[i].zone.fact = fact_absent("none");
    }
    s->e.machine.product_type = text("ServerNT");
    s->e.schedule.tasks = (fact_list){.fact = fact_known("tasks"), .count = 2, .items = s->tasks};
    static const char *const paths[] = {"\\Files", "\\SystemState"};
    for (size_t i = 0; i < 2; i++) {
        s->tasks[i].path = text(paths[i]);
        s->tasks[i].defined = fact_flag_known(true, "tasks");
        s->tasks[i].actions = (fact_list){.fact = fact_known("tasks"), .count = 1, .items = &s->actions[i]};
        s->tasks[i].last_success.fact = fact_absent("tasks");
        s->actions[i].powershell = fact_flag_known(true, "tasks");
        s->actions[i].execution_policy = text(NULL);
    }
}

static void succeed_at(scene *s, int64_t when) {
    s->tasks[1].last_success = (fact_time){.fact = fact_known("history"), .value = when};
}

static void expect(const scene *s, const char *verdicts) {
    judging run;
    judging_run(&run, CHECK, &s->e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    judging_free(&run);
}

static void expect_scope(const scene *s, const char *verdicts, const char *scope, const char *policy) {
    judging run;
    judging_run(&run, CHECK, &s->e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    assert_string_equal(judging_value(&run, 0, "scope"), scope);
    assert_string_equal(judging_value(&run, 0, "policy"), policy);
    judging_free(&run);
}

static void test_words(void **state) {
    (void)state;
    static const struct {
        const char *word;
        const char *verdict;
    } rows[] = {
        {"Bypass", "allowed"},
        {"bYPASS", "allowed"},
        {"Unrestricted", "allowed"},
        {"RemoteSigned", "allowed"},
        {"AllSigned", "all-signed-unsigned"},
        {"Restricted", "restricted"},
        {"RESTRICTED", "restricted"},
        {"RemoteSigned ", "unrecognised"},
        {"Undefined", "unrecognised"},
        {"nonsense", "unrecognised"},
        {"", "undefined-server"},
        {NULL, "undefined-server"},
        {"Default", "undefined-server"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        scene s;
        set_scene(&s);
        s.e.powershell.local_machine = text(rows[i].word);
        expect(&s, rows[i].verdict);
    }
}

/* From the last scope to the first: each that is set beats those set before it. */
static void test_order_of_scopes(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    powershell_evidence *p = &s.e.powershell;
    expect_scope(&s, "undefined-server", "none", "Undefined");
    p->local_machine = text("Bypass");
    expect_scope(&s, "allowed", "LocalMachine", "Bypass");
    p->current_user = text("Restricted");
    expect_scope(&s, "restricted", "CurrentUser (SYSTEM)", "Restricted");
    p->machine_preference = text("Bypass");
    expect_scope(&s, "allowed", "Process (PSExecutionPolicyPreference)", "Bypass");
    p->system_preference = text("Restricted");
    expect_scope(&s, "restricted", "Process (PSExecutionPolicyPreference)", "Restricted");
    s.actions[0].execution_policy = s.actions[1].execution_policy = text("bypass");
    expect_scope(&s, "allowed", "Process (the task's own argument)", "bypass");
    p->user_policy_enabled = fact_number_known(1, "gpo");
    p->user_policy = text("Restricted");
    expect_scope(&s, "restricted-by-policy", "UserPolicy", "Restricted");
    p->machine_policy_enabled = fact_number_known(1, "gpo");
    p->machine_policy = text("RemoteSigned");
    expect_scope(&s, "allowed", "MachinePolicy", "RemoteSigned");
}

static void test_group_policy_switch(void **state) {
    (void)state;
    static const struct {
        int64_t enabled; /* -1: absent */
        const char *policy;
        const char *verdict;
    } rows[] = {
        {0, NULL, "restricted-by-policy"},     {0, "Bypass", "restricted-by-policy"},
        {1, "Unrestricted", "allowed"},        {1, NULL, "undefined-server"},
        {1, "", "undefined-server"},           {1, "wrong", "unrecognised"},
        {2, "Restricted", "undefined-server"}, {-1, "Restricted", "undefined-server"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        scene s;
        set_scene(&s);
        if (rows[i].enabled >= 0) {
            s.e.powershell.machine_policy_enabled = fact_number_known(rows[i].enabled, "gpo");
        }
        s.e.powershell.machine_policy = text(rows[i].policy);
        expect(&s, rows[i].verdict);
    }
}

static void test_empty_environment_of_system_hides_the_machines(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.machine_preference = text("Restricted");
    s.e.powershell.system_preference = text("");
    s.e.powershell.local_machine = text("Bypass");
    expect(&s, "allowed");
}

static void test_unreadable_scope_before_the_deciding_one(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("RemoteSigned");
    s.e.powershell.current_user = unreadable;
    expect(&s, "unknown");
    s.e.powershell.machine_preference = text("Bypass");
    expect(&s, "allowed");
    s.e.powershell.machine_policy_enabled.fact = unreadable.fact;
    expect(&s, "unknown");
}

static void test_unreadable_tasks(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("RemoteSigned");
    s.e.schedule.tasks = (fact_list){.fact = unreadable.fact};
    expect(&s, "unknown");
    s.e.powershell.machine_policy_enabled = fact_number_known(0, "gpo");
    expect(&s, "restricted-by-policy");

    set_scene(&s);
    s.e.powershell.local_machine = text("RemoteSigned");
    s.tasks[0].actions = (fact_list){.fact = unreadable.fact};
    expect(&s, "\\Files: unknown; \\SystemState: allowed");
    s.tasks[1].actions = (fact_list){.fact = unreadable.fact};
    expect(&s, "\\Files: unknown; \\SystemState: unknown");
}

static void test_without_tasks(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("RemoteSigned");
    s.e.schedule.tasks = (fact_list){.fact = fact_absent("tasks")};
    expect(&s, "allowed");
}

static void test_tasks_that_differ(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("Restricted");
    s.actions[0].execution_policy = text("Bypass");
    expect(&s, "\\Files: allowed; \\SystemState: restricted");
    s.actions[1].powershell = fact_flag_known(false, "tasks");
    expect(&s, "allowed");
}

static void test_client(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.machine.product_type = text("WinNT");
    expect(&s, "undefined-client");
    s.e.machine.product_type = unreadable;
    expect(&s, "unknown");
}

static void test_softening(void **state) {
    (void)state;
    static const struct {
        const char *word;
        const char *verdict;
    } rows[] = {
        {NULL, "undefined-but-working"},
        {"Default", "undefined-but-working"},
        {"Restricted", "restricted-but-working"},
        {"nonsense", "restricted-but-working"},
        {"AllSigned", "all-signed-but-working"},
        {"RemoteSigned", "marked-scripts-but-working"},
        {"Unrestricted", "marked-scripts-but-working"},
        {"Bypass", "allowed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        scene s;
        set_scene(&s);
        s.files[0].zone = fact_number_known(3, "mark");
        s.e.powershell.local_machine = text(rows[i].word);
        succeed_at(&s, AFTER);
        expect(&s, rows[i].verdict);
    }
}

static void test_softening_needs_a_success_after_the_change(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    succeed_at(&s, BEFORE);
    expect(&s, "undefined-server");
    succeed_at(&s, AFTER);
    s.e.powershell.policy_written.fact = unreadable.fact;
    expect(&s, "undefined-server");
}

static void test_task_argument_is_not_softened(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    succeed_at(&s, AFTER);
    s.actions[0].execution_policy = s.actions[1].execution_policy = text("Restricted");
    expect(&s, "restricted");
}

static void test_all_signed(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("AllSigned");
    s.files[0].signature = text("matches");
    s.files[0].publisher_trusted = fact_flag_known(true, "store");
    expect(&s, "all-signed-trusted");
    s.files[0].publisher_trusted = fact_flag_known(false, "store");
    expect(&s, "all-signed-untrusted");
    s.files[0].publisher_trusted.fact = unreadable.fact;
    expect(&s, "unknown");
    s.files[0].signature = text("unsupported");
    expect(&s, "unknown");
    s.files[0].signature = text("differs");
    expect(&s, "all-signed-unsigned");
    s.files[0].signature = text("malformed");
    expect(&s, "all-signed-unsigned");
    s.files[0].signature = unreadable;
    expect(&s, "unknown");
    s.files[0].kind = text("manifest");
    expect(&s, "all-signed-no-scripts");
    s.files[0].kind = unreadable;
    expect(&s, "unknown");
    s.e.powershell.files = (fact_list){.fact = unreadable.fact};
    expect(&s, "unknown");
}

static void test_marks(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("RemoteSigned");
    s.files[0].zone = fact_number_known(2, "mark");
    expect(&s, "allowed");
    s.files[0].zone = fact_number_known(3, "mark");
    expect(&s, "marked-scripts");
    s.files[0].signature = text("matches");
    s.files[0].publisher_trusted = fact_flag_known(true, "store");
    expect(&s, "allowed");
    s.files[0].zone.fact = unreadable.fact;
    expect(&s, "allowed-marks-unread");
    s.e.powershell.local_machine = text("Bypass");
    expect(&s, "allowed");
}

static void test_names_the_scripts(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("AllSigned");
    judging run;
    judging_run(&run, CHECK, &s.e, NULL);
    assert_string_equal(judging_value(&run, 0, "scripts"), "Init.psm1");
    judging_free(&run);
}

/* A file that the Task Scheduler does not know never starts, so its argument decides nothing. */
static void test_unregistered_task(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.local_machine = text("Bypass");
    s.actions[1].execution_policy = text("Restricted");
    s.tasks[1].registered = fact_flag_known(false, "tasks");
    judging run;
    judging_run(&run, CHECK, &s.e, NULL);
    assert_string_equal(judging_verdicts(&run), "allowed");
    judging_free(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unregistered_task),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_order_of_scopes),
        cmocka_unit_test(test_group_policy_switch),
        cmocka_unit_test(test_empty_environment_of_system_hides_the_machines),
        cmocka_unit_test(test_unreadable_scope_before_the_deciding_one),
        cmocka_unit_test(test_unreadable_tasks),
        cmocka_unit_test(test_without_tasks),
        cmocka_unit_test(test_tasks_that_differ),
        cmocka_unit_test(test_client),
        cmocka_unit_test(test_softening),
        cmocka_unit_test(test_softening_needs_a_success_after_the_change),
        cmocka_unit_test(test_task_argument_is_not_softened),
        cmocka_unit_test(test_all_signed),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_names_the_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
