/* Making plans: order, merging, holds, what is set, advice, and the views. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "offered_report.h"
#include "repair/plan.h"
#include "repair/render_operations.h"
#include "report/display.h"

#include <stdlib.h>
#include <string.h>

#define TASK   "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"
#define FOLDER "C:\\Program Files\\MARS\\bin\\Modules"

static const offered_value obengine[] = {{"service", "obengine", 0}, {0}};
static const offered_value task[] = {{"task", TASK, 0}, {0}};
static const offered_value machine_scope[] = {{"scope", "LocalMachine", 0}, {0}};

/* In the report's order, which is not the plan's. */
static void fill(report *document, bool live) {
    offered_report_begin(document, live);
    offered_report_add(document, "agent.service", "stopped", NULL, obengine);
    offered_report_add(document, "agent.service", "manual-start", NULL, obengine);
    offered_report_add(document, "schedule.enabled", "disabled", TASK, task);
    offered_report_add(document, "schedule.enabled", "no-trigger", "\\Other", NULL);
    offered_report_add(document, "powershell.execution-policy", "restricted", "a", machine_scope);
    offered_report_add(document, "powershell.execution-policy", "unrecognised", "b", machine_scope);
    offered_report_add(document, "powershell.module-integrity", "empty-file", NULL, NULL);
    offered_report_add(document, "agent.version", "not-newest", NULL, NULL);
}

static plan *made(const report *document, const plan_settings *settings) {
    static const plan_settings none = {0};
    plan *result = NULL;
    assert_int_equal(plan_make(&result, document, settings != NULL ? settings : &none), MARS_OK);
    assert_non_null(result);
    return result;
}

static const plan_step *step_of(const plan *document, const char *id) {
    for (size_t i = 0; i < document->step_count; i++) {
        if (strcmp(document->steps[i].offer.operation->id, id) == 0) {
            return &document->steps[i];
        }
    }
    fail_msg("no step %s", id);
    return NULL;
}

static void test_order_and_merging(void **state) {
    (void)state;
    report document;
    fill(&document, true);
    plan *p = made(&document, NULL);
    static const char *const order[] = {"powershell.set-execution-policy", "powershell.restore-module",
                                        "service.set-start", "task.enable", "service.start"};
    assert_int_equal(p->step_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(p->steps[i].offer.operation->id, order[i]);
    }
    assert_int_equal(p->steps[0].reason_count, 2);
    assert_string_equal(p->steps[0].reasons[0].check->id, "powershell.execution-policy");
    assert_string_equal(p->steps[0].reasons[0].subject, "a");
    assert_string_equal(p->steps[0].reasons[0].verdict, "restricted");
    assert_string_equal(p->steps[0].reasons[1].verdict, "unrecognised");
    assert_string_equal(p->steps[0].title,
                        "Set PowerShell's execution policy of this machine to RemoteSigned");
    assert_string_equal(p->steps[0].arguments_json, "{\"policy\":\"RemoteSigned\"}");
    assert_string_equal(p->machine.computer_name, "SRV01");
    assert_null(p->machine.mars_machine_id);
    assert_int_equal(strlen(p->hash), 64);
    plan_free(p);
    arena_free(&document.memory);
}

static void test_advice_for_what_nothing_answers(void **state) {
    (void)state;
    report document;
    fill(&document, true);
    plan *p = made(&document, NULL);
    assert_int_equal(p->advice.count, 1);
    assert_string_equal(p->advice.items[0],
                        "schedule.enabled [\\Other]: Save the backup schedule again in the Microsoft Azure "
                        "Backup console.");
    plan_free(p);
    arena_free(&document.memory);
}

static void test_holds(void **state) {
    (void)state;
    report document;
    fill(&document, true);
    plan *p = made(&document, NULL);
    assert_int_equal(step_of(p, "service.start")->hold, PLAN_TAKEN);
    assert_null(step_of(p, "service.start")->hold_reason);
    const plan_step *module = step_of(p, "powershell.restore-module");
    assert_int_equal(module->hold, PLAN_NEEDS_ARGUMENT);
    assert_string_equal(module->hold_reason, "it needs source, which no check can know: --set "
                                             "powershell.restore-module.source=VALUE");
    assert_int_equal(step_of(p, "task.enable")->hold, PLAN_TOO_RISKY);
    assert_non_null(strstr(step_of(p, "task.enable")->hold_reason, "medium"));
    plan_free(p);
    p = made(&document, &(plan_settings){.include_risk = RISK_MEDIUM});
    assert_int_equal(step_of(p, "task.enable")->hold, PLAN_TAKEN);
    assert_int_equal(step_of(p, "powershell.restore-module")->hold, PLAN_NEEDS_ARGUMENT);
    plan_free(p);
    arena_free(&document.memory);
    fill(&document, false);
    p = made(&document, &(plan_settings){.include_risk = RISK_HIGH});
    assert_int_equal(step_of(p, "task.enable")->hold, PLAN_NOT_HERE);
    assert_int_equal(step_of(p, "service.start")->hold, PLAN_NOT_HERE);
    assert_int_equal(step_of(p, "service.set-start")->hold, PLAN_TAKEN);
    plan_free(p);
    arena_free(&document.memory);
}

