/* Applying on temporary images: what a plan promises is done, and nothing else; each way in which a run stops
 * leaves what it did on record, and undo brings every byte back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "applied.h"
#include "core/error.h"
#include "host/image/image_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HEALTHY EXAMPLE_IMAGES "/healthy"
#define SHELL   "SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"

/* ---- Each operation that an image can take ---- */

static const struct {
    const char *check;
    const char *reg;
    const char *operation;
    size_t changes;
    bool restart_advised;
} cycles[] = {
    {"powershell.execution-policy", FAULT_POLICY, "powershell.set-execution-policy", 1, false},
    {"powershell.module-path", FAULT_MODULE_PATH, "powershell.add-module-path", 1, true},
    {"prereq.strong-crypto", FAULT_CRYPTO, "dotnet.enable-strong-crypto", 1, true},
    {"prereq.strong-crypto", FAULT_CRYPTO_UNSET, "dotnet.enable-strong-crypto", 2, true},
    {"services.vss", FAULT_SERVICE("VSS"), "service.set-start", 1, false},
    {"services.msiserver", FAULT_SERVICE("msiserver"), "service.set-start", 1, false},
    {"services.schedule", FAULT_SERVICE("vds"), "service.set-start", 1, false},
    {"services.com-plus", FAULT_SERVICE("COMSysApp"), "service.set-start", 1, false},
    {"agent.service", FAULT_SERVICE("obengine"), "service.set-start", 1, false},
};

static void go_round(size_t row) {
    applied a;
    applied_make(&a, HEALTHY, cycles[row].reg);
    const char *before = temp_image_digest(&a.image);
    const plan *planned = applied_plan(&a, cycles[row].check, RISK_MEDIUM);
    assert_int_equal(planned->step_count, 1);
    assert_string_equal(planned->steps[0].offer.operation->id, cycles[row].operation);

    const outcome *result = applied_run(&a, planned, &(apply_settings){.what_if = true});
    assert_int_equal(result->state, OUTCOME_WOULD_CHANGE);
    assert_int_equal(result->steps[0].state, STEP_WOULD_CHANGE);
    assert_int_equal(result->steps[0].change_count, cycles[row].changes);
    assert_true(result->what_if);
    assert_null(result->run_id);
    assert_string_equal(temp_image_digest(&a.image), before);
    assert_int_equal(applied_runs(&a), 0);

    result = applied_run(&a, planned, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_APPLIED);
    assert_int_equal(result->steps[0].state, STEP_DONE);
    assert_int_equal(result->steps[0].change_count, cycles[row].changes);
    assert_int_equal(result->restart_advised, cycles[row].restart_advised);
    assert_null(result->message);
    assert_non_null(result->run_id);
    assert_string_not_equal(temp_image_digest(&a.image), before);
    assert_true(applied_is_good(&a, cycles[row].check));
    assert_int_equal(applied_runs(&a), 1);

    const char *after = temp_image_digest(&a.image);
    result = applied_run(&a, planned, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_NOTHING_TO_DO);
    assert_int_equal(result->steps[0].state, STEP_ALREADY_GOOD);
    assert_null(result->run_id);
    assert_string_equal(temp_image_digest(&a.image), after);
    assert_int_equal(applied_runs(&a), 1);
    assert_int_equal(applied_plan(&a, cycles[row].check, RISK_MEDIUM)->step_count, 0);

    result = applied_undo(&a);
    assert_int_equal(result->state, OUTCOME_APPLIED);
    assert_string_equal(temp_image_digest(&a.image), before);
    assert_false(applied_is_good(&a, cycles[row].check));
    applied_free(&a);
}

static void test_repaired_and_taken_back(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cycles / sizeof cycles[0]; i++) {
        go_round(i);
    }
}

