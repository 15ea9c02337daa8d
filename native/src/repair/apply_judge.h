/* Judging the findings that a step answers, right before and right after it. */
#ifndef REPAIR_APPLY_JUDGE_H
#define REPAIR_APPLY_JUDGE_H

#include "checks/baseline.h"
#include "collect/collect.h"
#include "repair/plan.h"

typedef enum finding_standing {
    STANDING_SAME,  /* the verdict is as it was when the plan was made */
    STANDING_GOOD,  /* it is gone, and nothing is wrong */
    STANDING_OTHER, /* it is gone, but something else is wrong, or it cannot be told */
} finding_standing;

/* How a reason of a step stands, and what its check says of the subject now, as part of a sentence. */
typedef struct reason_standing {
    finding_standing standing;
    bool answered; /* STANDING_SAME: the step's operation still answers it, as things are now */
    const char *now;
} reason_standing;

/* Collects what the step's checks need, and no more, and judges them. out has room for each of the step's
 * reasons. Texts live in the arena.
 * MARS_E_NO_MEMORY, MARS_E_CANCELLED. */
mars_status judge_reasons(host *machine, const plan_step *step, const check_settings *settings,
                          const collect_watch *watch, arena *memory, reason_standing *out);

/* Whether both are the same verdict on the same subject. */
bool same_reason(const plan_reason *a, const plan_reason *b);

#endif
