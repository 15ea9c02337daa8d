/* powershell.module-path over evidence built by hand. */
#include "collect/read.h"
#include "judging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CHECK   "powershell.module-path"
#define BUILTIN "C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules"
#define PARENT  "C:\\Program Files\\Microsoft Azure Recovery Services Agent\\bin\\Modules"

enum { WRITTEN = 1000, BEFORE = 900, AFTER = 2000 };

static const fact_text unreadable = {.fact = {.state = FACT_UNKNOWN, .reason = REASON_ACCESS_DENIED}};

typedef struct scene {
    evidence e;
    scheduled_task task;
    action_facts action;
    const char *imported[2];
    module_path_element elements[4];
    module_import import;
} scene;

static fact_text text(const char *value) {
    return value != NULL ? fact_text_known(value, "somewhere")
                         : (fact_text){.fact = fact_absent("somewhere")};
}

static module_path_element *add_element(scene *s, const char *folder, const char *manifest) {
    module_path_element *element = &s->elements[s->e.powershell.module_path.count++];
    *element = (module_path_element){
        .raw = text(folder),
        .folder = text(folder),
        .quoted = fact_flag_known(false, "path"),
        .present = fact_flag_known(true, "path"),
        .manifest = text(manifest),
    };
    return element;
}

/* One task that imports the module by name; the machine's path has PowerShell's own folder only. */
static void set_scene(scene *s) {
    *s = (scene){0};
    powershell_evidence *p = &s->e.powershell;
    p->system_module_path = text(NULL);
    p->machine_module_path = text("the value");
    p->module_path_type = text("REG_EXPAND_SZ");
    p->module_path_written = (fact_time){.fact = fact_known("key"), .value = WRITTEN};
    p->module_path = (fact_list){.fact = fact_known("path"), .items = s->elements};
    p->imports = (fact_list){.fact = fact_known("tasks"), .items = &s->import};
    p->module_folder = text(PARENT "\\MSOnlineBackup");
    add_element(s, BUILTIN, NULL);
    s->e.schedule.tasks = (fact_list){.fact = fact_known("tasks"), .count = 1, .items = &s->task};
    s->task.path = text("\\Files");
    s->task.defined = fact_flag_known(true, "tasks");
    s->task.actions = (fact_list){.fact = fact_known("tasks"), .count = 1, .items = &s->action};
    s->task.last_success.fact = fact_absent("tasks");
    s->action.powershell = fact_flag_known(true, "tasks");
    s->imported[0] = "MSOnlineBackup";
    s->action.imports.fact = fact_known("tasks");
    s->action.imports.value = (text_list){.items = s->imported, .count = 1};
}

static void import_path(scene *s, const char *resolved) {
    s->imported[0] = "D:\\Modules\\MSOnlineBackup.psd1";
    s->import = (module_import){.path = text(s->imported[0]), .resolved = text(resolved)};
    s->e.powershell.imports.count = 1;
}

static void no_value(scene *s) {
    s->e.powershell.machine_module_path = text(NULL);
    s->e.powershell.module_path_type = text(NULL);
    s->e.powershell.module_path = (fact_list){.fact = fact_absent("environment")};
}

static void succeed_at(scene *s, int64_t when) {
    s->task.last_success = (fact_time){.fact = fact_known("history"), .value = when};
}

