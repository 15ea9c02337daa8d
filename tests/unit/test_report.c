#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "random_evidence.h"
#include "report/report.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const check_settings no_settings = {0};

static report *judged(const evidence *e, const check *const *checks, size_t count) {
    report *document = NULL;
    check_selection selection = {.items = checks, .count = count};
    assert_int_equal(report_make(&document, e, &selection, &no_settings), MARS_OK);
    assert_non_null(document);
    return document;
}

static report *judged_by_all(const evidence *e) {
    const check *checks[200];
    assert_in_range(all_checks_count, 1, 200);
    for (size_t i = 0; i < all_checks_count; i++) {
        checks[i] = &all_checks[i];
    }
    return judged(e, checks, all_checks_count);
}

/* ---- Grouping, with a check of our own ---- */

static void say_much(judgement *j, const evidence *e) {
    (void)e;
    (void)judge_say(j, "D:", "good");
    (void)judge_say(j, "C:", "good");
    say_number(judge_say(j, "C:", "bad"), "size", 7);
    (void)judge_say(j, NULL, "odd");
    (void)judge_say(j, "C:", "worse");
    (void)judge_say(j, "C:", "bad");
    fact why = fact_unknown(REASON_ACCESS_DENIED, "a place", NULL);
    said *unknown = judge_unknown(j, "E:", "what is there", &why);
    say_where(unknown, &why);
    fact other = fact_known("another place");
    say_where(unknown, &other);
}

static const verdict many_verdicts[] = {
    {"good", STATUS_PASS},  {"odd", STATUS_INFO},        {"bad", STATUS_WARN},
    {"worse", STATUS_FAIL}, {"unknown", STATUS_UNKNOWN}, {NULL, STATUS_UNKNOWN},
};
static const check talkative = {.id = "test.talkative", .judge = say_much, .verdicts = many_verdicts};

static void test_one_finding_per_subject_worst_first(void **state) {
    (void)state;
    evidence *e = evidence_new();
    const check *const checks[] = {&talkative};
    report *document = judged(e, checks, 1);
    evidence_free(e);
    static const struct {
        const char *subject;
        const char *slugs[4];
    } expected[] = {
        {"D:", {"good"}}, {"C:", {"worse", "bad", "bad", "good"}}, {NULL, {"odd"}}, {"E:", {"unknown"}}};
    assert_int_equal(document->finding_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const finding *f = &document->findings[i];
        assert_ptr_equal(f->check, &talkative);
        if (expected[i].subject == NULL) {
            assert_null(f->subject);
        } else {
            assert_string_equal(f->subject, expected[i].subject);
        }
        for (size_t p = 0; p < 4 && expected[i].slugs[p] != NULL; p++) {
            assert_true(p < f->part_count);
            assert_string_equal(f->parts[p].verdict->slug, expected[i].slugs[p]);
        }
    }
    assert_int_equal(document->findings[1].part_count, 4);
    assert_string_equal(document->findings[1].parts[0].code, "test.talkative/worse");
    /* Equally urgent ones stay in the order in which they were said. */
    assert_int_equal(document->findings[1].parts[1].value_count, 1);
    assert_int_equal(document->findings[1].parts[2].value_count, 0);
    static const uint64_t count[] = {
        [STATUS_PASS] = 1, [STATUS_INFO] = 1, [STATUS_FAIL] = 1, [STATUS_UNKNOWN] = 1, [STATUS_SKIPPED] = 0};
    assert_memory_equal(document->summary.count, count, sizeof count);
    assert_int_equal(document->summary.unknown_blocking, 0);
    report_free(document);
}

enum { MANY = 20000 };

static void say_many(judgement *j, const evidence *e) {
    (void)e;
    for (int i = 0; i < 2 * MANY; i++) {
        char subject[16];
        (void)snprintf(subject, sizeof subject, "%d", i < MANY ? i : 2 * MANY - 1 - i);
        (void)judge_say(j, subject, i < MANY ? "good" : "bad");
    }
}

