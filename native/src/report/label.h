/* How the views for people name a finding. */
#ifndef REPORT_LABEL_H
#define REPORT_LABEL_H

#include "report/report.h"

/* Appends "schedule.enabled", or "schedule.enabled [\Microsoft\OnlineBackup\...]" where the check has
 * subjects. Not made safe to show. */
void label_add(text_builder *out, const finding *f);
/* Indices of the findings, the most urgent first, otherwise in the report's order; NULL if memory ran out. */
const size_t *findings_by_urgency(arena *memory, const report *document);
/* The computer's name, or what else tells which report this is. */
const char *report_name(const report *document);
/* Appends "5 fail, 2 warn, 9 pass": the statuses that occur, the most urgent first. */
void counts_add(text_builder *out, const report *document);

#endif