static void test_old_and_new_are_told(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, FAULT_POLICY);
    const outcome *result = applied_run(&a, applied_plan(&a, "powershell", RISK_LOW), &(apply_settings){0});
    const change_outcome *change = &result->steps[0].changes[0];
    assert_string_equal(change->kind, "registry-value");
    assert_non_null(strstr(change->target, "ExecutionPolicy"));
    assert_non_null(strstr(change->before, "Restricted"));
    assert_non_null(strstr(change->after, "RemoteSigned"));
    assert_true(change->undoable);
    assert_string_equal(result->steps[0].arguments, "{\"policy\":\"RemoteSigned\"}");
    applied_free(&a);
}

/* ---- Findings that changed ---- */

#define EVERYTHING FAULT_POLICY FAULT_MODULE_PATH FAULT_CRYPTO FAULT_SERVICE("VSS")
#define CHECKS     "powershell.execution-policy,powershell.module-path,prereq.strong-crypto,services.vss"

/* In the order of a plan's steps. */
enum { POLICY, MODULE_PATH, CRYPTO, VSS, STEPS };

static void assert_states(const outcome *result, step_state policy, step_state path, step_state crypto,
                          step_state vss) {
    const step_state expected[STEPS] = {policy, path, crypto, vss};
    assert_int_equal(result->step_count, STEPS);
    for (size_t i = 0; i < STEPS; i++) {
        if (result->steps[i].state != expected[i]) {
            fail_msg("step %zu (%s) is %s, not %s: %s", i + 1, result->steps[i].title,
                     step_state_name(result->steps[i].state), step_state_name(expected[i]),
                     result->steps[i].message != NULL ? result->steps[i].message : "");
        }
    }
}

static void assert_says(const char *text, const char *part) {
    if (text == NULL || strstr(text, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", text != NULL ? text : "(null)", part);
    }
}

static void test_all_in_one_run(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, EVERYTHING);
    const char *before = temp_image_digest(&a.image);
    const outcome *result = applied_run(&a, applied_plan(&a, CHECKS, RISK_MEDIUM), &(apply_settings){0});
    assert_states(result, STEP_DONE, STEP_DONE, STEP_DONE, STEP_DONE);
    assert_true(applied_is_good(&a, CHECKS));
    assert_int_equal(applied_runs(&a), 1);
    (void)applied_undo(&a);
    assert_string_equal(temp_image_digest(&a.image), before);
    applied_free(&a);
}

static void test_what_was_repaired_by_hand_is_left_alone(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, EVERYTHING);
    const plan *planned = applied_plan(&a, CHECKS, RISK_MEDIUM);
    applied_set_text(&a, SHELL, "ExecutionPolicy", "Unrestricted");
    const outcome *result = applied_run(&a, planned, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_APPLIED);
    assert_states(result, STEP_ALREADY_GOOD, STEP_DONE, STEP_DONE, STEP_DONE);
    applied_free(&a);
}

static void test_another_fault_stops_the_run(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, EVERYTHING);
    const plan *planned = applied_plan(&a, CHECKS, RISK_MEDIUM);
    applied_set_text(&a, SHELL, "ExecutionPolicy", "Nonsense");
    const char *before = temp_image_digest(&a.image);
    const outcome *result = applied_run(&a, planned, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_STOPPED);
    assert_int_equal(result->status, MARS_E_REFUSED);
    assert_states(result, STEP_REFUSED, STEP_NOT_REACHED, STEP_NOT_REACHED, STEP_NOT_REACHED);
    assert_says(result->steps[POLICY].message, "changed since planned");
    assert_says(result->message, "nothing was changed");
    assert_string_equal(temp_image_digest(&a.image), before);
    assert_int_equal(applied_runs(&a), 0);
    applied_free(&a);
}

/* The same verdict, but group policy decides now, which no operation fights. */
static void test_the_same_verdict_for_another_reason(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, FAULT_POLICY);
    const plan *planned = applied_plan(&a, CHECKS, RISK_MEDIUM);
    applied_set_text(&a, "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment",
                     "PSExecutionPolicyPreference", "Restricted");
    const outcome *result = applied_run(&a, planned, &(apply_settings){0});
    assert_int_equal(result->steps[0].state, STEP_REFUSED);
    assert_says(result->steps[0].message, "for another reason");
    applied_free(&a);
}

