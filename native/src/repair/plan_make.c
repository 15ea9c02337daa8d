#include "core/error.h"
#include "core/version.h"
#include "repair/plan_build.h"
#include "repair/plan_sets.h"

/* ---- The head ---- */

static const char *copied(arena *memory, const char *text) {
    return text != NULL ? arena_text(memory, text) : NULL;
}

static void copy_head(plan *made, const report *document) {
    arena *memory = &made->memory;
    made->machine = (machine_identity){
        .computer_name = copied(memory, document->computer_name),
        .machine_guid = copied(memory, document->machine_guid),
        .mars_machine_id = copied(memory, document->mars_machine_id),
    };
    made->tool_version = MARSHEALTH_VERSION;
    made->source_kind = copied(memory, document->source_kind);
    made->source_name = copied(memory, document->source_name);
    made->made = document->collected;
}

/* ---- The steps ---- */

typedef struct plan_maker {
    plan *made;
    const plan_settings *settings;
    plan_sets sets;
    arena_vector drafts; /* of plan_draft_step */
    arena_vector advice; /* of const char * */
} plan_maker;

/* The report, and with it the subject, may be freed before the plan. */
static mars_status add_reason(plan_maker *m, plan_draft_step *draft, const finding *f,
                              const finding_part *part) {
    plan_reason reason = {.check = f->check, .subject = f->subject, .verdict = part->verdict->slug};
    if (plan_reason_among(&draft->reasons, &reason)) {
        return MARS_OK;
    }
    if (draft->reasons.count == PLAN_REASONS_MAX) {
        return error_set(MARS_E_TOO_LARGE, "%s would answer more than 1,000 findings: plan for fewer checks",
                         draft->offer.operation->id);
    }
    plan_reason *place = arena_push(&draft->reasons);
    if (place != NULL) {
        *place = reason;
        place->subject = copied(&m->made->memory, f->subject);
    }
    return MARS_OK;
}

/* Copies the texts of an offer's values. */
static void copy_values(arena *memory, repair_offer *offer) {
    for (size_t i = 0; i < offer->operation->count; i++) {
        argument_kind kind = offer->operation->parameters[i].kind;
        if (offer->known[i] && argument_is_text(kind) && offer->values[i].text != NULL) {
            offer->values[i].text = arena_text(memory, offer->values[i].text);
        }
    }
}

static plan_hold hold_of(const plan_maker *m, const repair_offer *offer) {
    plan_hold hold = plan_hold_of(m->made, offer);
    bool asked_for =
        offer_risk(offer) <= m->settings->include_risk || plan_sets_name(&m->sets, offer->operation);
    return hold == PLAN_TAKEN && !asked_for ? PLAN_TOO_RISKY : hold;
}

static mars_status add_offer(plan_maker *m, const finding *f, const finding_part *part,
                             const repair_offer *offered) {
    repair_offer offer = *offered;
    mars_status status = plan_sets_apply(&m->sets, &offer);
    if (status != MARS_OK) {
        return status;
    }
    plan_draft_step *draft = plan_draft_find(&m->drafts, &offer);
    if (draft == NULL && m->drafts.count == PLAN_STEPS_MAX) {
        return error_set(MARS_E_TOO_LARGE,
                         "the plan would have more than 1,000 steps: plan for fewer checks");
    }
    if (draft == NULL && (draft = arena_push(&m->drafts)) != NULL) {
        copy_values(&m->made->memory, &offer);
        *draft = (plan_draft_step){.offer = offer,
                                   .reasons = ARENA_VECTOR(&m->made->memory, plan_reason),
                                   .hold = hold_of(m, &offer)};
    }
    return draft != NULL ? add_reason(m, draft, f, part) : MARS_OK;
}

static mars_status add_advice(plan_maker *m, const finding *f, const finding_part *part) {
    finding_status status = part->verdict->status;
    if (part->offers.count > 0 || (status != STATUS_FAIL && status != STATUS_WARN)) {
        return MARS_OK;
    }
    if (m->advice.count == PLAN_ADVICE_MAX) {
        return error_set(MARS_E_TOO_LARGE, "more than 10,000 findings have no repair: plan for fewer checks");
    }
    const char **place = arena_push(&m->advice);
    if (place != NULL) {
        const char *advice = part->advice != NULL ? part->advice : part->title;
        *place = f->subject != NULL
                     ? arena_printf(&m->made->memory, "%s [%s]: %s", f->check->id, f->subject, advice)
                     : arena_printf(&m->made->memory, "%s: %s", f->check->id, advice);
    }
    return MARS_OK;
}

static mars_status add_finding(plan_maker *m, const finding *f) {
    mars_status status = MARS_OK;
    for (size_t i = 0; status == MARS_OK && i < f->part_count; i++) {
        const finding_part *part = &f->parts[i];
        for (size_t o = 0; status == MARS_OK && o < part->offers.count; o++) {
            status = add_offer(m, f, part, &part->offers.items[o]);
        }
        status = status == MARS_OK ? add_advice(m, f, part) : status;
    }
    return status;
}

static bool is_selected(const check_selection *selection, const check *row) {
    bool selected = selection == NULL;
    for (size_t i = 0; selection != NULL && i < selection->count; i++) {
        selected = selected || selection->items[i] == row;
    }
    return selected;
}

/* In the order of the table of operations; what is not ordered by it stays as the report has it. */
static void sort_drafts(arena_vector *drafts) {
    arena_vector sorted = ARENA_VECTOR(drafts->memory, plan_draft_step);
    const plan_draft_step *items = drafts->items;
    for (size_t row = 0; row < all_operations_count; row++) {
        for (size_t i = 0; i < drafts->count; i++) {
            plan_draft_step *place =
                items[i].offer.operation == &all_operations[row] ? arena_push(&sorted) : NULL;
            if (place != NULL) {
                *place = items[i];
            }
        }
    }
    *drafts = sorted;
}

/* What is handed out must be read again, so names as long as only hostile evidence has them are refused. */
static mars_status check_size(const plan *made) {
    text_builder text = {0};
    json_t *parsed = NULL;
    render_plan_json(&text, made, true);
    mars_status status = text_builder_failed(&text) ? error_set(MARS_E_NO_MEMORY, "memory ran out")
                                                    : plan_parse(&parsed, text.data, text.length, "the plan");
    json_decref(parsed);
    text_builder_free(&text);
    return status;
}

mars_status plan_make(plan **out, const report *document, const plan_settings *settings) {
    *out = NULL;
    plan *made = plan_new();
    if (made == NULL) {
        return MARS_E_NO_MEMORY;
    }
    plan_maker m = {.made = made,
                    .settings = settings,
                    .drafts = ARENA_VECTOR(&made->memory, plan_draft_step),
                    .advice = ARENA_VECTOR(&made->memory, const char *)};
    copy_head(made, document);
    mars_status status = plan_sets_read(&m.sets, &made->memory, settings->sets);
    for (size_t i = 0; status == MARS_OK && i < document->finding_count; i++) {
        if (is_selected(settings->checks, document->findings[i].check)) {
            status = add_finding(&m, &document->findings[i]);
        }
    }
    if (status != MARS_OK) {
        plan_free(made);
        return status;
    }
    sort_drafts(&m.drafts);
    made->advice = (text_list){.items = m.advice.items, .count = m.advice.count};
    status = plan_finish(&made, &m.drafts);
    if (status == MARS_OK && (status = check_size(made)) != MARS_OK) {
        plan_free(made);
        made = NULL;
    }
    *out = made;
    return status;
}
