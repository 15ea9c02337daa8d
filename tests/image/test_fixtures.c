/* test_fixtures FIXTURES BUILD [NAME]...: makes the image of every fixture (fixture.h) below BUILD and judges
 * it through the public ABI. It must give exactly the findings of its expect.txt; its evidence, saved and
 * loaded again, the same report, and redacted the same verdicts. All fixtures together must give every
 * verdict of every check. Prints lines of the Test Anything Protocol, and behind a failure what differs:
 * those lines are what its expect.txt lacks. With names, only those fixtures are judged. The image of one
 * that failed is kept. */
#include "checks/check.h"
#include "file_tree.h"
#include "fixture.h"
#include "image_maker.h"
#include "marshealth.h"
#include "report/catalog.h"
#include "report_lines.h"

#include "core/text_builder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct outcome {
    text_builder complaints; /* empty: passed */
} outcome;

typedef struct trial {
    const fixture_list *all;
    const fixture *of;
    const char *image;
    arena memory;
    text_builder *complaints;
} trial;

/* ---- Judging ---- */

static void complain_error(trial *t, const char *about) {
    mars_error error = MARS_ERROR_INIT;
    (void)mars_error_copy(&error);
    text_addf(t->complaints, "#   %s: %s\n", about, error.message);
}

static mars_evidence *collect_image(trial *t) {
    mars_session *session = NULL;
    mars_evidence *facts = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = t->image;
    if (mars_session_open(&session, &options) != MARS_OK || mars_collect(&facts, session, NULL) != MARS_OK) {
        complain_error(t, "collecting");
    }
    mars_session_close(session);
    return facts;
}

/* The report as JSON, in the trial's memory; NULL after a complaint. */
static const char *judge(trial *t, const mars_evidence *facts, mars_summary *summary) {
    mars_report *report = NULL;
    mars_text *text = NULL;
    mars_check_options options = MARS_CHECK_OPTIONS_INIT;
    options.baseline = t->of->baseline;
    options.checks = t->of->checks;
    *summary = (mars_summary)MARS_SUMMARY_INIT;
    const char *json = NULL;
    if (mars_check(&report, facts, &options) == MARS_OK && mars_report_summary(summary, report) == MARS_OK &&
        mars_report_render(&text, report, MARS_FORMAT_JSON, 0) == MARS_OK) {
        json = arena_text(&t->memory, mars_text_data(text));
    } else {
        complain_error(t, "judging");
    }
    mars_text_free(text);
    mars_report_free(report);
    return json;
}

/* Judges the evidence as it is after being saved and loaded. */
static const char *judge_saved(trial *t, const mars_evidence *facts, uint32_t flags) {
    mars_text *saved = NULL;
    mars_evidence *loaded = NULL;
    mars_summary summary;
    const char *json = NULL;
    if (mars_evidence_save(&saved, facts, flags) == MARS_OK &&
        mars_evidence_load(&loaded, mars_text_data(saved), mars_text_size(saved), "saved") == MARS_OK) {
        json = judge(t, loaded, &summary);
    } else {
        complain_error(t, "saving and loading");
    }
    mars_evidence_free(loaded);
    mars_text_free(saved);
    return json;
}

/* ---- Comparing ---- */

/* Both are sorted. What is only in the first is listed with "-", only in the second with "+". */
static void compare_lines(trial *t, const char *heading, const text_list *expected, const text_list *actual) {
    size_t e = 0;
    size_t a = 0;
    bool headed = false;
    while (e < expected->count || a < actual->count) {
        int order = e == expected->count ? 1
                    : a == actual->count ? -1
                                         : strcmp(expected->items[e], actual->items[a]);
        if (order != 0) {
            text_addf(t->complaints, "%s#   %s %s\n", headed ? "" : heading, order < 0 ? "-" : "+",
                      order < 0 ? expected->items[e] : actual->items[a]);
            headed = true;
        }
        e += order <= 0;
        a += order >= 0;
    }
}

