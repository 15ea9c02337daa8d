/* The one place where this library's own memory comes from, so that a test can make any allocation fail. */
#ifndef CORE_ALLOC_H
#define CORE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed memory, or NULL. */
void *mem_alloc(size_t size);
/* As realloc; on failure the old block stays. */
void *mem_resize(void *block, size_t size);
void mem_free(void *block);

/* For tests, per thread: the n-th allocation from now on fails, once (0: none). */
void mem_test_fail_at(uint64_t n);
/* For tests, per thread: allocations since the last mem_test_fail_at. */
uint64_t mem_test_count(void);

#endif
