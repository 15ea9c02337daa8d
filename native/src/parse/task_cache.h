/* The DynamicInfo value of TaskCache\Tasks\{id}: when a task ran and how it ended. The layout is known from
 * public forensic work (libyal winreg-kb, cyber.wtf): a number that is always 3, then the times of
 * registration and of the last run as FILETIMEs, the state and the last result as 32-bit numbers; from
 * Windows 8 on also the time of the last successful run. All little-endian; 28 or 36 bytes. Windows 8.1 and
 * 2012 R2 were seen not to keep it up to date, so a task that "never ran" there may have run. */
#ifndef PARSE_TASK_CACHE_H
#define PARSE_TASK_CACHE_H

#include "core/fact.h"

typedef struct task_dynamic_info {
    fact_time registered;
    fact_time last_run;      /* absent: never ran */
    fact_number state;       /* as stored */
    fact_number last_result; /* HRESULT as an unsigned 32-bit number; absent: never ran */
    fact_time last_success;  /* absent: never; unknown in the short form */
} task_dynamic_info;

/* where: put into every fact (may be NULL; not copied). False: *why tells the reason (another length or
 * number). */
bool task_dynamic_info_read(const uint8_t *data, size_t size, const char *where, arena *memory,
                            task_dynamic_info *out, fact *why);

#endif
