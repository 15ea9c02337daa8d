/* The Task Scheduler's stand-in (tests/wine/tools/task_server), and its files from outside. */
#ifndef TASK_STORE_H
#define TASK_STORE_H

#include "live_machine.h"

#define TASK_NAMESPACE "http://schemas.microsoft.com/windows/2004/02/mit/task"

/* Puts the stand-in behind the Task Scheduler's CLSID, for this prefix. */
void task_store_install(live_machine *on);
/* A new one, with the agent's folder in it and nothing else. */
void task_store_new(live_machine *on);
void task_store_folder(live_machine *on, const char *path);
/* cmocka's: of a group, that has the stand-in; of a test, that has a new one and leaves none of its objects
 * alive. */
int task_store_set_up(void **state);
int task_store_begin(void **state);
int task_store_end(void **state);
/* How many of its objects are alive. */
long task_store_objects(void);

/* What is between <Task> and </Task>, in the form in which the stand-in keeps it: with this principal and
 * Settings/Enabled, and what is to stand in its description. */
const char *task_store_definition(arena *memory, const char *task, const char *principal,
                                  const char *description, bool enabled);
extern const char task_store_system[]; /* the principal most tasks have */

/* A task is there from now on, as if Windows had kept it so: its path, its definition. */
void task_store_put(live_machine *on, const char *task, const char *definition);
/* Its definition, as UTF-8; NULL if it has none. */
const char *task_store_get(live_machine *on, const char *task);
/* What else is known of it ("state=4\n"). */
void task_store_state(live_machine *on, const char *task, const char *lines);
const char *task_store_state_of(live_machine *on, const char *task);
/* How it is to behave from now on ("GetTasks=80070005\n"), and forgets what was called. */
void task_store_control(live_machine *on, const char *lines);
/* What was called, one a line. */
const char *task_store_calls(live_machine *on);

#endif
