/* The repairs that answer a verdict: operations with the arguments that its finding knows. Which operations
 * those are stands in the catalogue (native/catalog/checks/<id>.json, "repairs" of a verdict). */
#ifndef REPORT_OFFER_H
#define REPORT_OFFER_H

#include "checks/check.h"
#include "repair/operations.h"
#include "report/catalog.h"

typedef struct repair_offer {
    const operation *operation;
    /* By parameter: whether it is known, and its value. Only what the argument's kind accepts counts as
     * known. */
    bool known[OPERATION_PARAMETERS_MAX];
    operation_value values[OPERATION_PARAMETERS_MAX];
} repair_offer;

typedef struct repair_offer_list {
    const repair_offer *items;
    size_t count;
} repair_offer_list;

/* What the catalogue offers for a verdict, bound to what was said of the subject. Texts live in the arena. */
repair_offer_list offers_for(arena *memory, const catalog_verdict *texts, const char *subject,
                             const finding_value *values, size_t count);
/* Whether every argument that is not optional is known. */
bool offer_complete(const repair_offer *offer);
/* The operation's risk with these arguments; as long as some are missing, the operation's own. */
operation_risk offer_risk(const repair_offer *offer);
/* Whether both are the same operation with the same arguments. */
bool offer_equal(const repair_offer *a, const repair_offer *b);
/* The known arguments as a JSON object; NULL if memory ran out. */
json_t *offer_arguments(const repair_offer *offer);
/* The names of the arguments that are missing. */
text_list offer_needs(arena *memory, const repair_offer *offer);
/* What it does: the operation's title with the known arguments filled in; others stay {name}. */
const char *offer_title(arena *memory, const repair_offer *offer);

#endif
