#include "threads.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct thread {
    pthread_t id;
    void (*run)(void *user);
    void *user;
};

static void *run_thread(void *argument) {
    const thread *started = argument;
    started->run(started->user);
    return NULL;
}

thread *thread_start(void (*run)(void *user), void *user) {
    thread *started = calloc(1, sizeof *started);
    if (started != NULL) {
        started->run = run;
        started->user = user;
        if (pthread_create(&started->id, NULL, run_thread, started) != 0) {
            free(started);
            return NULL;
        }
    }
    return started;
}

void thread_join(thread *started) {
    (void)pthread_join(started->id, NULL);
    free(started);
}

struct monitor {
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

monitor *monitor_new(void) {
    monitor *made = calloc(1, sizeof *made);
    if (made != NULL) {
        (void)pthread_mutex_init(&made->lock, NULL);
        (void)pthread_cond_init(&made->changed, NULL);
    }
    return made;
}

void monitor_free(monitor *of) {
    if (of != NULL) {
        (void)pthread_cond_destroy(&of->changed);
        (void)pthread_mutex_destroy(&of->lock);
        free(of);
    }
}

void monitor_enter(monitor *of) {
    (void)pthread_mutex_lock(&of->lock);
}

void monitor_leave(monitor *of) {
    (void)pthread_mutex_unlock(&of->lock);
}

void monitor_wait(monitor *of) {
    (void)pthread_cond_wait(&of->changed, &of->lock);
}

void monitor_notify(monitor *of) {
    (void)pthread_cond_broadcast(&of->changed);
}

size_t processor_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (size_t)count : 1;
}
