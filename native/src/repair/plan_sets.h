/* Arguments that no check can know, as people give them: OPERATION.ARGUMENT=VALUE. */
#ifndef REPAIR_PLAN_SETS_H
#define REPAIR_PLAN_SETS_H

#include "report/offer.h"

typedef struct plan_set {
    const operation *operation;
    size_t parameter; /* its index */
    operation_value value;
} plan_set;

typedef struct plan_sets {
    const plan_set *items;
    size_t count;
} plan_sets;

/* Reads lines; NULL: none. MARS_E_INVALID_ARGUMENT names the line's operation or argument that does not
 * exist, is given twice, or has a value that is not accepted. */
mars_status plan_sets_read(plan_sets *out, arena *memory, const char *lines);
/* Fills in what is set for the offer's operation. What a finding says of its own task, service or volume
 * stays: MARS_E_INVALID_ARGUMENT. */
mars_status plan_sets_apply(const plan_sets *sets, repair_offer *offer);
/* Whether something is set for the operation, which so counts as asked for. */
bool plan_sets_name(const plan_sets *sets, const operation *row);

#endif