static void test_what_cannot_be_judged_is_refused(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, EVERYTHING);
    const plan *planned = applied_plan(&a, CHECKS, RISK_MEDIUM);
    temp_image_text(&a.image, TEMP_IMAGE_CONFIG "SOFTWARE", "no hive");
    temp_image_open(&a.image);
    const outcome *result = applied_run(&a, planned, &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_STOPPED);
    assert_states(result, STEP_REFUSED, STEP_NOT_REACHED, STEP_NOT_REACHED, STEP_NOT_REACHED);
    assert_says(result->steps[POLICY].message, "unknown");
    applied_free(&a);
}

/* ---- Held ---- */

static void test_risky_steps_are_held(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, EVERYTHING);
    const outcome *result = applied_run(&a, applied_plan(&a, CHECKS, RISK_LOW), &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_APPLIED);
    assert_states(result, STEP_DONE, STEP_DONE, STEP_HELD, STEP_DONE);
    assert_says(result->steps[CRYPTO].message, "medium");
    assert_int_equal(result->steps[CRYPTO].change_count, 0);
    applied_free(&a);
}

static void test_what_needs_the_running_server_is_held(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, "");
    const operation_value service = {.text = "VSS"};
    outcome *result = NULL;
    assert_int_equal(apply_operation(&result, a.image.machine, operation_find("service.start"), &service,
                                     &(apply_settings){0}),
                     MARS_OK);
    assert_int_equal(result->state, OUTCOME_STOPPED);
    assert_int_equal(result->status, MARS_E_UNSUPPORTED);
    assert_int_equal(result->steps[0].state, STEP_HELD);
    assert_string_equal(result->message, operation_needs_reason(NEEDS_SERVICE_MANAGER));
    assert_null(result->run_id);
    outcome_free(result);
    applied_free(&a);
}

/* ---- Which machine ---- */

static void test_another_machine_is_refused(void **state) {
    (void)state;
    applied a;
    applied other;
    applied_make(&a, HEALTHY, EVERYTHING);
    applied_make(&other, HEALTHY, EVERYTHING OTHER_NAME);
    const plan *planned = applied_plan(&a, CHECKS, RISK_MEDIUM);
    const char *before = temp_image_digest(&other.image);
    outcome *result = NULL;
    assert_int_equal(apply_plan(&result, other.image.machine, planned, &(apply_settings){0}),
                     MARS_E_OTHER_MACHINE);
    assert_null(result);
    assert_says(error_message(), "OTHER-01");
    assert_string_equal(temp_image_digest(&other.image), before);
    assert_int_equal(applied_runs(&other), 0);
    const outcome *forced = applied_run(&other, planned, &(apply_settings){.any_machine = true});
    assert_states(forced, STEP_DONE, STEP_DONE, STEP_DONE, STEP_DONE);
    assert_string_equal(forced->machine.computer_name, "OTHER-01"); /* where it was done */
    applied_free(&other);
    applied_free(&a);
}

/* ---- Confirmation ---- */

typedef struct asker {
    bool answer;
    int asked;
    char operation[64];
    char text[2048];
} asker;

static bool answer(void *user, const char *operation_id, const char *text) {
    asker *who = user;
    who->asked++;
    (void)snprintf(who->operation, sizeof who->operation, "%s", operation_id != NULL ? operation_id : "");
    (void)snprintf(who->text, sizeof who->text, "%s", text);
    return who->answer;
}

