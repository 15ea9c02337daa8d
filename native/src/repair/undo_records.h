/* What a run did to each target from its first to its last change, whichever way it was recorded: an undo
 * that put a whole registry file back did the inverse of what the run had done that it took back. */
#ifndef REPAIR_UNDO_RECORDS_H
#define REPAIR_UNDO_RECORDS_H

#include "repair/undo_plan.h"

/* All changes of one target, made into one: what was there before the first, and after the last. */
typedef struct undo_record {
    change_record change;
    const char *file; /* the registry file that it was made in, on a host where there is such a thing */
} undo_record;

/* records: of undo_record, one for each target, in the order of their first changes; without events. */
mars_status undo_records_of(const undo_source *source, size_t run, arena_vector *records);

/* A registry file that a run changed. */
typedef struct undo_file {
    const char *file;
    const char *kept;  /* name below the run's folder */
    digest_value was;  /* before the run */
    digest_value left; /* behind its last change; empty: not known */
} undo_file;
/* Which they are. */
mars_status undo_files_of(const undo_source *source, size_t run, arena_vector *files);

#endif