static void expect(const scene *s, const char *verdicts) {
    judging run;
    judging_run(&run, CHECK, &s->e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    judging_free(&run);
}

static void test_found(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    add_element(&s, PARENT, PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect(&s, "found");
}

/* A file that the Task Scheduler does not know was left behind: what it imports does not matter. */
static void test_unregistered_task(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    add_element(&s, PARENT, PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    import_path(&s, NULL);
    expect(&s, "import-missing; found");
    s.task.registered = fact_flag_known(false, "tasks");
    expect(&s, "found");
}

static void test_not_found(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    judging run;
    judging_run(&run, CHECK, &s.e, NULL);
    assert_string_equal(judging_verdicts(&run), "not-found");
    assert_string_equal(judging_value(&run, 0, "needed"), PARENT);
    assert_string_equal(judging_value(&run, 0, "value"), "the value");
    judging_free(&run);
}

static void test_no_value(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    no_value(&s);
    expect(&s, "no-value");
    succeed_at(&s, AFTER);
    expect(&s, "not-found-but-working");
}

static void test_article_form(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    add_element(&s, PARENT "\\msonlinebackup", NULL);
    expect(&s, "not-found; module-folder-itself");
    add_element(&s, PARENT, PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect(&s, "found");
}

static void test_quoted(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    module_path_element *element = add_element(&s, "\"" PARENT "\"", NULL);
    element->quoted = fact_flag_known(true, "path");
    expect(&s, "not-found; quoted");
    element->manifest = text(PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect(&s, "not-found; quoted");
}

static void test_not_expanded(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    add_element(&s, "%ProgramFiles%\\Microsoft Azure Recovery Services Agent\\bin\\Modules", NULL);
    expect(&s, "not-found");
    s.e.powershell.module_path_type = text("REG_SZ");
    expect(&s, "not-found; not-expanded");
}

static void test_own_value_of_system(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.system_module_path = text(BUILTIN);
    expect(&s, "not-found; system-hides-machine");
    s.e.powershell.machine_module_path = text(NULL);
    expect(&s, "not-found");
}

static void test_softening(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    succeed_at(&s, BEFORE);
    expect(&s, "not-found");
    succeed_at(&s, AFTER);
    expect(&s, "not-found-but-working");
    s.e.powershell.module_path_written.fact = unreadable.fact;
    expect(&s, "not-found");
}

static void run_at(scene *s, int64_t when, int64_t result) {
    s->task.last_run = (fact_time){.fact = fact_known("history"), .value = when};
    s->task.last_result = (fact_number){.fact = fact_known("history"), .value = result};
}

static void test_last_run_where_no_success_is_kept(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.task.last_success.fact = fact_unknown(REASON_NOT_ON_HOST, "history", NULL);
    run_at(&s, AFTER, 0);
    expect(&s, "not-found-but-working");
    run_at(&s, AFTER, 1);
    expect(&s, "not-found");
    run_at(&s, BEFORE, 0);
    expect(&s, "not-found");
    s.task.last_success = (fact_time){.fact = fact_known("history"), .value = BEFORE};
    run_at(&s, AFTER, 0);
    expect(&s, "not-found");
}

static void test_backup_server(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.agent.backup_server = text("C:\\DPM");
    expect(&s, "not-found");
    s.e.schedule.tasks.count = 0;
    expect(&s, "backup-server");
    s.e.schedule.tasks.fact = unreadable.fact;
    expect(&s, "unknown");
    s.e.schedule.tasks.fact = fact_known("tasks");
    s.e.agent.backup_server.fact = unreadable.fact;
    expect(&s, "not-found");
}

static void test_builtin_folder(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.module_path.count = 0;
    add_element(&s, PARENT, PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect(&s, "found; builtin-hidden");
    succeed_at(&s, AFTER);
    expect(&s, "found; builtin-hidden-but-working");
    add_element(&s, "c:\\windows\\System32\\windowspowershell\\V1.0\\modules", NULL);
    expect(&s, "found");
}

static void test_import_by_path(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    import_path(&s, "D:\\Modules\\MSOnlineBackup.psd1");
    expect(&s, "imported-by-path");
    import_path(&s, NULL);
    expect(&s, "import-missing");
    s.import.resolved = unreadable;
    expect(&s, "unknown");
    import_path(&s, "D:\\Modules\\MSOnlineBackup.psd1");
    s.imported[1] = "MSOnlineBackup";
    s.action.imports.value.count = 2;
    expect(&s, "not-found");
}

static void test_missing_import_beside_a_good_path(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    import_path(&s, NULL);
    add_element(&s, PARENT, PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect(&s, "import-missing; found");
}

static void test_action_without_recognised_import(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.action.imports.value.count = 0;
    expect(&s, "not-found");
    s.e.schedule.tasks.count = 0;
    expect(&s, "not-found");
}

static void test_unknown(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.system_module_path = unreadable;
    s.e.powershell.module_path = (fact_list){.fact = unreadable.fact};
    expect(&s, "unknown");

    set_scene(&s);
    add_element(&s, "E:\\Modules", NULL)->manifest = unreadable;
    expect(&s, "unknown");
    add_element(&s, PARENT, PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect(&s, "found");

    set_scene(&s);
    s.e.schedule.tasks = (fact_list){.fact = unreadable.fact};
    expect(&s, "unknown");
    add_element(&s, PARENT, PARENT "\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect(&s, "found");
}

static void test_nothing_collected(void **state) {
    (void)state;
    evidence empty = {0};
    judging run;
    judging_run(&run, CHECK, &empty, NULL);
    assert_string_equal(judging_verdicts(&run), "unknown");
    judging_free(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_unregistered_task),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_no_value),
        cmocka_unit_test(test_article_form),
        cmocka_unit_test(test_quoted),
        cmocka_unit_test(test_not_expanded),
        cmocka_unit_test(test_own_value_of_system),
        cmocka_unit_test(test_softening),
        cmocka_unit_test(test_last_run_where_no_success_is_kept),
        cmocka_unit_test(test_backup_server),
        cmocka_unit_test(test_builtin_folder),
        cmocka_unit_test(test_import_by_path),
        cmocka_unit_test(test_missing_import_beside_a_good_path),
        cmocka_unit_test(test_action_without_recognised_import),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_nothing_collected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
