/* What applying makes of findings judged again behind a step: one that stays, one that several steps answer,
 * one that turns into another. The plans are edited as a person may edit them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "applied.h"

#include <string.h>

#define HEALTHY EXAMPLE_IMAGES "/healthy"

enum { STEPS_MAX = 2 };

typedef struct edited {
    plan document;
    plan_step steps[STEPS_MAX];
} edited;

/* The one step of a plan, so many times. */
static void edit(edited *e, const plan *document, size_t count) {
    assert_int_equal(document->step_count, 1);
    e->document = *document;
    for (size_t i = 0; i < count; i++) {
        e->steps[i] = document->steps[0];
    }
    e->document.steps = e->steps;
    e->document.step_count = count;
}

/* service.set-start with these arguments. */
static void set_start(plan_step *step, const char *service, const char *start) {
    step->offer.values[0].text = service;
    step->offer.values[1].text = start;
}

static void assert_says(const char *text, const char *part) {
    if (text == NULL || strstr(text, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", text != NULL ? text : "(null)", part);
    }
}

static void test_a_finding_that_stays_is_a_failure(void **state) {
    (void)state;
    applied a;
    edited e;
    applied_make(&a, HEALTHY, FAULT_SERVICE("VSS"));
    const char *before = temp_image_digest(&a.image);
    edit(&e, applied_plan(&a, "services.vss", RISK_LOW), 1);
    set_start(&e.steps[0], "swprv", "automatic");
    const outcome *result = applied_run(&a, &e.document, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_STOPPED);
    assert_int_equal(result->steps[0].state, STEP_FAILED);
    assert_int_equal(result->steps[0].change_count, 1);
    assert_says(result->steps[0].message, "it was changed, but services.vss still says");
    assert_says(result->message, "1 change was made; `marshealth undo ");
    assert_non_null(result->run_id);

    const char *after = temp_image_digest(&a.image);
    for (int what_if = 0; what_if < 2; what_if++) {
        result = applied_run(&a, &e.document, &(apply_settings){.what_if = what_if == 1});
        assert_int_equal(result->state, OUTCOME_STOPPED);
        assert_int_equal(result->steps[0].state, STEP_FAILED);
        assert_says(result->steps[0].message, "there was nothing to change, but services.vss still says");
        assert_null(result->run_id);
    }
    assert_string_equal(temp_image_digest(&a.image), after);
    (void)applied_undo(&a);
    assert_string_equal(temp_image_digest(&a.image), before);
    applied_free(&a);
}

static void test_two_steps_answer_one_finding(void **state) {
    (void)state;
    applied a;
    edited e;
    applied_make(&a, HEALTHY, FAULT_SERVICE("VSS"));
    edit(&e, applied_plan(&a, "services.vss", RISK_LOW), 2);
    set_start(&e.steps[0], "swprv", "automatic");
    const outcome *result = applied_run(&a, &e.document, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_APPLIED);
    assert_int_equal(result->steps[0].state, STEP_DONE);
    assert_int_equal(result->steps[1].state, STEP_DONE);
    assert_true(applied_is_good(&a, "services.vss"));
    applied_free(&a);
}

/* Without a capture whether the service starts without failure is not known any more once it may start. */
static void test_a_finding_that_turns_unknown_is_said(void **state) {
    (void)state;
    applied a;
    edited e;
    applied_make(&a, HEALTHY, FAULT_SERVICE("COMSysApp"));
    temp_image_text(&a.image, "captures/sc-queryex.txt", "");
    temp_image_open(&a.image);
    edit(&e, applied_plan(&a, "services.com-plus", RISK_LOW), 2);
    set_start(&e.steps[1], "COMSysApp", "automatic");
    const outcome *result = applied_run(&a, &e.document, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_APPLIED);
    assert_int_equal(result->steps[0].state, STEP_DONE);
    assert_says(result->steps[0].message, "services.com-plus now says (unknown)");
    /* What this run itself made of the finding does not stop the next step that answers it. */
    assert_int_equal(result->steps[1].state, STEP_DONE);
    assert_false(applied_is_good(&a, "services.com-plus"));
    applied_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_finding_that_stays_is_a_failure),
        cmocka_unit_test(test_two_steps_answer_one_finding),
        cmocka_unit_test(test_a_finding_that_turns_unknown_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
