/* The functions of the C ABI that change a machine, as a caller meets them: what they refuse and how they say
 * so, what they call back, and structs of other versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "faulty_image.h"
#include "marshealth.h"

#include <stdio.h>
#include <string.h>

#define HEALTHY EXAMPLE_IMAGES "/healthy"

/* The sizes and places of version 1, on machines with 64-bit pointers. */
_Static_assert(sizeof(mars_plan_options) == 24, "mars_plan_options");
_Static_assert(sizeof(mars_plan_step) == 56, "mars_plan_step");
_Static_assert(sizeof(mars_apply_options) == 32, "mars_apply_options");
_Static_assert(sizeof(mars_step_outcome) == 56, "mars_step_outcome");
_Static_assert(sizeof(mars_change) == 40, "mars_change");
_Static_assert(offsetof(mars_plan_options, checks) == 8, "mars_plan_options.checks");
_Static_assert(offsetof(mars_plan_step, operation) == 24, "mars_plan_step.operation");
_Static_assert(offsetof(mars_plan_step, held) == 48, "mars_plan_step.held");
_Static_assert(offsetof(mars_apply_options, baseline) == 8, "mars_apply_options.baseline");
_Static_assert(offsetof(mars_apply_options, user) == 24, "mars_apply_options.user");
_Static_assert(offsetof(mars_step_outcome, number) == 8, "mars_step_outcome.number");
_Static_assert(offsetof(mars_step_outcome, message) == 48, "mars_step_outcome.message");
_Static_assert(offsetof(mars_change, kind) == 8, "mars_change.kind");
_Static_assert(offsetof(mars_change, after) == 32, "mars_change.after");

static void assert_error(mars_status status, mars_status expected, const char *named) {
    mars_error error = MARS_ERROR_INIT;
    assert_int_equal(status, expected);
    assert_int_equal(mars_error_copy(&error), MARS_OK);
    assert_int_equal(error.code, expected);
    assert_string_equal(error.name, error_name(expected));
    if (strstr(error.message, named) == NULL) {
        fail_msg("\"%s\" does not name \"%s\"", error.message, named);
    }
}

/* ---- A session on an image of its own, and a plan for it ---- */

typedef struct fixture {
    temp_image image;
    mars_session *session;
    mars_plan *plan; /* of two steps */
    mars_status inside;
    int asked;
    int32_t answer;
    bool cancels;
    uint64_t progress;
    uint64_t logged;
} fixture;

static void watch(void *user, const mars_event *event) {
    fixture *f = user;
    f->progress += event->kind == MARS_EVENT_PROGRESS;
    f->logged += event->kind == MARS_EVENT_LOG;
    assert_non_null(event->text);
}

static void make_plan(fixture *f) {
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    const mars_collect_options what = {.struct_size = sizeof what, .checks = "powershell"};
    const mars_check_options how = {.struct_size = sizeof how, .checks = "powershell"};
    assert_int_equal(mars_collect(&evidence, f->session, &what), MARS_OK);
    assert_int_equal(mars_check(&report, evidence, &how), MARS_OK);
    assert_int_equal(mars_plan_make(&f->plan, report, NULL), MARS_OK);
    assert_int_equal(mars_plan_count(f->plan), 2);
    mars_report_free(report);
    mars_evidence_free(evidence);
}

static void make(fixture *f) {
    *f = (fixture){.answer = 1};
    faulty_image_make(&f->image, HEALTHY, FAULT_POLICY FAULT_MODULE_PATH);
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = f->image.path;
    options.on_event = watch;
    options.user = f;
    assert_int_equal(mars_session_open(&f->session, &options), MARS_OK);
    make_plan(f);
    f->progress = 0;
}

static void done(fixture *f) {
    mars_plan_free(f->plan);
    mars_session_close(f->session);
    temp_image_remove(&f->image);
}

/* A pointer that a function has to overwrite. */
static mars_outcome *anything(void) {
    static char place;
    return (mars_outcome *)(void *)&place;
}

/* ---- What is refused ---- */

