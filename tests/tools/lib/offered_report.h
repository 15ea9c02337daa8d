/* A report with findings that offer repairs, built without a machine. */
#ifndef OFFERED_REPORT_H
#define OFFERED_REPORT_H

#include "report/report.h"

typedef struct offered_value {
    const char *name; /* NULL ends the list */
    const char *text; /* NULL: bytes */
    int64_t bytes;
} offered_value;

/* A zeroed report with room for findings; its head names the computer SRV01 and a running server (live) or an
 * image. Free only the memory. */
void offered_report_begin(report *document, bool live);
/* Adds a finding of a check of the table with one verdict, and what the catalogue offers for it. */
void offered_report_add(report *document, const char *check_id, const char *slug, const char *subject,
                        const offered_value *values);

#endif
