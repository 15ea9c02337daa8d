#include "repair/apply_judge.h"

#include "core/error.h"
#include "report/report.h"

#include <string.h>

static bool same_subject(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool same_reason(const plan_reason *a, const plan_reason *b) {
    return a->check == b->check && same_subject(a->subject, b->subject) &&
           strcmp(a->verdict, b->verdict) == 0;
}

static const finding *finding_on(const report *now, const plan_reason *reason) {
    for (size_t i = 0; i < now->finding_count; i++) {
        const finding *f = &now->findings[i];
        if (f->check == reason->check && same_subject(f->subject, reason->subject)) {
            return f;
        }
    }
    return NULL;
}

/* The part that says so; NULL if none does. */
static const finding_part *part_of(const finding *f, const char *slug) {
    for (size_t i = 0; i < f->part_count; i++) {
        if (strcmp(f->parts[i].verdict->slug, slug) == 0) {
            return &f->parts[i];
        }
    }
    return NULL;
}

static bool is_answered(const finding_part *part, const operation *by) {
    for (size_t i = 0; i < part->offers.count; i++) {
        if (part->offers.items[i].operation == by) {
            return true;
        }
    }
    return false;
}

static reason_standing standing_of(const report *now, const plan_step *step, const plan_reason *reason,
                                   arena *memory) {
    const char *id = reason->check->id;
    const finding *f = finding_on(now, reason);
    if (f == NULL) {
        const char *subject = reason->subject != NULL ? reason->subject : "the machine";
        return (reason_standing){.standing = STANDING_OTHER,
                                 .now = arena_printf(memory, "%s says nothing of %s any more", id, subject)};
    }
    const finding_part *part = part_of(f, reason->verdict);
    if (part != NULL) {
        bool answered = is_answered(part, step->offer.operation);
        return (reason_standing){.standing = STANDING_SAME,
                                 .answered = answered,
                                 .now = arena_printf(memory, "%s still says%s: %s", id,
                                                     answered ? "" : ", though for another reason",
                                                     part->title)};
    }
    static const bool good[MARS_STATUS_SKIPPED + 1] = {
        [STATUS_PASS] = true, [STATUS_INFO] = true, [STATUS_SKIPPED] = true};
    finding_status status = f->parts[0].verdict->status;
    return (reason_standing){.standing = good[status] ? STANDING_GOOD : STANDING_OTHER,
                             .now = arena_printf(memory, "%s now says (%s): %s", id,
                                                 finding_status_name(status), f->parts[0].title)};
}

/* The checks behind the reasons, each once. */
static check_selection checks_of(const plan_step *step, arena *memory) {
    /* An array of pointers is meant. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    const check **items = arena_array(memory, step->reason_count, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; items != NULL && i < step->reason_count; i++) {
        size_t at = 0;
        while (at < count && items[at] != step->reasons[i].check) {
            at++;
        }
        items[at] = step->reasons[i].check;
        count += at == count;
    }
    return (check_selection){.items = items, .count = count};
}

mars_status judge_reasons(host *machine, const plan_step *step, const check_settings *settings,
                          const collect_watch *watch, arena *memory, reason_standing *out) {
    check_selection selection = checks_of(step, memory);
    if (arena_failed(memory)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while judging");
    }
    evidence *found = NULL;
    report *now = NULL;
    mars_status status = collect(&found, machine, check_selection_needs(&selection), watch);
    if (status == MARS_OK) {
        status = report_make(&now, found, &selection, settings);
    }
    for (size_t i = 0; status == MARS_OK && i < step->reason_count; i++) {
        out[i] = standing_of(now, step, &step->reasons[i], memory);
    }
    report_free(now);
    evidence_free(found);
    return status;
}
