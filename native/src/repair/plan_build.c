#include "repair/plan_build.h"

#include "core/alloc.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/json_document.h"
#include "report/json_builder.h"

#include <string.h>

plan *plan_new(void) {
    plan *document = mem_alloc(sizeof *document);
    if (document == NULL) {
        (void)error_set(MARS_E_NO_MEMORY, "memory ran out while making a plan");
    }
    return document;
}

void plan_free(plan *document) {
    if (document != NULL) {
        arena_free(&document->memory);
        mem_free(document);
    }
}

mars_status plan_parse(json_t **out, const char *data, size_t size, const char *name) {
    static const json_limits limits = {
        .size = (size_t)4 * 1024 * 1024, .size_words = "4 MiB", .values = 250000, .values_words = "250,000"};
    return json_document_parse(out, data, size, &limits, name);
}

plan_draft_step *plan_draft_find(const arena_vector *drafts, const repair_offer *offer) {
    plan_draft_step *items = drafts->items;
    for (size_t i = 0; i < drafts->count; i++) {
        if (offer_equal(&items[i].offer, offer)) {
            return &items[i];
        }
    }
    return NULL;
}

static bool same_subject(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool plan_reason_among(const arena_vector *reasons, const plan_reason *reason) {
    const plan_reason *items = reasons->items;
    for (size_t i = 0; i < reasons->count; i++) {
        if (items[i].check == reason->check && strcmp(items[i].verdict, reason->verdict) == 0 &&
            same_subject(items[i].subject, reason->subject)) {
            return true;
        }
    }
    return false;
}

/* ---- Holds ---- */

plan_hold plan_hold_of(const plan *document, const repair_offer *offer) {
    bool live = document->source_kind != NULL && strcmp(document->source_kind, "live") == 0;
    return !offer_complete(offer)                              ? PLAN_NEEDS_ARGUMENT
           : offer->operation->needs != NEEDS_NOTHING && !live ? PLAN_NOT_HERE
                                                               : PLAN_TAKEN;
}

/* "It needs source and max_bytes, which no check can know: --set operation.argument=VALUE" */
static const char *needs_sentence(arena *memory, const repair_offer *offer) {
    text_list needs = offer_needs(memory, offer);
    const char *names = "";
    const char *sets = "";
    for (size_t i = 0; i < needs.count; i++) {
        const char *between = i == 0 ? "" : i + 1 == needs.count ? " and " : ", ";
        names = arena_printf(memory, "%s%s%s", names, between, needs.items[i]);
        sets = arena_printf(memory, "%s --set %s.%s=VALUE", sets, offer->operation->id, needs.items[i]);
    }
    return arena_printf(memory, "it needs %s, which no check can know:%s", names, sets);
}

const char *plan_hold_sentence(arena *memory, const repair_offer *offer, plan_hold hold) {
    switch (hold) {
    case PLAN_NEEDS_ARGUMENT:
        return needs_sentence(memory, offer);
    case PLAN_TOO_RISKY:
        return arena_printf(memory, "its risk is %s: it is taken only when asked for",
                            operation_risk_name(offer_risk(offer)));
    case PLAN_EXCLUDED:
        return "it was left out of the plan by hand";
    case PLAN_NOT_HERE:
        return operation_needs_reason(offer->operation->needs);
    case PLAN_TAKEN:
        break;
    }
    return NULL;
}

/* ---- Finishing ---- */

static plan_step finished_step(arena *memory, const plan_draft_step *draft) {
    json_builder builder = {0};
    return (plan_step){
        .offer = draft->offer,
        .risk = offer_risk(&draft->offer),
        .hold = draft->hold,
        .hold_reason = plan_hold_sentence(memory, &draft->offer, draft->hold),
        .title = offer_title(memory, &draft->offer),
        .arguments_json = json_line(memory, &builder, offer_arguments(&draft->offer)),
        .reasons = draft->reasons.items,
        .reason_count = draft->reasons.count,
    };
}

/* Of the compact form, so that white space and the order of members do not count. */
static const char *hash_of(arena *memory, const plan *document) {
    text_builder text = {0};
    digest_value hash = {0};
    render_plan_json(&text, document, false);
    bool good = !text_builder_failed(&text) && digest_of(DIGEST_SHA256, text.data, text.length, &hash);
    text_builder_free(&text);
    if (!good) {
        arena_set_failed(memory);
    }
    return hex_lower(memory, hash.data, hash.size);
}

mars_status plan_finish(plan **document, const arena_vector *drafts) {
    plan *made = *document;
    arena *memory = &made->memory;
    const plan_draft_step *items = drafts->items;
    plan_step *steps = arena_array(memory, drafts->count, sizeof *steps);
    for (size_t i = 0; steps != NULL && i < drafts->count; i++) {
        steps[i] = finished_step(memory, &items[i]);
    }
    made->steps = steps;
    made->step_count = steps != NULL ? drafts->count : 0;
    made->hash = hash_of(memory, made);
    if (arena_failed(memory)) {
        plan_free(made);
        *document = NULL;
        return error_set(MARS_E_NO_MEMORY, "memory ran out while making a plan");
    }
    return MARS_OK;
}