static void test_the_whole_is_confirmed_once(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, EVERYTHING);
    const char *before = temp_image_digest(&a.image);
    asker who = {.answer = false};
    apply_settings settings = {.confirm = answer, .user = &who};
    const plan *planned = applied_plan(&a, CHECKS, RISK_LOW);
    const outcome *result = applied_run(&a, planned, &settings);
    assert_int_equal(result->state, OUTCOME_CANCELLED);
    assert_int_equal(result->status, MARS_E_CANCELLED);
    assert_says(result->message, "not confirmed; nothing was changed");
    assert_states(result, STEP_NOT_REACHED, STEP_NOT_REACHED, STEP_HELD, STEP_NOT_REACHED);
    assert_int_equal(who.asked, 1);
    assert_string_equal(who.operation, "");
    assert_says(who.text, planned->steps[POLICY].title);
    assert_says(who.text, planned->steps[VSS].title);
    assert_null(strstr(who.text, planned->steps[CRYPTO].title));
    assert_null(strstr(who.text, "cannot be undone"));
    assert_string_equal(temp_image_digest(&a.image), before);
    assert_int_equal(applied_runs(&a), 0);

    settings.what_if = true;
    assert_int_equal(applied_run(&a, planned, &settings)->state, OUTCOME_WOULD_CHANGE);
    assert_int_equal(who.asked, 1); /* nothing is changed, so there is nothing to confirm */
    settings.what_if = false;
    who.answer = true;
    assert_int_equal(applied_run(&a, planned, &settings)->state, OUTCOME_APPLIED);
    assert_int_equal(who.asked, 2);
    applied_free(&a);
}

static const outcome *on_service(applied *a, const char *id, const char *name,
                                 const apply_settings *settings) {
    const operation_value service = {.text = name};
    outcome *result = NULL;
    assert_int_equal(apply_operation(&result, a->image.machine, operation_find(id), &service, settings),
                     MARS_OK);
    return applied_keep(a, result);
}

static const outcome *stop_service(applied *a, const char *name, const apply_settings *settings) {
    return on_service(a, "service.stop", name, settings);
}

static void test_a_step_that_asks_for_itself(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, "");
    a.image.machine->capabilities |= HOST_LIVE; /* so that it is tried at all */
    const outcome *result = stop_service(&a, "VSS", &(apply_settings){0});
    assert_int_equal(result->state, OUTCOME_STOPPED);
    assert_int_equal(result->steps[0].state, STEP_REFUSED);
    assert_says(result->steps[0].message, "confirmation of its own");

    asker who = {.answer = false};
    apply_settings settings = {.confirm = answer, .user = &who};
    result = stop_service(&a, "VSS", &settings);
    assert_int_equal(result->state, OUTCOME_CANCELLED);
    assert_int_equal(who.asked, 1);
    assert_string_equal(who.operation, "service.stop");
    assert_string_equal(who.text, "Stop the service VSS. This cannot be undone.");

    who.answer = true;
    result = stop_service(&a, "VSS", &settings);
    assert_int_equal(who.asked, 2);
    assert_int_equal(result->steps[0].state, STEP_REFUSED); /* by the operation: an image stops nothing */
    assert_null(strstr(result->steps[0].message, "confirm"));

    who.answer = false;
    (void)stop_service(&a, "msiscsi", &settings);
    assert_string_equal(who.text,
                        "Stop the service msiscsi. It cuts off a recovery volume that is mounted, and what "
                        "is being restored from it. This cannot be undone.");
    (void)stop_service(&a, "obengine", &settings);
    assert_says(who.text, "It ends a backup that was started by hand and uploads now. This");
    applied_free(&a);
}

static fact_state two_dependents(host *machine, const char *name, arena *memory, text_list *out, fact *why) {
    static const char *names[] = {"obengine", "other"};
    (void)machine, (void)memory;
    bool has = strcmp(name, "CryptSvc") == 0;
    *out = (text_list){.items = names, .count = has ? 2 : 0};
    *why = strcmp(name, "MSDTC") != 0 ? fact_known("test") : fact_unknown(REASON_UNREADABLE, "test", NULL);
    return why->state;
}

