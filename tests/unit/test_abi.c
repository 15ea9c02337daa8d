/* The C ABI as a caller meets it: what it refuses and how it says so, structs of other versions, threads,
 * cancelling, and every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "marshealth.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BROKEN  EXAMPLES_BUILT "/broken"
#define HEALTHY EXAMPLES_BUILT "/healthy"

/* The sizes and places of version 1, on machines with 64-bit pointers. They never change; structs grow at
 * their end. */
_Static_assert(sizeof(mars_error) == 4 + 4 + 32 + MARS_ERROR_MESSAGE_SIZE, "mars_error");
_Static_assert(sizeof(mars_version_info) == 48, "mars_version_info");
_Static_assert(sizeof(mars_event) == 32, "mars_event");
_Static_assert(sizeof(mars_session_options) == 32, "mars_session_options");
_Static_assert(sizeof(mars_collect_options) == 16, "mars_collect_options");
_Static_assert(sizeof(mars_check_options) == 24, "mars_check_options");
_Static_assert(sizeof(mars_finding) == 88, "mars_finding");
_Static_assert(sizeof(mars_summary) == 64, "mars_summary");
_Static_assert(offsetof(mars_finding, check) == 16, "mars_finding.check");
_Static_assert(offsetof(mars_finding, verdict) == 32, "mars_finding.verdict");
_Static_assert(offsetof(mars_finding, values) == 72, "mars_finding.values");
_Static_assert(offsetof(mars_finding, repairs) == 80, "mars_finding.repairs");
_Static_assert(offsetof(mars_summary, pass) == 8, "mars_summary.pass");
_Static_assert(offsetof(mars_summary, unknown_blocking) == 56, "mars_summary.unknown_blocking");
_Static_assert(offsetof(mars_session_options, image_path) == 8, "mars_session_options.image_path");
_Static_assert(offsetof(mars_event, done) == 16, "mars_event.done");

static void assert_error(mars_status status, mars_status expected, const char *named) {
    mars_error error = MARS_ERROR_INIT;
    assert_int_equal(status, expected);
    assert_int_equal(mars_error_copy(&error), MARS_OK);
    assert_int_equal(error.code, expected);
    assert_string_equal(error.name, error_name(expected));
    assert_non_null(strstr(error.message, named));
}

static mars_session *open_image(const char *path) {
    mars_session *session = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = path;
    assert_int_equal(mars_session_open(&session, &options), MARS_OK);
    return session;
}

static mars_report *judge_image(const char *path) {
    mars_session *session = open_image(path);
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    assert_int_equal(mars_collect(&evidence, session, NULL), MARS_OK);
    mars_session_close(session);
    assert_int_equal(mars_check(&report, evidence, NULL), MARS_OK);
    mars_evidence_free(evidence);
    return report;
}

