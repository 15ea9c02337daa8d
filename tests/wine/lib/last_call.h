/* The last call that a process makes: those calls to the system that change a machine are counted, and one of
 * them ends the process as TerminateProcess does, without any more of its code. They are the calls behind the
 * acts of host_writer.h and journal_storage.h, and what is between them is nowhere told. */
#ifndef LAST_CALL_H
#define LAST_CALL_H

#include "host/host.h"

enum { LAST_CALL_EXIT = 77 }; /* the exit code of a process that ended so */

/* From now on each point is counted, from 1 on, and the process ends at this one; 0: at none. A point is
 * before a call, half way through what it writes, or right behind an act of the Task Scheduler's. */
void last_call_at(unsigned at);
/* How many there were. */
unsigned last_call_count(void);
/* The same for the acts that go to the Task Scheduler, which are no calls of this program's own. */
void last_call_tasks(host *machine);

#endif
