/* Judges evidence built by a test with one check, without a report around it. */
#ifndef TOOLS_JUDGING_H
#define TOOLS_JUDGING_H

#include "checks/judgement.h"

typedef struct judging {
    arena memory;
    judgement result;
} judging;

/* settings may be NULL: none. */
void judging_run(judging *run, const char *check_id, const evidence *e, const check_settings *settings);
void judging_free(judging *run);
/* Every verdict in the order in which it was said, "slug" or "subject: slug", separated by "; ". */
const char *judging_verdicts(judging *run);
/* The value of that name said with the n-th verdict, lists joined with ", "; NULL if there is none. */
const char *judging_value(judging *run, size_t n, const char *name);

#endif