static void test_null_is_refused_and_named(void **state) {
    (void)state;
    mars_session *session = open_image(HEALTHY);
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    mars_text *text = NULL;
    mars_finding finding = MARS_FINDING_INIT;
    assert_error(mars_session_open(NULL, NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_session_cancel(NULL), MARS_E_INVALID_ARGUMENT, "session");
    assert_error(mars_collect(NULL, session, NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_collect(&evidence, NULL, NULL), MARS_E_INVALID_ARGUMENT, "session");
    assert_error(mars_evidence_load(NULL, "", 0, NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_evidence_load(&evidence, NULL, 0, NULL), MARS_E_INVALID_ARGUMENT, "data");
    assert_error(mars_evidence_save(NULL, NULL, 0), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_evidence_save(&text, NULL, 0), MARS_E_INVALID_ARGUMENT, "evidence");
    assert_error(mars_check(NULL, NULL, NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_check(&report, NULL, NULL), MARS_E_INVALID_ARGUMENT, "evidence");
    assert_error(mars_report_finding(NULL, NULL, 0), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_report_finding(&finding, NULL, 0), MARS_E_INVALID_ARGUMENT, "report");
    assert_error(mars_report_summary(NULL, NULL), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_report_render(NULL, NULL, 0, 0), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_report_render(&text, NULL, 0, 0), MARS_E_INVALID_ARGUMENT, "report");
    assert_error(mars_check_execution_policy(NULL, session), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_check_execution_policy(&report, NULL), MARS_E_INVALID_ARGUMENT, "session");
    assert_error(mars_catalog_checks(NULL, MARS_FORMAT_TEXT), MARS_E_INVALID_ARGUMENT, "out");
    assert_error(mars_schema(&text, NULL), MARS_E_INVALID_ARGUMENT, "name");
    assert_error(mars_version(NULL), MARS_E_INVALID_ARGUMENT, "info");
    assert_int_equal(mars_error_copy(NULL), MARS_E_INVALID_ARGUMENT);
    assert_int_equal(mars_report_count(NULL), 0);
    assert_int_equal(mars_text_size(NULL), 0);
    assert_string_equal(mars_text_data(NULL), "");
    mars_session_close(NULL);
    mars_evidence_free(NULL);
    mars_report_free(NULL);
    mars_text_free(NULL);
    mars_session_close(session);
}

static void test_text_in_must_be_utf8(void **state) {
    (void)state;
    static const char broken[] = "caf\xE9";
    mars_session *session = NULL;
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    mars_text *text = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = broken;
    assert_error(mars_session_open(&session, &options), MARS_E_INVALID_ARGUMENT, "image_path");
    session = open_image(HEALTHY);
    mars_collect_options what = MARS_COLLECT_OPTIONS_INIT;
    what.checks = broken;
    assert_error(mars_collect(&evidence, session, &what), MARS_E_INVALID_ARGUMENT, "options->checks");
    assert_int_equal(mars_collect(&evidence, session, NULL), MARS_OK);
    mars_check_options how = MARS_CHECK_OPTIONS_INIT;
    how.checks = broken;
    assert_error(mars_check(&report, evidence, &how), MARS_E_INVALID_ARGUMENT, "options->checks");
    how.checks = NULL;
    how.baseline = broken;
    assert_error(mars_check(&report, evidence, &how), MARS_E_INVALID_ARGUMENT, "options->baseline");
    assert_error(mars_schema(&text, broken), MARS_E_INVALID_ARGUMENT, "name");
    mars_evidence *loaded = NULL;
    assert_error(mars_evidence_load(&loaded, "{}", 2, broken), MARS_E_INVALID_ARGUMENT, "name");
    mars_evidence_free(evidence);
    mars_session_close(session);
}

static void test_other_errors_have_their_codes(void **state) {
    (void)state;
    mars_session *session = NULL;
    mars_report *report = NULL;
    mars_evidence *evidence = NULL;
    mars_text *text = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = "/nowhere/at/all";
    assert_int_not_equal(mars_session_open(&session, &options), MARS_OK);
    assert_null(session);
    options.image_path = FIXTURES;
    assert_error(mars_session_open(&session, &options), MARS_E_NOT_AN_IMAGE, "SYSTEM");
#if !defined(_WIN32)
    assert_error(mars_session_open(&session, NULL), MARS_E_UNSUPPORTED, "image");
#endif
    session = open_image(HEALTHY);
    mars_collect_options what = MARS_COLLECT_OPTIONS_INIT;
    what.checks = "agent.installed,no.such";
    assert_error(mars_collect(&evidence, session, &what), MARS_E_NOT_FOUND, "no.such");
    mars_session_close(session);
    assert_error(mars_evidence_load(&evidence, "{", 1, "half.json"), MARS_E_MALFORMED, "half.json");
    assert_null(evidence);
    assert_error(mars_schema(&text, "nothing"), MARS_E_NOT_FOUND, "nothing");
    assert_error(mars_catalog_checks(&text, MARS_FORMAT_JUNIT), MARS_E_NOT_FOUND, "format");
    report = judge_image(HEALTHY);
    assert_error(mars_report_render(&text, report, 99, 0), MARS_E_NOT_FOUND, "99");
    assert_error(mars_report_render(&text, report, MARS_FORMAT_TEXT, 0x80), MARS_E_INVALID_ARGUMENT, "flags");
    mars_finding finding = MARS_FINDING_INIT;
    assert_error(mars_report_finding(&finding, report, mars_report_count(report)), MARS_E_NOT_FOUND,
                 "finding");
    mars_report_free(report);
}

/* More than the documented limit is refused before a byte of it is looked at. */
static void test_too_large_is_said(void **state) {
    (void)state;
    mars_evidence *evidence = NULL;
    assert_error(mars_evidence_load(&evidence, "", ((uint64_t)64 << 20) + 1, "huge.json"), MARS_E_TOO_LARGE,
                 "huge.json");
    assert_null(evidence);
}

/* Where the hive's place is taken by a folder there is nothing to read. */
static void test_unreadable_is_said(void **state) {
    (void)state;
    char root[] = "/tmp/marshealth-abi-XXXXXX";
    assert_non_null(mkdtemp(root));
    static const char *const below[] = {"Windows", "Windows/System32", "Windows/System32/config",
                                        "Windows/System32/config/SYSTEM"};
    enum { DEPTH = sizeof below / sizeof below[0] };
    char path[sizeof root + 64];
    for (int i = 0; i < DEPTH; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", root, below[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    mars_session *session = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = root;
    assert_error(mars_session_open(&session, &options), MARS_E_UNREADABLE, "SYSTEM");
    for (int i = DEPTH - 1; i >= 0; i--) {
        (void)snprintf(path, sizeof path, "%s/%s", root, below[i]);
        assert_int_equal(rmdir(path), 0);
    }
    assert_int_equal(rmdir(root), 0);
}

static void test_errors_stay_and_belong_to_a_thread(void **state) {
    (void)state;
    mars_text *text = NULL;
    assert_error(mars_schema(&text, "nothing"), MARS_E_NOT_FOUND, "nothing");
    assert_int_equal(mars_schema(&text, "report"), MARS_OK);
    mars_text_free(text);
    mars_error error = MARS_ERROR_INIT;
    assert_int_equal(mars_error_copy(&error), MARS_OK);
    assert_int_equal(error.code, MARS_E_NOT_FOUND);
}

static void test_structs_of_other_versions(void **state) {
    (void)state;
    mars_report *report = judge_image(BROKEN);
    struct {
        mars_finding known;
        uint64_t later;
    } newer = {.known = MARS_FINDING_INIT, .later = 4711};
    newer.known.struct_size = sizeof newer;
    assert_int_equal(mars_report_finding(&newer.known, report, 0), MARS_OK);
    assert_int_equal(newer.known.struct_size, sizeof newer);
    assert_int_equal(newer.later, 4711);
    assert_non_null(newer.known.check);

    mars_finding older = MARS_FINDING_INIT;
    older.struct_size = (uint32_t)sizeof older - 8;
    assert_error(mars_report_finding(&older, report, 0), MARS_E_STRUCT_SIZE, "out");
    mars_summary none = {0};
    assert_error(mars_report_summary(&none, report), MARS_E_STRUCT_SIZE, "out");
    mars_session *session = NULL;
    mars_session_options small = MARS_SESSION_OPTIONS_INIT;
    small.struct_size = 4;
    assert_error(mars_session_open(&session, &small), MARS_E_STRUCT_SIZE, "options");
    mars_report_free(report);
}

static void test_report_of_the_broken_example(void **state) {
    (void)state;
    mars_report *report = judge_image(BROKEN);
    mars_summary summary = MARS_SUMMARY_INIT;
    uint64_t counted[MARS_STATUS_SKIPPED + 1] = {0};
    assert_int_equal(mars_report_summary(&summary, report), MARS_OK);
    for (uint64_t i = 0; i < mars_report_count(report); i++) {
        mars_finding finding = MARS_FINDING_INIT;
        assert_int_equal(mars_report_finding(&finding, report, i), MARS_OK);
        assert_in_range(finding.status, MARS_STATUS_PASS, MARS_STATUS_SKIPPED);
        counted[finding.status]++;
        assert_int_equal(strncmp(finding.verdict, finding.check, strlen(finding.check)), 0);
        assert_non_null(finding.title);
        assert_non_null(finding.values);
        if (finding.status == MARS_STATUS_FAIL || finding.status == MARS_STATUS_WARN) {
            assert_non_null(finding.cause);
            assert_non_null(finding.advice);
            assert_non_null(finding.where);
        }
    }
    assert_int_equal(counted[MARS_STATUS_FAIL], summary.fail);
    assert_int_equal(counted[MARS_STATUS_PASS], summary.pass);
    assert_true(summary.fail + summary.warn >= 7);
    mars_report_free(report);
}

static void test_named_checks_judge_only_their_own(void **state) {
    (void)state;
    static const struct {
        mars_status (*check)(mars_report **, mars_session *);
        const char *id;
    } named[] = {
        {mars_check_execution_policy, "powershell.execution-policy"},
        {mars_check_module_path, "powershell.module-path"},
        {mars_check_module_integrity, "powershell.module-integrity"},
        {mars_check_scheduled_tasks, "schedule."},
        {mars_check_task_enabled, "schedule.enabled"},
        {mars_check_task_principal, "schedule.principal"},
        {mars_check_task_multiple_instances, "schedule.multiple-instances"},
        {mars_check_shadow_storage, "shadow.storage"},
    };
    mars_session *session = open_image(BROKEN);
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        mars_report *report = NULL;
        assert_int_equal(named[i].check(&report, session), MARS_OK);
        assert_true(mars_report_count(report) > 0);
        for (uint64_t n = 0; n < mars_report_count(report); n++) {
            mars_finding finding = MARS_FINDING_INIT;
            assert_int_equal(mars_report_finding(&finding, report, n), MARS_OK);
            assert_int_equal(strncmp(finding.check, named[i].id, strlen(named[i].id)), 0);
        }
        mars_report_free(report);
    }
    mars_session_close(session);
}

typedef struct watcher {
    mars_session *session;
    mars_status inside;
    int progress;
    int cancel_at;
} watcher;

static void call_again(void *user, const mars_event *event) {
    watcher *w = user;
    if (event->kind == MARS_EVENT_PROGRESS && w->session != NULL) {
        mars_evidence *evidence = NULL;
        w->inside = mars_collect(&evidence, w->session, NULL);
        assert_null(evidence);
        if (++w->progress == w->cancel_at) {
            assert_int_equal(mars_session_cancel(w->session), MARS_OK);
        }
    }
}

static mars_session *open_watched(watcher *w) {
    mars_session *session = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = HEALTHY;
    options.on_event = call_again;
    options.user = w;
    assert_int_equal(mars_session_open(&session, &options), MARS_OK);
    w->session = session;
    return session;
}

static void test_a_second_call_is_refused(void **state) {
    (void)state;
    watcher w = {0};
    mars_session *session = open_watched(&w);
    mars_evidence *evidence = NULL;
    assert_int_equal(mars_collect(&evidence, session, NULL), MARS_OK);
    assert_int_equal(w.inside, MARS_E_BUSY);
    assert_true(w.progress > 1);
    mars_evidence_free(evidence);
    mars_session_close(session);
}

static void test_cancelling(void **state) {
    (void)state;
    watcher w = {.cancel_at = 2};
    mars_session *session = open_watched(&w);
    mars_evidence *evidence = NULL;
    assert_error(mars_collect(&evidence, session, NULL), MARS_E_CANCELLED, "cancelled");
    assert_null(evidence);
    assert_int_equal(w.progress, 2);
    w.cancel_at = 0;
    assert_int_equal(mars_session_cancel(session), MARS_OK);
    assert_error(mars_collect(&evidence, session, NULL), MARS_E_CANCELLED, "cancelled");
    assert_int_equal(mars_collect(&evidence, session, NULL), MARS_OK);
    mars_evidence_free(evidence);
    mars_session_close(session);
}

static void *judge_often(void *user) {
    const char *path = user;
    mars_text *first = NULL;
    for (int i = 0; i < 5; i++) {
        mars_report *report = judge_image(path);
        mars_text *text = NULL;
        assert_int_equal(mars_report_render(&text, report, MARS_FORMAT_NAGIOS, 0), MARS_OK);
        if (first == NULL) {
            first = text;
        } else {
            assert_string_equal(mars_text_data(text), mars_text_data(first));
            mars_text_free(text);
        }
        mars_report_free(report);
    }
    return first;
}

static void test_two_threads_with_a_session_each(void **state) {
    (void)state;
    pthread_t threads[2];
    static char paths[2][sizeof BROKEN + 16] = {BROKEN, HEALTHY};
    void *results[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, judge_often, paths[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], &results[i]), 0);
        assert_non_null(results[i]);
    }
    assert_non_null(strstr(mars_text_data(results[0]), "CRITICAL"));
    assert_non_null(strstr(mars_text_data(results[1]), "OK"));
    mars_text_free(results[0]);
    mars_text_free(results[1]);
}

/* The whole way; returns the first failure, or hands out what was rendered. */
static mars_status whole_way(mars_text **out) {
    mars_session *session = NULL;
    mars_evidence *evidence = NULL;
    mars_evidence *loaded = NULL;
    mars_report *report = NULL;
    mars_text *saved = NULL;
    mars_text *text = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = BROKEN;
    mars_status status = mars_session_open(&session, &options);
    if (status == MARS_OK) {
        status = mars_collect(&evidence, session, NULL);
    }
    if (status == MARS_OK) {
        status = mars_evidence_save(&saved, evidence, MARS_SAVE_REDACTED);
    }
    if (status == MARS_OK) {
        status = mars_evidence_load(&loaded, mars_text_data(saved), mars_text_size(saved), "saved");
    }
    if (status == MARS_OK) {
        status = mars_check(&report, loaded, NULL);
    }
    if (status == MARS_OK) {
        status = mars_report_render(&text, report, MARS_FORMAT_TEXT, 0);
    }
    *out = text;
    mars_text_free(saved);
    mars_report_free(report);
    mars_evidence_free(loaded);
    mars_evidence_free(evidence);
    mars_session_close(session);
    return status;
}

/* Most failures end the call; what was a cache only may fail without changing the result. */
static void test_every_allocation_may_fail(void **state) {
    (void)state;
    mars_text *expected = NULL;
    mem_test_fail_at(0);
    assert_int_equal(whole_way(&expected), MARS_OK);
    uint64_t allocations = mem_test_count();
    uint64_t refused = 0;
    for (uint64_t n = 1; n <= allocations; n++) {
        mars_text *text = NULL;
        mem_test_fail_at(n);
        mars_status status = whole_way(&text);
        mem_test_fail_at(0);
        if (status == MARS_OK) {
            if (strcmp(mars_text_data(text), mars_text_data(expected)) != 0) {
                fail_msg("allocation %u of %u failed, and the call succeeded with another result:\n%s",
                         (unsigned)n, (unsigned)allocations, mars_text_data(text));
            }
        } else {
            assert_error(status, MARS_E_NO_MEMORY, "memory");
            assert_null(text);
            refused++;
        }
        mars_text_free(text);
    }
    assert_true(refused > allocations / 2);
    mars_text_free(expected);
}

static void test_version(void **state) {
    (void)state;
    mars_version_info info = MARS_VERSION_INFO_INIT;
    assert_int_equal(mars_version(&info), MARS_OK);
    assert_int_equal(info.abi, MARS_ABI);
    assert_string_equal(info.evidence_schema, "marshealth/evidence/1");
    assert_string_equal(info.report_schema, "marshealth/report/1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_is_refused_and_named),
        cmocka_unit_test(test_text_in_must_be_utf8),
        cmocka_unit_test(test_other_errors_have_their_codes),
        cmocka_unit_test(test_too_large_is_said),
        cmocka_unit_test(test_unreadable_is_said),
        cmocka_unit_test(test_errors_stay_and_belong_to_a_thread),
        cmocka_unit_test(test_structs_of_other_versions),
        cmocka_unit_test(test_report_of_the_broken_example),
        cmocka_unit_test(test_named_checks_judge_only_their_own),
        cmocka_unit_test(test_a_second_call_is_refused),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_two_threads_with_a_session_each),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests_name("abi", tests, NULL, NULL);
}
