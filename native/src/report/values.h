/* The figures behind a verdict as JSON. */
#ifndef REPORT_VALUES_H
#define REPORT_VALUES_H

#include "report/json_builder.h"
#include "report/report.h"

/* An object: sizes and numbers as numbers, times as ISO 8601 text, lists as arrays. */
json_t *values_json(json_builder *builder, const finding_part *part);

/* An array of {operation, arguments, needs, undo, risk}. */
json_t *repairs_json(json_builder *builder, const repair_offer_list *offers);

#endif
