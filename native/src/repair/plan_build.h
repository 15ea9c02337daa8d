/* What making a plan and reading one have in common: a plan under construction. */
#ifndef REPAIR_PLAN_BUILD_H
#define REPAIR_PLAN_BUILD_H

#include "repair/plan.h"

enum {
    PLAN_STEPS_MAX = 1000,
    PLAN_REASONS_MAX = 1000, /* of one step */
    PLAN_ADVICE_MAX = 10000,
};

/* A step whose reasons are still being collected. */
typedef struct plan_draft_step {
    repair_offer offer;
    arena_vector reasons; /* of plan_reason */
    plan_hold hold;
} plan_draft_step;

/* NULL, with the error recorded, if memory ran out. */
plan *plan_new(void);
/* Parses a document within the limits of a plan's size. */
mars_status plan_parse(json_t **out, const char *data, size_t size, const char *name);
/* The step with that operation and those arguments; NULL if there is none. */
plan_draft_step *plan_draft_find(const arena_vector *drafts, const repair_offer *offer);
bool plan_reason_among(const arena_vector *reasons, const plan_reason *reason);
/* Whether anything but its risk keeps a step from being taken on the machine that was read: PLAN_TAKEN,
 * PLAN_NEEDS_ARGUMENT or PLAN_NOT_HERE. */
plan_hold plan_hold_of(const plan *document, const repair_offer *offer);
/* The sentence for a hold; NULL for PLAN_TAKEN. */
const char *plan_hold_sentence(arena *memory, const repair_offer *offer, plan_hold hold);
/* Makes the steps of the drafts, in their order, with all that follows from an operation and its arguments,
 * and the document's hash. On failure the document is freed and *document is NULL. */
mars_status plan_finish(plan **document, const arena_vector *drafts);

#endif
