#include "applied.h"

#include "collect/collect.h"
#include "core/error.h"
#include "core/unicode.h"
#include "host/host_writer.h"
#include "repair/history.h"
#include "repair/undo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(bool good, const char *what) {
    if (!good) {
        (void)fprintf(stderr, "applied: %s: %s\n", what, error_message());
        abort();
    }
}

void applied_make(applied *a, const char *healthy, const char *reg_text) {
    *a = (applied){0};
    faulty_image_make(&a->image, healthy, reg_text);
}

void applied_free(applied *a) {
    for (size_t i = 0; i < a->plan_count; i++) {
        plan_free(a->plans[i]);
    }
    for (size_t i = 0; i < a->outcome_count; i++) {
        outcome_free(a->outcomes[i]);
    }
    temp_image_remove(&a->image);
}

/* To be freed with report_free. */
static report *judge(applied *a, const char *checks) {
    check_selection selection = {0};
    const check_settings settings = {0};
    evidence *found = NULL;
    report *result = NULL;
    expect(check_select(checks, &a->image.memory, &selection) == MARS_OK, checks);
    expect(collect(&found, a->image.machine, check_selection_needs(&selection), NULL) == MARS_OK, "collect");
    expect(report_make(&result, found, &selection, &settings) == MARS_OK, "report_make");
    evidence_free(found);
    return result;
}

const plan *applied_plan(applied *a, const char *checks, operation_risk include_risk) {
    report *findings = judge(a, checks);
    const plan_settings settings = {.include_risk = include_risk};
    plan *made = NULL;
    expect(a->plan_count < APPLIED_MAX && plan_make(&made, findings, &settings) == MARS_OK, "plan_make");
    report_free(findings);
    return a->plans[a->plan_count++] = made;
}

const outcome *applied_keep(applied *a, outcome *result) {
    expect(a->outcome_count < APPLIED_MAX && result != NULL, "outcome");
    return a->outcomes[a->outcome_count++] = result;
}

const outcome *applied_run(applied *a, const plan *document, const apply_settings *settings) {
    outcome *result = NULL;
    expect(apply_plan(&result, a->image.machine, document, settings) == MARS_OK, "apply_plan");
    return applied_keep(a, result);
}

const outcome *applied_undo(applied *a) {
    const undo_settings settings = {0};
    outcome *result = NULL;
    expect(undo_run(&result, a->image.machine, NULL, &settings) == MARS_OK, "undo_run");
    return applied_keep(a, result);
}

bool applied_is_good(applied *a, const char *checks) {
    report *findings = judge(a, checks);
    const uint64_t *count = findings->summary.count;
    bool good = count[STATUS_FAIL] + count[STATUS_WARN] + count[STATUS_UNKNOWN] == 0;
    report_free(findings);
    return good;
}

size_t applied_runs(applied *a) {
    history *runs = NULL;
    expect(history_read(&runs, a->image.machine) == MARS_OK, "history_read");
    size_t count = runs->count;
    history_free(runs);
    return count;
}

void applied_set_text(applied *a, const char *key, const char *name, const char *text) {
    host *machine = a->image.machine;
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, key};
    const registry_value value = {.type = REGISTRY_SZ,
                                  .data = utf16_from_utf8(&a->image.memory, text, strlen(text) + 1)};
    uint32_t made = 0;
    expect(host_writer_of(machine)->registry_set(machine, &path, name, &value, &made) == MARS_OK, key);
}
