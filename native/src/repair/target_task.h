/* Writing a scheduled task, for target.c. */
#ifndef REPAIR_TARGET_TASK_H
#define REPAIR_TARGET_TASK_H

#include "host/host_writer.h"

/* Makes the task's definition say what this one says. If Settings/Enabled is all they differ in, it is
 * enabled or disabled, which needs no registration and so no password; else it is registered again.
 * MARS_E_REFUSED if it would have to be and runs under a stored password, now or then: registering loses the
 * password. MARS_E_UNREADABLE if a definition cannot be read, MARS_E_UNSUPPORTED where no Task Scheduler
 * runs. */
mars_status target_task_write(host *machine, const host_writer *writer, arena *memory, const char *task,
                              bytes definition);

#endif
