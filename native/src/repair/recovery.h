/* Looking after runs that were interrupted: by reading each target, never by trusting a mark. Under the lock
 * only, since a run that is under way has no end either. */
#ifndef REPAIR_RECOVERY_H
#define REPAIR_RECOVERY_H

#include "host/host_writer.h"
#include "repair/journal.h"

/* Takes away what interrupted acts left, puts a kept file back whose place is empty, and writes down what
 * became of each interrupted run's last change; notes (of const char *): a sentence for each such run.
 * journal_path: the journal folder as a path of the host. A run that cannot be read or looked after is told
 * in a note; only memory that runs out is an error. */
mars_status recover_runs(host *machine, journal_storage *storage, const char *journal_path, arena *memory,
                         arena_vector *notes);
/* What recovery found of a run's last change, in a sentence; NULL if there is nothing to say. */
const char *recovery_sentence(arena *memory, const journal_run *run);

#endif