static void test_null_is_refused_and_named(void **state) {
    (void)state;
    fixture f;
    make(&f);
    mars_outcome *outcome = anything();
    mars_text *text = NULL;
    mars_step_outcome step = MARS_STEP_OUTCOME_INIT;
    mars_change change = MARS_CHANGE_INIT;
    assert_error(mars_plan_apply(NULL, f.session, f.plan, NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_plan_apply(&outcome, NULL, f.plan, NULL), MARS_E_INVALID_ARGUMENT, "session");
    assert_null(outcome);
    outcome = anything();
    assert_error(mars_plan_apply(&outcome, f.session, NULL, NULL), MARS_E_INVALID_ARGUMENT, "plan");
    assert_null(outcome);
    assert_error(mars_undo(NULL, f.session, NULL, NULL), MARS_E_INVALID_ARGUMENT, "out");
    outcome = anything();
    assert_error(mars_undo(&outcome, NULL, NULL, NULL), MARS_E_INVALID_ARGUMENT, "session");
    assert_null(outcome);
    assert_error(mars_operation_call(NULL, f.session, "x", "{}", NULL), MARS_E_INVALID_ARGUMENT, "out");
    outcome = anything();
    assert_error(mars_operation_call(&outcome, NULL, "x", "{}", NULL), MARS_E_INVALID_ARGUMENT, "session");
    assert_null(outcome);
    assert_error(mars_operation_call(&outcome, f.session, NULL, "{}", NULL), MARS_E_INVALID_ARGUMENT,
                 "operation");
    assert_error(mars_operation_call(&outcome, f.session, "task.enable", NULL, NULL), MARS_E_INVALID_ARGUMENT,
                 "arguments");
    outcome = anything();
    assert_error(mars_enable_task(&outcome, f.session, NULL, NULL), MARS_E_INVALID_ARGUMENT, "task");
    assert_null(outcome);
    assert_error(mars_enable_task(NULL, f.session, "x", NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_outcome_render(NULL, NULL, 0, 0), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_outcome_render(&text, NULL, 0, 0), MARS_E_INVALID_ARGUMENT, "outcome");
    assert_error(mars_outcome_step(NULL, NULL, 0), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_outcome_step(&step, NULL, 0), MARS_E_INVALID_ARGUMENT, "outcome");
    assert_error(mars_outcome_change(NULL, NULL, 0, 0), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_outcome_change(&change, NULL, 0, 0), MARS_E_INVALID_ARGUMENT, "outcome");
    assert_error(mars_history(NULL, f.session, MARS_FORMAT_TEXT), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_history(&text, NULL, MARS_FORMAT_TEXT), MARS_E_INVALID_ARGUMENT, "session");
    assert_int_equal(mars_outcome_state(NULL), 0);
    assert_null(mars_outcome_run_id(NULL));
    assert_int_equal(mars_outcome_restart_advised(NULL), 0);
    assert_int_equal(mars_outcome_count(NULL), 0);
    mars_outcome_free(NULL);
    done(&f);
}

static void test_text_in_must_be_utf8(void **state) {
    (void)state;
    static const char broken[] = "caf\xE9";
    fixture f;
    make(&f);
    mars_outcome *outcome = NULL;
    mars_apply_options options = MARS_APPLY_OPTIONS_INIT;
    options.baseline = broken;
    assert_error(mars_plan_apply(&outcome, f.session, f.plan, &options), MARS_E_INVALID_ARGUMENT,
                 "options->baseline");
    assert_error(mars_undo(&outcome, f.session, broken, NULL), MARS_E_INVALID_ARGUMENT, "run_id");
    assert_error(mars_operation_call(&outcome, f.session, broken, "{}", NULL), MARS_E_INVALID_ARGUMENT,
                 "operation");
    assert_error(mars_operation_call(&outcome, f.session, "task.enable", broken, NULL),
                 MARS_E_INVALID_ARGUMENT, "arguments");
    assert_error(mars_add_module_path(&outcome, f.session, broken, NULL), MARS_E_INVALID_ARGUMENT, "folder");
    done(&f);
}

static void test_wrong_calls_have_their_codes(void **state) {
    (void)state;
    fixture f;
    make(&f);
    mars_outcome *outcome = NULL;
    mars_text *text = NULL;
    const char *before = temp_image_digest(&f.image);
    static char large[70 * 1024];
    memset(large, ' ', sizeof large - 1);
    const struct {
        const char *operation;
        const char *arguments;
        mars_status status;
        const char *named;
    } calls[] = {
        {"no.such", "{}", MARS_E_NOT_FOUND, "no.such"},
        {"task.enable", "{", MARS_E_INVALID_ARGUMENT, "arguments"},
        {"task.enable", "[]", MARS_E_INVALID_ARGUMENT, "JSON object"},
        {"task.enable", "{}", MARS_E_INVALID_ARGUMENT, "task"},
        {"task.enable", "{\"task\": \"x\", \"task\": \"y\"}", MARS_E_INVALID_ARGUMENT, "arguments"},
        {"task.enable", "{\"task\": \"\\\\Other\"}", MARS_E_INVALID_ARGUMENT, "task"},
        {"service.stop", "{\"service\": \"VSS\", \"force\": true}", MARS_E_INVALID_ARGUMENT, "force"},
        {"service.stop", large, MARS_E_TOO_LARGE, "arguments"},
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        outcome = anything();
        assert_error(mars_operation_call(&outcome, f.session, calls[i].operation, calls[i].arguments, NULL),
                     calls[i].status, calls[i].named);
        assert_null(outcome);
    }
    mars_apply_options options = MARS_APPLY_OPTIONS_INIT;
    options.flags = MARS_UNDO_FORCE;
    assert_error(mars_plan_apply(&outcome, f.session, f.plan, &options), MARS_E_INVALID_ARGUMENT, "flags");
    options.flags = MARS_UNDO_FORCE | MARS_UNDO_PARTIAL;
    assert_error(mars_undo(&outcome, f.session, NULL, &options), MARS_E_INVALID_ARGUMENT, "flags");
    options.flags = 0;
    options.baseline = "{";
    assert_error(mars_plan_apply(&outcome, f.session, f.plan, &options), MARS_E_MALFORMED, "");
    assert_error(mars_undo(&outcome, f.session, "", NULL), MARS_E_INVALID_ARGUMENT, "run_id");
    assert_error(mars_undo(&outcome, f.session, NULL, NULL), MARS_E_NOT_FOUND, "");
    assert_error(mars_undo(&outcome, f.session, "2026", NULL), MARS_E_NOT_FOUND, "no run");
    assert_error(mars_history(&text, f.session, MARS_FORMAT_JUNIT), MARS_E_NOT_FOUND, "format");
    assert_null(text);
    assert_string_equal(temp_image_digest(&f.image), before);
    done(&f);
}

static void test_structs_of_other_versions(void **state) {
    (void)state;
    fixture f;
    make(&f);
    mars_outcome *outcome = NULL;
    mars_apply_options options = MARS_APPLY_OPTIONS_INIT;
    options.struct_size = 8;
    assert_error(mars_plan_apply(&outcome, f.session, f.plan, &options), MARS_E_STRUCT_SIZE, "options");
    assert_int_equal(mars_plan_apply(&outcome, f.session, f.plan, NULL), MARS_OK);
    struct {
        mars_step_outcome known;
        uint64_t later;
    } newer = {.known = MARS_STEP_OUTCOME_INIT, .later = 4711};
    newer.known.struct_size = sizeof newer;
    assert_int_equal(mars_outcome_step(&newer.known, outcome, 0), MARS_OK);
    assert_int_equal(newer.known.struct_size, sizeof newer);
    assert_int_equal(newer.later, 4711);
    mars_step_outcome older = {.struct_size = 8};
    assert_error(mars_outcome_step(&older, outcome, 0), MARS_E_STRUCT_SIZE, "out");
    mars_change change = {.struct_size = 8};
    assert_error(mars_outcome_change(&change, outcome, 0, 0), MARS_E_STRUCT_SIZE, "out");
    mars_outcome_free(outcome);
    done(&f);
}

/* ---- What comes back ---- */

static void test_what_came_of_it(void **state) {
    (void)state;
    fixture f;
    make(&f);
    mars_outcome *outcome = NULL;
    assert_int_equal(mars_plan_apply(&outcome, f.session, f.plan, NULL), MARS_OK);
    assert_int_equal(mars_outcome_state(outcome), MARS_OUTCOME_APPLIED);
    assert_int_equal(mars_outcome_count(outcome), 2);
    assert_int_equal(mars_outcome_restart_advised(outcome), 1);
    assert_int_equal(f.progress, 2);
    mars_step_outcome step = MARS_STEP_OUTCOME_INIT;
    assert_int_equal(mars_outcome_step(&step, outcome, 1), MARS_OK);
    assert_string_equal(step.operation, "powershell.add-module-path");
    assert_int_equal(step.state, MARS_STEP_DONE);
    assert_int_equal(step.number, 2);
    assert_int_equal(step.changes, 1);
    assert_null(step.message);
    mars_change change = MARS_CHANGE_INIT;
    assert_int_equal(mars_outcome_change(&change, outcome, 1, 0), MARS_OK);
    assert_string_equal(change.kind, "registry-value");
    assert_int_equal(change.undoable, 1);
    assert_error(mars_outcome_step(&step, outcome, 2), MARS_E_NOT_FOUND, "step 2");
    assert_error(mars_outcome_change(&change, outcome, 1, 1), MARS_E_NOT_FOUND, "change 1");
    assert_error(mars_outcome_change(&change, outcome, 2, 0), MARS_E_NOT_FOUND, "step 2");
    mars_text *text = NULL;
    assert_error(mars_outcome_render(&text, outcome, MARS_FORMAT_NAGIOS, 0), MARS_E_NOT_FOUND, "format");
    assert_error(mars_outcome_render(&text, outcome, MARS_FORMAT_TEXT, MARS_RENDER_ALL),
                 MARS_E_INVALID_ARGUMENT, "flags");
    assert_int_equal(mars_outcome_render(&text, outcome, MARS_FORMAT_TEXT, 0), MARS_OK);
    assert_non_null(strstr(mars_text_data(text), mars_outcome_run_id(outcome)));
    mars_text_free(text);
    char begin[16];
    (void)snprintf(begin, sizeof begin, "%.10s", mars_outcome_run_id(outcome));
    mars_outcome *undone = NULL;
    assert_int_equal(mars_undo(&undone, f.session, begin, NULL), MARS_OK);
    assert_int_equal(mars_outcome_state(undone), MARS_OUTCOME_APPLIED);
    mars_outcome_free(undone);
    mars_outcome_free(outcome);
    done(&f);
}

/* Every typed function enters the same path: the same validation, the same reason to hold it. */
static void test_every_repair_by_its_own_name(void **state) {
    (void)state;
#define TASK "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"
    fixture f;
    make(&f);
    mars_apply_options options = MARS_APPLY_OPTIONS_INIT;
    options.flags = MARS_APPLY_WHAT_IF | MARS_APPLY_CONFIRMED;
    enum { CALLS = 13 };
    mars_outcome *made[CALLS] = {NULL};
    int n = 0;
    assert_int_equal(mars_set_execution_policy(&made[n++], f.session, "RemoteSigned", &options), MARS_OK);
    assert_int_equal(mars_add_module_path(&made[n++], f.session, "C:\\Program Files", &options), MARS_OK);
    assert_int_equal(mars_enable_strong_crypto(&made[n++], f.session, "all", &options), MARS_OK);
    assert_int_equal(mars_set_service_start(&made[n++], f.session, "VSS", "automatic", &options), MARS_OK);
    assert_int_equal(mars_restore_module(&made[n++], f.session, "/nowhere", NULL, 0, 0, &options), MARS_OK);
    int live = n;
    assert_int_equal(
        mars_resize_shadow_storage(&made[n++], f.session, "C:", "C:", UINT64_C(1) << 34, &options), MARS_OK);
    assert_int_equal(mars_set_task_multiple_instances(&made[n++], f.session, TASK, "IgnoreNew", &options),
                     MARS_OK);
    assert_int_equal(mars_enable_task_triggers(&made[n++], f.session, TASK, &options), MARS_OK);
    assert_int_equal(mars_set_task_principal(&made[n++], f.session, TASK, "SYSTEM", &options), MARS_OK);
    assert_int_equal(mars_enable_task(&made[n++], f.session, TASK, &options), MARS_OK);
    assert_int_equal(mars_start_service(&made[n++], f.session, "VSS", &options), MARS_OK);
    assert_int_equal(mars_stop_service(&made[n++], f.session, "VSS", &options), MARS_OK);
    assert_int_equal(mars_restart_service(&made[n++], f.session, "VSS", &options), MARS_OK);
    assert_int_equal(n, CALLS);
    for (int i = 0; i < CALLS; i++) {
        mars_step_outcome step = MARS_STEP_OUTCOME_INIT;
        assert_int_equal(mars_outcome_count(made[i]), 1);
        assert_int_equal(mars_outcome_step(&step, made[i], 0), MARS_OK);
        assert_true((step.state == MARS_STEP_HELD) == (i >= live));
        assert_null(mars_outcome_run_id(made[i]));
        mars_outcome_free(made[i]);
    }
    mars_outcome *refused = NULL;
    assert_error(mars_set_execution_policy(&refused, f.session, "Bypass", NULL), MARS_E_INVALID_ARGUMENT,
                 "policy");
    assert_error(mars_resize_shadow_storage(&refused, f.session, "C:", "C:", 1, NULL),
                 MARS_E_INVALID_ARGUMENT, "max_bytes");
    assert_error(mars_restore_module(&refused, f.session, "/nowhere", NULL, 2, 0, NULL),
                 MARS_E_INVALID_ARGUMENT, "allow_unsigned");
    done(&f);
}

/* ---- Callbacks ---- */

static int32_t confirm(void *user, const char *operation, const char *text) {
    fixture *f = user;
    mars_outcome *outcome = NULL;
    f->asked++;
    assert_null(operation);
    assert_non_null(text);
    f->inside = mars_plan_apply(&outcome, f->session, f->plan, NULL);
    assert_null(outcome);
    if (f->cancels) {
        assert_int_equal(mars_session_cancel(f->session), MARS_OK);
    }
    return f->answer;
}

static int32_t state_of_apply(fixture *f) {
    mars_apply_options options = MARS_APPLY_OPTIONS_INIT;
    options.confirm = confirm;
    options.user = f;
    mars_outcome *outcome = NULL;
    assert_int_equal(mars_plan_apply(&outcome, f->session, f->plan, &options), MARS_OK);
    int32_t state = mars_outcome_state(outcome);
    mars_outcome_free(outcome);
    return state;
}

static void test_confirming_and_cancelling(void **state) {
    (void)state;
    fixture f;
    make(&f);
    const char *before = temp_image_digest(&f.image);
    f.answer = 0;
    assert_int_equal(state_of_apply(&f), MARS_OUTCOME_CANCELLED);
    assert_int_equal(f.inside, MARS_E_BUSY);
    f.answer = 2; /* neither yes nor no is not yes */
    assert_int_equal(state_of_apply(&f), MARS_OUTCOME_CANCELLED);
    f.answer = 1;
    f.cancels = true;
    assert_int_equal(state_of_apply(&f), MARS_OUTCOME_CANCELLED);
    assert_string_equal(temp_image_digest(&f.image), before);
    f.cancels = false;
    assert_int_equal(state_of_apply(&f), MARS_OUTCOME_APPLIED);
    assert_int_equal(f.asked, 4);
    done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_is_refused_and_named),
        cmocka_unit_test(test_text_in_must_be_utf8),
        cmocka_unit_test(test_wrong_calls_have_their_codes),
        cmocka_unit_test(test_structs_of_other_versions),
        cmocka_unit_test(test_what_came_of_it),
        cmocka_unit_test(test_every_repair_by_its_own_name),
        cmocka_unit_test(test_confirming_and_cancelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