static const check *check_of_line(const char *line, const verdict **of) {
    char text[256];
    (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(line, " "), line);
    char *slug = strchr(text, '/');
    if (slug == NULL) {
        return NULL;
    }
    *slug++ = '\0';
    const check *row = check_find(text);
    *of = row != NULL ? check_verdict(row, slug) : NULL;
    return *of != NULL ? row : NULL;
}

typedef struct tally {
    bool fails;
    bool warns;
    bool blocked; /* a blocking check is unknown and nothing worse is said of it */
} tally;

static int exit_class(const tally *of) {
    return of->fails ? 2 : of->warns ? 1 : of->blocked ? 3 : 0;
}

static bool is_repair(const char *line) {
    return strncmp(line, "repair ", strlen("repair ")) == 0;
}

/* The exit code that `marshealth test` has to give for these lines. */
static int expected_exit(trial *t, const text_list *lines) {
    tally of = {0};
    for (size_t i = 0; i < lines->count; i++) {
        const verdict *v = NULL;
        if (lines->items[i][0] == '!' || is_repair(lines->items[i])) {
            continue;
        }
        const check *row = check_of_line(lines->items[i], &v);
        if (row == NULL) {
            text_addf(t->complaints, "#   there is no verdict \"%s\"\n", lines->items[i]);
            continue;
        }
        of.fails = of.fails || v->status == STATUS_FAIL;
        of.warns = of.warns || v->status == STATUS_WARN;
        of.blocked = of.blocked || (v->status == STATUS_UNKNOWN && row->blocking);
    }
    return exit_class(&of);
}

static void compare_exit(trial *t, const text_list *lines, const mars_summary *summary) {
    const tally of = {
        .fails = summary->fail > 0,
        .warns = summary->warn > 0,
        .blocked = summary->unknown_blocking > 0,
    };
    int expected = expected_exit(t, lines);
    if (exit_class(&of) != expected) {
        text_addf(t->complaints, "#   the exit code would be %d, not %d\n", exit_class(&of), expected);
    }
}

static void compare_saved(trial *t, const mars_evidence *facts, const char *json) {
    const char *again = judge_saved(t, facts, 0);
    if (again != NULL && strcmp(again, json) != 0) {
        text_add(t->complaints, "#   saved and loaded, the evidence gives another report\n");
    }
    const char *redacted = judge_saved(t, facts, MARS_SAVE_REDACTED);
    text_list before = {0};
    text_list after = {0};
    if (redacted != NULL && report_lines(&before, json, false, &t->memory) &&
        report_lines(&after, redacted, false, &t->memory)) {
        compare_lines(t, "#   redacted, the evidence gives other verdicts:\n", &before, &after);
    }
}

static void compare_exactly(trial *t, const text_list *actual, const mars_summary *summary) {
    text_list expected = {0};
    char error[1024];
    const maker_error say = {.text = error, .size = sizeof error};
    if (!fixture_expected(&expected, t->all, t->of, &t->memory, &say)) {
        text_addf(t->complaints, "#   %s\n", error);
        return;
    }
    compare_lines(t, "", &expected, actual);
    compare_exit(t, &expected, summary);
}

