/* The inside of a judgement: what judging functions have said, for the report that is made of it. */
#ifndef CHECKS_JUDGEMENT_H
#define CHECKS_JUDGEMENT_H

#include "checks/check.h"

struct said {
    const char *subject;
    const verdict *verdict;
    arena_vector values; /* of finding_value */
    arena_vector where;  /* of const char * */
};

struct judgement {
    arena *memory; /* what is said lives in it */
    const check *check;
    const check_settings *settings;
    arena_vector said; /* of said * */
    said lost;         /* takes what is said when memory has run out */
};

#endif
