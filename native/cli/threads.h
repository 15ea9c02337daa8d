/* The little of threads that this tool needs; one implementation per system. */
#ifndef CLI_THREADS_H
#define CLI_THREADS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct thread thread;
/* NULL if no thread could be started. thread_join frees it. */
thread *thread_start(void (*run)(void *user), void *user);
void thread_join(thread *started);

/* A lock with something to wait for. */
typedef struct monitor monitor;
monitor *monitor_new(void); /* NULL: no memory */
void monitor_free(monitor *of);
void monitor_enter(monitor *of);
void monitor_leave(monitor *of);
/* Leaves, waits until somebody calls monitor_notify (or for no reason), and enters again. */
void monitor_wait(monitor *of);
/* Wakes all who wait. */
void monitor_notify(monitor *of);

size_t processor_count(void);

#endif