/* Who confirms a restart is told of the services that are restarted with it. */
static void test_a_restart_that_takes_others_along(void **state) {
    (void)state;
    static const struct {
        const char *id;
        const char *service;
        const char *text;
    } cases[] = {
        {"service.restart", "CryptSvc",
         "Restart the service CryptSvc. With it are restarted: obengine, other. obengine: It ends a backup "
         "that was started by hand and uploads now. This cannot be undone."},
        {"service.restart", "Winmgmt", "Restart the service Winmgmt. This cannot be undone."},
        {"service.restart", "MSDTC", "Restart the service MSDTC. This cannot be undone."},
        {"service.stop", "CryptSvc", "Stop the service CryptSvc. This cannot be undone."},
    };
    asker who = {.answer = false};
    const apply_settings settings = {.confirm = answer, .user = &who};
    applied a;
    applied_make(&a, HEALTHY, "");
    host_reader reader = *a.image.machine->read;
    reader.service_dependents = two_dependents;
    a.image.machine->read = &reader;
    a.image.machine->capabilities |= HOST_LIVE;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)on_service(&a, cases[i].id, cases[i].service, &settings);
        assert_string_equal(who.text, cases[i].text);
    }
    applied_free(&a);
}

/* ---- Runs that stop in the middle ---- */

static struct {
    unsigned commits;
    unsigned failing; /* the commit that fails; 0: none */
    bool read_only;
} fault;

static bool faulty_commit(hive_h *hive, int descriptor) {
    if (++fault.commits == fault.failing) {
        errno = ENOSPC;
        return false;
    }
    return image_calls_system.commit(hive, descriptor);
}

static bool faulty_make_folder(int folder, const char *name, mode_t mode) {
    errno = EROFS;
    return !fault.read_only && image_calls_system.make_folder(folder, name, mode);
}

static void use_faults(applied *a, image_calls *calls) {
    *calls = *image_of(a->image.machine)->calls;
    calls->commit = faulty_commit;
    calls->make_folder = faulty_make_folder;
    image_of(a->image.machine)->calls = calls;
}

static void test_a_failing_write_stops_the_run(void **state) {
    (void)state;
    applied a;
    image_calls calls;
    applied_make(&a, HEALTHY, EVERYTHING);
    const char *before = temp_image_digest(&a.image);
    const plan *planned = applied_plan(&a, CHECKS, RISK_MEDIUM);
    use_faults(&a, &calls);
    fault.commits = 0;
    fault.failing = 2;
    const outcome *result = applied_run(&a, planned, &(apply_settings){0});
    fault.failing = 0;
    assert_int_equal(result->state, OUTCOME_STOPPED);
    assert_int_equal(result->status, MARS_E_UNWRITABLE);
    assert_states(result, STEP_DONE, STEP_FAILED, STEP_NOT_REACHED, STEP_NOT_REACHED);
    assert_int_equal(result->steps[MODULE_PATH].change_count, 0);
    assert_says(result->message, "1 change was made; `marshealth undo ");
    assert_says(result->message, result->run_id);
    assert_false(applied_is_good(&a, "powershell.module-path"));
    (void)applied_undo(&a);
    assert_string_equal(temp_image_digest(&a.image), before);

    assert_states(applied_run(&a, planned, &(apply_settings){0}), STEP_DONE, STEP_DONE, STEP_DONE, STEP_DONE);
    applied_free(&a);
}

static void test_an_image_that_cannot_be_written(void **state) {
    (void)state;
    applied a;
    image_calls calls;
    applied_make(&a, HEALTHY, EVERYTHING);
    const char *before = temp_image_digest(&a.image);
    const plan *planned = applied_plan(&a, CHECKS, RISK_MEDIUM);
    use_faults(&a, &calls);
    fault.read_only = true;
    outcome *result = NULL;
    assert_int_equal(apply_plan(&result, a.image.machine, planned, &(apply_settings){0}), MARS_E_UNWRITABLE);
    assert_null(result);
    assert_int_equal(applied_run(&a, planned, &(apply_settings){.what_if = true})->state,
                     OUTCOME_WOULD_CHANGE);
    fault.read_only = false;
    assert_string_equal(temp_image_digest(&a.image), before);
    applied_free(&a);
}

