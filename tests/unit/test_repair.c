/* The whole way through the public header, on the broken example server: judged, planned, repaired, judged
 * again, taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "file_tree.h"
#include "marshealth.h"
#include "temp_image.h"

#include <string.h>

#define BROKEN EXAMPLES_BUILT "/broken"
/* The module's folder of a good machine. */
#define MODULE                                                                                               \
    EXAMPLES_BUILT                                                                                           \
    "/healthy/Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup"

typedef struct server {
    temp_image image;
    temp_image other; /* holds the module by itself: what is beside it is another agent's */
    mars_session *session;
} server;

static void server_make(server *s) {
    *s = (server){0};
    char text[512] = "";
    const maker_error error = {.text = text, .size = sizeof text};
    temp_image_make(&s->image);
    temp_image_make(&s->other);
    assert_true(tree_copy(BROKEN, s->image.path, &error));
    temp_image_folder(&s->other, "MSOnlineBackup");
    assert_true(tree_copy(MODULE, temp_image_path(&s->other, "MSOnlineBackup"), &error));
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = s->image.path;
    assert_int_equal(mars_session_open(&s->session, &options), MARS_OK);
}

static void server_free(server *s) {
    mars_session_close(s->session);
    temp_image_remove(&s->image);
    temp_image_remove(&s->other);
}

static mars_report *judge(const server *s) {
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    assert_int_equal(mars_collect(&evidence, s->session, NULL), MARS_OK);
    assert_int_equal(mars_check(&report, evidence, NULL), MARS_OK);
    mars_evidence_free(evidence);
    return report;
}

/* With a good machine's module, and read back as from a file. The example's files bear no signature. */
static mars_plan *make_plan(server *s, const mars_report *report) {
    mars_plan_options options = MARS_PLAN_OPTIONS_INIT;
    options.include_risk = MARS_RISK_MEDIUM;
    options.sets = arena_printf(&s->image.memory,
                                "powershell.restore-module.source=%s\n"
                                "powershell.restore-module.allow_unsigned=true",
                                temp_image_path(&s->other, "MSOnlineBackup"));
    mars_plan *made = NULL;
    mars_plan *loaded = NULL;
    mars_text *text = NULL;
    assert_int_equal(mars_plan_make(&made, report, &options), MARS_OK);
    assert_int_equal(mars_plan_render(&text, made, MARS_FORMAT_JSON, 0), MARS_OK);
    assert_int_equal(mars_plan_load(&loaded, mars_text_data(text), mars_text_size(text), "plan.json"),
                     MARS_OK);
    mars_text_free(text);
    mars_plan_free(made);
    return loaded;
}

static mars_outcome *apply(const server *s, const mars_plan *plan, uint32_t flags) {
    mars_apply_options options = MARS_APPLY_OPTIONS_INIT;
    options.flags = flags;
    mars_outcome *outcome = NULL;
    assert_int_equal(mars_plan_apply(&outcome, s->session, plan, &options), MARS_OK);
    return outcome;
}

static bool is_wrong(const mars_finding *finding) {
    return finding->status == MARS_STATUS_FAIL || finding->status == MARS_STATUS_WARN;
}

/* Whether an outcome holds a step of that operation back. */
static bool holds(const mars_outcome *outcome, const char *operation) {
    bool held = false;
    for (uint64_t i = 0; i < mars_outcome_count(outcome); i++) {
        mars_step_outcome step = MARS_STEP_OUTCOME_INIT;
        assert_int_equal(mars_outcome_step(&step, outcome, i), MARS_OK);
        held = held || (strcmp(step.operation, operation) == 0 && step.state == MARS_STEP_HELD);
    }
    return held;
}

/* What is still wrong is what no operation answers, or what an image cannot take. */
static void assert_only_held_is_left(const mars_report *report, const mars_outcome *outcome) {
    for (uint64_t i = 0; i < mars_report_count(report); i++) {
        mars_finding finding = MARS_FINDING_INIT;
        assert_int_equal(mars_report_finding(&finding, report, i), MARS_OK);
        bool answered = false;
        bool held = false;
        for (uint64_t n = 0; n < mars_outcome_count(outcome); n++) {
            mars_step_outcome step = MARS_STEP_OUTCOME_INIT;
            assert_int_equal(mars_outcome_step(&step, outcome, n), MARS_OK);
            bool named = strstr(finding.repairs, step.operation) != NULL;
            answered = answered || named;
            held = held || (named && holds(outcome, step.operation));
        }
        if (is_wrong(&finding) && answered && !held) {
            fail_msg("%s is still wrong: %s", finding.check, finding.title);
        }
    }
}

