#include "core/alloc.h"

#include <stdbool.h>
#include <stdlib.h>

static _Thread_local uint64_t allocations;
static _Thread_local uint64_t failing_allocation;

static bool must_fail(void) {
    allocations++;
    return allocations == failing_allocation;
}

void *mem_alloc(size_t size) {
    if (must_fail()) {
        return NULL;
    }
    return calloc(1, size > 0 ? size : 1);
}

void *mem_resize(void *block, size_t size) {
    if (must_fail()) {
        return NULL;
    }
    return realloc(block, size > 0 ? size : 1);
}

void mem_free(void *block) {
    free(block);
}

void mem_test_fail_at(uint64_t n) {
    allocations = 0;
    failing_allocation = n;
}

uint64_t mem_test_count(void) {
    return allocations;
}
