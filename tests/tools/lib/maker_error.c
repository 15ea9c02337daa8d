#include "maker_error.h"

#include <stdio.h>

bool maker_fail(const maker_error *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->text, error->size, format, arguments);
    va_end(arguments);
    return false;
}