typedef struct canceller {
    uint64_t at;
    uint64_t total;
    bool now;
} canceller;

static void cancel_at_step(void *user, const char *title, uint64_t done, uint64_t total) {
    canceller *who = user;
    assert_non_null(title);
    who->now = done == who->at;
    who->total = total;
}

static bool is_cancelled(void *user) {
    return ((canceller *)user)->now;
}

static void test_cancelled_between_steps(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, EVERYTHING);
    const char *before = temp_image_digest(&a.image);
    canceller who = {.at = 2};
    const apply_settings settings = {.progress = cancel_at_step, .cancelled = is_cancelled, .user = &who};
    const outcome *result = applied_run(&a, applied_plan(&a, CHECKS, RISK_MEDIUM), &settings);
    assert_int_equal(result->state, OUTCOME_CANCELLED);
    assert_int_equal(result->status, MARS_E_CANCELLED);
    assert_int_equal(who.total, STEPS);
    assert_states(result, STEP_DONE, STEP_DONE, STEP_NOT_REACHED, STEP_NOT_REACHED);
    assert_says(result->message, "2 changes were made; `marshealth undo ");
    (void)applied_undo(&a);
    assert_string_equal(temp_image_digest(&a.image), before);
    applied_free(&a);
}

/* ---- Operations by themselves ---- */

static void test_an_operation_by_itself(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, FAULT_POLICY);
    const char *before = temp_image_digest(&a.image);
    const operation *row = operation_find("powershell.set-execution-policy");
    operation_value policy = {.text = "Restricted"};
    outcome *result = NULL;
    assert_int_equal(apply_operation(&result, a.image.machine, row, &policy, &(apply_settings){0}),
                     MARS_E_INVALID_ARGUMENT);
    assert_null(result);
    policy.text = "Unrestricted";
    for (int again = 0; again < 2; again++) {
        assert_int_equal(apply_operation(&result, a.image.machine, row, &policy, &(apply_settings){0}),
                         MARS_OK);
        const outcome *kept = applied_keep(&a, result);
        assert_int_equal(kept->state, again ? OUTCOME_NOTHING_TO_DO : OUTCOME_APPLIED);
        assert_int_equal(kept->steps[0].state, again ? STEP_ALREADY_GOOD : STEP_DONE);
        assert_int_equal(applied_runs(&a), 1);
    }
    (void)applied_undo(&a);
    assert_string_equal(temp_image_digest(&a.image), before);
    applied_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repaired_and_taken_back),
        cmocka_unit_test(test_old_and_new_are_told),
        cmocka_unit_test(test_all_in_one_run),
        cmocka_unit_test(test_what_was_repaired_by_hand_is_left_alone),
        cmocka_unit_test(test_another_fault_stops_the_run),
        cmocka_unit_test(test_the_same_verdict_for_another_reason),
        cmocka_unit_test(test_what_cannot_be_judged_is_refused),
        cmocka_unit_test(test_risky_steps_are_held),
        cmocka_unit_test(test_what_needs_the_running_server_is_held),
        cmocka_unit_test(test_another_machine_is_refused),
        cmocka_unit_test(test_the_whole_is_confirmed_once),
        cmocka_unit_test(test_a_step_that_asks_for_itself),
        cmocka_unit_test(test_a_restart_that_takes_others_along),
        cmocka_unit_test(test_a_failing_write_stops_the_run),
        cmocka_unit_test(test_an_image_that_cannot_be_written),
        cmocka_unit_test(test_cancelled_between_steps),
        cmocka_unit_test(test_an_operation_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
