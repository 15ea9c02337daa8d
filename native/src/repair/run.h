/* A run: changes to one machine that belong together, with one journal, taken back together. Begun: the lock
 * is taken and what an earlier run left unfinished is looked after (recovery.h). Its journal begins with the
 * first change, so that a run without changes leaves nothing behind. */
#ifndef REPAIR_RUN_H
#define REPAIR_RUN_H

#include "repair/change.h"
#include "repair/machine_identity.h"

typedef struct repair_run {
    operation_run changing; /* handed to operations */
    host *machine;
    arena *memory;
    machine_identity identity;
    journal_storage *storage; /* NULL with what_if, and where there is no journal folder yet */
    const char *journal_path; /* the journal folder as a path of the host */
    const char *undoes;       /* as for run_options */
    const char *plan_hash;
    uint64_t planned;    /* how many changes it is to make; 0: not known before */
    const char *id;      /* of this run; NULL until its journal begins */
    text_list recovered; /* sentences on what recovery found */
    bool locked;
} repair_run;

typedef struct run_options {
    bool what_if;                  /* takes no lock, recovers nothing, writes nothing */
    const char *undoes;            /* the run that this one takes back; NULL */
    const char *plan_hash;         /* NULL: no plan */
    bool (*cancelled)(void *user); /* asked between changes; may be NULL */
    void *user;
} run_options;

/* MARS_E_BUSY if another run has the machine, MARS_E_UNSUPPORTED if it cannot be changed at all,
 * MARS_E_REFUSED if the journal folder is one that others may write. On failure nothing is to be ended. The
 * run's address must not change until run_end: change.h's callbacks hold it. */
mars_status run_begin(repair_run *run, host *machine, arena *memory, const run_options *options);
/* Makes the changes durable, ends the journal (state as in outcome_state_name) and gives the lock back. The
 * first error is the one told. Where changing.unsettled is set the journal is left without an end, so that
 * recovery looks after it: the outcome is then OUTCOME_NEEDS_RECOVERY. */
mars_status run_end(repair_run *run, const char *state);

/* Opens the folder of the journals; make: it is made if it is not there, else MARS_E_NOT_FOUND. The storage
 * is to be closed. */
mars_status run_journals(host *machine, arena *memory, bool make, journal_storage **storage,
                         const char **path);

#endif
