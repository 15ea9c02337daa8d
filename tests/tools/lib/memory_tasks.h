/* A machine in memory that has scheduled tasks, and a Task Scheduler that changes them. Nothing else is on
 * it: its registry and its drives are empty. */
#ifndef MEMORY_TASKS_H
#define MEMORY_TASKS_H

#include "host/host_writer.h"

enum { MEMORY_TASKS_MAX = 4 };

typedef struct memory_task {
    const char *path;
    bytes xml;
    fact_flag running;
} memory_task;

typedef struct memory_tasks {
    host machine; /* first: a host is one of these */
    host_reader reader;
    host_writer writer;
    arena memory;
    memory_task tasks[MEMORY_TASKS_MAX];
    size_t count;
    fact_state backup_server; /* of the key that only a backup server has */
    fact_flag administrator;  /* what is said of every account that is asked for */
    fact_state domain_known;  /* whether it tells that its own accounts are those of S-1-5-21-1-2-3 */
    const char *asked;        /* the SID of the account asked for last; NULL: of none */
    bool normalizes; /* writes definitions anew, as Windows may: elements in another order, without comments,
                        with defaults, URI and date */
    mars_status fails;        /* what the next change returns, without changing anything; MARS_OK: none */
    bool registers_but_fails; /* the next registration takes place and yet is an error: it will not run */
    const char *stores;       /* what the next registration stores instead */
    size_t registrations;
    size_t enablings;
} memory_tasks;

/* NULL if memory ran out. */
memory_tasks *memory_tasks_new(void);
void memory_tasks_free(memory_tasks *them);
/* Registers a task as if by Windows, with a definition of any encoding. It is not running. False if that is
 * no XML. */
bool memory_tasks_add(memory_tasks *them, const char *path, bytes xml);
/* NULL if there is none. */
memory_task *memory_tasks_find(memory_tasks *them, const char *path);

#endif