static bool contains(const text_list *lines, const char *line) {
    for (size_t i = 0; i < lines->count; i++) {
        if (strcmp(lines->items[i], line) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_quiet(const char *line) {
    const verdict *v = NULL;
    return check_of_line(line, &v) != NULL &&
           (v->status == STATUS_PASS || v->status == STATUS_INFO || v->status == STATUS_SKIPPED);
}

static void compare_quiet(trial *t, const text_list *actual, const mars_summary *summary) {
    for (size_t i = 0; i < actual->count; i++) {
        if (!is_quiet(actual->items[i])) {
            text_addf(t->complaints, "#   false alarm: %s\n", actual->items[i]);
        }
    }
    for (size_t i = 0; i < t->of->added.count; i++) {
        if (!contains(actual, t->of->added.items[i])) {
            text_addf(t->complaints, "#   - %s\n", t->of->added.items[i]);
        }
    }
    const text_list none = {0};
    compare_exit(t, &none, summary);
}

static void compare_report(trial *t, const char *json, const mars_summary *summary) {
    text_list actual = {0};
    text_list shortcomings = {0};
    if (!report_lines(&actual, json, true, &t->memory) ||
        !report_shortcomings(&shortcomings, json, &t->memory)) {
        text_add(t->complaints, "#   the report is not of the expected form\n");
        return;
    }
    (t->of->quiet ? compare_quiet : compare_exactly)(t, &actual, summary);
    for (size_t i = 0; i < shortcomings.count; i++) {
        text_addf(t->complaints, "#   %s\n", shortcomings.items[i]);
    }
}

static void run_trial(trial *t) {
    char error[1024];
    if (!image_make(t->of->folder, t->image, error, sizeof error)) {
        text_addf(t->complaints, "#   %s\n", error);
        return;
    }
    mars_summary summary;
    mars_evidence *facts = collect_image(t);
    const char *json = facts != NULL ? judge(t, facts, &summary) : NULL;
    if (json != NULL) {
        compare_report(t, json, &summary);
        compare_saved(t, facts, json);
    }
    mars_evidence_free(facts);
}

/* ---- All fixtures, by two threads ---- */

typedef struct test_run {
    const fixture_list *all;
    const char *images;
    const fixture **chosen;
    outcome *outcomes;
    size_t count;
    atomic_size_t next;
} test_run;

static void *work(void *user) {
    test_run *run = user;
    for (size_t i = atomic_fetch_add(&run->next, 1); i < run->count; i = atomic_fetch_add(&run->next, 1)) {
        trial t = {.all = run->all, .of = run->chosen[i], .complaints = &run->outcomes[i].complaints};
        t.image = arena_printf(&t.memory, "%s/%s", run->images, t.of->name);
        run_trial(&t);
        if (arena_failed(&t.memory)) {
            text_add(t.complaints, "#   memory ran out\n");
        }
        if (t.complaints->length == 0) {
            char ignored[1];
            (void)tree_remove(t.image, &(maker_error){.text = ignored, .size = sizeof ignored});
        }
        arena_free(&t.memory);
    }
    return NULL;
}

static void run_all(test_run *run) {
    pthread_t helper;
    bool helped = pthread_create(&helper, NULL, work, run) == 0;
    (void)work(run);
    if (helped) {
        (void)pthread_join(helper, NULL);
    }
}

/* ---- Coverage ---- */

static bool is_covered(const fixture_list *all, const char *name) {
    if (fixture_adds(&all->healthy, name)) {
        return true;
    }
    for (size_t i = 0; i < all->count; i++) {
        if (fixture_adds(&all->items[i], name)) {
            return true;
        }
    }
    return false;
}

/* How many verdicts no fixture gives. */
static size_t report_coverage(const fixture_list *all) {
    size_t verdicts = 0;
    size_t missing = 0;
    for (size_t i = 0; i < all_checks_count; i++) {
        for (const verdict *v = all_checks[i].verdicts; v->slug != NULL; v++) {
            char name[256];
            (void)snprintf(name, sizeof name, "%s/%s", all_checks[i].id, v->slug);
            verdicts++;
            if (!is_covered(all, name)) {
                (void)printf("# no fixture gives %s\n", name);
                missing++;
            }
        }
    }
    (void)printf("%s - %zu of %zu verdicts are given by fixtures\n", missing == 0 ? "ok" : "not ok",
                 verdicts - missing, verdicts);
    return missing;
}

/* Whether a fixture offers the operation to the check with all that it needs; nobody but the user can know
 * where a good module is. */
static bool offers(const fixture *of, const char *id, const char *operation) {
    char start[128];
    char middle[128];
    (void)snprintf(start, sizeof start, "repair %s ", id);
    (void)snprintf(middle, sizeof middle, " %s {", operation);
    for (size_t i = 0; i < of->added.count; i++) {
        const char *line = of->added.items[i];
        const char *needs = strstr(line, "} needs ");
        if (strncmp(line, start, strlen(start)) == 0 && strstr(line, middle) != NULL &&
            (needs == NULL || strcmp(needs, "} needs source") == 0)) {
            return true;
        }
    }
    return false;
}

static bool is_offered(const fixture_list *all, const char *id, const char *operation) {
    for (size_t i = 0; i < all->count; i++) {
        if (offers(&all->items[i], id, operation)) {
            return true;
        }
    }
    return false;
}

/* How many repairs of the catalogue no fixture offers. */
static size_t report_repairs(const fixture_list *all) {
    size_t missing = 0;
    for (size_t i = 0; i < catalog_checks_count; i++) {
        for (size_t v = 0; v < catalog_checks[i].verdict_count; v++) {
            const catalog_verdict *texts = &catalog_checks[i].verdicts[v];
            for (size_t r = 0; r < texts->repair_count; r++) {
                if (!is_offered(all, catalog_checks[i].id, texts->repairs[r].operation)) {
                    (void)printf("# no fixture offers %s for %s/%s\n", texts->repairs[r].operation,
                                 catalog_checks[i].id, texts->slug);
                    missing++;
                }
            }
        }
    }
    (void)printf("%s - the catalogue's repairs are offered by fixtures\n", missing == 0 ? "ok" : "not ok");
    return missing;
}

/* ---- The program ---- */

static bool is_chosen(const fixture *of, int count, char **names) {
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], of->name) == 0) {
            return true;
        }
    }
    return count == 0;
}

