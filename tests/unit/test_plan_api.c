/* Plans through the ABI: what a caller gives wrongly, and what it is handed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "marshealth.h"
#include "offered_report.h"

#include <string.h>

_Static_assert(sizeof(mars_plan_options) == 24, "mars_plan_options");
_Static_assert(sizeof(mars_plan_step) == 56, "mars_plan_step");
_Static_assert(offsetof(mars_plan_options, include_risk) == 4, "mars_plan_options.include_risk");
_Static_assert(offsetof(mars_plan_options, sets) == 16, "mars_plan_options.sets");
_Static_assert(offsetof(mars_plan_step, operation) == 24, "mars_plan_step.operation");
_Static_assert(offsetof(mars_plan_step, held) == 48, "mars_plan_step.held");

static void assert_error(mars_status status, mars_status expected, const char *part) {
    mars_error error = MARS_ERROR_INIT;
    assert_int_equal(status, expected);
    assert_int_equal(mars_error_copy(&error), MARS_OK);
    if (strstr(error.message, part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", error.message, part);
    }
}

static void fill(report *document) {
    static const offered_value service[] = {{"service", "VSS", 0}, {0}};
    static const offered_value task[] = {{"task", "\\Microsoft\\OnlineBackup\\x", 0}, {0}};
    offered_report_begin(document, true);
    offered_report_add(document, "shadow.writers", "failed-system", "Registry Writer", service);
    offered_report_add(document, "schedule.enabled", "disabled", "x", task);
    offered_report_add(document, "services.vss", "disabled", "VSS", service);
}

static void test_making(void **state) {
    (void)state;
    report document;
    fill(&document);
    mars_plan *plan = NULL;
    mars_plan_options options = MARS_PLAN_OPTIONS_INIT;
    assert_error(mars_plan_make(NULL, &document, NULL), MARS_E_INVALID_ARGUMENT, "out is NULL");
    assert_error(mars_plan_make(&plan, NULL, NULL), MARS_E_INVALID_ARGUMENT, "report is NULL");
    options.struct_size = 8;
    assert_error(mars_plan_make(&plan, &document, &options), MARS_E_STRUCT_SIZE, "options");
    options = (mars_plan_options)MARS_PLAN_OPTIONS_INIT;
    options.include_risk = 4;
    assert_error(mars_plan_make(&plan, &document, &options), MARS_E_INVALID_ARGUMENT, "include_risk");
    options.include_risk = -1;
    assert_error(mars_plan_make(&plan, &document, &options), MARS_E_INVALID_ARGUMENT, "include_risk");
    options = (mars_plan_options)MARS_PLAN_OPTIONS_INIT;
    options.checks = "no.check";
    assert_error(mars_plan_make(&plan, &document, &options), MARS_E_NOT_FOUND, "no.check");
    options.checks = "\xFF";
    assert_error(mars_plan_make(&plan, &document, &options), MARS_E_INVALID_ARGUMENT, "options->checks");
    options = (mars_plan_options)MARS_PLAN_OPTIONS_INIT;
    options.sets = "\xFF";
    assert_error(mars_plan_make(&plan, &document, &options), MARS_E_INVALID_ARGUMENT, "options->sets");
    options.sets = "x";
    assert_error(mars_plan_make(&plan, &document, &options), MARS_E_INVALID_ARGUMENT, "OPERATION");
    assert_null(plan);
    options = (mars_plan_options)MARS_PLAN_OPTIONS_INIT;
    options.checks = "services";
    assert_int_equal(mars_plan_make(&plan, &document, &options), MARS_OK);
    assert_int_equal(mars_plan_count(plan), 1);
    mars_plan_free(plan);
    mars_plan_free(NULL);
    arena_free(&document.memory);
}

static void test_steps(void **state) {
    (void)state;
    report document;
    fill(&document);
    mars_plan *plan = NULL;
    assert_int_equal(mars_plan_make(&plan, &document, NULL), MARS_OK);
    arena_free(&document.memory); /* a plan outlives its report */
    mars_plan_step step = MARS_PLAN_STEP_INIT;
    assert_int_equal(mars_plan_count(NULL), 0);
    assert_int_equal(mars_plan_count(plan), 3);
    assert_int_equal(mars_plan_step_at(&step, plan, 0), MARS_OK);
    assert_string_equal(step.operation, "service.set-start");
    assert_string_equal(step.arguments, "{\"service\":\"VSS\",\"start\":\"manual\"}");
    assert_string_equal(step.title, "Set the start type of the service VSS to manual");
    assert_int_equal(step.risk, MARS_RISK_LOW);
    assert_int_equal(step.taken, 1);
    assert_int_equal(step.undoable, 1);
    assert_null(step.held);
    assert_int_equal(mars_plan_step_at(&step, plan, 2), MARS_OK);
    assert_string_equal(step.operation, "service.restart");
    assert_int_equal(step.risk, MARS_RISK_MEDIUM);
    assert_int_equal(step.taken, 0);
    assert_int_equal(step.undoable, 0);
    assert_int_equal(step.asks, 1);
    assert_non_null(step.held);
    assert_error(mars_plan_step_at(&step, plan, 3), MARS_E_NOT_FOUND, "no step 3");
    assert_error(mars_plan_step_at(&step, NULL, 0), MARS_E_INVALID_ARGUMENT, "plan is NULL");
    assert_error(mars_plan_step_at(NULL, plan, 0), MARS_E_INVALID_ARGUMENT, "out is NULL");
    step.struct_size = 40;
    assert_error(mars_plan_step_at(&step, plan, 0), MARS_E_STRUCT_SIZE, "out");
    mars_plan_free(plan);
}

