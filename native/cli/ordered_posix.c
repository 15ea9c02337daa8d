#include "ordered.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* How far the threads may run ahead of what is finished. */
enum { RESULTS_PER_THREAD = 16 };

typedef struct slot {
    void *result;
    bool ready;
} slot;

typedef struct pool {
    const ordered_work *work;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    slot *slots; /* result n is in slot n % window */
    size_t window;
    size_t next;     /* the next job to begin */
    size_t finished; /* how many results were handled */
} pool;

static void *run_thread(void *argument) {
    pool *p = argument;
    (void)pthread_mutex_lock(&p->lock);
    while (p->next < p->work->count) {
        if (p->next - p->finished >= p->window) {
            (void)pthread_cond_wait(&p->changed, &p->lock);
            continue;
        }
        size_t n = p->next++;
        (void)pthread_mutex_unlock(&p->lock);
        void *result = p->work->work(p->work->user, n);
        (void)pthread_mutex_lock(&p->lock);
        p->slots[n % p->window] = (slot){.result = result, .ready = true};
        (void)pthread_cond_broadcast(&p->changed);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void finish_all(pool *p) {
    for (size_t n = 0; n < p->work->count; n++) {
        slot *s = &p->slots[n % p->window];
        (void)pthread_mutex_lock(&p->lock);
        while (!s->ready) {
            (void)pthread_cond_wait(&p->changed, &p->lock);
        }
        void *result = s->result;
        s->ready = false;
        (void)pthread_mutex_unlock(&p->lock);
        p->work->finish(p->work->user, n, result);
        (void)pthread_mutex_lock(&p->lock);
        p->finished++;
        (void)pthread_cond_broadcast(&p->changed);
        (void)pthread_mutex_unlock(&p->lock);
    }
}

bool ordered_run(const ordered_work *work) {
    size_t threads = work->threads < work->count ? work->threads : work->count;
    pool p = {.work = work, .window = threads * RESULTS_PER_THREAD};
    pthread_t *ids = calloc(threads + 1, sizeof *ids);
    p.slots = calloc(p.window + 1, sizeof *p.slots);
    size_t started = 0;
    if (ids != NULL && p.slots != NULL) {
        (void)pthread_mutex_init(&p.lock, NULL);
        (void)pthread_cond_init(&p.changed, NULL);
        while (started < threads && pthread_create(&ids[started], NULL, run_thread, &p) == 0) {
            started++;
        }
        if (started > 0) {
            finish_all(&p);
        }
        for (size_t i = 0; i < started; i++) {
            (void)pthread_join(ids[i], NULL);
        }
        (void)pthread_cond_destroy(&p.changed);
        (void)pthread_mutex_destroy(&p.lock);
    }
    free(p.slots);
    free(ids);
    return started > 0 || work->count == 0;
}

size_t processor_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (size_t)count : 1;
}