static void test_many_subjects_keep_their_order(void **state) {
    (void)state;
    static const check prolific = {.id = "test.prolific", .judge = say_many, .verdicts = many_verdicts};
    const check *const checks[] = {&prolific};
    evidence *e = evidence_new();
    report *document = judged(e, checks, 1);
    evidence_free(e);
    assert_int_equal(document->finding_count, MANY);
    for (int i = 0; i < MANY; i++) {
        char subject[16];
        (void)snprintf(subject, sizeof subject, "%d", i);
        const finding *f = &document->findings[i];
        assert_string_equal(f->subject, subject);
        assert_int_equal(f->part_count, 2);
        assert_string_equal(f->parts[0].verdict->slug, "bad");
    }
    report_free(document);
}

static void test_texts_come_from_the_catalogue(void **state) {
    (void)state;
    evidence *e = evidence_new();
    const check *const checks[] = {&talkative};
    report *document = judged(e, checks, 1);
    evidence_free(e);
    const finding *unknown = &document->findings[3];
    assert_string_equal(unknown->parts[0].title, "It cannot be told what is there");
    assert_non_null(strstr(unknown->parts[0].cause, "access was denied"));
    assert_string_equal(unknown->where_lines, "a place\nanother place");
    json_t *values = json_loads(unknown->values_json, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(values, "what")), "what is there");
    json_decref(values);
    /* No text in the catalogue: the slug, and nothing made up. */
    const finding *worse = &document->findings[1];
    assert_string_equal(worse->parts[0].title, "worse");
    assert_null(worse->parts[0].cause);
    assert_null(worse->where_lines);
    assert_string_equal(worse->values_json, "{}");
    assert_null(worse->sources[0]);
    report_free(document);
}

static void say_what_does_not_exist(judgement *j, const evidence *e) {
    (void)e;
    said *s = judge_say(j, NULL, "invented");
    say_text(s, "text", NULL);
}
static const check inventive = {
    .id = "test.inventive", .judge = say_what_does_not_exist, .verdicts = many_verdicts};

static void test_verdict_outside_the_table_is_an_error(void **state) {
    (void)state;
    evidence *e = evidence_new();
    report *document = NULL;
    const check *const checks[] = {&inventive};
    check_selection selection = {.items = checks, .count = 1};
    assert_int_not_equal(report_make(&document, e, &selection, &no_settings), MARS_OK);
    assert_null(document);
    evidence_free(e);
}

/* ---- The agent, and what follows from it ---- */

static evidence *without_agent(void) {
    evidence *e = evidence_new();
    assert_non_null(e);
    fact absent = fact_absent("HKLM\\SOFTWARE\\Microsoft\\Windows Azure Backup\\Setup\\InstallPath");
    e->agent.install_path.fact = absent;
    e->agent.engine_present = (fact_flag){absent, false};
    e->agent.folder_present = (fact_flag){absent, false};
    return e;
}

static void test_checks_of_the_agent_are_skipped_without_one(void **state) {
    (void)state;
    evidence *e = without_agent();
    report *document = judged_by_all(e);
    evidence_free(e);
    for (size_t i = 0; i < document->finding_count; i++) {
        const finding *f = &document->findings[i];
        if (strcmp(f->check->id, "agent.installed") == 0) {
            assert_string_equal(f->parts[0].code, "agent.installed/not-installed");
        } else if (f->check->needs_agent) {
            assert_string_equal(f->parts[0].verdict->slug, "no-agent");
            assert_int_equal(f->parts[0].verdict->status, STATUS_SKIPPED);
        }
    }
    assert_int_equal(document->next_backup, NEXT_BACKUP_FAILS);
    assert_true(next_backup_told_by(document, check_find("agent.installed")));
    assert_false(next_backup_told_by(document, check_find("agent.version")));
    report_free(document);
}

static void test_nothing_known_is_nothing_good(void **state) {
    (void)state;
    evidence *e = evidence_new();
    report *document = judged_by_all(e);
    evidence_free(e);
    for (size_t i = 0; i < document->finding_count; i++) {
        assert_int_equal(document->findings[i].parts[0].verdict->status, STATUS_UNKNOWN);
    }
    assert_int_equal(document->next_backup, NEXT_BACKUP_UNKNOWN);
    assert_true(next_backup_told_by(document, check_find("agent.installed")));
    report_free(document);
}