static void test_rendering_and_loading(void **state) {
    (void)state;
    report document;
    fill(&document);
    mars_plan *plan = NULL;
    mars_plan *again = NULL;
    mars_text *text = NULL;
    assert_int_equal(mars_plan_make(&plan, &document, NULL), MARS_OK);
    arena_free(&document.memory);
    assert_error(mars_plan_render(NULL, plan, MARS_FORMAT_TEXT, 0), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_plan_render(&text, NULL, MARS_FORMAT_TEXT, 0), MARS_E_INVALID_ARGUMENT, "plan");
    assert_error(mars_plan_render(&text, plan, MARS_FORMAT_JUNIT, 0), MARS_E_NOT_FOUND, "format 4");
    assert_error(mars_plan_render(&text, plan, MARS_FORMAT_TEXT, MARS_RENDER_ALL), MARS_E_INVALID_ARGUMENT,
                 "flags");
    assert_int_equal(mars_plan_render(&text, plan, MARS_FORMAT_TEXT, MARS_RENDER_COLOR), MARS_OK);
    assert_non_null(strstr(mars_text_data(text), "\x1b[1;33mHELD\x1b[0m"));
    mars_text_free(text);
    assert_int_equal(mars_plan_render(&text, plan, MARS_FORMAT_JSONL, 0), MARS_OK);
    assert_ptr_equal(strchr(mars_text_data(text), '\n'), mars_text_data(text) + mars_text_size(text) - 1);
    assert_error(mars_plan_load(NULL, "", 0, NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_plan_load(&again, NULL, 0, NULL), MARS_E_INVALID_ARGUMENT, "data");
    assert_error(mars_plan_load(&again, "{}", 2, "\xFF"), MARS_E_INVALID_ARGUMENT, "name");
    assert_error(mars_plan_load(&again, "{}", 2, NULL), MARS_E_MALFORMED, "the plan: ");
    assert_null(again);
    assert_int_equal(mars_plan_load(&again, mars_text_data(text), mars_text_size(text), "saved"), MARS_OK);
    assert_int_equal(mars_plan_count(again), 3);
    mars_text_free(text);
    mars_plan_free(again);
    mars_plan_free(plan);
}

static void test_catalogue_and_schema(void **state) {
    (void)state;
    mars_text *text = NULL;
    assert_error(mars_catalog_operations(NULL, MARS_FORMAT_TEXT), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_catalog_operations(&text, MARS_FORMAT_NAGIOS), MARS_E_NOT_FOUND, "format 5");
    assert_int_equal(mars_catalog_operations(&text, MARS_FORMAT_TEXT), MARS_OK);
    assert_non_null(strstr(mars_text_data(text), "task.enable: Enable the task {task}"));
    mars_text_free(text);
    assert_int_equal(mars_catalog_operations(&text, MARS_FORMAT_JSON), MARS_OK);
    assert_int_equal(mars_text_data(text)[0], '[');
    mars_text_free(text);
    assert_int_equal(mars_schema(&text, "plan"), MARS_OK);
    json_t *schema = json_loads(mars_text_data(text), JSON_REJECT_DUPLICATES, NULL);
    assert_string_equal(json_string_value(json_object_get(schema, "$id")), "urn:marshealth:plan:1");
    json_decref(schema);
    mars_text_free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_making),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_rendering_and_loading),
        cmocka_unit_test(test_catalogue_and_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
