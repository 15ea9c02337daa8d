/* marshealth plan, repair, undo and call. */
#include "change.h"

#include <stdlib.h>
#include <string.h>

/* ---- Plans ---- */

/* A baseline that is given for judging also vouches for the files that are restored. */
static bool complete_sets(const options *given, char **out) {
    static const char restore[] = "powershell.restore-module.";
    static const char argument[] = "\npowershell.restore-module.baseline=";
    const char *sets = given->sets != NULL ? given->sets : "";
    bool add = given->baseline != NULL &&
               strncmp(sets, "powershell.restore-module.baseline=", sizeof argument - 2) != 0 &&
               strstr(sets, argument) == NULL && strstr(sets, restore) != NULL;
    size_t size = strlen(sets) + (add ? sizeof argument + strlen(given->baseline) : 1);
    *out = malloc(size);
    if (*out == NULL) {
        complain("memory ran out");
        return false;
    }
    (void)snprintf(*out, size, "%s%s%s", sets, add ? argument : "", add ? given->baseline : "");
    return true;
}

static mars_status plan_from(mars_plan **out, const options *given, const mars_evidence *evidence,
                             const char *baseline, const char *sets) {
    mars_report *report = NULL;
    mars_check_options judging = MARS_CHECK_OPTIONS_INIT;
    judging.checks = given->checks;
    judging.baseline = baseline;
    mars_plan_options planning = MARS_PLAN_OPTIONS_INIT;
    planning.include_risk = given->include_risk;
    planning.sets = sets;
    mars_status status = mars_check(&report, evidence, &judging);
    if (status == MARS_OK) {
        status = mars_plan_make(out, report, &planning);
    }
    mars_report_free(report);
    return status;
}

static bool make_plan(mars_plan **out, const options *given, const mars_evidence *evidence,
                      const char *baseline, const char *about) {
    char *sets = NULL;
    bool made = complete_sets(given, &sets);
    if (made && plan_from(out, given, evidence, baseline, sets[0] != '\0' ? sets : NULL) != MARS_OK) {
        complain_error(about);
        made = false;
    }
    free(sets);
    return made;
}

static bool ends_in(const char *text, const char *end) {
    return text != NULL && strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* A file of that name is to be edited and applied, or read by a program. */
static int32_t plan_format(const options *given) {
    const char *name = given->format == NULL && ends_in(given->output, ".json") ? "json" : given->format;
    return format_named(name, 1u << MARS_FORMAT_TEXT | 1u << MARS_FORMAT_JSON | 1u << MARS_FORMAT_JSONL);
}

static bool read_source(const source *from, const options *given, mars_evidence **out) {
    mars_error error = MARS_ERROR_INIT;
    if (source_evidence(from, given, out, &error) == MARS_OK) {
        return true;
    }
    if (error.code != MARS_OK) {
        complain("%s: %s", source_name(from), error.message);
    } else {
        complain_error(from->path);
    }
    return false;
}

static bool write_plan(const options *given, int32_t format, const mars_plan *plan) {
    mars_text *text = NULL;
    if (mars_plan_render(&text, plan, format, wants_color(given) ? MARS_RENDER_COLOR : 0) != MARS_OK) {
        complain_error(NULL);
        return false;
    }
    return output_text(given->output, text);
}

int run_plan(const options *given) {
    source from;
    char *baseline = NULL;
    mars_evidence *evidence = NULL;
    mars_plan *plan = NULL;
    int32_t format = plan_format(given);
    bool written = format != 0 && one_source("plan", given, &from) &&
                   (given->baseline == NULL || read_input(given->baseline, &baseline, &(size_t){0})) &&
                   read_source(&from, given, &evidence) &&
                   make_plan(&plan, given, evidence, baseline, from.path) && write_plan(given, format, plan);
    mars_plan_free(plan);
    mars_evidence_free(evidence);
    free(baseline);
    return written ? EXIT_DONE : EXIT_NOT_BEGUN;
}

/* ---- Changing ---- */

static bool load_plan(mars_plan **out, const char *path) {
    size_t size = 0;
    char *data = NULL;
    if (!read_input(path, &data, &size)) {
        return false;
    }
    mars_status status = mars_plan_load(out, data, size, path);
    if (status != MARS_OK) {
        complain_error(path);
    }
    free(data);
    return status == MARS_OK;
}

/* What an interrupted run left must not get into a plan: it would be gone when the plan is applied. Where
 * this fails, applying fails in the same way, and says so. */
static void look_after_interrupted(change *of) {
    mars_text *ignored = NULL;
    if (!of->given->what_if) {
        of->tells = true;
        (void)mars_history(&ignored, of->session, MARS_FORMAT_JSONL);
        of->tells = false;
    }
    mars_text_free(ignored);
}

static bool plan_for(mars_plan **out, change *of) {
    if (of->given->plan != NULL) {
        return load_plan(out, of->given->plan);
    }
    look_after_interrupted(of);
    mars_evidence *evidence = NULL;
    mars_collect_options what = MARS_COLLECT_OPTIONS_INIT;
    what.checks = of->given->checks;
    bool made = false;
    if (mars_collect(&evidence, of->session, &what) != MARS_OK) {
        complain_error(of->machine.path);
    } else {
        made = make_plan(out, of->given, evidence, of->baseline, of->machine.path);
    }
    mars_evidence_free(evidence);
    return made;
}

int run_repair(const options *given) {
    if (given->plan != NULL && (given->checks != NULL || given->sets != NULL || given->include_risk != 0)) {
        complain("--plan says all that is to be done; --check, --set and --include-risk belong to the plan");
        return EXIT_NOT_BEGUN;
    }
    change of;
    mars_plan *plan = NULL;
    int code = EXIT_NOT_BEGUN;
    if (change_open(&of, "repair", given) && plan_for(&plan, &of)) {
        mars_outcome *outcome = NULL;
        mars_status status = mars_plan_apply(&outcome, of.session, plan, &of.how);
        code = change_report(&of, status, outcome);
    }
    mars_plan_free(plan);
    change_close(&of);
    return code;
}

int run_undo(const options *given) {
    change of;
    int code = EXIT_NOT_BEGUN;
    if (given->force && given->partial) {
        complain("--force and --partial exclude each other");
        return code;
    }
    if (change_open(&of, "undo", given)) {
        mars_outcome *outcome = NULL;
        mars_status status = mars_undo(&outcome, of.session, given->arguments[0], &of.how);
        code = change_report(&of, status, outcome);
    }
    change_close(&of);
    return code;
}

int run_call(const options *given) {
    change of;
    int code = EXIT_NOT_BEGUN;
    if (change_open(&of, "call", given)) {
        mars_outcome *outcome = NULL;
        mars_status status =
            mars_operation_call(&outcome, of.session, given->arguments[0], given->arguments[1], &of.how);
        code = change_report(&of, status, outcome);
    }
    change_close(&of);
    return code;
}
