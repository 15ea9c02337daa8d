/* Work done by several threads, its results handled in order by the calling one, with a bounded number of
 * results waiting, so that ten thousand jobs take no more memory than a few. */
#ifndef CLI_ORDERED_H
#define CLI_ORDERED_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ordered_work {
    size_t count;
    size_t threads;
    void *user;
    /* Does job n, on any thread; the result goes to finish. */
    void *(*work)(void *user, size_t n);
    /* Handles the results, in order, on the calling thread. */
    void (*finish)(void *user, size_t n, void *result);
} ordered_work;

/* False if threads could not be had; then nothing was done. */
bool ordered_run(const ordered_work *work);

#endif
