#include "maker_error.h"

#include <stdio.h>

bool maker_fail(const maker_error *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->text, error->size, format, arguments);
    va_end(arguments);
    /* A message that is cut still says enough; one that cannot be made at all must not leave an old one. */
    if (length < 0 && error->size > 0) {
        error->text[0] = '\0';
    }
    return false;
}