static void assert_status(const mars_report *report, const char *check, int32_t status) {
    for (uint64_t i = 0; i < mars_report_count(report); i++) {
        mars_finding finding = MARS_FINDING_INIT;
        assert_int_equal(mars_report_finding(&finding, report, i), MARS_OK);
        if (strcmp(finding.check, check) == 0 && finding.status != status) {
            fail_msg("%s: %s", finding.verdict, finding.title);
        }
    }
}

static void assert_held_says_why(const mars_outcome *outcome) {
    uint64_t held = 0;
    uint64_t changes = 0;
    for (uint64_t i = 0; i < mars_outcome_count(outcome); i++) {
        mars_step_outcome step = MARS_STEP_OUTCOME_INIT;
        assert_int_equal(mars_outcome_step(&step, outcome, i), MARS_OK);
        assert_int_equal(step.number, i + 1);
        assert_true(step.state == MARS_STEP_HELD || step.state == MARS_STEP_DONE);
        assert_true((step.state == MARS_STEP_HELD) == (step.message != NULL));
        held += step.state == MARS_STEP_HELD;
        changes += step.changes;
    }
    assert_true(held > 0);
    assert_int_equal(changes, 4); /* two registry values, two files */
}

static void test_the_broken_server_is_repaired_and_taken_back(void **state) {
    (void)state;
    server s;
    server_make(&s);
    const char *before = temp_image_digest(&s.image);
    mars_report *ill = judge(&s);
    mars_plan *plan = make_plan(&s, ill);
    assert_status(ill, "powershell.execution-policy", MARS_STATUS_FAIL);
    assert_status(ill, "powershell.module-path", MARS_STATUS_FAIL);
    assert_status(ill, "powershell.module-integrity", MARS_STATUS_FAIL);

    mars_outcome *would = apply(&s, plan, MARS_APPLY_WHAT_IF);
    assert_int_equal(mars_outcome_state(would), MARS_OUTCOME_WOULD_CHANGE);
    assert_string_equal(temp_image_digest(&s.image), before);

    mars_outcome *done = apply(&s, plan, 0);
    assert_int_equal(mars_outcome_state(done), MARS_OUTCOME_APPLIED);
    assert_held_says_why(done);
    mars_report *healed = judge(&s);
    assert_only_held_is_left(healed, done);
    assert_status(healed, "powershell.execution-policy", MARS_STATUS_PASS);
    assert_status(healed, "powershell.module-path", MARS_STATUS_PASS);
    assert_status(healed, "powershell.module-integrity", MARS_STATUS_PASS);

    const char *after = temp_image_digest(&s.image);
    mars_outcome *again = apply(&s, plan, 0);
    assert_int_equal(mars_outcome_state(again), MARS_OUTCOME_NOTHING_TO_DO);
    assert_null(mars_outcome_run_id(again));
    assert_string_equal(temp_image_digest(&s.image), after);

    mars_outcome *undone = NULL;
    assert_int_equal(mars_undo(&undone, s.session, NULL, NULL), MARS_OK);
    assert_int_equal(mars_outcome_state(undone), MARS_OUTCOME_APPLIED);
    assert_string_equal(temp_image_digest(&s.image), before);
    mars_text *text = NULL;
    assert_int_equal(mars_history(&text, s.session, MARS_FORMAT_JSON), MARS_OK);
    assert_non_null(strstr(mars_text_data(text), mars_outcome_run_id(done)));
    assert_non_null(strstr(mars_text_data(text), mars_outcome_run_id(undone)));

    mars_text_free(text);
    mars_outcome_free(would);
    mars_outcome_free(done);
    mars_outcome_free(again);
    mars_outcome_free(undone);
    mars_report_free(ill);
    mars_report_free(healed);
    mars_plan_free(plan);
    server_free(&s);
}

/* A session that was opened before, as another program's, sees what was changed and what was taken back. */
static void test_another_session_sees_it(void **state) {
    (void)state;
    server s;
    server_make(&s);
    mars_session *other = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = s.image.path;
    assert_int_equal(mars_session_open(&other, &options), MARS_OK);
    mars_outcome *outcome = NULL;
    assert_int_equal(mars_set_execution_policy(&outcome, s.session, "RemoteSigned", NULL), MARS_OK);
    assert_int_equal(mars_outcome_state(outcome), MARS_OUTCOME_APPLIED);
    mars_outcome *again = NULL;
    assert_int_equal(mars_set_execution_policy(&again, other, "RemoteSigned", NULL), MARS_OK);
    assert_int_equal(mars_outcome_state(again), MARS_OUTCOME_NOTHING_TO_DO);
    mars_outcome_free(outcome);
    mars_outcome_free(again);
    mars_session_close(other);
    server_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_broken_server_is_repaired_and_taken_back),
        cmocka_unit_test(test_another_session_sees_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
