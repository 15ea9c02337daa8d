#include "threads.h"

#include <process.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>

struct thread {
    HANDLE handle;
    void (*run)(void *user);
    void *user;
};

static unsigned __stdcall run_thread(void *argument) {
    const thread *started = argument;
    started->run(started->user);
    return 0;
}

thread *thread_start(void (*run)(void *user), void *user) {
    thread *started = calloc(1, sizeof *started);
    if (started != NULL) {
        started->run = run;
        started->user = user;
        uintptr_t handle = _beginthreadex(NULL, 0, run_thread, started, 0, NULL);
        started->handle = (HANDLE)handle; // NOLINT(performance-no-int-to-ptr)
        if (handle == 0) {
            free(started);
            return NULL;
        }
    }
    return started;
}

void thread_join(thread *started) {
    (void)WaitForSingleObject(started->handle, INFINITE);
    (void)CloseHandle(started->handle);
    free(started);
}

struct monitor {
    SRWLOCK lock;
    CONDITION_VARIABLE changed;
};

/* Both are ready for use when zeroed, and own nothing. */
monitor *monitor_new(void) {
    return calloc(1, sizeof(monitor));
}

void monitor_free(monitor *of) {
    free(of);
}

void monitor_enter(monitor *of) {
    AcquireSRWLockExclusive(&of->lock);
}

void monitor_leave(monitor *of) {
    ReleaseSRWLockExclusive(&of->lock);
}

void monitor_wait(monitor *of) {
    (void)SleepConditionVariableSRW(&of->changed, &of->lock, INFINITE, 0);
}

void monitor_notify(monitor *of) {
    WakeAllConditionVariable(&of->changed);
}

size_t processor_count(void) {
    DWORD count = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    return count > 0 ? count : 1;
}
