#include "ordered.h"

#include "threads.h"

#include <stdlib.h>

/* How far the threads may run ahead of what is finished. */
enum { RESULTS_PER_THREAD = 16 };

typedef struct slot {
    void *result;
    bool ready;
} slot;

typedef struct worker {
    thread *thread;
} worker;

typedef struct pool {
    const ordered_work *work;
    monitor *state; /* over all that follows */
    slot *slots;    /* result n is in slot n % window */
    size_t window;
    size_t next;     /* the next job to begin */
    size_t finished; /* how many results were handled */
} pool;

static void run_thread(void *argument) {
    pool *p = argument;
    monitor_enter(p->state);
    while (p->next < p->work->count) {
        if (p->next - p->finished >= p->window) {
            monitor_wait(p->state);
            continue;
        }
        size_t n = p->next++;
        monitor_leave(p->state);
        void *result = p->work->work(p->work->user, n);
        monitor_enter(p->state);
        p->slots[n % p->window] = (slot){.result = result, .ready = true};
        monitor_notify(p->state);
    }
    monitor_leave(p->state);
}

static void finish_all(pool *p) {
    for (size_t n = 0; n < p->work->count; n++) {
        slot *s = &p->slots[n % p->window];
        monitor_enter(p->state);
        while (!s->ready) {
            monitor_wait(p->state);
        }
        void *result = s->result;
        s->ready = false;
        monitor_leave(p->state);
        p->work->finish(p->work->user, n, result);
        monitor_enter(p->state);
        p->finished++;
        monitor_notify(p->state);
        monitor_leave(p->state);
    }
}

bool ordered_run(const ordered_work *work) {
    size_t threads = work->threads < work->count ? work->threads : work->count;
    pool p = {.work = work, .window = threads * RESULTS_PER_THREAD, .state = monitor_new()};
    worker *workers = calloc(threads + 1, sizeof *workers);
    p.slots = calloc(p.window + 1, sizeof *p.slots);
    size_t started = 0;
    if (p.state != NULL && workers != NULL && p.slots != NULL) {
        while (started < threads && (workers[started].thread = thread_start(run_thread, &p)) != NULL) {
            started++;
        }
        if (started > 0) {
            finish_all(&p);
        }
        for (size_t i = 0; i < started; i++) {
            thread_join(workers[i].thread);
        }
    }
    free(p.slots);
    free(workers);
    monitor_free(p.state);
    return started > 0 || work->count == 0;
}
