/* How the makers of test images say what went wrong: one sentence in the caller's buffer. */
#ifndef MAKER_ERROR_H
#define MAKER_ERROR_H

#include "core/arena.h"

typedef struct maker_error {
    char *text;
    size_t size;
} maker_error;

/* Always false, so that a failing function can end with `return maker_fail(...)`. */
bool maker_fail(const maker_error *error, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
