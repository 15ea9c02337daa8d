/* The facts of one scheduled task. */
#ifndef COLLECT_TASK_FACTS_H
#define COLLECT_TASK_FACTS_H

#include "collect/collect.h"

/* What all definitions may have together, in bytes: each is small, and a hostile folder can hold thousands.
 */
enum { TASK_DEFINITIONS_LIMIT = 64 * 1024 * 1024 };

/* *room: how many bytes of definitions may still be read; lessened by this one's. */
void read_task(collector *c, const task_entry *entry, uint64_t *room, scheduled_task *out);

/* Fills what a PowerShell action's arguments say: execution_policy and imports. arguments may be NULL. */
void read_powershell_arguments(collector *c, const char *arguments, const char *where, action_facts *out);

/* Resolves a command as the Task Scheduler does: expanded, quotes removed, searched along the machine's Path
 * where it names no folder. */
void resolve_program(collector *c, const char *command, const char *where, action_facts *out);

#endif
