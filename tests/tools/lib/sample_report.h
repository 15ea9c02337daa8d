/* Reports for the tests of the views, built without a machine. */
#ifndef SAMPLE_REPORT_H
#define SAMPLE_REPORT_H

#include "report/report.h"

/* One finding of every status, and a fail with a further verdict, with the text wherever a machine's data can
 * stand. Nothing in it needs freeing but the memory. */
void sample_report_fill(report *document, const char *text);

#endif