static void test_only_the_checks_named(void **state) {
    (void)state;
    report document;
    fill(&document, true);
    arena scratch = {0};
    check_selection selection = {0};
    assert_int_equal(check_select("schedule,powershell.execution-policy", &scratch, &selection), MARS_OK);
    plan *p = made(&document, &(plan_settings){.checks = &selection});
    assert_int_equal(p->step_count, 2);
    plan_free(p);
    arena_free(&scratch);
    arena_free(&document.memory);
}

static void test_sets(void **state) {
    (void)state;
    report document;
    fill(&document, true);
    plan *p = made(&document, &(plan_settings){.sets = "powershell.restore-module.source=/srv/a=b c\r\n\n"
                                                       "powershell.set-execution-policy.policy=Unrestricted\n"
                                                       "shadow.resize.max_bytes=1073741824"});
    const plan_step *module = step_of(p, "powershell.restore-module");
    assert_string_equal(module->offer.values[0].text, "/srv/a=b c");
    assert_int_equal(module->hold, PLAN_TAKEN); /* named, so asked for, though its risk is medium */
    assert_int_equal(module->risk, RISK_MEDIUM);
    assert_string_equal(step_of(p, "powershell.set-execution-policy")->arguments_json,
                        "{\"policy\":\"Unrestricted\"}");
    plan_free(p);
    p = made(&document, &(plan_settings){.sets = "powershell.restore-module.source=/srv\n"
                                                 "powershell.restore-module.baseline=/srv/b.json"});
    assert_int_equal(step_of(p, "powershell.restore-module")->risk, RISK_LOW);
    plan_free(p);
    arena_free(&document.memory);
}

static void test_wrong_sets(void **state) {
    (void)state;
    static const struct {
        const char *sets;
        const char *message; /* part of it */
    } rows[] = {
        {"nonsense", "is not OPERATION.ARGUMENT=VALUE"},
        {"=x", "name of an operation"},
        {"source=x", "name of an operation"},
        {"restore-module.source=x", "name of an operation"},
        {"no.such-operation.source=x", "name of an operation"},
        {"powershell.restore-module.sauce=x", "no argument \"sauce\""},
        {"powershell.restore-module.source=", "must be a folder"},
        {"powershell.restore-module.source=a\tb", "must be a folder"},
        {"powershell.restore-module.source=a\npowershell.restore-module.source=b", "twice"},
        {"shadow.resize.max_bytes=1", "320 MB"},
        {"shadow.resize.max_bytes=10%", "320 MB"},
        {"task.enable.task=\\Microsoft\\OnlineBackup\\Other", "comes from the finding"},
        {"service.start.service=Spooler", "comes from the finding"},
    };
    report document;
    fill(&document, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        plan *p = NULL;
        assert_int_equal(plan_make(&p, &document, &(plan_settings){.sets = rows[i].sets}),
                         MARS_E_INVALID_ARGUMENT);
        assert_null(p);
        if (strstr(error_message(), rows[i].message) == NULL) {
            fail_msg("%s: %s", rows[i].sets, error_message());
        }
    }
    arena_free(&document.memory);
}

static void test_too_many_steps(void **state) {
    (void)state;
    report document;
    offered_report_begin(&document, true);
    for (int i = 0; i < 1001; i++) {
        const offered_value values[] = {{"service", arena_printf(&document.memory, "writer%d", i), 0}, {0}};
        offered_report_add(&document, "agent.service", "stopped", NULL, values);
    }
    plan *p = NULL;
    assert_int_equal(plan_make(&p, &document, &(plan_settings){0}), MARS_E_TOO_LARGE);
    assert_null(p);
    document.finding_count = 1000;
    p = made(&document, NULL);
    assert_int_equal(p->step_count, 1000);
    plan_free(p);
    arena_free(&document.memory);
}

/* ---- The views ---- */

