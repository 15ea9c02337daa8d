/* Going through the tasks that a schedule.* check judges, with what all of these checks say alike. */
#ifndef CHECKS_SCHEDULE_TASKS_H
#define CHECKS_SCHEDULE_TASKS_H

#include "checks/check.h"

/* Judges one task; its subject is its path. */
typedef void (*task_judge)(judgement *j, const evidence *e, const scheduled_task *task);

/* Calls judge_one for each task whose definition was read. A task that the Task Scheduler does not know is
 * not one; a definition that could not be read is "unknown" (what: what it would have told); without tasks
 * the check is skipped with the verdict "no-task". */
void judge_each_task(judgement *j, const evidence *e, const char *what, task_judge judge_one);

/* False for a file without registration and a registration without file: neither ever starts, so what it
 * would run does not matter. */
bool task_may_run(const scheduled_task *task);

/* The subject of a task's findings. */
const char *task_subject(const scheduled_task *task);
/* Says the value "stored_password" if the task runs under one, which changing its definition would lose. */
void say_stored_password(said *s, const scheduled_task *task);
/* Whether the system state is backed up: the agent has a task of its own for it. */
bool system_state_protected(const evidence *e);

#endif
