/* What is wrong with the files of the agent's module, one by one: for the check that says it and the repair
 * that mends it. */
#ifndef CHECKS_MODULE_FAULTS_H
#define CHECKS_MODULE_FAULTS_H

#include "checks/baseline.h"
#include "evidence/evidence.h"

typedef enum module_fault {
    FAULT_REFERENCE_MISSING, /* names are as in the manifest; all others are paths below the module's folder
                              */
    FAULT_EMPTY,
    FAULT_NOT_A_PROGRAM,
    FAULT_SIGNATURE_DIFFERS,
    FAULT_DIFFERS_FROM_BASELINE,
    FAULT_MISSING_FROM_MODULE, /* it is in the baseline */
    FAULT_EXTRA,               /* it is not */
    FAULT_SIGNATURE_UNREAD,    /* of a kind that cannot be judged */
    FAULT_NOT_LOOKED_UP,       /* a bare name, which may come from elsewhere */
    FAULT_COUNT
} module_fault;

typedef struct module_inspection {
    arena *memory;
    const evidence *e;
    arena_vector names[FAULT_COUNT]; /* of const char * */
    const fact *first[FAULT_COUNT];  /* where the first of each kind was read */
    const fact *hidden;              /* the first property of a file that is not known */
    size_t signed_files;
} module_inspection;

/* Looks at the files and references that the evidence has. expected: a baseline of the agent's version that
 * is there (baseline_fits), or NULL. */
void module_inspect(module_inspection *out, arena *memory, const evidence *e, const baseline *expected);

/* "(a name that is not known)" where it is not. */
const char *module_name_of(const fact_text *name);

#endif