static void test_next_backup_needs_every_blocking_check(void **state) {
    (void)state;
    static const struct {
        finding_status one;    /* of one blocking check */
        finding_status others; /* of all others; 0: they were not judged */
        next_backup expected;
    } rows[] = {
        {STATUS_PASS, STATUS_PASS, NEXT_BACKUP_STARTS},    {STATUS_WARN, STATUS_PASS, NEXT_BACKUP_STARTS},
        {STATUS_SKIPPED, STATUS_INFO, NEXT_BACKUP_STARTS}, {STATUS_FAIL, STATUS_PASS, NEXT_BACKUP_FAILS},
        {STATUS_FAIL, STATUS_UNKNOWN, NEXT_BACKUP_FAILS},  {STATUS_UNKNOWN, STATUS_PASS, NEXT_BACKUP_UNKNOWN},
    };
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        finding findings[200] = {0};
        const verdict one = {"one", rows[row].one};
        const verdict other = {"other", rows[row].others};
        const finding_part parts[] = {{.verdict = &one}, {.verdict = &other}};
        report document = {.findings = findings};
        const check *tested = check_find("agent.installed");
        assert_true(tested->blocking);
        for (size_t i = 0; i < all_checks_count; i++) {
            findings[document.finding_count++] = (finding){
                .check = &all_checks[i], .parts = &parts[&all_checks[i] == tested ? 0 : 1], .part_count = 1};
        }
        assert_int_equal(next_backup_expected(&document), rows[row].expected);
        /* Without that check it is not known to start. */
        document.findings++;
        document.finding_count--;
        assert_ptr_equal(findings[0].check, tested);
        assert_int_equal(next_backup_expected(&document), NEXT_BACKUP_UNKNOWN);
    }
}

static void test_head_outlives_the_evidence(void **state) {
    (void)state;
    evidence *e = random_evidence(1);
    const char *notes[] = {"copied while in use"};
    e->machine.computer_name = (fact_text){fact_known("x"), arena_text(&e->memory, "MARS-DEMO-01")};
    e->machine.machine_guid = (fact_text){fact_absent("x"), NULL};
    e->source.as_of = (fact_time){fact_known("x"), 42};
    e->source.warnings = (fact_texts){fact_known(NULL), {notes, 1}};
    report *document = judged_by_all(e);
    evidence_free(e);
    assert_string_equal(document->computer_name, "MARS-DEMO-01");
    assert_null(document->machine_guid);
    assert_true(document->has_as_of);
    assert_int_equal(document->as_of, 42);
    assert_string_equal(document->warnings.items[0], notes[0]);
    text_builder out = {0};
    render_json(&out, document, true);
    render_text(&out, document, &(render_options){.all = true});
    render_junit(&out, document, false);
    render_nagios(&out, document);
    assert_false(text_builder_failed(&out));
    text_builder_free(&out);
    report_free(document);
}

/* ---- What holds for any evidence ---- */

/* Whether a {place} of the catalogue stayed: the rule gave no such value. */
static bool has_place(const char *text) {
    for (const char *at = text; text != NULL && (at = strchr(at, '{')) != NULL; at++) {
        size_t name = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
        if (name > 0 && at[name + 1] == '}') {
            return true;
        }
    }
    return false;
}

static void assert_part_is_complete(const check *row, const finding_part *part) {
    assert_ptr_equal(check_verdict(row, part->verdict->slug), part->verdict);
    if (has_place(part->title) || has_place(part->cause) || has_place(part->advice) ||
        has_place(part->command)) {
        fail_msg("%s leaves a place open: %s", part->code, part->title);
    }
    bool bad = part->verdict->status == STATUS_FAIL || part->verdict->status == STATUS_WARN;
    if (bad && (part->cause == NULL || part->advice == NULL || part->where.count == 0)) {
        fail_msg("%s lacks cause, advice or where", part->code);
    }
}