static void test_text(void **state) {
    (void)state;
    report document;
    fill(&document, false);
    plan *p = made(&document, NULL);
    text_builder out = {0};
    render_plan_text(&out, p, false);
    const char *text = text_builder_text(&out);
    assert_non_null(strstr(text, "1. Set PowerShell's execution policy of this machine to RemoteSigned\n"
                                 "    call:  powershell.set-execution-policy {\"policy\":\"RemoteSigned\"}\n"
                                 "    for:   powershell.execution-policy/restricted [a];\n"
                                 "           powershell.execution-policy/unrecognised [b]\n"
                                 "    risk:  low; can be undone\n"));
    assert_non_null(strstr(text, "2. HELD Restore missing and damaged"));
    assert_non_null(strstr(text, "    risk:  low; cannot be undone\n    held:  a service can only"));
    assert_non_null(strstr(text, "No operation answers these:\n  - schedule.enabled [\\Other]: Save"));
    assert_non_null(strstr(text, "2 steps to be taken, 3 held\n"));
    assert_non_null(strstr(text, "    marshealth repair --image DIR --plan FILE\n"));
    text_builder_free(&out);
    plan_free(p);
    document.finding_count = 0;
    p = made(&document, NULL);
    render_plan_text(&out, p, true);
    assert_non_null(strstr(text_builder_text(&out), "Nothing to repair"));
    text_builder_free(&out);
    plan_free(p);
    arena_free(&document.memory);
}

static void test_json(void **state) {
    (void)state;
    report document;
    fill(&document, true);
    plan *p = made(&document, NULL);
    text_builder out = {0};
    render_plan_json(&out, p, false);
    json_t *json = json_loads(text_builder_text(&out), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    const json_t *steps = json_object_get(json, "steps");
    assert_int_equal(json_array_size(steps), 5);
    json_t *expected = json_loads(
        "{\"number\":4,\"operation\":\"task.enable\",\"title\":\"Enable the task "
        "\\\\Microsoft\\\\OnlineBackup\\\\Microsoft-OnlineBackup\",\"arguments\":{\"task\":"
        "\"\\\\Microsoft\\\\OnlineBackup\\\\Microsoft-OnlineBackup\"},\"needs\":[],\"take\":false,"
        "\"held\":\"its risk is medium: it is taken only when asked for\",\"risk\":\"medium\","
        "\"undo\":\"exact\",\"asks\":false,\"restart_advised\":false,\"for\":[{\"check\":"
        "\"schedule.enabled\",\"subject\":\"\\\\Microsoft\\\\OnlineBackup\\\\Microsoft-OnlineBackup"
        "\",\"verdict\":\"schedule.enabled/disabled\"}]}",
        0, NULL);
    assert_non_null(expected);
    assert_true(json_equal(json_array_get(steps, 3), expected));
    assert_string_equal(json_string_value(json_object_get(json, "made")), "2026-03-02T08:00:00Z");
    json_decref(expected);
    json_decref(json);
    text_builder_free(&out);
    plan_free(p);
    arena_free(&document.memory);
}

/* Each operation's schema lists its parameters and admits no others. */
static void test_operations_json(void **state) {
    (void)state;
    text_builder out = {0};
    render_operations_json(&out);
    json_t *json = json_loads(text_builder_text(&out), JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_array_size(json), all_operations_count);
    for (size_t i = 0; i < all_operations_count; i++) {
        const operation *row = &all_operations[i];
        const json_t *object = json_array_get(json, i);
        assert_string_equal(json_string_value(json_object_get(object, "operation")), row->id);
        assert_true(json_is_string(json_object_get(object, "guards")));
        const json_t *schema = json_object_get(object, "arguments");
        assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
        const json_t *properties = json_object_get(schema, "properties");
        assert_int_equal(json_object_size(properties), row->count);
        for (size_t k = 0; k < row->count; k++) {
            assert_true(json_is_object(json_object_get(properties, row->parameters[k].name)));
        }
    }
    json_decref(json);
    text_builder_free(&out);
    render_operations_text(&out);
    assert_non_null(strstr(
        text_builder_text(&out),
        "\nservice.restart: Restart the service {service}\n"
        "    medium risk, cannot be undone, only on the running server, asks before it is\n        done\n"));
    text_builder_free(&out);
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    report document;
    fill(&document, true);
    const plan_settings settings = {.sets = "powershell.restore-module.source=/srv"};
    plan *p = NULL;
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        mem_test_fail_at(n);
        mars_status status = plan_make(&p, &document, &settings);
        failed = mem_test_count() >= n;
        mem_test_fail_at(0);
        assert_true(failed ? status == MARS_E_NO_MEMORY && p == NULL : status == MARS_OK);
    }
    plan_free(p);
    arena_free(&document.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_merging),
        cmocka_unit_test(test_advice_for_what_nothing_answers),
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_only_the_checks_named),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_wrong_sets),
        cmocka_unit_test(test_too_many_steps),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_operations_json),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
