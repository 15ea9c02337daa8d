/* What a report says, as lines that can be compared: see fixture.h for their form. */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include "core/arena.h"

/* The line of every part of every finding of a JSON report, of every warning and of every repair offered,
 * sorted. with_subject false: without the subjects, the warnings and the repairs. False if the text is no
 * such report. */
bool report_lines(text_list *out, const char *json, bool with_subject, arena *memory);

/* What is missing in the report: a failure or warning without cause, advice or place, an unknown without
 * cause, a text with a {place} left unfilled. One sentence each. False if the text is no such report. */
bool report_shortcomings(text_list *out, const char *json, arena *memory);

#endif