static void assert_findings_are_apart(const report *document) {
    for (size_t i = 0; i < document->finding_count; i++) {
        for (size_t k = 0; k < i; k++) {
            const finding *a = &document->findings[i];
            const finding *b = &document->findings[k];
            bool same = a->subject == NULL || b->subject == NULL ? a->subject == b->subject
                                                                 : strcmp(a->subject, b->subject) == 0;
            assert_false(a->check == b->check && same);
        }
    }
}

static void assert_report_is_sound(const report *document) {
    uint64_t total = 0;
    for (size_t status = 0; status <= STATUS_SKIPPED; status++) {
        total += document->summary.count[status];
    }
    assert_int_equal(total, document->finding_count);
    for (size_t i = 0; i < document->finding_count; i++) {
        const finding *f = &document->findings[i];
        for (size_t p = 0; p < f->part_count; p++) {
            assert_part_is_complete(f->check, &f->parts[p]);
            assert_true(p == 0 || finding_urgency(f->parts[p - 1].verdict->status) <=
                                      finding_urgency(f->parts[p].verdict->status));
        }
    }
    for (size_t i = 0; i < all_checks_count; i++) {
        bool judged_at_all = false;
        for (size_t k = 0; k < document->finding_count; k++) {
            judged_at_all = judged_at_all || document->findings[k].check == &all_checks[i];
        }
        if (!judged_at_all) {
            fail_msg("%s gave no finding", all_checks[i].id);
        }
    }
    assert_findings_are_apart(document);
}

static void test_any_evidence_gives_a_sound_report(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        evidence *e = random_evidence(seed);
        report *document = judged_by_all(e);
        report *again = judged_by_all(e);
        evidence_free(e);
        assert_report_is_sound(document);
        text_builder first = {0};
        text_builder second = {0};
        render_json(&first, document, false);
        render_json(&second, again, false);
        assert_string_equal(text_builder_text(&first), text_builder_text(&second));
        text_builder_free(&first);
        text_builder_free(&second);
        report_free(document);
        report_free(again);
    }
}

/* jansson's allocations fail like ours. */
static void test_every_allocation_may_fail(void **state) {
    (void)state;
    evidence *e = random_evidence(3);
    json_malloc_t normal_alloc;
    json_free_t normal_free;
    json_get_alloc_funcs(&normal_alloc, &normal_free);
    json_set_alloc_funcs(mem_alloc, mem_free);
    const check *checks[200];
    for (size_t i = 0; i < all_checks_count; i++) {
        checks[i] = &all_checks[i];
    }
    check_selection selection = {.items = checks, .count = all_checks_count};
    bool reached = true;
    for (uint64_t n = 1; reached; n++) {
        report *document = NULL;
        mem_test_fail_at(n);
        mars_status status = report_make(&document, e, &selection, &no_settings);
        reached = mem_test_count() >= n;
        mem_test_fail_at(0);
        assert_int_equal(status, reached ? MARS_E_NO_MEMORY : MARS_OK);
        assert_int_equal(document == NULL, reached);
        report_free(document);
    }
    json_set_alloc_funcs(normal_alloc, normal_free);
    evidence_free(e);
}

static void test_status_names_and_urgency(void **state) {
    (void)state;
    static const finding_status order[] = {STATUS_FAIL, STATUS_WARN, STATUS_UNKNOWN,
                                           STATUS_INFO, STATUS_PASS, STATUS_SKIPPED};
    static const char *const names[] = {"fail", "warn", "unknown", "info", "pass", "skipped"};
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(finding_status_name(order[i]), names[i]);
        assert_true(i == 0 || finding_urgency(order[i - 1]) < finding_urgency(order[i]));
    }
    report_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_finding_per_subject_worst_first),
        cmocka_unit_test(test_many_subjects_keep_their_order),
        cmocka_unit_test(test_texts_come_from_the_catalogue),
        cmocka_unit_test(test_verdict_outside_the_table_is_an_error),
        cmocka_unit_test(test_checks_of_the_agent_are_skipped_without_one),
        cmocka_unit_test(test_nothing_known_is_nothing_good),
        cmocka_unit_test(test_next_backup_needs_every_blocking_check),
        cmocka_unit_test(test_head_outlives_the_evidence),
        cmocka_unit_test(test_any_evidence_gives_a_sound_report),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_status_names_and_urgency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