static size_t print_outcomes(const test_run *run) {
    size_t failed = 0;
    for (size_t i = 0; i < run->count; i++) {
        text_builder *complaints = &run->outcomes[i].complaints;
        bool passed = complaints->length == 0 && !text_builder_failed(complaints);
        (void)printf("%s - %s\n%s", passed ? "ok" : "not ok", run->chosen[i]->name,
                     text_builder_text(complaints));
        failed += !passed;
        text_builder_free(complaints);
    }
    return failed;
}

static int run_fixtures(const fixture_list *all, const char *images, int name_count, char **names,
                        arena *memory) {
    test_run run = {.all = all, .images = images};
    run.chosen = arena_array(memory, all->count + 1, sizeof(const fixture *));
    run.outcomes = arena_array(memory, all->count + 1, sizeof *run.outcomes);
    if (run.chosen == NULL || run.outcomes == NULL) {
        return 1;
    }
    for (size_t i = 0; i <= all->count; i++) {
        const fixture *of = i == 0 ? &all->healthy : &all->items[i - 1];
        if (is_chosen(of, name_count, names)) {
            run.chosen[run.count++] = of;
        }
    }
    run_all(&run);
    size_t failed = print_outcomes(&run);
    bool whole = name_count == 0;
    failed += whole && report_coverage(all) > 0;
    failed += whole && report_repairs(all) > 0;
    size_t cases = run.count + (whole ? 2 : 0);
    (void)printf("%zu passed, %zu failed, 0 skipped\n", cases - failed, failed);
    return failed > 0 || run.count == 0;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        (void)fputs("usage: test_fixtures FIXTURES BUILD [NAME]...\n", stderr);
        return 2;
    }
    arena memory = {0};
    char error[1024];
    const maker_error say = {.text = error, .size = sizeof error};
    fixture_list all = {0};
    int code = 2;
    if (fixture_list_read(&all, argv[1], &memory, &say)) {
        code = run_fixtures(&all, argv[2], argc - 3, argv + 3, &memory);
    } else {
        (void)fprintf(stderr, "test_fixtures: %s\n", error);
    }
    arena_free(&memory);
    return code;
}
